//! Meetings: what was booked, and whether it runs.

use std::time::{Duration, SystemTime};

use meeting_types::{
    ConferenceId, ConferenceUuid, CorpId, JoinUrl, Password, ServiceError, TimeZoneId, Timestamp,
    UserUuid, VmrConferenceId, VmrId,
    models::{
        AttendeeType, Booking, BookingAttendee, CallInRestriction, Conference, ConferenceKind,
        ConferenceMode, ConferencePassword, ConferenceRole, ConferenceSettings, ConferenceState,
        Language, ListedAttendee, MediaType, ParticipantRole, RecordType, ScheduleType,
    },
};

use super::series::{Series, Sub};
use crate::state::{
    errors,
    logins::lockout::Lockout,
    rows::Row,
    running::{
        RunningMeeting,
        settings::{DEFAULT_PROLONGATION, is_voice_only},
    },
};

/// The number at which all meetings of the enterprise are called.
const ACCESS_NUMBER: &str = "+991116";
const DEFAULT_LENGTH: Duration = Duration::from_secs(30 * 60);
/// A meeting.
#[derive(Debug)]
pub(crate) struct Meeting {
    pub(crate) id: ConferenceId,
    pub(crate) booking: Booking,
    pub(crate) start: SystemTime,
    pub(crate) immediate: bool,
    pub(crate) host_password: Password,
    pub(crate) guest_password: Password,
    pub(crate) host_link: JoinUrl,
    pub(crate) guest_link: JoinUrl,
    pub(crate) scheduler: UserUuid,
    pub(crate) scheduler_name: String,
    pub(crate) corp_id: CorpId,
    /// The cloud room, or the personal meeting id, that it takes place in.
    pub(crate) room: Option<(VmrId, VmrConferenceId)>,
    /// The department of whoever booked it.
    pub(crate) dept_name: Option<String>,
    pub(crate) phase: Phase,
    /// The single meetings, if it repeats. `start` is that of the one which is next.
    pub(crate) series: Option<Series>,
    /// Whether it can have co-hosts.
    pub(crate) cohosts: bool,
    /// Wrong passwords given to join.
    pub(crate) joining: Lockout,
    /// Wrong passwords given to control.
    pub(crate) control: Lockout,
}

/// Whether a meeting runs.
#[derive(Debug)]
pub(crate) enum Phase {
    /// It waits for its time.
    Booked,
    /// It runs.
    Running(Box<RunningMeeting>),
    /// It is over for good.
    Ended,
}

/// Whom a password lets in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Host,
    Guest,
}

impl Row for Meeting {
    /// When something happens to it by itself.
    fn next_change(&self) -> Option<SystemTime> {
        match &self.phase {
            Phase::Booked => Some(self.end()),
            Phase::Running(run) => Some(run.deadline()),
            Phase::Ended => None,
        }
    }
}

impl Meeting {
    pub(crate) fn subject(&self) -> &str {
        self.booking.subject.as_deref().unwrap_or("Meeting")
    }

    /// How long it lasts; the single meeting that is next, if it repeats.
    pub(crate) fn length(&self) -> Duration {
        let sub = self.sub();
        sub.map_or_else(|| booked_length(&self.booking), |sub| sub.length)
    }

    /// The single meeting that is next or runs, if it repeats.
    pub(crate) fn sub(&self) -> Option<&Sub> {
        let mut subs = self.series.as_ref()?.subs.iter();
        subs.find(|sub| sub.start == self.start)
    }

    /// Goes on to the single meeting after the one that is over. Without one, the meeting is over.
    pub(crate) fn conclude(&mut self, now: SystemTime) {
        let next = self.series.as_ref().and_then(|series| {
            let mut subs = series.subs.iter();
            subs.find(|sub| sub.start > self.start && now < sub.end())
        });
        match next.map(|sub| sub.start) {
            Some(start) => {
                self.start = start;
                self.phase = Phase::Booked;
            }
            None => self.phase = Phase::Ended,
        }
    }

    /// Whether a search for this text finds it.
    pub(crate) fn is_found_by(&self, key: &str) -> bool {
        self.subject().contains(key)
            || self.id.as_str().contains(key)
            || self.scheduler_name.contains(key)
    }

    /// The booked end.
    pub(crate) fn end(&self) -> SystemTime {
        self.start + self.length()
    }

    pub(crate) fn setting(
        &self,
        pick: impl Fn(&meeting_types::models::ConferenceSettings) -> Option<bool>,
    ) -> bool {
        self.booking
            .settings
            .as_ref()
            .and_then(pick)
            .unwrap_or(false)
    }

    pub(crate) fn guests_can_start(&self) -> bool {
        self.setting(|settings| settings.guests_can_start)
    }

    pub(crate) fn run(&self) -> Option<&RunningMeeting> {
        match &self.phase {
            Phase::Running(run) => Some(run),
            _ => None,
        }
    }

    pub(crate) fn run_mut(&mut self) -> Option<&mut RunningMeeting> {
        match &mut self.phase {
            Phase::Running(run) => Some(run),
            _ => None,
        }
    }

    /// Who is invited: by the booking, and since it runs.
    pub(crate) fn invited(&self) -> &[BookingAttendee] {
        let booked = self.booking.attendees.as_deref().unwrap_or_default();
        self.run().map_or(booked, |run| &run.invited)
    }

