//! Each mistake in a spec is reported, with the place where it was made.
//!
//! Every case starts from the made-up spec of the golden files, which is free of problems, and
//! changes one thing in it.

mod examples;
mod operations;
mod rules;
mod values;

use super::{Source, generate, golden_spec};

/// What is reported after `from` is replaced by `to` in `file` wherever it occurs.
fn reported(file: &str, from: &str, to: &str) -> String {
    let mut spec = golden_spec();
    change(&mut spec, file, from, to);
    match generate(&spec) {
        Ok(_) => panic!("no problem is reported for {from:?} -> {to:?}"),
        Err(problems) => problems.to_string(),
    }
}

fn change(spec: &mut [Source], file: &str, from: &str, to: &str) {
    let (_, text) = spec
        .iter_mut()
        .find(|(name, _)| name == file)
        .expect("the file exists");
    assert!(text.contains(from), "{from:?} is not in {file}");
    *text = text.replace(from, to);
}

/// Expects a report that names the place and says what is wrong.
#[track_caller]
fn expect(from: &str, to: &str, place: &str, message: &str) {
    let report = reported("rooms.yaml", from, to);
    let line = format!("xtask/spec/rooms.yaml: {place}");
    let found = report
        .lines()
        .any(|got| got.starts_with(&line) && got.contains(message));
    assert!(found, "wanted {line:?} … {message:?}, got:\n{report}");
}

#[test]
fn the_spec_that_all_cases_change_is_sound() {
    assert!(generate(&golden_spec()).is_ok());
}

#[test]
fn unknown_and_missing_keys() {
    expect(
        "x-retry: read",
        "x-retri: read",
        "paths./v1/rooms.get.x-retri",
        "unknown field `x-retri`",
    );
    expect(
        "x-retry: read",
        "x-retry: maybe",
        "paths./v1/rooms.get.x-retry",
        "maybe",
    );
    expect(
        "      summary: Lists rooms.\n",
        "",
        "paths./v1/rooms.get",
        "missing field `summary`",
    );
    expect("delete:", "remove:", "paths./v1/rooms", "remove");
    expect(
        "maxItems: 10",
        "maxItens: 10",
        "paths./v1/rooms.get.parameters[2].schema",
        "maxItens",
    );
    expect(
        "minLength: 0",
        "minLength: 0, pattern: x",
        "components.schemas.Booking",
        "pattern",
    );
    expect(
        "title: Rooms",
        "title: Rooms\n  title: Halls",
        "info",
        "duplicate",
    );
}

#[test]
fn descriptions() {
    let door = "components.schemas.DoorKey";
    expect(
        "description: Opens the door once.\n",
        "description: ''\n",
        door,
        "is missing",
    );
    expect(
        "description: Floor.",
        "deprecated: true",
        "paths./v1/rooms.get.parameters[4](Number)",
        "`description` is missing",
    );
    expect(
        ", description: Number of all rooms.",
        "",
        "components.schemas.RoomPage.properties.count",
        "`description` is missing",
    );
    expect(
        "Number of all rooms.",
        "Number of all rooms",
        "components.schemas.RoomPage.properties.count.description",
        "full stop",
    );
    expect(
        "summary: Lists rooms.",
        "summary: Lists rooms",
        "paths./v1/rooms.get.summary",
        "full stop",
    );
    expect(
        "For talking.",
        "For talking",
        "components.schemas.RoomKind.x-enum-descriptions",
        "full stop",
    );
}

#[test]
fn references() {
    expect(
        "schemas/DoorKey'",
        "schemas/Key'",
        "paths./v1/rooms/door.put.responses.200.content.application/json.schema.$ref",
        "does not exist",
    );
    expect(
        "people.yaml#/components/schemas/Guest",
        "persons.yaml#/components/schemas/Guest",
        "components.schemas.Booking.properties.guests.items.$ref",
        "does not exist",
    );
    expect(
        "'#/components/schemas/Mood', default: 2",
        "'#/schemas/Mood', default: 2",
        "components.schemas.Booking.properties.mood.$ref",
        "write `[other.yaml]#",
    );
    expect(
        "        spare: { $ref: '#/components/schemas/SpareKey' }\n",
        "",
        "components.schemas.SpareKey",
        "not used by any operation",
    );
}

#[test]
fn type_names_are_unique() {
    let report = reported("people.yaml", "    Guest:", "    Room:");
    let wanted = "xtask/spec/rooms.yaml: components.schemas.Room: a type `Room` exists in people.yaml already";
    assert!(report.contains(wanted), "{report}");
    expect(
        "operationId: ShowLabels",
        "operationId: SetLabels",
        "paths./v1/rooms/labels.post.operationId",
        "`SetLabels` exists in rooms.yaml already",
    );
    expect(
        "operationId: ShowLabels",
        "operationId: show_labels",
        "paths./v1/rooms/labels.post.operationId",
        "use PascalCase",
    );
    expect(
        "SpareKey",
        "Timestamp",
        "components.schemas.Timestamp",
        "is taken",
    );
    expect(
        "DoorKey",
        "JoinUrl",
        "components.schemas.JoinUrl",
        "is taken",
    );
}

#[test]
fn documents() {
    let mut spec = golden_spec();
    spec.push((
        "Some_Thing.yaml".to_owned(),
        "openapi: 3.0.1\ninfo: { title: T, version: 1 }\n".to_owned(),
    ));
    let report = generate(&spec)
        .err()
        .expect("there are problems")
        .to_string();
    assert!(
        report.contains("xtask/spec/Some_Thing.yaml: name the file in kebab-case"),
        "{report}"
    );
    assert!(
        report.contains("xtask/spec/Some_Thing.yaml: openapi: only OpenAPI 3.1"),
        "{report}"
    );
    expect("info:\n", "info: [\n", "", "line");
}

#[test]
fn all_problems_are_reported_at_once() {
    let mut spec = golden_spec();
    change(&mut spec, "rooms.yaml", "x-type: Password", "x-type: Word");
    change(&mut spec, "rooms.yaml", "[Talk, Quiet, Audio]", "[Talk]");
    let report = generate(&spec)
        .err()
        .expect("there are problems")
        .to_string();
    assert_eq!(report.lines().count(), 2, "{report}");
}

#[test]
fn an_operation_and_a_model_of_one_name_must_not_meet_in_one_file() {
    expect(
        "operationId: SearchVisitors",
        "operationId: VisitorReply",
        "",
        "rename the model",
    );
    // Elsewhere it is allowed, and mentioned.
    let mut spec = golden_spec();
    change(
        &mut spec,
        "rooms.yaml",
        "operationId: SearchVisitors",
        "operationId: VisitorPage",
    );
    let (api, _) = generate(&spec).expect("this is allowed");
    assert_eq!(api.notes(), ["`VisitorPage` is an operation and a model"]);
}
