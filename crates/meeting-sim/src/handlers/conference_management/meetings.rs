//! Booking, listing, starting and cancelling meetings.

use std::time::{Duration, SystemTime};

use meeting_types::{
    ServiceError,
    models::{
        Booking, BookingAttendee, CancelMode, Conference, ConferenceDetail, ConferencePage,
        ConferenceRole, ListPeriod, ListedParticipant, MediaType, ParticipantGroup,
        ParticipantGrouping, StartTimeOrder, StartedConference,
    },
    operations::{
        CancelMeeting, CreateMeeting, SearchMeetings, ShowMeetingDetail, StartMeeting,
        UpdateMeeting,
    },
};

use crate::{
    handlers::{admit::Member, page::put_page_of},
    state::{
        State,
        booking::meetings::{Meeting, Role, is_terminal},
        corp::people::User,
        errors,
    },
};

/// Checks the guest password that a booking chooses, beside the id and the host password.
pub(super) fn check_passwords(meeting: &Meeting, booking: &Booking) -> Result<(), ServiceError> {
    let settings = booking.settings.as_ref();
    let chosen = settings.and_then(|settings| settings.guest_password.as_ref());
    match chosen {
        Some(chosen) if chosen.expose() == meeting.id.as_str() => {
            Err(errors::PASSWORD_IS_ID.into())
        }
        Some(chosen) if *chosen == meeting.host_password => Err(errors::PASSWORD_IS_HOSTS.into()),
        _ => Ok(()),
    }
}

/// A meeting that waits for its time, for somebody who may change it.
pub(super) fn changeable<'a>(
    state: &'a mut State,
    user: &User,
    id: &meeting_types::ConferenceId,
) -> Result<&'a mut Meeting, ServiceError> {
    let meeting = find(state, id)?;
    if !State::may_manage(user, meeting) {
        return Err(errors::NOT_PERMITTED.into());
    }
    if meeting.run().is_some() {
        return Err(errors::RUNNING_NOT_CHANGED.into());
    }
    let meeting = state.meetings.get_mut(id);
    meeting.ok_or_else(|| errors::NO_SUCH_CONFERENCE.into())
}

/// Puts another booking in the place of a meeting's. Id, links and passwords stay, but for a guest
/// password that the booking chooses.
pub(super) fn rebook(meeting: &mut Meeting, mut booking: Booking) -> Result<(), ServiceError> {
    check_passwords(meeting, &booking)?;
    let settings = booking.settings.as_ref();
    if let Some(chosen) = settings.and_then(|settings| settings.guest_password.clone()) {
        meeting.guest_password = chosen;
    }
    if let Some(start) = booking.start_time {
        meeting.start = start.into();
    }
    if booking.subject.is_none() {
        booking.subject = meeting.booking.subject.take();
    }
    meeting.booking = booking;
    Ok(())
}

pub(crate) fn update_meeting(
    state: &mut State,
    Member { user, .. }: Member,
    update: UpdateMeeting,
) -> Result<Vec<Conference>, ServiceError> {
    check(&update.booking, state.now)?;
    let id = &update.conference_id;
    if changeable(state, &user, id)?.series.is_some() {
        return Err(errors::PARAMETER.with_message("the meeting is a recurring one"));
    }
    let room = state.room_for(&update.booking, &user, Some(id))?;
    rebook(changeable(state, &user, id)?, update.booking)?;
    state.move_into(id, room);
    let meeting = find(state, id)?;
    Ok(vec![meeting.conference(Role::Host)])
}

pub(crate) fn create_meeting(
    state: &mut State,
    Member { user, .. }: Member,
    create: CreateMeeting,
) -> Result<Vec<Conference>, ServiceError> {
    check(&create.booking, state.now)?;
    let room = state.room_for(&create.booking, &user, None)?;
    let id = state.book(create.booking, &user);
    state.move_into(&id, room);
    let meeting = state.meetings.get(&id).ok_or(errors::NO_SUCH_CONFERENCE)?;
    let mut conference = meeting.conference(Role::Host);
    conference.conference_uuid = meeting.run_uuid();
    Ok(vec![conference])
}

