//! Single troubles, and what the program is told of each.

use std::time::Duration;

use http::StatusCode;
use meeting_async::{
    ChannelEnd, Error, LiveOptions, Notice,
    types::{
        ServiceError,
        events::EventKind,
        operations::{CreateConfToken, CreateWebSocketToken, StopMeeting},
    },
};
use meeting_sim::{SimMeeting, Simulator};

use crate::{Failure, Follower, WORLDS, begin, catch_up, meeting, options, settle};

fn stop(sim: &Simulator, meeting: &SimMeeting) -> Result<(), Failure> {
    let control = meeting_blocking::Client::anonymous(sim.endpoint())
        .control(meeting.conference_id.clone(), meeting.host_password.clone())?;
    Ok(control.send(&StopMeeting::new())?)
}

/// Everything up to the end, which is an error or not.
fn rest(follower: &mut dyn Follower) -> (Vec<Notice>, Option<Error>) {
    let mut notices = Vec::new();
    while let Some(notice) = follower.next() {
        match notice {
            Ok(notice) => notices.push(notice),
            Err(error) => {
                assert!(follower.next().is_none(), "an error is the last item");
                return (notices, Some(error));
            }
        }
    }
    assert!(follower.next().is_none());
    (notices, None)
}

#[test]
fn a_gap_is_told_with_its_cause_and_its_end() -> Result<(), Failure> {
    for follow in WORLDS {
        let (sim, meeting, mut follower) = begin(follow, options())?;
        let id = &meeting.conference_id;

        sim.meeting(id).unwrap().cut_channels();
        let gap = follower.next().ok_or("over")??;
        let Notice::Gap { cause } = gap else {
            panic!("{gap:?}")
        };
        assert!(matches!(cause, ChannelEnd::Closed(_)), "{cause:?}");
        assert!(follower.meeting().is_stale());
        assert_eq!(follower.meeting().participants().len(), 1);

        // Nobody tells of Bo but the new snapshot.
        sim.meeting(id).unwrap().join("Bo")?;
        let resumed = follower.next().ok_or("over")??;
        assert!(
            matches!(resumed, Notice::Resumed { attempts: 1, .. }),
            "{resumed:?}"
        );
        catch_up(&mut *follower, &meeting);
        assert_eq!(follower.meeting().participants().len(), 2);
        assert!(!follower.meeting().is_stale());
    }
    Ok(())
}

#[test]
fn expired_tokens_are_replaced() -> Result<(), Failure> {
    for follow in WORLDS {
        let (sim, meeting, mut follower) = begin(follow, options())?;
        sim.faults().expire_control_tokens();
        meeting.cut_channels();
        meeting.join("Bo")?;
        catch_up(&mut *follower, &meeting);
        assert_eq!(sim.request_count::<CreateConfToken>(), 2);
        // One for each connection, and the one that was refused with the control token.
        assert_eq!(sim.request_count::<CreateWebSocketToken>(), 3);
    }
    Ok(())
}

#[test]
fn a_service_that_is_out_of_order_is_tried_again() -> Result<(), Failure> {
    for follow in WORLDS {
        let (sim, meeting, mut follower) = begin(follow, options())?;
        for _ in 0..5 {
            let busy = StatusCode::SERVICE_UNAVAILABLE;
            sim.fail_next::<CreateWebSocketToken>(ServiceError::new(busy, "MMC.1", "busy"));
        }
        meeting.cut_channels();
        meeting.join("Bo")?;
        let notices = catch_up(&mut *follower, &meeting);
        let attempts = notices.iter().find_map(|notice| match notice {
            Notice::Resumed { attempts, .. } => Some(*attempts),
            _ => None,
        });
        assert!(attempts >= Some(2), "{notices:?}");
    }
    Ok(())
}

#[test]
fn the_end_of_the_meeting_is_found_out_after_a_gap() -> Result<(), Failure> {
    for follow in WORLDS {
        let (sim, meeting, mut follower) = begin(follow, options())?;
        meeting.cut_channels();
        stop(&sim, &meeting)?;
        let (notices, error) = rest(&mut *follower);
        assert!(error.is_none(), "{error:?}");
        assert_eq!(notices.last(), Some(&Notice::EndedInGap), "{notices:?}");
        assert!(follower.meeting().is_over());
    }
    Ok(())
}

