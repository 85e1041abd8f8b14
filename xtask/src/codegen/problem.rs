//! What is wrong with the spec, and where: all of it at once, since documents are written in bulk.

use std::fmt;

use super::SPEC_FOLDER;

/// A place in a document: the file and the keys that lead there.
#[derive(Clone, Debug)]
pub(crate) struct At {
    file: String,
    path: String,
}

impl At {
    pub(crate) fn document(file: &str) -> Self {
        Self {
            file: file.to_owned(),
            path: String::new(),
        }
    }

    /// The place below `key`.
    pub(crate) fn key(&self, key: impl fmt::Display) -> Self {
        let dot = if self.path.is_empty() { "" } else { "." };
        Self {
            file: self.file.clone(),
            path: format!("{}{dot}{key}", self.path),
        }
    }

    /// The place of the entry `index` of a list; `name` helps to find it.
    pub(crate) fn index(&self, index: usize, name: &str) -> Self {
        Self {
            file: self.file.clone(),
            path: format!("{}[{index}]({name})", self.path),
        }
    }

    /// The place of the entry `index` of a list whose entries have no names.
    pub(crate) fn entry(&self, index: usize) -> Self {
        Self {
            file: self.file.clone(),
            path: format!("{}[{index}]", self.path),
        }
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{SPEC_FOLDER}/{}", self.file)?;
        if self.path.is_empty() {
            Ok(())
        } else {
            write!(f, ": {}", self.path)
        }
    }
}

/// All problems found so far.
#[derive(Debug, Default)]
pub(crate) struct Problems(Vec<String>);

impl Problems {
    pub(crate) fn add(&mut self, at: &At, message: impl fmt::Display) {
        self.0.push(format!("{at}: {message}"));
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Ends a step: an error when anything was found, else a fresh start.
    pub(crate) fn take_result(&mut self) -> Result<(), Self> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(std::mem::take(self))
        }
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|problem| writeln!(f, "{problem}"))
    }
}
