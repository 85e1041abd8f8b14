//! A login that a program keeps for its next run.

use std::{fmt, time::Duration};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, IgnoredAny, MapAccess, Visitor},
    ser::SerializeMap,
};

use crate::{
    AccessToken, RefreshToken, Timestamp,
    exposed::{Expose, Exposed, sealed},
};

/// Login that a program keeps: the tokens, and how long they are good.
///
/// A client gives it out and takes it back, and goes on renewing it. The service ends the oldest of
/// more than 64 tokens of a user, so that programs which start often should not log in each time.
///
/// Whoever has it can make calls in the name of the user: keep it like a password. It has no
/// `Serialize` of its own. [`exposed`](crate::exposed) names the choice to write its tokens, as a map
/// with times in RFC 3339:
///
/// ```
/// use std::time::Duration;
///
/// use meeting_types::{AccessToken, SavedLogin, Timestamp, exposed};
///
/// let now = Timestamp::from_secs(1_795_305_600);
/// let login = SavedLogin::new(AccessToken::new("cnr0123"), now, Duration::from_secs(43_200));
/// let mut text = Vec::new();
/// exposed::serialize(&login, &mut serde_json::Serializer::new(&mut text))?;
/// let read: SavedLogin = exposed::deserialize(&mut serde_json::Deserializer::from_slice(&text))?;
/// assert_eq!(read, login);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SavedLogin {
    /// Token for calls.
    pub access_token: AccessToken,
    /// When the token was asked for, by the clock of the client.
    pub issued_at: Timestamp,
    /// End of the token, by the same clock.
    pub expires_at: Timestamp,
    /// Token that gets a new one without a login.
    pub refresh_token: Option<RefreshToken>,
    /// End of the refresh token; `None` when there is none.
    pub refresh_expires_at: Option<Timestamp>,
}

impl SavedLogin {
    /// A token that was asked for at `issued_at` and lives for `lifetime`.
    #[must_use]
    pub fn new(access_token: AccessToken, issued_at: Timestamp, lifetime: Duration) -> Self {
        Self {
            access_token,
            issued_at,
            expires_at: issued_at.saturating_add(lifetime),
            refresh_token: None,
            refresh_expires_at: None,
        }
    }

    /// Adds the token that renews it, and when that one ends.
    #[must_use]
    pub fn refresh(mut self, token: RefreshToken, expires_at: Timestamp) -> Self {
        self.refresh_token = Some(token);
        self.refresh_expires_at = Some(expires_at);
        self
    }
}

impl sealed::Sealed for SavedLogin {}

const ACCESS: &str = "access_token";
const ISSUED: &str = "issued_at";
const EXPIRES: &str = "expires_at";
const REFRESH: &str = "refresh_token";
const REFRESH_EXPIRES: &str = "refresh_expires_at";

impl Expose for SavedLogin {
    fn write_exposed<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut entries = serializer.serialize_map(Some(5))?;
        entries.serialize_entry(ACCESS, &Exposed(&self.access_token))?;
        entries.serialize_entry(ISSUED, &self.issued_at)?;
        entries.serialize_entry(EXPIRES, &self.expires_at)?;
        entries.serialize_entry(REFRESH, &Exposed(&self.refresh_token))?;
        entries.serialize_entry(REFRESH_EXPIRES, &self.refresh_expires_at)?;
        entries.end()
    }

    fn read_exposed<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Fields)
    }
}

impl Expose for Option<SavedLogin> {
    fn write_exposed<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_ref().map(Exposed).serialize(serializer)
    }

    fn read_exposed<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let login = Option::<Owned<SavedLogin>>::deserialize(deserializer)?;
        Ok(login.map(|Owned(login)| login))
    }
}

/// A value read as [`Expose`] says.
struct Owned<T>(T);

impl<'de, T: Expose> Deserialize<'de> for Owned<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::read_exposed(deserializer).map(Self)
    }
}

struct Fields;

impl<'de> Visitor<'de> for Fields {
    type Value = SavedLogin;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map of the fields of SavedLogin")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<SavedLogin, A::Error> {
        let (mut access, mut issued, mut expires) = (None, None, None);
        let (mut refresh, mut refresh_expires) = (None, None);
        while let Some(key) = entries.next_key::<String>()? {
            match key.as_str() {
                ACCESS => access = Some(entries.next_value::<Owned<AccessToken>>()?.0),
                ISSUED => issued = Some(entries.next_value()?),
                EXPIRES => expires = Some(entries.next_value()?),
                REFRESH => refresh = entries.next_value::<Owned<Option<RefreshToken>>>()?.0,
                REFRESH_EXPIRES => refresh_expires = entries.next_value()?,
                _ => {
                    entries.next_value::<IgnoredAny>()?;
                }
            }
        }
        let missing = A::Error::missing_field;
        Ok(SavedLogin {
            access_token: access.ok_or_else(|| missing(ACCESS))?,
            issued_at: issued.ok_or_else(|| missing(ISSUED))?,
            expires_at: expires.ok_or_else(|| missing(EXPIRES))?,
            refresh_token: refresh,
            refresh_expires_at: refresh_expires,
        })
    }
}
