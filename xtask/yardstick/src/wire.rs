// The spellings of the service, as modules for `#[serde(with = …)]`.

use std::{borrow::Cow, time::Duration};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{
    call::Failure,
    time::{TimeZoneId, Timestamp},
};

type Text = Cow<'static, str>;

/// A module for a value, and in it one for an `Option` of it. The second expression answers nothing
/// for what does not fit.
macro_rules! spelling {
    ($name:ident: $value:ty as $wire:ty, $to:expr, $from:expr) => {
        pub(crate) mod $name {
            use super::*;

            pub(crate) fn to_wire(value: &$value) -> $wire {
                let to: fn(&$value) -> $wire = $to;
                to(value)
            }

            fn read(wire: $wire) -> Option<$value> {
                let from: fn($wire) -> Option<$value> = $from;
                from(wire)
            }

            #[allow(dead_code)]
            pub(crate) fn from_wire(wire: $wire) -> Result<$value, Failure> {
                read(wire).ok_or_else(|| Failure::missing(stringify!($name)))
            }

            #[allow(dead_code)]
            pub(crate) fn serialize<S: Serializer>(
                value: &$value,
                to: S,
            ) -> Result<S::Ok, S::Error> {
                to_wire(value).serialize(to)
            }

            #[allow(dead_code)]
            pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
                from: D,
            ) -> Result<$value, D::Error> {
                let wire = <$wire>::deserialize(from)?;
                read(wire).ok_or_else(|| de::Error::custom(stringify!($name)))
            }

            #[allow(dead_code)]
            pub(crate) mod option {
                use super::*;

                pub(crate) fn to_wire(value: &Option<$value>) -> Option<$wire> {
                    value.as_ref().map(super::to_wire)
                }

                pub(crate) fn from_wire(wire: Option<$wire>) -> Result<Option<$value>, Failure> {
                    wire.map(super::from_wire).transpose()
                }

                pub(crate) fn serialize<S: Serializer>(
                    value: &Option<$value>,
                    serializer: S,
                ) -> Result<S::Ok, S::Error> {
                    to_wire(value).serialize(serializer)
                }

                pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
                    from: D,
                ) -> Result<Option<$value>, D::Error> {
                    let Some(wire) = Option::<$wire>::deserialize(from)? else {
                        return Ok(None);
                    };
                    let value = read(wire);
                    value
                        .map(Some)
                        .ok_or_else(|| de::Error::custom(stringify!($name)))
                }
            }
        }
    };
}

fn one_of(yes: bool, words: [&'static str; 2]) -> Text {
    words[usize::from(!yes)].into()
}

fn which_of(text: &str, words: [&str; 2]) -> Option<bool> {
    words
        .iter()
        .position(|word| *word == text)
        .map(|at| at == 0)
}

/// `2026-11-22T08:30:00.000Z`, cut and joined as the service likes it.
fn civil(at: &Timestamp, length: usize) -> Text {
    at.to_string().replace('T', " ")[..length].to_owned().into()
}

spelling!(bit: bool as u8, |yes| u8::from(*yes), |bit| Some(bit != 0));
spelling!(bit_text: bool as Text, |yes| one_of(*yes, ["1", "0"]), |text| which_of(&text, ["1", "0"]));
spelling!(yes_no: bool as Text, |yes| one_of(*yes, ["Y", "N"]), |text| which_of(&text, ["Y", "N"]));
spelling!(
    yes_no_word: bool as Text,
    |yes| one_of(*yes, ["YES", "NO"]),
    |text| which_of(&text, ["YES", "NO"])
);
spelling!(
    epoch_millis: Timestamp as i64,
    |at| at.as_millis(),
    |millis| Some(Timestamp::from_millis(millis))
);
spelling!(
    epoch_millis_text: Timestamp as Text,
    |at| at.as_millis().to_string().into(),
    |text| Some(Timestamp::from_millis(text.parse().ok()?))
);
spelling!(
    epoch_seconds: Timestamp as i64,
    |at| at.as_secs(),
    |seconds| Some(Timestamp::from_secs(seconds))
);
spelling!(utc_minute: Timestamp as Text, |at| civil(at, 16), |text| text.parse().ok());
spelling!(utc_second: Timestamp as Text, |at| civil(at, 19), |text| text.parse().ok());
spelling!(iso: Timestamp as Text, |at| at.to_string().into(), |text| text.parse().ok());
spelling!(seconds: Duration as u64, |span| span.as_secs(), |count| Some(Duration::from_secs(count)));
spelling!(
    minutes: Duration as u64,
    |span| span.as_secs().div_ceil(60),
    |count| Some(Duration::from_secs(count.checked_mul(60)?))
);
spelling!(
    millis: Duration as u64,
    |span| u64::try_from(span.as_millis()).unwrap_or(u64::MAX),
    |count| Some(Duration::from_millis(count))
);
spelling!(
    int_text: TimeZoneId as Text,
    |zone| zone.number().to_string().into(),
    |text| text.parse().ok()
);
spelling!(
    base64: String as Text,
    |text| BASE64.encode(text).into(),
    |text| String::from_utf8(BASE64.decode(&*text).ok()?).ok()
);

use ::base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};

/// Lists in one text, joined by commas. The items are texts or numbers.
#[allow(dead_code)]
pub(crate) mod comma {
    use super::*;

    pub(crate) fn to_wire<T: Serialize>(items: &[T]) -> String {
        let items = items.iter().map(serde_json::to_value);
        let texts = items.map(|item| match item {
            Ok(serde_json::Value::String(text)) => text,
            Ok(other) => other.to_string(),
            Err(_) => String::new(),
        });
        texts.collect::<Vec<_>>().join(",")
    }

    pub(crate) fn from_wire<T: de::DeserializeOwned>(text: String) -> Result<Vec<T>, Failure> {
        let items = text.split(',').filter(|item| !item.is_empty());
        let read = |item: &str| match serde_json::from_str(item) {
            Ok(item) => Ok(item),
            Err(_) => serde_json::from_value(item.into()),
        };
        Ok(items.map(read).collect::<Result<_, _>>()?)
    }

    pub(crate) fn serialize<T: Serialize, S: Serializer>(
        items: &Vec<T>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        to_wire(items).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, T: de::DeserializeOwned, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<T>, D::Error> {
        from_wire(String::deserialize(from)?).map_err(de::Error::custom)
    }

    pub(crate) mod option {
        use super::*;

        pub(crate) fn to_wire<T: Serialize>(items: &Option<Vec<T>>) -> Option<String> {
            items.as_deref().map(super::to_wire)
        }

        pub(crate) fn from_wire<T: de::DeserializeOwned>(
            text: Option<String>,
        ) -> Result<Option<Vec<T>>, Failure> {
            text.map(super::from_wire).transpose()
        }

        pub(crate) fn serialize<T: Serialize, S: Serializer>(
            items: &Option<Vec<T>>,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            to_wire(items).serialize(serializer)
        }

        pub(crate) fn deserialize<'de, T: de::DeserializeOwned, D: Deserializer<'de>>(
            from: D,
        ) -> Result<Option<Vec<T>>, D::Error> {
            from_wire(Option::deserialize(from)?).map_err(de::Error::custom)
        }
    }
}
