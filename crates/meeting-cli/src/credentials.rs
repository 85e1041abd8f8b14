//! Settings and credentials: from a file that nobody else may read, and from the environment.

use std::{collections::BTreeMap, fs::File, io::Read, path::Path};

use zeroize::Zeroizing;

use crate::{
    failure::Failure,
    nearest::nearest,
    secrets::{Secret, from_environment},
};

/// What can be set. In the environment, each name has `MEETING_` before it and is in capitals.
const NAMES: &[&str] = &[
    "endpoint",
    "app_id",
    "app_key",
    "user_id",
    "corp_id",
    "account",
    "password",
    "access_token",
    "conference",
    "conference_password",
    "conference_token",
];

/// What the file says, and behind it the environment.
#[derive(Default)]
pub(crate) struct Settings {
    file: BTreeMap<&'static str, Secret>,
}

impl Settings {
    /// Reads the file, if there is one.
    pub(crate) fn load(file: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = file else {
            return Ok(Self::default());
        };
        let name = path.display();
        let cannot = |error| Failure::usage(format!("cannot read {name}: {error}"));
        let mut open = File::open(path).map_err(cannot)?;
        refuse_if_others_can_read(&open, path)?;
        let mut text = Zeroizing::new(String::new());
        open.read_to_string(&mut text).map_err(cannot)?;
        let file = read(&text).map_err(|message| Failure::usage(format!("{name}: {message}")))?;
        Ok(Self { file })
    }

    /// A setting, if it is set.
    pub(crate) fn get(&self, name: &str) -> Option<Secret> {
        debug_assert!(NAMES.contains(&name));
        let of_file = self.file.get(name).cloned();
        of_file.or_else(|| from_environment(&format!("MEETING_{}", name.to_ascii_uppercase())))
    }
}

#[cfg(unix)]
fn refuse_if_others_can_read(file: &File, path: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt;

    let path = path.display();
    let metadata = file
        .metadata()
        .map_err(|error| Failure::usage(format!("cannot read {path}: {error}")))?;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(Failure::usage(format!(
            "{path} holds credentials and others may use it (mode {mode:03o}); run `chmod 600 {path}`"
        )));
    }
    Ok(())
}

#[cfg(not(unix))]
fn refuse_if_others_can_read(_: &File, _: &Path) -> Result<(), Failure> {
    Ok(())
}

/// Reads lines of `key = "value"`, as TOML has them, or `KEY=value`. No message holds a value.
fn read(text: &str) -> Result<BTreeMap<&'static str, Secret>, String> {
    let mut settings = BTreeMap::new();
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if line.starts_with('[') {
            return Err(format!(
                "line {number}: sections are not read, only `key = value`"
            ));
        }
        let (key, value) = line
            .split_once('=')
            .ok_or_else(|| format!("line {number} is not `key = value`"))?;
        let key = key
            .trim()
            .trim_start_matches("export ")
            .to_ascii_lowercase();
        let key = key.strip_prefix("meeting_").unwrap_or(&key);
        let Some(name) = NAMES.iter().find(|name| **name == key) else {
            let hint = nearest(key, NAMES.iter().copied());
            let hint = hint.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            // The key itself may be a slip that holds a value, so only its line is named.
            return Err(format!("line {number} sets nothing that is known{hint}"));
        };
        let value = value_of(value.trim())
            .ok_or_else(|| format!("line {number}: the quotes of `{name}` do not end"))?;
        settings.insert(*name, value);
    }
    Ok(settings)
}

/// A value without its quotes. A comment may follow closing quotes, and only them: a bare value can
/// hold a `#`.
fn value_of(text: &str) -> Option<Secret> {
    let is_end = |rest: &str| rest.trim().is_empty() || rest.trim_start().starts_with('#');
    let value = match text.chars().next() {
        Some('"') => {
            // TOML and JSON escape alike, as far as keys and passwords go.
            let mut values = serde_json::Deserializer::from_str(text).into_iter::<String>();
            let value = values.next()?.ok()?;
            is_end(&text[values.byte_offset()..]).then_some(value)?
        }
        Some('\'') => {
            let (value, rest) = text[1..].split_once('\'')?;
            is_end(rest).then(|| value.to_owned())?
        }
        _ => text.to_owned(),
    };
    Some(Zeroizing::new(value))
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn both_spellings_are_read() {
        let text = "# mine\napp_id = \"a\\\"b\" # the app\nMEETING_APP_KEY=k=#1\nexport MEETING_USER_ID='u'\n\n";
        let settings = read(text).unwrap();
        let found: Vec<_> = settings
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        assert_eq!(
            found,
            [("app_id", "a\"b"), ("app_key", "k=#1"), ("user_id", "u")]
        );
    }

    #[test]
    fn what_cannot_be_read_is_refused_without_its_value() {
        for (text, says) in [
            (
                "appkey = s3cret",
                "line 1 sets nothing that is known; did you mean `app_key`?",
            ),
            ("[app]\n", "line 1: sections"),
            ("s3cret", "line 1 is not"),
            ("password = \"s3cret", "line 1: the quotes of `password`"),
            ("password = 's3cret' x", "line 1: the quotes of `password`"),
        ] {
            let message = read(text).unwrap_err();
            assert!(message.starts_with(says), "{message}");
            assert!(!message.contains("s3cret"), "{message}");
        }
    }
}
