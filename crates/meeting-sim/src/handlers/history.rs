//! Meetings that are over: their runs, who was there, and who controlled what.

use std::time::SystemTime;

use meeting_types::{
    ConferenceUuid, ServiceError, Timestamp,
    models::{
        AttendanceRecord, AttendanceRecordPage, Conference, ConferenceDetail, ConferencePage,
        ConferenceRole, ConferenceState, ControlRecord, ControlRecordPage, HistoryOrder,
        ParticipantGroup, ParticipantGrouping,
    },
    operations::{
        SearchAttendanceRecordsOfHisMeeting, SearchCtlRecordsOfHisMeeting, SearchHisMeetings,
        ShowHisMeetingDetail,
    },
};

use crate::{
    handlers::{
        admit::Member,
        conference_management::{invites, listed},
        page::put_page_of,
    },
    state::{
        State,
        booking::meetings::is_terminal,
        corp::people::User,
        errors,
        past::PastRun,
        running::record::{Controlled, Stay},
    },
    vocabulary::Device,
};

/// Whether somebody booked the meeting, or administers the enterprise that did.
pub(super) fn manages(user: &User, run: &PastRun) -> bool {
    run.scheduler == user.uuid || (user.is_admin() && run.corp_id == user.corp_id)
}

/// Whether a list shows a run to somebody, by what the list was asked for.
pub(super) fn is_listed(
    run: &PastRun,
    user: &User,
    all: bool,
    of: Option<&meeting_types::UserUuid>,
) -> bool {
    match of {
        Some(uuid) if user.is_admin() => run.scheduler == *uuid && run.corp_id == user.corp_id,
        _ if user.is_admin() && all => run.corp_id == user.corp_id,
        _ => run.scheduler == user.uuid || invites(&run.invited, user),
    }
}

/// A run that somebody may see.
pub(super) fn visible<'a>(
    state: &'a State,
    user: &User,
    uuid: &ConferenceUuid,
) -> Result<&'a PastRun, ServiceError> {
    let run = state.past.get(uuid).ok_or(errors::NO_SUCH_CONFERENCE)?;
    if manages(user, run) || invites(&run.invited, user) {
        Ok(run)
    } else {
        Err(errors::NOT_VISIBLE.into())
    }
}

/// Whether a search for this text finds a run.
pub(super) fn is_found(run: &PastRun, key: &str) -> bool {
    let conference = &run.conference;
    let texts = [&conference.subject, &conference.scheduler_name];
    let found = |text: &Option<String>| text.as_deref().is_some_and(|text| text.contains(key));
    texts.into_iter().any(found) || conference.conference_id.as_str().contains(key)
}

/// The run as responses show it.
fn shown(run: &PastRun, user: &User) -> Conference {
    let mut shown = run.conference.clone();
    shown.state = Some(ConferenceState::Ended);
    shown.start_time = Some(run.started.into());
    shown.end_time = Some(run.ended.into());
    shown.conference_uuid = Some(run.uuid.clone());
    shown.has_recording = Some(!run.files().is_empty());
    if !manages(user, run) {
        shown.host_join_url = None;
        let host = Some(ConferenceRole::Host);
        shown.passwords.retain(|password| password.role != host);
    }
    shown
}

pub(crate) fn search_his_meetings(
    state: &mut State,
    Member { user, .. }: Member,
    search: SearchHisMeetings,
) -> Result<ConferencePage, ServiceError> {
    let key = search.search_key.as_deref().unwrap_or_default();
    let (since, until) = (
        SystemTime::from(search.since),
        SystemTime::from(search.until),
    );
    let all = search.all_users == Some(true);
    let found = state
        .past
        .between(since, until)
        .filter(|run| is_listed(run, &user, all, search.user_uuid.as_ref()) && is_found(run, key));
    let mut runs: Vec<&PastRun> = found.collect();
    runs.sort_by_key(|run| run.started);
    match search.order {
        Some(HistoryOrder::Ascending) => {}
        Some(HistoryOrder::RecordedAscending) => runs.sort_by_key(|run| !run.files().is_empty()),
        Some(HistoryOrder::RecordedDescending) => runs.sort_by_key(|run| run.files().is_empty()),
        _ => runs.reverse(),
    }
    let mut page = ConferencePage::new();
    put_page_of(runs, &search, &mut page, |run| shown(run, &user));
    Ok(page)
}

