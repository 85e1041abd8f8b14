//! How well participants are connected.

use meeting_types::{
    ConferenceCredential, ParticipantId, ServiceError, models::NetworkQualityOutput,
    operations::ListNetworkQuality,
};

use crate::state::{State, errors, running::network_quality};

pub(crate) fn list_network_quality(
    state: &mut State,
    (): (),
    ask: ListNetworkQuality,
) -> Result<NetworkQualityOutput, ServiceError> {
    // This operation alone carries its token elsewhere; it is the same token.
    let given = ConferenceCredential::new(ask.conference_id, ask.control_token.expose());
    let control = state.control_of(&given)?;
    if control.run != ask.conference_uuid {
        return Err(errors::NOT_FOUND_OR_REFUSED.into());
    }
    let meeting = state.meetings.get_mut(&control.conference);
    let run = meeting.ok_or(errors::NOT_FOUND_OR_REFUSED)?.running()?;
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
        .participants(asked.map(|p| network_quality::of(p, run))))
}
