//! The table of error codes: reads its lines, and writes them as Rust.

use std::{cmp::Ordering, collections::HashMap};

use super::{
    OUTPUT_FOLDERS, SPEC_FOLDER,
    problem::{At, Problems},
    spec,
};

/// The file among the documents.
pub(crate) const FILE: &str = "error-codes.tsv";
/// What stands above the lines.
const COLUMNS: &str = "code\tstatus\tprefix\tclass\tgist";
/// The longest gist, so that a line of the Rust can be read without scrolling.
const LONGEST_GIST: usize = 90;

/// The variants of `ErrorClass`, as the table spells them. The compiler knows if one is not there.
const CLASSES: &[&str] = &[
    "account-disabled",
    "already-there",
    "busy",
    "call-ended",
    "call-failed",
    "conference-token-refused",
    "feature-missing",
    "forbidden",
    "invalid-parameter",
    "locked",
    "login-refused",
    "not-found",
    "not-running",
    "other",
    "password-not-allowed",
    "password-required",
    "quota-exceeded",
    "server-fault",
    "signature-refused",
    "state-conflict",
    "throttled",
    "token-expired",
    "unknown-participant",
    "verification-refused",
    "wrong-password",
];

/// The whole table.
#[derive(Debug, Default)]
pub(crate) struct Table<'a> {
    sha256: String,
    rows: Vec<Row<'a>>,
}

#[derive(Debug)]
struct Row<'a> {
    code: &'a str,
    /// The digits behind the prefix.
    number: &'a str,
    /// The HTTP status, where it is more than a guess.
    status: Option<u16>,
    /// The constructor that says how sure the prefix is.
    prefix: &'a str,
    class: &'a str,
    gist: &'a str,
}

impl Row<'_> {
    fn order(&self, other: &Self) -> Ordering {
        (self.number, self.code).cmp(&(other.number, other.code))
    }
}

impl Table<'_> {
    /// The class and the gist of a code.
    pub(crate) fn meaning(&self, code: &str) -> Option<(&str, &str)> {
        let row = self.rows.iter().find(|row| row.code == code)?;
        Some((row.class, row.gist))
    }
}

/// Reads the table, or adds all that is wrong with it.
pub(crate) fn parse<'a>(text: &'a str, problems: &mut Problems) -> Table<'a> {
    let mut rows: Vec<Row<'a>> = Vec::new();
    let mut nine_digits = HashMap::new();
    let mut has_head = false;
    for (index, line) in text.split_terminator('\n').enumerate() {
        let at = At::document(FILE).key(format_args!("line {}", index + 1));
        if line.starts_with('#') {
            continue;
        }
        if !has_head {
            has_head = true;
            if line != COLUMNS {
                let wanted = COLUMNS.replace('\t', ", ");
                problems.add(
                    &at,
                    format_args!("the first line must name the columns: {wanted}"),
                );
                break;
            }
            continue;
        }
        let row = match row(line) {
            Ok(row) => row,
            Err(problem) => {
                problems.add(&at, problem);
                continue;
            }
        };
        if let Some(last) = rows.last() {
            match last.order(&row) {
                Ordering::Less => {}
                Ordering::Equal => problems.add(&at, format_args!("`{}` is there twice", row.code)),
                Ordering::Greater => problems.add(
                    &at,
                    format_args!("`{}` must stand before `{}`", row.code, last.code),
                ),
            }
        }
        // The lookup takes nine digits under any prefix where the prefix is not sure, so a number
        // that several families share must be sure in each of them.
        if row.number.len() == 9
            && let Some((other, seen)) =
                nine_digits.insert(row.number, (row.code, row.prefix == "seen"))
            && other != row.code
            && !(seen && row.prefix == "seen")
        {
            let problem = format_args!(
                "`{}` and `{other}` have the same number, so both prefixes must be `seen`",
                row.code
            );
            problems.add(&at, problem);
        }
        rows.push(row);
    }
    if !has_head {
        problems.add(&At::document(FILE), "there is no table in it");
    }
    if !text.ends_with('\n') {
        problems.add(&At::document(FILE), "the last line has no line break");
    }
    let sha256 = spec::sha256(text);
    Table { sha256, rows }
}

