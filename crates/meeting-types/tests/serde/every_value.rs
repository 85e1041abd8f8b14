//! Every operation and every output, with any values and in any spelling that reading takes.

use std::fmt::Debug;

use meeting_testing::{Filler, RandomChoices, Tape};
use meeting_types::{
    Operation, every_operation,
    operations::*,
    schema::{Empty, Value},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value as Json;

use crate::formats::comes_back;

macro_rules! properties {
    ($($operation:ident)*) => {
        /// One test for each operation, by its name.
        #[allow(non_snake_case, reason = "the operations are named like types")]
        mod comes_back_as_it_was {
            $(#[test]
            fn $operation() {
                super::Tape::for_all(8, super::check::<super::$operation>);
            })*
        }
    };
}

every_operation! { properties }

fn check<O>(tape: Tape)
where
    O: Operation + Empty + Serialize + DeserializeOwned + PartialEq + Debug,
    O::Output: Value + Empty + Serialize + DeserializeOwned + PartialEq + Debug,
{
    let mut filler = Filler::new(RandomChoices::new(tape, None));
    let mut operation = O::empty();
    filler.model(&mut operation);
    comes_back(&operation);

    let mut output = O::Output::empty();
    filler.output(&mut output, &O::Output::KIND);
    comes_back(&output);

    let mut tape = filler.into_choices().into_tape();
    let mut json = serde_json::to_value(&output).unwrap();
    respell(&mut json, &mut tape);
    // What cannot be read at all is another matter.
    if let Ok(read) = serde_json::from_value::<O::Output>(json) {
        comes_back(&read);
    }
}

/// Writes values as the service might, and some that it never would.
fn respell(json: &mut Json, tape: &mut Tape) {
    const TIMES: &[&str] = &[
        "2026-11-22 08:30",
        "2026-11-22 08:30:15",
        "2026-11-22T08:30:15.250Z",
        "2026-11-22T08:30:15.250+08:00",
        "0001-01-01 00:00:01",
        "-000044-03-15T12:00:00Z",
        "1763800000123",
        "9223372036854775807",
        "2026-11-22",
    ];
    const TEXTS: &[&str] = &[
        "", " ", "0", "1", "-1", "Y", "false", "a,b", " a , ,b", "{}", "[1]",
    ];
    match json {
        Json::Object(entries) => {
            for value in entries.values_mut() {
                respell(value, tape);
            }
            return;
        }
        Json::Array(items) => {
            for item in items.iter_mut() {
                respell(item, tape);
            }
            match tape.below(6) {
                // One value where a list belongs.
                0 if !items.is_empty() => *json = items.swap_remove(0),
                1 => items.push(Json::from("a,b")),
                2 => items.push(Json::Null),
                _ => {}
            }
            return;
        }
        _ => {}
    }
    *json = match tape.below(12) {
        0 => Json::from(tape.one_of(TIMES)),
        1 => Json::from(tape.one_of(TEXTS)),
        2 => Json::from(f64::from(tape.draw()) / 3.0),
        3 => Json::from(u64::from(tape.draw()) << 32 | u64::from(tape.draw())),
        4 => Json::from(i64::from(tape.draw()) * 1000),
        5 => Json::Bool(tape.below(2) == 1),
        6 => Json::Null,
        7 => Json::from(vec![json.take()]),
        8 => json
            .as_str()
            .map_or_else(|| json.to_string(), str::to_owned)
            .into(),
        _ => return,
    };
}
