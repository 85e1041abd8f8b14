//! Mistakes in operations: paths, parameters, bodies, responses, paging.

use super::{change, expect, generate, golden_spec};

#[test]
fn one_call_has_one_operation() {
    let mut spec = golden_spec();
    let people = "info:\n  title: People\n  version: \"2026-11\"\n";
    let again = "paths:\n  /v1/rooms/labels:\n    put:\n      operationId: Again\n      tags: [a]\n      summary: Again.\n      x-retry: once\n      security: []\n      responses: { '200': { description: . } }\n";
    change(
        &mut spec,
        "people.yaml",
        people,
        &format!("{people}{again}"),
    );
    let report = generate(&spec)
        .err()
        .expect("there is a problem")
        .to_string();
    assert!(
        report.contains("`PUT /v1/rooms/labels` is already what `Again` calls"),
        "{report}"
    );
}

#[test]
fn paths_and_their_parameters() {
    let visitors = "paths./v1/rooms/{id}/visitors.get.parameters";
    expect(
        "/v1/rooms/{room_id}/visitors",
        "/v1/rooms/{id}/visitors",
        visitors,
        "`{id}` of the path is not a path parameter",
    );
    expect(
        "/v1/rooms/{room_id}/visitors",
        "/v1/rooms/{id}/visitors",
        visitors,
        "path parameter `room_id` does not occur in the path",
    );
    expect(
        "in: path\n          required: true",
        "in: path",
        "paths./v1/rooms/{room_id}/visitors.get.parameters[0](room_id)",
        "must have `required: true`",
    );
}

#[test]
fn control_operations_name_the_meeting() {
    expect(
        "- name: conferenceID\n          in: query",
        "- name: conferenceID\n          in: header",
        "paths./v1/rooms/light.put.parameters",
        "needs the query parameter `conferenceID`",
    );
}

#[test]
fn headers_of_the_client_are_left_out() {
    expect(
        "name: sortKey\n          in: query",
        "name: X-Request-ID\n          in: header",
        "paths./v1/rooms.get.parameters[3](X-Request-ID)",
        "is set by the client",
    );
    expect(
        "name: X-Password",
        "name: X-Access-Token",
        "paths./v1/rooms/picture.post.parameters[2](X-Access-Token)",
        "is set by the client",
    );
}

#[test]
fn bodies_and_responses() {
    expect(
        "multipart/form-data",
        "text/plain",
        "paths./v1/rooms/picture.post.requestBody.content",
        "`text/plain` is not supported",
    );
    expect(
        "format: binary",
        "format: byte",
        "paths./v1/rooms/picture.post.requestBody",
        "a part is a required",
    );
    expect(
        "    get:\n      operationId: SearchVisitors",
        "    get:\n      requestBody: { content: {} }\n      operationId: SearchVisitors",
        "paths./v1/rooms/{room_id}/visitors.get.requestBody",
        "a GET has no body",
    );
    expect(
        "\"200\":\n          description: The door is open.",
        "\"400\":\n          description: The door is open.",
        "paths./v1/rooms/door.put.responses",
        "`400` is not the status of a success",
    );
    expect(
        "schema: { $ref: '#/components/schemas/DoorKey' }",
        "schema: { $ref: '#/components/schemas/Mood' }",
        "paths./v1/rooms/door.put.responses",
        "a reply is an object, a list or a map",
    );
}

#[test]
fn security_and_tags() {
    expect(
        "security: []",
        "security: [{ adminToken: [] }]",
        "paths./v1/rooms/labels.post.security",
        "`adminToken` is not under",
    );
    expect(
        "security: []",
        "security: [{ accessToken: [] }, { conferenceToken: [] }]",
        "paths./v1/rooms/labels.post.security",
        "must be",
    );
    expect(
        "tags: [control]",
        "tags: [control, door]",
        "paths./v1/rooms/door.put.tags",
        "must list one tag",
    );
}

#[test]
fn paging() {
    let rooms = "paths./v1/rooms.get.x-paging";
    expect(
        "x-paging: { items: data }",
        "x-paging: { items: rooms }",
        rooms,
        "no field `rooms`",
    );
    expect(
        "x-paging: { items: data }",
        "x-paging: { items: count }",
        rooms,
        "`count` is not a list",
    );
    expect(
        "x-paging: { items: data }",
        "x-paging: { items: data, count: total }",
        rooms,
        "no field `total`",
    );
    expect(
        "count: { type: integer, format: int64, minimum: 0,",
        "count: { type: integer, format: int64,",
        rooms,
        "`minimum: 0`",
    );
    expect(
        "name: limit",
        "name: most",
        rooms,
        "optional query parameter `limit`",
    );
    let visitors = "paths./v1/rooms/{room_id}/visitors.get.x-paging";
    expect(
        "count: data.count",
        "count: count",
        visitors,
        "must begin with `data.`",
    );
}
