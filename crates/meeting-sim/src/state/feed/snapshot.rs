//! What listeners are told of a running meeting: all of it, and what changes.

use std::{collections::BTreeMap, time::SystemTime};

use meeting_types::{
    ParticipantId,
    events::{
        AttendeeChange, AttendeeInfo, ConferenceBasicInfo, ConferenceDynamicInfo, EventKind,
        EventPayload, InviteResult, ParticipantChange, ParticipantInfo, Speaker, WaitingChange,
        WaitingParticipant,
    },
    models::{AttendeeType, ConferenceMode, ConferenceState, ParticipantRole, UserType},
};

use super::{
    compare,
    snapshot_media::{self as media, Media},
};
use crate::state::{
    booking::meetings::Meeting,
    running::{
        RunningMeeting,
        participant::{Participant, difference},
        waiting_room::changed_waiting,
    },
};

/// Last snapshot published to the listeners of a meeting.
#[derive(Clone, Debug, Default)]
pub(super) struct ListenerSnapshot {
    basic: ConferenceBasicInfo,
    dynamic: ConferenceDynamicInfo,
    participants: Vec<ParticipantInfo>,
    speakers: Vec<Speaker>,
    attendees: Vec<AttendeeInfo>,
    waiting: Vec<WaitingParticipant>,
    media: Media,
    /// How calls ended since the last time: news, and no state.
    results: Vec<InviteResult>,
}

impl ListenerSnapshot {
    /// Everything of one kind, if it can be told as a whole: results of calls and what was said are no
    /// state, and the rest is not offered.
    pub(super) fn whole(&self, kind: &EventKind) -> Option<EventPayload> {
        fn all<T: Clone, U: From<T>>(entries: &[T]) -> Vec<U> {
            entries.iter().cloned().map(U::from).collect()
        }
        Some(match kind {
            EventKind::ConferenceBasicInfo => self.basic.clone().into(),
            EventKind::ConferenceDynamicInfo => self.dynamic.clone().into(),
            EventKind::Participants => all::<_, ParticipantChange>(&self.participants).into(),
            EventKind::Attendees => all::<_, AttendeeChange>(&self.attendees).into(),
            EventKind::SpeakerChange => self.speakers.clone().into(),
            EventKind::WaitingList => all::<_, WaitingChange>(&self.waiting).into(),
            kind => return self.media.all_of(kind),
        })
    }
}

impl compare::Snapshot for ListenerSnapshot {
    type Change = (EventKind, EventPayload);

    fn of(meeting: &Meeting) -> Option<Self> {
        let run = meeting.run()?;
        Some(Self {
            basic: media::basic(basic_info(meeting, run), meeting),
            dynamic: media::dynamic(dynamic_info(run), run),
            participants: media::marked(run.participants.iter().map(|p| p.info()), run),
            speakers: run.speakers.clone(),
            attendees: attendees(meeting, run),
            waiting: run.waiting_room.info(),
            media: Media::of(run),
            results: run.results.clone(),
        })
    }

    fn changes_since(&self, known: Option<&Self>, _: SystemTime) -> Vec<Self::Change> {
        let nothing = Self::default();
        let old = known.unwrap_or(&nothing);
        let mut payloads: Vec<(EventKind, EventPayload)> = Vec::new();
        if let Some(change) = changed_basic(&old.basic, &self.basic) {
            payloads.push((EventKind::ConferenceBasicInfo, change.into()));
        }
        if let Some(change) = changed_dynamic(&old.dynamic, &self.dynamic) {
            payloads.push((EventKind::ConferenceDynamicInfo, change.into()));
        }
        let change = changed_waiting(&old.waiting, &self.waiting);
        if !change.is_empty() {
            payloads.push((EventKind::WaitingList, change.into()));
        }
        let change = changed_participants(&old.participants, &self.participants);
        if !change.is_empty() {
            payloads.push((EventKind::Participants, change.into()));
        }
        let change = changed_attendees(&old.attendees, &self.attendees);
        if !change.is_empty() {
            payloads.push((EventKind::Attendees, change.into()));
        }
        if !self.results.is_empty() {
            payloads.push((EventKind::InviteResult, self.results.clone().into()));
        }
        if old.speakers != self.speakers {
            payloads.push((EventKind::SpeakerChange, self.speakers.clone().into()));
        }
        payloads.extend(self.media.changes_since(&old.media));
        payloads
    }
}

/// The basic-information push. The passwords are added for each listener apart.
fn basic_info(meeting: &Meeting, run: &RunningMeeting) -> ConferenceBasicInfo {
    ConferenceBasicInfo::new()
        .display_id(meeting.id.as_str())
        .subject(meeting.subject())
        .start_time(run.started.into())
        .scheduled_start_time(meeting.start.into())
        .scheduler_name(meeting.scheduler_name.as_str())
        .scheduler_uuid(meeting.scheduler.clone())
        .scheduler_type(UserType::Member)
        .watermark(false)
        .guest_join_url(meeting.guest_link.clone())
        .call_in_restriction(run.settings.call_in)
        .audience_restriction(run.settings.audience)
        .conference_mode(ConferenceMode::Rtc)
        .corp_id(meeting.corp_id.clone())
        .webinar(false)
        .cohosts(meeting.cohosts)
        .client_recording(true)
        .share_invitation(true)
        .waiting_room(run.waiting_room.open)
}

