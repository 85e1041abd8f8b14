//! Bookings of meetings as the service told them, to be changed and sent back.

use crate::{
    Password,
    models::{
        Booking, BookingAttendee, Conference, ConferenceDetail, ConferenceRole, ConferenceSettings,
        ListedAttendee, ListedParticipant, MediaType, SubConference,
    },
    operations::UpdateRecurringSubMeeting,
};

use super::NotTold;

/// Booking of a meeting that was read, as far as the service tells it. An update made of it keeps what
/// it does not change.
///
/// A read does not tell everything. Set these again before sending, or the update resets them:
///
/// - **Attendees**: a meeting of a list names at most 20 people and 20 room devices, and nobody's
///   account. Compare with `invited_count`, and fill `attendees` from all pages of
///   [`ShowMeetingDetail`](crate::operations::ShowMeetingDetail): `booking.attendees(&page.data)`.
/// - **Passwords**: the guest password is taken over where it was told, which it is to the host and
///   whoever booked. The host password belongs to the booking and is never sent.
/// - `encryption`, `group_uri` and `resource` are in no response; the resource cannot be changed anyway.
/// - `remind_days_before` of a recurrence is in no response either. The reference wants it in every
///   booking, so it becomes the service's default, 1.
///
/// The media are reduced to voice or video, which is what a booking takes. The start is that of the
/// meeting: of one that repeats, the hour of its first day.
///
/// ```
/// use meeting_types::models::{Booking, Conference};
/// use meeting_types::operations::UpdateMeeting;
///
/// # let told = r#"{"conferenceID": "900825541", "subject": "Old", "mediaTypes": "Data,Voice,HDVideo",
/// #     "startTime": "2027-07-05 07:30", "endTime": "2027-07-05 08:30", "timeZoneID": "29"}"#;
/// let meeting: Conference = serde_json::from_str(told)?;
/// let booking = Booking::from(&meeting).subject("New");
/// assert_eq!(booking.duration.map(|length| length.as_secs()), Some(3600));
/// let update = UpdateMeeting::new(&meeting.conference_id, booking);
/// # Ok::<(), serde_json::Error>(())
/// ```
impl From<&Conference> for Booking {
    fn from(told: &Conference) -> Self {
        let duration = told
            .start_time
            .zip(told.end_time)
            .and_then(|(start, end)| end.checked_duration_since(start));
        let attendees: Vec<_> = told.invited_attendees.iter().map(Into::into).collect();
        Self {
            subject: told.subject.clone(),
            start_time: told.start_time,
            duration,
            attendees: (!attendees.is_empty()).then_some(attendees),
            time_zone_id: told.time_zone_id,
            language: told.language.clone(),
            settings: settings(told),
            recurrence: told.recurrence.clone().map(|mut rule| {
                rule.remind_days_before.get_or_insert(1);
                rule
            }),
            uses_vmr: told.uses_vmr,
            vmr_id: told.vmr_id.clone(),
            max_participants: told.max_participants,
            simultaneous_interpretation: told.simultaneous_interpretation,
            record_type: told.record_type,
            auto_record: told.auto_record,
            record_aux_stream: told.record_aux_stream,
            record_access: told.record_access,
            live_address: told.live_address.clone(),
            live_aux_address: told.live_aux_address.clone(),
            ..Self::new(media(&told.media_types))
        }
    }
}

/// The same as of a [`Conference`], with the attendees of this page of the details.
///
/// The details come in pages of attendees. When `count` is more than are here, collect `data` of all
/// pages and set `attendees` from it. What whoever asked may not see is missing.
impl From<&ConferenceDetail> for Booking {
    fn from(told: &ConferenceDetail) -> Self {
        let booking = Self::from(&told.conference);
        match &told.data {
            Some(page) if !page.data.is_empty() => booking.attendees(&page.data),
            _ => booking,
        }
    }
}

/// The voice or video that a booking takes, of all media that a response lists.
fn media(told: &[MediaType]) -> Vec<MediaType> {
    let has = |media: &MediaType| told.contains(media);
    if has(&MediaType::HdVideo) || has(&MediaType::Video) {
        vec![MediaType::HdVideo]
    } else if has(&MediaType::Voice) {
        vec![MediaType::Voice]
    } else {
        told.to_vec()
    }
}

fn settings(told: &Conference) -> Option<ConferenceSettings> {
    let mut settings = told.settings.clone().unwrap_or_default();
    // Responses say it twice.
    settings.auto_mute = settings.auto_mute.or(told.auto_mute);
    if settings.guests_skip_password != Some(true) && settings.guest_password.is_none() {
        let password = told.password_for(&ConferenceRole::Guest);
        settings.guest_password = password.filter(|told| is_guest_password(told)).cloned();
    }
    (settings != ConferenceSettings::default()).then_some(settings)
}

/// Whether it is a password and no row of stars: 4 to 16 digits.
pub(super) fn is_guest_password(told: &Password) -> bool {
    let text = told.expose();
    (4..=16).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The invitation of somebody that a list of meetings names. A list tells no account and no address
/// of notices.
impl From<&ListedAttendee> for BookingAttendee {
    fn from(told: &ListedAttendee) -> Self {
        Self {
            name: told.name.clone(),
            role: told.role,
            kind: told.kind.clone(),
            phone: told.phone.clone(),
            phone2: told.phone2.clone(),
            phone3: told.phone3.clone(),
            mute: told.mute,
            ..Self::default()
        }
    }
}

/// The invitation of somebody that the details of a meeting name. They do not tell whether a person
/// joins muted, the department's id, or whether a site has a number of its own.
impl From<&ListedParticipant> for BookingAttendee {
    fn from(told: &ListedParticipant) -> Self {
        Self {
            account_id: told.account_id.clone(),
            app_id: told.app_id.clone(),
            user_uuid: told.user_uuid.clone(),
            name: told.name.clone(),
            role: told.role,
            kind: told.kind.clone(),
            phone: told.phone.clone(),
            phone2: told.phone2.clone(),
            phone3: told.phone3.clone(),
            email: told.email.clone(),
            sms: told.sms.clone(),
            auto_invite: told.auto_invite,
            address: told.address.clone(),
            dept_name: told.dept_name.clone(),
            ..Self::default()
        }
    }
}

impl UpdateRecurringSubMeeting {
    /// The change of a single meeting that changes nothing yet: everything is as the service told it.
    ///
    /// # Errors
    ///
    /// [`NotTold`] when its id, start or end is missing.
    pub fn keeping(
        conference_id: impl Into<crate::ConferenceId>,
        told: &SubConference,
    ) -> Result<Self, NotTold> {
        let missing = |field| NotTold { field };
        let id = told.sub_conference_id.as_deref();
        let start = told.start_time.ok_or(missing("start_time"))?;
        let end = told.end_time.ok_or(missing("end_time"))?;
        Ok(Self {
            auto_record: told.auto_record,
            record_access: told.record_access,
            description: told.description.clone(),
            settings: told.settings.clone(),
            ..Self::new(
                conference_id,
                id.ok_or(missing("sub_conference_id"))?,
                media(&told.media_types),
                start,
                end.duration_since(start),
            )
        })
    }
}
