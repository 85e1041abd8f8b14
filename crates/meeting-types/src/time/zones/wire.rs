//! Time zone ids on the wire, in text and as numbers.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{TimeZoneId, table::KNOWN};
use crate::{
    schema::{Empty, EnumShape, Format, Kind, Value, WireInput, WireValue},
    time::InvalidTimeZoneId,
};

macro_rules! from_number {
    ($($number:ty),*) => {$(
        impl From<$number> for TimeZoneId {
            fn from(number: $number) -> Self {
                Self(number.into())
            }
        }
    )*};
}

from_number!(u8, i32, u32, i64);

/// Reads the number. For the name of a zone there is [`TimeZoneId::from_iana`].
impl std::str::FromStr for TimeZoneId {
    type Err = InvalidTimeZoneId;

    fn from_str(text: &str) -> Result<Self, InvalidTimeZoneId> {
        text.trim().parse().map(Self).map_err(|_| InvalidTimeZoneId)
    }
}

impl TryFrom<&str> for TimeZoneId {
    type Error = InvalidTimeZoneId;

    fn try_from(text: &str) -> Result<Self, InvalidTimeZoneId> {
        text.parse()
    }
}

impl Value for TimeZoneId {
    fn read(&mut self, input: WireInput<'_>, _: Format) -> bool {
        let number = match input {
            WireInput::Bool(_) => None,
            input => input.into_int(),
        };
        if let Some(number) = number {
            self.0 = number;
        }
        number.is_some()
    }

    fn write(&self, format: Format) -> WireValue<'_> {
        match format {
            Format::IntText => WireValue::Text(self.0.to_string().into()),
            _ => WireValue::Int(self.0),
        }
    }
}

impl Empty for TimeZoneId {
    const KIND: Kind = Kind::Enum(&EnumShape {
        name: "TimeZoneId",
        is_text: false,
        known: KNOWN,
    });

    fn empty() -> Self {
        Self::SERVICE_DEFAULT
    }
}

/// Writes the number.
impl Serialize for TimeZoneId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.0)
    }
}

/// Reads the number, also as text.
impl<'de> Deserialize<'de> for TimeZoneId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Number;

        impl de::Visitor<'_> for Number {
            type Value = TimeZoneId;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the number of a time zone")
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<TimeZoneId, E> {
                Ok(TimeZoneId(number))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<TimeZoneId, E> {
                let number = number.try_into().map_err(E::custom)?;
                Ok(TimeZoneId(number))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<TimeZoneId, E> {
                text.parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_any(Number)
    }
}
