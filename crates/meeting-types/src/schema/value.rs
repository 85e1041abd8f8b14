//! Standard types as slots, and the spellings that they take from the service.

use std::{borrow::Cow, collections::BTreeMap, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{Content, Empty, Format, Kind, List, Part, Value, WireInput, WireValue, wire::whole};

// These are compiled for each model and enum: what does not need the type stands in functions without
// one, and `match` takes the place of closures.

impl<T: Value + Empty> Value for Option<T> {
    fn read(&mut self, input: WireInput<'_>, format: Format) -> bool {
        if !matches!(input, WireInput::Null) && self.insert(T::empty()).read(input, format) {
            return true;
        }
        *self = None;
        false
    }

    fn write(&self, format: Format) -> WireValue<'_> {
        match self {
            Some(value) => value.write(format),
            None => WireValue::Absent,
        }
    }

    fn write_exact(&self, format: Format) -> WireValue<'_> {
        match self {
            Some(value) => value.write_exact(format),
            None => WireValue::Absent,
        }
    }

    fn begin(&mut self, part: Part) -> Option<Content<'_>> {
        if T::KIND.part() == Some(part) {
            self.insert(T::empty()).begin(part)
        } else {
            None
        }
    }

    fn content_mut(&mut self) -> Option<Content<'_>> {
        match self {
            Some(value) => value.content_mut(),
            None => None,
        }
    }

    fn clear(&mut self) {
        *self = None;
    }

    fn is_set(&self) -> bool {
        self.is_some()
    }
}

impl<T: Empty> Empty for Option<T> {
    const KIND: Kind = T::KIND;
    const OPTIONAL: bool = true;

    fn empty() -> Self {
        None
    }
}

impl<T: Value + Empty> Value for Vec<T> {
    fn read(&mut self, input: WireInput<'_>, format: Format) -> bool {
        self.clear();
        read_items(self, input, format)
    }

    fn write(&self, format: Format) -> WireValue<'_> {
        match format {
            Format::Comma => WireValue::Text(joined(self).into()),
            _ => WireValue::List(self),
        }
    }

    fn write_exact(&self, format: Format) -> WireValue<'_> {
        if format == Format::Comma && !can_be_joined(self) {
            return WireValue::List(self);
        }
        self.write(format)
    }

    fn begin(&mut self, part: Part) -> Option<Content<'_>> {
        if part != Part::List {
            return None;
        }
        self.clear();
        Some(Content::List(self))
    }

    fn content_mut(&mut self) -> Option<Content<'_>> {
        Some(Content::List(self))
    }

    fn clear(&mut self) {
        self.clear();
    }

    fn is_set(&self) -> bool {
        !self.is_empty()
    }
}

/// Reads a scalar into an empty list: one value where a list belongs is a list of one.
fn read_items(list: &mut dyn List, input: WireInput<'_>, format: Format) -> bool {
    let mut push = |input| {
        let taken = list.push_default().read(input, format);
        if !taken {
            list.pop();
        }
        taken
    };
    match input {
        WireInput::Null => false,
        WireInput::Text(text) if text.trim().is_empty() => true,
        WireInput::Text(text) if format == Format::Comma => {
            let parts = text.split(',').map(str::trim);
            for part in parts.filter(|part| !part.is_empty()) {
                // An item that cannot be read is left out.
                push(WireInput::Text(part));
            }
            true
        }
        input => push(input),
    }
}

fn joined(list: &dyn List) -> String {
    let mut joined = String::new();
    for item in items(list) {
        if !joined.is_empty() {
            joined.push(',');
        }
        if let Some(text) = item.write(Format::Plain).into_text() {
            joined.push_str(&text);
        }
    }
    joined
}

/// Whether no item would be read as another one, or as none.
fn can_be_joined(list: &dyn List) -> bool {
    items(list).all(|item| {
        let text = item.write(Format::Plain).into_text();
        text.is_some_and(|text| !text.is_empty() && !text.contains(',') && text.trim() == text)
    })
}

fn items(list: &dyn List) -> impl Iterator<Item = &dyn Value> {
    (0..list.len()).filter_map(|index| list.get(index))
}

impl<T: Empty> Empty for Vec<T> {
    const KIND: Kind = Kind::List(&T::KIND);

    fn empty() -> Self {
        Self::new()
    }
}

impl<T: Value + Empty> List for Vec<T> {
    fn len(&self) -> usize {
        self.len()
    }

    fn get(&self, index: usize) -> Option<&dyn Value> {
        match <[T]>::get(self, index) {
            Some(item) => Some(item),
            None => None,
        }
    }

