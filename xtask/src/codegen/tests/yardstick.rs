//! The same API as serde derives, which `cargo xtask bench --compile` builds to compare with.

use std::collections::BTreeSet;

use super::{Files, golden_spec};
use crate::codegen::{emit::yardstick, rustfmt, understand};

fn files(in_tables: &[&str]) -> Files {
    let sources = golden_spec();
    let Ok((api, codes)) = understand(&sources) else {
        panic!("the golden spec has problems");
    };
    let in_tables: BTreeSet<String> = in_tables.iter().map(|name| (*name).to_owned()).collect();
    rustfmt::formatted(&yardstick::emit(&api, &codes, &in_tables))
        .expect("what is generated is Rust")
}

#[test]
fn models_are_derived_and_spelt_as_the_service_spells_them() {
    let files = files(&[]);
    let models = &files["models/rooms.rs"];
    assert!(!models.contains("table!") && !models.contains("open_enum!"));
    for attribute in [
        "Debug, Serialize, Deserialize)]\n#[non_exhaustive]\npub struct Room {",
        "with = \"crate::wire::minutes::option\"",
        "skip_serializing_if = \"Option::is_none\"",
        "alias = \"Floor\"",
        "    #[serde(untagged)]\n    Unknown(String),",
        "#[serde(from = \"i32\", into = \"i32\")]",
    ] {
        assert!(models.contains(attribute), "{attribute}");
    }
}

#[test]
fn every_operation_goes_both_ways() {
    let files = files(&[]);
    let operations = &files["operations/rooms.rs"];
    assert!(!operations.contains("operation_table!"));
    let count = |text: &str| operations.matches(text).count();
    let all = count("impl Operation for ");
    for function in ["to_call", "from_call", "write_reply", "read_reply"] {
        assert_eq!(count(&format!("    fn {function}(")), all, "{function}");
    }
    assert!(all > 0);
}

#[test]
fn what_hand_written_tables_hold_stays_a_table_with_all_inside() {
    let models = &files(&["Booking"])["models/rooms.rs"];
    assert!(models.contains("table! { Booking {"), "the model itself");
    assert!(
        models.contains("    pub enum Mood: i32 {"),
        "an enum of its fields"
    );
    assert!(
        models.contains("Deserialize)]\n#[non_exhaustive]\npub struct Room {"),
        "others"
    );
}
