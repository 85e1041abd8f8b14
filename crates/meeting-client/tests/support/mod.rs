//! What the service says, and what was said to it, as plain data.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use meeting_client::{Config, LoginCredentials};
use meeting_types::{
    AppCredential, Endpoint, Operation, TransportError, TransportErrorKind,
    operations::{
        CancelMeeting, CreateAnonymousAuthRandom, CreateAppIdToken, CreateConfToken, CreateMeeting,
        CreateProxyToken, CreateWebSocketToken, DeleteToken, ListOngoingWebinars, MuteMeeting,
        SearchMeetings, UpdateToken,
    },
};

pub(crate) type Outcome = Result<Response<Bytes>, TransportError>;

/// Every secret of these tests has this in it, in lower case.
pub(crate) const SECRET: &str = "hush";

/// The made-up clock starts here.
pub(crate) fn start() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_305_600)
}

pub(crate) fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub(crate) fn config() -> Config {
    Config::new(Endpoint::china())
}

pub(crate) fn app() -> LoginCredentials {
    AppCredential::new("demo-app", "hush-key").into()
}

/// A reply with status 200.
pub(crate) fn ok(body: impl Into<Bytes>) -> Outcome {
    Ok(Response::new(body.into()))
}

/// A login: tokens named by `name`, good for `seconds`, with a refresh token for 30 days.
pub(crate) fn logged_in(name: &str, seconds: u64) -> Outcome {
    ok(format!(
        r#"{{"accessToken": "hush-{name}", "validPeriod": {seconds},
            "refreshToken": "hush-refresh-{name}", "refreshValidPeriod": 2592000}}"#
    ))
}

pub(crate) fn no_meetings() -> Outcome {
    ok(r#"{"count": 0, "data": []}"#)
}

/// A refusal.
pub(crate) fn refused(status: u16, code: &str) -> Outcome {
    let body = format!(r#"{{"error_code": "{code}", "error_msg": "no"}}"#);
    let mut response = Response::new(body.into());
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    Ok(response)
}

/// The access token is no longer good.
pub(crate) fn unauthorized() -> Outcome {
    refused(401, "USG.206020000")
}

/// Too many calls; come back after `seconds`.
pub(crate) fn throttled(seconds: u64) -> Outcome {
    let mut response = refused(429, "APIG.0308")?;
    let headers = response.headers_mut();
    headers.insert("retry-after", seconds.into());
    Ok(response)
}

pub(crate) fn failed(kind: TransportErrorKind) -> Outcome {
    Err(TransportError::new(kind, "made up"))
}

/// What was asked for: the operation, and the credential that went along.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) operation: &'static str,
    pub(crate) token: Option<String>,
    pub(crate) password: Option<String>,
}

/// What a request asks for.
pub(crate) fn asked(request: &Request<Bytes>) -> Asked {
    let header = |name: &str| {
        let value = request.headers().get(name)?;
        Some(value.to_str().unwrap().to_owned())
    };
    Asked {
        operation: operation_of(request),
        token: header("x-access-token").or_else(|| header("x-conference-authorization")),
        password: header("x-password"),
    }
}

/// `operation` with the token of this name.
pub(crate) fn with(operation: &'static str, token: &str) -> Asked {
    Asked {
        operation,
        token: Some(format!("hush-{token}")),
        password: None,
    }
}

/// The name of the operation that a request is.
pub(crate) fn operation_of(request: &Request<Bytes>) -> &'static str {
    let known = [
        CancelMeeting::INFO,
        CreateAppIdToken::INFO,
        CreateConfToken::INFO,
        CreateMeeting::INFO,
        CreateProxyToken::INFO,
        CreateAnonymousAuthRandom::INFO,
        CreateWebSocketToken::INFO,
        DeleteToken::INFO,
        ListOngoingWebinars::INFO,
        MuteMeeting::INFO,
        SearchMeetings::INFO,
        UpdateToken::INFO,
    ];
    let is_it = |info: &&meeting_types::OperationInfo| {
        info.path == request.uri().path() && info.method == request.method()
    };
    known.into_iter().find(is_it).unwrap().name
}
