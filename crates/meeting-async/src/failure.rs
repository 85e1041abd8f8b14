//! Errors of the async transport.

use std::{
    error::Error as StdError,
    fmt,
    io::{self, ErrorKind},
    time::Duration,
};

use meeting_client::{
    proxy::ProxyError,
    tls::{AddressRefused, causes, explain, is_tls_failure},
};
use meeting_types::{TransportError, TransportErrorKind};

pub(crate) fn timed_out(limit: Duration) -> TransportError {
    TransportError::new(
        TransportErrorKind::Timeout,
        format!("no complete reply within {limit:?}"),
    )
}

/// The time ended before a connection took the request.
pub(crate) fn not_connected(limit: Duration) -> TransportError {
    TransportError::new(
        TransportErrorKind::Timeout,
        format!("no connection within {limit:?}"),
    )
    .with_not_sent(true)
}

pub(crate) fn too_large(max: usize) -> TransportError {
    TransportError::new(
        TransportErrorKind::TooLarge,
        format!("more than {max} bytes"),
    )
}

/// A 408 that ended a connection which had idled too long.
pub(crate) fn idle_too_long() -> TransportError {
    TransportError::new(
        TransportErrorKind::Io,
        "the server closed the connection because it had been idle (status 408)",
    )
    .with_not_sent(true)
}

/// A transfer encoding that is not asked for.
pub(crate) fn unexpected_encoding() -> TransportError {
    TransportError::new(TransportErrorKind::Response, "unexpected transfer encoding")
}

/// Translates an error of reqwest.
///
/// Whether the request left is not told by it; the caller knows.
pub(crate) fn failure(error: reqwest::Error, limit: Duration) -> TransportError {
    use TransportErrorKind as Kind;

    // The URL holds the query.
    let error = error.without_url();
    let connecting = error.is_connect();
    let hyper = causes(&error).find_map(|cause| cause.downcast_ref::<hyper::Error>());

    let kind = if error.is_timeout() {
        if !connecting {
            return timed_out(limit);
        }
        Kind::Timeout
    } else if is_tls_failure(&error) {
        Kind::Tls
    } else if connecting {
        Kind::Connect
    } else if error.is_builder() {
        Kind::Request
    } else if hyper.is_some_and(is_head_too_large) {
        Kind::TooLarge
    } else if hyper.is_some_and(hyper::Error::is_parse) || causes(&error).any(is_unreadable) {
        Kind::Response
    } else if hyper.is_some_and(hyper::Error::is_user) {
        // Such as a runtime that was shut down under the exchange.
        Kind::Other
    } else {
        Kind::Io
    };
    TransportError::new(kind, explain(Cause(error)))
}

/// Translates an error of the client for what goes through a proxy.
pub(crate) fn proxied_failure(
    error: hyper_util::client::legacy::Error,
    limit: Duration,
) -> TransportError {
    use TransportErrorKind as Kind;

    // The connector says all that there is to say.
    let opening = causes(&error).find_map(|cause| cause.downcast_ref::<TransportError>());
    if let Some(opening) = opening {
        if let Some(proxy) = ProxyError::find(opening) {
            return proxy.clone().into_transport_error();
        }
        return match opening.kind() {
            Kind::Timeout => not_connected(limit),
            kind => TransportError::new(kind, cloned_source(opening)).with_not_sent(true),
        };
    }
    let hyper = causes(&error).find_map(|cause| cause.downcast_ref::<hyper::Error>());
    let kind = if is_tls_failure(&error) {
        Kind::Tls
    } else if error.is_connect() {
        Kind::Connect
    } else if hyper.is_some_and(is_head_too_large) {
        Kind::TooLarge
    } else if hyper.is_some_and(hyper::Error::is_parse) {
        Kind::Response
    } else if hyper.is_some_and(hyper::Error::is_user) {
        Kind::Other
    } else {
        Kind::Io
    };
    let root = causes(&error).last().map(ToString::to_string);
    TransportError::new(kind, root.unwrap_or_default())
}

/// The source of an error that cannot be taken out of it: as it is where programs may look for it, else
/// its text.
fn cloned_source(error: &TransportError) -> Box<dyn StdError + Send + Sync> {
    let refused = causes(error).find_map(|cause| cause.downcast_ref::<AddressRefused>());
    match (refused, error.source()) {
        (Some(refused), _) => Box::new(refused.clone()),
        (None, Some(source)) => source.to_string().into(),
        (None, None) => error.to_string().into(),
    }
}

/// True when a body could not be taken apart, such as for a chunk without a size.
fn is_unreadable(cause: &(dyn StdError + 'static)) -> bool {
    cause.downcast_ref::<io::Error>().is_some_and(|error| {
        matches!(
            error.kind(),
            ErrorKind::InvalidData | ErrorKind::InvalidInput
        )
    })
}

fn is_head_too_large(error: &hyper::Error) -> bool {
    // hyper has a question for this, but only with its server compiled in.
    error.is_parse() && error.to_string().starts_with("message head is too large")
}

/// A failure of reqwest that says in its own words what lies at the root of it. reqwest's are
/// "error sending request", whatever happened.
#[derive(Debug)]
struct Cause(reqwest::Error);

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match causes(&self.0).last() {
            Some(root) => fmt::Display::fmt(root, f),
            None => fmt::Display::fmt(&self.0, f),
        }
    }
}

impl StdError for Cause {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.0)
    }
}
