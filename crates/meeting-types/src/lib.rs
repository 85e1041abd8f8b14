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

mod authority;
mod booking;
mod conference;
mod country;
mod credential;
mod credential_text;
mod define;
mod endpoint;
mod error;
pub mod events;
mod extra;
mod ids;
mod json;
pub mod launch;
mod login;
pub mod models;
pub mod open;
mod operation;
pub mod operations;
mod raw;
mod reference;
mod request;
mod response;
#[doc(hidden)]
pub mod schema;
mod secret;
#[cfg(feature = "server")]
mod server;
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
pub use country::Country;
#[doc(hidden)]
pub use credential::AuthorizationRef;
pub use credential::{Authorization, ConferenceCredential};
pub use endpoint::{Endpoint, EndpointError};
pub use error::{
    ErrorClass, ErrorCode, OperationError, Problem, RequestError, ResponseError, ResponseFault,
    ServiceError,
};
pub use extra::WithExtra;
pub use http;
pub use ids::{
    AccountId, AppId, ConferenceId, ConferenceUuid, CorpId, DeptId, ParticipantId, UserId,
    UserUuid, VmrConferenceId, VmrId,
};
pub use json::Json;
pub use login::{AccountCredential, AppCredential, AppSignature, SignedParts, SigningForm};
pub use operation::{
    AuthKind, Operation, OperationInfo, Output, Page, PagedOperation, Reference, RetryClass,
};
pub use raw::RawRequest;
#[doc(hidden)]
pub use raw::WriteRequest;
#[doc(hidden)]
pub use request::{validate, write_request};
pub use response::{LeftOut, Response, accept_raw};
pub use schema::{Mend, MendKind};
pub use secret::{
    AccessToken, AuthRandom, ConferenceToken, JoinUrl, LoginSignature, Password, RefreshToken,
    SecretText, WebSocketToken,
};
#[cfg(feature = "server")]
pub use server::ServerOperation;
pub use transport::{
    Immediate, NonBlocking, Timeout, Transport, TransportError, TransportErrorKind,
};
pub use upload::Upload;
