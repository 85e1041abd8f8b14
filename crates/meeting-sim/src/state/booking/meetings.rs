//! Meetings: what was booked, and whether it runs.

use std::time::{Duration, SystemTime};

use meeting_types::{
    ConferenceId, ConferenceUuid, CorpId, JoinUrl, Password, ServiceError, TimeZoneId, Timestamp,
    UserUuid,
    models::{
        Booking, BookingAttendee, Conference, ConferenceKind, ConferenceMode, ConferencePassword,
        ConferenceRole, ConferenceState, ListedAttendee, ScheduleType,
    },
};

use crate::state::{errors, logins::lockout::Lockout, rows::Row, running::RunningMeeting};

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
    pub(crate) phase: Phase,
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

    pub(crate) fn length(&self) -> Duration {
        self.booking.duration.unwrap_or(DEFAULT_LENGTH)
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
        let mut reply = Conference::new(self.id.clone())
            .subject(self.subject())
            .state(self.state())
            .start_time(self.start.into())
            .end_time(Timestamp::from(self.end()))
            .time_zone_id(self.booking.time_zone_id.unwrap_or(TimeZoneId::new(56)))
            .media_types(self.booking.media_types.clone())
            .conference_mode(ConferenceMode::Rtc)
            .kind(ConferenceKind::Single)
            .schedule_type(if self.immediate {
                ScheduleType::Immediate
            } else {
                ScheduleType::Future
            })
            .webinar(false)
            .access_number(format!("+9999{}", self.id.as_str()))
            .scheduler_uuid(self.scheduler.clone())
            .scheduler_name(self.scheduler_name.as_str())
            .guest_join_url(self.guest_link.clone())
            .uses_vmr(false)
            .multi_stream(true);
        let attendees = self.invited();
        reply.invited_count = u32::try_from(attendees.len()).ok();
        reply.invited_attendees = attendees
            .iter()
            .take(20)
            .map(|attendee| {
                let mut listed = ListedAttendee::new();
                listed.name = attendee.name.clone();
                listed.phone = attendee.phone.clone();
                listed.kind = attendee.kind.clone();
                listed.role = attendee.role;
                listed.mute = attendee.mute;
                listed
            })
            .collect();
        reply.passwords = vec![password(ConferenceRole::Guest, &self.guest_password)];
        if viewer == Role::Host {
            let chair = password(ConferenceRole::Host, &self.host_password);
            reply.passwords.insert(0, chair);
            reply.host_join_url = Some(self.host_link.clone());
        }
        reply.language = self.booking.language.clone();
        reply.record_type = self.booking.record_type;
        reply.settings = self.booking.settings.clone().map(|mut settings| {
            settings.guest_password = None;
            settings
        });
        reply.auto_mute = Some(self.setting(|settings| settings.auto_mute));
        reply.max_participants = self.booking.max_participants;
        reply
    }

    /// The id of the run, for meetings that began at once.
    pub(crate) fn run_uuid(&self) -> Option<ConferenceUuid> {
        self.run().map(|run| run.uuid.clone())
    }
}
