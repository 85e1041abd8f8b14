//! Why a notification is not believed.

use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode};

use crate::Problem;

/// Why a body that arrived is no notification of the service.
///
/// It names the place of the fault, never a value: nothing that a stranger sent gets into a log
/// through it, and no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WebhookError {
    /// The body is longer than the verifier takes.
    #[error("the body has more than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The body is no JSON object.
    #[error("the body is no JSON object")]
    NotJson,
    /// A field is missing, or cannot be read.
    #[error("`{field}` is missing or unusable")]
    Missing {
        /// The field by its wire name, with the way to it.
        field: &'static str,
    },
    /// A field is there twice. Two readers of one body could then disagree about what it says.
    #[error("`{field}` is there twice")]
    Repeated {
        /// The field by its wire name.
        field: &'static str,
    },
    /// The notification is for another subscriber.
    #[error("`appID` is not the subscriber id of this receiver")]
    OtherSubscriber,
    /// The signature was made with another key, or over something else.
    #[error("the signature does not fit: another key, or a changed notification")]
    BadSignature,
    /// The signature fits, and the notification was sent too long ago. It is an old one sent again,
    /// or a clock is wrong.
    #[error("sent {} s ago, which is longer than the tolerance", age.as_secs())]
    TooOld {
        /// How long ago it was sent.
        age: Duration,
    },
    /// The signature fits, and the notification comes from the future: a clock is wrong.
    #[error("sent {} s in the future, which is more than the tolerance", ahead.as_secs())]
    TooNew {
        /// How far in the future it was sent.
        ahead: Duration,
    },
    /// The receiver has a key that cannot be meant: it is blank, has white space around it or has a
    /// line break or another control character in it. Anybody could sign with an empty one, and with
    /// the others the service would not: nothing is believed.
    #[error("the key of the receiver {0}")]
    Key(Problem),
}

impl WebhookError {
    /// The HTTP status of the response. It is never 2xx, so the service sends the notification again.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NotJson | Self::Missing { .. } | Self::Repeated { .. } => StatusCode::BAD_REQUEST,
            Self::OtherSubscriber => StatusCode::FORBIDDEN,
            Self::BadSignature | Self::TooOld { .. } | Self::TooNew { .. } => {
                StatusCode::UNAUTHORIZED
            }
            // The fault is on our side, and once it is mended the next try succeeds.
            Self::Key(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Response to send: the [`status`](Self::status) without a body, because a forger learns nothing from
    /// us.
    #[must_use]
    pub fn response(&self) -> Response<Bytes> {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = self.status();
        response
    }
}
