//! Times as responses spell them, and texts that only look like times.

use meeting_types::{
    Timestamp,
    schema::{Empty, Format, Value, WireInput},
};

fn read(text: &str) -> Option<String> {
    let mut time = Timestamp::empty();
    time.read(WireInput::Text(text), Format::UtcMinute)
        .then(|| time.to_string())
}

#[test]
fn minutes_of_bookings_are_read_as_utc() {
    let at = |text: &str| Some(text.to_owned());
    assert_eq!(read("2026-11-22 08:30"), at("2026-11-22T08:30:00.000Z"));
    assert_eq!(read("2024-02-29 23:59"), at("2024-02-29T23:59:00.000Z"));
    assert_eq!(read("1969-12-31 00:00"), at("1969-12-31T00:00:00.000Z"));
    assert_eq!(read("2026-11-22 08:30:15"), at("2026-11-22T08:30:15.000Z"));
}

#[test]
fn what_only_looks_like_a_time_is_none() {
    for text in [
        "2026-02-30 08:30",
        "2026-11-22 24:00",
        "2026-11-22 08:60",
        "2026-13-22 08:30",
        "~~~~-~~-~~ ~~:~~",
        "y026-11-22 08:30",
        "2026-11-22 08:3/",
        "    -  -     :  ",
    ] {
        assert_eq!(read(text), None, "{text}");
    }
}
