//! From the front page of the documentation, any operation is two clicks away.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::{collections::BTreeSet, fs, path::Path};

use meeting_types::operations;

/// The documentation at the top of a file.
fn documentation(file: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(file);
    let text = fs::read_to_string(path).unwrap();
    let lines = text.lines().filter_map(|line| line.strip_prefix("//! "));
    lines.map(str::to_owned).collect()
}

#[test]
fn the_front_page_links_each_group_of_the_index() {
    let index = documentation("operations/mod.rs");
    let groups: Vec<_> = index
        .iter()
        .filter_map(|line| line.strip_prefix("# "))
        .collect();
    assert_eq!(groups.len(), 14);
    let expected: Vec<_> = groups
        .iter()
        .map(|group| {
            // As rustdoc names the place of a heading.
            let place = group.to_lowercase().replace(' ', "-");
            format!("| [{group}](operations#{place}) |")
        })
        .collect();
    let front: Vec<_> = documentation("lib.rs")
        .into_iter()
        .filter(|line| line.starts_with("| ["))
        .map(|line| line.split_inclusive('|').take(2).collect::<String>())
        .collect();
    assert_eq!(front, expected);
}

#[test]
fn the_index_has_each_operation_with_a_sentence() {
    let rows: BTreeSet<_> = documentation("operations/mod.rs")
        .into_iter()
        .filter(|line| line.starts_with("| [`"))
        .collect();
    let expected = operations::ALL
        .iter()
        .map(|info| {
            assert!(info.summary.ends_with('.'), "{}", info.name);
            let (name, summary) = (info.name, info.summary);
            format!(
                "| [`{name}`] | {summary} | `{} {}` |",
                info.method, info.path
            )
        })
        .collect();
    assert_eq!(rows, expected);
}
