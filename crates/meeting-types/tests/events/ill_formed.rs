//! Frames whose text is ill-formed: the value around the place is spoilt at most.

use meeting_types::{
    Mend, MendKind,
    events::{
        Event, EventKind, EventPayload, FrameError, ParticipantChange, ParticipantInfo, ServerFrame,
    },
};
use proptest::{prelude::*, sample::Index};
use serde_json::{Value, json};

fn event_of(text: &[u8]) -> Event {
    match ServerFrame::parse_bytes(text) {
        Ok(ServerFrame::Event(event)) => *event,
        other => panic!("{}: {other:?}", String::from_utf8_lossy(text)),
    }
}

/// The full list of three people, the second with this name.
fn three(name: &[u8]) -> Vec<u8> {
    [
        br#"{"action":"ParticipantsNotify","version":7,"msgMode":0,"confID":"912345678","data":["#,
        &br#"{"pid":"p1","mode":0,"pinfoMap":{"NAME":"Bob","MUTE":"1"}},"#[..],
        br#"{"pid":"p2","mode":0,"pinfoMap":{"NAME":""#,
        name,
        br#"","MUTE":"0","NEW":"n"}},{"pid":"p3","mode":0,"pinfoMap":{"NAME":"Cleo"}}]}"#,
    ]
    .concat()
}

fn people(event: &Event) -> Vec<&ParticipantInfo> {
    let EventPayload::Participants(changes) = &event.payload else {
        panic!("{event:?}");
    };
    let infos = changes.iter().map(|change| match change {
        ParticipantChange::Update(info) => &**info,
        other => panic!("{other:?}"),
    });
    infos.collect()
}

#[test]
fn one_ill_formed_name_does_not_spoil_the_list() {
    for (name, meant, kind) in [
        (&br"Ann \ud83d"[..], "Ann \u{fffd}", MendKind::HalfPair),
        (br"\ude00\uD83D", "\u{fffd}\u{fffd}", MendKind::HalfPair),
        (b"Ann\tLee\n", "Ann\tLee\n", MendKind::ControlCharacter),
        (b"caf\xe9", "caf\u{fffd}", MendKind::Bytes),
        (b"\xed\xa0\xbd\xed\xb8\x80", "\u{1f600}", MendKind::Bytes),
        (br"O\'Neill C:\data", r"O'Neill C:\data", MendKind::Escape),
        (br"\u12", "\u{fffd}", MendKind::Escape),
    ] {
        let event = event_of(&three(name));
        assert_eq!(event.version, Some(7));
        assert_eq!(event.kind, EventKind::Participants);
        let people = people(&event);
        let names: Vec<_> = people.iter().map(|info| info.name.as_deref()).collect();
        assert_eq!(names, [Some("Bob"), Some(meant), Some("Cleo")]);
        assert_eq!(people[1].muted, Some(false));
        assert_eq!(people[1].extra["NEW"], "n");
        let kinds: Vec<_> = event.mends().iter().map(|mend| mend.kind).collect();
        assert_eq!(kinds, [kind]);
        // What was mended is written well-formed, and is the same event.
        let again = ServerFrame::parse(event.to_text().expose()).unwrap();
        assert_eq!(again, ServerFrame::from(event));
    }
    let text = String::from_utf8(three(br"Ann \ud83d")).unwrap();
    let at = text.find(r"\ud83d").unwrap();
    let event = Event::parse(&text).unwrap();
    assert_eq!(event.mends().len(), 1);
    assert_eq!(event.mends()[0].at, at);
    assert_eq!(
        event.mends()[0].to_string(),
        format!("half a surrogate pair at byte {at}")
    );
    assert_eq!(event_of(&three(b"Ann")).mends(), []);
}

