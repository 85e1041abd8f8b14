//! Quotes, commas, brackets, depth, and what stands around a value.

use serde_json::Value;

use super::{becomes, broken, mended};
use crate::schema::json::repair::{Flaw, MendKind};

#[test]
fn single_quotes_are_read_where_they_are_plain() {
    let quotes = |text, json| becomes(text, json, MendKind::Quotes);
    quotes(
        "{'a': 'b c', 'd' :['e','']}",
        r#"{"a": "b c", "d" :["e",""]}"#,
    );
    assert_eq!(mended(b"{'\xff':'\xe9'}").0, "{\"\u{fffd}\":\"\u{fffd}\"}");
    let (text, _) = mended("{'id': 7, 'ok': True, 'none': None, 'name': \"it's\"}");
    assert_eq!(
        text,
        r#"{"id": 7, "ok": true, "none": null, "name": "it's"}"#
    );
    for unsure in [
        r"{'a':'it's'}",
        r"{'a':'it\'s'}",
        r#"{'a':'say "hi"'}"#,
        r#"{'a":1,"b":2}"#,
        r#"{"a':1,"b":2}"#,
        "{'a\n':1}",
        "['a':1]",
        "'a'",
    ] {
        broken(unsure);
    }
}

#[test]
fn keys_need_no_quotes() {
    let quotes = |text, json| becomes(text, json, MendKind::Quotes);
    quotes("{a:1,b_2 : 2}", r#"{"a":1,"b_2" : 2}"#);
    quotes("{1:\"a\",null:2}", r#"{"1":"a","null":2}"#);
    for unsure in [
        "{a b:1}", "{a}", "{a\":1}", "{a,b:1}", "{[1]:2}", "{:1}", "{a=1}",
    ] {
        broken(unsure);
    }
}

#[test]
fn a_comma_too_many_is_left_out() {
    let comma = |text, json| becomes(text, json, MendKind::Comma);
    comma("[1,]", "[1]");
    comma("[1 , \n]", "[1  \n]");
    comma("{\"a\":[{},],}", "{\"a\":[{}]}");
    comma("{,}", "{}");
    comma("{,,\"a\":1,,\"b\":2 , ,}", "{\"a\":1,\"b\":2  }");
    assert_eq!(mended("[1,\0]").0, "[1]");
    // One too few could also be a quote too few.
    broken("[1 2]");
    broken("[{}{}]");
    broken("{\"a\":1\"b\":2}");
    broken("{\"a\" 1}");
}

#[test]
fn an_empty_place_is_null() {
    let missing = |text, json| becomes(text, json, MendKind::Missing);
    missing("[1,,2]", "[1,null,2]");
    missing("[,1]", "[null,1]");
    missing("{\"a\":,\"b\":}", "{\"a\":null,\"b\":null}");
    assert_eq!(mended("[1,,]").0, "[1,null]");
    assert_eq!(mended("[,]").0, "[null]");
    broken("{\"a\":]}");
    broken("[1,}");
    broken(",");
}

#[test]
fn what_stands_around_the_value_is_left_out() {
    let foreign = |text: String, json: &str| becomes(text, json, MendKind::Foreign);
    for value in [r#"{"a":"[\" {"}"#, "[1,[2]]"] {
        for before in [
            "\u{feff}",
            "\u{feff}\u{feff}",
            "\0\0",
            "\u{a0}\u{3000}",
            ")]}'",
            ")]}',",
            "\u{feff})]}',",
            "{}&&",
            "{} && ",
            "while(1);",
            "for(;;);",
            "callback(",
            "/* a reply { */",
            "// a reply [\n",
            "OK: ",
            "HTTP/1.1 200 OK\r\nServer: x\r\n\r\n",
        ] {
            foreign(
                format!("{before}{value}"),
                value_after(before, value).as_str(),
            );
        }
        for after in [
            "\0\0\0",
            ";",
            ");",
            "\u{feff}",
            "\u{1a}",
            "</html>",
            "<script>{\"x\":[1]}</script>",
            "OK",
            "// {",
            "/* ]",
        ] {
            foreign(format!("{value}{after}"), value);
        }
        for again in [
            "{}", "[]", "]", "}", ",1", "1", "-", ":", "\"", "\"\"", "x\"]", "'", "+",
        ] {
            assert_eq!(broken(format!("{value}{again}")).flaw, Flaw::Unexpected);
            assert_eq!(broken(format!("{value}\n{value}")).line, 2);
        }
        for before in [
            "1", "null ", "]", "}", "{}", "\"x\"", "x\"", "-", ",", ":", "<b>", "'",
        ] {
            broken(format!("{before}{value}"));
        }
    }
    assert_eq!(mended("\0\"a\"\0").0, "\"a\"");
    broken("\"a\";");
    broken("7 apples");
    broken("<html>{\"a\":1}</html>");
}

/// White space of JSON is left where it is.
fn value_after(before: &str, value: &str) -> String {
    let kept = match before {
        "{} && " => " ",
        _ if before.starts_with("//") => "\n",
        _ => "",
    };
    format!("{kept}{value}")
}

#[test]
fn what_stands_between_tokens_is_left_out() {
    let text = "{\0\"a\"\u{a0}:/* one */ 1\u{2028},\u{feff}\"b\" // two\n:\u{c}[\u{7f}]\u{200b}}";
    let (text, mends) = mended(text);
    assert_eq!(text, "{\"a\": 1,\"b\" \n:[]}");
    assert!(mends.iter().all(|mend| mend.kind == MendKind::Foreign));
    assert_eq!(mends.len(), 9);
    // They end a word, and do not join two.
    assert_eq!(mended("[1\0,2/**/]").0, "[1,2]");
    broken("[1\0 2]");
    broken("[tr/**/ue]");
    assert_eq!(broken("[1,2 /*] ").flaw, Flaw::CutShort);
}

#[test]
fn what_is_too_deep_is_null() {
    let nested = |levels: usize, inside: &str| {
        format!("{}{inside}{}", "[".repeat(levels), "]".repeat(levels))
    };
    let deepest = nested(126, "[7]");
    assert!(serde_json::from_str::<Value>(&deepest).is_ok());
    assert!(
        crate::schema::repair(deepest.as_bytes())
            .unwrap()
            .mends
            .is_empty()
    );

    let expected = nested(127, "null");
    becomes(nested(128, "7"), &expected, MendKind::TooDeep);
    becomes(nested(128, "NaN,\"\\x\""), &expected, MendKind::TooDeep);
    becomes(nested(100_000, "7"), &expected, MendKind::TooDeep);
    let (text, mends) = mended(format!(
        "{{\"a\":NaN,\"deep\":{},\"b\":[{{\"c\":\"\\ud83d\"}}],\"again\":{}}}",
        nested(200, "\"\t\",NaN"),
        nested(200, ""),
    ));
    let kinds: Vec<_> = mends.iter().map(|mend| mend.kind).collect();
    assert_eq!(
        kinds,
        [
            MendKind::Number,
            MendKind::TooDeep,
            MendKind::HalfPair,
            MendKind::TooDeep
        ]
    );
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["b"][0]["c"], "\u{fffd}");
    for open in ["[", "{\"a\":", "{\"a\":["] {
        assert_eq!(broken(open.repeat(100_000)).flaw, Flaw::CutShort);
    }
}

#[test]
fn brackets_that_do_not_fit_are_not_decided() {
    for text in [
        "[1}",
        "{\"a\":1]",
        "[1]]",
        "{\"a\":[1,2}",
        "]",
        "}",
        "{\"a\":{}}}",
    ] {
        assert_eq!(broken(text).flaw, Flaw::Unexpected, "{text}");
    }
}

#[test]
fn a_text_that_is_cut_short_stays_an_error_with_its_place() {
    let whole =
        ")]}',\n{\"a\":\"\\ud83d \\u12 \t\",'b':[NaN,+1,{c:01},],/* x */\"d\":{\"e\":Tr}\0}";
    assert!(crate::schema::repair(whole.as_bytes()).is_ok());
    for end in 0..whole.len() {
        let flaw = broken(&whole[..end]).flaw;
        // Of the guard, a part is no guard.
        assert!(flaw == Flaw::CutShort || end < 6, "{}", &whole[..end]);
    }
    assert_eq!(
        broken("{\"a\":\"\\ud83d\",\n \"b\":").to_string(),
        "cut short at line 2 column 5"
    );
    assert_eq!(
        broken("[1,\n2 3]").to_string(),
        "unexpected text at line 2 column 3"
    );
}