pub(crate) fn show_his_meeting_detail(
    state: &mut State,
    Member { user, .. }: Member,
    show: ShowHisMeetingDetail,
) -> Result<ConferenceDetail, ServiceError> {
    let run = visible(state, &user, &show.conference_uuid)?;
    let key = show.search_key.as_deref().unwrap_or_default();
    let apart = show.grouping == Some(ParticipantGrouping::Separate);
    let terminals = show.group == Some(ParticipantGroup::Terminals);
    let invited = run.invited.iter().filter(|attendee| {
        let texts = [&attendee.name, &attendee.phone];
        let mut texts = texts
            .into_iter()
            .map(|text| text.as_deref().unwrap_or_default());
        texts.any(|text| text.contains(key)) && (!apart || is_terminal(attendee) == terminals)
    });
    let role = if manages(&user, run) {
        ConferenceRole::Host
    } else {
        ConferenceRole::Guest
    };
    let mut detail = ConferenceDetail::new(shown(run, &user).role(role));
    put_page_of(invited.collect(), &show, &mut detail, listed);
    Ok(detail)
}

pub(crate) fn search_attendance_records_of_his_meeting(
    state: &mut State,
    Member { user, .. }: Member,
    search: SearchAttendanceRecordsOfHisMeeting,
) -> Result<AttendanceRecordPage, ServiceError> {
    let run = visible(state, &user, &search.conference_uuid)?;
    let key = search.search_key.as_deref().unwrap_or_default();
    let stays = run.record.stays.iter();
    let found: Vec<&Stay> = stays
        .filter(|stay| stay.name.contains(key) || stay.number.contains(key))
        .collect();
    let mut page = AttendanceRecordPage::new();
    put_page_of(found, &search, &mut page, |stay| {
        let account = stay.account.as_ref();
        let user = account.and_then(|account| state.directory.user_by_account(account));
        let mut record = attendance(stay, run);
        record.dept_name = user.and_then(|user| state.directory.dept_name(user));
        record
    });
    Ok(page)
}

fn attendance(stay: &Stay, run: &PastRun) -> AttendanceRecord {
    let (device, media) = match stay.device {
        Device::SoftClient => ("PC", "HDVideo"),
        Device::RoomDevice => ("TE50", "HDVideo"),
        Device::Telephone => ("OTHER", "Voice"),
    };
    AttendanceRecord::new()
        .display_name(stay.name.as_str())
        .call_number(stay.number.as_str())
        .device_type(device)
        .joined_at(Timestamp::from(stay.joined))
        .left_at(Timestamp::from(stay.left.unwrap_or(run.ended)))
        .media_type(media)
}

pub(crate) fn search_ctl_records_of_his_meeting(
    state: &mut State,
    Member { user, .. }: Member,
    search: SearchCtlRecordsOfHisMeeting,
) -> Result<ControlRecordPage, ServiceError> {
    let run = visible(state, &user, &search.conference_uuid)?;
    if !manages(&user, run) {
        return Err(errors::NOT_PERMITTED.into());
    }
    let records: Vec<&Controlled> = run.record.controls.iter().collect();
    let mut page = ControlRecordPage::new();
    put_page_of(records, &search, &mut page, |record| {
        let mut shown = ControlRecord::new()
            .operated_at(Timestamp::from(record.at))
            .source(record.operator.as_str())
            .operator(record.operator.as_str())
            .operation(record.operation)
            .result(if record.refused.is_none() {
                "Success"
            } else {
                "Failed"
            })
            .detail(record.refused.as_deref().unwrap_or_default());
        shown.target = record.target.clone();
        shown
    });
    Ok(page)
}
