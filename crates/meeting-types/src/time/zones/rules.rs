//! Ids by the rules of a zone, for zones that the table does not name.

use jiff::{
    Timestamp as Instant,
    tz::{Offset, TimeZone},
};

use super::{NoTimeZoneId, TimeZoneId};
use crate::time::Timestamp;

/// 2027-01-01: from here on, clocks are compared when no day is given.
const WITHOUT_A_DAY: Instant = Instant::constant(1_798_761_600, 0);
/// Ten years: longer than bookings look ahead, and short enough that every rule repeats inside.
const COMPARED_SECONDS: i64 = 10 * 366 * 86_400;

impl TimeZoneId {
    /// The id for a time zone, as its clock goes from `from` on.
    ///
    /// A zone that the table names by one of its places gets the id of that row, as in
    /// [`from_iana`](Self::from_iana). Any other one, also without a name, gets the id of a row whose zone has
    /// the same offset and changes it at the same instants in the following ten years. Of several
    /// rows the first in the same part of the world is taken, else the first.
    ///
    /// ```
    /// use jiff::tz::TimeZone;
    /// use meeting_types::{TimeZoneId, Timestamp};
    ///
    /// let start: Timestamp = "2027-03-01 08:00".parse()?;
    /// let manila = TimeZoneId::for_zone(&TimeZone::get("Asia/Manila")?, start)?;
    /// assert_eq!(manila.iana_name(), Some("Asia/Shanghai"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`NoTimeZoneId`] when no row has that clock. It names the rows with the same offset at `from`.
    pub fn for_zone(zone: &TimeZone, from: Timestamp) -> Result<Self, NoTimeZoneId> {
        if let Some(id) = zone.iana_name().and_then(Self::named) {
            return Ok(id);
        }
        let from = Instant::try_from(from).unwrap_or(if from.as_millis() < 0 {
            Instant::MIN
        } else {
            Instant::MAX
        });
        by_rules(zone, from)
    }
}

/// The id for a zone of the time zone database that the table does not name.
pub(super) fn id_of_name(name: &str) -> Result<TimeZoneId, NoTimeZoneId> {
    let zone = TimeZone::get(name).map_err(|_| NoTimeZoneId::new(name, Vec::new()))?;
    by_rules(&zone, WITHOUT_A_DAY)
}

fn by_rules(zone: &TimeZone, from: Instant) -> Result<TimeZoneId, NoTimeZoneId> {
    let mut with_the_offset = Vec::new();
    let mut with_the_clock = Vec::new();
    let clock = Clock::new(zone, from);
    for id in TimeZoneId::all().filter(|id| id.offset_is_current()) {
        let Some(other) = id.iana_name().and_then(|name| TimeZone::get(name).ok()) else {
            continue;
        };
        if other.to_offset(from) == clock.offset {
            with_the_offset.push(id);
            if Clock::new(&other, from) == clock {
                with_the_clock.push(id);
            }
        }
    }
    let name = zone.iana_name().unwrap_or("a zone without a name");
    let nearness = |id: &&TimeZoneId| {
        let parts = name
            .split('/')
            .zip(id.iana_name().unwrap_or_default().split('/'));
        parts.take_while(|(own, other)| own == other).count()
    };
    // Of equally near ones the last is taken, so they are asked in reverse.
    let nearest = with_the_clock.iter().rev().max_by_key(nearness);
    nearest
        .copied()
        .ok_or_else(|| NoTimeZoneId::new(name, with_the_offset))
}

/// The offset at one instant, and the changes of it in the years after.
#[derive(PartialEq)]
struct Clock {
    offset: Offset,
    changes: Vec<(Instant, Offset)>,
}

impl Clock {
    fn new(zone: &TimeZone, from: Instant) -> Self {
        let end = from.as_second().saturating_add(COMPARED_SECONDS);
        let mut offset = zone.to_offset(from);
        let mut changes = Vec::new();
        for change in zone.following(from) {
            if change.timestamp().as_second() > end {
                break;
            }
            // Some transitions change the abbreviation only.
            if change.offset() != offset {
                offset = change.offset();
                changes.push((change.timestamp(), offset));
            }
        }
        Self {
            offset: zone.to_offset(from),
            changes,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "these are tests")]
mod tests {
    use jiff::tz::TimeZoneDatabase;

    use super::*;

    #[test]
    fn all_places_of_a_row_keep_the_same_clock() {
        // The data that the crate brings along, because those of a machine may be of any year.
        let zones = TimeZoneDatabase::bundled();
        let clock = |name| Clock::new(&zones.get(name).unwrap(), WITHOUT_A_DAY);
        for id in TimeZoneId::all() {
            let names = id.row().unwrap().iana;
            let own = clock(names[0]);
            for name in names {
                assert!(clock(name) == own, "{name} in {id:?}");
            }
        }
    }
}
