//! Secrets from where they may come: the environment, a file, a terminal.

use std::{
    env,
    io::{self, BufRead, IsTerminal},
    path::Path,
};

use zeroize::Zeroizing;

use crate::failure::Failure;

/// A text that is wiped when it is dropped.
pub(crate) type Secret = Zeroizing<String>;

/// An environment variable that is set and not empty.
pub(crate) fn from_environment(name: &str) -> Option<Secret> {
    let value = env::var(name).ok().filter(|value| !value.is_empty());
    value.map(Zeroizing::new)
}

/// The text of a file, without its last line break.
pub(crate) fn from_file(path: &Path) -> Result<Secret, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::usage(format!("cannot read {}: {error}", path.display())))?;
    let text = Zeroizing::new(text);
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    Ok(Zeroizing::new(line.to_owned()))
}

/// Whether somebody can be asked.
pub(crate) fn can_ask() -> bool {
    io::stdin().is_terminal()
}

/// Asks on the terminal, without showing what is typed.
pub(crate) fn ask(what: &str) -> Result<Secret, Failure> {
    let answer = rpassword::prompt_password(format!("{what}: "))
        .map_err(|error| Failure::usage(format!("cannot ask for {what}: {error}")))?;
    Ok(Zeroizing::new(answer))
}

/// Asks on the terminal; elsewhere, takes the next line of standard input.
pub(crate) fn ask_or_read(what: &str) -> Result<Secret, Failure> {
    if can_ask() {
        return ask(what);
    }
    let mut line = Zeroizing::new(String::new());
    let read = io::stdin().lock().read_line(&mut line);
    match read {
        Ok(0) => Err(Failure::usage(format!(
            "standard input ended before `{what}`"
        ))),
        Ok(_) => Ok(Zeroizing::new(
            line.trim_end_matches(['\r', '\n']).to_owned(),
        )),
        Err(error) => Err(Failure::usage(format!("cannot read `{what}`: {error}"))),
    }
}
