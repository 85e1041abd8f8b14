//! `cargo xtask dependencies`: the layers stay apart, the stated MSRV holds for what we depend on, and
//! `meeting-types` stays small.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

/// What a crate of ours must not pull in, directly or not.
const KEPT_OUT: &[(&str, &[&str])] = &[
    (
        "meeting-types",
        &[
            "tokio",
            "hyper",
            "reqwest",
            "ureq",
            "rustls",
            "tungstenite",
            "mio",
            "socket2",
        ],
    ),
    (
        "meeting-client",
        &["tokio", "hyper", "reqwest", "ureq", "mio", "socket2"],
    ),
    ("meeting-blocking", &["tokio", "hyper", "reqwest"]),
    ("meeting-async", &["ureq"]),
];

/// What nothing of ours may pull in: a second crypto provider makes `wss` panic.
const NOWHERE: &[&str] = &["aws-lc-rs", "aws-lc-sys", "native-tls", "openssl-sys"];

/// How many crates `meeting-types` may bring with it by default.
const MOST_OF_TYPES: usize = 31;

/// The crates that users build, and for which the MSRV is stated.
const FOR_USERS: &[&str] = &[
    "meeting-types",
    "meeting-client",
    "meeting-async",
    "meeting-blocking",
    "meeting-redis",
    "meeting-sim",
    "meeting-cli",
];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    version: String,
    rust_version: Option<String>,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    pkg: String,
    dep_kinds: Vec<Kind>,
}

#[derive(Deserialize)]
struct Kind {
    kind: Option<String>,
    target: Option<String>,
}

impl Kind {
    /// Whether users build it. cargo's metadata mixes the features that all members of the workspace ask
    /// for, also on systems that none is built for here: on Android, the verifier of the platform is
    /// reached by way of a crate that another member has given tokio to.
    fn is_for_users(&self) -> bool {
        let android = "cfg(target_os = \"android\")";
        self.kind.as_deref() != Some("dev") && self.target.as_deref() != Some(android)
    }
}

pub(crate) fn run() -> Result<()> {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["metadata", "--format-version=1", "--locked"])
        .output()
        .context("cargo metadata did not start")?;
    if !output.status.success() {
        bail!(
            "cargo metadata failed: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let metadata: Metadata =
        serde_json::from_slice(&output.stdout).context("cargo metadata printed no JSON")?;
    let packages: BTreeMap<_, _> = metadata
        .packages
        .iter()
        .map(|package| (package.id.as_str(), package))
        .collect();
    let nodes: BTreeMap<_, _> = metadata
        .resolve
        .nodes
        .iter()
        .map(|node| (node.id.as_str(), node))
        .collect();

    let mut faults = Vec::new();
    let mut counts = Vec::new();
    for name in FOR_USERS {
        let root = metadata
            .packages
            .iter()
            .find(|package| package.name == *name)
            .with_context(|| format!("the workspace has no crate `{name}`"))?;
        let tree = reachable(&root.id, &nodes);
        let names: BTreeSet<_> = tree.iter().map(|id| packages[id].name.as_str()).collect();
        counts.push(format!("{name} {}", names.len() - 1));
        let kept_out = KEPT_OUT
            .iter()
            .filter(|(of, _)| of == name)
            .flat_map(|(_, out)| *out);
        for banned in kept_out.chain(NOWHERE) {
            if names.contains(banned) {
                faults.push(format!("{name} depends on {banned}"));
            }
        }
        let stated = release(root.rust_version.as_deref().unwrap_or_default());
        for id in &tree {
            let package = packages[id];
            let needed = release(package.rust_version.as_deref().unwrap_or_default());
            if needed > stated {
                faults.push(format!(
                    "{name} states another MSRV than {} {} needs ({})",
                    package.name,
                    package.version,
                    package.rust_version.as_deref().unwrap_or_default(),
                ));
            }
        }
    }
    let types = brought_by_default("meeting-types")?;
    if types.len() > MOST_OF_TYPES {
        faults.push(format!(
            "meeting-types brings {} crates by default, and {MOST_OF_TYPES} are allowed: {}",
            types.len(),
            types.iter().cloned().collect::<Vec<_>>().join(", ")
        ));
    }
    if !faults.is_empty() {
        bail!("{}", faults.join("\n"));
    }
    println!(
        "dependencies (normal, of each crate): {}",
        counts.join(", ")
    );
    println!(
        "meeting-types brings {} crates by default, of {MOST_OF_TYPES} allowed",
        types.len()
    );
    Ok(())
}

/// The crates that come with `package` and its default features, as `name version`. Other members of
/// the workspace may switch more features on, so that cargo's metadata cannot tell.
fn brought_by_default(package: &str) -> Result<BTreeSet<String>> {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["tree", "--locked", "--package", package, "--edges=normal"])
        // The number must be the same wherever it is counted.
        .args([
            "--target=x86_64-unknown-linux-gnu",
            "--prefix=none",
            "--no-dedupe",
        ])
        .args(["--format={p}"])
        .output()
        .context("cargo tree did not start")?;
    if !output.status.success() {
        bail!(
            "cargo tree failed: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let text = String::from_utf8(output.stdout).context("cargo tree printed no text")?;
    let lines = text.lines().filter(|line| !line.is_empty());
    // A path or a note in brackets may follow.
    let mut crates: BTreeSet<String> = lines
        .map(|line| line.split(" (").next().unwrap_or(line).to_owned())
        .collect();
    crates.retain(|line| line.split(' ').next() != Some(package));
    Ok(crates)
}

/// All that is built for users of `root`: normal and build dependencies.
fn reachable<'a>(root: &'a str, nodes: &BTreeMap<&'a str, &'a Node>) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let mut open = vec![root];
    while let Some(id) = open.pop() {
        if !found.insert(id) {
            continue;
        }
        let Some(node) = nodes.get(id) else { continue };
        let used = node.deps.iter().filter(|dependency| {
            let mut kinds = dependency.dep_kinds.iter();
            kinds.any(Kind::is_for_users)
        });
        open.extend(used.map(|dependency| dependency.pkg.as_str()));
    }
    found
}

/// `1.88` and `1.88.0` as numbers that compare.
fn release(version: &str) -> Vec<u32> {
    let mut parts: Vec<u32> = version
        .split('.')
        .map(|part| part.parse().unwrap_or(0))
        .collect();
    parts.resize(3, 0);
    parts
}
