//! What a slot can hold, and how leniently it takes what the service sends.

use std::{borrow::Cow, collections::BTreeMap, fmt, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{Emit, Format, Model, Scalar, scalar::whole};
use crate::Upload;

/// A slot of a model.
pub trait Value: fmt::Debug + Send + Sync {
    /// Takes a scalar, however the service spelt it. False when it cannot be held.
    fn accept(&mut self, scalar: Scalar<'_>, format: Format) -> bool;

    /// What to put on the wire.
    fn emit(&self, format: Format) -> Emit<'_>;

    /// The object in this slot, made fresh.
    fn object(&mut self) -> Option<&mut dyn Model> {
        None
    }

    /// The list in this slot, emptied.
    fn list(&mut self) -> Option<&mut dyn List> {
        None
    }

    /// The map in this slot, emptied.
    fn map(&mut self) -> Option<&mut BTreeMap<String, String>> {
        None
    }

    /// The file in this slot, to be filled.
    fn upload(&mut self) -> Option<&mut Upload> {
        None
    }

    /// Takes back what reading began and could not finish.
    fn unset(&mut self) {}

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
pub trait Placeholder: Sized {
    /// Whether it is read from a JSON object with known keys.
    const OBJECT: bool = false;
    /// Whether it is read from a JSON list.
    const LIST: bool = false;
    /// Whether it is read from a JSON object with free keys.
    const MAP: bool = false;

    /// The value to fill.
    fn placeholder() -> Self;
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
    fn grow(&mut self) -> &mut dyn Value;

    /// Removes the last item.
    fn shrink(&mut self);
}

impl<T: Value + Placeholder> Value for Option<T> {
    fn accept(&mut self, scalar: Scalar<'_>, format: Format) -> bool {
        if matches!(scalar, Scalar::Null) {
            *self = None;
            return false;
        }
        let mut value = T::placeholder();
        let taken = value.accept(scalar, format);
        *self = taken.then_some(value);
        taken
    }

    fn emit(&self, format: Format) -> Emit<'_> {
        self.as_ref()
            .map_or(Emit::Absent, |value| value.emit(format))
    }

    fn object(&mut self) -> Option<&mut dyn Model> {
        if T::OBJECT {
            self.insert(T::placeholder()).object()
        } else {
            None
        }
    }

    fn list(&mut self) -> Option<&mut dyn List> {
        if T::LIST {
            self.insert(T::placeholder()).list()
        } else {
            None
        }
    }

    fn map(&mut self) -> Option<&mut BTreeMap<String, String>> {
        if T::MAP {
            self.insert(T::placeholder()).map()
        } else {
            None
        }
    }

    fn upload(&mut self) -> Option<&mut Upload> {
        T::placeholder().upload()?;
        self.insert(T::placeholder()).upload()
    }

    fn unset(&mut self) {
        *self = None;
    }

    fn is_set(&self) -> bool {
        self.is_some()
    }

    fn is_secret(&self) -> bool {
        self.as_ref().is_some_and(Value::is_secret)
    }

    fn known(&self) -> &'static [&'static str] {
        T::placeholder().known()
    }
}

impl<T> Placeholder for Option<T> {
    fn placeholder() -> Self {
        None
    }
}

impl<T: Value + Placeholder> Value for Vec<T> {
    fn accept(&mut self, scalar: Scalar<'_>, format: Format) -> bool {
        self.clear();
        let mut push = |scalar| {
            let mut item = T::placeholder();
            let taken = item.accept(scalar, format);
            if taken {
                self.push(item);
            }
            taken
        };
        match scalar {
            Scalar::Null => false,
            Scalar::Text(text) if text.trim().is_empty() => true,
            Scalar::Text(text) if format == Format::Comma => {
                let parts = text.split(',').map(str::trim);
                for part in parts.filter(|part| !part.is_empty()) {
                    // An item that cannot be read is left out.
                    push(Scalar::Text(part));
                }
                true
            }
            // One value where a list belongs is a list of one.
            scalar => push(scalar),
        }
    }

    fn emit(&self, format: Format) -> Emit<'_> {
        if format != Format::Comma {
            return Emit::List(self);
        }
        let mut joined = String::new();
        for item in self {
            if !joined.is_empty() {
                joined.push(',');
            }
            if let Some(text) = item.emit(Format::Plain).into_text() {
                joined.push_str(&text);
            }
        }
        Emit::Text(joined.into())
    }

    fn list(&mut self) -> Option<&mut dyn List> {
        self.clear();
        Some(self)
    }

    fn unset(&mut self) {
        self.clear();
    }

    fn is_set(&self) -> bool {
        !self.is_empty()
    }

    fn known(&self) -> &'static [&'static str] {
        T::placeholder().known()
    }
}

impl<T> Placeholder for Vec<T> {
    const LIST: bool = true;

    fn placeholder() -> Self {
        Self::new()
    }
}

impl<T: Value + Placeholder> List for Vec<T> {
    fn len(&self) -> usize {
        self.len()
    }

    fn get(&self, index: usize) -> Option<&dyn Value> {
        <[T]>::get(self, index).map(|item| item as _)
    }

    fn grow(&mut self) -> &mut dyn Value {
        self.push(T::placeholder());
        let last = self.len() - 1;
        &mut self[last]
    }

    fn shrink(&mut self) {
        self.pop();
    }
}

impl Value for BTreeMap<String, String> {
    fn accept(&mut self, _: Scalar<'_>, _: Format) -> bool {
        false
    }

