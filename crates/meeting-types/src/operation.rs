//! One type per REST operation, and what they have in common.

use bytes::Bytes;
use http::Method;

use crate::{
    Authorization, Endpoint, OperationError, RequestError, Response, answer, reference, request,
    schema::{Empty, Model, Place, Value},
};

/// One call of the REST API, as a value.
///
/// It writes itself as a request and reads its reply. Both directions exist in reverse as well,
/// which is what an offline service is built from.
///
/// ```
/// use meeting_types::{ConferenceCredential, Endpoint, Operation, operations::CreateWebSocketToken};
///
/// let control = ConferenceCredential::new("900825541", "cnr0123");
/// let request = CreateWebSocketToken::new().to_request(&Endpoint::china(), &control)?;
/// assert_eq!(request.method(), "GET");
/// assert_eq!(request.uri().path(), "/v1/mmc/control/conferences/wsToken");
/// assert_eq!(request.uri().query(), Some("conferenceID=900825541"));
/// # Ok::<(), meeting_types::RequestError>(())
/// ```
pub trait Operation: Model + Empty + 'static {
    /// What the call must carry: `()`, [`AccessToken`](crate::AccessToken) or
    /// [`ConferenceCredential`](crate::ConferenceCredential).
    type Authorization: Authorization;
    /// What a successful call answers.
    type Output: Output;
    /// The facts about the operation.
    const INFO: &'static OperationInfo;

    /// Writes the request.
    ///
    /// # Errors
    ///
    /// [`RequestError`] names the first parameter that the service would refuse.
    fn to_request(
        &self,
        endpoint: &Endpoint,
        credential: &Self::Authorization,
    ) -> Result<http::Request<Bytes>, RequestError>
    where
        Self: Sized,
    {
        request::write_request(self, Self::INFO, endpoint, credential.by_ref())
    }

    /// Reads a request, as the service does. The credential is read apart, by
    /// [`credential_of`](Self::credential_of).
    ///
    /// # Errors
    ///
    /// [`RequestError`] names the first required parameter that is missing or unusable.
    fn from_request(request: &http::Request<Bytes>) -> Result<Self, RequestError>
    where
        Self: Sized,
    {
        let mut operation = Self::empty();
        request::read(&mut operation, Self::INFO, request)?;
        Ok(operation)
    }

    /// Reads the credential of a request; nothing when it is missing or unusable.
    #[must_use]
    fn credential_of(request: &http::Request<Bytes>) -> Option<Self::Authorization> {
        let query = request::query_of(request.uri());
        Self::Authorization::from_parts(&query, request.headers())
    }

    /// Reads the reply.
    ///
    /// # Errors
    ///
    /// [`OperationError::Service`] when the service refused, also when it did so with status 200;
    /// [`OperationError::Response`] when the reply cannot be read.
    fn read_response(
        response: http::Response<Bytes>,
    ) -> Result<Response<Self::Output>, OperationError> {
        let mut value = Self::Output::empty();
        let nothing_expected = !(Self::Output::OBJECT || Self::Output::LIST || Self::Output::MAP);
        answer::read(Self::INFO, &response, &mut value, nothing_expected)?;
        Ok(Response::new(value, response))
    }

    /// Writes the reply, as the service does.
    #[must_use]
    fn write_response(reply: &Self::Output) -> http::Response<Bytes> {
        answer::write(reply)
    }
}

/// Output of an operation: a model, a list of models, a map of texts, or `()`.
///
/// Closed to other types: its bounds are not part of what this crate promises.
pub trait Output: Value + Empty + Send + 'static {}

#[doc(hidden)]
impl<T: Value + Empty + Send + 'static> Output for T {}

/// The facts about an operation.
#[derive(Debug)]
#[non_exhaustive]
pub struct OperationInfo {
    /// The name that the service gives it.
    pub name: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The path; parameters stand in it as `{name}`.
    pub path: &'static str,
    /// The group of the API.
    pub group: &'static str,
    /// The part of the group.
    pub subgroup: &'static str,
    /// What the call must carry.
    pub auth: AuthKind,
    /// What repeating the call does.
    pub retry: RetryClass,
    /// Its page in the service's reference, where one is known.
    pub reference: Option<Reference>,
    /// What it does, in one sentence.
    pub summary: &'static str,
    /// Parameters that always have the same value.
    #[doc(hidden)]
    pub constants: &'static [(Place, &'static str, &'static str)],
}

/// A page of the service's reference, by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reference {
    /// One that there is in English.
    English(&'static str),
    /// One that there is in Chinese only.
    Chinese(&'static str),
}

impl Reference {
    /// The address of the page.
    #[must_use]
    pub fn url(&self) -> String {
        match self {
            Self::English(id) => reference::page_address(id, true),
            Self::Chinese(id) => reference::page_address(id, false),
        }
    }
}

/// What a call must carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AuthKind {
    /// Nothing, or something that is one of its parameters.
    None,
    /// The token of a login, in `X-Access-Token`.
    AccessToken,
    /// The control token of the meeting, in `X-Conference-Authorization`.
    ConferenceToken,
}

/// What repeating a call does. It does not follow from the HTTP method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RetryClass {
    /// It only reads: repeat it at will.
    Read,
    /// It changes something, but a second time changes nothing more.
    Idempotent,
    /// A second call does it again, or mints another token. It is repeated only when the first one
    /// certainly did not reach the service.
    Once,
}

/// An operation that answers a part of a longer list.
pub trait PagedOperation: Operation {
    /// What is listed.
    type Item: std::fmt::Debug + Send + 'static;

    /// Asks for `limit` items from `offset` on.
    fn set_page(&mut self, offset: u32, limit: u32);

    /// The number of items asked for, if set.
    fn page_limit(&self) -> Option<u32>;

    /// The first item asked for, if set.
    fn page_offset(&self) -> Option<u32>;

    /// Takes the items out of a reply.
    fn take_page(reply: Self::Output) -> Page<Self::Item>;
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The items of this part.
    pub items: Vec<T>,
    /// How many items the whole list has, if the service said it.
    pub count: Option<u64>,
}

impl<T> Page<T> {
    /// A part of a list of `count` items.
    #[must_use]
    pub fn new(items: Vec<T>, count: Option<u64>) -> Self {
        Self { items, count }
    }
}
