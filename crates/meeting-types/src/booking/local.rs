//! Bookings at a local time.

use jiff::civil::DateTime;

use crate::{IntoTimeZone, LocalStart, LocalTimeError, models::Booking};

impl Booking {
    /// Sets start and time zone by the clock on the wall; whole minutes only. The zone is a
    /// [`jiff::tz::TimeZone`] or the IANA name of one.
    ///
    /// The start is computed by the rules of the zone, never by the service's own table of offsets, which
    /// only labels the notices.
    ///
    /// ```
    /// use jiff::civil::date;
    /// use meeting_types::models::{Booking, MediaType};
    ///
    /// let booking = Booking::new([MediaType::HdVideo])
    ///     .subject("Budget")
    ///     .starts_at_local(date(2027, 7, 5).at(9, 30, 0, 0), "Europe/Paris")?;
    /// assert_eq!(booking.start_time, "2027-07-05 07:30".parse().ok());
    /// assert_eq!(booking.time_zone_id.and_then(|id| id.iana_name()), Some("Europe/Paris"));
    /// # Ok::<(), meeting_types::LocalTimeError>(())
    /// ```
    ///
    /// # Clocks that change
    ///
    /// A local time that clocks skip or show twice is an error which names both instants. To take
    /// one, choose:
    ///
    /// ```
    /// use jiff::{civil::date, tz::Disambiguation};
    /// use meeting_types::{LocalStart, models::Booking};
    ///
    /// let twice = date(2027, 10, 31).at(2, 30, 0, 0);
    /// assert!(Booking::default().starts_at_local(twice, "Europe/Paris").is_err());
    /// let first = LocalStart::choosing(twice, "Europe/Paris", Disambiguation::Earlier)?;
    /// let booking = Booking::default().starts_at(first);
    /// assert_eq!(booking.start_time, "2027-10-31 00:30".parse().ok());
    /// # Ok::<(), meeting_types::LocalTimeError>(())
    /// ```
    ///
    /// # Recurring meetings
    ///
    /// The days of a recurrence are days of the booking's time zone, but the hour travels in UTC. No
    /// source says whether the service keeps the local hour when clocks change. So let no series
    /// cross a change: end it on the day before, and book the rest as another series, with its own
    /// start.
    ///
    /// ```
    /// use jiff::{Timestamp, civil::date, tz::TimeZone};
    /// use meeting_types::models::{Booking, RecurrenceRule, RecurrenceUnit};
    ///
    /// let zone = TimeZone::get("Europe/Paris")?;
    /// let (mut first, last) = (date(2027, 3, 1), date(2027, 4, 30));
    /// let mut bookings = Vec::new();
    /// while first <= last {
    ///     let start = first.at(9, 30, 0, 0);
    ///     let instant = zone.to_timestamp(start)?;
    ///     // The day on which clocks change next, or the day after the series.
    ///     let change = zone.following(instant).next();
    ///     let change = change.map(|change| zone.to_datetime(change.timestamp()).date());
    ///     let next = change.filter(|day| *day > first).unwrap_or(last.tomorrow()?);
    ///     let end = last.min(next.yesterday()?);
    ///     let mondays = RecurrenceRule::new(first.into(), end.into(), RecurrenceUnit::Week)
    ///         .interval(1)
    ///         .days([1_u32]);
    ///     let booking = Booking::default().recurrence(mondays);
    ///     bookings.push(booking.starts_at_local(start, &zone)?);
    ///     first = end.tomorrow()?;
    /// }
    /// let starts: Vec<_> = bookings.iter().filter_map(|booking| booking.start_time).collect();
    /// assert_eq!(starts, ["2027-03-01 08:30".parse()?, "2027-03-28 07:30".parse()?]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// In a zone far from UTC the day of `start_time` can be another one than that of the recurrence:
    /// nine o'clock on a Monday in Auckland is Sunday in UTC. The days stay those of the zone.
    ///
    /// # Errors
    ///
    /// [`LocalTimeError`] for a gap, a fold, a zone that does not exist, and one that the service
    /// has no id for.
    pub fn starts_at_local(
        self,
        local: DateTime,
        zone: impl IntoTimeZone,
    ) -> Result<Self, LocalTimeError> {
        Ok(self.starts_at(LocalStart::new(local, zone)?))
    }

    /// Sets start and time zone. A [`jiff::Zoned`] becomes a [`LocalStart`] by `try_from`.
    #[must_use]
    pub fn starts_at(self, start: LocalStart) -> Self {
        self.start_time(start.instant)
            .time_zone_id(start.time_zone_id)
    }
}
