//! Hundreds of broken connections.

use std::{fs, time::Duration};

use allocation_counter::{measure, opt_out};
use meeting_async::{LiveOptions, Notice};
use meeting_sim::{SimMeeting, Simulator};

use crate::{Failure, Follow, Follower, catch_up, follow_async, follow_blocking, knows};

/// What has been told about the connections.
#[derive(Debug, Default)]
struct Tally {
    gaps: usize,
    resumed: usize,
    attempts: usize,
}

impl Tally {
    fn note(&mut self, notice: &Notice) {
        match notice {
            Notice::Gap { .. } => self.gaps += 1,
            Notice::Resumed { attempts, .. } => {
                self.resumed += 1;
                self.attempts += *attempts as usize;
            }
            Notice::Event(_) => {}
            other => panic!("{other:?}"),
        }
        // Never two gaps without a connection in between.
        assert!(self.resumed <= self.gaps && self.gaps <= self.resumed + 1);
    }
}

/// Lets something happen in the meeting; what it is depends on `number` alone.
fn live(sim: &Simulator, meeting: &SimMeeting, number: usize) -> Result<(), Failure> {
    let id = &meeting.conference_id;
    let truth = sim
        .meeting(id)
        .and_then(|meeting| meeting.snapshot())
        .ok_or("no meeting")?;
    let people = &truth.participants;
    let somebody = &people[number * 7 % people.len()];
    match number % 7 {
        0 if people.len() < 12 => drop(sim.meeting(id).unwrap().join(format!("Guest {number}"))?),
        1 if people.len() > 3 && !somebody.host => {
            sim.meeting(id).unwrap().participant(&somebody.id).leave()?
        }
        2 | 3 => sim
            .meeting(id)
            .unwrap()
            .participant(&somebody.id)
            .mute(!somebody.muted)?,
        4 if !somebody.host => sim
            .meeting(id)
            .unwrap()
            .participant(&somebody.id)
            .raise_hand(!somebody.hand_raised)?,
        5 => sim
            .meeting(id)
            .unwrap()
            .participant(&somebody.id)
            .switch_camera(!somebody.camera_on)?,
        _ => sim
            .meeting(id)
            .unwrap()
            .speak([(&somebody.id, 50 + (number % 40) as i32)])?,
    }
    Ok(())
}

/// How often the WebSocket of the simulator was opened.
fn connections(sim: &Simulator) -> usize {
    let requests = sim.requests();
    let upgrades = requests
        .iter()
        .filter(|request| request.status.as_u16() == 101);
    upgrades.count()
}

/// Open files and sockets of this process, where the system tells.
fn open_handles() -> Option<usize> {
    Some(fs::read_dir("/proc/self/fd").ok()?.count())
}

/// Goes on until there were `gaps` more gaps. The simulator breaks each connection after a few frames,
/// forgets all tokens now and then, and restarts.
fn weather(
    follower: &mut dyn Follower,
    sim: &Simulator,
    meeting: &SimMeeting,
    tally: &mut Tally,
    gaps: usize,
) {
    let end = tally.gaps + gaps;
    let mut number = tally.gaps;
    while tally.gaps < end {
        let notice = follower.next().expect("it goes on").expect("no failure");
        tally.note(&notice);
        // What the simulator needs is not the client's.
        opt_out(|| {
            if matches!(notice, Notice::Gap { .. }) {
                if tally.gaps.is_multiple_of(40) {
                    sim.faults().expire_control_tokens();
                }
                if tally.gaps.is_multiple_of(75) {
                    sim.restart().expect("the port is free");
                }
            }
            live(sim, meeting, number).expect("a step");
        });
        number += 1;
    }
}

fn survives(follow: Follow) -> Result<(), Failure> {
    let sim = Simulator::start()?;
    let meeting = sim.create_meeting("Storm");
    let id = &meeting.conference_id;
    sim.meeting(id).unwrap().join_as_host("Ann")?;
    sim.meeting(id).unwrap().join("Bo")?;
    sim.meeting(id).unwrap().cut_channels_after(Some(14));
    let wait = Duration::from_millis(5);
    let options = LiveOptions::new().backoff(wait / 5, wait);
    let mut follower = follow(&sim, &meeting, options)?;

    let mut tally = Tally::default();
    // Pools and buffers find their size.
    weather(&mut *follower, &sim, &meeting, &mut tally, 100);
    let (handles, tasks) = (open_handles(), follower.tasks());
    let spent = measure(|| weather(&mut *follower, &sim, &meeting, &mut tally, 200));
    assert!(
        spent.bytes_current < 32 * 1024,
        "200 connections later, {} bytes more are in use",
        spent.bytes_current
    );
    // One for each connection in the pool, which is one or being replaced.
    assert!(follower.tasks() <= tasks + 1, "{} tasks", follower.tasks());
    if let (Some(before), Some(after)) = (handles, open_handles()) {
        assert!(
            after <= before + 8,
            "{before} handles were open, now {after}"
        );
    }

    // The weather clears up.
    sim.meeting(id).unwrap().cut_channels_after(None);
    while tally.gaps > tally.resumed {
        tally.note(&follower.next().ok_or("over")??);
    }
    sim.meeting(id).unwrap().cut_channels();
    while tally.gaps == tally.resumed {
        tally.note(&follower.next().ok_or("over")??);
    }
    for notice in catch_up(&mut *follower, &meeting) {
        tally.note(&notice);
    }
    assert_eq!(tally.gaps, tally.resumed, "{tally:?}");
    assert!(tally.gaps > 300, "{tally:?}");
    // Each connection that was accepted and lost is a gap. Some were lost before they were accepted.
    let connections = connections(&sim);
    assert!(
        tally.gaps < connections && connections <= 1 + tally.attempts,
        "{tally:?}, {connections}"
    );

    let truth = sim
        .meeting(id)
        .and_then(|meeting| meeting.snapshot())
        .ok_or("no meeting")?;
    assert!(truth.participants.len() >= 2);
    meeting_blocking::Client::anonymous(sim.endpoint())
        .control(id.clone(), meeting.host_password.clone())?
        .send(&meeting_blocking::types::operations::StopMeeting::new())?;
    while let Some(notice) = follower.next() {
        tally.note(&notice?);
    }
    assert!(follower.meeting().is_over());
    assert!(knows(follower.meeting(), &truth));
    Ok(())
}

#[test]
fn the_blocking_client_survives_hundreds_of_broken_connections() -> Result<(), Failure> {
    survives(follow_blocking)
}

#[test]
fn the_async_client_survives_hundreds_of_broken_connections() -> Result<(), Failure> {
    survives(follow_async)
}
