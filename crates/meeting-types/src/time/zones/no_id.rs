//! The error for a zone that the service's table does not have.

use std::fmt;

use super::TimeZoneId;

/// No row of the service's table keeps the clock of a time zone.
///
/// The id decides which time notices show, not when a meeting starts. So take the id of a place
/// whose time the invited people know, for example one of [`candidates`](Self::candidates), and set it with
/// `time_zone_id`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoTimeZoneId {
    zone: String,
    candidates: Vec<TimeZoneId>,
}

impl NoTimeZoneId {
    pub(super) fn new(zone: impl Into<String>, candidates: Vec<TimeZoneId>) -> Self {
        let zone = zone.into();
        Self { zone, candidates }
    }

    /// The zone that was asked for.
    #[must_use]
    pub fn zone(&self) -> &str {
        &self.zone
    }

    /// The ids whose zones have the same offset at that time, though other changes of it later. Empty
    /// without the feature `jiff`.
    #[must_use]
    pub fn candidates(&self) -> &[TimeZoneId] {
        &self.candidates
    }
}

impl fmt::Display for NoTimeZoneId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the service has no time zone id for {:?}: choose one from 0 to {} for its notices",
            self.zone,
            TimeZoneId::GREATEST
        )?;
        for (index, id) in self.candidates.iter().enumerate() {
            f.write_str(if index == 0 { ", for example " } else { ", " })?;
            write!(f, "{id} ({})", id.iana_name().unwrap_or_default())?;
        }
        if cfg!(not(feature = "jiff")) {
            f.write_str(", or use the feature `jiff`, which finds an id by the rules of the zone")?;
        }
        Ok(())
    }
}

impl std::error::Error for NoTimeZoneId {}
