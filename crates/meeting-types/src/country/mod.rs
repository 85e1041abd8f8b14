//! The countries of phone numbers.

mod table;

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use table::{KNOWN, ROWS, Row};

use crate::schema::{Empty, EnumShape, Format, Kind, Value, WireInput, WireValue};

/// Country or region of a phone number, by its name in the service (reference page `meeting_21_0109`).
///
/// The names are the service's own and some mislead: `GB` is Guinea-Bissau and `UK` the United
/// Kingdom, `dominica` is the Dominican Republic, `chinaOMA` is Macao. So find one by
/// [its ISO code](Self::from_iso_code) or [its calling code](Self::by_calling_code). Any other name passes as it
/// is.
///
/// ```
/// use meeting_types::Country;
///
/// let uk = Country::from_iso_code("GB").expect("it is in the table");
/// assert_eq!(uk.as_str(), "UK");
/// assert_eq!(uk.calling_code(), Some("44"));
/// assert_eq!(Country::by_calling_code("+353").next(), Some(Country::from("ireland")));
/// assert_eq!(Country::from("atlantis").iso_code(), None);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Country(Box<str>);

impl Country {
    /// Wraps a name of the service. It is checked when a request is built from it; a name that is
    /// not in the table passes.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into().into_boxed_str())
    }

    /// The countries of the table, in the order of the reference.
    pub fn all() -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator {
        ROWS.iter().map(Self::of)
    }

    /// The country with this code of two letters of ISO 3166-1, such as `FR`. Case does not matter.
    /// `None` for countries that the service does not list, Iceland among them.
    #[must_use]
    pub fn from_iso_code(code: &str) -> Option<Self> {
        let has_it = |row: &&Row| row.iso_code.eq_ignore_ascii_case(code);
        ROWS.iter().find(has_it).map(Self::of)
    }

    /// The countries with this calling code, written with or without `+`. Two share 1, two share 7;
    /// other countries of the North American plan are listed with their area codes, such as 1876.
    pub fn by_calling_code(code: &str) -> impl Iterator<Item = Self> {
        let digits = code.strip_prefix('+').unwrap_or(code);
        ROWS.iter()
            .filter(move |row| row.calling_code == digits)
            .map(Self::of)
    }

    fn of(row: &Row) -> Self {
        Self(row.wire.into())
    }

    /// The name in the service.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The digits of the calling code, such as `44`; `None` for a name outside the table.
    #[must_use]
    pub fn calling_code(&self) -> Option<&'static str> {
        Some(self.row()?.calling_code)
    }

    /// The code of two letters of ISO 3166-1; `None` for a name outside the table. Kosovo has `XK`,
    /// which is in use but no official code.
    #[must_use]
    pub fn iso_code(&self) -> Option<&'static str> {
        Some(self.row()?.iso_code)
    }

    /// The English name; `None` for a name outside the table.
    #[must_use]
    pub fn name(&self) -> Option<&'static str> {
        Some(self.row()?.name)
    }

    /// The row with exactly this name: whether the service heeds case is not documented.
    fn row(&self) -> Option<&'static Row> {
        ROWS.iter().find(|row| row.wire == &*self.0)
    }
}

impl From<&str> for Country {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

impl From<String> for Country {
    fn from(name: String) -> Self {
        Self::new(name)
    }
}

impl From<&Country> for Country {
    fn from(country: &Country) -> Self {
        country.clone()
    }
}

/// Takes any name of the service.
impl std::str::FromStr for Country {
    type Err = std::convert::Infallible;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Ok(Self::new(name))
    }
}

impl AsRef<str> for Country {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

/// Prints the name in the service.
impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Value for Country {
    fn read(&mut self, input: WireInput<'_>, _: Format) -> bool {
        let Some(text) = input.into_word() else {
            return false;
        };
        self.0 = text.into();
        true
    }

    fn write(&self, _: Format) -> WireValue<'_> {
        WireValue::Text((&*self.0).into())
    }
}

impl Empty for Country {
    const KIND: Kind = Kind::Enum(&EnumShape {
        name: "Country",
        is_text: true,
        known: KNOWN,
    });

    fn empty() -> Self {
        Self(Box::default())
    }
}

impl Serialize for Country {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Country {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}
