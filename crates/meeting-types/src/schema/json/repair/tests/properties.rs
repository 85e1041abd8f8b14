//! Whatever happens to a text, what was whole in it is still there, or it is refused.

use std::{borrow::Cow, time::Instant};

use proptest::{prelude::*, sample::Index};
use serde_json::{Value, json};

use crate::schema::json::repair::{Flaw, repair};

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,8}",
        // Everything that a scanner might trip over.
        "[\"'\\\\{}\\[\\],:/* \\n\\t\\x00u<>;0tNa\u{4f1a}\u{1f600}\u{feff}]{0,8}",
        Just("\u{1f600}".to_owned()),
    ]
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-9_i64..100).prop_map(Value::from),
        any::<i32>().prop_map(|number| Value::from(f64::from(number) / 8.0)),
        any_text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((any_text(), inner), 0..4)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

/// Compact, with line breaks, or with nothing but ASCII.
fn written(value: &Value, form: u8) -> String {
    match form {
        0 => value.to_string(),
        1 => serde_json::to_string_pretty(value).unwrap(),
        _ => value
            .to_string()
            .chars()
            .map(|c| match c {
                ' '..='~' => c.to_string(),
                c => {
                    let units = c.encode_utf16(&mut [0; 2]).to_vec();
                    units.iter().map(|unit| format!("\\u{unit:04x}")).collect()
                }
            })
            .collect(),
    }
}

/// A list, and where each of its items stands.
fn list(items: &[Value], form: u8) -> (String, Vec<std::ops::Range<usize>>) {
    let mut text = "[".to_owned();
    let mut places = Vec::new();
    for item in items {
        if !places.is_empty() {
            text.push_str(if form == 1 { ",\n " } else { "," });
        }
        let start = text.len();
        text.push_str(&written(item, form));
        places.push(start..text.len());
    }
    text.push(']');
    (text, places)
}

fn changed(text: &str, at: usize, edit: u8, byte: u8) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    match edit {
        0 => bytes[at] = byte,
        1 => {
            bytes.remove(at);
        }
        _ => bytes.insert(at, byte),
    }
    bytes
}

/// Bytes that mean something in JSON, more often than others.
fn any_byte() -> impl Strategy<Value = u8> {
    prop_oneof![
        any::<u8>(),
        prop::sample::select(b"\"'\\{}[],:/*<;-+.0n \n\0\x80\xe9\xed".to_vec()),
    ]
}

/// Whether `parts` stand in `whole` in this order.
fn are_in(parts: &[&Value], whole: &[Value]) -> bool {
    let mut rest = whole.iter();
    parts.iter().all(|part| rest.any(|item| item == *part))
}