pub(super) fn check(booking: &Booking, now: SystemTime) -> Result<(), ServiceError> {
    let known = |medium: &MediaType| !matches!(medium, MediaType::Unknown(_));
    if booking.media_types.is_empty()
        || !booking.media_types.iter().all(known)
        || booking.media_types == [MediaType::Data]
    {
        return Err(errors::BAD_MEDIA_TYPE.into());
    }
    // Bookings count in minutes: the one that has begun is not over.
    let minute = Duration::from_secs(60);
    if booking
        .start_time
        .is_some_and(|start| SystemTime::from(start) + minute <= now)
    {
        return Err(errors::START_IN_PAST.into());
    }
    let settings = booking.settings.as_ref();
    let guest_password = settings.and_then(|settings| settings.guest_password.as_ref());
    if guest_password
        .is_some_and(|password| !password.expose().bytes().all(|byte| byte.is_ascii_digit()))
    {
        return Err(errors::BAD_GUEST_PASSWORD.into());
    }
    Ok(())
}

/// Whether the user is invited.
pub(super) fn is_invited(meeting: &Meeting, user: &User) -> bool {
    invites(meeting.invited(), user)
}

/// Whether a user is among those who are invited.
pub(crate) fn invites(invited: &[BookingAttendee], user: &User) -> bool {
    invited.iter().any(|attendee| {
        attendee.user_uuid.as_ref() == Some(&user.uuid)
            || attendee.phone.as_deref() == Some(&user.sip_number)
            || attendee.account_id.as_ref().is_some_and(|account| {
                *account == user.account
                    || user.third_party_account.as_deref() == Some(account.as_str())
            })
    })
}

pub(super) fn viewer(meeting: &Meeting, user: &User) -> Option<Role> {
    if State::may_manage(user, meeting) {
        Some(Role::Host)
    } else {
        is_invited(meeting, user).then_some(Role::Guest)
    }
}

pub(crate) fn search_meetings(
    state: &mut State,
    Member { user, .. }: Member,
    search: SearchMeetings,
) -> Result<ConferencePage, ServiceError> {
    let whose = |meeting: &Meeting| match &search.user_uuid {
        Some(uuid) if user.is_admin() => {
            meeting.scheduler == *uuid && meeting.corp_id == user.corp_id
        }
        _ if user.is_admin() && search.all_users == Some(true) => meeting.corp_id == user.corp_id,
        _ => meeting.scheduler == user.uuid || is_invited(meeting, &user),
    };
    let key = search.search_key.as_deref().unwrap_or_default();
    let found = |meeting: &Meeting| meeting.is_found_by(key);
    let until = horizon(search.period.as_ref()).map(|span| state.now + span);
    let mut meetings: Vec<&Meeting> = state
        .meetings
        .values()
        .filter(|meeting| !meeting.is_over() && whose(meeting) && found(meeting))
        .filter(|meeting| until.is_none_or(|until| meeting.start <= until))
        .collect();
    meetings.sort_by_key(|meeting| meeting.start);
    if search.order == Some(StartTimeOrder::Descending) {
        meetings.reverse();
    }
    let mut reply = ConferencePage::new();
    put_page_of(meetings, &search, &mut reply, |meeting| {
        meeting.conference(viewer(meeting, &user).unwrap_or(Role::Guest))
    });
    Ok(reply)
}

/// How far ahead a list looks.
pub(super) fn horizon(period: Option<&ListPeriod>) -> Option<Duration> {
    let days = match period? {
        ListPeriod::Day => 1,
        ListPeriod::Week => 7,
        ListPeriod::Month => 30,
        _ => return None,
    };
    Some(Duration::from_secs(days * 24 * 3600))
}

