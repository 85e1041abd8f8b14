//! What a client was told about its calls, and whether the service's record agrees.

use std::collections::HashMap;

use meeting_client::{
    Error,
    channel::{ChannelEnd, ChannelError, CloseReason},
};
use meeting_testing::fault::{Direction, Fault, FaultPlan};
use meeting_types::{ConferenceId, models::Conference};

/// What the result of a call that changes something says about the change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Claim {
    Done,
    /// It certainly has not happened.
    NotDone,
    /// It may have happened.
    Unknown,
}

impl Claim {
    pub(crate) fn of<T>(result: &Result<T, Error>) -> Self {
        match result {
            Ok(_) => Self::Done,
            Err(Error::Request(_)) => Self::NotDone,
            // The call itself never left.
            Err(Error::Token(_)) => Self::NotDone,
            Err(Error::Transport { source, .. }) if source.is_not_sent() => Self::NotDone,
            Err(Error::Service(refusal)) if refusal.status().is_client_error() => Self::NotDone,
            Err(_) => Self::Unknown,
        }
    }
}

/// A booking that a client asked for.
#[derive(Debug)]
pub(crate) struct Booking {
    pub(crate) subject: String,
    pub(crate) claim: Claim,
    /// The meeting that the client was told of.
    pub(crate) id: Option<ConferenceId>,
    /// What was told of cancelling it, if that was tried.
    pub(crate) cancelled: Option<Claim>,
}

/// Which claims a plan lets one hold against a client: plain HTTP carries no proof of who wrote it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standard {
    /// What the service got is what the client sent.
    pub(crate) requests: bool,
    /// What the client got is what the service sent, but for responses that came twice.
    pub(crate) responses: bool,
    /// The network itself refuses some calls, and nothing tells these refusals from the service's.
    pub(crate) refusals: bool,
    /// Something puts bytes of its own between those of the service. Within an event channel they are no
    /// WebSocket frames.
    pub(crate) inserts: bool,
    /// All that happens is that one connection fails, and nothing on it is altered or refused.
    pub(crate) one_hiccup: bool,
}

impl Standard {
    pub(crate) fn of(plan: &FaultPlan) -> Self {
        let garbled = |fault: &Fault| {
            fault.alters() == Some(Direction::ToClient)
                && !matches!(fault.itself(), Fault::Duplicate { .. })
        };
        let faults = || plan.faults.iter().flatten();
        let refusals = faults().any(|fault| matches!(fault.itself(), Fault::EarlyAnswer { .. }));
        Self {
            requests: !plan.alters(Direction::ToServer),
            responses: !faults().any(garbled),
            refusals,
            inserts: faults().any(inserts),
            one_hiccup: faults().count() <= 1
                && !refusals
                && faults().all(|fault| fault.alters().is_none() && !is_flood(fault)),
        }
    }

    /// What is wrong with this error, whatever the call was.
    pub(crate) fn judge(self, error: &Error) -> Option<String> {
        let status = error.service().map(|refusal| refusal.status().as_u16());
        match error {
            Error::Token(_) if self.one_hiccup => {
                Some(format!("one failing connection failed the login: {error}"))
            }
            // The service says no such thing, only what closes idle connections.
            _ if status == Some(408) => {
                Some("a response that was there before the request was taken for its own".into())
            }
            _ => None,
        }
    }

    /// What is wrong with a followed meeting that ended with this error, while the meeting runs and later
    /// connections were whole.
    pub(crate) fn judge_end(self, error: &Error) -> Option<String> {
        let is_breach = matches!(
            error,
            Error::Channel(ChannelError::Ended(ChannelEnd::Closed(
                CloseReason::Protocol(_) | CloseReason::TooLong { .. }
            )))
        );
        let is_wrong = self.is_honest() && !self.refusals && !(self.inserts && is_breach);
        is_wrong.then(|| format!("later connections were whole, and it ended: {error}"))
    }

    /// What is wrong with "not found" for a meeting that was there: only an attempt before can have
    /// removed it, and the error has to say so.
    pub(crate) fn judge_not_found(self, error: &Error) -> Option<String> {
        let names_it = error.earlier().is_some_and(Error::may_have_been_done);
        let is_wrong =
            self.is_honest() && !self.refusals && !(names_it && error.may_have_been_done());
        is_wrong.then(|| format!("told as not found, without the attempt that removed it: {error}"))
    }

    /// Both got what the other sent.
    pub(crate) fn is_honest(self) -> bool {
        self.requests && self.responses
    }
}

fn inserts(fault: &Fault) -> bool {
    matches!(
        fault.itself(),
        Fault::Interim { .. } | Fault::UnaskedAnswer { .. } | Fault::Duplicate { .. }
    )
}

/// A client may refuse more interim responses than any server has reason to send.
fn is_flood(fault: &Fault) -> bool {
    matches!(fault.itself(), Fault::Interim { count } if *count > 100)
}

