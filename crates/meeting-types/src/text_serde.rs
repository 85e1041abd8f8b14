//! serde for single values: ids and open enums as text or number, times as text.
//!
//! The form is the same in all formats, whether people can read them or not, and the same for a key of
//! a map.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, Unexpected, Visitor},
};

use crate::{
    Date, Timestamp,
    schema::{Format, Value, WireInput},
};

/// `Serialize`, `Deserialize` and `FromStr` for a text that has `as_str` and
/// `From<&str>`.
macro_rules! text {
    ($name:ident) => {
        /// Writes the text that stands for it on the wire.
        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        /// Reads a text, or a whole number as text.
        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                $crate::text_serde::deserialize_text(deserializer)
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = ::std::convert::Infallible;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Ok(Self::from(text))
            }
        }
    };
}

/// `Serialize`, `Deserialize` and `FromStr` for a number that has `code` and `From<i32>`.
macro_rules! number {
    ($name:ident) => {
        /// Writes the number that stands for it on the wire.
        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_i32(self.code())
            }
        }

        /// Reads a number, or its digits as text.
        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                $crate::text_serde::deserialize_number(deserializer).map(Self::from)
            }
        }

        /// Reads the digits of the number on the wire.
        impl ::std::str::FromStr for $name {
            type Err = ::std::num::ParseIntError;

            fn from_str(digits: &str) -> Result<Self, Self::Err> {
                digits.trim().parse::<i32>().map(Self::from)
            }
        }
    };
}

pub(crate) use {number, text};

pub(crate) fn deserialize_text<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: for<'a> From<&'a str>,
    D: Deserializer<'de>,
{
    struct Text<T>(PhantomData<T>);

    impl<T: for<'a> From<&'a str>> Visitor<'_> for Text<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text")
        }

        fn visit_str<E>(self, text: &str) -> Result<T, E> {
            Ok(T::from(text))
        }

        fn visit_i64<E>(self, number: i64) -> Result<T, E> {
            Ok(T::from(itoa::Buffer::new().format(number)))
        }

        fn visit_u64<E>(self, number: u64) -> Result<T, E> {
            Ok(T::from(itoa::Buffer::new().format(number)))
        }
    }

    deserializer.deserialize_any(Text(PhantomData))
}

pub(crate) fn deserialize_number<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<i32, D::Error> {
    struct Number;

    impl Visitor<'_> for Number {
        type Value = i32;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a number of 32 bits")
        }

        fn visit_i64<E: Error>(self, number: i64) -> Result<i32, E> {
            i32::try_from(number).map_err(|_| E::invalid_value(Unexpected::Signed(number), &self))
        }

        fn visit_u64<E: Error>(self, number: u64) -> Result<i32, E> {
            i32::try_from(number).map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))
        }

        fn visit_str<E: Error>(self, digits: &str) -> Result<i32, E> {
            let number = digits.trim().parse();
            number.map_err(|_| E::invalid_value(Unexpected::Str(digits), &self))
        }
    }

    deserializer.deserialize_any(Number)
}

/// Writes RFC 3339, as `2026-11-22T08:30:00.000Z`. A time that no calendar has is written as its
/// milliseconds since 1970, in digits.
impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Reads RFC 3339, the spellings of the wire, and milliseconds since 1970.
impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Time;

        impl Visitor<'_> for Time {
            type Value = Timestamp;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a time, as RFC 3339 or in milliseconds since 1970")
            }

            fn visit_i64<E>(self, millis: i64) -> Result<Timestamp, E> {
                Ok(Timestamp::from_millis(millis))
            }

            fn visit_u64<E: Error>(self, millis: u64) -> Result<Timestamp, E> {
                i64::try_from(millis)
                    .map(Timestamp::from_millis)
                    .map_err(|_| E::invalid_value(Unexpected::Unsigned(millis), &self))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Timestamp, E> {
                let mut time = Timestamp::from_millis(0);
                if time.read(WireInput::Text(text), Format::Iso) {
                    Ok(time)
                } else {
                    Err(E::invalid_value(Unexpected::Str(text), &self))
                }
            }
        }

        deserializer.deserialize_any(Time)
    }
}

/// Writes `yyyy-MM-dd`.
impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Reads `yyyy-MM-dd`.
impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Day;

        impl Visitor<'_> for Day {
            type Value = Date;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a date, as yyyy-MM-dd")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Date, E> {
                let date = text.parse();
                date.map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
            }
        }

        deserializer.deserialize_str(Day)
    }
}
