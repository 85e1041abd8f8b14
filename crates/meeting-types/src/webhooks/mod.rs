//! Webhooks: what the service reports about the meetings of an enterprise, by calling an address
//! of yours. [`SetWebHookConfig`](crate::operations::SetWebHookConfig) tells it which.
//!
//! This is plain data: a [`Verifier`] makes a [`Notification`] of the bytes that arrived, and the
//! notification knows the response to send. The HTTP server is yours; the example `webhook_receiver` shows
//! one. A [`Signer`] writes the same bytes, for tests and simulators.
//!
//! ```
//! use meeting_types::{
//!     Timestamp,
//!     webhooks::{MeetingInfo, Signer, Verifier, WebhookEvent},
//! };
//!
//! let now = "2026-11-22 08:30".parse::<Timestamp>()?;
//! let event = WebhookEvent::Started(MeetingInfo::new("987446316"));
//! let body = Signer::new("123456789", "demo-key").body(&event, now, "60426560");
//!
//! let verifier = Verifier::new("123456789", "demo-key");
//! match verifier.verify(&body, now.into()) {
//!     Ok(notification) => {
//!         assert_eq!(notification.event, event);
//!         assert_eq!(notification.response().status(), 200);
//!     }
//!     Err(error) => println!("{error}, so respond with {}", error.status()),
//! }
//! # Ok::<(), meeting_types::InvalidTime>(())
//! ```
//!
//! # What to expect
//!
//! - The service repeats a notification that gets no 200: three times, 30 seconds apart,
//!   then every 30 minutes for 24 hours. Respond first and work afterwards.
//! - It promises neither order nor that each event comes once. Drop what has the same
//!   [`DeduplicationKey`] as something seen before.
//! - Whoever records a notification can send it again. The signature holds; the time of sending says
//!   how old it is. See [`Verifier::tolerance`].

mod envelope;
mod error;
mod event;
mod minify;
mod notification;
mod outer;
mod payload;
mod signature;
mod signer;
mod stored;
mod verifier;

pub use self::{
    error::WebhookError,
    event::{WebhookEvent, WebhookEventKind},
    notification::{DeduplicationKey, Notification},
    payload::{AttendeeRole, MeetingInfo, WebhookAttendee},
    signer::Signer,
    verifier::Verifier,
};
pub use crate::secret::WebhookKey;
