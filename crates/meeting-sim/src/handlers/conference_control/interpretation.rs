//! Control of interpretation.

use meeting_types::{
    CorpId, ServiceError,
    models::{DigitalAsset, DigitalAssetKind, DigitalAssetList},
    operations::{
        ResumeSimultaneousInterpretation, SearchCorpDigitalInfoList, SearchPrivateCorpDigitalInfo,
        SetAttendeeLanChannel, SetInterpreterGroup,
    },
};

use crate::{
    handlers::admit::Host,
    handlers::conference_control::control::host_only,
    state::{
        State, booking::meetings::Meeting, errors, logins::control_tokens::ControlToken,
        running::RunningMeeting,
    },
};

/// The run of a meeting that was booked with interpretation.
fn interpreted(meeting: Option<&mut Meeting>) -> Result<&mut RunningMeeting, ServiceError> {
    let meeting = meeting.ok_or(errors::NOT_FOUND_OR_REFUSED)?;
    if meeting.booking.simultaneous_interpretation != Some(true) {
        return Err(errors::NO_INTERPRETATION.into());
    }
    meeting.running()
}

pub(crate) fn set_interpreter_group(
    state: &mut State,
    Host(control): Host,
    set: SetInterpreterGroup,
) -> Result<(), ServiceError> {
    let run = interpreted(state.meetings.get_mut(&control.conference))?;
    run.interpretation
        .set_groups(set.groups, &state.directory, &state.resources)
}

pub(crate) fn resume_simultaneous_interpretation(
    state: &mut State,
    Host(control): Host,
    resume: ResumeSimultaneousInterpretation,
) -> Result<(), ServiceError> {
    let run = interpreted(state.meetings.get_mut(&control.conference))?;
    run.interpretation.switch(resume.enabled)
}

pub(crate) fn set_attendee_lan_channel(
    state: &mut State,
    Host(control): Host,
    set: SetAttendeeLanChannel,
) -> Result<(), ServiceError> {
    let run = interpreted(state.meetings.get_mut(&control.conference))?;
    run.interpretation.set_channel(set, &run.participants)
}

pub(crate) fn search_corp_digital_info_list(
    state: &mut State,
    control: ControlToken,
    search: SearchCorpDigitalInfoList,
) -> Result<DigitalAssetList, ServiceError> {
    let corp_id = corp_of(state, &control)?;
    if !matches!(
        search.kind,
        DigitalAssetKind::Public | DigitalAssetKind::Local
    ) {
        return Err(errors::PARAMETER.with_message("`type` is neither `PUBLIC` nor `LOCAL`"));
    }
    let voices = state.resources.voices(&search.kind, Some(&search.language));
    let mut assets: Vec<DigitalAsset> = voices.cloned().collect();
    if search.kind == DigitalAssetKind::Local {
        own(&mut assets, &corp_id);
    }
    Ok(DigitalAssetList::new().assets(assets))
}

pub(crate) fn search_private_corp_digital_info(
    state: &mut State,
    control: ControlToken,
    search: SearchPrivateCorpDigitalInfo,
) -> Result<DigitalAssetList, ServiceError> {
    let corp_id = corp_of(state, &control)?;
    let voices = state
        .resources
        .voices(&DigitalAssetKind::Private, search.language.as_deref());
    let of_speaker =
        |asset: &&DigitalAsset| asset.presenter_account.as_ref() == Some(&search.account);
    let mut assets: Vec<DigitalAsset> = voices.filter(of_speaker).cloned().collect();
    own(&mut assets, &corp_id);
    Ok(DigitalAssetList::new().assets(assets))
}

/// The enterprise that a host's meeting belongs to.
fn corp_of(state: &State, control: &ControlToken) -> Result<CorpId, ServiceError> {
    host_only(control)?;
    let meeting = state.meetings.get(&control.conference);
    let meeting = meeting.ok_or(errors::NOT_FOUND_OR_REFUSED)?;
    Ok(meeting.corp_id.clone())
}

/// Voices that are not everybody's belong to the enterprise.
fn own(assets: &mut [DigitalAsset], corp_id: &CorpId) {
    for asset in assets {
        asset.corp_id.get_or_insert_with(|| corp_id.clone());
    }
}
