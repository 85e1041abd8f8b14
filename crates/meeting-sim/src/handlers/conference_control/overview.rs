//! Who is in a running meeting, how well they are connected, and whether the service works.

use meeting_types::{
    ConferenceCredential, ParticipantId, ServiceError,
    models::{
        ManagementSite, ManagementSiteStatus, NetworkQualityOutput, RealTimeAttendee, RealTimeInfo,
        RealTimeParticipant, RealTimeRoles, RealTimeState,
    },
    operations::{ListNetworkQuality, ShowMgmtSiteStatus, ShowRealTimeInfoOfMeeting},
};

use super::run;
use crate::{
    dispatch::Routes,
    refusal,
    state::{State, control::Control, participants::Participant, quality},
};

pub(super) fn add(routes: Routes) -> Routes {
    routes
        .on::<ShowRealTimeInfoOfMeeting>(show_real_time_info)
        .on::<ListNetworkQuality>(list_network_quality)
        .on::<ShowMgmtSiteStatus>(show_mgmt_site_status)
}

fn show_real_time_info(
    state: &mut State,
    control: Control,
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
            .hand_raised(p.conduct.hand_raised)
    };
    let invited = run.invited.iter().map(|invited| {
        let mut attendee = RealTimeAttendee::new();
        attendee.account_id = invited.account_id.clone();
        attendee.user_uuid = invited.user_uuid.clone();
        attendee.name = invited.name.clone();
        attendee.phone = invited.phone.clone();
        attendee
    });
    let cohosts = run.participants.iter().filter(|p| p.conduct.cohost);
    let mut roles = RealTimeRoles::new().cohost_ids(cohosts.map(|p| p.id.clone()));
    roles.host_id = run.host().map(|host| host.id.clone());
    Ok(RealTimeInfo::new()
        .participants(run.participants.iter().map(participant))
        .attendees(invited)
        .roles(roles))
}

fn list_network_quality(
    state: &mut State,
    (): (),
    ask: ListNetworkQuality,
) -> Result<NetworkQualityOutput, ServiceError> {
    // This operation alone carries its token elsewhere; it is the same token.
    let given = ConferenceCredential::new(ask.conference_id, ask.control_token.expose());
    let control = state.control_of(&given)?;
    if control.run != ask.conference_uuid {
        return Err(refusal::NOT_FOUND_OR_REFUSED.into());
    }
    let run = run(state, &control)?;
    let wanted = |id: &ParticipantId| {
        ask.participants.as_ref().is_none_or(|targets| {
            let mut ids = targets.iter().map(|target| target.participant_id.as_ref());
            ids.any(|wanted| wanted == Some(id))
        })
    };
    let there = run.participants.iter().filter(|p| p.is_in_meeting());
    let asked = there.filter(|p| wanted(&p.id));
    Ok(NetworkQualityOutput::new()
        .return_code(0)
        .return_description("SUCCESS")
        .participants(asked.map(|p| quality::of(p, run))))
}

fn show_mgmt_site_status(
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
