//! Span of a call, and the events in it, for the log.
//!
//! The fields of the span have the names of OpenTelemetry's conventions for HTTP clients. Headers,
//! queries and bodies stay out of it, and so does every text of the other side.

use std::time::Duration;

use bytes::Bytes;
use meeting_types::{Endpoint, OperationInfo, TransportError, TransportErrorKind};
use tracing::{Span, field::Empty};

use super::Call;
use crate::Error;

/// The span of a call.
pub(super) fn span(info: &OperationInfo, endpoint: &Endpoint, request_id: &str) -> Span {
    tracing::info_span!(
        "meeting call",
        otel.name = info.name,
        otel.kind = "client",
        http.request.method = info.method.as_str(),
        url.scheme = endpoint.scheme(),
        url.template = info.path,
        server.address = endpoint.host(),
        server.port = Empty,
        meeting.operation = info.name,
        meeting.request_id = request_id,
        meeting.conference_id = Empty,
        http.response.status_code = Empty,
        http.request.resend_count = Empty,
        error.type = Empty,
    )
}

/// Tells the port, and the meeting that a request names in its query.
pub(super) fn record_request(span: &Span, request: &http::Request<Bytes>) {
    if span.is_disabled() {
        return;
    }
    let uri = request.uri();
    let of_scheme = if uri.scheme_str() == Some("http") {
        80
    } else {
        443
    };
    span.record("server.port", uri.port_u16().unwrap_or(of_scheme));
    let mut pairs = uri.query().unwrap_or_default().split('&');
    let id = pairs.find_map(|pair| pair.strip_prefix("conferenceID="));
    if let Some(id) = id {
        span.record("meeting.conference_id", id);
    }
}

/// The class of an error, of which there are few.
fn type_of(error: &Error) -> &'static str {
    match error {
        Error::Request(_) => "request",
        Error::Transport { source, .. } => match source.kind() {
            TransportErrorKind::Connect => "connect",
            TransportErrorKind::Proxy => "proxy",
            TransportErrorKind::Tls => "tls",
            TransportErrorKind::Timeout => "timeout",
            TransportErrorKind::TooLarge => "too_large",
            TransportErrorKind::Io => "io",
            TransportErrorKind::Request => "request",
            _ => "transport",
        },
        Error::Service(_) => "refused",
        Error::Response(_) => "unreadable",
        Error::Deadline { .. } => "deadline",
        #[cfg(feature = "live")]
        Error::Channel(_) | Error::GaveUp { .. } => "channel",
        Error::Token(_) => "token",
        Error::Store(_) => "store",
        Error::List(_) => "list",
        Error::Download(_) => "download",
        Error::Repeated { error, .. } => type_of(error),
    }
}

impl Call<'_> {
    /// The span of the call, for a loop that wants its own work to count as part of it.
    #[must_use]
    pub fn span(&self) -> &Span {
        &self.span
    }

    /// Tells the log how an attempt went.
    pub(super) fn report(
        &self,
        info: &OperationInfo,
        attempt: u32,
        took: Duration,
        outcome: &Result<http::Response<Bytes>, TransportError>,
    ) {
        match outcome {
            Ok(response) => tracing::debug!(
                operation = info.name,
                attempt,
                status = response.status().as_u16(),
                duration = ?took,
                request_id = self.request_id.as_str(),
                "answered"
            ),
            Err(error) => tracing::debug!(
                operation = info.name,
                attempt,
                error = ?error.kind(),
                not_sent = error.is_not_sent(),
                duration = ?took,
                request_id = self.request_id.as_str(),
                "no answer"
            ),
        }
    }

    pub(super) fn report_wait(&self, delay: Duration, attempt: u32, reason: &'static str) {
        tracing::debug!(
            operation = self.info.name,
            attempt,
            delay = ?delay,
            request_id = self.request_id.as_str(),
            "waits {reason}"
        );
    }

    pub(super) fn report_no_budget(&self, attempt: u32) {
        tracing::warn!(
            operation = self.info.name,
            attempt,
            request_id = self.request_id.as_str(),
            "not repeated: the retry budget is used up"
        );
    }

    /// Tells the span how the call ended, and the log when it was given up after repeats.
    pub(super) fn report_end(&self, result: &Result<http::Response<Bytes>, Error>) {
        if self.attempt > 1 {
            self.span
                .record("http.request.resend_count", self.attempt - 1);
        }
        let error = match result {
            Ok(response) => {
                let status = response.status().as_u16();
                self.span.record("http.response.status_code", status);
                if status >= 400 {
                    self.span.record("error.type", response.status().as_str());
                }
                return;
            }
            Err(error) => error,
        };
        let kind = type_of(error);
        self.span.record("error.type", kind);
        if self.attempt > 1 || error.is_deadline() {
            tracing::warn!(
                operation = self.info.name,
                attempt = self.attempt,
                error = kind,
                request_id = self.request_id.as_str(),
                "given up"
            );
        }
    }
}
