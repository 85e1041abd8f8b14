//! Ids, a type for each kind, because people confuse them. serde writes and reads them as text.

use std::{borrow::Borrow, fmt};

use crate::schema::{Empty, Format, Kind, Value, WireInput, WireValue};

macro_rules! id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Box<str>);

        impl $name {
            /// Wraps the text. It is checked when a request is built from it.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into().into_boxed_str())
            }

            /// The id as the service writes it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
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

        crate::text_serde::text! { $name }

        impl From<&$name> for $name {
            fn from(id: &$name) -> Self {
                id.clone()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0.into_string()
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        /// So that a map by id is asked with a text.
        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Value for $name {
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

        impl Empty for $name {
            const KIND: Kind = Kind::Text;

            fn empty() -> Self {
                Self(Box::default())
            }
        }
    };
}

id! {
    /// A booked conference, as people type it. It goes into nearly every call.
    ConferenceId
}
id! {
    /// One run of a conference. Made each time a meeting starts, so that one [`ConferenceId`] may own
    /// several. History and recordings ask for it.
    ConferenceUuid
}
id! {
    /// The record of a cloud meeting room. Bookings refer to a room by it.
    VmrId
}
id! {
    /// The fixed number of a cloud meeting room or a personal meeting, shown to people. The service
    /// does not take it where it wants a [`ConferenceId`].
    VmrConferenceId
}
id! {
    /// One site in a running meeting.
    ParticipantId
}
id! {
    /// A user, as the enterprise named them when it created the account.
    UserId
}
id! {
    /// A user, as the service numbers them internally.
    UserUuid
}
id! {
    /// The account with which a user logs in.
    AccountId
}
id! {
    /// An enterprise.
    CorpId
}
id! {
    /// An application that logs in with an App ID.
    AppId
}
id! {
    /// A department of an enterprise.
    DeptId
}
