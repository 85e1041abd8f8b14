//! What a slot can hold, and how leniently it takes what the service sends.

use std::{borrow::Cow, collections::BTreeMap, fmt, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{Format, Model, WireInput, WireValue, scalar::whole};
use crate::Upload;

/// A slot of a model.
pub trait Value: fmt::Debug + Send + Sync {
    /// Takes a scalar, however the service spelt it. False when it cannot be held.
    fn read(&mut self, scalar: WireInput<'_>, format: Format) -> bool;

    /// What to put on the wire.
    fn write(&self, format: Format) -> WireValue<'_>;

    /// The same, in a spelling that loses nothing, where that of the wire would: for what is kept.
    fn write_exact(&self, format: Format) -> WireValue<'_> {
        self.write(format)
    }

    /// The object in this slot, made fresh.
    fn begin_object(&mut self) -> Option<&mut dyn Model> {
        None
    }

    /// The list in this slot, emptied.
    fn begin_list(&mut self) -> Option<&mut dyn List> {
        None
    }

    /// The map in this slot, emptied.
    fn begin_map(&mut self) -> Option<&mut BTreeMap<String, String>> {
        None
    }

    /// The file in this slot, to be filled.
    fn upload(&mut self) -> Option<&mut Upload> {
        None
    }

    /// Takes back what reading began and could not finish.
    fn clear(&mut self) {}

    /// Whether there is something to write.
    fn is_set(&self) -> bool {
        true
    }

    /// Whether a log must never show it.
    fn is_secret(&self) -> bool {
        false
    }

    /// The values that have a name here, as they are on the wire; a number with its name behind it.
    /// Empty for what is no such list. Others are taken as well.
    fn known(&self) -> &'static [&'static str] {
        &[]
    }
}

/// How a value begins before it is read. It is seen by nobody unless reading succeeds.
pub trait Empty: Sized {
    /// Whether it is read from a JSON object with known keys.
    const OBJECT: bool = false;
    /// Whether it is read from a JSON list.
    const LIST: bool = false;
    /// Whether it is read from a JSON object with free keys.
    const MAP: bool = false;

    /// The value to fill.
    fn empty() -> Self;
}

/// A list of slots.
pub trait List: fmt::Debug + Send + Sync {
    /// The number of items.
    fn len(&self) -> usize;

    /// Whether there are no items.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The item at `index`, if there is one.
    fn get(&self, index: usize) -> Option<&dyn Value>;

    /// Adds an item to be filled.
    fn push_default(&mut self) -> &mut dyn Value;

    /// Removes the last item.
    fn pop(&mut self);
}

impl<T: Value + Empty> Value for Option<T> {
    fn read(&mut self, scalar: WireInput<'_>, format: Format) -> bool {
        if matches!(scalar, WireInput::Null) {
            *self = None;
            return false;
        }
        let mut value = T::empty();
        let taken = value.read(scalar, format);
        *self = taken.then_some(value);
        taken
    }

    fn write(&self, format: Format) -> WireValue<'_> {
        self.as_ref()
            .map_or(WireValue::Absent, |value| value.write(format))
    }

    fn write_exact(&self, format: Format) -> WireValue<'_> {
        self.as_ref()
            .map_or(WireValue::Absent, |value| value.write_exact(format))
    }

    fn begin_object(&mut self) -> Option<&mut dyn Model> {
        if T::OBJECT {
            self.insert(T::empty()).begin_object()
        } else {
            None
        }
    }

    fn begin_list(&mut self) -> Option<&mut dyn List> {
        if T::LIST {
            self.insert(T::empty()).begin_list()
        } else {
            None
        }
    }

    fn begin_map(&mut self) -> Option<&mut BTreeMap<String, String>> {
        if T::MAP {
            self.insert(T::empty()).begin_map()
        } else {
            None
        }
    }

    fn upload(&mut self) -> Option<&mut Upload> {
        T::empty().upload()?;
        self.insert(T::empty()).upload()
    }

    fn clear(&mut self) {
        *self = None;
    }

    fn is_set(&self) -> bool {
        self.is_some()
    }

    fn is_secret(&self) -> bool {
        self.as_ref().is_some_and(Value::is_secret)
    }

    fn known(&self) -> &'static [&'static str] {
        T::empty().known()
    }
}