/// Writes a value so that it is ill-formed at every fault that there is a place for. The result is
/// the value that is meant, as far as it can be known.
fn spoil(value: &Value, faults: &mut impl Iterator<Item = u8>, text: &mut String) -> Value {
    let fault = faults.next().unwrap_or(0);
    let before = ["", "", " ", "\u{b}", "\u{feff}", "/*,*/"][usize::from(fault) % 6];
    text.push_str(before);
    match value {
        Value::Number(number) if number.is_i64() => {
            let plain = number.to_string();
            let (spelt, meant) = match fault % 5 {
                0 => ("NaN".to_owned(), Value::Null),
                1 if !plain.starts_with('-') => (format!("+{plain}"), value.clone()),
                2 => (format!("{plain}."), value.clone()),
                3 => ("1e999".to_owned(), "1e999".into()),
                _ => (plain, value.clone()),
            };
            text.push_str(&spelt);
            meant
        }
        Value::Bool(yes) if fault.is_multiple_of(2) => {
            text.push_str(if *yes { "True" } else { "FALSE" });
            value.clone()
        }
        Value::String(inside) => {
            let quoted = value.to_string();
            let (spelt, added) = match fault % 5 {
                0 => ("\\ud83d", "\u{fffd}"),
                1 => ("\t", "\t"),
                2 => ("\\'", "'"),
                3 => ("\\u{41}", "A"),
                _ => ("", ""),
            };
            text.push_str(&quoted[..quoted.len() - 1]);
            text.push_str(spelt);
            text.push('"');
            format!("{inside}{added}").into()
        }
        Value::Array(items) => {
            text.push('[');
            let meant = items.iter().map(|item| {
                let meant = spoil(item, faults, text);
                text.push(',');
                meant
            });
            let meant = meant.collect();
            text.push(']');
            meant
        }
        Value::Object(entries) => {
            text.push('{');
            let meant = entries.iter().map(|(key, item)| {
                text.push_str(&Value::from(key.as_str()).to_string());
                text.push(':');
                let meant = spoil(item, faults, text);
                text.push(',');
                (key.clone(), meant)
            });
            let meant = Value::Object(meant.collect());
            text.push('}');
            meant
        }
        other => {
            text.push_str(&other.to_string());
            other.clone()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 300,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_valid_text_is_never_changed(value in any_json(), form in 0_u8..3) {
        let text = written(&value, form);
        let repaired = repair(text.as_bytes()).unwrap();
        prop_assert_eq!(repaired.mends, vec![]);
        prop_assert!(matches!(repaired.text, Cow::Borrowed(same) if same == text));
    }

    #[test]
    fn items_survive_a_changed_byte_elsewhere(
        items in prop::collection::vec(any_json(), 0..6),
        form in 0_u8..3,
        is_wrapped in any::<bool>(),
        at in any::<Index>(),
        edit in 0_u8..3,
        byte in any_byte(),
    ) {
        let (mut text, mut places) = list(&items, form);
        let mut area = 0..text.len();
        if is_wrapped {
            const BEFORE: &str = r#"{"count":2,"data":"#;
            text = format!("{BEFORE}{text}}}");
            places.iter_mut().for_each(|place| {
                *place = place.start + BEFORE.len()..place.end + BEFORE.len();
            });
            area = BEFORE.len()..text.len() - 1;
        }
        let at = area.start + at.index(area.len());
        let bytes = changed(&text, at, edit, byte);
        let Ok(repaired) = repair(&bytes) else { return Ok(()); };
        let value: Value = serde_json::from_str(&repaired.text).unwrap();
        let value = if is_wrapped { &value["data"] } else { &value };
        // An item is touched by what happens to it or right beside it.
        let whole: Vec<&Value> = places
            .iter()
            .zip(&items)
            .filter(|(place, _)| {
                let from = text[..place.start].rfind(',').filter(|_| place.start > area.start + 1);
                let from = from.unwrap_or(place.start);
                let to = text[place.end..].find([',', ']']).map_or(place.end, |gap| place.end + gap);
                at < from || at > to
            })
            .map(|(_, item)| item)
            .collect();
        let found = value.as_array().map_or(&[][..], Vec::as_slice);
        prop_assert!(
            are_in(&whole, found),
            "{} became {}",
            String::from_utf8_lossy(&bytes),
            repaired.text
        );
    }

    #[test]
    fn a_valid_text_that_is_cut_is_never_whole(value in any_json(), form in 0_u8..3, cut in any::<Index>()) {
        let text = written(&json!([value]), form);
        let end = cut.index(text.len());
        let flaw = repair(&text.as_bytes()[..end]).map(|repaired| repaired.text.into_owned());
        prop_assert_eq!(flaw.map_err(|broken| broken.flaw), Err(Flaw::CutShort));
    }

    #[test]
    fn a_spoilt_text_means_the_same_and_is_never_whole_when_cut(
        value in any_json(),
        faults in prop::collection::vec(any::<u8>(), 0..40),
        cut in any::<Index>(),
    ) {
        let mut text = String::new();
        let meant = spoil(&json!([value]), &mut faults.into_iter(), &mut text);
        let repaired = repair(text.as_bytes()).unwrap();
        let read: Value = serde_json::from_str(&repaired.text).unwrap();
        prop_assert_eq!(read, meant);
        let again = repair(repaired.text.as_bytes()).unwrap();
        prop_assert_eq!(again.mends, vec![]);
        let end = cut.index(text.len());
        prop_assert!(repair(&text.as_bytes()[..end]).is_err(), "{}", text);
    }

    #[test]
    fn random_bytes_are_json_afterwards_or_refused(body in prop::collection::vec(any_byte(), 0..60)) {
        if let Ok(repaired) = repair(&body) {
            prop_assert!(serde_json::from_str::<Value>(&repaired.text).is_ok(), "{}", repaired.text);
            let again = repair(repaired.text.as_bytes()).unwrap();
            prop_assert_eq!(again.mends, vec![]);
            prop_assert_eq!(again.text, repaired.text.as_ref());
        }
    }
}

#[test]
fn the_time_is_linear() {
    const LENGTH: usize = 100_000;
    let started = Instant::now();
    for part in [
        "[", "{\"a\":", "]", "\"", "\\", "'", "['a',", "[/*", "[1,/*", "//", "[,", "{,", "a", "\0",
        ",", "\u{feff}", "\\ud83d", "[NaN,", "\"\t\",", "{}&&", ")]}'", "<", "a/", "1e9",
        "\u{a0}x", "[\"\\", "{a:", "' ", "\"\\u",
    ] {
        let text = part.repeat(LENGTH / part.len());
        let _ = repair(text.as_bytes());
        let _ = repair(format!("[{text}").as_bytes());
        let _ = repair(format!("[\"{text}").as_bytes());
        let _ = repair(format!("{{\"a\":{text}").as_bytes());
        let mut bytes = text.into_bytes();
        bytes.insert(0, 0xff);
        let _ = repair(&bytes);
    }
    // A square would be many minutes.
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}
