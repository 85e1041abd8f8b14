//! `codegen --check`: what is said about a tree that is not what the spec says.

use std::fs;

use super::{Scratch, files_of, golden_spec};
use crate::codegen::{OUTPUT_FOLDERS, write_or_check};

#[test]
fn changed_missing_and_stale_files_are_found_and_mended() {
    let scratch = Scratch::new();
    let root = &scratch.0;
    let files = files_of(&golden_spec());
    let compare =
        || write_or_check::compare(root, &OUTPUT_FOLDERS, &files).expect("the tree can be read");

    assert_eq!(
        compare().len(),
        files.len(),
        "everything is missing at first"
    );
    write_or_check::write(root, &compare()).expect("the tree can be written");
    assert_eq!(compare(), [], "what was written is what is wanted");

    let models = root.join(OUTPUT_FOLDERS[1]);
    fs::remove_file(models.join("people.rs")).expect("it was written");
    fs::create_dir(models.join("old")).expect("the tree is writable");
    fs::write(models.join("old/left.rs"), "").expect("the tree is writable");
    let rooms = models.join("rooms.rs");
    let text = fs::read_to_string(&rooms).expect("it was written");
    fs::write(&rooms, text.replace("A room.", "A cave.")).expect("the tree is writable");

    let codes = root.join(OUTPUT_FOLDERS[2]);
    fs::write(codes.join("more.rs"), "").expect("the tree is writable");
    fs::remove_file(codes.join("table.rs")).expect("it was written");

    let report = write_or_check::report(&compare());
    let folder = OUTPUT_FOLDERS[2];
    assert!(
        report.contains(&format!("stale: {folder}/more.rs\n")),
        "{report}"
    );
    assert!(
        report.contains(&format!("missing: {folder}/table.rs\n")),
        "{report}"
    );
    let folder = OUTPUT_FOLDERS[1];
    assert!(
        report.contains(&format!("missing: {folder}/people.rs\n")),
        "{report}"
    );
    assert!(
        report.contains(&format!("stale: {folder}/old/left.rs\n")),
        "{report}"
    );
    assert!(
        report.contains(&format!("changed: {folder}/rooms.rs\n")),
        "{report}"
    );
    assert!(
        report.contains("\n-/// A cave.\n+/// A room.\n"),
        "{report}"
    );
    assert_eq!(compare().len(), 5);

    write_or_check::write(root, &compare()).expect("the tree can be written");
    assert_eq!(compare(), []);
}

#[test]
fn a_long_diff_is_cut() {
    let scratch = Scratch::new();
    let root = &scratch.0;
    let files = files_of(&golden_spec());
    let missing = write_or_check::compare(root, &OUTPUT_FOLDERS, &files).expect("readable");
    write_or_check::write(root, &missing).expect("writable");
    let rooms = root.join(OUTPUT_FOLDERS[0]).join("rooms.rs");
    fs::write(&rooms, "nothing of it\n").expect("writable");

    let changed = write_or_check::compare(root, &OUTPUT_FOLDERS, &files).expect("readable");
    let report = write_or_check::report(&changed);
    assert!(report.lines().count() < 70, "{}", report.lines().count());
    assert!(report.trim_end().ends_with("lines more"), "{report}");
}
