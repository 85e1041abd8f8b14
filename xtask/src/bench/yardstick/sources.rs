//! The sources of both sides. Paths are those in `src` of `meeting-types`.
//!
//! Little here depends on how a line of `meeting-types` is written. What does says which file and
//! which line it misses; anything else that no longer fits does not compile.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{Context, Result, bail};

use crate::codegen::Files;

/// What stands beside the derives and is written by hand.
const BESIDE: [(&str, &str); 3] = [
    ("call", include_str!("../../../yardstick/src/call.rs")),
    ("impls", include_str!("../../../yardstick/src/impls.rs")),
    ("wire", include_str!("../../../yardstick/src/wire.rs")),
];

/// The files of a folder, without those of tests.
pub(super) fn read(folder: &Path) -> Result<Files> {
    let mut files = Files::new();
    read_into(folder, "", &mut files)?;
    Ok(files)
}

fn read_into(folder: &Path, prefix: &str, files: &mut Files) -> Result<()> {
    let cannot = || format!("cannot read {}", folder.display());
    for entry in fs::read_dir(folder).with_context(cannot)? {
        let path = entry.with_context(cannot)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name == "tests" || name == "tests.rs" {
            continue;
        }
        let name = format!("{prefix}{name}");
        if path.is_dir() {
            read_into(&path, &format!("{name}/"), files)?;
        } else {
            let text = fs::read_to_string(&path)
                .with_context(|| format!("cannot read {}", path.display()))?;
            files.insert(name, text);
        }
    }
    Ok(())
}

/// Leaves the files out that implement `Operation` by hand: those operations are tables over generated
/// models, which derives do not have. Empty structs keep their names. Answers what was left out.
pub(super) fn leave_operations_out(files: &mut Files) -> Result<Vec<String>> {
    let mut left_out = Vec::new();
    for (path, text) in files.iter_mut().filter(|(path, _)| !is_generated(path)) {
        let mut stubs = String::new();
        for line in code(text) {
            let Some(rest) = line.strip_prefix("impl Operation for ") else {
                continue;
            };
            let name = rest.split(' ').next().unwrap_or_default();
            let structure = format!("pub struct {name} ");
            if !code(text).any(|line| line.starts_with(&structure)) {
                bail!(
                    "src/{path} of meeting-types has `{line}`, but no line begins with \
                     `{structure}`; adapt {}",
                    file!()
                );
            }
            stubs.push_str(&format!(
                "\n/// Left out.\n#[derive(Debug)]\npub struct {name};\n"
            ));
            left_out.push(format!("{name} (src/{path})"));
        }
        if !stubs.is_empty() {
            *text = format!("//! Left out.\n{stubs}");
        }
    }
    Ok(left_out)
}

/// What is not generated from documents.
pub(super) fn hand_written(tables: &Files) -> Files {
    let files = tables.iter().filter(|(path, _)| !is_generated(path));
    files
        .map(|(path, text)| (path.clone(), text.clone()))
        .collect()
}

fn is_generated(path: &str) -> bool {
    ["operations/", "models/"]
        .iter()
        .any(|folder| path.starts_with(folder))
}

/// The models and enums that files with hand-written tables name: `models::A` and `models::{A, B}`.
pub(super) fn names_in_tables(rest: &Files) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let is_table = |line: &str| line.starts_with("table!") || line.starts_with("operation_table!");
    let has_table = |text: &&String| code(text).any(is_table);
    for text in rest.values().filter(has_table) {
        let code: String = code(text).collect();
        for after in code.split("models::").skip(1) {
            let list = match after.strip_prefix('{') {
                Some(list) => list.split('}').next().unwrap_or_default(),
                None => after
                    .split(|c: char| !c.is_alphanumeric())
                    .next()
                    .unwrap_or_default(),
            };
            let each = list
                .split(',')
                .map(str::trim)
                .filter(|name| !name.is_empty());
            names.extend(each.map(str::to_owned));
        }
    }
    names
}

/// The sources with derives: the hand-written `rest`, what is `generated`, and what that needs beside
/// it. `secrets` makes the secrets speak serde.
pub(super) fn with_derives(rest: Files, generated: Files, secrets: &str) -> Result<Files> {
    let mut files = rest;
    for text in files.values_mut() {
        // The facts of generated operations come from another trait.
        if code(text).any(|line| line.contains("::INFO"))
            && code(text).any(|line| line.contains("operations::"))
        {
            text.push_str("\n#[allow(unused_imports)]\nuse crate::call::Operation as _;\n");
        }
    }
    let root = files
        .get_mut("lib.rs")
        .context("meeting-types has no src/lib.rs any more")?;
    for (module, _) in BESIDE {
        root.push_str(&format!("mod {module};\n"));
    }
    let beside = BESIDE.map(|(module, text)| (format!("{module}.rs"), text.to_owned()));
    for (path, text) in generated.into_iter().chain(beside) {
        if files.insert(path.clone(), text).is_some() {
            bail!("meeting-types has a src/{path} of its own; rename that of xtask/yardstick");
        }
    }
    if let Some(impls) = files.get_mut("impls.rs") {
        impls.push_str(secrets);
    }
    Ok(files)
}

/// The lines of a file that are no comments.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
}
