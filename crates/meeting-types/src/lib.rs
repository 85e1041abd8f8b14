//! Models, operations, events, webhooks and the shared [`Transport`] trait of the Huawei Cloud Meeting API.

mod answer;
mod conference;
mod credential;
mod endpoint;
mod error;
mod error_codes;
pub mod events;
mod ids;
mod login;
pub mod models;
pub mod open;
mod operation;
pub mod operations;
mod request;
pub mod schema;
mod secret;
mod time;
mod transport;
mod upload;
pub mod webhooks;

pub use answer::Answer;
pub use bytes::Bytes;
pub use credential::{Carried, ConferenceCredential, Credential};
pub use endpoint::{Endpoint, EndpointError};
pub use error::{
    ErrorClass, ErrorCode, OperationError, Problem, ReplyError, ReplyFault, RequestError,
    ServiceError,
};
pub use http;
pub use ids::{
    AccountId, AppId, ConferenceId, ConferenceUuid, CorpId, DeptId, ParticipantId, UserId,
    UserUuid, VmrConferenceId, VmrId,
};
pub use login::{AccountCredential, AppCredential, AppSignature, SignedParts, SigningForm};
pub use operation::{
    Auth, Operation, OperationInfo, Page, PagedOperation, Reference, Reply, Retry,
};
pub use request::write_request;
pub use secret::{
    AccessToken, AuthRandom, ConferenceToken, JoinUrl, LoginSignature, Password, RefreshToken,
    SecretText, WebSocketToken,
};
pub use time::{Date, InvalidTime, Timestamp};
pub use transport::{
    Immediate, NonBlocking, Timeout, Transport, TransportError, TransportErrorKind,
};
pub use upload::Upload;
