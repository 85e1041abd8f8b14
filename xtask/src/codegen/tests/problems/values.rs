//! Mistakes in the schemas of models, fields and enums.

use super::{change, expect, generate, golden_spec};

#[test]
fn types_and_formats() {
    expect(
        "x-type: Password",
        "x-type: PassWord",
        "paths./v1/rooms/picture.post.parameters[2](X-Password).schema.x-type",
        "`PassWord` is not one of",
    );
    expect(
        "format: int32, x-type: TimeZoneId",
        "format: int32, x-type: Country",
        "components.schemas.Booking.properties.clock.x-type",
        "`Country` is a text",
    );
    expect(
        "x-name: time_zone_id, minimum: 0, maximum: 77",
        "x-name: time_zone_id, minLength: 1, maxLength: 77",
        "components.schemas.Booking.properties.timeZoneID",
        "`minLength` does not go with",
    );
    expect(
        "default: 1, x-preset: true",
        "x-preset: true",
        "components.schemas.Booking.properties.remindDays.x-preset",
        "only an optional number with a `default`",
    );
    expect(
        "x-format: yes-no-word",
        "x-format: yes-or-no",
        "components.schemas.Room.properties.isQuiet.x-format",
        "`yes-or-no` is no format of a string",
    );
    expect(
        "x-format: minutes",
        "x-format: hours",
        "components.schemas.Booking.properties.length.x-format",
        "`hours` is no format of an integer",
    );
    expect(
        "count: { type: integer, format: int64",
        "count: { type: integer",
        "components.schemas.RoomPage.properties.count.format",
        "write `int32` or `int64`",
    );
    expect(
        "format: date",
        "format: day",
        "paths./v1/rooms.get.parameters[5](freeOn).schema.format",
        "`day` is not a format of strings",
    );
    expect(
        "x-format: bit-text",
        "x-format: bit-text, maxLength: 1",
        "components.schemas.Room.properties.RegStatus",
        "`maxLength` does not go with",
    );
    expect(
        "x-format: iso",
        "x-multiline: true, x-format: iso",
        "components.schemas.Room.properties.cleanedAt.x-multiline",
        "only plain text",
    );
    expect(
        "x-name: floor, x-also",
        "type: object, x-name: floor, x-also",
        "",
        "duplicate",
    );
    expect(
        "minLength: 1, maxLength: 64 }\n          description: The room.",
        "minLength: 65, maxLength: 64 }\n          description: The room.",
        "paths./v1/rooms/{room_id}/visitors.get.parameters[0](room_id).schema",
        "`minLength` is above `maxLength`",
    );
    expect(
        "type: object, additionalProperties: { type: string }, description",
        "type: object, additionalProperties: { type: boolean }, description",
        "components.schemas.Room.properties.labels.additionalProperties",
        "plain strings",
    );
    expect(
        "schema: { type: string, x-format: comma, items: { type: string, maxLength: 16 } }",
        "schema: { $ref: '#/components/schemas/Room' }",
        "paths./v1/rooms.get.parameters[3](sortKey).schema",
        "only plain values",
    );
    expect(
        "area: { type: number",
        "area: { type: object, properties: {}",
        "components.schemas.Room.properties.area",
        "make this object a component",
    );
    expect(
        "tags: { type: array, items: { type: string }",
        "tags: { type: string, enum: [a]",
        "components.schemas.Room.properties.tags",
        "make this `enum` a component",
    );
    expect(
        "tags: { type: array, items: { type: string }",
        "tags: { type: array",
        "components.schemas.Room.properties.tags",
        "`items` is missing",
    );
    expect(
        "area: { type: number",
        "area: { deprecated: true",
        "components.schemas.Room.properties.area",
        "`type` or `$ref` is missing",
    );
}

#[test]
fn defaults_must_be_values_of_their_field() {
    let limit = "paths./v1/rooms.get.parameters[1](limit).schema.default";
    expect("default: 20", "default: 501", limit, "`501` is no value");
    expect("default: 20", "default: many", limit, "`many` is no value");
    let mood = "components.schemas.Booking.properties.mood.default";
    expect(
        "schemas/Mood', default: 2",
        "schemas/Mood', default: 3",
        mood,
        "`3` is no value",
    );
    let fade = "paths./v1/rooms/light.put.requestBody.content.application/json.schema.properties.fade.default";
    expect("default: true", "default: 1", fade, "`1` is no value");
}

