//! Recurring meetings and their single meetings.

use std::time::SystemTime;

use meeting_types::{
    ServiceError,
    models::{Booking, CancelMode, Conference},
    operations::{
        CancelRecurringMeeting, CancelRecurringSubMeeting, CreateRecurringMeeting,
        UpdateRecurringMeeting, UpdateRecurringSubMeeting,
    },
};

use super::meetings::{changeable, check, find, rebook};
use crate::{
    handlers::admit::Member,
    state::{
        State,
        booking::{
            meetings::{Meeting, Role, booked_length},
            series::Series,
        },
        errors,
        random::Random,
    },
};

/// The single meetings of a booking, those that are not over.
fn series_of(
    booking: &Booking,
    now: SystemTime,
    random: &mut Random,
) -> Result<Series, ServiceError> {
    let rule = booking.recurrence.as_ref();
    let rule = rule.ok_or(errors::NO_RECURRENCE)?;
    let first = booking.start_time.ok_or_else(|| {
        errors::PARAMETER.with_message("`startTime` is missing: it says at what time of the day")
    })?;
    let length = booked_length(booking);
    let (zone, media) = (booking.time_zone_id, &booking.media_types);
    let mut series = Series::of(rule, first.into(), length, zone, media, random)?;
    series.subs.retain(|sub| now < sub.end());
    if series.subs.is_empty() {
        return Err(errors::START_IN_PAST.into());
    }
    Ok(series)
}

/// Gives a meeting its single meetings.
fn arrange(meeting: &mut Meeting, series: Series) {
    if let Some(first) = series.subs.first() {
        meeting.start = first.start;
    }
    meeting.series = Some(series);
}

pub(crate) fn create_recurring_meeting(
    state: &mut State,
    Member { user, .. }: Member,
    create: CreateRecurringMeeting,
) -> Result<Vec<Conference>, ServiceError> {
    check_media(&create.booking, state.now)?;
    let series = series_of(&create.booking, state.now, &mut state.random)?;
    let room = state.room_for(&create.booking, &user, None)?;
    let id = state.book(create.booking, &user);
    state.move_into(&id, room);
    let meeting = state.meetings.get_mut(&id);
    let meeting = meeting.ok_or(errors::NO_SUCH_CONFERENCE)?;
    arrange(meeting, series);
    Ok(vec![meeting.conference(Role::Host)])
}

/// Checks a booking whose start says no more than the time of the day.
fn check_media(booking: &Booking, now: SystemTime) -> Result<(), ServiceError> {
    let mut booking = booking.clone();
    booking.start_time = None;
    check(&booking, now)
}

/// A recurring meeting that waits for its time, for somebody who may change it.
fn recurring<'a>(
    state: &'a mut State,
    user: &crate::state::corp::people::User,
    id: &meeting_types::ConferenceId,
) -> Result<&'a mut Meeting, ServiceError> {
    let meeting = changeable(state, user, id)?;
    if meeting.series.is_some() {
        Ok(meeting)
    } else {
        Err(errors::PARAMETER.with_message("the meeting is no recurring one"))
    }
}

pub(crate) fn update_recurring_meeting(
    state: &mut State,
    Member { user, .. }: Member,
    update: UpdateRecurringMeeting,
) -> Result<Vec<Conference>, ServiceError> {
    check_media(&update.booking, state.now)?;
    let series = series_of(&update.booking, state.now, &mut state.random)?;
    let meeting = recurring(state, &user, &update.conference_id)?;
    rebook(meeting, update.booking)?;
    arrange(meeting, series);
    Ok(vec![meeting.conference(Role::Host)])
}

pub(crate) fn cancel_recurring_meeting(
    state: &mut State,
    Member { user, .. }: Member,
    cancel: CancelRecurringMeeting,
) -> Result<(), ServiceError> {
    let meeting = find(state, &cancel.conference_id)?;
    if !State::may_manage(&user, meeting) {
        return Err(errors::NOT_PERMITTED.into());
    }
    if meeting.series.is_none() {
        return Err(errors::PARAMETER.with_message("the meeting is no recurring one"));
    }
    if meeting.run().is_some() && cancel.mode != Some(CancelMode::EndRunning) {
        return Err(errors::RUNNING_NOT_CANCELLED.into());
    }
    state.stop(&cancel.conference_id);
    state.meetings.remove(&cancel.conference_id);
    Ok(())
}

pub(crate) fn update_recurring_sub_meeting(
    state: &mut State,
    Member { user, .. }: Member,
    update: UpdateRecurringSubMeeting,
) -> Result<(), ServiceError> {
    let start = SystemTime::from(update.start_time);
    if start <= state.now {
        return Err(errors::START_IN_PAST.into());
    }
    let meeting = recurring(state, &user, &update.conference_id)?;
    let next = meeting.sub().map(|sub| sub.id.clone());
    let series = meeting.series.as_mut().ok_or(errors::NO_RECURRENCE)?;
    let mut subs = series.subs.iter_mut();
    let sub = subs.find(|sub| sub.id == update.sub_conference_id);
    let sub = sub.ok_or(errors::NO_SUB_MEETING)?;
    sub.start = start;
    sub.length = update.duration;
    sub.media_types = update.media_types;
    sub.auto_record = update.auto_record;
    sub.record_access = update.record_access;
    sub.description = update.description;
    sub.settings = update.settings;
    let moved = next.as_ref() == Some(&update.sub_conference_id);
    series.subs.sort_by_key(|sub| sub.start);
    let first = series.subs.first().map(|sub| sub.start);
    if moved || first.is_some_and(|first| first < meeting.start) {
        let now = state.now;
        reset_start(state, &update.conference_id, now);
    }
    Ok(())
}

/// Sets the start of a recurring meeting to that of its next single meeting.
fn reset_start(state: &mut State, id: &meeting_types::ConferenceId, now: SystemTime) {
    if let Some(meeting) = state.meetings.get_mut(id)
        && let Some(series) = &meeting.series
        && let Some(next) = series.next(now)
    {
        meeting.start = next.start;
    }
}

pub(crate) fn cancel_recurring_sub_meeting(
    state: &mut State,
    Member { user, .. }: Member,
    cancel: CancelRecurringSubMeeting,
) -> Result<(), ServiceError> {
    let id = &cancel.conference_id;
    let meeting = find(state, id)?;
    if !State::may_manage(&user, meeting) {
        return Err(errors::NOT_PERMITTED.into());
    }
    let series = meeting.series.as_ref().ok_or(errors::NO_SUB_MEETING)?;
    let named = |sub: &str| cancel.sub_conference_ids.iter().any(|id| id == sub);
    let known = |id: &String| series.subs.iter().any(|sub| sub.id == *id);
    if cancel.sub_conference_ids.is_empty() || !cancel.sub_conference_ids.iter().all(known) {
        return Err(errors::NO_SUB_MEETING.into());
    }
    let runs = meeting.run().is_some() && meeting.sub().is_some_and(|sub| named(&sub.id));
    if runs {
        if cancel.mode != Some(CancelMode::EndRunning) {
            return Err(errors::RUNNING_NOT_CANCELLED.into());
        }
        state.stop(id);
    }
    let now = state.now;
    let Some(meeting) = state.meetings.get_mut(id) else {
        return Ok(());
    };
    if let Some(series) = &mut meeting.series {
        series.subs.retain(|sub| !named(&sub.id));
        if series.next(now).is_none() {
            state.meetings.remove(id);
            return Ok(());
        }
    }
    if meeting.run().is_none() {
        reset_start(state, id, now);
    }
    Ok(())
}
