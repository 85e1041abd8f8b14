//! Lookup of a code in the table.

use super::code::{ErrorCode, table::ALL};

/// The least number of digits that say by themselves which code is meant.
///
/// Other products use the last four digits of these numbers with meanings of their own.
const TELLING_DIGITS: usize = 8;
/// The number of digits of a complete number.
const DIGITS: usize = 9;

impl ErrorCode {
    /// Looks up a code as the service writes it, such as `MMC.111072005`, or its number alone.
    ///
    /// - A prefix that the table has for the number decides: `USG.000000004` and `MBI.000000004` are
    ///   two entries.
    /// - A number of nine digits whose prefix is not sure counts whatever stands before it.
    /// - A number of eight or nine digits alone is enough, unless several prefixes have it with
    ///   different meanings. Where they mean the same kind of refusal, the first one is given.
    /// - Anything else must match as a whole. A prefix that is *not* in the table for a number that is
    ///   sure to belong to another family finds nothing.
    ///
    /// A number with a digit less is no shortened number: only those that a document prints are in
    /// the table, such as `MMC.11070003` or the numbers of the event of a hang-up. The meaning of
    /// any other would be a guess.
    ///
    /// ```
    /// use meeting_types::ErrorCode;
    ///
    /// assert_eq!(
    ///     ErrorCode::lookup("111072005"),
    ///     ErrorCode::lookup("MMC.111072005")
    /// );
    /// assert_eq!(ErrorCode::lookup("11072005"), None);
    /// ```
    #[must_use]
    pub fn lookup(code: &str) -> Option<&'static Self> {
        let (prefix, number) = split(code);
        let start = ALL.partition_point(|known| known.number() < number);
        let mut same_number = ALL[start..]
            .iter()
            .take_while(|known| known.number() == number);
        if let Some(exact) = same_number.clone().find(|known| known.code() == code) {
            return Some(exact);
        }
        if prefix.is_some() {
            let unsure = |known: &&Self| !known.is_prefix_seen();
            return same_number.find(|known| number.len() == DIGITS && unsure(known));
        }
        let first = same_number.next()?;
        let one_meaning = same_number.all(|other| other.class() == first.class());
        (number.len() >= TELLING_DIGITS && one_meaning).then_some(first)
    }

    /// All known codes, in the order of their numbers.
    #[must_use]
    pub fn all() -> &'static [Self] {
        ALL
    }

    fn number(&self) -> &'static str {
        split(self.code()).1
    }
}

/// The prefix, if there is one, and the number.
fn split(code: &str) -> (Option<&str>, &str) {
    match code.rsplit_once('.') {
        Some((prefix, number)) => (Some(prefix), number),
        None => (None, code),
    }
}
