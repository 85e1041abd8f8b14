//! Makes the workspace that is measured: `meeting-types` as it is, and the same with serde derives
//! where it has generated tables. It goes below `target/` and is never committed.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

use crate::codegen::{self, Files};

/// The crate as it is.
pub(crate) const TABLES: &str = "meeting-types";
/// The same with derives.
pub(crate) const DERIVES: &str = "meeting-types-as-derives";
/// An empty crate that needs what both need.
pub(crate) const DEPENDENCIES: &str = "only-dependencies";

/// What stands beside the derives and is written by hand.
const CALL: &str = include_str!("../../yardstick/src/call.rs");
const WIRE: &str = include_str!("../../yardstick/src/wire.rs");
const IMPLS: &str = include_str!("../../yardstick/src/impls.rs");

/// Writes the workspace. Answers what was made, in a sentence.
pub(crate) fn write(root: &Path, folder: &Path) -> Result<String> {
    let crate_folder = root.join("crates/meeting-types");
    let mut tables = Files::new();
    read_all(&crate_folder.join("src"), "src", &mut tables)?;
    let manifest = fs::read_to_string(crate_folder.join("Cargo.toml"))
        .context("cannot read the manifest of meeting-types")?;

    // The rest: what is not generated from documents.
    let mut derives = tables.clone();
    derives.retain(|path, _| !is_in(path, "operations") && !is_in(path, "models"));
    let in_tables = names_in_tables(&derives);
    let generated = codegen::yardstick(root, &in_tables)?;
    for (path, text) in generated.files {
        derives.insert(format!("src/{path}"), text);
    }
    derives.insert("src/call.rs".to_owned(), CALL.to_owned());
    derives.insert("src/wire.rs".to_owned(), WIRE.to_owned());
    let mut impls = IMPLS.to_owned();
    let speaks_serde = |file: &str| {
        derives
            .get(file)
            .is_some_and(|text| text.contains("Serialize for"))
    };
    if !speaks_serde("src/ids.rs") {
        impls.push_str(&codegen::texts_of("crate::ids", "as_str"));
    }
    if !speaks_serde("src/secret.rs") {
        impls.push_str(&codegen::texts_of("crate::secret", "expose"));
    }
    if !speaks_serde("src/time.rs") {
        impls.push_str("printed! { crate::time::Date }\n");
    }
    let macros = derives
        .get("src/schema/macros.rs")
        .context("meeting-types has no schema/macros.rs any more")?;
    let open_enum = macros.split("macro_rules! open_enum").nth(1);
    if !open_enum.is_some_and(|text| text.contains("Serialize for")) {
        impls.push_str(&generated.enums_in_tables);
    }
    derives.insert("src/impls.rs".to_owned(), impls);
    patch(
        &mut derives,
        "src/lib.rs",
        "mod answer;\n",
        "mod call;\nmod impls;\nmod wire;\nmod answer;\n",
    )?;
    // Operations implement a trait of the same name that has no table behind it.
    patch(
        &mut derives,
        "src/operation.rs",
        "pub trait Operation: ",
        "pub use crate::call::Operation;\n\n/// As it is.\npub trait TableOperation: ",
    )?;

    let workspace =
        fs::read_to_string(root.join("Cargo.toml")).context("cannot read Cargo.toml")?;
    let workspace: String = workspace
        .lines()
        .filter(|line| !line.starts_with("default-members"))
        .map(|line| match line.starts_with("members") {
            true => format!("members = [{TABLES:?}, {DERIVES:?}, {DEPENDENCIES:?}]\n"),
            false => format!("{line}\n"),
        })
        .collect();
    let lock = fs::read_to_string(root.join("Cargo.lock")).context("cannot read Cargo.lock")?;
    let name = format!("name = {TABLES:?}");
    if manifest.matches(&name).count() != 1 {
        bail!("the manifest of meeting-types does not say `{name}` once");
    }
    let named = |package: &str| {
        let manifest = manifest.replace(&name, &format!("name = {package:?}"));
        format!("{manifest}\n[dependencies.serde_derive]\nversion = \"1\"\n")
    };
    let mut files = Files::from([
        ("Cargo.toml".to_owned(), workspace),
        ("Cargo.lock".to_owned(), lock),
        (format!("{TABLES}/Cargo.toml"), manifest.clone()),
        (format!("{DERIVES}/Cargo.toml"), named(DERIVES)),
        (format!("{DEPENDENCIES}/Cargo.toml"), named(DEPENDENCIES)),
        (
            format!("{DEPENDENCIES}/src/lib.rs"),
            "//! Nothing.\n".to_owned(),
        ),
    ]);
    let under = |package: &str, sources: Files| {
        let sources = sources.into_iter();
        let sources = sources.map(|(path, text)| (format!("{package}/{path}"), text));
        sources.collect::<Vec<_>>()
    };
    files.extend(under(TABLES, tables));
    files.extend(under(DERIVES, derives));
    for package in [TABLES, DERIVES] {
        // A file of the run before would be a module still.
        remove(&folder.join(package))?;
    }
    for (path, text) in files {
        let path = folder.join(path);
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent)
            .and_then(|()| fs::write(&path, text))
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(format!(
        "{}; as tables on both sides, because hand-written tables hold them: {}",
        generated.counts,
        in_tables.into_iter().collect::<Vec<_>>().join(", "),
    ))
}

fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", folder.display()))
        }
        _ => Ok(()),
    }
}

fn is_in(path: &str, module: &str) -> bool {
    path.strip_prefix("src/")
        .and_then(|path| path.strip_prefix(module))
        .is_some_and(|rest| rest.starts_with('/') || rest == ".rs")
}

fn read_all(folder: &Path, name: &str, files: &mut Files) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list {name}"))? {
        let path: PathBuf = entry?.path();
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        let name = format!("{name}/{file}");
        if path.is_dir() {
            read_all(&path, &name, files)?;
        } else {
            let text = fs::read_to_string(&path).with_context(|| format!("cannot read {name}"))?;
            files.insert(name, text);
        }
    }
    Ok(())
}

/// Replaces `from`, which must be there once, so that a change of it is noticed.
fn patch(files: &mut Files, file: &str, from: &str, to: &str) -> Result<()> {
    let text = files
        .get_mut(file)
        .with_context(|| format!("meeting-types has no {file} any more"))?;
    if text.matches(from).count() != 1 {
        bail!(
            "{file} of meeting-types does not say {from:?} once any more; adapt {}",
            file!()
        );
    }
    *text = text.replace(from, to);
    Ok(())
}

/// The models and enums that files with hand-written tables name: `models::A` and `models::{A, B}`.
fn names_in_tables(rest: &Files) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    for text in rest.values() {
        let has_table = text.contains("table! {");
        if !has_table {
            continue;
        }
        let code: String = text.lines().filter(is_code).collect();
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
