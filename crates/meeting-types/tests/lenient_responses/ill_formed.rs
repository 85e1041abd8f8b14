//! Responses whose text is ill-formed: the value around the place is spoilt at most.

use meeting_types::{
    Operation, ResponseFault,
    models::Conference,
    operations::{CreateAnonymousAuthRandom, CreateMeeting, SearchMeetings},
};
use proptest::{prelude::*, sample::Index};
use serde_json::{Value, json};

use crate::{fault, read, refusal, response};

fn meetings(body: impl Into<Vec<u8>>) -> Vec<Conference> {
    let body = body.into();
    let shown = String::from_utf8_lossy(&body).into_owned();
    match read::<SearchMeetings>(body) {
        Ok(found) => found.into_value().data,
        Err(error) => panic!("{shown}: {error}"),
    }
}

/// Two meetings, the first with this as `key`.
fn list(key: &str, value: &[u8]) -> Vec<u8> {
    [
        format!(r#"{{"count":2,"data":[{{"conferenceID":"1","{key}":"#).as_bytes(),
        value,
        br#","chairman":"ada"},{"conferenceID":"2","subject":"talk"}]}"#,
    ]
    .concat()
}

/// Asserts that the list is read whole, but for the value of `key` in the first meeting.
#[track_caller]
fn survives(key: &str, value: &[u8]) -> Conference {
    let [first, second] = meetings(list(key, value)).try_into().unwrap();
    assert_eq!(first.conference_id.as_str(), "1");
    assert_eq!(second.conference_id.as_str(), "2");
    assert_eq!(second.subject.as_deref(), Some("talk"));
    first
}

#[test]
fn one_ill_formed_text_does_not_spoil_the_list() {
    for (text, meant) in [
        (&br"party \ud83d"[..], "party \u{fffd}"),
        (br"\ude00 party", "\u{fffd} party"),
        (br"\ude00\uD83D", "\u{fffd}\u{fffd}"),
        (br"\ud83d\u0041\n", "\u{fffd}A\n"),
        (b"a\tb\nc\0", "a\tb\nc\0"),
        (b"caf\xe9", "caf\u{fffd}"),
        (b"\xd6\xdc\xbb\xe1", "\u{fffd}\u{73b}\u{fffd}"),
        (
            br"it\'s \x41 \u{1f600} C:\data",
            "it's A \u{1f600} C:\\data",
        ),
        (br"\u12", "\u{fffd}"),
    ] {
        let quoted = [b"\"", text, b"\""].concat();
        assert_eq!(survives("subject", &quoted).subject.as_deref(), Some(meant));
        // The same in a field that nobody knows.
        assert_eq!(survives("unheardOf", &quoted).subject, None);
    }
}

#[test]
fn one_ill_formed_value_does_not_spoil_the_list() {
    for (value, size) in [
        ("NaN", None),
        ("-Infinity", None),
        ("-", None),
        ("None", None),
        ("", None),
        ("+7", Some(7)),
        ("007", Some(7)),
        ("7.", Some(7)),
        ("0x7", Some(7)),
        ("1_000", Some(1000)),
        ("'7'", Some(7)),
        ("1e999", None),
        ("soon", None),
        ("\u{feff}7\0", Some(7)),
        ("/* seven */ 7", Some(7)),
    ] {
        let first = survives("size", value.as_bytes());
        assert_eq!(first.invited_count, size, "{value}");
        survives("unheardOf", value.as_bytes());
        survives("subject", value.as_bytes());
    }
    let long = "9".repeat(400);
    // Digits that no number holds are kept where text is due.
    let first = survives("subject", long.as_bytes());
    assert_eq!(first.subject, Some(long));
    let first = survives("subject", b"007");
    assert_eq!(first.subject.as_deref(), Some("007"));
    let deep = format!("{}{}", "[".repeat(1000), "]".repeat(1000));
    survives("unheardOf", format!("{deep},\"x\":NaN").as_bytes());
}

#[test]
fn what_stands_around_a_response_is_left_out() {
    let plain = String::from_utf8(list("subject", b"\"a\"")).unwrap();
    for (before, after) in [
        ("\u{feff}\u{feff}", ""),
        ("\0\0", "\0"),
        (")]}',\n", ""),
        ("for(;;);", ""),
        ("callback(", ");"),
        ("", ";"),
        ("", "\n<!-- gw3 -->"),
    ] {
        assert_eq!(meetings(format!("{before}{plain}{after}")).len(), 2);
    }
    let utf16 = |text: &str| {
        text.encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<_>>()
    };
    assert_eq!(meetings(utf16(&plain)).len(), 2);
    assert_eq!(meetings([b"\xff\xfe", &*utf16(&plain)].concat()).len(), 2);
    assert_eq!(meetings(plain.replace("}]}", "},],}")).len(), 2);
}

#[test]
fn an_ill_formed_refusal_in_a_good_response_is_a_refusal() {
    for text in [
        r#"{"error_code":"MMC.111072005","error_msg":"no \ud83d"}"#,
        "{\"error_code\":\"MMC.111072005\",\"error_msg\":\"no \t\"}",
        ")]}',\n{\"error_code\":\"MMC.111072005\",\"error_msg\":\"no\"}",
        r#"{"random":NaN,"error_code":"MMC.111072005","error_msg":"no"}"#,
    ] {
        let error = refusal::<CreateAnonymousAuthRandom>(response(200, text));
        assert_eq!(error.code(), "MMC.111072005");
        refusal::<CreateMeeting>(response(200, text));
    }
}

#[test]
fn what_is_cut_short_or_undecided_stays_an_error_with_its_place() {
    let text = list("subject", br#""party \ud83d""#);
    for end in 1..text.len() {
        let found = fault::<SearchMeetings>(text[..end].to_vec());
        // Where it ends, not where it is ill-formed.
        assert_eq!(
            found,
            ResponseFault::NotJson(format!("cut short at line 1 column {end}"))
        );
    }
    for text in [
        r#"{"data":[{"conferenceID":"1","subject":"say "hi""}]}"#,
        r#"{"data":[{"conferenceID":"1"}{"conferenceID":"2"}]}"#,
        r#"{"data":[]}{"data":[]}"#,
        r#"{"data":[]}]}"#,
    ] {
        let found = fault::<SearchMeetings>(text);
        assert!(
            found
                .to_string()
                .contains("unexpected text at line 1 column"),
            "{found}"
        );
    }
}

fn any_meeting() -> impl Strategy<Value = Value> {
    let text = "[a\"\\\\{}\\[\\],:\u{1f600}\u{4f1a}\\n']{0,8}";
    (0..9_u32, text, any::<Option<i32>>(), text).prop_map(|(id, subject, size, other)| {
        json!({"conferenceID": id.to_string(), "subject": subject, "size": size, "new": [other]})
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn meetings_survive_a_changed_byte_elsewhere(
        items in prop::collection::vec(any_meeting(), 1..6),
        touched in any::<Index>(),
        at in any::<Index>(),
        edit in 0_u8..3,
        byte in prop_oneof![any::<u8>(), prop::sample::select(b"\"'\\{}[],:\0\x80".to_vec())],
    ) {
        let touched = touched.index(items.len());
        let texts: Vec<String> = items.iter().map(Value::to_string).collect();
        let before = format!("{{\"data\":[{}", texts[..touched].iter().map(|t| format!("{t},")).collect::<String>());
        let mut text = format!("{{\"data\":[{}]}}", texts.join(",")).into_bytes();
        let at = before.len() + at.index(texts[touched].len());
        match edit {
            0 => text[at] = byte,
            1 => { text.remove(at); }
            _ => text.insert(at, byte),
        }
        let Ok(found) = SearchMeetings::read_response(response(200, text.clone())) else {
            return Ok(());
        };
        let mut found = found.value().data.iter();
        for (index, item) in items.iter().enumerate() {
            let expected = meetings(json!({"data": [item]}).to_string()).remove(0);
            if index != touched {
                prop_assert!(
                    found.any(|meeting| *meeting == expected),
                    "{}", String::from_utf8_lossy(&text)
                );
            }
        }
    }
}
