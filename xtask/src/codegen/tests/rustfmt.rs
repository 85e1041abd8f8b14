//! Generated text is what rustfmt would leave alone.

use std::{fs, path::Path, process::Command};

use super::{Files, Scratch, files_of, golden_spec};
use crate::codegen::OUTPUT_FOLDERS;

/// Runs `rustfmt --check` on generated files.
fn assert_formatted(files: &Files) {
    let scratch = Scratch::new();
    for (path, text) in files {
        let target = scratch.0.join(path);
        fs::create_dir_all(target.parent().unwrap_or(Path::new("/"))).expect("writable");
        fs::write(target, text).expect("writable");
    }
    // An empty configuration, so that none further up in the file system counts.
    let configuration = scratch.0.join("rustfmt.toml");
    fs::write(&configuration, "").expect("writable");
    // rustfmt follows the `mod` lines from there.
    let [operations, models, codes] = OUTPUT_FOLDERS;
    let roots = [
        format!("{operations}/mod.rs"),
        format!("{models}/mod.rs"),
        format!("{codes}/table.rs"),
    ]
    .map(|file| scratch.0.join(file));
    let output = Command::new("rustfmt")
        .args(["--check", "--edition", "2024", "--config-path"])
        .arg(&configuration)
        .args(roots)
        .output()
        .expect("rustfmt is a component of the toolchain of this repository");
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{out}{err}");
}

#[test]
fn golden_files_are_formatted() {
    assert_formatted(&files_of(&golden_spec()));
}

/// Each rule of layout has a width at which it turns; this crosses all of them one by one.
#[test]
fn every_width_is_formatted() {
    let mut spec = String::from("openapi: 3.1.0\ninfo: { title: Widths, version: '1' }\npaths:\n");
    for width in 1..=50 {
        spec.push_str(&operation(width));
    }
    spec.push_str("components:\n  schemas:\n");
    for width in 1..=50 {
        spec.push_str(&models(width));
    }
    spec.push_str("  securitySchemes: { accessToken: { type: apiKey, in: header, name: T } }\n");
    let mut codes = String::from("code\tstatus\tprefix\tclass\tgist\n");
    for width in 1..=50 {
        let gist = "A".repeat(width);
        codes.push_str(&format!("M.{width:09}\t400\tseen\tother\t{gist}\n"));
    }
    let files = files_of(&[
        ("error-codes.tsv".to_owned(), codes),
        ("widths.yaml".to_owned(), spec),
    ]);
    let text: String = files.values().cloned().collect();
    for turned in [
        "pub fn new(\n",
        "Self { b",
        "Page::new(\n",
        "\n                .into_iter()\n",
        "constants: &[\n",
    ] {
        assert!(text.contains(turned), "no case reaches {turned:?}");
    }
    assert_formatted(&files);
}

fn operation(width: usize) -> String {
    let name = "a".repeat(width);
    let short = "b".repeat(width.div_ceil(4));
    let list = "c".repeat(width.min(38));
    let text = "long ".repeat(width / 2);
    let odd = if width % 2 == 1 { "odd " } else { "" };
    format!(
        "  /v1/{name}/{width}:
    get:
      operationId: Op{width}
      tags: [all]
      summary: A {odd}{text}text.
      description: {text}.
      x-retry: read
      x-paging: {{ items: {list}, count: {short} }}
      security: [{{ accessToken: [] }}]
      parameters:
        - {{ name: offset, in: query, schema: {{ type: integer, format: int32, minimum: 0 }}, description: From. }}
        - {{ name: limit, in: query, schema: {{ type: integer, format: int32, minimum: 0 }}, description: Most. }}
        - {{ name: X-{short}, in: header, x-constant: one, schema: {{ type: string }} }}
        - {{ name: Y-{short}, in: header, x-constant: '2', schema: {{ type: string }} }}
      responses: {{ '200': {{ description: ., content: {{ application/json: {{ schema: {{ $ref: '#/components/schemas/Page{width}' }} }} }} }} }}
    post:
      operationId: Body{width}
      tags: [all]
      summary: A {odd}{text}{odd}text.
      x-retry: once
      security: []
      requestBody:
        required: true
        content: {{ application/json: {{ schema: {{ $ref: '#/components/schemas/Model{width}', x-name: body }} }} }}
      responses: {{ '200': {{ description: . }} }}
    put:
      operationId: Flat{width}
      tags: [all]
      summary: Text.
      x-retry: once
      security: []
      requestBody:
        required: true
        content: {{ application/json: {{ schema: {{ type: object, required: [{short}, d], properties: {{ {short}: {{ type: boolean, description: . }}, d: {{ type: boolean, description: . }} }} }} }} }}
      responses: {{ '200': {{ description: . }} }}
"
    )
}

fn models(width: usize) -> String {
    let name = "a".repeat(width.min(38));
    let list = "c".repeat(width.min(38));
    let short = "b".repeat(width.div_ceil(4));
    let wire = "W".repeat(width);
    format!(
        "    Model{width}:
      type: object
      description: Text.
      required: [{name}, {list}]
      properties:
        {name}: {{ type: string, x-type: SecretText, description: Text. }}
        {list}: {{ type: array, items: {{ type: string }}, description: Text. }}
        {wire}: {{ type: string, minLength: 1, maxLength: 100000, x-multiline: true, x-also: [x], x-name: z, description: Text. }}
    Page{width}:
      type: object
      description: Text.
      properties:
        {list}: {{ type: array, items: {{ $ref: '#/components/schemas/Item{width}' }}, description: Text. }}
        {short}: {{ type: integer, format: int32, minimum: 0, description: Text. }}
    Item{width}:
      type: object
      description: Text.
      required: [{short}]
      properties:
        {short}: {{ type: boolean, description: Text. }}
        kind: {{ $ref: '#/components/schemas/Kind{width}' }}
    Kind{width}:
      type: string
      description: Text.
      enum: [one]
      x-enum-descriptions: [Text.]
"
    )
}

#[test]
fn rustfmt_would_object_to_untidy_text() {
    let mut files = files_of(&golden_spec());
    let models = format!("{}/mod.rs", OUTPUT_FOLDERS[1]);
    files.insert(models, "pub fn untidy( ) { }\n".to_owned());
    let checked = std::panic::catch_unwind(|| assert_formatted(&files));
    assert!(checked.is_err(), "the check must be able to fail");
}
