//! Values that must never be printed: they have no `Display`, and their `Debug` says nothing. serde
//! writes them where [`exposed`](crate::exposed) is named, and as parts of models.

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use zeroize::Zeroizing;

use crate::{
    exposed::{ExposeText, sealed},
    schema::{Empty, Format, Kind, Value, WireInput, WireValue},
};

macro_rules! secret {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        ///
        /// `Debug` prints a mask. The text is wiped from memory when the value is dropped.
        #[derive(Clone)]
        pub struct $name(Zeroizing<String>);

        impl $name {
            /// Wraps the text. It is checked when a request is built from it.
            pub fn new(text: impl Into<String>) -> Self {
                Self(Zeroizing::new(text.into()))
            }

            /// The text itself. Take care where it goes.
            #[must_use]
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        secret_value! { $name }

        impl sealed::Sealed for $name {}

        impl ExposeText for $name {
            fn exposed(&self) -> Option<&str> {
                Some(self.expose())
            }

            fn from_exposed(text: Option<String>) -> Option<Self> {
                text.map(Self::new)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self::new(text)
            }
        }

        impl From<&$name> for $name {
            fn from(secret: &$name) -> Self {
                secret.clone()
            }
        }
    };
}

macro_rules! secret_value {
    ($name:ident) => {
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(***)"))
            }
        }

        /// Compares in a time that depends on the lengths only.
        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                same_text(self.expose(), other.expose())
            }
        }

        impl Eq for $name {}

        impl Value for $name {
            fn read(&mut self, input: WireInput<'_>, _: Format) -> bool {
                let Some(text) = input.into_word() else {
                    return false;
                };
                *self = Self::new(text);
                true
            }

            fn write(&self, _: Format) -> WireValue<'_> {
                WireValue::Text(self.expose().into())
            }
        }

        impl Empty for $name {
            const KIND: Kind = Kind::Secret(&Kind::Text);

            fn empty() -> Self {
                Self::new("")
            }
        }
    };
}

/// Compares two texts without stopping at the first difference.
pub(crate) fn same_text(left: &str, right: &str) -> bool {
    left.len() == right.len()
        && left
            .bytes()
            .zip(right.bytes())
            .fold(0, |difference, (l, r)| difference | (l ^ r))
            == 0
}

secret! {
    /// Authorises calls in the name of a user or an app. Lives 12 to 24 hours.
    AccessToken
}
secret! {
    /// Exchanged for a new [`AccessToken`]. Lives about 30 days.
    RefreshToken
}
secret! {
    /// Authorises control of one running meeting. Lives 30 minutes.
    ConferenceToken
}
secret! {
    /// Proof that someone knew a conference id and its password.
    AuthRandom
}
secret! {
    /// A password of an account or a meeting.
    Password
}
secret! {
    /// A link that lets whoever opens it into a meeting.
    JoinUrl
}
secret! {
    /// Any other text that must not be printed.
    SecretText
}
secret! {
    /// Signs what the service reports to a webhook. Chosen by whoever sets the webhook up, and called
    /// `subscriberKey` there.
    WebhookKey
}
secret! {
    /// The `Authorization` header of a login: made by [`AppCredential`](crate::AppCredential) or
    /// [`AccountCredential`](crate::AccountCredential).
    LoginSignature
}

/// Opens one WebSocket connection. Good for one minute and one use.
///
/// It cannot be cloned, and connecting consumes it:
///
/// ```compile_fail
/// let token = meeting_types::WebSocketToken::new("cnr0123");
/// let again = token.clone();
/// ```
///
/// `Debug` prints a mask. The text is wiped from memory when the value is dropped.
pub struct WebSocketToken {
    text: Zeroizing<String>,
    issued_at: Option<SystemTime>,
}

impl WebSocketToken {
    /// How long the service accepts a token.
    pub const LIFETIME: Duration = Duration::from_secs(60);

    /// Wraps the text of a token.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: Zeroizing::new(text.into()),
            issued_at: None,
        }
    }

    /// Notes when the service issued the token. Clients of this SDK do it for you.
    #[must_use]
    pub fn with_issued_at(mut self, at: SystemTime) -> Self {
        self.issued_at = Some(at);
        self
    }

    /// When the service issued the token, if that was noted.
    #[must_use]
    pub fn issued_at(&self) -> Option<SystemTime> {
        self.issued_at
    }

    /// Whether the minute is over at `now`. False while it is not known when it began.
    #[must_use]
    pub fn is_expired(&self, now: SystemTime) -> bool {
        self.issued_at
            .and_then(|at| now.duration_since(at).ok())
            .is_some_and(|age| age >= Self::LIFETIME)
    }

    /// The text itself. Take care where it goes.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.text
    }
}

secret_value! { WebSocketToken }
