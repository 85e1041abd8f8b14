//! Times and days to and from other crates, each behind its feature.

#[cfg(feature = "jiff")]
mod with_jiff {
    use meeting_types::{Date, Timestamp};
    use proptest::prelude::*;

    #[test]
    fn instants_and_zoned_times_become_times() {
        let zoned: jiff::Zoned = "2027-07-05T09:30:00.0019+02:00[Europe/Paris]"
            .parse()
            .unwrap();
        let at = Timestamp::from(&zoned);
        assert_eq!(at.to_string(), "2027-07-05T07:30:00.001Z");
        assert_eq!(Timestamp::from(zoned.timestamp()), at);
        let back = jiff::Zoned::try_from(at).unwrap();
        assert_eq!(back.to_string(), "2027-07-05T07:30:00.001+00:00[UTC]");
    }

    #[test]
    fn instants_before_1970_are_rounded_down() {
        let instant = jiff::Timestamp::from_nanosecond(-1).unwrap();
        assert_eq!(Timestamp::from(instant).as_millis(), -1);
    }

    #[test]
    fn what_jiff_cannot_hold_says_so() {
        let error = jiff::Timestamp::try_from(Timestamp::MAX).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the time cannot be a `jiff::Timestamp`: it is outside the years -9999 to 9999"
        );
        assert!(jiff::Zoned::try_from(Timestamp::MIN).is_err());
    }

    proptest! {
        #[test]
        fn times_and_days_come_back(millis in -370_000_000_000_000_i64..250_000_000_000_000, any: i64) {
            let at = Timestamp::from_millis(millis);
            let instant = jiff::Timestamp::try_from(at).unwrap();
            prop_assert_eq!(Timestamp::from(instant), at);
            let day = at.utc_date().unwrap();
            prop_assert_eq!(Date::from(jiff::civil::Date::from(day)), day);
            let _ = jiff::Timestamp::try_from(Timestamp::from_millis(any));
        }
    }
}

#[cfg(feature = "chrono")]
mod with_chrono {
    use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
    use meeting_types::{Date, Timestamp};
    use proptest::prelude::*;

    #[test]
    fn times_of_any_offset_become_times() {
        let text = "2027-07-05T09:30:00+02:00";
        let time: DateTime<FixedOffset> = DateTime::parse_from_rfc3339(text).unwrap();
        assert_eq!(
            Timestamp::from(time).to_string(),
            "2027-07-05T07:30:00.000Z"
        );
    }

    #[test]
    fn what_does_not_fit_says_so() {
        let error = DateTime::<Utc>::try_from(Timestamp::MAX).unwrap_err();
        assert!(error.to_string().contains("chrono::DateTime"), "{error}");
        let error = Date::try_from(NaiveDate::MAX).unwrap_err();
        assert!(error.to_string().contains("-9999 to 9999"), "{error}");
    }

    proptest! {
        #[test]
        fn times_and_days_come_back(millis in -370_000_000_000_000_i64..250_000_000_000_000, any: i64) {
            let at = Timestamp::from_millis(millis);
            let time = DateTime::<Utc>::try_from(at).unwrap();
            prop_assert_eq!(Timestamp::from(time), at);
            let day = at.utc_date().unwrap();
            let naive = NaiveDate::from(day);
            prop_assert_eq!(naive, time.date_naive());
            prop_assert_eq!(Date::try_from(naive), Ok(day));
            let _ = DateTime::<Utc>::try_from(Timestamp::from_millis(any));
        }
    }
}

#[cfg(feature = "time")]
mod with_time {
    use meeting_types::{Date, Timestamp};
    use proptest::prelude::*;
    use time::{OffsetDateTime, UtcDateTime, UtcOffset};

    #[test]
    fn times_of_any_offset_become_times() {
        let at = Timestamp::from_utc(2027, 7, 5, 7, 30).unwrap();
        let time = OffsetDateTime::try_from(at).unwrap();
        let paris = time.to_offset(UtcOffset::from_hms(2, 0, 0).unwrap());
        assert_eq!((paris.hour(), paris.minute()), (9, 30));
        assert_eq!(Timestamp::from(paris), at);
    }

    #[test]
    fn what_does_not_fit_says_so() {
        let error = OffsetDateTime::try_from(Timestamp::MAX).unwrap_err();
        assert!(
            error.to_string().contains("time::OffsetDateTime"),
            "{error}"
        );
        assert!(UtcDateTime::try_from(Timestamp::MIN).is_err());
    }

    proptest! {
        #[test]
        fn times_and_days_come_back(millis in -370_000_000_000_000_i64..250_000_000_000_000, any: i64) {
            let at = Timestamp::from_millis(millis);
            let time = UtcDateTime::try_from(at).unwrap();
            prop_assert_eq!(Timestamp::from(time), at);
            let day = at.utc_date().unwrap();
            let theirs = time::Date::from(day);
            prop_assert_eq!(theirs, time.date());
            prop_assert_eq!(Date::try_from(theirs), Ok(day));
            let _ = OffsetDateTime::try_from(Timestamp::from_millis(any));
        }
    }
}