    fn emit(&self, _: Format) -> Emit<'_> {
        Emit::Map(self)
    }

    fn map(&mut self) -> Option<&mut BTreeMap<String, String>> {
        self.clear();
        Some(self)
    }

    fn unset(&mut self) {
        self.clear();
    }

    fn is_set(&self) -> bool {
        !self.is_empty()
    }
}

impl Placeholder for BTreeMap<String, String> {
    const MAP: bool = true;

    fn placeholder() -> Self {
        Self::new()
    }
}

/// The reply of an operation that answers nothing. Whatever arrives is fine.
impl Value for () {
    fn accept(&mut self, _: Scalar<'_>, _: Format) -> bool {
        true
    }

    fn emit(&self, _: Format) -> Emit<'_> {
        Emit::Absent
    }

    fn is_set(&self) -> bool {
        false
    }
}

impl Placeholder for () {
    fn placeholder() -> Self {}
}

impl Value for String {
    fn accept(&mut self, scalar: Scalar<'_>, format: Format) -> bool {
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

    fn emit(&self, format: Format) -> Emit<'_> {
        if format == Format::Base64 {
            Emit::Text(STANDARD.encode(self).into())
        } else {
            Emit::Text(self.as_str().into())
        }
    }
}

impl Placeholder for String {
    fn placeholder() -> Self {
        Self::new()
    }
}

impl Value for bool {
    fn accept(&mut self, scalar: Scalar<'_>, _: Format) -> bool {
        let read = match scalar {
            Scalar::Bool(value) => Some(value),
            Scalar::Int(number) => Some(number != 0),
            Scalar::Text(text) => yes_or_no(text.trim()),
            Scalar::Float(number) => whole(number).map(|number| number != 0),
            Scalar::Null => None,
        };
        *self = read.unwrap_or(false);
        read.is_some()
    }

    fn emit(&self, format: Format) -> Emit<'_> {
        let text = |yes, no| Emit::Text(Cow::Borrowed(if *self { yes } else { no }));
        match format {
            Format::Bit => Emit::Int(i64::from(*self)),
            Format::BitText => text("1", "0"),
            Format::YesNo => text("Y", "N"),
            Format::YesNoWord => text("YES", "NO"),
            _ => Emit::Bool(*self),
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

impl Placeholder for bool {
    fn placeholder() -> Self {
        false
    }
}

macro_rules! whole_numbers {
    ($($type:ty),*) => {$(
        impl Value for $type {
            fn accept(&mut self, scalar: Scalar<'_>, _: Format) -> bool {
                match scalar.into_int().and_then(|number| Self::try_from(number).ok()) {
                    Some(number) => {
                        *self = number;
                        true
                    }
                    None => false,
                }
            }

            fn emit(&self, format: Format) -> Emit<'_> {
                match format {
                    Format::IntText => Emit::Text(self.to_string().into()),
                    _ => Emit::Int((*self).into()),
                }
            }
        }

        impl Placeholder for $type {
            fn placeholder() -> Self {
                0
            }
        }
    )*};
}

whole_numbers!(i32, i64, u32);

impl Value for u64 {
    fn accept(&mut self, scalar: Scalar<'_>, _: Format) -> bool {
        match scalar
            .into_int()
            .and_then(|number| Self::try_from(number).ok())
        {
            Some(number) => {
                *self = number;
                true
            }
            None => false,
        }
    }

    fn emit(&self, _: Format) -> Emit<'_> {
        // The service counts in 64 bits with a sign. As a float, what is more is refused by the
        // range of its field.
        #[allow(clippy::cast_precision_loss, reason = "it is out of range in any case")]
        i64::try_from(*self).map_or(Emit::Float(*self as f64), Emit::Int)
    }
}

impl Placeholder for u64 {
    fn placeholder() -> Self {
        0
    }
}

impl Value for f64 {
    fn accept(&mut self, scalar: Scalar<'_>, _: Format) -> bool {
        let read = match scalar {
            Scalar::Float(number) => Some(number),
            #[allow(
                clippy::cast_precision_loss,
                reason = "a float field holds no exact integers"
            )]
            Scalar::Int(number) => Some(number as f64),
            Scalar::Text(text) => text.trim().parse().ok(),
            Scalar::Null | Scalar::Bool(_) => None,
        };
        // "NaN" and "Infinity" parse, and JSON could not write them back.
        let read = read.filter(|number: &f64| number.is_finite());
        *self = read.unwrap_or_default();
        read.is_some()
    }

    fn emit(&self, _: Format) -> Emit<'_> {
        Emit::Float(*self)
    }
}

impl Placeholder for f64 {
    fn placeholder() -> Self {
        0.0
    }
}

impl Value for Duration {
    fn accept(&mut self, scalar: Scalar<'_>, format: Format) -> bool {
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

    fn emit(&self, format: Format) -> Emit<'_> {
        let count = match format {
            Format::MillisText => return Emit::Text(self.as_millis().to_string().into()),
            Format::Millis => self.as_millis(),
            // Rounded up, so that a booking is never shorter than what was asked for.
            Format::Minutes => self.as_nanos().div_ceil(60_000_000_000),
            _ => u128::from(self.as_secs()),
        };
        i64::try_from(count).map_or(Emit::Int(i64::MAX), Emit::Int)
    }
}

impl Placeholder for Duration {
    fn placeholder() -> Self {
        Self::ZERO
    }
}
