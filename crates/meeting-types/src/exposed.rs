//! serde for secrets, for a field that says so by `#[serde(with = "meeting_types::exposed")]`.
//!
//! Secrets have no `Serialize` of their own, so that none is written by accident. Models and operations
//! that hold secrets write them all the same, because the service has to read them. Works for each type
//! of secret that can be cloned, for a [`SavedLogin`](crate::SavedLogin), and for an `Option` of these.
//!
//! ```
//! use meeting_types::{AccessToken, RefreshToken, exposed};
//!
//! // What a derive does with `#[serde(with = "meeting_types::exposed")] token: AccessToken`.
//! let token = AccessToken::new("cnr0123");
//! let mut text = Vec::new();
//! exposed::serialize(&token, &mut serde_json::Serializer::new(&mut text))?;
//! assert_eq!(text, br#""cnr0123""#);
//! let read: AccessToken = exposed::deserialize(&mut serde_json::Deserializer::from_slice(&text))?;
//! assert_eq!(read, token);
//!
//! let none: Option<RefreshToken> = exposed::deserialize(serde_json::Value::Null)?;
//! assert_eq!(none, None);
//! # Ok::<(), serde_json::Error>(())
//! ```

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Secret, or an `Option` of one. Closed to others.
pub trait Expose: sealed::Sealed + Sized {
    #[doc(hidden)]
    fn write_exposed<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;
    #[doc(hidden)]
    fn read_exposed<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

/// Secret that is a text, or an `Option` of one.
pub(crate) trait ExposeText: sealed::Sealed + Sized {
    fn exposed(&self) -> Option<&str>;
    fn from_exposed(text: Option<String>) -> Option<Self>;
}

pub(crate) mod sealed {
    pub trait Sealed {}
    impl<T: Sealed> Sealed for Option<T> {}
}

impl<T: ExposeText> ExposeText for Option<T> {
    fn exposed(&self) -> Option<&str> {
        self.as_ref()?.exposed()
    }

    fn from_exposed(text: Option<String>) -> Option<Self> {
        Some(text.and_then(|text| T::from_exposed(Some(text))))
    }
}

#[doc(hidden)]
impl<T: ExposeText> Expose for T {
    fn write_exposed<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.exposed().serialize(serializer)
    }

    fn read_exposed<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        T::from_exposed(text).ok_or_else(|| serde::de::Error::custom("a secret is missing"))
    }
}

/// A secret that is written, by reference.
pub(crate) struct Exposed<'a, T>(pub(crate) &'a T);

impl<T: Expose> Serialize for Exposed<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.write_exposed(serializer)
    }
}

/// Writes the text of the secret.
///
/// # Errors
///
/// Error of the serializer.
pub fn serialize<T: Expose, S: Serializer>(secret: &T, serializer: S) -> Result<S::Ok, S::Error> {
    secret.write_exposed(serializer)
}

/// Reads the text of a secret.
///
/// # Errors
///
/// Error of the deserializer, also for null where a secret must be.
pub fn deserialize<'de, T: Expose, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    T::read_exposed(deserializer)
}