impl<T> Empty for Option<T> {
    fn empty() -> Self {
        None
    }
}

impl<T: Value + Empty> Value for Vec<T> {
    fn read(&mut self, scalar: WireInput<'_>, format: Format) -> bool {
        self.clear();
        let mut push = |scalar| {
            let mut item = T::empty();
            let taken = item.read(scalar, format);
            if taken {
                self.push(item);
            }
            taken
        };
        match scalar {
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
            // One value where a list belongs is a list of one.
            scalar => push(scalar),
        }
    }

    fn write(&self, format: Format) -> WireValue<'_> {
        if format != Format::Comma {
            return WireValue::List(self);
        }
        let mut joined = String::new();
        for item in self {
            if !joined.is_empty() {
                joined.push(',');
            }
            if let Some(text) = item.write(Format::Plain).into_text() {
                joined.push_str(&text);
            }
        }
        WireValue::Text(joined.into())
    }

    fn write_exact(&self, format: Format) -> WireValue<'_> {
        // Joined, these would be read as other items.
        let is_lost = |item: &T| {
            let text = item.write(Format::Plain).into_text();
            text.is_none_or(|text| text.is_empty() || text.contains(',') || text.trim() != text)
        };
        if format == Format::Comma && self.iter().any(is_lost) {
            return WireValue::List(self);
        }
        self.write(format)
    }

    fn begin_list(&mut self) -> Option<&mut dyn List> {
        self.clear();
        Some(self)
    }

    fn clear(&mut self) {
        self.clear();
    }

    fn is_set(&self) -> bool {
        !self.is_empty()
    }

    fn known(&self) -> &'static [&'static str] {
        T::empty().known()
    }
}

impl<T> Empty for Vec<T> {
    const LIST: bool = true;

    fn empty() -> Self {
        Self::new()
    }
}

impl<T: Value + Empty> List for Vec<T> {
    fn len(&self) -> usize {
        self.len()
    }

    fn get(&self, index: usize) -> Option<&dyn Value> {
        <[T]>::get(self, index).map(|item| item as _)
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

    fn begin_map(&mut self) -> Option<&mut BTreeMap<String, String>> {
        self.clear();
        Some(self)
    }

    fn clear(&mut self) {
        self.clear();
    }

    fn is_set(&self) -> bool {
        !self.is_empty()
    }
}

impl Empty for BTreeMap<String, String> {
    const MAP: bool = true;

    fn empty() -> Self {
        Self::new()
    }
}

/// The reply of an operation that answers nothing. Whatever arrives is fine.
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
    fn empty() -> Self {}
}

impl Value for String {
    fn read(&mut self, scalar: WireInput<'_>, format: Format) -> bool {
        let Some(text) = scalar.into_text() else {
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
    fn empty() -> Self {
        Self::new()
    }
}

impl Value for bool {
    fn read(&mut self, scalar: WireInput<'_>, _: Format) -> bool {
        let read = match scalar {
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
    fn empty() -> Self {
        false
    }
}

macro_rules! whole_numbers {
    ($($type:ty),*) => {$(
        impl Value for $type {
            fn read(&mut self, scalar: WireInput<'_>, _: Format) -> bool {
                match scalar.into_int().and_then(|number| Self::try_from(number).ok()) {
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
            fn empty() -> Self {
                0
            }
        }
    )*};
}

whole_numbers!(i32, i64, u32);

impl Value for u64 {
    fn read(&mut self, scalar: WireInput<'_>, _: Format) -> bool {
        let large = match scalar {
            WireInput::Text(text) => text.trim().parse().ok(),
            _ => None,
        };
        match large.or_else(|| Self::try_from(scalar.into_int()?).ok()) {
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
    fn empty() -> Self {
        0
    }
}

impl Value for f64 {
    fn read(&mut self, scalar: WireInput<'_>, _: Format) -> bool {
        let read = match scalar {
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
    fn empty() -> Self {
        0.0
    }
}

impl Value for Duration {
    fn read(&mut self, scalar: WireInput<'_>, format: Format) -> bool {
        if let WireInput::Text(text) = scalar
            && let Some(span) = iso_seconds(text)
        {
            *self = span;
            return true;
        }
        let Some(count) = scalar
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
    fn empty() -> Self {
        Self::ZERO
    }
}
