//! A meeting while it runs.

mod actions;
pub(crate) mod arrival;
pub(crate) mod interpretation;
pub(crate) mod network_quality;
pub(crate) mod participant;
pub(crate) mod participant_state;
pub(crate) mod record;
pub(crate) mod recording;
pub(crate) mod saved_layouts;
pub(crate) mod settings;
pub(crate) mod subtitles;
pub(crate) mod video_layout;
pub(crate) mod waiting_room;

use std::{collections::BTreeMap, time::SystemTime};

use meeting_types::{
    ConferenceUuid, ParticipantId, ServiceError, events,
    events::{InviteResult, Speaker},
    models::{Booking, BookingAttendee},
};

use crate::{
    state::{
        errors,
        random::Random,
        running::{
            arrival::Arrival,
            interpretation::Interpretation,
            participant::{Participant, Presence},
            participant_state::ParticipantState,
            record::Record,
            recording::Recording,
            settings::MeetingSettings,
            subtitles::Subtitles,
            video_layout::VideoLayout,
            waiting_room::WaitingRoom,
        },
    },
    vocabulary::{CallOutcome, Device, RecordingState},
};

/// A meeting while it runs.
#[derive(Debug)]
pub(crate) struct RunningMeeting {
    pub(crate) uuid: ConferenceUuid,
    pub(crate) started: SystemTime,
    pub(crate) ends: SystemTime,
    pub(crate) participants: Vec<Participant>,
    pub(crate) mute_on_entry: bool,
    pub(crate) unmute_allowed: bool,
    pub(crate) speakers: Vec<Speaker>,
    /// Who is invited: by the booking, and since.
    pub(crate) invited: Vec<BookingAttendee>,
    pub(crate) settings: MeetingSettings,
    pub(crate) waiting_room: WaitingRoom,
    /// Whether it carries no pictures.
    pub(crate) voice_only: bool,
    cameras: Cameras,
    /// What was measured of connections, where a test says so.
    pub(crate) network: BTreeMap<ParticipantId, events::NetworkCondition>,
    /// Calls that ended and departures, not yet told.
    pub(crate) results: Vec<InviteResult>,
    pub(crate) layout: VideoLayout,
    pub(crate) recording: Recording,
    pub(crate) interpretation: Interpretation,
    pub(crate) subtitles: Subtitles,
    pub(crate) record: Record,
}

/// Whose cameras are on when they join.
#[derive(Clone, Copy, Debug)]
struct Cameras {
    host: bool,
    guests: bool,
}

impl Cameras {
    fn is_on(self, host: bool, device: Device) -> bool {
        device.has_video() && if host { self.host } else { self.guests }
    }
}

impl RunningMeeting {
    pub(crate) fn new(
        booking: &Booking,
        now: SystemTime,
        ends: SystemTime,
        random: &mut Random,
    ) -> Self {
        let chosen = booking.settings.clone().unwrap_or_default();
        let voice_only = settings::is_voice_only(booking);
        Self {
            uuid: ConferenceUuid::new(random.hex(32)),
            started: now,
            ends,
            participants: Vec::new(),
            mute_on_entry: chosen.auto_mute.unwrap_or(false),
            unmute_allowed: true,
            speakers: Vec::new(),
            invited: booking.attendees.clone().unwrap_or_default(),
            settings: MeetingSettings::of(booking),
            waiting_room: WaitingRoom {
                open: chosen.waiting_room.unwrap_or(false),
                waiting: Vec::new(),
            },
            voice_only,
            cameras: Cameras {
                host: !voice_only && chosen.host_camera_on.unwrap_or(true),
                guests: !voice_only && chosen.guest_camera_on.unwrap_or(true),
            },
            network: BTreeMap::new(),
            results: Vec::new(),
            layout: VideoLayout::default(),
            recording: Recording::default(),
            interpretation: Interpretation::default(),
            subtitles: Subtitles::default(),
            record: Record::default(),
        }
    }

    pub(crate) fn host(&self) -> Option<&Participant> {
        self.participants.iter().find(|p| p.host)
    }

    pub(crate) fn participant(
        &mut self,
        id: &ParticipantId,
    ) -> Result<&mut Participant, ServiceError> {
        self.participants
            .iter_mut()
            .find(|participant| participant.id == *id)
            .ok_or_else(|| errors::NO_SUCH_PARTICIPANT.into())
    }

    /// Lets somebody in.
    pub(crate) fn join(
        &mut self,
        arrival: Arrival,
        now: SystemTime,
        random: &mut Random,
    ) -> ParticipantId {
        let id = ParticipantId::new(random.hex(32));
        self.add(id, arrival, Presence::InMeeting(now), random)
    }

    /// Calls somebody, unless the number is there or being called already.
    pub(crate) fn call(
        &mut self,
        arrival: Arrival,
        until: SystemTime,
        outcome: CallOutcome,
        random: &mut Random,
    ) {
        if arrival.number.is_some()
            && self
                .participants
                .iter()
                .any(|known| Some(&known.number) == arrival.number.as_ref())
        {
            return;
        }
        let as_host = arrival.host;
        let presence = Presence::Calling {
            until,
            outcome,
            as_host,
        };
        let id = ParticipantId::new(random.hex(32));
        self.add(
            id,
            Arrival {
                host: false,
                ..arrival
            },
            presence,
            random,
        );
    }

