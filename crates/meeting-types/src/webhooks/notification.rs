//! A notification that was verified.

use std::fmt;

use bytes::Bytes;
use http::{HeaderValue, Response, header::CONTENT_TYPE};
use sha2::{Digest, Sha256};

use super::{WebhookError, WebhookEvent, WebhookEventKind, minify::minified};
use crate::{Mend, ParticipantId, Timestamp};

/// What the service reported, verified.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Notification {
    /// What it reports.
    pub event: WebhookEvent,
    /// When that happened.
    pub happened_at: Timestamp,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// Random digits that the service adds to each notification.
    pub nonce: String,
    pub(super) event_info: Box<str>,
    /// The event in the bytes that came, where `event_info` is not that.
    pub(super) ill_formed: Option<Box<[u8]>>,
    pub(super) mends: Vec<Mend>,
}

/// Without the text of the event, which may hold anything.
impl fmt::Debug for Notification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notification")
            .field("event", &self.event)
            .field("happened_at", &self.happened_at)
            .field("sent_at", &self.sent_at)
            .field("nonce", &self.nonce)
            .finish_non_exhaustive()
    }
}

impl Notification {
    pub(super) fn read(
        came: &[u8],
        signed: &[u8],
        sent_at: Timestamp,
        nonce: &str,
    ) -> Result<Self, WebhookError> {
        let read = WebhookEvent::read(signed)?;
        let (event_info, ill_formed, mends) = match (read.mended, std::str::from_utf8(came)) {
            (Some(repaired), _) => (repaired.text, Some(came.into()), repaired.mends),
            (None, Ok(text)) => (text.into(), None, Vec::new()),
            (None, Err(_)) => (String::from_utf8_lossy(came), Some(came.into()), Vec::new()),
        };
        Ok(Self {
            event: read.event,
            happened_at: read.happened_at.unwrap_or(sent_at),
            sent_at,
            nonce: nonce.to_owned(),
            event_info: event_info.into(),
            ill_formed,
            mends,
        })
    }

    /// The event as JSON, for what has no type here: in the very characters that came, unless they
    /// had to be [mended](Self::mends).
    #[must_use]
    pub fn event_info(&self) -> &str {
        &self.event_info
    }

    /// Places of the event that were ill-formed and were mended before it was read, such as a name
    /// with half a surrogate pair; at most the first 100. The signature was checked before that, over
    /// the bytes that came. Offsets count from the beginning of the event, without white space
    /// between its tokens if it was signed like that.
    ///
    /// None for an event that could be read as it came.
    #[must_use]
    pub fn mends(&self) -> &[Mend] {
        &self.mends
    }

    /// Response to send: 200, for [`Verify`](WebhookEvent::Verify) with the proof that the service
    /// waits for, otherwise without a body. Give it before you work on the event.
    #[must_use]
    pub fn response(&self) -> Response<Bytes> {
        if self.event != WebhookEvent::Verify {
            return Response::new(Bytes::new());
        }
        let event = WebhookEventKind::Verify;
        let nonce = serde_json::Value::from(self.nonce.as_str());
        let body = format!(r#"{{"event":"{event}","nonce":{nonce}}}"#);
        let mut response = Response::new(body.into());
        let json = HeaderValue::from_static("application/json; charset=UTF-8");
        response.headers_mut().insert(CONTENT_TYPE, json);
        response
    }

    /// What is the same when the service sends the same event again, and different otherwise.
    #[must_use]
    pub fn deduplication_key(&self) -> DeduplicationKey {
        let meeting = self.event.meeting();
        let participant = self
            .event
            .attendee()
            .and_then(|attendee| attendee.participant_id.clone());
        let is_told_apart = match &self.event {
            WebhookEvent::Joined(..) | WebhookEvent::Left(..) => participant.is_some(),
            WebhookEvent::Other { .. } => false,
            _ => true,
        };
        DeduplicationKey {
            kind: self.event.kind(),
            meeting: meeting.map(|meeting| match &meeting.conference_uuid {
                Some(uuid) => uuid.as_str().into(),
                None => meeting.conference_id.as_str().into(),
            }),
            sub_meeting: meeting
                .and_then(|meeting| meeting.sub_conference_id.as_deref().map(Into::into)),
            happened_at: self.happened_at,
            participant,
            // Nothing in it says which event it is, so that its whole text has to: in the bytes that
            // came, because mending makes different halves of pairs the same.
            digest: (!is_told_apart).then(|| {
                let came = self.ill_formed.as_deref();
                let came = came.unwrap_or(self.event_info.as_bytes());
                Sha256::digest(minified(came)).into()
            }),
        }
    }
}

/// Tells whether two notifications report the same event. The service gives events no id, so this
/// is the kind, the run of the meeting (or the meeting), when it happened, and the participant. It
/// takes no part of the envelope, which may be new for each try.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DeduplicationKey {
    pub(super) kind: WebhookEventKind,
    pub(super) meeting: Option<Box<str>>,
    pub(super) sub_meeting: Option<Box<str>>,
    pub(super) happened_at: Timestamp,
    pub(super) participant: Option<ParticipantId>,
    pub(super) digest: Option<[u8; 32]>,
}
