//! Collects what was found, and prints it.

use indexmap::IndexMap;

use crate::{
    arguments::ArgumentSet,
    compare::{Difference, Kind},
    differences::{Listed, without_indexes},
};

/// Longer values are cut.
const SHOWN: usize = 160;

/// More differences than this are counted, but not shown.
const MOST: usize = 60;

/// All that was found.
#[derive(Default)]
pub(crate) struct Report {
    groups: IndexMap<&'static str, Group>,
    /// By operation and place.
    unlisted: IndexMap<(String, String), Unlisted>,
    not_offered: usize,
}

/// A line of the table.
#[derive(Default)]
struct Group {
    operations: Vec<&'static str>,
    sets: usize,
    facts_listed: usize,
    facts_unlisted: usize,
}

/// A difference that is not listed, as first met.
struct Unlisted {
    set: String,
    count: usize,
    first: Difference,
}

impl Report {
    /// Takes what was found in one set.
    pub(crate) fn add(&mut self, set: &ArgumentSet, found: Vec<Difference>, listed: &mut Listed) {
        let group = self.groups.entry(set.group).or_default();
        if !group.operations.contains(&set.operation) {
            group.operations.push(set.operation);
        }
        group.sets += 1;
        for difference in found {
            if listed.has(set.operation, Some(set.auth), &difference) {
                group.facts_listed += 1;
                continue;
            }
            group.facts_unlisted += 1;
            note(&mut self.unlisted, set.operation, &set.name, difference);
        }
    }

    /// Takes what no set had.
    pub(crate) fn add_untouched(&mut self, operation: &str, at: &[String], listed: &mut Listed) {
        for at in at {
            let at = match at.strip_prefix("header ") {
                Some(name) => format!("header {}", name.to_ascii_lowercase()),
                None => at.clone(),
            };
            let difference = Difference {
                kind: Kind::NotOffered,
                at,
                official: None,
                ours: None,
            };
            self.not_offered += 1;
            if !listed.has(operation, None, &difference) {
                note(&mut self.unlisted, operation, "any", difference);
            }
        }
    }

    /// Prints all of it. False when there is something that is not listed, or no longer there.
    pub(crate) fn print(&self, listed: &Listed) -> bool {
        println!("group                     operations   sets  listed  unlisted");
        let line = |name: &str, group: &Group| {
            println!(
                "{name:25} {:10} {:6} {:7} {:9}",
                group.operations.len(),
                group.sets,
                group.facts_listed,
                group.facts_unlisted
            );
        };
        let mut total = Group::default();
        for (name, group) in &self.groups {
            line(name, group);
            total.operations.extend(&group.operations);
            total.sets += group.sets;
            total.facts_listed += group.facts_listed;
            total.facts_unlisted += group.facts_unlisted;
        }
        line("all", &total);
        println!(
            "parameters of the official SDK that are not offered: {}",
            self.not_offered
        );

        for ((operation, _), unlisted) in self.unlisted.iter().take(MOST) {
            unlisted.print(operation);
        }
        if self.unlisted.len() > MOST {
            println!("\n… and {} more", self.unlisted.len() - MOST);
        }
        let stale = listed.stale();
        for line in &stale {
            println!("\nlisted in differences.toml, but no longer there:\n    {line}");
        }
        let passes = self.unlisted.is_empty() && stale.is_empty();
        println!(
            "\n{}",
            if passes {
                "the requests are the same, but for what differences.toml lists"
            } else {
                "the requests differ: correct the spec, or list the difference with its reason in \
                 xtask/parity/differences.toml"
            }
        );
        passes
    }
}

fn note(
    unlisted: &mut IndexMap<(String, String), Unlisted>,
    operation: &str,
    set: &str,
    difference: Difference,
) {
    let key = (operation.to_owned(), without_indexes(&difference.at));
    let entry = unlisted.entry(key).or_insert_with(|| Unlisted {
        set: set.to_owned(),
        count: 0,
        first: difference,
    });
    entry.count += 1;
}

impl Unlisted {
    fn print(&self, operation: &str) {
        let Difference {
            kind,
            at,
            official,
            ours,
        } = &self.first;
        println!("\n{operation}: {at}");
        if *kind == Kind::NotOffered {
            println!("    the official SDK has it, and no arguments of ours set it");
            return;
        }
        println!(
            "    met {} times, first in the set `{}`",
            self.count, self.set
        );
        let shown = |value: &Option<String>| match value {
            Some(value) if value.chars().count() > SHOWN => {
                value.chars().take(SHOWN).chain("…".chars()).collect()
            }
            Some(value) => value.clone(),
            None => "(nothing)".to_owned(),
        };
        println!("    official  {}", shown(official));
        println!("    ours      {}", shown(ours));
    }
}