#[test]
fn a_refusal_that_a_new_token_does_not_cure_is_the_end() -> Result<(), Failure> {
    for follow in WORLDS {
        let (sim, meeting, mut follower) = begin(follow, options())?;
        for _ in 0..10 {
            let refused = ServiceError::new(StatusCode::BAD_REQUEST, "MMC.111072065", "no");
            sim.fail_next::<CreateWebSocketToken>(refused.clone());
            sim.fail_next::<CreateConfToken>(refused);
        }
        meeting.cut_channels();
        let (_, error) = rest(&mut *follower);
        let error = error.ok_or("no error")?;
        let refusal = error.service().ok_or("no refusal")?;
        assert!(refusal.is_conference_token_refused(), "{error}");
        assert!(follower.meeting().is_stale() && !follower.meeting().is_over());
    }
    Ok(())
}

#[test]
fn it_gives_up_in_time_on_a_service_that_is_gone() -> Result<(), Failure> {
    for follow in WORLDS {
        let options = options().give_up_after(Duration::from_millis(300));
        let (sim, _, mut follower) = begin(follow, options)?;
        drop(sim);
        let (notices, error) = rest(&mut *follower);
        assert!(matches!(notices[..], [Notice::Gap { .. }]), "{notices:?}");
        let Some(Error::GaveUp { attempts, last, .. }) = error else {
            panic!("{error:?}")
        };
        assert!(attempts > 0);
        assert!(
            matches!(
                *last,
                Error::Transport { .. } | Error::Deadline { .. } | Error::Channel(_)
            ),
            "{last:?}"
        );
    }
    Ok(())
}

#[test]
fn without_patience_the_first_loss_is_the_end() -> Result<(), Failure> {
    for follow in WORLDS {
        let options = options().give_up_after(Duration::ZERO);
        let (sim, meeting, mut follower) = begin(follow, options)?;
        meeting.cut_channels();
        let (notices, error) = rest(&mut *follower);
        assert!(matches!(notices[..], [Notice::Gap { .. }]), "{notices:?}");
        assert!(
            matches!(error, Some(Error::GaveUp { attempts: 0, .. })),
            "{error:?}"
        );
        assert_eq!(sim.request_count::<CreateWebSocketToken>(), 1);
    }
    Ok(())
}

#[test]
fn a_slow_program_gets_the_state_in_place_of_what_it_missed() -> Result<(), Failure> {
    for follow in WORLDS {
        let sim = Simulator::start()?;
        let meeting = meeting(&sim)?;
        let id = &meeting.conference_id;
        let bo = sim.meeting(id).unwrap().join("Bo")?.id;
        let mut follower = follow(&sim, &meeting, options().buffer(8))?;
        settle(&mut *follower, &meeting);
        for round in 0..100 {
            sim.meeting(id)
                .unwrap()
                .participant(&bo)
                .mute(round % 2 == 0)?;
        }
        let chen = sim.meeting(id).unwrap().join("Chen")?.id;
        // The program is busy with something else whenever it was told something.
        let mut notices = Vec::new();
        let is_skipped = |notice: &Notice| matches!(notice, Notice::Skipped { .. });
        while !notices.iter().any(is_skipped) && notices.len() < 100 {
            follower.pause(Duration::from_millis(150));
            notices.push(follower.next().ok_or("over")??);
        }
        notices.extend(catch_up(&mut *follower, &meeting));
        let skipped: u64 = notices
            .iter()
            .map(|notice| match notice {
                Notice::Skipped { notices } => *notices,
                Notice::Event(_) => 0,
                other => panic!("{other:?}"),
            })
            .sum();
        assert!(skipped > 0);
        // Everything was told or counted: none was lost in silence.
        let told = notices
            .iter()
            .filter(|notice| notice.event().is_some())
            .count();
        assert_eq!(skipped + told as u64, 101);
        assert!(follower.meeting().participant(&chen).is_some());
    }
    Ok(())
}

