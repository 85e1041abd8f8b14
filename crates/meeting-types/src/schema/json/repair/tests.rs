//! Texts that are ill-formed in one place or another, and what becomes of each.

#![allow(clippy::unwrap_used, reason = "these are tests")]

mod properties;
mod structure;
mod words;

use std::borrow::Cow;

use serde_json::Value;

use super::{Broken, Flaw, LISTED, Mend, MendKind, repair};

/// The mended text, which serde_json accepts and which is not mended again.
#[track_caller]
fn mended(body: impl AsRef<[u8]>) -> (String, Vec<Mend>) {
    let body = body.as_ref();
    let shown = String::from_utf8_lossy(body);
    let repaired = repair(body).unwrap_or_else(|error| panic!("{shown}: {error}"));
    assert!(!repaired.mends.is_empty(), "{shown}: nothing was mended");
    let text = repaired.text.into_owned();
    assert!(
        serde_json::from_str::<Value>(&text).is_ok(),
        "{shown}: {text}"
    );
    let again = repair(text.as_bytes()).unwrap();
    assert!(matches!(again.text, Cow::Borrowed(same) if same == text));
    assert_eq!(again.mends, []);
    (text, repaired.mends)
}

/// Asserts that `body` becomes `text` by mends of this kind only.
#[track_caller]
fn becomes(body: impl AsRef<[u8]>, text: &str, kind: MendKind) {
    let (result, mends) = mended(body);
    assert_eq!(result, text);
    assert!(mends.iter().all(|mend| mend.kind == kind), "{mends:?}");
}

#[track_caller]
fn broken(body: impl AsRef<[u8]>) -> Broken {
    let body = body.as_ref();
    match repair(body) {
        Err(broken) => broken,
        Ok(repaired) => panic!("{} became {}", String::from_utf8_lossy(body), repaired.text),
    }
}

#[test]
fn a_well_formed_text_is_borrowed() {
    for text in [
        r#"{"a":[1,-0.5e+3,true,null,"\ud83d\ude00 \u0000 \/"],"a":{}}"#,
        " [ ]\r\n",
        "{}",
        "\"text\"",
        "-0",
        "null",
        "18446744073709551616",
        "[\"\u{feff}\u{2028}\u{7f}/* no comment */ // 'nor' this\"]",
    ] {
        let repaired = repair(text.as_bytes()).unwrap();
        assert!(
            matches!(repaired.text, Cow::Borrowed(same) if same == text),
            "{text}"
        );
        assert_eq!(repaired.mends, [], "{text}");
    }
}

