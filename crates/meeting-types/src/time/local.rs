//! Starts of meetings as a clock on the wall shows them.

use jiff::{
    Zoned,
    civil::DateTime,
    tz::{AmbiguousOffset, AmbiguousZoned, Disambiguation, TimeZone},
};

use super::{NoTimeZoneId, TimeZoneId, Timestamp};

/// The start of a meeting at a local time: the instant, and the id of the zone for its notices.
///
/// The instant comes from the rules of the zone, never from the service's own table of offsets. Rules
/// change by decree, so keep the time zone data fresh: those of the system are taken first, and those
/// that this crate brings along where it has none. To take the latter always, pass a zone of
/// [`jiff::tz::TimeZoneDatabase::bundled`].
///
/// ```
/// use jiff::civil::date;
/// use meeting_types::LocalStart;
///
/// let summer = LocalStart::new(date(2027, 7, 5).at(9, 30, 0, 0), "Europe/Paris")?;
/// assert_eq!(summer.instant.to_string(), "2027-07-05T07:30:00.000Z");
/// let winter = LocalStart::new(date(2027, 1, 5).at(9, 30, 0, 0), "Europe/Paris")?;
/// assert_eq!(winter.instant.to_string(), "2027-01-05T08:30:00.000Z");
/// assert_eq!(winter.time_zone_id.number(), 29);
/// # Ok::<(), meeting_types::LocalTimeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct LocalStart {
    /// Start of the meeting.
    pub instant: Timestamp,
    /// The zone that notices are written in.
    pub time_zone_id: TimeZoneId,
}

impl LocalStart {
    /// The start at a local time that the zone has exactly once.
    ///
    /// # Errors
    ///
    /// [`LocalTimeError::Gap`] and [`LocalTimeError::Fold`] when clocks skip that time or show it
    /// twice: then [`choosing`](Self::choosing) takes one of the two. [`LocalTimeError::UnknownZone`] when there is
    /// no such zone, [`LocalTimeError::NoTimeZoneId`] when the service has no id for it.
    pub fn new(local: DateTime, zone: impl IntoTimeZone) -> Result<Self, LocalTimeError> {
        Self::choosing(local, zone, Disambiguation::Reject)
    }

    /// The start at a local time; where clocks skip it or show it twice, as `choice` says.
    ///
    /// # Errors
    ///
    /// As for [`new`](Self::new); gaps and folds only with [`Disambiguation::Reject`].
    pub fn choosing(
        local: DateTime,
        zone: impl IntoTimeZone,
        choice: Disambiguation,
    ) -> Result<Self, LocalTimeError> {
        let ambiguous = zone.into_time_zone()?.into_ambiguous_zoned(local);
        if matches!(choice, Disambiguation::Reject) && ambiguous.is_ambiguous() {
            return Err(LocalTimeError::of(&ambiguous));
        }
        let zoned = ambiguous
            .disambiguate(choice)
            .map_err(|_| LocalTimeError::OutOfRange { local })?;
        Self::try_from(&zoned)
    }
}

/// Takes the instant and the zone. Fails with [`LocalTimeError::NoTimeZoneId`] only.
impl TryFrom<&Zoned> for LocalStart {
    type Error = LocalTimeError;

    fn try_from(zoned: &Zoned) -> Result<Self, LocalTimeError> {
        let instant = Timestamp::from(zoned);
        let time_zone_id = TimeZoneId::for_zone(zoned.time_zone(), instant)
            .map_err(|source| LocalTimeError::NoTimeZoneId { instant, source })?;
        Ok(Self {
            instant,
            time_zone_id,
        })
    }
}

/// A time zone, or the IANA name of one. It cannot be implemented elsewhere.
pub trait IntoTimeZone: sealed::Sealed {
    /// The zone.
    ///
    /// # Errors
    ///
    /// [`LocalTimeError::UnknownZone`] when no zone has that name.
    fn into_time_zone(self) -> Result<TimeZone, LocalTimeError>;
}

mod sealed {
    pub trait Sealed {}

