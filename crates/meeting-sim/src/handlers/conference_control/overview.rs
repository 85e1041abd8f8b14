//! Who is in a running meeting, how well they are connected, and whether the service works.

use meeting_types::{
    ServiceError,
    models::{
        ManagementSite, ManagementSiteStatus, RealTimeAttendee, RealTimeInfo, RealTimeParticipant,
        RealTimeRoles, RealTimeState,
    },
    operations::{ShowMgmtSiteStatus, ShowRealTimeInfoOfMeeting},
};

use crate::{
    handlers::conference_control::control::run,
    state::{State, logins::control_tokens::ControlToken, running::participant::Participant},
};

pub(crate) fn show_real_time_info_of_meeting(
    state: &mut State,
    control: ControlToken,
    _: ShowRealTimeInfoOfMeeting,
) -> Result<RealTimeInfo, ServiceError> {
    let run = run(state, &control)?;
    let participant = |p: &Participant| {
        RealTimeParticipant::new(p.id.clone())
            .name(p.name.as_str())
            .phone(p.number.as_str())
            .state(if p.is_in_meeting() {
                RealTimeState::InMeeting
            } else {
                RealTimeState::Calling
            })
            .video(p.device.has_video())
            .muted(p.muted)
            .hand_raised(p.state.hand_raised)
    };
    let invited = run.invited.iter().map(|invited| {
        let mut attendee = RealTimeAttendee::new();
        attendee.account_id = invited.account_id.clone();
        attendee.user_uuid = invited.user_uuid.clone();
        attendee.name = invited.name.clone();
        attendee.phone = invited.phone.clone();
        attendee
    });
    let cohosts = run.participants.iter().filter(|p| p.state.cohost);
    let mut roles = RealTimeRoles::new().cohost_ids(cohosts.map(|p| p.id.clone()));
    roles.host_id = run.host().map(|host| host.id.clone());
    Ok(RealTimeInfo::new()
        .participants(run.participants.iter().map(participant))
        .attendees(invited)
        .roles(roles))
}

pub(crate) fn show_mgmt_site_status(
    state: &mut State,
    (): (),
    _: ShowMgmtSiteStatus,
) -> Result<ManagementSite, ServiceError> {
    let redirect = &state.management_redirect;
    let status = match redirect {
        None => ManagementSiteStatus::Working,
        Some(_) => ManagementSiteStatus::Faulty,
    };
    Ok(ManagementSite::new(status).redirect_join_url(redirect.clone().unwrap_or_default()))
}
