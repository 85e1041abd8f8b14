//! The inside of the simulator is built in four storeys: files use what is below them or beside them,
//! and no two files use each other, on whatever way around.

#![allow(clippy::unwrap_used, reason = "tests may panic, their helpers too")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// The storey of a file: those above use those below.
fn storey(module: &str) -> usize {
    match module.split("::").next().unwrap_or_default() {
        "vocabulary" => 0,
        "state" | "clock" => 1,
        "service" => 2,
        "handlers" => 3,
        "serve" => 4,
        "simulator" => 5,
        other => panic!("{other} is on no storey"),
    }
}

/// All modules of the library, with the paths that each of them uses.
fn modules() -> BTreeMap<String, BTreeSet<String>> {
    fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("bin") {
                walk(&path, files);
            } else if path.extension().is_some_and(|it| it == "rs") && !path.ends_with("lib.rs") {
                files.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    walk(&root, &mut files);
    let name = |file: &PathBuf| {
        let path = file.strip_prefix(&root).unwrap().with_extension("");
        let name = path.to_str().unwrap().replace(['/', '\\'], "::");
        name.strip_suffix("::mod").unwrap_or(&name).to_owned()
    };
    let known: BTreeSet<String> = files.iter().map(name).collect();
    let uses = files.iter().map(|file| {
        let (module, text) = (name(file), fs::read_to_string(file).unwrap());
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        let paths = used_paths(&module, text);
        let files = paths.iter().filter_map(|path| home(&known, path));
        (
            module.clone(),
            files.filter(|used| *used != module).collect(),
        )
    });
    uses.collect()
}

/// The file that a path leads into: that of the longest module in it.
fn home(known: &BTreeSet<String>, path: &[String]) -> Option<String> {
    let lengths = (1..=path.len()).rev();
    let mut prefixes = lengths.map(|length| path[..length].join("::"));
    prefixes.find(|prefix| known.contains(prefix))
}

/// The paths into this crate that the `use` declarations of a file name.
fn used_paths(module: &str, text: &str) -> Vec<Vec<String>> {
    let mut paths = Vec::new();
    let mut declarations = text.split("use ").skip(1);
    for declaration in declarations.by_ref() {
        let declaration = declaration.split(';').next().unwrap_or_default();
        let here: Vec<String> = module.split("::").map(str::to_owned).collect();
        let above = || here[..here.len() - 1].to_vec();
        let (base, rest) = if let Some(rest) = declaration.strip_prefix("crate::") {
            (Vec::new(), rest)
        } else if let Some(rest) = declaration.strip_prefix("super::") {
            (above(), rest)
        } else if let Some(rest) = declaration.strip_prefix("self::") {
            (here.clone(), rest)
        } else {
            continue;
        };
        expand(&base, rest, &mut paths);
    }
    paths
}

/// Takes the braces out of `a::{b, c::d}`.
fn expand(base: &[String], rest: &str, paths: &mut Vec<Vec<String>>) {
    let rest = rest.trim();
    if let Some(inner) = rest.strip_prefix('{') {
        let inner = inner.strip_suffix('}').unwrap_or(inner);
        let (mut depth, mut start) = (0, 0);
        for (place, letter) in inner.char_indices() {
            match letter {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    expand(base, &inner[start..place], paths);
                    start = place + 1;
                }
                _ => {}
            }
        }
        return expand(base, &inner[start..], paths);
    }
    match rest.split_once("::") {
        Some((first, rest)) => {
            let mut base = base.to_vec();
            base.push(first.trim().to_owned());
            expand(&base, rest, paths);
        }
        // What follows the last comma.
        None if rest.is_empty() => {}
        None if rest == "self" => paths.push(base.to_vec()),
        None => {
            let mut path = base.to_vec();
            path.push(rest.to_owned());
            paths.push(path);
        }
    }
}

#[test]
fn files_use_only_what_is_below_them() {
    for (module, uses) in modules() {
        for used in uses {
            assert!(
                storey(&used) <= storey(&module),
                "{module} uses {used}, which is above it"
            );
        }
    }
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    let mut left = modules();
    assert!(left.len() > 40, "only {} files were found", left.len());
    // What uses nothing that is left, or is used by nothing that is left, is in no circle.
    loop {
        let before = left.len();
        let known: BTreeSet<String> = left.keys().cloned().collect();
        left.retain(|_, uses| {
            uses.retain(|used| known.contains(used));
            !uses.is_empty()
        });
        let used: BTreeSet<String> = left.values().flatten().cloned().collect();
        left.retain(|module, _| used.contains(module));
        if left.is_empty() {
            return;
        }
        assert!(left.len() < before, "in a circle: {left:#?}");
    }
}

#[test]
fn the_parser_of_this_test_reads_nested_braces() {
    let text = "use crate::{a, b::{c::D, self,},};\nuse super::e::F;\nuse std::fmt;";
    let paths: Vec<String> = used_paths("x::y", text)
        .iter()
        .map(|path| path.join("::"))
        .collect();
    assert_eq!(paths, ["a", "b::c::D", "b", "x::e::F"]);
}