    impl Sealed for &str {}
    impl Sealed for &String {}
    impl Sealed for jiff::tz::TimeZone {}
    impl Sealed for &jiff::tz::TimeZone {}
}

impl IntoTimeZone for &str {
    fn into_time_zone(self) -> Result<TimeZone, LocalTimeError> {
        TimeZone::get(self).map_err(|_| LocalTimeError::UnknownZone {
            name: self.to_owned(),
        })
    }
}

impl IntoTimeZone for &String {
    fn into_time_zone(self) -> Result<TimeZone, LocalTimeError> {
        self.as_str().into_time_zone()
    }
}

impl IntoTimeZone for TimeZone {
    fn into_time_zone(self) -> Result<TimeZone, LocalTimeError> {
        Ok(self)
    }
}

impl IntoTimeZone for &TimeZone {
    fn into_time_zone(self) -> Result<TimeZone, LocalTimeError> {
        Ok(self.clone())
    }
}

/// A local time does not say when a meeting starts, or in which zone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LocalTimeError {
    /// The time zone database has no zone of that name.
    #[error("there is no time zone {name:?}: write its IANA name, such as `Europe/Paris`")]
    UnknownZone {
        /// The name as it was given.
        name: String,
    },
    /// Clocks are put forward over that time, so it is never shown.
    #[error(
        "clocks in {zone} skip {local}: it would be {earlier} by the clock after the change, or \
         {later} by the clock before it; choose with `LocalStart::choosing`, or set another time"
    )]
    Gap {
        /// The local time.
        local: DateTime,
        /// The zone.
        zone: String,
        /// The instant by the offset after the change, as [`Disambiguation::Earlier`] takes it.
        earlier: Timestamp,
        /// The instant by the offset before the change, as [`Disambiguation::Later`] takes it.
        later: Timestamp,
    },
    /// Clocks are put back over that time, so it is shown twice.
    #[error(
        "clocks in {zone} show {local} twice: at {earlier} and at {later}; choose with \
         `LocalStart::choosing`, or set another time"
    )]
    Fold {
        /// The local time.
        local: DateTime,
        /// The zone.
        zone: String,
        /// The first time, as [`Disambiguation::Earlier`] takes it.
        earlier: Timestamp,
        /// The second time, as [`Disambiguation::Later`] takes it.
        later: Timestamp,
    },
    /// The service has no id for the zone. The instant is sure, so set both apart: the instant as start,
    /// and the id of a zone that notices may be written in.
    #[error("{source}; the meeting would start at {instant}")]
    NoTimeZoneId {
        /// Start of the meeting.
        instant: Timestamp,
        /// The zone, and ids to choose from.
        source: NoTimeZoneId,
    },
    /// The instant is outside the years -9999 to 9999.
    #[error("{local} is too near to the end of the calendar")]
    OutOfRange {
        /// The local time.
        local: DateTime,
    },
}

impl LocalTimeError {
    /// Both instants of a gap or fold, the earlier one first.
    #[must_use]
    pub fn instants(&self) -> Option<[Timestamp; 2]> {
        match self {
            Self::Gap { earlier, later, .. } | Self::Fold { earlier, later, .. } => {
                Some([*earlier, *later])
            }
            _ => None,
        }
    }

    fn of(ambiguous: &AmbiguousZoned) -> Self {
        let local = ambiguous.datetime();
        let instant = |choice| {
            let zoned = ambiguous.clone().disambiguate(choice);
            zoned.map(Timestamp::from)
        };
        let zone = match ambiguous.time_zone().iana_name() {
            Some(name) => name.to_owned(),
            None => "the zone".to_owned(),
        };
        match (
            instant(Disambiguation::Earlier),
            instant(Disambiguation::Later),
        ) {
            (Ok(earlier), Ok(later)) => match ambiguous.offset() {
                AmbiguousOffset::Gap { .. } => Self::Gap {
                    local,
                    zone,
                    earlier,
                    later,
                },
                _ => Self::Fold {
                    local,
                    zone,
                    earlier,
                    later,
                },
            },
            _ => Self::OutOfRange { local },
        }
    }
}