    fn get_mut(&mut self, index: usize) -> Option<&mut dyn Value> {
        match <[T]>::get_mut(self, index) {
            Some(item) => Some(item),
            None => None,
        }
    }

    fn push_default(&mut self) -> &mut dyn Value {
        self.push(T::empty());
        let last = self.len() - 1;
        &mut self[last]
    }

    fn pop(&mut self) {
        self.pop();
    }
}

impl Value for BTreeMap<String, String> {
    fn read(&mut self, _: WireInput<'_>, _: Format) -> bool {
        false
    }

    fn write(&self, _: Format) -> WireValue<'_> {
        WireValue::Map(self)
    }

    fn begin(&mut self, part: Part) -> Option<Content<'_>> {
        (part == Part::Map).then(|| {
            self.clear();
            Content::Map(self)
        })
    }

    fn content_mut(&mut self) -> Option<Content<'_>> {
        Some(Content::Map(self))
    }

    fn clear(&mut self) {
        self.clear();
    }

    fn is_set(&self) -> bool {
        !self.is_empty()
    }
}

impl Empty for BTreeMap<String, String> {
    const KIND: Kind = Kind::Map;

    fn empty() -> Self {
        Self::new()
    }
}

/// Output of an operation whose response holds no value. Whatever arrives is fine.
impl Value for () {
    fn read(&mut self, _: WireInput<'_>, _: Format) -> bool {
        true
    }

    fn write(&self, _: Format) -> WireValue<'_> {
        WireValue::Absent
    }

    fn is_set(&self) -> bool {
        false
    }
}

impl Empty for () {
    const KIND: Kind = Kind::Nothing;

    fn empty() -> Self {}
}

impl Value for String {
    fn read(&mut self, input: WireInput<'_>, format: Format) -> bool {
        let Some(text) = input.into_text() else {
            return false;
        };
        if format == Format::Base64 {
            let Ok(bytes) = STANDARD.decode(text.as_bytes()) else {
                return false;
            };
            let Ok(decoded) = String::from_utf8(bytes) else {
                return false;
            };
            *self = decoded;
        } else {
            *self = text.into_owned();
        }
        true
    }

    fn write(&self, format: Format) -> WireValue<'_> {
        if format == Format::Base64 {
            WireValue::Text(STANDARD.encode(self).into())
        } else {
            WireValue::Text(self.as_str().into())
        }
    }
}

impl Empty for String {
    const KIND: Kind = Kind::Text;

    fn empty() -> Self {
        Self::new()
    }
}

impl Value for bool {
    fn read(&mut self, input: WireInput<'_>, _: Format) -> bool {
        let read = match input {
            WireInput::Bool(value) => Some(value),
            WireInput::Int(number) => Some(number != 0),
            WireInput::Text(text) => yes_or_no(text.trim()),
            WireInput::Float(number) => whole(number).map(|number| number != 0),
            WireInput::Null => None,
        };
        *self = read.unwrap_or(false);
        read.is_some()
    }

    fn write(&self, format: Format) -> WireValue<'_> {
        let text = |yes, no| WireValue::Text(Cow::Borrowed(if *self { yes } else { no }));
        match format {
            Format::Bit => WireValue::Int(i64::from(*self)),
            Format::BitText => text("1", "0"),
            Format::YesNo => text("Y", "N"),
            Format::YesNoWord => text("YES", "NO"),
            _ => WireValue::Bool(*self),
        }
    }
}

fn yes_or_no(text: &str) -> Option<bool> {
    let is = |words: [&str; 4]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
    if is(["true", "1", "y", "yes"]) {
        Some(true)
    } else if is(["false", "0", "n", "no"]) {
        Some(false)
    } else {
        None
    }
}

impl Empty for bool {
    const KIND: Kind = Kind::Bool;

    fn empty() -> Self {
        false
    }
}

macro_rules! whole_numbers {
    ($($type:ty),*) => {$(
        impl Value for $type {
            fn read(&mut self, input: WireInput<'_>, _: Format) -> bool {
                match input.into_int().and_then(|number| Self::try_from(number).ok()) {
                    Some(number) => {
                        *self = number;
                        true
                    }
                    None => false,
                }
            }

            fn write(&self, format: Format) -> WireValue<'_> {
                match format {
                    Format::IntText => WireValue::Text(self.to_string().into()),
                    _ => WireValue::Int((*self).into()),
                }
            }
        }

        impl Empty for $type {
            const KIND: Kind = Kind::Int;

            fn empty() -> Self {
                0
            }
        }
    )*};
}

