//! From a request on the wire to the handler of its operation, and back.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::Request,
    response::Response,
    routing::{MethodFilter, on},
};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use meeting_types::{
    AccessToken, Authorization, ConferenceCredential, OperationInfo, Problem, RequestError,
    ServerOperation, ServiceError, operations, schema::Place,
};

use crate::{
    refusal::{self, Refusal},
    request_log::RequestRecord,
    service::Service,
    state::{State, control::Control},
};

/// The greatest body that the gateway takes.
pub(crate) const BODY_LIMIT: usize = 12 * 1024 * 1024;
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Performs an operation in the name of a caller.
pub(crate) type Handler<O> = fn(&mut State, Caller<O>, O) -> Result<Output<O>, ServiceError>;

/// The value that an operation answers.
type Output<O> = <O as meeting_types::Operation>::Output;

/// How a handler gets from a request to a reply.
type Performer<O> = fn(
    &mut State,
    &http::Request<Bytes>,
    Handler<O>,
) -> Result<http::Response<Bytes>, ServiceError>;

/// Who calls an operation, once the credential was checked.
pub(crate) type Caller<O> =
    <<O as meeting_types::Operation>::Authorization as Authenticate>::Caller;

/// Checks a credential.
pub(crate) trait Authenticate: Authorization {
    type Caller;

    fn authenticate(
        given: Option<Self>,
        request: &http::Request<Bytes>,
        state: &mut State,
    ) -> Result<Self::Caller, ServiceError>;
}

impl Authenticate for () {
    type Caller = ();

    fn authenticate(
        _: Option<Self>,
        _: &http::Request<Bytes>,
        _: &mut State,
    ) -> Result<(), ServiceError> {
        Ok(())
    }
}

impl Authenticate for AccessToken {
    type Caller = Self;

    fn authenticate(
        given: Option<Self>,
        _: &http::Request<Bytes>,
        state: &mut State,
    ) -> Result<Self, ServiceError> {
        let token = given.ok_or(refusal::TOKEN_INVALID)?;
        state.user_of(&token)?;
        Ok(token)
    }
}

impl Authenticate for ConferenceCredential {
    type Caller = Control;

    fn authenticate(
        given: Option<Self>,
        request: &http::Request<Bytes>,
        state: &mut State,
    ) -> Result<Control, ServiceError> {
        let given = given.ok_or_else(|| {
            if !request.headers().contains_key("x-conference-authorization") {
                ServiceError::from(refusal::CONTROL_TOKEN_MISSING)
            } else if request
                .uri()
                .query()
                .unwrap_or_default()
                .contains("conferenceID=")
            {
                refusal::NOT_FOUND_OR_REFUSED.into()
            } else {
                refusal::PARAMETER.because("`conferenceID` is missing")
            }
        })?;
        state.control_of(&given)
    }
}

/// The routes of all operations.
pub(crate) struct Routes {
    router: Router,
    service: Arc<Service>,
}

impl Routes {
    pub(crate) fn new(service: Arc<Service>) -> Self {
        Self {
            router: Router::new(),
            service,
        }
    }

    /// Performs the operation `O` by `handler`.
    pub(crate) fn on<O>(self, handler: Handler<O>) -> Self
    where
        O: ServerOperation,
        O::Authorization: Authenticate,
    {
        self.route(handler, perform)
    }

    /// The same for an operation whose reply says itself whether it went well, in a 200.
    pub(crate) fn on_with_verdict<O>(self, handler: Handler<O>) -> Self
    where
        O: ServerOperation,
        O::Authorization: Authenticate,
    {
        self.route(handler, perform_with_verdict)
    }

    fn route<O>(mut self, handler: Handler<O>, perform: Performer<O>) -> Self
    where
        O: ServerOperation,
        O::Authorization: Authenticate,
    {
        let service = Arc::clone(&self.service);
        let serve = move |request: Request| {
            let service = Arc::clone(&service);
            async move {
                exchange(&service, request, Some(O::INFO), |state, request| {
                    perform(state, request, handler)
                })
                .await
            }
        };
        // Every method of an operation is one of those that the filter knows.
        if let Ok(filter) = MethodFilter::try_from(O::INFO.method.clone()) {
            self.router = self.router.route(O::INFO.path, on(filter, serve));
        }
        self
    }

    /// Adds routes that do more than one step.
    pub(crate) fn with(mut self, add: fn(Router, Arc<Service>) -> Router) -> Self {
        self.router = add(self.router, Arc::clone(&self.service));
        self
    }

