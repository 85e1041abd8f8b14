//! Verdicts on failures of a followed meeting: which of them may pass.

use std::time::Duration;

use meeting_types::{TransportError, TransportErrorKind};

use crate::{
    Error,
    channel::{ChannelEnd, ChannelError, CloseReason},
    proxy::ProxyError,
};

/// Consequence of a failure.
pub(super) enum Verdict {
    /// It may pass.
    Passing,
    /// The service did not take the token. A new one may do.
    Refused,
    /// The meeting is over.
    NotRunning,
    /// The next attempt would fail the same way.
    Lasting,
}

/// The wait that the service asks for.
pub(super) fn asked_wait(error: &Error) -> Option<Duration> {
    match error {
        Error::Channel(ChannelError::Refused { retry_after, .. }) => *retry_after,
        error => error.service()?.retry_after(),
    }
}

pub(super) fn verdict_of_end(end: &ChannelEnd, worked_long: bool) -> Verdict {
    match end {
        ChannelEnd::Outdated => Verdict::Lasting,
        ChannelEnd::SubscriptionRefused { .. } => Verdict::Refused,
        ChannelEnd::TokenRefused(reason) | ChannelEnd::Closed(reason) => match reason {
            // The next connection would be sent the same.
            CloseReason::TooLong { .. } => Verdict::Lasting,
            // One that worked so long may have met an accident.
            CloseReason::Protocol(_) if !worked_long => Verdict::Lasting,
            CloseReason::Closed { .. } if matches!(end, ChannelEnd::TokenRefused(_)) => {
                Verdict::Refused
            }
            // One that broke off says nothing about the token.
            _ => Verdict::Passing,
        },
        _ => Verdict::Passing,
    }
}

pub(super) fn verdict(error: &Error) -> Verdict {
    match error {
        Error::Token(error) => verdict(error),
        Error::Repeated { error, .. } => verdict(error),
        Error::Service(refusal) if refusal.is_not_running() => Verdict::NotRunning,
        Error::Service(refusal) => passing_if(
            refusal.is_throttled()
                || refusal.is_busy()
                || refusal.is_server_fault()
                || refusal.status().is_server_error(),
        ),
        Error::Transport { source, .. } => passing_if(is_passing(source)),
        // Half a reply, or the page of some gateway: the service is on its way down or up.
        Error::Response(_) | Error::Deadline { .. } | Error::Store(_) => Verdict::Passing,
        Error::Channel(ChannelError::Connect(source)) => passing_if(is_passing(source)),
        Error::Channel(ChannelError::Refused {
            status: 400 | 401 | 403,
            ..
        }) => Verdict::Refused,
        // Any other status is that of a gateway whose service is on its way down or up.
        Error::Channel(ChannelError::Refused { .. }) => Verdict::Passing,
        Error::Channel(_)
        | Error::GaveUp { .. }
        | Error::Request(_)
        | Error::List(_)
        | Error::Download(_) => Verdict::Lasting,
    }
}

fn passing_if(passing: bool) -> Verdict {
    if passing {
        Verdict::Passing
    } else {
        Verdict::Lasting
    }
}

fn is_passing(error: &TransportError) -> bool {
    if error.kind() == TransportErrorKind::Proxy {
        return ProxyError::may_pass_in(error);
    }
    matches!(
        error.kind(),
        TransportErrorKind::Connect
            | TransportErrorKind::Timeout
            | TransportErrorKind::Io
            | TransportErrorKind::Response
    )
}
