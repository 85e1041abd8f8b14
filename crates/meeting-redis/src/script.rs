//! The scripts, and how they are run.

use std::sync::LazyLock;

use meeting_types::StoreError;
use redis::{Script, ScriptInvocation};

/// A script that was given its keys and arguments. Each is safe to repeat.
pub(crate) type Run = ScriptInvocation<'static>;

/// What a script returns: texts, some of which may be missing.
pub(crate) type Output = Vec<Option<Vec<u8>>>;

macro_rules! scripts {
    ($($name:ident = $file:literal;)*) => {
        $(pub(crate) fn $name() -> Run {
            static SCRIPT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!($file)));
            SCRIPT.prepare_invoke()
        })*
    };
}

scripts! {
    claim = "scripts/claim.lua";
    put = "scripts/put.lua";
    release = "scripts/release.lua";
    forget = "scripts/forget.lua";
    book = "scripts/book.lua";
    learn = "scripts/learn.lua";
}

/// The text at `index`.
pub(crate) fn text(output: &Output, index: usize) -> Option<&str> {
    std::str::from_utf8(output.get(index)?.as_deref()?).ok()
}

/// The number at `index`.
pub(crate) fn number(output: &Output, index: usize) -> Option<u64> {
    text(output, index)?.parse().ok()
}

/// The error of an output that is not one of these scripts.
pub(crate) fn strange() -> StoreError {
    StoreError::new("Redis: a script returned what it cannot")
}