    /// All of them, and a refusal for everything else.
    pub(crate) fn finish(self) -> Router {
        let service = self.service;
        let refuse = move |request: Request| {
            let service = Arc::clone(&service);
            async move { exchange(&service, request, None, |_, request| Err(unknown(request))).await }
        };
        self.router
            .fallback(refuse.clone())
            .method_not_allowed_fallback(refuse)
    }
}

/// Reads a request, has it answered, keeps the log.
pub(crate) async fn exchange(
    service: &Service,
    request: Request,
    info: Option<&'static OperationInfo>,
    answer: impl FnOnce(
        &mut State,
        &http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, ServiceError>,
) -> Response {
    let (parts, body) = request.into_parts();
    // A router takes HEAD for GET, but no operation is called by HEAD.
    let info = info.filter(|info| info.method == parts.method);
    let body = axum::body::to_bytes(body, BODY_LIMIT).await;
    let too_large = body.is_err();
    let request = http::Request::from_parts(parts, body.unwrap_or_default());
    let response = service.step(|state| {
        let mut record = RequestRecord::new(
            state.now,
            request.method(),
            request.uri(),
            request.headers(),
        );
        record.operation = info.map(|info| info.name);
        record.body_length = request.body().len();
        // The gateway stands in front of everything else.
        let passed = state.limits.pass(record.operation, state.now);
        let refused = passed.err().or_else(|| {
            let retry_after = state.settings.retry_after;
            state.faults.take(record.operation, retry_after)
        });
        let answer = match refused {
            Some(refusal) => Err(refusal),
            None if too_large => Err(refusal::BODY_TOO_LARGE.into()),
            None if info.is_none() => Err(unknown(&request)),
            None => answer(state, &request),
        };
        let mut response = answer.unwrap_or_else(|error| {
            record.error_code = Some(error.code().to_owned());
            if error.status() == StatusCode::OK {
                refusing_verdict(&error)
            } else {
                error.to_response()
            }
        });
        let told = response.headers_mut();
        let limits = &mut state.limits;
        limits.tell(record.operation, state.now, request.headers(), told);
        note(state, record, request.headers(), &mut response);
        response
    });
    response.map(Body::from)
}

/// Gives the reply its request id, and the log its record.
pub(crate) fn note<B>(
    state: &mut State,
    mut record: RequestRecord,
    headers: &HeaderMap,
    response: &mut http::Response<B>,
) {
    let id = headers.get(REQUEST_ID).cloned().unwrap_or_else(|| {
        // A UUID is made of characters that a header takes.
        HeaderValue::from_str(&state.random.uuid()).unwrap_or(HeaderValue::from_static("-"))
    });
    record.request_id = String::from_utf8_lossy(id.as_bytes()).into_owned();
    record.status = response.status();
    response.headers_mut().insert(REQUEST_ID, id);
    state.log.add(record);
}

/// Checks the credential and the parameters, then calls the handler.
pub(crate) fn perform<O>(
    state: &mut State,
    request: &http::Request<Bytes>,
    handler: Handler<O>,
) -> Result<http::Response<Bytes>, ServiceError>
where
    O: ServerOperation,
    O::Authorization: Authenticate,
{
    let (caller, operation) = admit::<O>(state, request)?;
    let reply = handler(state, caller, operation)?;
    Ok(O::write_response(&reply))
}

/// The same, with a verdict in the body. Who may not call at all is refused like everywhere; what
/// the handler refuses is refused in a 200.
fn perform_with_verdict<O>(
    state: &mut State,
    request: &http::Request<Bytes>,
    handler: Handler<O>,
) -> Result<http::Response<Bytes>, ServiceError>
where
    O: ServerOperation,
    O::Authorization: Authenticate,
{
    let (caller, operation) = admit::<O>(state, request)?;
    let reply = handler(state, caller, operation)
        .map_err(|error| ServiceError::new(StatusCode::OK, error.code(), error.message()))?;
    let reply = O::write_response(&reply);
    let written = serde_json::from_slice(reply.body());
    let mut body: serde_json::Map<String, serde_json::Value> = written.unwrap_or_default();
    body.insert("returnCode".to_owned(), 0.into());
    body.insert("returnDesc".to_owned(), "Success".into());
    Ok(reply.map(|_| Bytes::from(serde_json::Value::from(body).to_string())))
}

/// A refusal in a 200.
fn refusing_verdict(error: &ServiceError) -> http::Response<Bytes> {
    let body = serde_json::json!({
        "returnCode": refusal::number(error),
        "returnDesc": error.message(),
    });
    // Status and headers are those of any refusal.
    error.to_response().map(|_| Bytes::from(body.to_string()))
}

/// Checks the credential and the parameters.
fn admit<O>(
    state: &mut State,
    request: &http::Request<Bytes>,
) -> Result<(Caller<O>, O), ServiceError>
where
    O: ServerOperation,
    O::Authorization: Authenticate,
{
    let wrong = |error: RequestError| parameter(O::INFO, request.body(), &error);
    let caller = O::Authorization::authenticate(O::credential_of(request), request, state)?;
    constants(O::INFO, request)?;
    let operation = O::from_request(request).map_err(wrong)?;
    Ok((caller, operation))
}

/// Checks the parameters that always have the same value.
fn constants(info: &OperationInfo, request: &http::Request<Bytes>) -> Result<(), ServiceError> {
    for (place, name, value) in info.constants {
        let given = request.headers().get(*name);
        if *place == Place::Header && given.is_none_or(|given| given != *value) {
            return Err(family(info).because(format!("header `{name}` must be `{value}`")));
        }
    }
    Ok(())
}

fn family(info: &OperationInfo) -> Refusal {
    if info.path.contains("/usg/") {
        refusal::LOGIN_PARAMETER
    } else {
        refusal::PARAMETER
    }
}

/// The code for a parameter that is missing or wrong.
fn parameter(info: &OperationInfo, body: &Bytes, error: &RequestError) -> ServiceError {
    // The name comes with the way to it, such as `attendees[2].name`.
    let path = error.parameter();
    let blank = error.problem() == Problem::Blank;
    let too_long = matches!(error.problem(), Problem::TooLong { .. });
    let refusal = match path.rsplit('.').next().unwrap_or_default() {
        _ if info.path.contains("/usg/") => refusal::LOGIN_PARAMETER,
        _ if body.is_empty() && path == "body" => refusal::BODY_MISSING,
        "chairmanPwd" => refusal::HOST_PASSWORD_WRONG,
        "X-Password" if info.name == "CreateConfToken" => refusal::NOT_FOUND_OR_REFUSED,
        "loginAccount" => refusal::NO_SUCH_INTERPRETER,
        "subscriberInPics" => refusal::NOBODY_IN_PICTURES,
        "participantID" if info.name == "SetHostView" => refusal::NO_SUCH_PARTICIPANT,
        "subject" => refusal::SUBJECT_TOO_LONG,
        "newName" if blank => refusal::NAME_EMPTY,
        "callNum" if blank => refusal::NUMBER_EMPTY,
        "newName" if too_long => refusal::NEW_NAME_TOO_LONG,
        "phone" if too_long && controls(info) => refusal::NUMBER_TOO_LONG,
        "email" if too_long && controls(info) => refusal::EMAIL_TOO_LONG,
        "sms" if too_long && controls(info) => refusal::SMS_TOO_LONG,
        "length" => refusal::BAD_LENGTH,
        "mediaTypes" => refusal::BAD_MEDIA_TYPE,
        "guestPwd" => refusal::BAD_GUEST_PASSWORD,
        "name" => refusal::NAME_TOO_LONG,
        "manualSet" => refusal::MANUAL_MODE,
        "imageType" => refusal::LAYOUT_EMPTY,
        "switchMode" => refusal::DISPLAY_MODE_EMPTY,
        "viewType" => refusal::VIEW_TYPE,
        "switchTime" => refusal::POLLING_TIME,
        "interpreterGroups" => refusal::GROUPS_REQUIRED,
        "status" if info.subgroup == "layout" => refusal::SWITCH_VALUE,
        _ => refusal::PARAMETER,
    };
    refusal.because(error.to_string())
}

fn controls(info: &OperationInfo) -> bool {
    info.path.starts_with("/v1/mmc/control/")
}

/// Nothing is there: in the service, or in the simulator only.
fn unknown(request: &http::Request<Bytes>) -> ServiceError {
    let path = request.uri().path();
    let known = operations::ALL
        .iter()
        .find(|info| info.method == *request.method() && fits(info.path, path));
    match known {
        Some(info) => refusal::NO_SUCH_API.because(format!(
            "The simulator does not offer {}; the service does",
            info.name
        )),
        None => refusal::NO_SUCH_API.into(),
    }
}

fn fits(template: &str, path: &str) -> bool {
    let mut parts = path.split('/');
    let fits = template.split('/').all(|wanted| {
        parts
            .next()
            .is_some_and(|part| wanted.starts_with('{') || wanted == part)
    });
    fits && parts.next().is_none()
}

/// A reply without a body.
pub(crate) fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
