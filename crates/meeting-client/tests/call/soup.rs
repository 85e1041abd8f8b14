//! Many calls at once, in any order, with any outcome: what must hold all the same.

use std::{
    collections::HashMap,
    time::{Duration, SystemTime},
};

use meeting_client::{Action, Call, Engine, LoggedIn};
use meeting_types::{TransportErrorKind, operations::SearchMeetings};

use crate::{
    hand::{Clock, engine_of},
    support::{
        Outcome, app, asked, config, failed, logged_in, no_meetings, refused, secs, throttled,
        unauthorized,
    },
};

const DEADLINE: Duration = Duration::from_secs(5);

/// A service that fails as the dice fall, and knows which tokens it gave.
struct Service {
    dice: fastrand::Rng,
    tokens: u64,
    /// Up to which token all have been ended.
    ended: u64,
}

impl Service {
    fn reply(&mut self, operation: &str, token: Option<&str>) -> Outcome {
        match self.dice.u32(..20) {
            0 => return failed(TransportErrorKind::Connect),
            1 => return failed(TransportErrorKind::Timeout),
            2 => return refused(503, "MMC.1"),
            3 => return throttled(1),
            4 => self.ended = self.tokens,
            _ => {}
        }
        if operation != "SearchMeetings" {
            if self.dice.u32(..6) == 0 {
                return refused(401, "USG.206010000");
            }
            self.tokens += 1;
            return logged_in(&self.tokens.to_string(), self.dice.u64(1..200));
        }
        let number: u64 = token.unwrap().rsplit('-').next().unwrap().parse().unwrap();
        if number > self.ended {
            no_meetings()
        } else {
            unauthorized()
        }
    }
}

/// A call, and what it waits for.
struct Running<'a> {
    call: Call<'a>,
    pending: Option<Outcome>,
    first: Option<SystemTime>,
    logs_in: bool,
    steps: u32,
}

fn stir(engine: &Engine<LoggedIn>, seed: u64) -> HashMap<&'static str, u32> {
    let clock = Clock::new();
    let search = SearchMeetings::new();
    let mut service = Service {
        dice: fastrand::Rng::with_seed(seed),
        tokens: 0,
        ended: 0,
    };
    let mut dice = fastrand::Rng::with_seed(seed);
    let mut ends: HashMap<&'static str, u32> = HashMap::new();
    let mut running: Vec<Running<'_>> = Vec::new();
    let mut begun = 0;
    while begun < 60 || !running.is_empty() {
        if begun < 60 && dice.u32(..3) == 0 {
            begun += 1;
            let call = engine.call(&search).with_seed(dice.u64(..));
            running.push(Running {
                call,
                pending: None,
                first: None,
                logs_in: false,
                steps: 0,
            });
        }
        if running.is_empty() {
            continue;
        }
        clock.pass(Duration::from_millis(dice.u64(..40)));
        let index = dice.usize(..running.len());
        let one = &mut running[index];
        one.steps += 1;
        assert!(one.steps < 10_000, "it does not end: {:?}", one.call);
        if let Some(outcome) = one.pending.take() {
            one.logs_in = false;
            one.call.handle_response(outcome, clock.now());
            continue;
        }
        if dice.u32(..150) == 0 {
            running.swap_remove(index);
            *ends.entry("dropped").or_default() += 1;
            continue;
        }
        one.first.get_or_insert(clock.now());
        match one.call.poll(clock.now()) {
            Action::Send(request) => {
                let asked = asked(&request);
                let reply = service.reply(asked.operation, asked.token.as_deref());
                one.pending = Some(reply);
                if asked.operation != "SearchMeetings" {
                    // Nobody else does, save who should have ended long ago.
                    let is_late =
                        |first: SystemTime| clock.now().duration_since(first).unwrap() > DEADLINE;
                    let mut others = running.iter().filter(|other| other.logs_in);
                    assert!(others.all(|other| other.first.is_some_and(is_late)));
                    running[index].logs_in = true;
                }
            }
            Action::SleepUntil(_) => {}
            Action::Done(result) => {
                let end = match result {
                    Ok(response) if response.status() == 200 => "good",
                    Ok(_) => "refused",
                    Err(error) if error.is_deadline() => "deadline",
                    Err(meeting_client::Error::Token(_)) => "token",
                    Err(_) => "failed",
                };
                running.swap_remove(index);
                *ends.entry(end).or_default() += 1;
            }
            step => panic!("{step:?}"),
        }
    }
    ends
}

#[test]
fn whatever_happens_every_call_ends_and_no_two_log_in_at_once() {
    let mut all: HashMap<&'static str, u32> = HashMap::new();
    for seed in 0..300 {
        let engine = engine_of(config().deadline(DEADLINE), app());
        for (end, count) in stir(&engine, seed) {
            *all.entry(end).or_default() += count;
        }
        // Nobody holds the lease any more.
        let (clock, search) = (Clock::new(), SearchMeetings::new());
        clock.pass(secs(1_000_000));
        let mut last = clock.hand(engine.call(&search));
        assert_ne!(last.asks().operation, "SearchMeetings");
    }
    for end in ["good", "refused", "deadline", "token", "failed", "dropped"] {
        assert!(
            all.get(end).is_some_and(|count| *count > 20),
            "{end}: {all:?}"
        );
    }
}
