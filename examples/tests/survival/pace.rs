//! Programs and services that are quicker or slower than each other.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use bytes::Bytes;
use meeting_async::{
    Error, LiveOptions, Notice, ReqwestTransport,
    types::{
        Immediate, NonBlocking, Operation, Timeout, Transport, TransportError,
        events::{EventKind, SubtitleSwitch},
        operations::{CreateConfToken, CreateWebSocketToken},
    },
};
use meeting_blocking::UreqTransport;
use meeting_sim::{SimMeeting, Simulator};

use crate::{Failure, WORLDS, begin, meeting, options, settle};

/// Asks until it is so, but not for ever.
fn until(happens: impl Fn() -> bool) {
    for _ in 0..1000 {
        if happens() {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    Ok(builder.enable_all().build()?)
}

fn is_mark(notice: &Notice, name: &str) -> bool {
    notice
        .event()
        .is_some_and(|event| event.kind.as_str() == name)
}

#[test]
fn a_prompt_program_gets_every_event_of_a_burst() -> Result<(), Failure> {
    for follow in WORLDS {
        // Less than the simulator keeps for a slow reader, and far more than the buffer here.
        let (_sim, meeting, mut follower) = begin(follow, options().buffer(32))?;
        for _ in 0..1000 {
            meeting.push_frame(r#"{"action":"OneNotify"}"#);
        }
        meeting.push_frame(r#"{"action":"LastNotify"}"#);
        let mut told = 0;
        loop {
            let notice = follower.next().ok_or("over")??;
            if is_mark(&notice, "LastNotify") {
                break;
            }
            assert!(is_mark(&notice, "OneNotify"), "{told}: {notice:?}");
            told += 1;
        }
        assert_eq!(told, 1000);
    }
    Ok(())
}

#[test]
fn the_token_is_kept_alive_also_when_there_is_always_something_to_read() -> Result<(), Failure> {
    for follow in WORLDS {
        let sim = Simulator::builder()
            .control_token_lifetime(Duration::from_secs(1))
            .start()?;
        let meeting = meeting(&sim)?;
        let mut follower = follow(&sim, &meeting, options())?;
        settle(&mut *follower, &meeting);
        let done = AtomicBool::new(false);
        thread::scope(|scope| {
            let (sim, id, done) = (&sim, &meeting.conference_id, &done);
            scope.spawn(move || {
                for _ in 0..30_000 {
                    if done.load(Ordering::Relaxed) {
                        break;
                    }
                    sim.meeting(id)
                        .unwrap()
                        .push_frame(r#"{"action":"OneNotify"}"#);
                    thread::sleep(Duration::from_micros(200));
                }
            });
            // It takes each one a little longer than the next one takes to come.
            for _ in 0..3000 {
                if sim.request_count::<CreateConfToken>() > 2 {
                    break;
                }
                let notice = follower.next();
                assert!(matches!(notice, Some(Ok(_))), "{notice:?}");
                follower.pause(Duration::from_millis(1));
            }
            done.store(true, Ordering::Relaxed);
            assert!(sim.request_count::<CreateConfToken>() > 2);
        });
    }
    Ok(())
}

#[test]
fn the_end_of_a_gap_is_told_before_there_is_an_event() -> Result<(), Failure> {
    for follow in WORLDS {
        let sim = Simulator::start()?;
        let meeting = meeting(&sim)?;
        let id = &meeting.conference_id;
        // Of these there is nothing to be told at first.
        let mut follower = follow(&sim, &meeting, options().kinds([EventKind::InviteResult]))?;
        sim.meeting(id).unwrap().cut_channels();
        assert!(matches!(follower.next(), Some(Ok(Notice::Gap { .. }))));
        let told = AtomicBool::new(false);
        thread::scope(|scope| {
            let in_time = scope.spawn(|| {
                until(|| told.load(Ordering::Relaxed));
                sim.meeting(id)
                    .unwrap()
                    .push_frame(r#"{"action":"LateNotify"}"#);
                told.load(Ordering::Relaxed)
            });
            assert!(matches!(follower.next(), Some(Ok(Notice::Resumed { .. }))));
            told.store(true, Ordering::Relaxed);
            assert!(matches!(in_time.join(), Ok(true)));
        });
        let next = follower.next().ok_or("over")??;
        assert!(is_mark(&next, "LateNotify"), "{next:?}");
    }
    Ok(())
}

#[test]
fn subtitles_can_be_switched_before_the_service_has_said_anything() -> Result<(), Failure> {
    for follow in WORLDS {
        let sim = Simulator::start()?;
        let meeting = meeting(&sim)?;
        let id = &meeting.conference_id;
        let ann = sim
            .meeting(id)
            .and_then(|meeting| meeting.snapshot())
            .ok_or("none")?
            .participants[0]
            .id
            .clone();
        let options = options().kinds([EventKind::RealTimeSubtitle]);
        let mut follower = follow(&sim, &meeting, options)?;
        follower.switch_subtitles(SubtitleSwitch::on());
        thread::scope(|scope| {
            scope.spawn(|| {
                let media = || {
                    sim.meeting(id)
                        .and_then(|meeting| meeting.snapshot())
                        .and_then(|truth| truth.media)
                };
                until(|| media().is_some_and(|media| media.subtitles));
                let said = sim
                    .meeting(id)
                    .unwrap()
                    .participant(&ann)
                    .say("Good morning");
                sim.meeting(id)
                    .unwrap()
                    .push_frame(r#"{"action":"LateNotify"}"#);
                assert!(said.is_ok());
            });
            let notice = follower.next().expect("it goes on").expect("no failure");
            let kind = notice.into_event().map(|event| event.kind);
            assert_eq!(kind, Some(EventKind::RealTimeSubtitle));
        });
    }
    Ok(())
}

/// What a [`Watched`] transport does, and has seen.
#[derive(Default)]
struct Watch {
    /// How far its clock is ahead, in seconds.
    ahead: AtomicUsize,
    /// Whether renewals of the control token are never answered.
    stuck: AtomicBool,
    /// Whether those who ask for a token of the channel have to wait.
    held: AtomicBool,
    /// How many were not.
    unanswered: AtomicUsize,
    /// The time that each request was given.
    given: Mutex<Vec<Duration>>,
}

/// A transport with a clock of its own, on which renewals may get stuck.
struct Watched<T> {
    inner: T,
    watch: Arc<Watch>,
}

#[async_trait]
impl<T: Transport> Transport for Watched<T> {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let Timeout(given) = *request.extensions().get().expect("each request has one");
        self.watch.given.lock().expect("no panic").push(given);
        let is_renewal = request.uri().path() == CreateConfToken::INFO.path;
        if is_renewal && self.watch.stuck.load(Ordering::Relaxed) {
            self.watch.unanswered.fetch_add(1, Ordering::Relaxed);
            std::future::pending::<()>().await;
        }
        let is_opening = request.uri().path() == CreateWebSocketToken::INFO.path;
        while is_opening && self.watch.held.load(Ordering::Relaxed) {
            self.inner.sleep(Duration::from_millis(1)).await;
        }
        self.inner.send(request).await
    }

    async fn sleep(&self, delay: Duration) {
        self.inner.sleep(delay).await;
    }

    fn now(&self) -> SystemTime {
        let ahead = self.watch.ahead.load(Ordering::Relaxed) as u64;
        self.inner.now() + Duration::from_secs(ahead)
    }
}

impl<T: NonBlocking> NonBlocking for Watched<T> {}
impl<T: Immediate> Immediate for Watched<T> {}

async fn watched(
    sim: &Simulator,
    meeting: &SimMeeting,
    watch: &Arc<Watch>,
) -> Result<meeting_async::Control, Error> {
    let transport = Watched {
        inner: ReqwestTransport::new(),
        watch: watch.clone(),
    };
    let client = meeting_async::Client::builder(sim.endpoint()).anonymous_over(transport);
    let id = meeting.conference_id.clone();
    client.control(id, meeting.host_password.clone()).await
}

#[test]
fn kinds_that_are_asked_for_while_a_connection_opens_are_not_lost() -> Result<(), Failure> {
    let sim = Simulator::start()?;
    let meeting = meeting(&sim)?;
    let id = &meeting.conference_id;
    let watch = Arc::new(Watch::default());
    runtime()?.block_on(async {
        let control = watched(&sim, &meeting, &watch).await?;
        let options = options().kinds([EventKind::ConferenceDynamicInfo]);
        let mut events = control.events_with(options).await?;
        watch.held.store(true, Ordering::Relaxed);
        sim.meeting(id).unwrap().cut_channels();
        while !matches!(events.next().await, Some(Ok(Notice::Gap { .. }))) {}
        // By then it is asking for a token.
        let brief = tokio::time::timeout(Duration::from_millis(60), events.next());
        assert!(brief.await.is_err());
        events.subscribe([EventKind::Participants]);
        watch.held.store(false, Ordering::Relaxed);
        let long = Duration::from_secs(10);
        while events.meeting().participants().len() == 0 {
            let notice = tokio::time::timeout(long, events.next()).await?;
            notice.ok_or("over")??;
        }
        Ok(())
    })
}

#[test]
fn a_renewal_that_hangs_does_not_keep_the_events_from_connecting_again() -> Result<(), Failure> {
    let sim = Simulator::builder()
        .control_token_lifetime(Duration::from_secs(20))
        .start()?;
    let meeting = meeting(&sim)?;
    let id = &meeting.conference_id;
    let watch = Arc::new(Watch::default());
    runtime()?.block_on(async {
        let control = watched(&sim, &meeting, &watch).await?;
        // It is renewed after 15 to 18 seconds of its life, and this client is a little ahead.
        watch.ahead.store(14, Ordering::Relaxed);
        let mut events = control.events_with(options()).await?;
        watch.stuck.store(true, Ordering::Relaxed);
        let brief = Duration::from_millis(20);
        while watch.unanswered.load(Ordering::Relaxed) == 0 {
            let _ = tokio::time::timeout(brief, events.next()).await;
        }
        while tokio::time::timeout(brief, events.next()).await.is_ok() {}

        sim.meeting(id).unwrap().cut_channels();
        let long = Duration::from_secs(10);
        let gap = tokio::time::timeout(long, events.next()).await?;
        assert!(matches!(gap, Some(Ok(Notice::Gap { .. }))), "{gap:?}");
        let resumed = tokio::time::timeout(long, events.next()).await?;
        assert!(
            matches!(resumed, Some(Ok(Notice::Resumed { .. }))),
            "{resumed:?}"
        );
        Ok(())
    })
}

#[test]
fn a_blocking_program_has_its_turn_between_two_tries() -> Result<(), Failure> {
    let sim = Simulator::start()?;
    let meeting = meeting(&sim)?;
    let client = meeting_blocking::Client::anonymous(sim.endpoint());
    let control = client.control(meeting.conference_id.clone(), meeting.host_password.clone())?;
    let options = LiveOptions::new()
        .backoff(Duration::ZERO, Duration::ZERO)
        .give_up_after(Duration::from_secs(5));
    let mut events = control.events_with(options)?;
    drop(sim);
    let second = Duration::from_secs(1);
    while !matches!(events.next_timeout(second)?, Some(Notice::Gap { .. })) {}
    let nothing = events.next_timeout(Duration::ZERO)?;
    assert!(nothing.is_none(), "{nothing:?}");
    let error = loop {
        match events.next_timeout(Duration::ZERO) {
            Ok(nothing) => assert!(nothing.is_none()),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, Error::GaveUp { .. }), "{error}");
    Ok(())
}

#[test]
fn calls_to_connect_again_get_no_more_time_than_there_is() -> Result<(), Failure> {
    let sim = Simulator::start()?;
    let meeting = meeting(&sim)?;
    let watch = Arc::new(Watch::default());
    let transport = Watched {
        inner: UreqTransport::new(),
        watch: watch.clone(),
    };
    let client = meeting_blocking::Client::builder(sim.endpoint()).anonymous_over(transport);
    let control = client.control(meeting.conference_id.clone(), meeting.host_password.clone())?;
    let patience = Duration::from_secs(3);
    let mut events = control.events_with(options().give_up_after(patience))?;
    assert!(matches!(events.next(), Some(Ok(Notice::Event(_)))));
    watch.given.lock().expect("no panic").clear();

    sim.faults().expire_control_tokens();
    meeting.cut_channels();
    while !matches!(events.next(), Some(Ok(Notice::Resumed { .. }))) {}
    let given = watch.given.lock().expect("no panic").clone();
    assert!(given.len() >= 3, "{given:?}");
    assert!(given.iter().all(|given| *given <= patience), "{given:?}");
    Ok(())
}
