//! Whatever happens to a connection on the way, the end is the same.

use meeting_client::follow::LiveMeeting;
use meeting_types::{
    Timestamp,
    events::{Event, EventKind, InterpreterGroupInfo, RealTimeSubtitle, SnapshotMode},
};
use proptest::prelude::*;
use serde_json::json;

use crate::{
    copy::Copy,
    service::{KINDS, Service, Step, steps},
};

/// One connection: what it delivers, and what happens unseen after it breaks.
#[derive(Clone, Debug)]
struct Connection {
    delivered: Vec<Step>,
    missed: Vec<Step>,
    /// After which deliveries the service tells all of a kind again.
    fulls: Vec<(usize, usize)>,
    /// After which deliveries which former message comes again.
    replays: Vec<(usize, usize)>,
    /// Whether increments count from the start.
    restarts: bool,
}

fn connections() -> impl Strategy<Value = Connection> {
    let pairs = || prop::collection::vec((0..20_usize, any::<usize>()), 0..6);
    (
        prop::collection::vec(steps(), 0..12),
        prop::collection::vec(steps(), 0..6),
        pairs(),
        pairs(),
        any::<bool>(),
    )
        .prop_map(|(delivered, missed, fulls, replays, restarts)| Connection {
            delivered,
            missed,
            fulls,
            replays,
            restarts,
        })
}

/// A meeting, and the copy that follows its changes.
struct Followed {
    meeting: LiveMeeting,
    copy: Copy,
}

impl Followed {
    fn new() -> Self {
        Self {
            meeting: LiveMeeting::new(),
            copy: Copy::new(),
        }
    }

    fn apply(&mut self, event: &Event) {
        let changes = self.meeting.apply(event);
        self.copy.replay(&changes, &self.meeting);
        let known = Copy::of(&self.meeting).settled();
        assert_eq!(self.copy.clone().settled(), known, "{event:?}: {changes:?}");
    }
}

