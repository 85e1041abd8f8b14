//! Lines that rustfmt does not break, and text that it cannot read.

use super::{Files, files_of, golden_spec, rustfmt};

const WIDTH: usize = 100;

/// Doc comments and the rows of tables are broken by the emitter. Each width is met once, so that
/// the one at which a line turns is among them.
#[test]
fn comments_and_rows_of_tables_keep_to_the_width() {
    let mut spec = String::from(
        "openapi: 3.1.0
info: { title: Widths, version: '1' }
paths:
  /v1/all:
    post:
      operationId: UseAll
      tags: [all]
      summary: Uses all.
      x-retry: once
      security: []
      requestBody:
        required: true
        content: { application/json: { schema: { type: object, properties: {
",
    );
    for width in 1..=60 {
        let wire = "W".repeat(width);
        let words = format!("{wire}{}", " a".repeat(50));
        spec.push_str(&format!(
            "          {wire}: {{ type: string, minLength: 1, maxLength: 100000, \
             x-multiline: true, x-name: f{width}, description: {words}. }},\n"
        ));
    }
    spec.push_str("        } } } }\n      responses: { '200': { description: . } }\n");
    let mut files = golden_spec();
    files.retain(|(file, _)| !file.ends_with(".yaml"));
    files.push(("widths.yaml".to_owned(), spec));

    let files = files_of(&files);
    let text = &files["crates/meeting-types/src/operations/widths.rs"];
    let columns = |line: &str| line.chars().count();
    let too_long = text.lines().find(|line| columns(line) > WIDTH);
    assert_eq!(too_long, None);
    for start in ["    /// ", "    "] {
        let mut full = text.lines().filter(|line| columns(line) == WIDTH);
        assert!(full.any(|line| line.starts_with(start)), "{start:?}");
    }
    assert!(text.contains(", Kind::Text)\n        .chars(1, 100_000)\n        .multiline();\n"));
}

#[test]
fn text_that_is_no_rust_is_an_error_that_names_the_file() {
    let files = Files::from([
        ("good.rs".to_owned(), "fn  tidied( ){}".to_owned()),
        ("bad.rs".to_owned(), "fn (".to_owned()),
    ]);
    let error = rustfmt::formatted(&files).expect_err("one of them is no Rust");
    let told = error.to_string();
    assert!(
        told.contains("bad.rs") && !told.contains("good.rs"),
        "{told}"
    );
}

#[test]
fn other_text_is_laid_out() {
    let files = Files::from([("any.rs".to_owned(), "fn  tidied( ){}".to_owned())]);
    let files = rustfmt::formatted(&files).expect("it is Rust");
    assert_eq!(files["any.rs"], "fn tidied() {}\n");
}