    /// The run, or why there is none.
    pub(crate) fn running(&mut self) -> Result<&mut RunningMeeting, ServiceError> {
        match &mut self.phase {
            Phase::Running(run) => Ok(run),
            Phase::Booked => Err(errors::NOT_RUNNING.into()),
            Phase::Ended => Err(errors::ENDED.into()),
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        matches!(self.phase, Phase::Ended)
    }

    pub(crate) fn state(&self) -> ConferenceState {
        match self.phase {
            Phase::Booked => ConferenceState::Scheduled,
            Phase::Running(_) => ConferenceState::Running,
            Phase::Ended => ConferenceState::Ended,
        }
    }

    /// Whom the password lets in.
    pub(crate) fn role_of(&self, password: &Password) -> Option<Role> {
        if *password == self.host_password {
            Some(Role::Host)
        } else if *password == self.guest_password {
            Some(Role::Guest)
        } else {
            None
        }
    }

    /// The meeting as replies show it to somebody with this role.
    pub(crate) fn conference(&self, viewer: Role) -> Conference {
        let password = |role, password: &Password| {
            let mut entry = ConferencePassword::new();
            entry.role = Some(role);
            entry.password = Some(password.clone());
            entry
        };
        let attendees = self.invited();
        let terminals = attendees.iter().filter(|one| is_terminal(one)).count();
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let mut reply = Conference::new(self.id.clone())
            .subject(self.subject())
            .state(self.state())
            .start_time(self.start.into())
            .end_time(Timestamp::from(self.end()))
            .time_zone_id(self.booking.time_zone_id.unwrap_or(TimeZoneId::new(56)))
            .language(self.booking.language.clone().unwrap_or(Language::Chinese))
            .media_types(self.media_types())
            .conference_mode(ConferenceMode::Rtc)
            .kind(match self.series {
                Some(_) => ConferenceKind::Recurring,
                None => ConferenceKind::Single,
            })
            .schedule_type(match &self.series {
                Some(_) => ScheduleType::Recurring,
                None if self.immediate => ScheduleType::Immediate,
                None => ScheduleType::Future,
            })
            .webinar(false)
            .access_number(ACCESS_NUMBER)
            .scheduler_uuid(self.scheduler.clone())
            .scheduler_name(self.scheduler_name.as_str())
            .dept_name(self.dept_name.as_deref().unwrap_or_default())
            .guest_join_url(self.guest_link.clone())
            .uses_vmr(self.booking.uses_vmr.unwrap_or(false))
            .multi_stream(true)
            .settings(self.shown_settings())
            .auto_mute(self.setting(|settings| settings.auto_mute))
            .max_participants(self.booking.max_participants.unwrap_or_default())
            .invited_count(count(attendees.len()))
            .terminal_count(count(terminals))
            .soft_client_count(count(attendees.len() - terminals))
            .record_type(self.booking.record_type.unwrap_or(RecordType::Disabled))
            .auto_record(self.booking.auto_record.unwrap_or(false))
            .passwords([password(ConferenceRole::Guest, &self.guest_password)])
            .invited_attendees(shown_attendees(attendees));
        if viewer == Role::Host {
            let chair = password(ConferenceRole::Host, &self.host_password);
            reply.passwords.insert(0, chair);
            reply.host_join_url = Some(self.host_link.clone());
        }
        if let Some((id, conference_id)) = &self.room {
            reply.vmr_id = Some(id.clone());
            reply.vmr_conference_id = Some(conference_id.clone());
        }
        if let Some(series) = &self.series {
            reply.recurrence = self.booking.recurrence.clone();
            reply.sub_conferences = series.subs.iter().map(Sub::shown).collect();
            reply.sub_conference_id = self.sub().map(|sub| sub.id.clone());
        }
        reply
    }

    /// The media as responses name them: those of the booking, with what the service adds.
    fn media_types(&self) -> Vec<MediaType> {
        if is_voice_only(&self.booking) {
            vec![MediaType::Voice]
        } else {
            vec![MediaType::Data, MediaType::Voice, MediaType::HdVideo]
        }
    }

    /// The settings with what holds where the booking says nothing.
    fn shown_settings(&self) -> ConferenceSettings {
        let mut shown = self.booking.settings.clone().unwrap_or_default();
        // The passwords stand elsewhere.
        shown.guest_password = None;
        shown
            .call_in_restriction
            .get_or_insert(CallInRestriction::Anyone);
        shown.prolong_by.get_or_insert(DEFAULT_PROLONGATION);
        for setting in [
            &mut shown.auto_mute,
            &mut shown.guests_skip_password,
            &mut shown.guests_can_start,
            &mut shown.waiting_room,
            &mut shown.send_email,
            &mut shown.send_sms,
            &mut shown.send_calendar,
        ] {
            setting.get_or_insert(false);
        }
        shown
    }

    /// The id of the run, for meetings that began at once.
    pub(crate) fn run_uuid(&self) -> Option<ConferenceUuid> {
        self.run().map(|run| run.uuid.clone())
    }
}

/// How long a meeting lasts that is booked like this.
pub(crate) fn booked_length(booking: &Booking) -> Duration {
    booking.duration.unwrap_or(DEFAULT_LENGTH)
}

/// Whether an invitation is for a device in a room.
pub(crate) fn is_terminal(attendee: &BookingAttendee) -> bool {
    use AttendeeType::{IdeaHub, SmartScreen, Telepresence, Terminal, Whiteboard};
    matches!(
        attendee.kind,
        Some(Terminal | IdeaHub | Whiteboard | SmartScreen | Telepresence)
    )
}

/// The first of those who are invited.
fn shown_attendees(attendees: &[BookingAttendee]) -> impl Iterator<Item = ListedAttendee> {
    attendees.iter().take(20).map(|attendee| {
        let mut listed = ListedAttendee::new()
            .kind(attendee.kind.clone().unwrap_or(AttendeeType::SoftClient))
            .role(attendee.role.unwrap_or(ParticipantRole::Guest))
            .mute(attendee.mute.unwrap_or(false));
        listed.name = attendee.name.clone();
        listed.phone = attendee.phone.clone();
        listed
    })
}
