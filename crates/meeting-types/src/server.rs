//! Server half of operations: what a test double or an offline service needs.

use bytes::Bytes;

use crate::{
    Authorization, Endpoint, Operation, RequestError, request, response,
    schema::{Empty, Value},
};

/// Server half of an [`Operation`]: reads its request and writes its response. All operations of this
/// crate have it.
///
/// Reading is strict: a value that is there and not in a form that the service documents is an error
/// that names it, and so is what breaks a limit or a rule of the service. Unknown values of open
/// enums are taken.
///
/// A typed double of the service, as a [`Transport`](crate::Transport):
///
/// ```
/// use async_trait::async_trait;
/// use meeting_types::{
///     AuthRandom, Bytes, Operation, ServerOperation, Transport, TransportError, http,
///     models::AnonymousAuthRandom, operations::CreateAnonymousAuthRandom,
/// };
/// # use std::time::Duration;
///
/// struct Double;
///
/// #[async_trait]
/// impl Transport for Double {
///     async fn send(
///         &self,
///         request: http::Request<Bytes>,
///     ) -> Result<http::Response<Bytes>, TransportError> {
///         Ok(match CreateAnonymousAuthRandom::from_request(&request) {
///             Ok(asked) if asked.conference_id.as_str() == "900825541" => {
///                 let random = AnonymousAuthRandom::new(AuthRandom::new("135792468013579"));
///                 CreateAnonymousAuthRandom::write_response(&random)
///             }
///             _ => {
///                 let mut refusal = http::Response::new(Bytes::new());
///                 *refusal.status_mut() = http::StatusCode::BAD_REQUEST;
///                 refusal
///             }
///         })
///     }
///
///     async fn sleep(&self, _: Duration) {}
/// }
/// ```
pub trait ServerOperation: Operation + Empty {
    /// Writes a request whose parameters and rules are not checked: one that clients refuse to send,
    /// to try how a server refuses it.
    ///
    /// # Errors
    ///
    /// [`RequestError`] when the parameters make no request at all, such as a text that no header
    /// can carry.
    fn to_unchecked_request(
        &self,
        endpoint: &Endpoint,
        authorization: &Self::Authorization,
    ) -> Result<http::Request<Bytes>, RequestError>;

    /// Reads a request, strictly. The credential is read apart, by
    /// [`credential_of`](Self::credential_of).
    ///
    /// # Errors
    ///
    /// [`RequestError`] names the first parameter that is missing, in no documented form, or against
    /// a limit or a rule of the service.
    fn from_request(request: &http::Request<Bytes>) -> Result<Self, RequestError>;

    /// Reads the credential of a request. `None` when it is missing or unusable.
    #[must_use]
    fn credential_of(request: &http::Request<Bytes>) -> Option<Self::Authorization>;

    /// Writes the response, with status 200.
    #[must_use]
    fn write_response(output: &Self::Output) -> http::Response<Bytes>;
}

impl<O> ServerOperation for O
where
    O: Operation + Empty,
    O::Output: Value,
{
    fn to_unchecked_request(
        &self,
        endpoint: &Endpoint,
        authorization: &Self::Authorization,
    ) -> Result<http::Request<Bytes>, RequestError> {
        let authorization = authorization.by_ref();
        request::write_unchecked(self, Self::INFO, endpoint, authorization, self.extras())
    }

    fn from_request(request: &http::Request<Bytes>) -> Result<Self, RequestError> {
        let mut operation = Self::empty();
        request::read(&mut operation, Self::INFO, request)?;
        Ok(operation)
    }

    fn credential_of(request: &http::Request<Bytes>) -> Option<Self::Authorization> {
        let query = request::query_of(request.uri());
        Self::Authorization::from_parts(&query, request.headers())
    }

    fn write_response(output: &Self::Output) -> http::Response<Bytes> {
        response::write(output)
    }
}
