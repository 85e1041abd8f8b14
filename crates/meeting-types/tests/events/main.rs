//! The frames of the live channel: what is written, what is read back, and every odd spelling.

#![allow(clippy::unwrap_used, reason = "these are tests")]

mod entry;
mod ill_formed;
mod later_kinds;
mod leniency;
mod round_trip;
mod secrets;

use meeting_types::{
    SecretText,
    events::{Event, ServerFrame},
};
use serde_json::Value;

fn parse(message: &Value) -> Event {
    match ServerFrame::parse(&message.to_string()).unwrap() {
        ServerFrame::Event(event) => *event,
        other => panic!("not an event: {other:?}"),
    }
}

fn json_of(text: &SecretText) -> Value {
    serde_json::from_str(text.expose()).unwrap()
}
