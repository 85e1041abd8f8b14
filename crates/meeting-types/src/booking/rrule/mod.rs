//! Recurrence rules of calendars (RFC 5545), to and from the service's own.
//!
//! The crate `rrule` parses, checks and expands the rules of calendars. All its times here are times
//! of the clock on the wall in the zone of the meeting, called UTC, so that no change of clocks and no
//! setting of the machine moves a day.

mod expand;
mod read;
mod write;

/// A recurrence rule cannot be turned into one of the other kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RruleError {
    /// The text is no recurrence rule of RFC 5545.
    #[error("not a recurrence rule of RFC 5545: {0}")]
    Invalid(String),
    /// The service cannot repeat a meeting in that way.
    #[error("the service cannot repeat a meeting by `{part}`: {why}")]
    NotForTheService {
        /// The part of the calendar's rule.
        part: String,
        /// The reason.
        why: &'static str,
    },
    /// A calendar cannot say what the rule of the service means.
    #[error("no recurrence rule of RFC 5545 says what `{field}` means here: {why}")]
    NotForACalendar {
        /// The field of the service's rule, in Rust.
        field: &'static str,
        /// The reason.
        why: &'static str,
    },
}

impl RruleError {
    fn service(part: impl Into<String>, why: &'static str) -> Self {
        let part = part.into();
        Self::NotForTheService { part, why }
    }

    fn calendar(field: &'static str, why: &'static str) -> Self {
        Self::NotForACalendar { field, why }
    }

    fn invalid(error: impl std::fmt::Display) -> Self {
        Self::Invalid(error.to_string())
    }
}

/// The greatest number of units between two meetings.
const MOST_DAYS: u16 = 15;
const MOST_WEEKS: u16 = 5;
const MOST_MONTHS: u16 = 3;
/// The most meetings that the service makes of one rule.
const MOST_MEETINGS: u16 = 50;
