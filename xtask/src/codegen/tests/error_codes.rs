//! The table of error codes: each mistake is reported with its line, and the output is golden.

use super::{Source, files_of, golden_folder, golden_spec};
use crate::codegen::{error_codes::FILE, generate, read_sources};

const GOOD: &str = "ROOM.200000001\t400\tseen\tnot-found\tThere is no such room\n";

fn table(golden: &mut [Source]) -> &mut String {
    let (_, text) = golden
        .iter_mut()
        .find(|(file, _)| file == FILE)
        .expect("the golden spec has a table");
    text
}

/// What is reported when `change` is made to the golden table.
fn reported(change: impl Fn(&str) -> String) -> String {
    let mut spec = golden_spec();
    let text = table(&mut spec);
    let changed = change(text);
    assert_ne!(&changed, text, "nothing was changed");
    *text = changed;
    match generate(&spec) {
        Ok(_) => panic!("no problem is reported"),
        Err(problems) => problems.to_string(),
    }
}

/// Expects just one report when the good line is replaced.
#[track_caller]
fn expect(line: &str, message: &str) {
    let report = reported(|text| text.replace(GOOD, line));
    assert_eq!(report.lines().count(), 1, "{report}");
    let place = "xtask/spec/error-codes.tsv: line 6: ";
    assert!(
        report.starts_with(place) && report.contains(message),
        "wanted {message:?}, got {report}"
    );
}

#[test]
fn a_line_with_a_mistake_is_named() {
    for (line, message) in [
        ("\n", "5 columns are wanted, 1 found"),
        (
            "ROOM.200000001\t400\tseen\tnot-found\n",
            "5 columns are wanted, 4 found",
        ),
        (
            "ROOM.200000001\t400\tseen\tnot-found\tText\tmore\n",
            "5 columns are wanted, 6 found",
        ),
        (
            "room.200000001\t400\tseen\tnot-found\tText\n",
            "`room.200000001` is no code",
        ),
        (
            "ROOM.20000000x\t400\tseen\tnot-found\tText\n",
            "`ROOM.20000000x` is no code",
        ),
        ("ROOM.\t400\tseen\tnot-found\tText\n", "`ROOM.` is no code"),
        (
            ".200000001\t400\tseen\tnot-found\tText\n",
            "`.200000001` is no code",
        ),
        ("\t400\tseen\tnot-found\tText\n", "`` is no code"),
        (
            "ROOM.200000001\t99\tseen\tnot-found\tText\n",
            "`99` is no status",
        ),
        (
            "ROOM.200000001\t0400\tseen\tnot-found\tText\n",
            "`0400` is no status",
        ),
        (
            "ROOM.200000001\t+40\tseen\tnot-found\tText\n",
            "`+40` is no status",
        ),
        (
            "ROOM.200000001\t?\tseen\tnot-found\tText\n",
            "`?` is no status",
        ),
        (
            "ROOM.200000001\t400\tsure\tnot-found\tText\n",
            "the prefix of `ROOM.200000001` cannot be `sure`",
        ),
        (
            "ROOM.200000001\t400\tnone\tnot-found\tText\n",
            "the prefix of `ROOM.200000001` cannot be `none`",
        ),
        (
            "200000001\t400\tseen\tnot-found\tText\n",
            "the prefix of `200000001` cannot be `seen`",
        ),
        (
            "ROOM.200000001\t400\tseen\tNotFound\tText\n",
            "there is no class `NotFound`; there are account-disabled, ",
        ),
        (
            "ROOM.200000001\t400\tseen\tnot-found\t\n",
            "the gist must begin with a capital",
        ),
        (
            "ROOM.200000001\t400\tseen\tnot-found\ttext\n",
            "the gist must begin with a capital",
        ),
        (
            "ROOM.200000001\t400\tseen\tnot-found\tText \n",
            "no blanks around it",
        ),
        (
            "ROOM.200000001\t400\tseen\tnot-found\tText\r\n",
            "no blanks around it",
        ),
        (
            "ROOM.200000001\t400\tseen\tnot-found\tText.\n",
            "must not end with a full stop",
        ),
        (
            "ROOM.200000001\t400\tseen\tnot-found\tTe\u{7}xt\n",
            "the gist holds a control character",
        ),
    ] {
        expect(line, message);
    }
    let long = format!(
        "ROOM.200000001\t400\tseen\tnot-found\tA{}\n",
        "b".repeat(90)
    );
    expect(&long, "the gist has 91 characters; 90 are allowed");
}