whole_numbers!(i32, i64, u32);

impl Value for u64 {
    fn read(&mut self, input: WireInput<'_>, _: Format) -> bool {
        let large = match input {
            WireInput::Text(text) => text.trim().parse().ok(),
            _ => None,
        };
        match large.or_else(|| Self::try_from(input.into_int()?).ok()) {
            Some(number) => {
                *self = number;
                true
            }
            None => false,
        }
    }

    fn write_exact(&self, format: Format) -> WireValue<'_> {
        match i64::try_from(*self) {
            Ok(_) => self.write(format),
            Err(_) => WireValue::Text(self.to_string().into()),
        }
    }

    fn write(&self, _: Format) -> WireValue<'_> {
        // The service counts in 64 bits with a sign. As a float, what is more is refused by the
        // range of its field.
        #[allow(clippy::cast_precision_loss, reason = "it is out of range in any case")]
        i64::try_from(*self).map_or(WireValue::Float(*self as f64), WireValue::Int)
    }
}

impl Empty for u64 {
    const KIND: Kind = Kind::Int;

    fn empty() -> Self {
        0
    }
}

impl Value for f64 {
    fn read(&mut self, input: WireInput<'_>, _: Format) -> bool {
        let read = match input {
            WireInput::Float(number) => Some(number),
            #[allow(
                clippy::cast_precision_loss,
                reason = "a float field holds no exact integers"
            )]
            WireInput::Int(number) => Some(number as f64),
            WireInput::Text(text) => text.trim().parse().ok(),
            WireInput::Null | WireInput::Bool(_) => None,
        };
        // "NaN" and "Infinity" parse, and JSON could not write them back.
        let read = read.filter(|number: &f64| number.is_finite());
        *self = read.unwrap_or_default();
        read.is_some()
    }

    fn write(&self, _: Format) -> WireValue<'_> {
        WireValue::Float(*self)
    }
}

impl Empty for f64 {
    const KIND: Kind = Kind::Float;

    fn empty() -> Self {
        0.0
    }
}

impl Value for Duration {
    fn read(&mut self, input: WireInput<'_>, format: Format) -> bool {
        if let WireInput::Text(text) = input
            && let Some(span) = iso_seconds(text)
        {
            *self = span;
            return true;
        }
        let Some(count) = input
            .into_int()
            .and_then(|number| u64::try_from(number).ok())
        else {
            return false;
        };
        *self = match format {
            Format::Millis | Format::MillisText => Self::from_millis(count),
            Format::Minutes => match count.checked_mul(60) {
                Some(seconds) => Self::from_secs(seconds),
                None => return false,
            },
            _ => Self::from_secs(count),
        };
        true
    }

    fn write(&self, format: Format) -> WireValue<'_> {
        let count = match format {
            Format::MillisText => return WireValue::Text(self.as_millis().to_string().into()),
            Format::Millis => self.as_millis(),
            // Rounded up, so that a booking is never shorter than what was asked for.
            Format::Minutes => self.as_nanos().div_ceil(60_000_000_000),
            _ => u128::from(self.as_secs()),
        };
        i64::try_from(count).map_or(WireValue::Int(i64::MAX), WireValue::Int)
    }

    fn write_exact(&self, format: Format) -> WireValue<'_> {
        let unit = match format {
            Format::Millis | Format::MillisText => 1_000_000,
            Format::Minutes => 60_000_000_000,
            _ => 1_000_000_000,
        };
        let is_whole = self.as_nanos().is_multiple_of(unit);
        if is_whole && i64::try_from(self.as_nanos() / unit).is_ok() {
            return self.write(format);
        }
        let (seconds, nanos) = (self.as_secs(), self.subsec_nanos());
        WireValue::Text(format!("PT{seconds}.{nanos:09}S").into())
    }
}

/// Reads a span of time as ISO 8601 writes it in seconds, such as `PT90.500000000S`. That is how a
/// span is kept that is no whole number of the units in which it travels.
fn iso_seconds(text: &str) -> Option<Duration> {
    let (seconds, nanos) = text
        .strip_prefix("PT")?
        .strip_suffix('S')?
        .split_once('.')?;
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if nanos.len() != 9 || !is_number(seconds) || !is_number(nanos) {
        return None;
    }
    Some(Duration::new(seconds.parse().ok()?, nanos.parse().ok()?))
}

impl Empty for Duration {
    const KIND: Kind = Kind::Duration;

    fn empty() -> Self {
        Self::ZERO
    }
}