fn dynamic_info(run: &RunningMeeting) -> ConferenceDynamicInfo {
    let info = ConferenceDynamicInfo::new()
        .state(ConferenceState::Running)
        .end_time(run.ends.into())
        .mute_on_entry(run.mute_on_entry)
        .unmute_allowed(run.unmute_allowed);
    let recording = |p: &Participant| p.state.recording;
    run.settings
        .add_to(info)
        .client_recording(run.participants.iter().any(recording))
        .waiting_room(run.waiting_room.open)
}

/// Who was invited, by the booking and since.
fn attendees(meeting: &Meeting, run: &RunningMeeting) -> Vec<AttendeeInfo> {
    let entry = |attendee: &meeting_types::models::BookingAttendee| {
        let phone = attendee.phone.as_deref().unwrap_or_default();
        let site = run.participants.iter().find(|p| p.number == phone);
        let mut info = AttendeeInfo::new()
            .phone(phone)
            .name(attendee.name.as_deref().unwrap_or_default())
            .role(attendee.role.unwrap_or(ParticipantRole::Guest))
            .mute(attendee.mute.unwrap_or(false))
            .auto_invite(attendee.auto_invite.unwrap_or(false))
            .kind(attendee.kind.clone().unwrap_or(AttendeeType::SoftClient))
            .corp_id(meeting.corp_id.clone());
        info.user_uuid = attendee.user_uuid.clone();
        info.participant_id = site.map(|site| site.id.clone());
        info.account_id = attendee.account_id.clone();
        info.email = attendee.email.clone();
        info.sms = attendee.sms.clone();
        info
    };
    run.invited.iter().map(entry).collect()
}

/// What makes `old` into `new`.
///
/// An entry tells only what is there, so it cannot tell that something of it is gone, such as the
/// site: such an entry is taken away and told again.
fn changed_attendees(old: &[AttendeeInfo], new: &[AttendeeInfo]) -> Vec<AttendeeChange> {
    let lasts = |before: &AttendeeInfo| {
        let after = new.iter().find(|entry| entry.is_same_as(before));
        after.is_some_and(|after| {
            let mut merged = before.clone();
            merged.merge(after.clone());
            merged == *after
        })
    };
    let gone = old.iter().filter(|before| !lasts(before));
    let gone = gone.map(|before| AttendeeChange::Removed(Box::new(before.clone())));
    let changed = new.iter().filter(|entry| !old.contains(entry));
    gone.chain(changed.cloned().map(AttendeeChange::from))
        .collect()
}

fn changed_basic(
    old: &ConferenceBasicInfo,
    new: &ConferenceBasicInfo,
) -> Option<ConferenceBasicInfo> {
    let mut change = ConferenceBasicInfo::new();
    if old.call_in_restriction != new.call_in_restriction {
        change.call_in_restriction = new.call_in_restriction;
    }
    if old.audience_restriction != new.audience_restriction {
        change.audience_restriction = new.audience_restriction;
    }
    (change != ConferenceBasicInfo::new()).then_some(change)
}

fn changed_dynamic(
    old: &ConferenceDynamicInfo,
    new: &ConferenceDynamicInfo,
) -> Option<ConferenceDynamicInfo> {
    let mut change = ConferenceDynamicInfo::new();
    macro_rules! compare {
        ($($field:ident)*) => {$(
            if old.$field != new.$field {
                change.$field = new.$field.clone();
            }
        )*};
    }
    compare! { state end_time mute_on_entry unmute_allowed }
    compare! {
        locked call_in_restriction audience_restriction audience_allowed paused sharing_locked
        chat_forbidden client_recording client_recording_mode
    }
    compare! {
        broadcast_mode voice_activation host_polling multi_picture picture_count recording recorded
        real_time_subtitle interpretation interpretation_channels
    }
    (change != ConferenceDynamicInfo::new()).then_some(change)
}

fn changed_participants(
    old: &[ParticipantInfo],
    new: &[ParticipantInfo],
) -> Vec<ParticipantChange> {
    let mut known: BTreeMap<&ParticipantId, &ParticipantInfo> = old
        .iter()
        .map(|info| (&info.participant_id, info))
        .collect();
    let mut changes: Vec<ParticipantChange> = new
        .iter()
        .filter_map(|info| match known.remove(&info.participant_id) {
            Some(before) => difference(before, info),
            None => Some(info.clone()),
        })
        .map(ParticipantChange::from)
        .collect();
    // Whoever is left over is gone.
    let gone = known.into_keys().cloned().map(ParticipantChange::Removed);
    changes.extend(gone);
    changes
}