    pub(in crate::state::running) fn add(
        &mut self,
        id: ParticipantId,
        arrival: Arrival,
        presence: Presence,
        random: &mut Random,
    ) -> ParticipantId {
        let host = arrival.host;
        let here = matches!(presence, Presence::InMeeting(_));
        let participant = Participant {
            id,
            name: arrival.name,
            number: arrival.number.unwrap_or_else(|| random.number()),
            account: arrival.account,
            user_uuid: arrival.user_uuid,
            host,
            muted: arrival.muted || (self.mute_on_entry && !host),
            presence,
            client: arrival.client,
            device: arrival.device,
            state: ParticipantState {
                camera_on: here && self.cameras.is_on(host, arrival.device),
                ..ParticipantState::default()
            },
        };
        let id = participant.id.clone();
        self.participants.push(participant);
        id
    }

    /// Notes an invitation made during the meeting. One that is repeated takes the former's place.
    pub(crate) fn invite(&mut self, attendee: BookingAttendee) {
        let mut invited = self.invited.iter_mut();
        match invited.find(|known| known.phone == attendee.phone) {
            Some(known) => *known = attendee,
            None => self.invited.push(attendee),
        }
    }

    /// Takes somebody out, for the reason that is told.
    pub(crate) fn remove(
        &mut self,
        id: &ParticipantId,
        reason: &events::InviteOutcome,
    ) -> Result<(), ServiceError> {
        let number = self.take_out(id)?.number;
        self.results.push(InviteResult::new(number, reason));
        Ok(())
    }

    /// Takes somebody out. Nobody is told why.
    pub(in crate::state::running) fn take_out(
        &mut self,
        id: &ParticipantId,
    ) -> Result<Participant, ServiceError> {
        let position = self.participants.iter().position(|p| p.id == *id);
        let position = position.ok_or(errors::NO_SUCH_PARTICIPANT)?;
        self.speakers
            .retain(|speaker| speaker.participant_id != *id);
        self.network.remove(id);
        Ok(self.participants.remove(position))
    }

    /// Makes a participant the host. A host is no co-host and raises no hand.
    pub(crate) fn make_host(&mut self, id: &ParticipantId) -> Result<(), ServiceError> {
        if self.participant(id)?.require_present()?.device == Device::Telephone {
            return Err(errors::CANNOT_CONTROL.into());
        }
        if self.host().is_some_and(|host| host.id != *id) {
            return Err(errors::HOST_EXISTS.into());
        }
        let participant = self.participant(id)?;
        participant.host = true;
        participant.state.cohost = false;
        participant.state.hand_raised = false;
        Ok(())
    }

    /// Gives somebody another name, as a participant and as an invitee.
    pub(crate) fn rename(&mut self, number: &str, id: Option<&ParticipantId>, name: &str) {
        let is_it = |p: &&mut Participant| Some(&p.id) == id;
        if let Some(participant) = self.participants.iter_mut().find(is_it) {
            name.clone_into(&mut participant.name);
        }
        for speaker in &mut self.speakers {
            if Some(&speaker.participant_id) == id {
                speaker.name = Some(name.to_owned());
            }
        }
        for attendee in &mut self.invited {
            if attendee.phone.as_deref() == Some(number) {
                attendee.name = Some(name.to_owned());
            }
        }
    }

    /// Mutes or unmutes everybody but the host.
    pub(crate) fn mute_all(&mut self, mute: bool, unmute_allowed: bool) {
        self.mute_on_entry = mute;
        self.unmute_allowed = unmute_allowed;
        for participant in &mut self.participants {
            if !participant.host {
                participant.muted = mute;
            }
        }
    }

    /// Notes what has happened since the last time.
    pub(crate) fn observe(&mut self, now: SystemTime) {
        let recorded = self.recording.state == RecordingState::Running;
        self.record
            .observe(&self.participants, &self.results, recorded, now);
    }

    /// Ends the calls whose time has come.
    pub(crate) fn end_calls(&mut self, now: SystemTime) {
        let mut failed = Vec::new();
        let mut has_host = self.host().is_some();
        let cameras = self.cameras;
        for participant in &mut self.participants {
            let Presence::Calling {
                until,
                outcome,
                as_host,
            } = &participant.presence
            else {
                continue;
            };
            if now < *until {
                continue;
            }
            match outcome {
                CallOutcome::Answered => {
                    participant.host =
                        *as_host && !has_host && participant.device != Device::Telephone;
                    has_host |= participant.host;
                    participant.state.camera_on =
                        cameras.is_on(participant.host, participant.device);
                    participant.presence = Presence::InMeeting(*until);
                    self.results.push(InviteResult::new(
                        participant.number.as_str(),
                        &events::InviteOutcome::Accepted,
                    ));
                }
                CallOutcome::Failed(code) => {
                    failed.push((participant.id.clone(), code.as_str().into()));
                }
                CallOutcome::Rings => {}
            }
        }
        for (id, code) in failed {
            // It was there a moment ago.
            let _ = self.remove(&id, &code);
        }
    }

    /// The next time at which something happens by itself.
    pub(crate) fn deadline(&self) -> SystemTime {
        let calls = self.participants.iter().filter_map(|p| match &p.presence {
            Presence::Calling { until, outcome, .. } if *outcome != CallOutcome::Rings => {
                Some(*until)
            }
            _ => None,
        });
        calls.min().map_or(self.ends, |call| call.min(self.ends))
    }

    /// Prolongs the run while somebody is in it; says whether it is over nonetheless.
    pub(crate) fn is_over(&mut self, now: SystemTime) -> bool {
        let prolongation = self.settings.prolong_by;
        while now >= self.ends {
            let empty = !self.participants.iter().any(Participant::is_in_meeting);
            if empty || prolongation.is_zero() {
                return true;
            }
            self.ends += prolongation;
        }
        false
    }
}
