//! What must hold for all operations.

use clap::Parser;
use meeting_testing::{Filler, RandomChoices, Tape};
use meeting_types::{
    AuthorizationRef, Endpoint,
    schema::{Model, Place, WireValue},
    write_request,
};

use crate::{
    arguments::{Arguments, Call, Command},
    input::{self, Filled},
    registry,
    show::Shown,
};

/// What every secret says here, and no other value.
const MARK: &str = "ZqX8";

fn arguments(given: &[String]) -> Box<Call> {
    let words = ["meeting", "call"].map(str::to_owned);
    let arguments = Arguments::parse_from(words.iter().chain(given));
    match arguments.command {
        Command::Call(call) => call,
        other => panic!("{other:?}"),
    }
}

#[test]
fn secrets_are_masked_and_nothing_else() {
    Tape::for_all(16, |tape| {
        for entry in registry::all() {
            let mut operation = (entry.make)();
            let mut filler = Filler::new(RandomChoices::new(tape.clone(), Some(MARK)));
            filler.operation(operation.model_mut(), entry.info);
            let endpoint = Endpoint::china();
            let request = write_request(
                operation.model(),
                entry.info,
                &endpoint,
                AuthorizationRef::Nothing,
            )
            .unwrap();
            let shown = Shown::new(&request, operation.model(), entry.info, &Filled::default());
            let name = entry.info.name;
            assert!(!shown.plain(false).contains(MARK), "{name}");
            assert!(!shown.curl(false).contains(MARK), "{name}");
            assert!(!shown.curl(false).contains("MEETING_BODY"), "{name}");
            let all = shown.plain(true);
            assert!(all.contains(&request.uri().to_string()), "{name}");
            let is_form = all.contains("multipart/form-data");
            let body = std::str::from_utf8(request.body()).unwrap();
            assert!(is_form || all.contains(body), "{name}");
        }
    });
}

/// The parameters outside the body, as arguments. Nothing when one of them has a meaning there.
fn outside_the_body(operation: &dyn Model) -> Option<Vec<String>> {
    let mut given = Vec::new();
    for (field, slot) in operation.slots() {
        let place = match field.place {
            Place::Path => "path",
            Place::Query => "query",
            Place::Header => "header",
            _ => continue,
        };
        if !slot.is_set() {
            continue;
        }
        let mut push = |emit: WireValue<'_>| {
            let text = match emit {
                WireValue::Bool(value) => value.to_string(),
                WireValue::Int(number) => number.to_string(),
                WireValue::Float(number) => number.to_string(),
                WireValue::Text(text) => text.into_owned(),
                _ => return false,
            };
            let is_plain = text != "-" && !text.starts_with(['@', '{', '[']);
            given.push(format!("{place}:{}={text}", field.wire));
            is_plain
        };
        match slot.write(field.format) {
            WireValue::List(list) => {
                for index in 0..list.len() {
                    push(list.get(index)?.write(field.format)).then_some(())?;
                }
            }
            emit => push(emit).then_some(())?,
        }
    }
    Some(given)
}

#[test]
fn what_is_given_is_what_is_sent() {
    Tape::for_all(16, |tape| {
        for entry in registry::all() {
            let mut operation = (entry.make)();
            Filler::new(RandomChoices::new(tape.clone(), None))
                .operation(operation.model_mut(), entry.info);
            let endpoint = Endpoint::china();
            let send = |model: &dyn Model| {
                write_request(model, entry.info, &endpoint, AuthorizationRef::Nothing).unwrap()
            };
            let wanted = send(operation.model());
            let Some(mut given) = outside_the_body(operation.model()) else {
                continue;
            };
            given.insert(0, entry.info.name.to_owned());
            given.push("--allow-secrets-in-arguments".to_owned());
            let body = std::str::from_utf8(wanted.body()).unwrap();
            // A file is no JSON.
            if body.starts_with("--") {
                continue;
            }
            if !body.is_empty() {
                given.push(format!("--body={body}"));
            }
            let mut again = (entry.make)();
            let filled = input::fill(again.model_mut(), entry.info, &arguments(&given));
            assert!(filled.is_ok(), "{given:?}: {filled:?}");
            let got = send(again.model());
            assert_eq!(got.uri(), wanted.uri());
            assert_eq!(got.headers(), wanted.headers());
            assert_eq!(got.body(), wanted.body(), "{}", entry.info.name);
        }
    });
}
