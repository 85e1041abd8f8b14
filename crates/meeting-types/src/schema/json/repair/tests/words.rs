//! Numbers and literals in the spelling of other languages, and bare words.

use super::{becomes, broken, mended};
use crate::schema::json::repair::MendKind;

/// Asserts what becomes of a value, wherever it stands.
#[track_caller]
fn value_becomes(word: &str, json: &str, kind: MendKind) {
    for frame in ["[?]", "{\"a\":?}", "[1, ?\n,{\"b\": ? }]"] {
        becomes(frame.replace('?', word), &frame.replace('?', json), kind);
    }
}

#[test]
fn a_number_in_another_spelling_is_that_number() {
    for (word, json) in [
        ("+1", "1"),
        (".5", "0.5"),
        ("-.5", "-0.5"),
        ("+.5e-3", "0.5e-3"),
        ("1.", "1"),
        ("-1.e5", "-1e5"),
        ("0x1F", "31"),
        ("-0XfF", "-255"),
        ("1_000", "1000"),
        ("1_0.2_5", "10.25"),
        ("0xffffffffffffffff", "18446744073709551615"),
    ] {
        value_becomes(word, json, MendKind::Number);
    }
}

#[test]
fn no_number_is_null() {
    for word in [
        "NaN",
        "nan",
        "-nan",
        "+NaN",
        "Infinity",
        "-Infinity",
        "+inf",
        "INF",
        "-",
        "+",
        ".",
        "-.",
    ] {
        value_becomes(word, "null", MendKind::Number);
    }
}

#[test]
fn digits_that_are_no_number_are_kept_as_text() {
    let long = "9".repeat(400);
    for word in [
        "01",
        "-007",
        "00",
        "01.5",
        "1e999",
        "-1E+400",
        &long,
        "0x",
        "0x1FG",
        "0xfffffffffffffffff",
        "1e",
        "1e+",
        "1.2.3",
        "--1",
        "1-2",
        "2026-11-27",
        "1__0",
        "10_",
        "5L",
        "6f4b0011",
        ".e5",
    ] {
        value_becomes(word, &format!("\"{word}\""), MendKind::Number);
    }
}

#[test]
fn literals_have_any_case_and_other_names() {
    for (word, json) in [
        ("True", "true"),
        ("TRUE", "true"),
        ("False", "false"),
        ("Null", "null"),
        ("None", "null"),
        ("nil", "null"),
        ("undefined", "null"),
    ] {
        value_becomes(word, json, MendKind::Word);
    }
}

#[test]
fn a_bare_word_is_text() {
    for word in [
        "tru",
        "yes",
        "_",
        "a-b@c.example",
        "\u{4f1a}\u{8bae}",
        "x/y",
        "<b>",
    ] {
        value_becomes(word, &format!("\"{word}\""), MendKind::Word);
    }
    assert_eq!(mended(b"[caf\xe9,1]").0, "[\"caf\u{fffd}\",1]");
    // Two words may be two values, or one.
    broken("[a b]");
    broken("{\"a\":1 2}");
    broken("[\"a\"b]");
    broken("[b\"a\"]");
}

#[test]
fn a_text_that_is_a_word_alone_is_no_json() {
    for word in [
        "OK", "NaN", "None", "True", "+1", "01", "-", "1e999", "", " ", "\u{feff}",
    ] {
        broken(word);
    }
}
