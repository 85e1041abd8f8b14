//! Makes the workspace that is measured: `meeting-types` as it is, and the same with serde derives
//! where it has generated tables. It goes below `target/` and is never committed.

mod manifests;
mod sources;
#[cfg(test)]
mod tests;

use std::{fs, path::Path};

use anyhow::{Context, Result};

use crate::codegen::{self, Files};

/// The crate as it is.
pub(super) const TABLES: &str = "meeting-types";
/// The same with derives.
pub(super) const DERIVES: &str = "meeting-types-as-derives";
/// An empty crate that needs what both need.
pub(super) const DEPENDENCIES: &str = "only-dependencies";

/// Writes the workspace. Answers what was made, in a few lines.
pub(super) fn write(root: &Path, folder: &Path) -> Result<String> {
    let mut tables = sources::read(&root.join("crates/meeting-types/src"))?;
    let left_out = sources::leave_operations_out(&mut tables)?;
    let rest = sources::hand_written(&tables);
    let in_tables = sources::names_in_tables(&rest);
    let generated = codegen::yardstick(root, &in_tables)?;
    let derives = sources::with_derives(rest, generated.files, &codegen::secrets())?;

    let mut files = manifests::write(root)?;
    files.insert(
        format!("{DEPENDENCIES}/src/lib.rs"),
        "//! Empty.\n".to_owned(),
    );
    for (package, sources) in [(TABLES, tables), (DERIVES, derives)] {
        // A file of the run before would be a module still.
        remove(&folder.join(package))?;
        let sources = sources.into_iter();
        files.extend(sources.map(|(path, text)| (format!("{package}/src/{path}"), text)));
    }
    write_all(folder, files)?;

    let (held, all) = generated.in_tables;
    let in_tables: Vec<String> = in_tables.into_iter().collect();
    Ok(format!(
        "{}\n\
         tables on both sides: the hand-written ones, and {held} of the {all} models and enums, which \
         these hold: {}\n\
         left out on both sides: {}",
        generated.counts,
        in_tables.join(", "),
        left_out.join(", "),
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

fn write_all(folder: &Path, files: Files) -> Result<()> {
    for (path, text) in files {
        let path = folder.join(path);
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent)
            .and_then(|()| fs::write(&path, text))
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}