/// What is wrong, given the meetings that the service holds.
pub(crate) fn bookings(
    bookings: &[Booking],
    held: &[Conference],
    standard: Standard,
) -> Vec<String> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for conference in held {
        *counts
            .entry(conference.subject.as_deref().unwrap_or_default())
            .or_default() += 1;
    }
    let mut wrong = Vec::new();
    if !standard.requests {
        return wrong;
    }
    for booking in bookings {
        let count = counts.get(booking.subject.as_str()).copied().unwrap_or(0);
        if count > 1 {
            wrong.push(format!("booked {count} times: {booking:?}"));
        }
        if !standard.responses {
            continue;
        }
        let known = held
            .iter()
            .any(|held| Some(&held.conference_id) == booking.id.as_ref());
        let fault = match (booking.claim, booking.cancelled) {
            (Claim::Done, None | Some(Claim::NotDone)) if count == 0 => "told as done, not there",
            (Claim::Done, None | Some(Claim::NotDone)) if !known => "told with another id",
            (Claim::Done, Some(Claim::Done)) if count > 0 => "told as cancelled, still there",
            (Claim::NotDone, _) if count > 0 => "told as not done, and there",
            _ => continue,
        };
        wrong.push(format!("{fault}: {booking:?}"));
    }
    wrong
}

#[cfg(test)]
mod tests {
    use meeting_types::{ServiceError, TransportError, TransportErrorKind};

    use super::*;

    fn booking(claim: Claim, cancelled: Option<Claim>) -> Booking {
        Booking {
            subject: "one".to_owned(),
            claim,
            id: Some("1".into()),
            cancelled,
        }
    }

    fn held(count: usize) -> Vec<Conference> {
        (0..count)
            .map(|_| Conference::new("1").subject("one"))
            .collect()
    }

    const STRICT: Standard = Standard {
        requests: true,
        responses: true,
        refusals: false,
        inserts: false,
        one_hiccup: false,
    };

    /// An audit that cannot fail would prove nothing.
    #[test]
    fn each_wrong_claim_is_found() {
        let cases = [
            (Claim::Done, None, 0, true),
            (Claim::Done, None, 1, false),
            (Claim::Done, None, 2, true),
            (Claim::NotDone, None, 0, false),
            (Claim::NotDone, None, 1, true),
            (Claim::Unknown, None, 0, false),
            (Claim::Unknown, None, 1, false),
            (Claim::Unknown, None, 2, true),
            (Claim::Done, Some(Claim::Done), 0, false),
            (Claim::Done, Some(Claim::Done), 1, true),
            (Claim::Done, Some(Claim::NotDone), 0, true),
            (Claim::Done, Some(Claim::NotDone), 1, false),
            (Claim::Done, Some(Claim::Unknown), 0, false),
            (Claim::Done, Some(Claim::Unknown), 1, false),
        ];
        for (claim, cancelled, count, is_wrong) in cases {
            let wrong = bookings(&[booking(claim, cancelled)], &held(count), STRICT);
            assert_eq!(
                !wrong.is_empty(),
                is_wrong,
                "{claim:?} {cancelled:?} {count}"
            );
        }
    }

    #[test]
    fn not_found_has_to_name_the_attempt_before() {
        let refusal = || {
            let status = http::StatusCode::BAD_REQUEST;
            Error::Service(ServiceError::new(status, "MMC.111070005", "not there"))
        };
        let lost = |not_sent| Error::Transport {
            operation: "CancelMeeting",
            source: TransportError::new(TransportErrorKind::Io, "lost").with_not_sent(not_sent),
        };
        let repeated = |earlier| Error::Repeated {
            error: Box::new(refusal()),
            earlier: Box::new(earlier),
        };
        assert!(STRICT.judge_not_found(&refusal()).is_some());
        assert!(STRICT.judge_not_found(&repeated(lost(true))).is_some());
        assert_eq!(STRICT.judge_not_found(&repeated(lost(false))), None);
    }

    #[test]
    fn a_breach_of_the_protocol_needs_somebody_who_made_it() {
        let end = |reason| Error::from(ChannelError::Ended(ChannelEnd::Closed(reason)));
        let breach = end(CloseReason::Protocol("no frame".to_owned()));
        assert!(STRICT.judge_end(&breach).is_some());
        let noisy = Standard {
            inserts: true,
            ..STRICT
        };
        assert_eq!(noisy.judge_end(&breach), None);
        let broken = end(CloseReason::Broken("reset".to_owned()));
        assert!(noisy.judge_end(&broken).is_some());
    }

    #[test]
    fn nobody_is_blamed_for_altered_bytes() {
        let garbled = FaultPlan::once(Fault::WrongLength { by: 1 });
        let standard = Standard::of(&garbled);
        assert!(standard.requests && !standard.responses);
        let done = [booking(Claim::Done, None)];
        assert!(bookings(&done, &held(0), standard).is_empty());
        assert_eq!(bookings(&done, &held(2), standard).len(), 1);
    }
}
