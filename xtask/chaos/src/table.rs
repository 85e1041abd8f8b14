//! What was tried and survived, by kind of fault and client.

use std::{collections::BTreeMap, time::Duration};

use meeting_testing::fault::Fault;

use crate::run::Report;

/// Sums for one client.
#[derive(Debug, Default)]
pub(crate) struct Sums {
    /// For each kind of fault: connections that were given it, and schedules with it that went wrong.
    kinds: BTreeMap<&'static str, (usize, usize)>,
    schedules: usize,
    wrong: usize,
    connections: usize,
    calls: usize,
    bookings: [usize; 3],
    followed: [usize; 2],
    longest: Duration,
}

impl Sums {
    pub(crate) fn add(&mut self, report: &Report) {
        let wrong = usize::from(!report.wrong.is_empty());
        for kind in &report.kinds {
            self.kinds.entry(kind).or_default().0 += 1;
        }
        let mut kinds = report.kinds.clone();
        kinds.sort_unstable();
        kinds.dedup();
        for kind in kinds {
            self.kinds.entry(kind).or_default().1 += wrong;
        }
        self.schedules += 1;
        self.wrong += wrong;
        self.connections += report.connections;
        self.calls += report.calls;
        for (sum, count) in self.bookings.iter_mut().zip(report.bookings) {
            *sum += count;
        }
        for (sum, count) in self.followed.iter_mut().zip(report.followed) {
            *sum += count;
        }
        self.longest = self.longest.max(report.longest);
    }
}

/// Prints the sums of all clients, side by side, as a table of Markdown.
pub(crate) fn print(sums: &[(&'static str, Sums)]) {
    let line = |title: &str, figures: &dyn Fn(&Sums) -> String| {
        let cells: Vec<String> = sums
            .iter()
            .map(|(_, sums)| format!(" {:>22} |", figures(sums)))
            .collect();
        println!("| {title:<44} |{}", cells.concat());
    };
    let names: Vec<String> = sums
        .iter()
        .map(|(name, _)| format!(" {name:>22} |"))
        .collect();
    println!(
        "| {:<44} |{}",
        "connections with a fault: tried, wrong",
        names.concat()
    );
    println!(
        "| :{} |{}",
        "-".repeat(43),
        format!(" {}: |", "-".repeat(21)).repeat(sums.len())
    );
    for kind in Fault::KINDS {
        line(kind, &|sums| {
            let (tried, wrong) = sums.kinds.get(kind).copied().unwrap_or_default();
            format!("{tried}, {wrong}")
        });
    }
    line("schedules: run, wrong", &|sums| {
        format!("{}, {}", sums.schedules, sums.wrong)
    });
    line("connections, calls", &|sums| {
        format!("{}, {}", sums.connections, sums.calls)
    });
    line("bookings told: done, not done, unknown", &|sums| {
        sums.bookings.map(|count| count.to_string()).join(", ")
    });
    line("followers: caught up, ended with an error", &|sums| {
        sums.followed.map(|count| count.to_string()).join(", ")
    });
    line("longest call, of 2 s allowed", &|sums| {
        format!("{:.2} s", sums.longest.as_secs_f64())
    });
}