#[test]
fn other_values_that_are_ill_formed_are_mended_or_unset() {
    for (value, muted) in [
        ("NaN", None),
        ("+1", Some(true)),
        // Text, which may be an id, and is no yes or no.
        ("01", None),
        ("1.", Some(true)),
        ("0x1", Some(true)),
        ("True", Some(true)),
        ("None", None),
        ("-", None),
        ("'1'", Some(true)),
        ("", None),
    ] {
        for text in [
            format!(
                r#"{{"action":"ParticipantsNotify","data":[{{"pid":"p1","pinfoMap":{{"MUTE":{value},"TEL":"7"}}}}]}}"#
            ),
            format!(
                r#"{{"new":{value},"action":"ParticipantsNotify","data":[{{"pid":"p1","new":{value},"pinfoMap":{{"MUTE":{value},"TEL":"7"}}}},],}}"#
            ),
        ] {
            let event = event_of(text.as_bytes());
            let people = people(&event);
            assert_eq!(people[0].muted, muted, "{text}");
            assert_eq!(people[0].phone.as_deref(), Some("7"), "{text}");
            assert!(!event.mends().is_empty());
        }
    }
}

#[test]
fn what_stands_around_a_frame_is_left_out() {
    let plain = three(b"Ann");
    let event = event_of(&plain);
    for (before, after) in [
        ("\u{feff}", ""),
        ("", "\0\0"),
        ("\0", "\0"),
        (")]}',\n", ""),
        ("", ";"),
        ("\u{feff}\u{feff} ", "\r\n\u{1a}"),
    ] {
        let text = [before.as_bytes(), &plain, after.as_bytes()].concat();
        let odd = event_of(&text);
        assert_eq!(odd, event);
        assert_eq!(odd.mends()[0].kind, MendKind::Foreign);
    }
    let wide: Vec<u8> = String::from_utf8(plain)
        .unwrap()
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(event_of(&wide), event);
}

#[test]
fn text_inside_of_a_frame_is_mended_too() {
    let data = r#"[{"pid":"p1","pinfoMap":{"NAME":"Ann \ud83d"}},{"pid":"p2","pinfoMap":{}}]"#;
    let frame = json!({"action": "ParticipantsNotify", "data": data}).to_string();
    let event = event_of(frame.as_bytes());
    assert_eq!(people(&event)[0].name.as_deref(), Some("Ann \u{fffd}"));
    assert_eq!(people(&event).len(), 2);
    let at = data.find("\\ud83d").unwrap();
    assert_eq!(event.mends().len(), 1);
    let Mend {
        at: found, kind, ..
    } = event.mends()[0];
    assert_eq!((found, kind), (at, MendKind::HalfPair));

    let groups = r#"[{"name":"b\t","x":NaN}]"#;
    let frame = json!({"action": "InterpreterGroupNotify", "interpreterGroups": groups});
    let _ = event_of(frame.to_string().as_bytes());
    let ack = json!({"action": "Subscribe", "data": "{\"returnCode\":0,\"returnDesc\":\"\\x\"}"});
    let ack = ServerFrame::parse(&ack.to_string()).unwrap();
    let ServerFrame::Ack {
        code, description, ..
    } = ack
    else {
        panic!("{ack:?}");
    };
    assert_eq!((code, description.as_deref()), (0, Some("\\x")));

    // A text that is none stays one.
    for data in ["soon", "{\"a\":", "[1 2]", "OK [1]"] {
        let message = json!({"action": "ParticipantsNotify", "data": data});
        let event = event_of(message.to_string().as_bytes());
        assert_eq!(event.payload, EventPayload::Other(message));
        assert_eq!(event.mends(), []);
    }
}

#[test]
fn what_is_too_deep_does_not_spoil_a_frame() {
    let deep = format!("{}1{}", "[".repeat(500), "]".repeat(500));
    let with = |beside: &str, inside: &str| {
        let text = format!(
            r#"{{"action":"ParticipantsNotify","new":{beside},"data":[{{"pid":"p1","pinfoMap":{{"NAME":"Ann","NEW":{inside}}}}}]}}"#
        );
        let event = event_of(text.as_bytes());
        assert_eq!(people(&event)[0].name.as_deref(), Some("Ann"));
        event
    };
    assert_eq!(with("1", &deep).mends()[0].kind, MendKind::TooDeep);
    // Nobody reads it, so that it needs no mending.
    assert_eq!(with(&deep, "1").mends(), []);
}