fn row(line: &str) -> Result<Row<'_>, String> {
    let columns: Vec<&str> = line.split('\t').collect();
    let &[code, status, prefix, class, gist] = columns.as_slice() else {
        return Err(format!("5 columns are wanted, {} found", columns.len()));
    };
    let number = number(code)?;
    let has_prefix = number.len() < code.len();
    if !matches!(
        (prefix, has_prefix),
        ("seen" | "inferred", true) | ("none", false)
    ) {
        return Err(format!(
            "the prefix of `{code}` cannot be `{prefix}`: \
             it is `seen`, `inferred`, or `none` without one"
        ));
    }
    if !CLASSES.contains(&class) {
        return Err(format!(
            "there is no class `{class}`; there are {}",
            CLASSES.join(", ")
        ));
    }
    check_gist(gist)?;
    Ok(Row {
        code,
        number,
        status: known_status(status)?,
        prefix,
        class,
        gist,
    })
}

/// The digits of a code such as `MMC.111072005`.
fn number(code: &str) -> Result<&str, String> {
    let (prefix, number) = match code.split_once('.') {
        Some((prefix, number)) => (Some(prefix), number),
        None => (None, code),
    };
    let is_prefix =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_uppercase());
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    if is_number && prefix.is_none_or(is_prefix) {
        Ok(number)
    } else {
        Err(format!(
            "`{code}` is no code: capitals, a full stop and digits, or digits alone"
        ))
    }
}

/// The status, unless it is missing, a guess or no more than a family.
fn known_status(text: &str) -> Result<Option<u16>, String> {
    if matches!(text, "" | "4xx" | "5xx") {
        return Ok(None);
    }
    let (digits, is_guess) = match text.strip_suffix('?') {
        Some(digits) => (digits, true),
        None => (text, false),
    };
    match digits.parse() {
        Ok(status @ 100..=599) if digits.len() == 3 => Ok((!is_guess).then_some(status)),
        _ => Err(format!(
            "`{text}` is no status: 400, `400?` for a guess, `4xx`, or nothing"
        )),
    }
}

fn check_gist(gist: &str) -> Result<(), String> {
    let length = gist.chars().count();
    if gist.trim() != gist || !gist.starts_with(|first: char| first.is_uppercase()) {
        Err("the gist must begin with a capital and have no blanks around it".to_owned())
    } else if gist.ends_with('.') {
        Err("the gist must not end with a full stop: it goes into a longer line".to_owned())
    } else if gist.contains(char::is_control) {
        Err("the gist holds a control character".to_owned())
    } else if length > LONGEST_GIST {
        Err(format!(
            "the gist has {length} characters; {LONGEST_GIST} are allowed"
        ))
    } else {
        Ok(())
    }
}

/// The file with the table: its path and text.
pub(crate) fn emit(table: &Table<'_>) -> (String, String) {
    let [_, _, folder] = OUTPUT_FOLDERS;
    let mut out = format!(
        "// Generated by `cargo xtask codegen` from {SPEC_FOLDER}/{FILE}. Do not edit.\n\
         // Spec SHA-256: {}\n\
         \n\
         //! The known codes, in the order of their numbers: code, HTTP status (0 where it is not\n\
         //! known), class and gist. The first word says how sure the prefix is.\n\n",
        table.sha256
    );
    out.push_str("use super::{ErrorClass::*, ErrorCode, bare, inferred, seen};\n\n");
    // A table is easier to read with a code a line than as rustfmt breaks calls.
    out.push_str("#[rustfmt::skip]\npub(in crate::error) static ALL: &[ErrorCode] = &[\n");
    for row in &table.rows {
        let prefix = match row.prefix {
            "none" => "bare",
            prefix => prefix,
        };
        out.push_str(&format!(
            "    {prefix}({:?}, {}, {}, {:?}),\n",
            row.code,
            row.status.unwrap_or(0),
            variant(row.class),
            row.gist
        ));
    }
    out.push_str("];\n");
    (format!("{folder}/table.rs"), out)
}

/// The variant `NotFound` of the class `not-found`.
fn variant(class: &str) -> String {
    class
        .split('-')
        .map(|word| {
            let (first, rest) = word.split_at(word.len().min(1));
            first.to_uppercase() + rest
        })
        .collect()
}
