//! A transport over an agent of ureq that the program has set up by itself.

use std::{
    io::{self, Read},
    thread,
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Method, Request, Response};
use log::Level;
use meeting_client::tls::is_tls_failure;
use meeting_types::{Immediate, Timeout, Transport, TransportError, TransportErrorKind as Kind};
use ureq::{Agent, Error};

use crate::transport::{
    LONGEST_TIMEOUT, MAX_REPLY_BYTES, TIMEOUT, UREQ_DUMP, timed_out, too_large, would_be_logged,
};

/// HTTP over an agent of ureq that the program has set up by itself: its certificates, proxies, connectors
/// and limits hold.
///
/// [`UreqTransport`](crate::UreqTransport) promises more: this one reads heads as ureq does, sends what
/// the agent adds, and says of a request that it was [not sent](TransportError::is_not_sent) only where
/// no connection was opened. Statuses are answers, whatever the agent is set to, and what is said there
/// about the log holds here as well.
///
/// ```
/// use meeting_blocking::{AgentTransport, Client, types::Endpoint};
/// use ureq::Agent;
///
/// let agent = Agent::config_builder().max_redirects(0).build().new_agent();
/// let transport = AgentTransport::new(agent)?;
/// let client = Client::builder(Endpoint::china()).anonymous_over(transport);
/// # drop(client);
/// # Ok::<(), meeting_blocking::FollowsRedirects>(())
/// ```
#[derive(Clone, Debug)]
pub struct AgentTransport {
    agent: Agent,
}

/// An agent follows redirects, so it would take tokens to other hosts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the agent follows redirects, and would take tokens to other hosts: set `max_redirects(0)`"
)]
#[non_exhaustive]
pub struct FollowsRedirects;

impl AgentTransport {
    /// A transport over this agent.
    ///
    /// # Errors
    ///
    /// [`FollowsRedirects`] for an agent whose `max_redirects` is not 0.
    pub fn new(agent: Agent) -> Result<Self, FollowsRedirects> {
        if agent.config().max_redirects() > 0 {
            return Err(FollowsRedirects);
        }
        Ok(Self { agent })
    }

    fn exchange(&self, mut request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let timeout = request.extensions_mut().remove::<Timeout>();
        let limit = timeout
            .map_or(TIMEOUT, |timeout| timeout.0)
            .min(LONGEST_TIMEOUT);
        if limit.is_zero() {
            return Err(timed_out(limit).with_not_sent(true));
        }
        if log::log_enabled!(target: UREQ_DUMP, Level::Trace) {
            return Err(would_be_logged());
        }
        let (parts, body) = request.into_parts();
        let has_body = matches!(parts.method, Method::POST | Method::PUT | Method::PATCH);
        let response = if body.is_empty() && !has_body {
            let request = self.agent.configure_request(Request::from_parts(parts, ()));
            let request = request
                .http_status_as_error(false)
                .timeout_global(Some(limit));
            self.agent.run(request.build())
        } else {
            let request = self
                .agent
                .configure_request(Request::from_parts(parts, &body[..]));
            let request = request
                .http_status_as_error(false)
                .timeout_global(Some(limit));
            self.agent.run(request.build())
        };
        let (mut parts, mut body) = response
            .map_err(|error| failure(error, limit))?
            .into_parts();
        // What ureq leaves there is its own business, the URI of the request among it.
        parts.extensions.clear();
        let mut bytes = Vec::new();
        let mut reader = body.as_reader().take(MAX_REPLY_BYTES as u64 + 1);
        reader
            .read_to_end(&mut bytes)
            .map_err(|error| failure(error.into(), limit))?;
        if bytes.len() > MAX_REPLY_BYTES {
            return Err(too_large(MAX_REPLY_BYTES));
        }
        Ok(Response::from_parts(parts, bytes.into()))
    }
}

/// Transport error for a failure of the agent. Texts that could hold the URI are left out.
fn failure(error: Error, limit: Duration) -> TransportError {
    use ureq::Timeout as At;

    let kind = match &error {
        Error::Timeout(at) => {
            let not_sent = matches!(at, At::Resolve | At::Connect);
            return timed_out(limit).with_not_sent(not_sent);
        }
        Error::HostNotFound | Error::ConnectionFailed => Kind::Connect,
        Error::Io(error) if error.kind() == io::ErrorKind::ConnectionRefused => Kind::Connect,
        Error::Io(error) if is_tls_failure(error) => Kind::Tls,
        Error::Io(_) | Error::BodyStalled => Kind::Io,
        Error::Protocol(_) => Kind::Response,
        Error::BadUri(_) => {
            let wrong = "the URI needs a scheme (http or https) and a host";
            return TransportError::new(Kind::Request, wrong);
        }
        _ => Kind::Other,
    };
    // Over TLS 1.3 a server may turn the client down when the request is on its way.
    TransportError::new(kind, error).with_not_sent(kind == Kind::Connect)
}

#[async_trait]
impl Transport for AgentTransport {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        self.exchange(request)
    }

    async fn sleep(&self, delay: Duration) {
        thread::sleep(delay);
    }
}

impl Immediate for AgentTransport {}
