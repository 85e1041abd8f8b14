//! Meetings with people in them, and what these do when there is to be life.

use std::time::Duration;

use meeting_sim::{
    Device, MeetingPlan, MeetingSnapshot, ParticipantSnapshot, SimMeeting, Simulator, Visitor,
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
pub(crate) struct Stage {
    pub(crate) meeting: SimMeeting,
    came: usize,
    turn: usize,
}

impl Stage {
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
                sim.join_as_host(&stage.meeting.conference_id, name)?;
            } else {
                let person = stage.come(sim, Device::SoftClient)?;
                if waiting_room {
                    sim.let_in(&stage.meeting.conference_id, &person)?;
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

    fn come(&mut self, sim: &Simulator, device: Device) -> Result<ParticipantId, ServiceError> {
        let visitor = Visitor::new(self.next_name()).device(device);
        sim.join(&self.meeting.conference_id, visitor)
    }

    /// Lets something happen. A client may have ended the meeting, dropped people or forbidden what
    /// they want to do, so whatever is refused is left.
    pub(crate) fn act(&mut self, sim: &Simulator) {
        let Some(now) = sim.meeting(&self.meeting.conference_id) else {
            return;
        };
        let turn = self.turn;
        self.turn += 1;
        for person in &now.participants {
            self.follow(sim, person);
        }
        let here: Vec<_> = now.participants.iter().filter(|one| !one.calling).collect();
        let Some(person) = here.get(turn % here.len().max(1)).copied() else {
            if !self.let_in(sim, &now) {
                drop(self.come(sim, Device::SoftClient));
            }
            return;
        };
        let id = &self.meeting.conference_id;
        let next = here[(turn + 1) % here.len()];
        let done = match turn % 12 {
            0 if here.len() + now.waiting.len() < ROOM => {
                self.come(sim, DEVICES[turn / 12 % DEVICES.len()]).map(drop)
            }
            1 => sim.speak(id, [(&person.id, 60), (&next.id, 25)]),
            2 => {
                let sentence = SENTENCES[turn / 12 % SENTENCES.len()];
                sim.say(id, &person.id, sentence)
            }
            3 => {
                self.let_in(sim, &now);
                Ok(())
            }
            4 => sim.mute(id, &person.id, !person.muted),
            5 => sim.raise_hand(id, &person.id, !person.hand_raised),
            6 => sim.share(id, &person.id, !person.sharing),
            7 => sim.switch_camera(id, &person.id, !person.camera_on),
            8 => sim.measure_network(id, condition(&person.id, turn)),
            9 => match person.name.strip_suffix(AWAY) {
                Some(name) => sim.rename(id, &person.id, name),
                None => sim.rename(id, &person.id, &format!("{}{AWAY}", person.name)),
            },
            10 => {
                let mut able = here.iter().filter(|one| one.host || one.may_record);
                able.next().map_or(Ok(()), |one| {
                    sim.record_locally(id, &one.id, !one.recording)
                })
            }
            // Somebody stays, so that the meeting is never empty.
            11 if here.len() > 2 => {
                let first = here.iter().find(|one| !one.host);
                first.map_or(Ok(()), |first| sim.leave(id, &first.id))
            }
            _ => sim.speak(id, []),
        };
        drop(done);
    }

    /// Does what the host asked for.
    fn follow(&self, sim: &Simulator, person: &ParticipantSnapshot) {
        let id = &self.meeting.conference_id;
        if person.asked_for_camera.is_some() {
            drop(sim.answer_camera_request(id, &person.id, true));
        }
        if person.asked_to_share {
            drop(sim.answer_share_request(id, &person.id, true));
        }
    }

    /// Lets in whoever waits longest, if anybody does.
    fn let_in(&self, sim: &Simulator, now: &MeetingSnapshot) -> bool {
        let first = now.waiting.first();
        first.is_some_and(|first| sim.let_in(&self.meeting.conference_id, &first.id).is_ok())
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
        let mut stage = Stage::new(&sim, "Weekly".to_owned(), 3, true).unwrap();
        let id = stage.meeting.conference_id.clone();
        let look = || sim.meeting(&id).unwrap();
        let at_first = look().participants;
        assert_eq!(at_first.len(), 3);
        assert!(at_first[0].host);
        let mut seen = [false; 10];
        for _ in 0..240 {
            stage.act(&sim);
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
        let mut stage = Stage::new(&sim, "Weekly".to_owned(), 0, true).unwrap();
        let id = stage.meeting.conference_id.clone();
        for _ in 0..40 {
            stage.act(&sim);
        }
        assert!(sim.meeting(&id).unwrap().participants.len() > 1);
        for person in sim.meeting(&id).unwrap().participants {
            sim.leave(&id, &person.id).unwrap();
        }
        sim.advance(Duration::from_secs(13 * 3600));
        let over = sim.meeting(&id);
        stage.act(&sim);
        assert_eq!(sim.meeting(&id), over);
    }
}
