//! Mistakes in examples and documented refusals.

use super::{expect, reported};

#[test]
fn examples_have_the_shape_of_what_they_show() {
    for (from, to, place, message) in [
        (
            "example: { guests:",
            "example: { gests:",
            "BookRoom.request example.body.gests",
            "there is no such field",
        ),
        (
            "mood: 2 }",
            "mood: 7 }",
            "BookRoom.request example.body.mood",
            "7 is none of the values",
        ),
        (
            "guests: [{ name: Ann }] }]",
            "guests: [{ badge: 12345678 }] }]",
            "BookRoom.response example.0.guests.0",
            "`name` is required",
        ),
        (
            "guests: [{ name: Ann }] }]",
            "guests: { name: Ann } }]",
            "BookRoom.response example.0.guests",
            "must be a list",
        ),
        (
            "guests: [{ name: Ann }] }]",
            "guests: [Ann] }]",
            "BookRoom.response example.0.guests.0",
            "must be an object",
        ),
    ] {
        expect(from, to, place, message);
    }
}

#[test]
fn only_what_the_caller_sets_has_an_example() {
    expect(
        "x-constant: sdk",
        "x-constant: sdk\n          example: sdk",
        "paths./v1/rooms/picture.post.parameters.source.example",
        "the caller does not set this one",
    );
}

#[test]
fn refusals_have_a_status_and_a_known_code() {
    for wrong in ["ROOM.200000001", "200 ROOM.200000001", "400 no such room"] {
        expect(
            "[410 10019001]",
            &format!("[{wrong}]"),
            "paths./v1/rooms/door.put.x-errors",
            "is not a status and a code",
        );
    }
    expect(
        "[410 10019001]",
        "[410 10019002]",
        "OpenDoor.x-errors",
        "`10019002` is not in error-codes.tsv",
    );
}

#[test]
fn a_code_of_the_table_can_lose_its_line() {
    let line = "ROOM.200000001\t400\tseen\tnot-found\tThere is no such room\n";
    let report = reported("error-codes.tsv", line, "");
    assert!(
        report.contains("SearchRooms.x-errors: `ROOM.200000001` is not in error-codes.tsv"),
        "{report}"
    );
}
