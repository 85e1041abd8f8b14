//! Models, operations, events, webhooks and the shared [`Transport`] trait of the Huawei Cloud Meeting API.
//!
//! Everything here is plain data: no sockets, no threads, no clock. An operation writes itself as a
//! [`http::Request`] and reads its output from the [`http::Response`]. The crates `meeting-async` and
//! `meeting-blocking` send it; so can any HTTP client:
//!
//! ```
//! use meeting_types::{Endpoint, Operation, operations::CreateAnonymousAuthRandom};
//!
//! let operation = CreateAnonymousAuthRandom::new("900825541", "246813");
//! let request = operation.to_request(&Endpoint::international(), &())?;
//! assert_eq!(request.uri().query(), Some("conferenceID=900825541"));
//! # let body = r#"{"random": "128736471829374"}"#;
//! # let response = http::Response::new(body.into());
//!
//! // Once the response is here:
//! let output = CreateAnonymousAuthRandom::read_response(response)?.into_value();
//! assert_eq!(output.random.expose(), "128736471829374");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Find an operation
//!
//! The page of [`operations`] lists all of them by group, each with a sentence and its path. The page
//! of an operation shows an example, links its output, and names the refusals that the reference
//! prints with the question to ask the [`ServiceError`]. The search finds names on the wire, too.
//!
//! | Group | What it is about |
//! | --- | --- |
//! | [Address book](operations#address-book) | people, devices and departments of an enterprise |
//! | [Authentication](operations#authentication) | logins, tokens, passwords, applications |
//! | [Conference control](operations#conference-control) | what happens in a running meeting |
//! | [Conference management](operations#conference-management) | booking, changing, finding and cancelling meetings |
//! | [Enterprise administration](operations#enterprise-administration) | users, departments, devices, meeting rooms in the cloud |
//! | [Meeting history](operations#meeting-history) | meetings that are over, and who was there |
//! | [Meeting files](operations#meeting-files) | minutes of whiteboards, and their files |
//! | [Member](operations#member) | what a user sees and changes of themselves |
//! | [Metrics](operations#metrics) | use and quality, as figures |
//! | [Recordings](operations#recordings) | recorded meetings |
//! | [Signage](operations#signage) | pictures and programs for the screens of meeting rooms |
//! | [Service provider administration](operations#service-provider-administration) | enterprises of a service provider |
//! | [Webhook](operations#webhook) | who is told about meetings |
//! | [Webinars](operations#webinars) | webinars and their audience |
//!
//! A program finds the same facts in [`operations::ALL`].
//!
//! # Keep values, or pass them on
//!
//! Ids, enums, times, models, operations, events and what webhooks report implement serde's `Serialize`
//! and `Deserialize`. JSON, CBOR and MessagePack are tested, each way and with any value; a format that
//! does not describe itself, such as bincode or postcard, cannot be read. The form is the same in all
//! formats, whether people can read them or not:
//!
//! - An id is its text; an enum is the word or the number of the wire, also one without a name here.
//! - [`Timestamp`] is RFC 3339 in UTC, to the millisecond; [`Date`] is `yyyy-MM-dd`.
//! - A model is the JSON of the wire. What the wire would round is written in full.
//! - An operation, also one of [`operation!`], is its parameters by their wire names, be they in path, query, header or body; `body`
//!   is a body as a whole. A parameter of the query that shares its name with a key of the body is
//!   `query.name`. A file has its content in Base64.
//! - An [event](events::Event) is its envelope by the wire names, and `payload`. A push as the service
//!   sends it can be read too.
//! - A secret has none, unless you name [`exposed`] for the field. **Models, operations and events write
//!   the secrets that they hold.** A frame of a client holds a token and has none either.
//!
//! Models are read as leniently as responses; an operation with something that does not fit is an
//! error. An id, an enum or a secret of no characters is absent: a model does not keep it.
//!
//! ```
//! use meeting_types::{ConferenceId, Timestamp, models::MediaType, operations::MuteParticipant};
//!
//! let mute = MuteParticipant::new("p1", true);
//! let text = serde_json::to_string(&mute)?;
//! assert_eq!(text, r#"{"participantID":"p1","isMute":1}"#);
//! assert_eq!(serde_json::from_str::<MuteParticipant>(&text)?, mute);
//!
//! // Also in types of your own: #[derive(Serialize, Deserialize)] struct Row { .. }
//! let row = (ConferenceId::new("900825541"), Timestamp::from_secs(0), MediaType::HdVideo);
//! let text = serde_json::to_string(&row)?;
//! assert_eq!(text, r#"["900825541","1970-01-01T00:00:00.000Z","HDVideo"]"#);
//! # Ok::<(), serde_json::Error>(())
//! ```

