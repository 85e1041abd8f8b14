//! The time zones that the service numbers.

mod no_id;
#[cfg(feature = "jiff")]
mod rules;
mod table;
mod wire;

use std::fmt;

pub use no_id::NoTimeZoneId;
use table::{ROWS, Row};

/// Id of a time zone in the service's own table (reference page `meeting_21_0110`).
///
/// The id tells in which time notices are written, and on which days a recurring meeting takes
/// place. It never shifts the start of a meeting, which travels in UTC: do not compute an instant
/// from [`offset_minutes`](Self::offset_minutes), which knows no summer time and is out of date for
/// some rows. Take the instant from the IANA zone instead; with the feature `jiff`,
/// `Booking::starts_at_local` does.
///
/// Any number can be held and is read from responses. A request takes 0 to 77. Two editions of the
/// reference that differ in a few rows are known; which of them the service applies is not.
///
/// ```
/// use meeting_types::TimeZoneId;
///
/// let paris = TimeZoneId::from_iana("Europe/Paris")?;
/// assert_eq!(paris.number(), 29);
/// assert_eq!(paris.offset(), Some("+01:00"));
/// assert!(paris.has_summer_time());
/// assert_eq!(TimeZoneId::new(56).iana_name(), Some("Asia/Shanghai"));
/// # Ok::<(), meeting_types::NoTimeZoneId>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TimeZoneId(i64);

impl TimeZoneId {
    /// Id 0, which leaves the zone to the service. The client program of the service has it; the
    /// reference does not print it.
    pub const SERVICE_DEFAULT: Self = Self(0);
    /// The greatest id that a request takes.
    pub(crate) const GREATEST: i64 = 77;

    /// The id with this number. One outside of 0 to 77 is refused when a request is checked.
    #[must_use]
    pub const fn new(number: i64) -> Self {
        Self(number)
    }

    /// The ids of the table, 1 to 77, in their order.
    pub fn all() -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator {
        (1..78).map(|number: i32| Self(number.into()))
    }

    /// The id for an IANA zone, such as `Europe/Paris`. Case does not matter.
    ///
    /// A zone that the table names by one of its places gets the id of that row. With the feature
    /// `jiff`, any other zone gets the id of a row with the same clock: the same offset, and the same
    /// changes of it in the ten years from 2027 on. `TimeZoneId::for_zone` compares from another day on.
    ///
    /// Four rows print an offset that their place keeps no more, so notices may show another hour:
    /// see [`offset_is_current`](Self::offset_is_current).
    ///
    /// # Errors
    ///
    /// [`NoTimeZoneId`] when no row fits, as for `Asia/Beirut`. It names rows to choose from.
    pub fn from_iana(name: &str) -> Result<Self, NoTimeZoneId> {
        if let Some(id) = Self::named(name) {
            return Ok(id);
        }
        #[cfg(feature = "jiff")]
        return rules::id_of_name(name);
        #[cfg(not(feature = "jiff"))]
        Err(NoTimeZoneId::new(name, Vec::new()))
    }

    /// The row that names the zone.
    fn named(name: &str) -> Option<Self> {
        let names_it = |id: &Self| {
            id.row()
                .is_some_and(|row| row.iana.iter().any(|iana| iana.eq_ignore_ascii_case(name)))
        };
        // Irkutsk stands in two rows, and the earlier one prints the offset that it keeps.
        Self::all().find(names_it)
    }

    /// The number, as the service writes it.
    #[must_use]
    pub const fn number(self) -> i64 {
        self.0
    }

    /// Whether the table has the id: 1 to 77.
    #[must_use]
    pub fn is_known(self) -> bool {
        self.row().is_some()
    }

    /// The offset as the table prints it, such as `+05:30`; `None` for an id outside the table.
    ///
    /// It is a label for people: it knows no summer time.
    #[must_use]
    pub fn offset(self) -> Option<&'static str> {
        Some(self.row()?.offset)
    }

    /// The printed offset in minutes east of UTC; `None` for an id outside the table.
    #[must_use]
    pub fn offset_minutes(self) -> Option<i32> {
        Some(self.row()?.offset_minutes.into())
    }

    /// The places of the row, in English; `None` for an id outside the table.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        Some(self.row()?.name)
    }

    /// The IANA zone that stands for the row; `None` for an id outside the table.
    ///
    /// The service names no IANA zones, so this column is ours. It is no full way back: ids 57 and 74
    /// both give `Asia/Irkutsk`.
    #[must_use]
    pub fn iana_name(self) -> Option<&'static str> {
        self.row()?.iana.first().copied()
    }

    /// Whether the clocks of [`iana_name`](Self::iana_name) change during the year, by the time zone
    /// data of 2026. Whether the service moves them as well is not known.
    #[must_use]
    pub fn has_summer_time(self) -> bool {
        self.row().is_some_and(|row| row.has_summer_time)
    }

    /// Whether the printed offset is the standard offset that [`iana_name`](Self::iana_name) keeps
    /// in 2026. False for 21, 50, 52 and 74: if the service takes its own table at its word, notices
    /// show another hour than the clock on the wall.
    #[must_use]
    pub fn offset_is_current(self) -> bool {
        self.row().is_some_and(|row| row.offset_is_current)
    }

    fn row(self) -> Option<&'static Row> {
        let index = self.0.checked_sub(1)?;
        ROWS.get(usize::try_from(index).ok()?)
    }
}

/// Prints the number.
impl fmt::Display for TimeZoneId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Prints the number, and the zone behind it where the table has one.
impl fmt::Debug for TimeZoneId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.iana_name() {
            Some(name) => write!(f, "TimeZoneId({} {name})", self.0),
            None => write!(f, "TimeZoneId({})", self.0),
        }
    }
}