#[test]
fn half_a_surrogate_pair_is_replaced() {
    for (half, whole) in [
        (r"party \ud83d", "party \u{fffd}"),
        (r"\uD83D party", "\u{fffd} party"),
        (r"\ude00 first", "\u{fffd} first"),
        // The halves in the wrong order.
        (r"\ude00\ud83d", "\u{fffd}\u{fffd}"),
        // A first half before a pair, and before other escapes.
        (r"\ud83d\ud83d\ude00", "\u{fffd}\\ud83d\\ude00"),
        (r"\uD83D\n", "\u{fffd}\\n"),
        (r"\ud83d\u0041", "\u{fffd}\\u0041"),
        (r#"\ud83d\""#, "\u{fffd}\\\""),
        (r"\ud83d\\ude00", "\u{fffd}\\\\ude00"),
        (r"\ud83dude00", "\u{fffd}ude00"),
        // Beside a pair that is whole, in either case of the digits.
        (r"\uD83d\udE00\ud83d", "\\uD83d\\udE00\u{fffd}"),
    ] {
        for frame in [r#"{"a":"?","b":1}"#, r#"{"?":2}"#, r#"["?"]"#, r#""?""#] {
            becomes(
                frame.replace('?', half),
                &frame.replace('?', whole),
                MendKind::HalfPair,
            );
        }
    }
    let (_, mends) = mended(r#"{"a":"party \ud83d","b":["\ude00"]}"#);
    let places: Vec<_> = mends.iter().map(|mend| mend.at).collect();
    assert_eq!(places, [12, 26]);
    assert_eq!(mends[0].to_string(), "half a surrogate pair at byte 12");
}

#[test]
fn a_control_character_inside_a_text_is_kept() {
    for c in '\0'..' ' {
        let (text, mends) = mended(format!(r#"{{"a{c}":"b{c}{c}c"}}"#));
        assert_eq!(
            mends,
            [3, 8].map(|at| Mend {
                at,
                kind: MendKind::ControlCharacter
            })
        );
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value[format!("a{c}")], format!("b{c}{c}c"));
    }
}

#[test]
fn an_escape_that_json_does_not_have_loses_no_character() {
    for (escape, meant) in [
        (r"\'", "'"),
        (r"\x41\x5C\x22", "A\\\""),
        (r"\xe9", "\u{e9}"),
        (r"\u{1F600}\u{41}", "\u{1f600}A"),
        // Cut off in its middle.
        (r"\u12", "\u{fffd}"),
        (r"\ud83z", "\u{fffd}z"),
        (r"\u{d83d}", "\u{fffd}"),
        // No escape at all.
        (r"C:\data\users", r"C:\data\users"),
        (r"\x4", r"\x4"),
        (r"\u{}\u{1234567}\u{12", r"\u{}\u{1234567}\u{12"),
        ("a\\\tb", "a\\\tb"),
        ("\\\u{4f1a}", "\\\u{4f1a}"),
    ] {
        let (text, mends) = mended(format!(r#"["{escape}","next"]"#));
        let value: Vec<String> = serde_json::from_str(&text).unwrap();
        assert_eq!(value, [meant, "next"], "{escape}");
        assert_eq!(mends[0].kind, MendKind::Escape);
    }
}

#[test]
fn a_backslash_before_the_last_quote_is_not_decided() {
    // It can belong to the text, or the quote can.
    assert_eq!(broken(r#"{"a":"C:\","b":1}"#).flaw, Flaw::Unexpected);
    assert_eq!(broken(r#"{"a":"C:\"}"#).flaw, Flaw::CutShort);
    assert_eq!(broken(r#"{"a":"C:\"#).flaw, Flaw::CutShort);
}

#[test]
fn bytes_that_are_not_utf_8_are_replaced() {
    for (bytes, meant) in [
        // Latin-1, GBK, an overlong form, a sequence that is cut, a byte that never occurs.
        (&b"caf\xe9"[..], "caf\u{fffd}"),
        (b"\xd6\xdc\xbb\xe1", "\u{fffd}\u{73b}\u{fffd}"),
        (b"\xc1\x81", "\u{fffd}\u{fffd}"),
        (b"\xe4\xbc", "\u{fffd}"),
        (b"\xff", "\u{fffd}"),
        ("ä\u{4f1a}\u{1f600}".as_bytes(), "ä\u{4f1a}\u{1f600}"),
        // The forms of Java: NUL, both halves of a pair, one half.
        (b"\xc0\x80", "\0"),
        (b"\xed\xa0\xbd\xed\xb8\x80", "\u{1f600}"),
        (b"\xed\xa0\xbd", "\u{fffd}"),
        (b"\xed\xb8\x80\xed\xa0\xbd", "\u{fffd}\u{fffd}"),
    ] {
        let mut body = b"{\"".to_vec();
        body.extend(bytes);
        body.extend(b"\xff\":[\"");
        body.extend(bytes);
        body.extend(b"\",1]}");
        let (text, mends) = mended(&body);
        assert_eq!(mends[0].kind, MendKind::Bytes);
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            value[format!("{meant}\u{fffd}")],
            serde_json::json!([meant, 1])
        );
    }
}

#[test]
fn a_wider_encoding_is_read() {
    let text = "{\"subject\":\"\u{4f1a} \u{1f600}\",\"n\":[1]}";
    let utf16: Vec<u16> = text.encode_utf16().collect();
    let utf32: Vec<u32> = text.chars().map(u32::from).collect();
    let forms: [Vec<u8>; 4] = [
        utf16.iter().flat_map(|unit| unit.to_le_bytes()).collect(),
        utf16.iter().flat_map(|unit| unit.to_be_bytes()).collect(),
        utf32.iter().flat_map(|unit| unit.to_le_bytes()).collect(),
        utf32.iter().flat_map(|unit| unit.to_be_bytes()).collect(),
    ];
    let marks: [&[u8]; 4] = [
        &[0xff, 0xfe],
        &[0xfe, 0xff],
        &[0xff, 0xfe, 0, 0],
        &[0, 0, 0xfe, 0xff],
    ];
    for (form, mark) in forms.iter().zip(marks) {
        assert_eq!(mended(form).0, text);
        let marked = [mark, form].concat();
        let (read, mends) = mended(&marked);
        assert_eq!(read, text);
        assert_eq!((mends[0].at, mends[0].kind), (0, MendKind::Encoding));
        for end in 4..form.len() {
            assert_eq!(broken(&form[..end]).flaw, Flaw::CutShort, "{end}");
            assert_eq!(broken(&marked[..end]).flaw, Flaw::CutShort, "{end}");
        }
    }
    let half: Vec<u8> = "[\"a?\",1]"
        .encode_utf16()
        .map(|unit| {
            if unit == u16::from(b'?') {
                0xd83d
            } else {
                unit
            }
        })
        .flat_map(u16::to_le_bytes)
        .collect();
    let (text, mends) = mended(&half);
    assert_eq!(text, "[\"a\u{fffd}\",1]");
    let kinds: Vec<_> = mends.iter().map(|mend| mend.kind).collect();
    assert_eq!(kinds, [MendKind::Encoding, MendKind::HalfPair]);
    let beyond = [&[0, 0, 0, b'[', 0, 0, 0, b'"', 0, 0x11, 0, 0][..]].concat();
    let beyond = [beyond, vec![0, 0, 0, b'"', 0, 0, 0, b']']].concat();
    assert_eq!(mended(beyond).0, "[\"\u{fffd}\"]");
}

#[test]
fn mends_are_listed_once_for_each_token_and_not_without_end() {
    let (_, mends) = mended("{\"a\":\"\t\\x\t\\x\n\",\"b\":\"\t\"}");
    let kinds: Vec<_> = mends.iter().map(|mend| mend.kind).collect();
    assert_eq!(
        kinds,
        [
            MendKind::ControlCharacter,
            MendKind::Escape,
            MendKind::ControlCharacter
        ]
    );
    let (text, mends) = mended(format!("[{}1]", "NaN,".repeat(1000)));
    assert_eq!(mends.len(), LISTED);
    assert_eq!(text, format!("[{}1]", "null,".repeat(1000)));
}
