//! A meeting as a subscriber knows it, and the events that bring them up to date.
//!
//! The events come from comparing, not from the operations: whatever changes a meeting is reported,
//! be it a call, the controlling program or the time.

use std::time::SystemTime;

use meeting_types::{
    ConferenceUuid, CorpId, ParticipantId, Timestamp,
    models::Booking,
    webhooks::{AttendeeRole, MeetingInfo, WebhookAttendee, WebhookEvent},
};

use super::{
    meetings::{Meeting, Phase},
    participants::{Participant, Presence},
};

#[derive(Debug)]
pub(crate) struct View {
    pub(crate) corp_id: CorpId,
    meeting: MeetingInfo,
    booking: Booking,
    start: SystemTime,
    over: bool,
    run: Option<ConferenceUuid>,
    /// Whether the run was recorded.
    recorded: bool,
    people: Vec<(ParticipantId, Box<WebhookAttendee>)>,
}

impl View {
    pub(crate) fn of(meeting: &Meeting) -> Self {
        let run = meeting.run();
        let people = run.into_iter().flat_map(|run| &run.participants);
        Self {
            corp_id: meeting.corp_id.clone(),
            meeting: MeetingInfo::new(meeting.id.clone()),
            booking: meeting.booking.clone(),
            start: meeting.start,
            over: matches!(meeting.phase, Phase::Ended),
            run: run.map(|run| run.uuid.clone()),
            recorded: is_recorded(meeting),
            people: people.filter_map(there).collect(),
        }
    }

    /// Whether there is nothing to tell. Looks only, so that each step of the simulator can ask.
    pub(crate) fn is_current(&self, meeting: &Meeting) -> bool {
        let run = meeting.run();
        let people = run.into_iter().flat_map(|run| &run.participants);
        self.over == matches!(meeting.phase, Phase::Ended)
            && self.run.as_ref() == run.map(|run| &run.uuid)
            && people
                .filter(|person| person.is_in_meeting())
                .map(|person| &person.id)
                .eq(self.people.iter().map(|(id, _)| id))
            && self.start == meeting.start
            && self.booking == meeting.booking
            && self.recorded == is_recorded(meeting)
    }

    /// Tells what makes `known` into this.
    pub(crate) fn changes_since(
        &self,
        known: Option<&Self>,
        now: SystemTime,
        tell: &mut dyn FnMut(WebhookEvent),
    ) {
        match known {
            None => tell(WebhookEvent::Created(self.meeting.clone())),
            Some(known) if known.start != self.start || known.booking != self.booking => {
                tell(WebhookEvent::Modified(self.meeting.clone()));
            }
            Some(_) => {}
        }
        if let Some(known) = known
            && known.run != self.run
        {
            known.end(now, tell);
        }
        let before = known.filter(|known| known.run == self.run);
        if self.run.is_some() && before.is_none() {
            tell(WebhookEvent::Started(self.of_run()));
        }
        let before = before.map_or(&[][..], |known| &known.people);
        for (id, person) in before {
            if !self.people.iter().any(|(other, _)| other == id) {
                self.leave(person, now, tell);
            }
        }
        for (id, person) in &self.people {
            if !before.iter().any(|(other, _)| other == id) {
                tell(WebhookEvent::Joined(self.of_run(), person.clone()));
            }
        }
        if self.over && known.is_none_or(|known| !known.over) {
            let last = known.map_or(&self.meeting, |known| &known.meeting);
            tell(WebhookEvent::Concluded(
                match known.and_then(|known| known.run.clone()) {
                    Some(run) => last.clone().conference_uuid(run),
                    None => last.clone(),
                },
            ));
        }
    }

    /// Tells that the meeting is gone: somebody cancelled it.
    pub(crate) fn disappearance(&self, now: SystemTime, tell: &mut dyn FnMut(WebhookEvent)) {
        self.end(now, tell);
        if !self.over {
            tell(WebhookEvent::Cancelled(self.meeting.clone()));
        }
    }

    /// Tells that the run ends and all leave it.
    fn end(&self, now: SystemTime, tell: &mut dyn FnMut(WebhookEvent)) {
        if self.run.is_some() {
            for (_, person) in &self.people {
                self.leave(person, now, tell);
            }
            tell(WebhookEvent::Ended(self.of_run()));
            if self.recorded {
                tell(WebhookEvent::RecordingFinished(self.of_run()));
            }
        }
    }

    fn leave(&self, person: &WebhookAttendee, now: SystemTime, tell: &mut dyn FnMut(WebhookEvent)) {
        let person = person.clone().left_at(Timestamp::from(now));
        tell(WebhookEvent::Left(self.of_run(), Box::new(person)));
    }

    fn of_run(&self) -> MeetingInfo {
        let mut meeting = self.meeting.clone();
        meeting.conference_uuid = self.run.clone();
        meeting
    }
}

fn is_recorded(meeting: &Meeting) -> bool {
    meeting.run().is_some_and(|run| run.recording.occurred)
}

/// Somebody who is in the meeting, not being called.
fn there(person: &Participant) -> Option<(ParticipantId, Box<WebhookAttendee>)> {
    let Presence::InMeeting(since) = person.presence else {
        return None;
    };
    let mut info = WebhookAttendee::new()
        .participant_id(person.id.clone())
        .display_name(person.name.as_str())
        .call_number(person.number.as_str())
        .user_agent("meeting-sim")
        .joined_at(Timestamp::from(since));
    info.account = person.account.clone();
    info.user_uuid = person.user_uuid.clone();
    // No other role is documented.
    info.role = person.host.then_some(AttendeeRole::Host);
    Some((person.id.clone(), Box::new(info)))
}
