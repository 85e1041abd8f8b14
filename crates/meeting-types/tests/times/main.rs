//! Times, dates, time zones and countries, as programs use them.

#![allow(clippy::unwrap_used, reason = "these are tests")]

mod arithmetic;
mod conversions;
mod countries;
#[cfg(feature = "jiff")]
mod local;
mod spellings;
mod zones;
