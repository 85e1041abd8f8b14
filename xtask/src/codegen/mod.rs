//! Writes the Rust of `meeting-types/src/{operations,models,error/code}` from the OpenAPI documents
//! and the table of error codes in `xtask/spec`.
//!
//! Four steps, each a module: [`spec`] reads the documents as they are written, [`resolve`] turns
//! them into the clean [`api`] or says all that is wrong with them, [`emit`] writes Rust text that
//! [`rustfmt`] lays out, and [`write_or_check`] compares that text with the tree. [`error_codes`] does
//! the first three for the table.

mod api;
mod emit;
mod error_codes;
mod example;
mod fences;
mod format;
mod names;
mod problem;
mod resolve;
mod rustfmt;
mod spec;
#[cfg(test)]
mod tests;
mod write_or_check;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::ExitCode,
};

use anyhow::{Context, anyhow, bail};

pub(crate) use self::emit::yardstick::secrets;
use self::{
    api::{Api, TypeKind},
    problem::Problems,
    spec::Document,
};

/// Where the documents are, from the root of the workspace.
const SPEC_FOLDER: &str = "xtask/spec";
/// Where the generated files go; all files of these folders are generated.
const OUTPUT_FOLDERS: [&str; 3] = [
    "crates/meeting-types/src/operations",
    "crates/meeting-types/src/models",
    "crates/meeting-types/src/error/code",
];

/// Where the routes of the simulator go.
const ROUTES_FOLDER: &str = "crates/meeting-sim/src/handlers/routes";
/// The operations that the simulator does not serve, a name a line.
const MISSING_FILE: &str = "crates/meeting-sim/missing-operations.txt";

/// Generated files: path from the root of the workspace, and text.
pub(crate) type Files = BTreeMap<String, String>;

/// Runs `cargo xtask codegen`.
pub(crate) fn run(root: &Path, check: bool) -> anyhow::Result<ExitCode> {
    let sources = read_sources(&root.join(SPEC_FOLDER))?;
    let (api, mut files) = match generate(&sources) {
        Ok(generated) => generated,
        Err(problems) => {
            eprint!("{problems}");
            bail!(
                "the spec has {} problems; nothing was written",
                problems.len()
            );
        }
    };
    let missing = fs::read_to_string(root.join(MISSING_FILE))
        .with_context(|| format!("cannot read {MISSING_FILE}"))?;
    files.extend([emit::routes::emit(&api, &missing)?]);
    let files = rustfmt::formatted(&files)?;
    println!("{}", counts(&api));
    for note in api.notes() {
        println!("note: {note}");
    }
    let differences = write_or_check::compare(root, &output_folders(), &files)?;
    if !check {
        write_or_check::write(root, &differences)?;
        println!(
            "{} files generated, {} of them changed",
            files.len(),
            differences.len()
        );
        return Ok(ExitCode::SUCCESS);
    }
    if differences.is_empty() {
        println!("{} files are what the spec says", files.len());
        return Ok(ExitCode::SUCCESS);
    }
    print!("{}", write_or_check::report(&differences));
    eprintln!(
        "error: {} of the generated files differ from the spec; run `cargo xtask codegen`",
        differences.len()
    );
    Ok(ExitCode::FAILURE)
}

/// All folders of generated files.
fn output_folders() -> Vec<&'static str> {
    OUTPUT_FOLDERS.into_iter().chain([ROUTES_FOLDER]).collect()
}

/// The API as serde derives, to compare with: see [`emit::yardstick`].
pub(crate) struct Yardstick {
    /// The generated files: paths in `src`, and text.
    pub(crate) files: Files,
    pub(crate) counts: String,
    /// How many models and enums are tables all the same, of how many.
    pub(crate) in_tables: (usize, usize),
}

/// Generates the yardstick of `cargo xtask bench --compile`. `in_tables` names the types that
/// hand-written tables hold.
pub(crate) fn yardstick(root: &Path, in_tables: &BTreeSet<String>) -> anyhow::Result<Yardstick> {
    let sources = read_sources(&root.join(SPEC_FOLDER))?;
    let (api, codes) = understand(&sources).map_err(|problems| anyhow!("{problems}"))?;
    Ok(Yardstick {
        files: rustfmt::formatted(&emit::yardstick::emit(&api, &codes, in_tables))?,
        counts: counts(&api),
        in_tables: emit::yardstick::count_in_tables(&api, in_tables),
    })
}

/// One document as it lies on disk: file name and text.
type Source = (String, String);

fn read_sources(folder: &Path) -> anyhow::Result<Vec<Source>> {
    let mut sources = Vec::new();
    let entries = fs::read_dir(folder).with_context(|| format!("cannot list {SPEC_FOLDER}"))?;
    for entry in entries {
        let path = entry?.path();
        let Some(file) = path.file_name().and_then(|name| name.to_str()) else {
            bail!("the name of {} is not UTF-8", path.display());
        };
        if !file.ends_with(".yaml") && file != error_codes::FILE {
            bail!(
                "{SPEC_FOLDER}/{file} is neither a .yaml document nor {}; only those belong here",
                error_codes::FILE
            );
        }
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {file}"))?;
        sources.push((file.to_owned(), text));
    }
    let tables = sources.iter().filter(|(file, _)| file == error_codes::FILE);
    match tables.count() {
        0 => bail!("{SPEC_FOLDER}/{} is missing", error_codes::FILE),
        tables if tables == sources.len() => bail!("{SPEC_FOLDER} holds no .yaml document"),
        _ => {}
    }
    // The order in which a folder is listed depends on the file system.
    sources.sort();
    Ok(sources)
}

/// The way from documents to files that are not laid out yet, in memory.
fn generate(sources: &[Source]) -> Result<(Api, Files), Problems> {
    let (api, table) = understand(sources)?;
    let mut files = emit::emit(&api, &table);
    files.extend([error_codes::emit(&table)]);
    Ok((api, files))
}

/// What the documents say, checked.
fn understand(sources: &[Source]) -> Result<(Api, error_codes::Table<'_>), Problems> {
    let mut problems = Problems::default();
    let mut documents: Vec<Document> = Vec::new();
    let mut table = error_codes::Table::default();
    for (file, text) in sources {
        if file == error_codes::FILE {
            table = error_codes::parse(text, &mut problems);
        } else {
            documents.extend(spec::parse(file, text, &mut problems));
        }
    }
    // References into a document that cannot be read would be reported as unresolved.
    problems.take_result()?;
    let api = resolve::resolve(&documents)?;
    resolve::check_codes(&api, &table)?;
    Ok((api, table))
}

fn counts(api: &Api) -> String {
    let operations = api
        .groups
        .iter()
        .map(|group| group.operations.len())
        .sum::<usize>();
    let (mut models, mut enums) = (0, 0);
    for definition in api.groups.iter().flat_map(|group| &group.types) {
        match definition.kind {
            TypeKind::Model(_) => models += 1,
            TypeKind::Enum(_) => enums += 1,
        }
    }
    format!("{operations} operations, {models} models, {enums} enums")
}