#[test]
fn required_must_name_properties() {
    expect(
        "required: [guests]",
        "required: [guest]",
        "components.schemas.Booking.required",
        "`guest` is not among the properties",
    );
    expect(
        "requestBody:\n        required: true\n        content:\n          application/json:\n            schema:\n              type: object\n              required: [isOn",
        "requestBody:\n        content:\n          application/json:\n            schema:\n              type: object\n              required: [isOn",
        "paths./v1/rooms/light.put.requestBody",
        "needs `required: true`",
    );
}

#[test]
fn enums() {
    let kind = "components.schemas.RoomKind";
    expect(
        "[Talk, Quiet, Audio]",
        "[Talk, Quiet]",
        kind,
        "`x-enum-varnames` has 2 entries, `enum` has 3",
    );
    expect(
        "[For talking., For being quiet., For listening.]",
        "[For talking.]",
        kind,
        "`x-enum-descriptions` has 1 entries, `enum` has 3",
    );
    expect(
        "[Talk, Quiet, Audio]",
        "[Talk, Quiet, Unknown]",
        kind,
        "cannot be the variant `Unknown`",
    );
    expect(
        "[Talk, Quiet, Audio]",
        "[Talk, Talk, Audio]",
        kind,
        "two values would both be the variant `Talk`",
    );
    expect(
        "[ASC_StartTIME, Y, aduio]",
        "[Y, Y, aduio]",
        kind,
        "\"Y\" is listed twice",
    );
    expect(
        "[ASC_StartTIME, Y, aduio]",
        "[1, Y, aduio]",
        kind,
        "`1` is not a string",
    );
    expect(
        "[-1, 0, 2]",
        "[-1, 0, '2']",
        "components.schemas.Mood",
        "`2` is not a 32-bit integer",
    );
    expect(
        "      x-enum-varnames: [Bad, Neutral, Good]\n",
        "",
        "components.schemas.Mood",
        "name the variants",
    );
}

#[test]
fn field_names() {
    let kind = "components.schemas.Room.properties.type";
    expect(
        "schemas/RoomKind', x-name: kind",
        "schemas/RoomKind'",
        kind,
        "add `x-name: kind`",
    );
    expect(
        "x-name: on,",
        "x-name: match,",
        "paths./v1/rooms/light.put.requestBody",
        "add `x-name: match_value`",
    );
    expect(
        "x-name: quiet,",
        "x-name: isQuiet,",
        "components.schemas.Room.properties.isQuiet",
        "snake_case",
    );
    expect(
        "x-name: quiet,",
        "x-name: area,",
        "components.schemas.Room",
        "`area` and `isQuiet` would both be the field `area`; add `x-name: body_area`",
    );
    expect(
        ", x-name: booking }",
        " }",
        "paths./v1/rooms.post.requestBody",
        "needs an `x-name`",
    );
    expect(
        "x-name: quiet,",
        "x-name: new,",
        "components.schemas.Room",
        "add `x-name: new_value`",
    );
}

#[test]
fn a_table_holds_64_fields() {
    let field = |number| format!("        f{number}: {{ type: boolean, description: A field. }}\n");
    let room = "    Room:\n      type: object\n      description: A room.\n      properties:\n";
    let with = |count: u32| format!("{room}{}", (0..count).map(field).collect::<String>());
    let own = 13;
    let mut spec = golden_spec();
    change(&mut spec, "rooms.yaml", room, &with(64 - own));
    assert!(generate(&spec).is_ok());
    expect(
        room,
        &with(65 - own),
        "components.schemas.Room",
        "has 65 fields; a table holds 64",
    );
}

#[test]
fn characters() {
    expect(
        "x-characters: word",
        "x-characters: words",
        "components.schemas.Booking.properties.code.x-characters",
        "unknown variant `words`",
    );
    expect(
        "x-format: base64, description: For",
        "x-format: base64, x-characters: word, description: For",
        "components.schemas.Booking.properties.note",
        "`x-characters` does not go with this kind of value",
    );
    expect(
        "items: { type: string, maxLength: 16 }",
        "items: { type: string, x-characters: word }",
        "paths./v1/rooms.get.parameters[3](sortKey).schema.items.x-characters",
        "are not checked",
    );
}

#[test]
fn a_response_has_no_greatest_length() {
    expect(
        "type: array, minItems: 1, items: { $ref: '#/components/schemas/Booking' }",
        "type: array, maxItems: 9, items: { $ref: '#/components/schemas/Booking' }",
        "paths./v1/rooms.post.responses.200.content.application/json.schema.maxItems",
        "is read whole",
    );
}
