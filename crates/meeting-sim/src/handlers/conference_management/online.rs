//! Meetings that run, and who is in them.

use meeting_types::{
    ServiceError,
    models::{
        CallNumberPresence, ConferenceDetail, ConferenceOwner, ConferencePage, ConferenceRegion,
        ConferenceRole, OnlineParticipant, OnlineParticipantPage, ParticipantRole,
    },
    operations::{
        CheckCallNumberInConf, ListOnlineConfAttendee, SearchOnlineMeetings, ShowConfOrg,
        ShowOnlineMeetingDetail, ShowRegionInfoOfMeeting,
    },
};

use super::meetings::{find, is_invited, listed, shown_to, viewer};
use crate::{
    handlers::{admit::Member, page::put_page_of},
    state::{
        State,
        booking::meetings::{Meeting, Role},
        errors,
        running::participant::Participant,
    },
};

pub(crate) fn search_online_meetings(
    state: &mut State,
    Member { user, .. }: Member,
    search: SearchOnlineMeetings,
) -> Result<ConferencePage, ServiceError> {
    let all = user.is_admin() && search.all_users == Some(true);
    let key = search.search_key.as_deref().unwrap_or_default();
    let mut meetings: Vec<&Meeting> = state
        .meetings
        .values()
        .filter(|meeting| meeting.run().is_some())
        .filter(|meeting| {
            if all {
                meeting.corp_id == user.corp_id
            } else {
                meeting.scheduler == user.uuid || is_invited(meeting, &user)
            }
        })
        .filter(|meeting| meeting.is_found_by(key))
        .collect();
    meetings.sort_by_key(|meeting| meeting.start);
    let mut page = ConferencePage::new();
    put_page_of(meetings, &search, &mut page, |meeting| {
        let role = viewer(meeting, &user).unwrap_or(Role::Guest);
        let mut conference = meeting.conference(role);
        conference.conference_uuid = meeting.run_uuid();
        conference.online_count = meeting.run().and_then(|run| {
            let there = run.participants.iter().filter(|one| one.is_in_meeting());
            u32::try_from(there.count()).ok()
        });
        conference
    });
    Ok(page)
}

pub(crate) fn show_online_meeting_detail(
    state: &mut State,
    Member { user, .. }: Member,
    show: ShowOnlineMeetingDetail,
) -> Result<ConferenceDetail, ServiceError> {
    let meeting = find(state, &show.conference_id)?;
    if meeting.run().is_none() {
        return Err(errors::NO_SUCH_CONFERENCE.into());
    }
    let role = viewer(meeting, &user).ok_or(errors::NOT_VISIBLE)?;
    let key = show.search_key.as_deref().unwrap_or_default();
    let attendees = shown_to(meeting, key, show.grouping.as_ref(), show.group.as_ref());
    let mut conference = meeting.conference(role).role(match role {
        Role::Host => ConferenceRole::Host,
        Role::Guest => ConferenceRole::Guest,
    });
    conference.conference_uuid = meeting.run_uuid();
    let mut detail = ConferenceDetail::new(conference);
    put_page_of(attendees, &show, &mut detail, listed);
    Ok(detail)
}

pub(crate) fn list_online_conf_attendee(
    state: &mut State,
    Member { user, .. }: Member,
    list: ListOnlineConfAttendee,
) -> Result<OnlineParticipantPage, ServiceError> {
    let meeting = find(state, &list.conference_id)?;
    viewer(meeting, &user).ok_or(errors::NOT_VISIBLE)?;
    let run = meeting.run().ok_or(errors::NO_SUCH_CONFERENCE)?;
    let key = list.search_key.as_deref().unwrap_or_default();
    let there = run.participants.iter().filter(|one| one.is_in_meeting());
    let found: Vec<&Participant> = there
        .filter(|one| one.name.contains(key) || one.number.contains(key))
        .collect();
    let directory = &state.directory;
    let mut page = OnlineParticipantPage::new();
    put_page_of(found, &list, &mut page, |one| {
        let mut online = OnlineParticipant::new()
            .participant_id(one.id.clone())
            .name(one.name.as_str())
            .call_number(one.number.as_str())
            .role(if one.host {
                ParticipantRole::Host
            } else {
                ParticipantRole::Guest
            });
        online.account_id = one.account.clone();
        online.user_uuid = one.user_uuid.clone();
        let user = one.user_uuid.as_ref().and_then(|uuid| directory.user(uuid));
        online.third_party_account = user.and_then(|user| user.third_party_account.clone());
        online
    });
    Ok(page)
}

pub(crate) fn check_call_number_in_conf(
    state: &mut State,
    Member { user, .. }: Member,
    check: CheckCallNumberInConf,
) -> Result<CallNumberPresence, ServiceError> {
    let is_there = |meeting: &&Meeting| {
        let people = meeting.run().into_iter().flat_map(|run| &run.participants);
        let mut there = people.filter(|one| one.is_in_meeting());
        meeting.corp_id == user.corp_id && there.any(|one| one.number == check.call_number)
    };
    let meeting = state.meetings.values().find(is_there);
    let mut presence = CallNumberPresence::new(meeting.is_some());
    presence.conference_id = meeting.map(|meeting| meeting.id.clone());
    Ok(presence)
}

pub(crate) fn show_conf_org(
    state: &mut State,
    _: Member,
    show: ShowConfOrg,
) -> Result<ConferenceOwner, ServiceError> {
    let meeting = find(state, &show.conference_id)?;
    Ok(ConferenceOwner::new(meeting.corp_id.clone()))
}

pub(crate) fn show_region_info_of_meeting(
    state: &mut State,
    (): (),
    show: ShowRegionInfoOfMeeting,
) -> Result<ConferenceRegion, ServiceError> {
    find(state, &show.conference_id)?;
    let mut region = ConferenceRegion::new();
    region.region_ip = Some(state.settings.public_ip.clone());
    region.region_host = Some(state.settings.endpoint.host().to_owned());
    Ok(region)
}
