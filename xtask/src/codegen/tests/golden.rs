//! The made-up spec against the files that were read and approved by a person.
//!
//! After a change that is meant, run the tests once with `UPDATE_GOLDEN=1` and review the diff.

use super::{Files, files_of, golden_folder, golden_spec};
use crate::codegen::{OUTPUT_FOLDERS, write_or_check};

#[test]
fn the_made_up_spec_makes_the_golden_files() {
    // The golden tree leaves out the folders above the generated ones.
    let files: Files = files_of(&golden_spec())
        .into_iter()
        .map(|(path, text)| (path.replace("crates/meeting-types/src", "expected"), text))
        .collect();
    let folders =
        OUTPUT_FOLDERS.map(|folder| folder.replace("crates/meeting-types/src", "expected"));
    let folders = folders.each_ref().map(String::as_str);
    let root = golden_folder();
    let differences =
        write_or_check::compare(&root, &folders, &files).expect("the golden files can be read");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        write_or_check::write(&root, &differences).expect("the golden files can be written");
        return;
    }
    let report = write_or_check::report(&differences);
    assert!(
        differences.is_empty(),
        "run with UPDATE_GOLDEN=1 if this is meant:\n{report}"
    );
}

#[test]
fn the_same_spec_makes_the_same_files() {
    let first = files_of(&golden_spec());
    for _ in 0..3 {
        assert_eq!(files_of(&golden_spec()), first);
    }
}

#[test]
fn every_byte_of_a_document_shows() {
    let before = files_of(&golden_spec());
    let mut spec = golden_spec();
    let (_, rooms) = spec
        .iter_mut()
        .find(|(file, _)| file == "rooms.yaml")
        .expect("it is there");
    rooms.push_str("# a comment\n");
    let after = files_of(&spec);
    for file in [
        "operations/rooms.rs",
        "operations/mod.rs",
        "models/rooms.rs",
        "models/mod.rs",
    ] {
        let path = format!("crates/meeting-types/src/{file}");
        assert_ne!(before[&path], after[&path], "{file}");
    }
    let people = "crates/meeting-types/src/models/people.rs";
    assert_eq!(before[people], after[people]);
}

#[test]
fn the_order_of_documents_on_disk_does_not_matter_and_their_own_order_does() {
    let operations = &files_of(&golden_spec())["crates/meeting-types/src/operations/rooms.rs"];
    let places: Vec<Option<usize>> = ["SearchRooms", "BookRoom", "CancelBookings", "OpenDoor"]
        .iter()
        .map(|name| operations.find(&format!("pub struct {name} ")))
        .collect();
    assert!(places.is_sorted() && places[0].is_some(), "{places:?}");
}
