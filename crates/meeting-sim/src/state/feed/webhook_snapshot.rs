//! What the webhook of an enterprise knows of a meeting.

use std::time::SystemTime;

use meeting_types::{
    ConferenceUuid, CorpId, ParticipantId, Timestamp,
    models::Booking,
    webhooks::{AttendeeRole, MeetingInfo, WebhookAttendee, WebhookEvent},
};

use super::compare::Snapshot;
use crate::state::{
    booking::{
        meetings::{Meeting, Phase},
        series::Series,
    },
    running::participant::{Participant, Presence},
};

/// Last snapshot published to the webhook of a meeting's enterprise.
#[derive(Debug)]
pub(super) struct WebhookSnapshot {
    pub(super) corp_id: CorpId,
    meeting: MeetingInfo,
    booking: Booking,
    /// When it starts, unless it repeats: then it is the single meetings that count.
    start: Option<SystemTime>,
    series: Option<Series>,
    over: bool,
    run: Option<ConferenceUuid>,
    /// Whether the run was recorded.
    recorded: bool,
    people: Vec<(ParticipantId, Box<WebhookAttendee>)>,
}

impl Snapshot for WebhookSnapshot {
    type Change = WebhookEvent;

    fn of(meeting: &Meeting) -> Option<Self> {
        let run = meeting.run();
        let people = run.into_iter().flat_map(|run| &run.participants);
        let mut info = MeetingInfo::new(meeting.id.clone());
        info.sub_conference_id = meeting.sub().map(|sub| sub.id.clone());
        Some(Self {
            corp_id: meeting.corp_id.clone(),
            meeting: info,
            booking: meeting.booking.clone(),
            start: meeting.series.is_none().then_some(meeting.start),
            series: meeting.series.clone(),
            over: matches!(meeting.phase, Phase::Ended),
            run: run.map(|run| run.uuid.clone()),
            recorded: is_recorded(meeting),
            people: people.filter_map(there).collect(),
        })
    }

    fn changes_since(&self, known: Option<&Self>, now: SystemTime) -> Vec<WebhookEvent> {
        let mut events = Vec::new();
        match known {
            None => events.push(WebhookEvent::Created(self.meeting.clone())),
            Some(known)
                if known.start != self.start
                    || known.series != self.series
                    || known.booking != self.booking =>
            {
                events.push(WebhookEvent::Modified(self.meeting.clone()));
            }
            Some(_) => {}
        }
        if let Some(known) = known
            && known.run != self.run
        {
            known.end(now, &mut events);
        }
        let before = known.filter(|known| known.run == self.run);
        if self.run.is_some() && before.is_none() {
            events.push(WebhookEvent::Started(self.of_run()));
        }
        let before = before.map_or(&[][..], |known| &known.people);
        for (id, person) in before {
            if !self.people.iter().any(|(other, _)| other == id) {
                events.push(self.leave(person, now));
            }
        }
        for (id, person) in &self.people {
            if !before.iter().any(|(other, _)| other == id) {
                events.push(WebhookEvent::Joined(self.of_run(), person.clone()));
            }
        }
        if self.over && known.is_none_or(|known| !known.over) {
            let last = known.map_or(&self.meeting, |known| &known.meeting);
            events.push(WebhookEvent::Concluded(
                match known.and_then(|known| known.run.clone()) {
                    Some(run) => last.clone().conference_uuid(run),
                    None => last.clone(),
                },
            ));
        }
        events
    }
}

impl WebhookSnapshot {
    /// Whether there is nothing to tell. Looks only, so that each step of the simulator can ask.
    pub(super) fn is_current(&self, meeting: &Meeting) -> bool {
        let run = meeting.run();
        let people = run.into_iter().flat_map(|run| &run.participants);
        self.over == matches!(meeting.phase, Phase::Ended)
            && self.run.as_ref() == run.map(|run| &run.uuid)
            && people
                .filter(|person| person.is_in_meeting())
                .map(|person| &person.id)
                .eq(self.people.iter().map(|(id, _)| id))
            && self.start.is_none_or(|start| start == meeting.start)
            && self.series == meeting.series
            && self.booking == meeting.booking
            && self.recorded == is_recorded(meeting)
    }

    /// The events of a meeting that is gone: somebody cancelled it.
    pub(super) fn disappearance(&self, now: SystemTime) -> Vec<WebhookEvent> {
        let mut events = Vec::new();
        self.end(now, &mut events);
        if !self.over {
            events.push(WebhookEvent::Cancelled(self.meeting.clone()));
        }
        events
    }

    /// The events of the end of a run, which all leave.
    fn end(&self, now: SystemTime, events: &mut Vec<WebhookEvent>) {
        if self.run.is_none() {
            return;
        }
        let gone = self.people.iter();
        events.extend(gone.map(|(_, person)| self.leave(person, now)));
        events.push(WebhookEvent::Ended(self.of_run()));
        if self.recorded {
            events.push(WebhookEvent::RecordingFinished(self.of_run()));
        }
    }

    fn leave(&self, person: &WebhookAttendee, now: SystemTime) -> WebhookEvent {
        let person = person.clone().left_at(Timestamp::from(now));
        WebhookEvent::Left(self.of_run(), Box::new(person))
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
