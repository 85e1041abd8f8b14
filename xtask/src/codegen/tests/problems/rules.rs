//! Mistakes in rules that span fields.

use super::expect;

const BOOKING: &str = "components.schemas.Booking.x-rules";

#[test]
fn unknown_and_missing_keys() {
    expect(
        "at_least_one: [subject, note]",
        "at_least: [subject, note]",
        "components.schemas.Booking.x-rules[0]",
        "unknown field `at_least`",
    );
    expect(
        ", why: The end follows from the length.",
        "",
        "components.schemas.Booking.x-rules[2]",
        "missing field `why`",
    );
    expect(
        "The end follows from the length. }",
        "the end follows }",
        "components.schemas.Booking.x-rules[2]",
        "full stop",
    );
    expect(
        "kind: guard",
        "kind: guardian",
        "paths./v1/rooms.post.x-rules[0].kind",
        "unknown variant `guardian`",
    );
    expect(
        "at_least_one: [subject, note]",
        "at_least_one: [subject, note], exactly_one: [subject, note]",
        "components.schemas.Booking.x-rules[0]",
        "needs exactly one of",
    );
    expect(
        "at_least_one: [subject, note], ",
        "",
        "components.schemas.Booking.x-rules[0]",
        "needs exactly one of",
    );
    expect(
        "after: endTime, than: startTime",
        "after: endTime",
        "components.schemas.Booking.x-rules[3]",
        "`after` and `than` go together",
    );
    expect(
        "max: 60",
        "most: 60",
        "components.schemas.Booking.x-rules[4]",
        "unknown field `most`",
    );
}

#[test]
fn fields_that_do_not_exist() {
    expect(
        "[note, startTime]",
        "[note, stratTime]",
        "components.schemas.Booking.x-rules[1]",
        "there is no field `stratTime`",
    );
    expect(
        "requires: startTime,",
        "requires: startTime.hour,",
        "paths./v1/rooms.post.x-rules[0]",
        "`startTime` is not an object",
    );
    expect(
        "requires: startTime,",
        "requires: body.startTime,",
        "paths./v1/rooms.post.x-rules[0]",
        "there is no field `body`",
    );
    expect(
        "field: length, present: true",
        "field: lenght, present: true",
        BOOKING,
        "there is no field `lenght`",
    );
}

#[test]
fn fields_that_are_always_there() {
    expect(
        "at_least_one: [subject, note]",
        "at_least_one: [subject, guests]",
        BOOKING,
        "`guests` is always there",
    );
    expect(
        "field: length, present: true",
        "field: guests, present: true",
        BOOKING,
        "`guests` is always there",
    );
    expect(
        "at_least_one: [subject, note]",
        "at_least_one: [subject, subject]",
        BOOKING,
        "`subject` is listed twice",
    );
    expect(
        "at_least_one: [subject, note]",
        "at_least_one: [subject]",
        BOOKING,
        "at least 2",
    );
}

#[test]
fn types_and_values_that_do_not_fit() {
    expect(
        "after: endTime, than: startTime",
        "after: endTime, than: length",
        BOOKING,
        "are not two times",
    );
    expect(
        "field: mood, is: [-1, 2]",
        "field: mood, is: [1]",
        BOOKING,
        "`mood` is never 1",
    );
    expect(
        "field: isOn, is: [0]",
        "field: isOn, is: [false]",
        "paths./v1/rooms/light.put.x-rules[0]",
        "`isOn` is never false",
    );
    expect(
        "range: { field: length",
        "range: { field: subject",
        BOOKING,
        "`subject` is not a number",
    );
    expect(
        "items: { field: floors",
        "items: { field: guests",
        BOOKING,
        "`guests` is not a list of numbers",
    );
    expect(
        "max: 60",
        "min: 61, max: 60",
        BOOKING,
        "`min` is above `max`",
    );
    expect(
        "field: length, max: 60",
        "field: length",
        BOOKING,
        "needs a `min` or a `max`",
    );
    expect(
        "field: startTime, absent: true",
        "field: startTime",
        BOOKING,
        "`when` needs exactly one of",
    );
    expect(
        "when: { field: isOn, is: [0] }\n          excludes",
        "excludes",
        "paths./v1/rooms/light.put.x-rules[0]",
        "`excludes` needs a `when`",
    );
}

#[test]
fn rules_stand_where_requests_are() {
    expect(
        "description: Some of the rooms.\n",
        "description: Some of the rooms.\n      x-rules: [{ at_least_one: [offset, limit], why: Either. }]\n",
        "components.schemas.RoomPage.x-rules",
        "no request holds this model",
    );
    expect(
        "description: How people feel in it., deprecated: true",
        "description: How people feel in it., x-rules: [{ requires: a, why: It is. }]",
        "components.schemas.Room.properties.mood",
        "`x-rules` does not go with",
    );
}
