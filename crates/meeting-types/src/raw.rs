//! Requests without a type of their own, and the view of all requests that clients send.

use bytes::Bytes;
use http::{
    HeaderName, HeaderValue, Uri,
    header::{AUTHORIZATION, HOST},
};

use crate::{
    Authorization, AuthorizationRef, Endpoint, Operation, OperationError, OperationInfo, Problem,
    RequestError, RetryClass,
    credential::{ACCESS_HEADER, CONFERENCE_HEADER, CONFERENCE_QUERY},
    request, response,
};

/// Source of a request, for clients that send any of them.
///
/// Its methods have names that no [`Operation`] has: both traits may be in scope.
#[doc(hidden)]
pub trait WriteRequest: Send + Sync {
    /// The facts about the operation.
    fn request_info(&self) -> &'static OperationInfo;

    /// Class of the call for retries.
    fn request_retry(&self) -> RetryClass {
        self.request_info().retry
    }

    /// Checks it without writing it.
    fn validate_request(&self) -> Result<(), RequestError>;

    /// Writes the request.
    fn write_request(
        &self,
        endpoint: &Endpoint,
        authorization: AuthorizationRef<'_>,
    ) -> Result<http::Request<Bytes>, RequestError>;
}

impl<O: Operation> WriteRequest for O {
    fn request_info(&self) -> &'static OperationInfo {
        O::INFO
    }

    fn validate_request(&self) -> Result<(), RequestError> {
        Operation::validate(self)
    }

    fn write_request(
        &self,
        endpoint: &Endpoint,
        authorization: AuthorizationRef<'_>,
    ) -> Result<http::Request<Bytes>, RequestError> {
        request::write(self, O::INFO, endpoint, authorization, self.extras())
    }
}

/// Request that its caller wrote, for a call that has no type.
///
/// Its URL is a path and a query; the endpoint names the host. Clients send it by
/// `Client::request`.
///
/// ```
/// use meeting_types::{AccessToken, Bytes, Endpoint, RawRequest, RetryClass, http};
///
/// let request = http::Request::get("/v1/mmc/thing?limit=5").body(Bytes::new()).unwrap();
/// let raw = RawRequest::new(request, RetryClass::Read);
/// let written = raw.to_request(&Endpoint::china(), &AccessToken::new("cnr0123"))?;
/// assert_eq!(written.uri().path(), "/v1/mmc/thing");
/// assert!(written.headers()["x-access-token"].is_sensitive());
///
/// let response = RawRequest::read_response(http::Response::new(r#"{"things": 2}"#.into()))?;
/// assert_eq!(response.body(), r#"{"things": 2}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct RawRequest {
    request: http::Request<Bytes>,
    retry: RetryClass,
}

impl RawRequest {
    /// Takes a request, and what repeating it does.
    #[must_use]
    pub fn new(request: http::Request<Bytes>, retry: RetryClass) -> Self {
        Self { request, retry }
    }

    /// Whether the request carries a credential of its own. Then no token is added to it.
    #[must_use]
    pub fn has_credential(&self) -> bool {
        let headers = self.request.headers();
        CREDENTIALS.iter().any(|name| headers.contains_key(name))
    }

    /// Writes the request to `endpoint`, with `credential` unless it has one of its own.
    ///
    /// # Errors
    ///
    /// [`RequestError`] when the URL names a host or leads out of the endpoint's path, or the
    /// credential cannot be a header.
    pub fn to_request(
        &self,
        endpoint: &Endpoint,
        credential: &impl Authorization,
    ) -> Result<http::Request<Bytes>, RequestError> {
        self.write_request(endpoint, credential.by_ref())
    }

    /// Passes a response on as it came, unless it is a refusal.
    ///
    /// # Errors
    ///
    /// [`OperationError::Service`] when the service refused, also when it did so with status 200;
    /// [`OperationError::Response`] for a redirect.
    pub fn read_response(
        response: http::Response<Bytes>,
    ) -> Result<http::Response<Bytes>, OperationError> {
        response::accept_raw(response)
    }
}

/// Headers that carry a credential.
const CREDENTIALS: [HeaderName; 3] = [
    AUTHORIZATION,
    HeaderName::from_static(ACCESS_HEADER),
    HeaderName::from_static(CONFERENCE_HEADER),
];

/// Prints method and path; query, headers and body may hold secrets.
impl std::fmt::Debug for RawRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (method, path) = (self.request.method(), self.request.uri().path());
        write!(f, "RawRequest({method} {path}, {:?})", self.retry)
    }
}

impl WriteRequest for RawRequest {
    fn request_info(&self) -> &'static OperationInfo {
        OperationInfo::RAW
    }

    fn request_retry(&self) -> RetryClass {
        self.retry
    }

    fn validate_request(&self) -> Result<(), RequestError> {
        let fail = |parameter: &str, problem| {
            Err(RequestError::new(
                OperationInfo::RAW.name,
                parameter,
                problem,
            ))
        };
        let uri = self.request.uri();
        if uri.scheme().is_some() || uri.authority().is_some() {
            return fail("URL", Problem::Host);
        }
        if self.request.headers().contains_key(HOST) {
            return fail("Host", Problem::Host);
        }
        if !uri.path().starts_with('/') {
            return fail("URL", Problem::Host);
        }
        let dots = |step: &str| {
            matches!(
                step.to_ascii_lowercase().replace("%2e", ".").as_str(),
                "." | ".."
            )
        };
        if uri.path().split('/').any(dots) {
            return fail("URL", Problem::DotSegment);
        }
        Ok(())
    }

    fn write_request(
        &self,
        endpoint: &Endpoint,
        authorization: AuthorizationRef<'_>,
    ) -> Result<http::Request<Bytes>, RequestError> {
        self.validate_request()?;
        let info = OperationInfo::RAW;
        let fail = |parameter: &str, problem| RequestError::new(info.name, parameter, problem);
        let mut request = self.request.clone();
        let target = request.uri().path_and_query();
        let mut text = format!(
            "{}{}",
            endpoint.prefix(),
            target.map_or("/", |target| target.as_str())
        );
        let (name, secret) = match authorization {
            _ if self.has_credential() => ("", ""),
            AuthorizationRef::Nothing => ("", ""),
            AuthorizationRef::Access(token) => (ACCESS_HEADER, token.expose()),
            AuthorizationRef::Conference(control) => {
                let separator = if text.contains('?') { '&' } else { '?' };
                let id = request::escaped(control.conference_id.as_str());
                text.push_str(&format!("{separator}{CONFERENCE_QUERY}={id}"));
                (CONFERENCE_HEADER, control.token.expose())
            }
        };
        let target = Uri::try_from(text).ok();
        let target = target.and_then(|uri| uri.path_and_query().cloned());
        let max = request::LONGEST_TARGET;
        let target = target.ok_or_else(|| fail("URL", Problem::TooLong { max }))?;
        *request.uri_mut() = endpoint.uri(target);
        for name in CREDENTIALS {
            if let Some(value) = request.headers_mut().get_mut(name) {
                value.set_sensitive(true);
            }
        }
        if !name.is_empty() {
            let mut value =
                HeaderValue::from_str(secret).map_err(|_| fail(name, Problem::ControlCharacter))?;
            value.set_sensitive(true);
            request
                .headers_mut()
                .insert(HeaderName::from_static(name), value);
        }
        Ok(request)
    }
}
