//! Meetings with people in them, and what these do when there is to be life.

use std::time::Duration;

use meeting_sim::{
    Device, MeetingPlan, MeetingSnapshot, ParticipantSnapshot, SimMeeting, SimParticipant,
    Simulator, Visitor,
};
use meeting_types::{
    ParticipantId, ServiceError,
    events::NetworkCondition,
    models::{ConferenceSettings, RecordType},
};

const NAMES: &[&str] = &["Ann", "Bo", "Chen", "Dana", "Eli", "Fang", "Gita", "Hugo"];
/// With what people come, one after the other.
const DEVICES: &[Device] = &[
    Device::SoftClient,
    Device::SoftClient,
    Device::RoomDevice,
    Device::Telephone,
];
const SENTENCES: &[&str] = &[
    "Can everybody hear me?",
    "Let us go on with the next item.",
    "I send you the figures after the meeting.",
];
/// What goes behind the name of somebody who is away.
const AWAY: &str = " (away)";
/// No more come than this many.
const ROOM: usize = 12;

/// A meeting with people in it.
pub(crate) struct DemoMeeting {
    pub(crate) meeting: SimMeeting,
    came: usize,
    turn: usize,
}

impl DemoMeeting {
    /// A running meeting in which a host can try everything. The first one to come is its host.
    pub(crate) fn new(
        sim: &Simulator,
        subject: String,
        people: u8,
        waiting_room: bool,
    ) -> Result<Self, ServiceError> {
        let settings = ConferenceSettings::new().waiting_room(waiting_room);
        let plan = MeetingPlan::running(subject)
            // Longer than anybody watches, and still to be prolonged.
            .length(Duration::from_secs(12 * 3600))
            .record_type(RecordType::LiveAndRecord)
            .interpretation(true)
            .settings(settings);
        let mut stage = Self {
            meeting: sim.create_meeting(plan),
            came: 0,
            turn: 0,
        };
        for number in 0..people {
            if number == 0 {
                let name = stage.next_name();
                stage.meeting.join_as_host(name)?;
            } else {
                let person = stage.come(Device::SoftClient)?;
                if waiting_room {
                    person.let_in()?;
                }
            }
        }
        Ok(stage)
    }

    fn next_name(&mut self) -> String {
        let name = NAMES[self.came % NAMES.len()];
        let round = self.came / NAMES.len();
        self.came += 1;
        match round {
            0 => name.to_owned(),
            _ => format!("{name} {}", round + 1),
        }
    }

    fn come(&mut self, device: Device) -> Result<SimParticipant, ServiceError> {
        let visitor = Visitor::new(self.next_name()).device(device);
        self.meeting.join(visitor)
    }

    /// Lets something happen. A client may have ended the meeting, dropped people or forbidden what
    /// they want to do, so whatever is refused is left.
    pub(crate) fn act(&mut self) {
        let Some(now) = self.meeting.snapshot() else {
            return;
        };
        let turn = self.turn;
        self.turn += 1;
        for person in &now.participants {
            self.follow(person);
        }
        let here: Vec<_> = now.participants.iter().filter(|one| !one.calling).collect();
        let Some(person) = here.get(turn % here.len().max(1)).copied() else {
            if !self.let_in(&now) {
                drop(self.come(Device::SoftClient));
            }
            return;
        };
        let next = here[(turn + 1) % here.len()];
        let done = match turn % 12 {
            0 if here.len() + now.waiting.len() < ROOM => {
                self.come(DEVICES[turn / 12 % DEVICES.len()]).map(drop)
            }
            1 => self.meeting.speak([(&person.id, 60), (&next.id, 25)]),
            2 => {
                let sentence = SENTENCES[turn / 12 % SENTENCES.len()];
                self.meeting.participant(&person.id).say(sentence)
            }
            3 => {
                self.let_in(&now);
                Ok(())
            }
            4 => self.meeting.participant(&person.id).mute(!person.muted),
            5 => self
                .meeting
                .participant(&person.id)
                .raise_hand(!person.hand_raised),
            6 => self.meeting.participant(&person.id).share(!person.sharing),
            7 => self
                .meeting
                .participant(&person.id)
                .switch_camera(!person.camera_on),
            8 => self.meeting.measure_network(condition(&person.id, turn)),
            9 => match person.name.strip_suffix(AWAY) {
                Some(name) => self.meeting.participant(&person.id).rename(name),
                None => self
                    .meeting
                    .participant(&person.id)
                    .rename(&format!("{}{AWAY}", person.name)),
            },
            10 => {
                let mut able = here.iter().filter(|one| one.host || one.may_record);
                able.next().map_or(Ok(()), |one| {
                    self.meeting
                        .participant(&one.id)
                        .record_locally(!one.recording)
                })
            }
            // Somebody stays, so that the meeting is never empty.
            11 if here.len() > 2 => {
                let first = here.iter().find(|one| !one.host);
                first.map_or(Ok(()), |first| self.meeting.participant(&first.id).leave())
            }
            _ => self.meeting.speak([]),
        };
        drop(done);
    }

