//! The manifests of the workspace that is measured, made from those of this one.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use toml::{Table, Value};

use super::{DEPENDENCIES, DERIVES, TABLES};
use crate::codegen::Files;

/// The lock file and the manifests of the workspace and its packages.
pub(super) fn write(root: &Path) -> Result<Files> {
    let workspace = read(root, "Cargo.toml")?;
    let package = read(root, "crates/meeting-types/Cargo.toml")?;
    let lock = fs::read_to_string(root.join("Cargo.lock")).context("cannot read Cargo.lock")?;
    let derives = [("serde_derive", Value::from("1"))];
    Ok(Files::from([
        ("Cargo.lock".to_owned(), lock),
        ("Cargo.toml".to_owned(), of_workspace(workspace)?),
        file(TABLES, &package, &[])?,
        file(DERIVES, &package, &derives)?,
        file(DEPENDENCIES, &package, &derives)?,
    ]))
}

fn read(root: &Path, path: &str) -> Result<Table> {
    let text =
        fs::read_to_string(root.join(path)).with_context(|| format!("cannot read {path}"))?;
    text.parse().with_context(|| format!("cannot read {path}"))
}

fn of_workspace(mut manifest: Table) -> Result<String> {
    let workspace = table(&mut manifest, "workspace").context("in Cargo.toml")?;
    let members = [TABLES, DERIVES, DEPENDENCIES].map(Value::from);
    workspace.insert("members".to_owned(), members.to_vec().into());
    workspace.remove("default-members");
    Ok(manifest.to_string())
}

/// The manifest of a package that needs what `meeting-types` needs, and `more`.
fn file(name: &str, manifest: &Table, more: &[(&str, Value)]) -> Result<(String, String)> {
    let mut manifest = manifest.clone();
    let text = package(&mut manifest, name, more)
        .map(|()| manifest.to_string())
        .context("in crates/meeting-types/Cargo.toml")?;
    Ok((format!("{name}/Cargo.toml"), text))
}

fn package(manifest: &mut Table, name: &str, more: &[(&str, Value)]) -> Result<()> {
    // These are packages that are not copied.
    manifest.remove("dev-dependencies");
    let package = table(manifest, "package")?;
    package.insert("name".to_owned(), name.into());
    // Derives read requests and write replies as well.
    let features = table(manifest, "features")?;
    features.insert("default".to_owned(), vec![Value::from("server")].into());
    let dependencies = table(manifest, "dependencies")?;
    for (name, dependency) in more {
        dependencies.insert((*name).to_owned(), dependency.clone());
    }
    Ok(())
}

fn table<'a>(manifest: &'a mut Table, name: &str) -> Result<&'a mut Table> {
    let table = manifest.get_mut(name).and_then(Value::as_table_mut);
    table.with_context(|| format!("there is no table [{name}]"))
}