#[test]
fn other_kinds_of_events_can_be_asked_for_on_the_way() -> Result<(), Failure> {
    let sim = Simulator::start()?;
    let meeting = meeting(&sim)?;
    let id = &meeting.conference_id;
    let client = meeting_blocking::Client::anonymous(sim.endpoint());
    let control = client.control(id.clone(), meeting.host_password.clone())?;
    let options = options().kinds([EventKind::ConferenceDynamicInfo]);
    let mut events = control.events_with(options)?;
    let kind_of = |notice: Option<Result<Notice, Error>>| -> Result<EventKind, Failure> {
        let notice = notice.ok_or("over")??;
        Ok(notice.into_event().ok_or("no event")?.kind)
    };
    assert_eq!(kind_of(events.next())?, EventKind::ConferenceDynamicInfo);
    events.subscribe([EventKind::Participants]);
    assert_eq!(kind_of(events.next())?, EventKind::Participants);
    assert_eq!(events.meeting().participants().len(), 1);

    // The next connection asks for the same.
    sim.meeting(id).unwrap().cut_channels();
    assert!(matches!(events.next(), Some(Ok(Notice::Gap { .. }))));
    sim.meeting(id).unwrap().join("Bo")?;
    assert!(matches!(events.next(), Some(Ok(Notice::Resumed { .. }))));
    assert_eq!(kind_of(events.next())?, EventKind::Participants);
    assert_eq!(events.meeting().participants().len(), 2);

    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let client = meeting_async::Client::anonymous(sim.endpoint());
        let control = client.control(id.clone(), meeting.host_password.clone());
        let options = LiveOptions::new().kinds([EventKind::ConferenceDynamicInfo]);
        let mut events = control.await?.events_with(options).await?;
        assert_eq!(
            kind_of(events.next().await)?,
            EventKind::ConferenceDynamicInfo
        );
        events.subscribe([EventKind::Participants]);
        assert_eq!(kind_of(events.next().await)?, EventKind::Participants);
        Ok(())
    })
}

#[test]
fn dropping_it_closes_the_connection() -> Result<(), Failure> {
    for follow in WORLDS {
        let sim = Simulator::start()?;
        let meeting = meeting(&sim)?;
        let channels = || meeting.snapshot().map(|truth| truth.live_channels);
        let mut follower = follow(&sim, &meeting, options())?;
        settle(&mut *follower, &meeting);
        assert_eq!(channels(), Some(1));
        drop(follower);
        // The simulator needs a moment to notice.
        while channels() != Some(0) {
            std::thread::yield_now();
        }
    }
    Ok(())
}

#[test]
fn the_control_token_is_kept_alive_without_any_call() -> Result<(), Failure> {
    for follow in WORLDS {
        let sim = Simulator::builder()
            .control_token_lifetime(Duration::from_secs(1))
            .start()?;
        let meeting = meeting(&sim)?;
        let mut follower = follow(&sim, &meeting, options())?;
        settle(&mut *follower, &meeting);
        // Heard of only while somebody listens: whoever mutes is on another thread.
        std::thread::scope(|scope| {
            scope.spawn(|| {
                // Not for ever, should it not happen.
                for _ in 0..1000 {
                    if sim.request_count::<CreateConfToken>() >= 4 {
                        break;
                    }
                    std::thread::sleep(Duration::from_millis(20));
                }
                meeting.push_frame(r#"{"action":"MarkNotify"}"#);
            });
            let notice = follower.next();
            assert!(matches!(notice, Some(Ok(Notice::Event(_)))), "{notice:?}");
        });
        // All but the first kept the same token alive: the password was needed once.
        let keeps = sim.requests().into_iter().filter(|request| {
            request.operation == Some("CreateConfToken")
                && request
                    .headers
                    .iter()
                    .any(|(name, _)| name.eq_ignore_ascii_case("x-conference-authorization"))
        });
        assert!(keeps.count() >= 3);
    }
    Ok(())
}

#[test]
fn waiting_can_be_given_up_at_any_moment() -> Result<(), Failure> {
    let sim = Simulator::start()?;
    let meeting = meeting(&sim)?;
    let id = &meeting.conference_id;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let client = meeting_async::Client::anonymous(sim.endpoint());
        let control = client.control(id.clone(), meeting.host_password.clone());
        let mut events = control.await?.events_with(options()).await?;
        let mut gaps = 0;
        let mut given_up = 0;
        let mut people = 1;
        while people < 30 {
            // Polled a few times and dropped: in the middle of a wait, of a call, of a handshake.
            let brief = tokio::time::timeout(Duration::from_micros(300), events.next());
            match brief.await {
                Err(_) => given_up += 1,
                Ok(notice) => {
                    let notice = notice.ok_or("over")??;
                    gaps += usize::from(matches!(notice, Notice::Gap { .. }));
                }
            }
            if events.meeting().participants().len() == people {
                people += 1;
                sim.meeting(id).unwrap().join(format!("Guest {people}"))?;
                if people % 3 == 0 {
                    sim.meeting(id).unwrap().cut_channels();
                }
            }
        }
        assert!(given_up > 0);
        assert!(gaps >= 9, "{gaps}");
        Ok(())
    })
}