fn truth(service: &mut Service) -> LiveMeeting {
    let mut truth = LiveMeeting::new();
    for kind in &KINDS {
        truth.apply(&service.full(kind));
    }
    truth
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn connections_come_and_go_and_the_end_is_the_same(
        connections in prop::collection::vec(connections(), 1..4),
        restarting in any::<bool>(),
    ) {
        let mut service = Service::new(false);
        let mut straight = LiveMeeting::new();
        let mut seen = Followed::new();
        let mut history = Vec::new();
        for kind in &KINDS {
            straight.apply(&service.full(kind));
        }
        let last = connections.len() - 1;
        for (index, connection) in connections.into_iter().enumerate() {
            if index > 0 {
                seen.meeting.gap();
                prop_assert!(seen.meeting.is_stale());
                if restarting && connection.restarts {
                    service.restart_counters();
                }
            }
            let mut incoming: Vec<Event> = KINDS.iter().map(|kind| service.full(kind)).collect();
            for (index, step) in connection.delivered.into_iter().enumerate() {
                let event = service.step(step);
                straight.apply(&event);
                incoming.push(event);
                for (_, kind) in connection.fulls.iter().filter(|(at, _)| *at == index) {
                    incoming.push(service.full(&KINDS[kind % KINDS.len()]));
                }
            }
            for (index, event) in incoming.into_iter().enumerate() {
                seen.apply(&event);
                history.push(event);
                // From this connection and from those before, also what was missed.
                for (_, which) in connection.replays.iter().filter(|(at, _)| *at == index) {
                    let replay: Event = history[which % history.len()].clone();
                    seen.apply(&replay);
                }
            }
            prop_assert!(!seen.meeting.is_stale());
            if index < last {
                for step in connection.missed {
                    let event = service.step(step);
                    straight.apply(&event);
                    history.push(event);
                }
            }
        }
        prop_assert_eq!(&seen.meeting, &truth(&mut service));
        if !restarting {
            prop_assert_eq!(&seen.meeting, &straight);
        }
    }

    #[test]
    fn numbers_alone_do_on_one_connection(
        steps in prop::collection::vec(steps(), 0..30),
        replays in prop::collection::vec((0..30_usize, any::<usize>()), 0..10),
        fulls in prop::collection::vec((0..30_usize, any::<usize>()), 0..5),
    ) {
        let mut service = Service::new(true);
        let mut seen = Followed::new();
        let mut history: Vec<Event> = KINDS.iter().map(|kind| service.full(kind)).collect();
        history.iter().for_each(|event| seen.apply(event));
        for (index, step) in steps.into_iter().enumerate() {
            let mut incoming = vec![service.step(step)];
            for (_, kind) in fulls.iter().filter(|(at, _)| *at == index) {
                incoming.push(service.full(&KINDS[kind % KINDS.len()]));
            }
            for event in incoming {
                seen.apply(&event);
                history.push(event);
            }
            for (_, which) in replays.iter().filter(|(at, _)| *at == index) {
                seen.apply(&history[which % history.len()]);
            }
        }
        prop_assert_eq!(&seen.meeting, &truth(&mut service));
    }

    #[test]
    fn a_difference_tells_as_much_as_its_steps(
        before in prop::collection::vec(anything(), 0..30),
        skipped in prop::collection::vec(anything(), 0..30),
    ) {
        let mut seen = Followed::new();
        for event in before {
            match event {
                Some(event) => seen.apply(&event),
                None => seen.meeting.gap(),
            }
        }
        let known = seen.meeting.clone();
        for event in skipped {
            match event {
                Some(event) => drop(seen.meeting.apply(&event)),
                None => seen.meeting.gap(),
            }
        }
        let changes = seen.meeting.changes_since(&known);
        // Not the other way round: a switch that was unknown and is off now is no change.
        if seen.meeting == known {
            prop_assert!(changes.is_empty(), "{:?}", changes);
        }
        seen.copy.replay(&changes, &seen.meeting);
        prop_assert_eq!(seen.copy.settled(), Copy::of(&seen.meeting).settled());
    }

    #[test]
    fn nothing_makes_it_panic(soup in prop::collection::vec(anything(), 0..60)) {
        let mut seen = Followed::new();
        for event in soup {
            match event {
                Some(event) => seen.apply(&event),
                None => seen.meeting.gap(),
            }
        }
    }
}

/// Any event at all, or a gap.
fn anything() -> impl Strategy<Value = Option<Event>> {
    let number = || prop::option::of(prop_oneof![0..6_i64, any::<i64>()]);
    let payload = prop_oneof![
        6 => steps().prop_map(|step| Service::new(true).step(step)),
        1 => "[ab]{0,1}".prop_map(|id| Event::new(vec![InterpreterGroupInfo::new(id)])),
        1 => "p[1-4]".prop_map(|id| Event::new(RealTimeSubtitle::new(id, []))),
        1 => prop::sample::select(&["ParticipantsNotify", "X", ""][..])
            .prop_map(|kind| Event::other(EventKind::from(kind), json!({"data": 1}))),
        1 => "p[1-4]".prop_map(|id| Event::parse(&json!({
            "action": "ParticipantsNotify", "msgMode": 7, "data": {"pid": id, "pinfoMap": {"ROLE": "x"}},
        }).to_string()).unwrap()),
    ];
    let envelope = (number(), number(), prop::option::of("[ab]"), 0..4_i32);
    let kind = prop::option::weighted(0.1, prop::sample::select(&KINDS[..]));
    let event = (payload, envelope, kind);
    let event = event.prop_map(|(mut event, (version, at, id, mode), kind)| {
        event.version = version;
        event.created_at = at.map(Timestamp::from_millis);
        event.message_id = id;
        event.kind = kind.unwrap_or(event.kind);
        event.mode(SnapshotMode::from(mode))
    });
    prop_oneof![15 => event.prop_map(Some), 1 => Just(None)]
}