#[test]
fn ill_formed_text_is_mended_where_it_is_read() {
    let event = |action: &str| {
        let text = format!(r#"{{"action":"{action}","new":"\ud83d","data":[]}}"#);
        event_of(text.as_bytes())
    };
    // A list of participants has no place for what lies beside it.
    let people = event("ParticipantsNotify");
    assert_eq!(people.payload, Vec::<ParticipantChange>::new().into());
    assert_eq!(people.mends(), []);
    let other = event("LaterNotify");
    assert_eq!(other.mends()[0].kind, MendKind::HalfPair);
    let EventPayload::Other(message) = &other.payload else {
        panic!("{other:?}");
    };
    assert_eq!(message["new"], "\u{fffd}");
}

#[test]
fn what_is_cut_short_or_undecided_stays_an_error_with_its_place() {
    let text = three(br"Ann \ud83d");
    for end in 0..text.len() {
        let error = ServerFrame::parse_bytes(&text[..end]).unwrap_err();
        // Where it ends, not where it is ill-formed.
        assert_eq!(
            error,
            FrameError::Json {
                line: 1,
                column: end
            }
        );
    }
    for (text, column) in [
        (r#"{"action":"X" "a":1}"#, 15),
        (r#"{"action":"X"}{"action":"Y"}"#, 15),
        (r#"{"action":"X"}}"#, 15),
        (r#"{"action":"say "hi""}"#, 17),
        ("OK", 1),
    ] {
        assert_eq!(
            ServerFrame::parse(text),
            Err(FrameError::Json { line: 1, column })
        );
    }
    assert_eq!(ServerFrame::parse("[NaN]"), Err(FrameError::NotAnObject));
    assert_eq!(ServerFrame::parse("{\"a\":NaN}"), Err(FrameError::NoAction));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn people_survive_a_changed_byte_beside_them(
        at in any::<Index>(),
        edit in 0_u8..3,
        byte in prop_oneof![any::<u8>(), prop::sample::select(b"\"'\\{}[],:\0\x80".to_vec())],
    ) {
        let text = three(br"Ann \ud83d");
        let start = text.windows(4).position(|part| part == b"\"p2\"").unwrap();
        let end = text.windows(3).position(|part| part == b"}},").unwrap();
        let end = end + 3 + text[end + 3..].windows(3).position(|part| part == b"}},").unwrap();
        // Inside of the second one.
        let at = start + at.index(end - start);
        let mut text = text;
        match edit {
            0 => text[at] = byte,
            1 => { text.remove(at); }
            _ => text.insert(at, byte),
        }
        let Ok(ServerFrame::Event(event)) = ServerFrame::parse_bytes(&text) else {
            return Ok(());
        };
        let EventPayload::Participants(changes) = &event.payload else {
            return Err(TestCaseError::fail(format!("{event:?}")));
        };
        let has = |pid: &str, name: &str| changes.iter().any(|change| match change {
            ParticipantChange::Update(info) => {
                info.participant_id.as_str() == pid && info.name.as_deref() == Some(name)
            }
            _ => false,
        });
        prop_assert!(has("p1", "Bob") && has("p3", "Cleo"), "{:?}", changes);
    }

    #[test]
    fn random_bytes_never_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = ServerFrame::parse_bytes(&body);
        let frame: Vec<u8> = [b"{\"action\":\"X\",\"a\":", &body[..], b"}"].concat();
        if let Ok(ServerFrame::Event(event)) = ServerFrame::parse_bytes(&frame) {
            let written: Value = serde_json::from_str(event.to_text().expose()).unwrap();
            prop_assert_eq!(&written["action"], event.kind.as_str());
        }
    }
}