pub(crate) fn show_meeting_detail(
    state: &mut State,
    Member { user, .. }: Member,
    show: ShowMeetingDetail,
) -> Result<ConferenceDetail, ServiceError> {
    let meeting = find(state, &show.conference_id)?;
    let role = viewer(meeting, &user).ok_or(errors::NOT_VISIBLE)?;
    let key = show.search_key.as_deref().unwrap_or_default();
    let attendees = shown_to(meeting, key, show.grouping.as_ref(), show.group.as_ref());
    let conference = meeting.conference(role).role(match role {
        Role::Host => ConferenceRole::Host,
        Role::Guest => ConferenceRole::Guest,
    });
    let mut reply = ConferenceDetail::new(conference);
    put_page_of(attendees, &show, &mut reply, listed);
    Ok(reply)
}

/// Those who are invited to a meeting, of a group of them where groups are asked for apart.
pub(super) fn shown_to<'a>(
    meeting: &'a Meeting,
    key: &str,
    grouping: Option<&ParticipantGrouping>,
    group: Option<&ParticipantGroup>,
) -> Vec<&'a BookingAttendee> {
    let apart = grouping == Some(&ParticipantGrouping::Separate);
    let terminals = group == Some(&ParticipantGroup::Terminals);
    let wanted = |attendee: &&BookingAttendee| {
        let name = attendee.name.as_deref().unwrap_or_default();
        let number = attendee.phone.as_deref().unwrap_or_default();
        (name.contains(key) || number.contains(key))
            && (!apart || is_terminal(attendee) == terminals)
    };
    meeting.invited().iter().filter(wanted).collect()
}

pub(crate) fn listed(attendee: &BookingAttendee) -> ListedParticipant {
    let mut listed = ListedParticipant::new();
    listed.phone = attendee.phone.clone();
    listed.name = attendee.name.clone();
    listed.role = attendee.role;
    listed.kind = attendee.kind.clone();
    listed.state = Some("MEETTING".to_owned());
    listed.account_id = attendee.account_id.clone();
    listed.user_uuid = attendee.user_uuid.clone();
    listed.app_id = attendee.app_id.clone();
    listed.email = attendee.email.clone();
    listed.sms = attendee.sms.clone();
    listed.dept_name = attendee.dept_name.clone();
    listed.auto_invite = attendee.auto_invite;
    listed
}

/// A meeting that is not over.
pub(super) fn find<'a>(
    state: &'a State,
    id: &meeting_types::ConferenceId,
) -> Result<&'a Meeting, ServiceError> {
    let meeting = state.meetings.get(id);
    meeting
        .filter(|meeting| !meeting.is_over())
        .ok_or_else(|| errors::NO_SUCH_CONFERENCE.into())
}

pub(crate) fn cancel_meeting(
    state: &mut State,
    Member { user, .. }: Member,
    cancel: CancelMeeting,
) -> Result<(), ServiceError> {
    let meeting = find(state, &cancel.conference_id)?;
    if !State::may_manage(&user, meeting) {
        return Err(errors::NOT_PERMITTED.into());
    }
    if meeting.run().is_some() && cancel.mode != Some(CancelMode::EndRunning) {
        return Err(errors::RUNNING_NOT_CANCELLED.into());
    }
    state.stop(&cancel.conference_id);
    state.meetings.remove(&cancel.conference_id);
    Ok(())
}

pub(crate) fn start_meeting(
    state: &mut State,
    _: Member,
    start: StartMeeting,
) -> Result<StartedConference, ServiceError> {
    let (role, meeting) = state.meeting_for_joining(&start.conference_id, &start.password)?;
    if role == Role::Guest && meeting.run().is_none() && !meeting.guests_can_start() {
        return Err(errors::GUEST_MUST_WAIT.into());
    }
    state.start(&start.conference_id)?;
    let mut reply = StartedConference::new();
    reply.region_ip = Some(state.settings.public_ip.clone());
    Ok(reply)
}
