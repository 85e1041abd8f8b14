//! Points in time, days and time zones.

mod arithmetic;
mod date;
mod error;
#[cfg(feature = "jiff")]
mod local;
mod timestamp;
#[cfg(feature = "chrono")]
mod with_chrono;
#[cfg(feature = "jiff")]
mod with_jiff;
#[cfg(feature = "time")]
mod with_time;
mod zones;

pub use date::Date;
#[cfg(any(feature = "chrono", feature = "jiff", feature = "time"))]
pub use error::TimeOutOfRange;
pub use error::{InvalidTime, InvalidTimeZoneId};
#[cfg(feature = "jiff")]
pub use local::{IntoTimeZone, LocalStart, LocalTimeError};
pub use timestamp::Timestamp;
pub use zones::{NoTimeZoneId, TimeZoneId};
