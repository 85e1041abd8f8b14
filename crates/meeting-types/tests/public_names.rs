//! A public name means one thing: none is exported by two modules.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::{collections::BTreeMap, fs, path::Path};

/// The public modules that list what they export. `models` and `operations` export their files.
const LISTED: [&str; 5] = [
    "lib.rs",
    "events/mod.rs",
    "launch.rs",
    "open.rs",
    "webhooks/mod.rs",
];

fn source(file: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(file)).unwrap()
}

/// The types and traits that a file exports: those that it defines, and those in its `pub use`.
fn exported(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for keyword in ["pub struct ", "pub enum ", "pub trait ", "pub type "] {
        for (_, rest) in text.match_indices(keyword).map(|(at, _)| text.split_at(at)) {
            let rest = &rest[keyword.len()..];
            let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap();
            names.push(rest[..end].to_owned());
        }
    }
    for list in text.split("\npub use ").skip(1) {
        let list = list.split(';').next().unwrap();
        let words = list.split(|c: char| !c.is_alphanumeric() && c != '_');
        let is_type = |word: &&str| word.starts_with(char::is_uppercase);
        names.extend(words.filter(is_type).map(str::to_owned));
    }
    names
}

#[test]
fn no_public_name_is_taken_twice() {
    let mut homes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut files: Vec<String> = LISTED.map(str::to_owned).into();
    for folder in ["models", "operations"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("src")
            .join(folder);
        for entry in fs::read_dir(path).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            files.push(format!("{folder}/{name}"));
        }
    }
    for file in files {
        for name in exported(&source(&file)) {
            homes.entry(name).or_default().push(file.clone());
        }
    }
    for name in [
        "ConferenceId",
        "Event",
        "WebhookAttendee",
        "Booking",
        "CreateMeeting",
    ] {
        assert!(homes.contains_key(name), "{name} is exported somewhere");
    }
    homes.retain(|_, files| files.len() > 1);
    assert!(homes.is_empty(), "{homes:#?}");
}