mod authority;
mod booking;
mod claimant;
mod conference;
mod country;
mod credential;
mod credential_text;
mod define;
mod download;
mod endpoint;
mod error;
pub mod events;
pub mod exposed;
mod extra;
mod ids;
mod json;
mod json_tree;
pub mod launch;
mod login;
mod login_store;
pub mod models;
pub mod open;
mod operation;
pub mod operations;
mod pacer;
mod page;
mod proxy_login;
mod rate_limit;
mod raw;
mod reference;
mod request;
mod response;
#[doc(hidden)]
mod saved_login;
pub mod schema;
mod secret;
mod serde_macros;
#[cfg(feature = "server")]
mod server;
mod text_serde;
mod time;
mod transport;
mod upload;
pub mod webhooks;

#[cfg(any(feature = "chrono", feature = "jiff", feature = "time"))]
pub use self::time::TimeOutOfRange;
pub use self::time::{Date, InvalidTime, InvalidTimeZoneId, NoTimeZoneId, TimeZoneId, Timestamp};
#[cfg(feature = "jiff")]
pub use self::time::{IntoTimeZone, LocalStart, LocalTimeError};
#[cfg(feature = "rrule")]
pub use booking::RruleError;
pub use booking::{NotTold, UpdateMeetingNow};
pub use bytes::Bytes;
pub use claimant::{Claimant, LoginKey};
pub use country::Country;
#[doc(hidden)]
pub use credential::AuthorizationRef;
pub use credential::{Authorization, ConferenceCredential};
pub use download::{BodyStream, Download};
pub use endpoint::{Endpoint, EndpointError};
pub use error::{
    CarriedSecrets, ErrorClass, ErrorCode, OperationError, Problem, RequestError, ResponseError,
    ResponseFault, RetryAfter, ServiceError,
};
pub use extra::WithExtra;
pub use http;
pub use ids::{
    AccountId, AppId, ConferenceId, ConferenceUuid, CorpId, DeptId, ParticipantId, UserId,
    UserUuid, VmrConferenceId, VmrId,
};
pub use json::Json;
pub use login::{AccountCredential, AppCredential, AppSignature, SignedParts, SigningForm};
pub use login_store::{Claim, LoginStore, StoreError};
pub use operation::{
    AuthKind, Operation, OperationInfo, Output, PagedOperation, Reference, RetryClass,
};
pub use pacer::{Lane, Pace, Pacer, Slot};
pub use page::Page;
pub use proxy_login::ProxyCredential;
pub use rate_limit::{LimitScope, RateLimit};
pub use raw::RawRequest;
#[doc(hidden)]
pub use raw::WriteRequest;
#[doc(hidden)]
pub use request::{validate, write_request};
pub use response::{LeftOut, Response};
pub use saved_login::SavedLogin;
pub use schema::{Mend, MendKind};
pub use secret::{
    AccessToken, AuthRandom, ConferenceToken, JoinUrl, LoginSignature, Password, RefreshToken,
    SecretText, WebSocketToken,
};
#[doc(hidden)]
pub use serde_macros::__missing_field;
#[cfg(feature = "server")]
pub use server::{PagedServerOperation, ServerOperation};
pub use transport::{
    Attempt, Bulk, Immediate, NonBlocking, Timeout, Transport, TransportError, TransportErrorKind,
};
pub use upload::Upload;
