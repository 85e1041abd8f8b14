//! The values of `x-format`: the one list of them.

use super::{api::Format, spec::SchemaType};

/// How a value of the service may be spelt.
pub(crate) struct WireFormat {
    /// As documents write it.
    pub(crate) name: &'static str,
    /// The `type` that it goes with.
    pub(crate) schema: SchemaType,
    pub(crate) value: Spelt,
    pub(crate) format: Format,
}

/// What is spelt.
#[derive(Clone, Copy)]
pub(crate) enum Spelt {
    Truth,
    Time,
    Span,
    Text,
    List,
}

const TEXT: SchemaType = SchemaType::String;
const NUMBER: SchemaType = SchemaType::Integer;

static ALL: [WireFormat; 15] = [
    row("utc-minute", TEXT, Spelt::Time, Format::UtcMinute),
    row("utc-second", TEXT, Spelt::Time, Format::UtcSecond),
    row("iso", TEXT, Spelt::Time, Format::Iso),
    row(
        "epoch-millis-text",
        TEXT,
        Spelt::Time,
        Format::EpochMillisText,
    ),
    row("bit-text", TEXT, Spelt::Truth, Format::BitText),
    row("yes-no", TEXT, Spelt::Truth, Format::YesNo),
    row("yes-no-word", TEXT, Spelt::Truth, Format::YesNoWord),
    row("base64", TEXT, Spelt::Text, Format::Base64),
    row("comma", TEXT, Spelt::List, Format::Comma),
    row("bit", NUMBER, Spelt::Truth, Format::Bit),
    row("epoch-millis", NUMBER, Spelt::Time, Format::EpochMillis),
    row("epoch-seconds", NUMBER, Spelt::Time, Format::EpochSeconds),
    row("seconds", NUMBER, Spelt::Span, Format::Seconds),
    row("minutes", NUMBER, Spelt::Span, Format::Minutes),
    row("millis", NUMBER, Spelt::Span, Format::Millis),
];

const fn row(name: &'static str, schema: SchemaType, value: Spelt, format: Format) -> WireFormat {
    WireFormat {
        name,
        schema,
        value,
        format,
    }
}

/// The format that a document names beside a `type`, or what is wrong with the name.
pub(crate) fn named(name: &str, schema: SchemaType) -> Result<&'static WireFormat, String> {
    let formats = || ALL.iter().filter(move |format| format.schema == schema);
    formats().find(|format| format.name == name).ok_or_else(|| {
        let what = if schema == NUMBER {
            "an integer"
        } else {
            "a string"
        };
        let known: Vec<&str> = formats().map(|format| format.name).collect();
        format!(
            "`{name}` is no format of {what}; there are {}",
            known.join(", ")
        )
    })
}