    /// Does what the host asked for.
    fn follow(&self, person: &ParticipantSnapshot) {
        if person.asked_for_camera.is_some() {
            drop(
                self.meeting
                    .participant(&person.id)
                    .answer_camera_request(true),
            );
        }
        if person.asked_to_share {
            drop(
                self.meeting
                    .participant(&person.id)
                    .answer_share_request(true),
            );
        }
    }

    /// Lets in whoever waits longest, if anybody does.
    fn let_in(&self, now: &MeetingSnapshot) -> bool {
        let first = now.waiting.first();
        first.is_some_and(|first| self.meeting.participant(&first.id).let_in().is_ok())
    }
}

/// A connection that is good at one time and bad at another.
fn condition(id: &ParticipantId, turn: usize) -> NetworkCondition {
    let condition = NetworkCondition::new(id.clone());
    let (round_trip, loss) = if (turn / 12).is_multiple_of(2) {
        (400, 500)
    } else {
        (30, 0)
    };
    condition
        .round_trip(Duration::from_millis(round_trip))
        .audio_in_loss(loss)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "these are tests")]

    use super::*;

    #[test]
    fn all_kinds_of_things_happen() {
        let sim = Simulator::start().unwrap();
        let mut stage = DemoMeeting::new(&sim, "Weekly".to_owned(), 3, true).unwrap();
        let id = stage.meeting.conference_id.clone();
        let look = || sim.meeting(&id).unwrap().snapshot().unwrap();
        let at_first = look().participants;
        assert_eq!(at_first.len(), 3);
        assert!(at_first[0].host);
        let mut seen = [false; 10];
        for _ in 0..240 {
            stage.act();
            let now = look();
            let people = &now.participants;
            let is = |what: fn(&ParticipantSnapshot) -> bool| people.iter().any(what);
            let now = [
                !now.waiting.is_empty(),
                people
                    .iter()
                    .any(|one| at_first.iter().all(|first| first.id != one.id)),
                at_first
                    .iter()
                    .any(|first| people.iter().all(|one| first.id != one.id)),
                !now.speakers.is_empty(),
                is(|one| one.muted),
                is(|one| one.hand_raised),
                is(|one| one.sharing),
                is(|one| !one.camera_on),
                is(|one| one.name.ends_with(AWAY)),
                is(|one| one.recording),
            ];
            for (seen, now) in seen.iter_mut().zip(now) {
                *seen |= now;
            }
            assert!((2..=ROOM).contains(&people.len()));
        }
        assert_eq!(seen, [true; 10]);
        assert!(look().participants[0].host);
    }

    #[test]
    fn an_empty_meeting_fills_and_one_that_is_over_stays_so() {
        let sim = Simulator::start().unwrap();
        let mut stage = DemoMeeting::new(&sim, "Weekly".to_owned(), 0, true).unwrap();
        let id = stage.meeting.conference_id.clone();
        for _ in 0..40 {
            stage.act();
        }
        assert!(
            sim.meeting(&id)
                .unwrap()
                .snapshot()
                .unwrap()
                .participants
                .len()
                > 1
        );
        for person in sim.meeting(&id).unwrap().snapshot().unwrap().participants {
            sim.meeting(&id)
                .unwrap()
                .participant(&person.id)
                .leave()
                .unwrap();
        }
        sim.advance(Duration::from_secs(13 * 3600));
        let over = sim.meeting(&id).and_then(|meeting| meeting.snapshot());
        stage.act();
        assert_eq!(
            sim.meeting(&id).and_then(|meeting| meeting.snapshot()),
            over
        );
    }
}
