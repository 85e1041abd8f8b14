//! Webhooks: what is believed, what is not, and what is made of it.

#![allow(clippy::unwrap_used, reason = "these are tests")]

mod ill_formed;
mod properties;
mod reading;
mod refusals;
mod responses;
mod signatures;

use std::time::SystemTime;

use meeting_types::{
    Timestamp,
    webhooks::{
        AttendeeRole, MeetingInfo, Notification, Signer, Verifier, WebhookAttendee, WebhookError,
        WebhookEvent,
    },
};

/// The key in these tests; the first part is in nothing else.
const KEY: &str = "ZqX8-hush";
const ID: &str = "123456789";
const NOW: i64 = 1_763_800_000_123;

fn at(millis: i64) -> SystemTime {
    Timestamp::from_millis(millis).into()
}

fn verifier() -> Verifier {
    Verifier::new(ID, KEY)
}

fn signer() -> Signer {
    Signer::new(ID, KEY)
}

fn verify(body: &[u8]) -> Result<Notification, WebhookError> {
    verifier().verify(body, at(NOW))
}

/// A signed notification with this text as its event.
fn signed(event_info: &str) -> Vec<u8> {
    signer()
        .body_of(event_info, Timestamp::from_millis(NOW), "60426560")
        .to_vec()
}

fn meeting() -> MeetingInfo {
    MeetingInfo::new("987446316")
        .conference_uuid("6f4b0011")
        .sub_conference_id("sub-7")
}

fn attendee() -> WebhookAttendee {
    WebhookAttendee::new()
        .user_uuid("ff8080816b1c0001")
        .user_agent("WeLink-desktop")
        .account("ada@example")
        .participant_id("p1")
        .display_name("周 \"Ada\" { }")
        .joined_at(Timestamp::from_millis(NOW - 5000))
        .left_at(Timestamp::from_millis(NOW - 1000))
        .role(AttendeeRole::Host)
        .call_number("+99111")
}

fn every_event() -> Vec<(WebhookEvent, &'static str)> {
    vec![
        (WebhookEvent::Verify, "meeting.verify"),
        (WebhookEvent::Created(meeting()), "meeting.create"),
        (WebhookEvent::Modified(meeting()), "meeting.modify"),
        (WebhookEvent::Cancelled(meeting()), "meeting.cancel"),
        (WebhookEvent::Started(meeting()), "meeting.started"),
        (WebhookEvent::Ended(meeting()), "meeting.end"),
        (WebhookEvent::Concluded(meeting()), "meeting.conclude"),
        (
            WebhookEvent::Joined(meeting(), Box::new(attendee())),
            "meeting.join",
        ),
        (
            WebhookEvent::Left(meeting(), Box::new(attendee())),
            "meeting.left",
        ),
        (WebhookEvent::RecordingFinished(meeting()), "record.finish"),
    ]
}