#[test]
fn lines_stand_in_their_order_and_once() {
    expect(
        "ROOM.0100\t400\tseen\tnot-found\tText\n",
        "`ROOM.0100` must stand before `10019001`",
    );
    let report = reported(|text| text.replace(GOOD, &GOOD.repeat(2)));
    assert_eq!(
        report,
        "xtask/spec/error-codes.tsv: line 7: `ROOM.200000001` is there twice\n"
    );
    let twice = format!("HALL.200000001\t400\tinferred\tnot-found\tText\n{GOOD}");
    let report = reported(|text| text.replace(GOOD, &twice));
    assert_eq!(
        report,
        "xtask/spec/error-codes.tsv: line 7: `ROOM.200000001` and `HALL.200000001` \
         have the same number, so both prefixes must be `seen`\n"
    );
    // Families number on their own, so a number that was seen in two of them is two codes.
    let mut spec = golden_spec();
    let text = table(&mut spec);
    *text = text.replace(GOOD, &twice.replace("inferred", "seen"));
    assert!(generate(&spec).is_ok());
}

#[test]
fn the_columns_are_named_and_the_last_line_ends() {
    let report = reported(|text| text.replace("code\tstatus", "status\tcode"));
    assert_eq!(
        report,
        "xtask/spec/error-codes.tsv: line 2: \
         the first line must name the columns: code, status, prefix, class, gist\n"
    );
    let report = reported(|_| "# Nothing.\n".to_owned());
    assert_eq!(
        report,
        "xtask/spec/error-codes.tsv: there is no table in it\n"
    );
    let report = reported(|text| text.trim_end().to_owned());
    assert_eq!(
        report,
        "xtask/spec/error-codes.tsv: the last line has no line break\n"
    );
}

#[test]
fn all_mistakes_are_reported_at_once() {
    let report = reported(|text| text.replace("not-found", "lost").replace("429?", "4290"));
    assert_eq!(report.lines().count(), 2, "{report}");
    assert!(
        report.contains("line 4: ") && report.contains("line 6: "),
        "{report}"
    );
}

#[test]
fn every_byte_of_the_table_shows() {
    let path = "crates/meeting-types/src/error/code/table.rs";
    let before = files_of(&golden_spec());
    let original = table(&mut golden_spec()).clone();
    for (from, to) in [("# A comment", "# a comment"), ("429?", "428?")] {
        let mut spec = golden_spec();
        *table(&mut spec) = original.replace(from, to);
        let after = files_of(&spec);
        assert_ne!(before[path], after[path], "{from}");
        for (other, text) in &before {
            assert!(other == path || *text == after[other], "{other}");
        }
    }
}

#[test]
fn a_spec_without_the_table_is_refused() {
    let folder = super::Scratch::new();
    let rooms = golden_folder().join("spec/rooms.yaml");
    std::fs::copy(rooms, folder.0.join("rooms.yaml")).expect("the folder is writable");
    let error = read_sources(&folder.0).expect_err("there is no table");
    assert_eq!(error.to_string(), "xtask/spec/error-codes.tsv is missing");
    std::fs::write(folder.0.join("codes.tsv"), "").expect("the folder is writable");
    let error = read_sources(&folder.0).expect_err("it does not belong there");
    assert!(
        error.to_string().contains("codes.tsv is neither"),
        "{error}"
    );
}
