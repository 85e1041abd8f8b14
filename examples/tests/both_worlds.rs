//! An async and a blocking client of one process watch the same meeting over TLS, and see the same.
//!
//! All three TLS users of the tree (reqwest, ureq and the WebSocket) are in this process, so a second
//! crypto provider would be met here.

use std::{sync::mpsc, thread};

use meeting_async::{
    LiveMeeting, TrustStore,
    types::{
        events::{Event, EventKind, SnapshotMode},
        models::{AttendeeType, InvitedAttendee},
        operations::{InviteParticipant, MuteMeeting, StopMeeting},
    },
};
use meeting_sim::{SimMeeting, Simulator};

/// The events, and what they tell as a whole.
type Seen = (Vec<Event>, LiveMeeting);

type Error = Box<dyn std::error::Error + Send + Sync>;

/// Whether the snapshots are complete, so that what follows are changes.
fn is_subscribed(event: &Event) -> bool {
    event.kind == EventKind::Participants && event.mode == SnapshotMode::Full
}

fn watch_blocking(
    sim: &Simulator,
    trust: TrustStore,
    meeting: &SimMeeting,
    ready: mpsc::Sender<()>,
) -> Result<Seen, Error> {
    let client = meeting_blocking::Client::builder(sim.endpoint())
        .trust(trust)
        .anonymous();
    let id = meeting.conference_id.clone();
    let control = client.control(id, meeting.guest_password.clone())?;
    let mut seen = Vec::new();
    let mut events = control.events()?;
    for notice in events.by_ref() {
        let event = notice?.into_event().ok_or("a gap")?;
        if is_subscribed(&event) {
            ready.send(())?;
        }
        seen.push(event);
    }
    Ok((seen, events.meeting().clone()))
}

#[tokio::main(flavor = "current_thread")]
async fn watch_async(
    sim: &Simulator,
    trust: TrustStore,
    meeting: &SimMeeting,
    ready: mpsc::Sender<()>,
) -> Result<Seen, Error> {
    let client = meeting_async::Client::builder(sim.endpoint())
        .trust(trust)
        .anonymous();
    let id = meeting.conference_id.clone();
    let control = client.control(id, meeting.guest_password.clone()).await?;
    let mut events = control.events().await?;
    let mut seen = Vec::new();
    while let Some(notice) = events.next().await {
        let event = notice?.into_event().ok_or("a gap")?;
        if is_subscribed(&event) {
            ready.send(())?;
        }
        seen.push(event);
    }
    Ok((seen, events.meeting().clone()))
}

/// What makes two events the same: all but the id that the service gives each message.
fn essence(events: Vec<Event>) -> Vec<Event> {
    let changes = events
        .into_iter()
        .filter(|event| event.mode == SnapshotMode::Increment);
    changes
        .map(|mut event| {
            event.message_id = None;
            event.created_at = None;
            event
        })
        .collect()
}

#[test]
fn both_worlds_see_the_same_meeting() -> Result<(), Error> {
    let sim = Simulator::builder().tls(true).start()?;
    let trust = TrustStore::from_pem(sim.ca_pem().ok_or("no TLS")?.as_bytes())?;
    let meeting = sim.create_meeting("Both worlds");
    let id = &meeting.conference_id;
    sim.meeting(id).unwrap().join_as_host("Ann")?;
    let (ready, is_ready) = mpsc::channel();

    let (blocking, asynchronous) = thread::scope(|scope| -> Result<_, Error> {
        let told = ready.clone();
        let blocking = scope.spawn(|| watch_blocking(&sim, trust.clone(), &meeting, told));
        let told = ready;
        let asynchronous = scope.spawn(|| watch_async(&sim, trust.clone(), &meeting, told));
        // A watcher that fails drops its sender, so this does not wait for ever.
        let both = is_ready.recv().and_then(|()| is_ready.recv());

        if both.is_ok() {
            let client = meeting_blocking::Client::builder(sim.endpoint())
                .trust(trust.clone())
                .anonymous();
            let control = client.control(id.clone(), meeting.host_password.clone())?;
            let bo = sim.meeting(id).unwrap().join("Bo")?.id;
            sim.meeting(id).unwrap().speak([(&bo, 60)])?;
            control.send(&MuteMeeting::new(true))?;
            let call = InvitedAttendee::new("Chen", AttendeeType::Mobile).phone("+8615500000001");
            control.send(&InviteParticipant::new([call]))?;
            sim.meeting(id).unwrap().participant(&bo).leave()?;
            control.send(&StopMeeting::new())?;
        }
        let join = |thread: thread::ScopedJoinHandle<'_, Result<Seen, Error>>| {
            thread
                .join()
                .unwrap_or_else(|_| Err("the watcher panicked".into()))
        };
        Ok((join(blocking)?, join(asynchronous)?))
    })?;

    let (known, also_known) = (blocking.1, asynchronous.1);
    assert_eq!(known, also_known);
    assert!(known.is_over() && !known.is_stale());
    assert_eq!(known.subject(), Some("Both worlds"));
    let host = known.host().ok_or("no host")?;
    assert_eq!(host.name.as_deref(), Some("Ann"));
    assert_eq!(known.participants().len(), 2, "{known:?}");
    assert_eq!(known.attendees().len(), 1);

    let (blocking, asynchronous) = (essence(blocking.0), essence(asynchronous.0));
    assert!(blocking.len() >= 6, "{blocking:#?}");
    for kind in [
        EventKind::Participants,
        EventKind::SpeakerChange,
        EventKind::InviteResult,
    ] {
        assert!(blocking.iter().any(|event| event.kind == kind), "no {kind}");
    }
    assert_eq!(blocking, asynchronous);
    Ok(())
}
