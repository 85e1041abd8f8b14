//! Compares the generated files with the tree, as a whole set, and writes them.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::Context;
use similar::TextDiff;

use super::Files;

/// The longest diff that is shown of one file, in lines.
const LONGEST_DIFF: usize = 60;

/// One file that is not what the spec says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    /// From the root of the workspace.
    path: String,
    /// What is there, if anything.
    found: Option<String>,
    /// What belongs there, if anything.
    wanted: Option<String>,
}

/// All differences: changed, missing and stale files.
pub(crate) fn compare(
    root: &Path,
    folders: &[&str],
    files: &Files,
) -> anyhow::Result<Vec<Difference>> {
    let mut differences = Vec::new();
    for (path, wanted) in files {
        let found = match fs::read(root.join(path)) {
            // A file that is no text differs from one that is.
            Ok(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error).with_context(|| format!("cannot read {path}")),
        };
        if found.as_ref() != Some(wanted) {
            let wanted = Some(wanted.clone());
            differences.push(Difference {
                path: path.clone(),
                found,
                wanted,
            });
        }
    }
    for folder in folders {
        for path in files_below(&root.join(folder))? {
            let relative = path.strip_prefix(root).unwrap_or(&path).to_string_lossy();
            let relative = relative.replace('\\', "/");
            if !files.contains_key(&relative) {
                let bytes = fs::read(&path).with_context(|| format!("cannot read {relative}"))?;
                let found = Some(String::from_utf8_lossy(&bytes).into_owned());
                differences.push(Difference {
                    path: relative,
                    found,
                    wanted: None,
                });
            }
        }
    }
    Ok(differences)
}

fn files_below(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => {
            return Err(error).with_context(|| format!("cannot list {}", folder.display()));
        }
    };
    let mut files = Vec::new();
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            files.extend(files_below(&entry.path())?);
        } else {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}

/// Makes the tree what the spec says.
pub(crate) fn write(root: &Path, differences: &[Difference]) -> anyhow::Result<()> {
    for Difference { path, wanted, .. } in differences {
        let target = root.join(path);
        let outcome = match wanted {
            Some(text) => {
                let folder = target.parent().unwrap_or(root);
                fs::create_dir_all(folder).and_then(|()| fs::write(&target, text))
            }
            None => fs::remove_file(&target),
        };
        outcome.with_context(|| format!("cannot write {path}"))?;
    }
    Ok(())
}

/// What `--check` prints.
pub(crate) fn report(differences: &[Difference]) -> String {
    let mut out = String::new();
    for Difference {
        path,
        found,
        wanted,
    } in differences
    {
        match (found, wanted) {
            (None, _) => out.push_str(&format!("missing: {path}\n")),
            (_, None) => out.push_str(&format!("stale: {path}\n")),
            (Some(found), Some(wanted)) => {
                out.push_str(&format!("changed: {path}\n"));
                let diff = TextDiff::from_lines(found, wanted)
                    .unified_diff()
                    .header(&format!("a/{path}"), &format!("b/{path}"))
                    .to_string();
                let lines: Vec<&str> = diff.lines().collect();
                for line in lines.iter().take(LONGEST_DIFF) {
                    out.push_str(&format!("{line}\n"));
                }
                if lines.len() > LONGEST_DIFF {
                    out.push_str(&format!(
                        "… and {} lines more\n",
                        lines.len() - LONGEST_DIFF
                    ));
                }
            }
        }
    }
    out
}
