//! Tests of the whole way from documents to files.

mod error_codes;
mod golden;
mod layout;
mod problems;
mod rules;
mod tree;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use super::{Files, Source, generate, rustfmt};

/// The files that the documents `sources` make, laid out; they must be free of problems.
fn files_of(sources: &[Source]) -> Files {
    match generate(sources) {
        Ok((_, files)) => rustfmt::formatted(&files).expect("what is generated is Rust"),
        Err(problems) => panic!("the spec has problems:\n{problems}"),
    }
}

/// The made-up spec beside the golden files.
fn golden_spec() -> Vec<Source> {
    super::read_sources(&golden_folder().join("spec")).expect("the golden spec can be read")
}

fn golden_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// A folder of its own for one test, removed when the test is over.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("xtask-{}-{number}", std::process::id()));
        fs::create_dir_all(&folder).expect("the temporary folder is writable");
        Self(folder)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Leftovers of a test do no harm.
        let _ = fs::remove_dir_all(&self.0);
    }
}
