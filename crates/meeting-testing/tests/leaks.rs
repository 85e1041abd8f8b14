//! The search for secrets finds them in each of the forms that it knows.

use base64::{Engine, engine::general_purpose::STANDARD};
use meeting_testing::Printed;

const SECRET: &str = "s3cr3t/\"pass+w\u{f6}rd\\";

fn found(text: &str) -> Option<String> {
    let printed = Printed::new();
    printed.note("other", "nothing");
    printed.note("target", text);
    printed.find(SECRET)
}

#[test]
fn nothing_is_found_where_nothing_is() {
    assert_eq!(found("s3cr3t is not all of it"), None);
    assert_eq!(Printed::new().find(SECRET), None);
}

#[test]
fn the_debug_form_is_found() {
    assert!(found(&format!("value: {:?}", Some(SECRET))).is_some());
    assert!(found(&format!("{:?}", SECRET.as_bytes())).is_some());
    assert!(found(&format!("b\"{}\"", SECRET.as_bytes().escape_ascii())).is_some());
}

#[test]
fn escapes_are_found() {
    assert!(found("a=s3cr3t%2F%22pass%2Bw%C3%B6rd%5C&b=1").is_some());
    assert!(found("a=s3cr3t%2f%22pass%2bw%c3%b6rd%5c&b=1").is_some());
    assert!(found(r#"{"a":"s3cr3t\/\"pass+w\u00f6rd\\"}"#).is_some());
}

#[test]
fn base64_is_found_wherever_it_begins() {
    for before in ["", "u", "us", "use", "user:"] {
        for behind in ["", "x", "xy"] {
            let encoded = STANDARD.encode(format!("{before}{SECRET}{behind}"));
            let found = found(&format!("authorization: Basic {encoded}"));
            assert!(found.is_some(), "{before:?} {behind:?}");
        }
    }
}

#[test]
fn rows_are_put_together() {
    for size in 1..SECRET.len() {
        let printed = Printed::new();
        for row in SECRET.as_bytes().chunks(size) {
            let hex: Vec<_> = row.iter().map(|byte| format!("{byte:02x}")).collect();
            printed.note("dump", format!("{}  ....", hex.join(" ")));
            printed.note("between", "another target");
        }
        assert_eq!(printed.find(SECRET).is_some(), size <= 16, "{size}");

        let printed = Printed::new();
        for row in SECRET.chars().collect::<Vec<_>>().chunks(size) {
            printed.note("text", row.iter().collect::<String>());
        }
        assert!(printed.find(SECRET).is_some(), "{size}");
    }
}
