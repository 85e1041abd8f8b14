//! The page of each operation: an example, its output, and the refusals that the reference prints.
//!
//! The examples themselves are doctests. Here is looked at what no compiler sees.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use http::StatusCode;
use meeting_types::{ServiceError, operations};

/// The documentation of each operation, by its name.
fn pages() -> BTreeMap<String, Vec<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/operations");
    let mut pages = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        let mut page = Vec::new();
        for line in text.lines() {
            if let Some(line) = line.strip_prefix("///") {
                page.push(line.strip_prefix(' ').unwrap_or(line).to_owned());
            } else if let Some(rest) = line.strip_prefix("pub struct ") {
                let name = rest.split_whitespace().next().unwrap();
                pages.insert(name.to_owned(), std::mem::take(&mut page));
            } else if !line.starts_with("#[") {
                page.clear();
            }
        }
    }
    pages
}

/// The code of the example.
fn example(page: &[String]) -> Vec<&str> {
    let fences: Vec<usize> = (0..page.len()).filter(|at| page[*at] == "```").collect();
    let [open, close] = fences[..] else {
        panic!("one example is wanted: {page:?}");
    };
    page[open + 1..close].iter().map(String::as_str).collect()
}

#[test]
fn each_operation_builds_its_request_and_reads_a_response() {
    let pages = pages();
    let names: BTreeSet<&str> = operations::ALL.iter().map(|info| info.name).collect();
    let paged: BTreeSet<&str> = pages.keys().map(String::as_str).collect();
    assert_eq!(paged, names);
    for (name, page) in &pages {
        let code = example(page).join("\n");
        for part in [
            "to_request(",
            &format!("{name}::read_response("),
            "assert",
            "\nlet request =",
        ] {
            assert!(code.contains(part), "{name} has no {part}\n{code}");
        }
    }
}

/// A person reads an example in a glance.
#[test]
fn examples_are_short() {
    let mut lengths: Vec<usize> = Vec::new();
    for (name, page) in &pages() {
        let code = example(page);
        let shown = code.iter().filter(|line| !line.starts_with("# "));
        let length = shown.filter(|line| !line.is_empty()).count();
        assert!(length <= 32, "{name} takes {length} lines");
        lengths.push(length);
    }
    lengths.sort_unstable();
    assert!(lengths[lengths.len() / 2] <= 14, "{lengths:?}");
}

#[test]
fn each_page_says_what_the_output_is() {
    for (name, page) in &pages() {
        let mut lines = page.iter().filter(|line| line.starts_with("Output: "));
        let line = lines.next().unwrap_or_else(|| panic!("{name}"));
        let reads_value = example(page).join("\n").contains("into_value()");
        assert_eq!(line != "Output: none.", reads_value, "{name}: {line}");
        assert_eq!(lines.next(), None, "{name}");
    }
}

#[test]
fn each_page_has_the_refusals_that_the_reference_prints_for_it() {
    let shown: BTreeSet<String> = pages()
        .iter()
        .flat_map(|(name, page)| {
            let rows = refusals(page);
            rows.map(|(code, status, _)| format!("{name} {status} {code}"))
                .collect::<Vec<_>>()
        })
        .collect();
    let printed: BTreeSet<String> = include_str!("documented_errors/refusals.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .skip(1)
        .map(|line| line.split('\t').take(3).collect::<Vec<_>>().join(" "))
        .collect();
    assert!(printed.len() > 120);
    assert_eq!(shown, printed);
}

#[test]
fn the_question_on_a_page_is_the_one_to_ask() {
    let mut asked = 0;
    for (name, page) in &pages() {
        for (code, status, question) in refusals(page) {
            let status = StatusCode::from_u16(status.parse().unwrap()).unwrap();
            let error = ServiceError::new(status, code, "");
            assert!(question_of(question)(&error), "{name}: {code} {question}");
            asked += 1;
        }
    }
    assert!(asked > 120);
}

/// Code, status and question of each row.
fn refusals(page: &[String]) -> impl Iterator<Item = (&str, &str, &str)> {
    let rows = page.iter().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let cells: Vec<&str> = row.split(" | ").collect();
        let [code, status, _meaning, question] = cells[..] else {
            panic!("four cells are wanted: {row}");
        };
        let question = question.split('`').nth(1).unwrap_or_default();
        (code.trim_matches(['|', ' ', '`']), status, question)
    })
}

fn question_of(name: &str) -> fn(&ServiceError) -> bool {
    match name {
        "is_already_there" => ServiceError::is_already_there,
        "is_conference_token_refused" => ServiceError::is_conference_token_refused,
        "is_feature_missing" => ServiceError::is_feature_missing,
        "is_forbidden" => ServiceError::is_forbidden,
        "is_invalid_parameter" => ServiceError::is_invalid_parameter,
        "is_locked" => ServiceError::is_locked,
        "is_not_found" => ServiceError::is_not_found,
        "is_quota_exceeded" => ServiceError::is_quota_exceeded,
        "is_server_fault" => ServiceError::is_server_fault,
        "is_token_expired" => ServiceError::is_token_expired,
        other => panic!("`{other}` is no question of this test"),
    }
}
