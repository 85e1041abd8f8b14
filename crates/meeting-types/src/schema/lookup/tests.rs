//! The table against the plain search that it replaces.

use proptest::{collection::vec, prelude::*, sample::select};

use super::{Lookup, SLOTS, start};
use crate::schema::{Field, Kind, Place};

/// What the table has to find.
fn by_comparing(fields: &[Field], key: &str) -> Option<usize> {
    fields.iter().position(|field| {
        field.place == Place::Body && (field.wire == key || field.also.contains(&key))
    })
}

fn body(names: &[&'static str]) -> Vec<Field> {
    names
        .iter()
        .map(|name| Field::body(name, Kind::Text))
        .collect()
}

/// Text that lives as long as the names in a program.
fn lasting(text: String) -> &'static str {
    text.leak()
}

/// So many names whose search begins at `slot`.
fn names_at(slot: usize, count: usize) -> Vec<&'static str> {
    let found: Vec<_> = (0..1_000_000)
        .map(|number| format!("name{number}"))
        .filter(|name| start(name) == slot)
        .take(count)
        .map(lasting)
        .collect();
    assert_eq!(found.len(), count);
    found
}

#[test]
fn names_that_share_a_slot_are_all_found() {
    // From the last slot the search goes on with the first one.
    for slot in [0, 63, SLOTS - 2, SLOTS - 1] {
        let names = names_at(slot, 65);
        let (unknown, names) = names.split_last().unwrap();
        let fields = body(names);
        let keys = Lookup::new(&fields);
        for (index, name) in names.iter().enumerate() {
            assert_eq!(keys.find(&fields, name), Some(index), "{name} at {slot}");
        }
        assert_eq!(keys.find(&fields, unknown), None, "{unknown} at {slot}");
    }
}

#[test]
fn a_field_is_found_by_each_of_its_names_and_no_other() {
    let fields = [
        Field::body("confUUID", Kind::Text).also(&["confUuid", "conferenceUUID"]),
        Field::body("conferenceID", Kind::Text).also(&["confID"]),
    ];
    let keys = Lookup::new(&fields);
    for (name, field) in [
        ("confUUID", Some(0)),
        ("confUuid", Some(0)),
        ("conferenceUUID", Some(0)),
        ("conferenceID", Some(1)),
        ("confID", Some(1)),
        ("confuuid", None),
        ("confI", None),
        ("confIDs", None),
        (" confID", None),
        ("", None),
    ] {
        assert_eq!(keys.find(&fields, name), field, "{name}");
    }
}

#[test]
fn only_body_fields_are_in_the_table() {
    let fields = [
        Field::query("limit", Kind::Text),
        Field::header("X-Password", Kind::Text),
        Field::path("id", Kind::Text),
        Field::whole_body(Kind::Text),
        Field::part("file"),
        Field::rest(),
        Field::body("id", Kind::Text),
    ];
    let keys = Lookup::new(&fields);
    for name in ["limit", "X-Password", "body", "file", ""] {
        assert_eq!(keys.find(&fields, name), None, "{name}");
    }
    assert_eq!(keys.find(&fields, "id"), Some(6));
}

#[test]
fn an_empty_table_finds_nothing() {
    let keys = Lookup::new(&[]);
    for name in ["", "id", "\u{4f1a}\u{8bae}"] {
        assert_eq!(keys.find(&[], name), None);
    }
}

/// As many names as there is room for: one slot stays free.
fn full() -> Vec<Field> {
    let name = |number: usize| lasting(format!("field{number}"));
    let mut fields: Vec<_> = (0..64)
        .map(|number| Field::body(name(number), Kind::Text))
        .collect();
    for (number, field) in fields.iter_mut().take(63).enumerate() {
        *field = field.also(vec![name(100 + number)].leak());
    }
    fields
}

#[test]
fn a_full_table_finds_all_and_ends() {
    let fields = full();
    let keys = Lookup::new(&fields);
    for (index, field) in fields.iter().enumerate() {
        for name in [&field.wire].into_iter().chain(field.also) {
            assert_eq!(keys.find(&fields, name), Some(index), "{name}");
        }
    }
    for slot in 0..SLOTS {
        assert_eq!(keys.find(&fields, names_at(slot, 1)[0]), None);
    }
}

#[test]
#[should_panic(expected = "names < SLOTS")]
fn more_names_than_slots_do_not_compile() {
    let mut fields = full();
    fields[63] = fields[63].also(&["one more"]);
    Lookup::new(&fields);
}

/// Names of few letters, so that they meet each other, and some from other alphabets.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[abB]{0,4}", 1 => "\\PC{0,6}"]
}

fn field() -> impl Strategy<Value = Field> {
    let place = select(vec![
        Place::Body,
        Place::Body,
        Place::Body,
        Place::Query,
        Place::Header,
        Place::Rest,
    ]);
    // One field in three has other names; 64 fields of these stay below the number of slots.
    let also = prop_oneof![2 => Just(Vec::new()), 1 => vec(name(), 1..=1)];
    (place, name(), also).prop_map(|(place, wire, also)| {
        let also: Vec<_> = also.into_iter().map(lasting).collect();
        Field::at(place, lasting(wire), Kind::Text).also(also.leak())
    })
}

proptest! {
    #[test]
    fn it_finds_what_comparing_finds(
        fields in vec(field(), 0..=63),
        unknown in vec(name(), 0..20),
    ) {
        let keys = Lookup::new(&fields);
        let known = fields.iter().flat_map(|field| [&field.wire].into_iter().chain(field.also));
        for key in known.copied().chain(unknown.iter().map(String::as_str)) {
            prop_assert_eq!(keys.find(&fields, key), by_comparing(&fields, key), "{}", key);
        }
    }
}
