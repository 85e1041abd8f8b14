//! Control of interpretation.

use meeting_types::{
    CorpId, ServiceError,
    models::{DigitalAsset, DigitalAssetKind, DigitalAssetList},
    operations::{
        ResumeSimultaneousInterpretation, SearchCorpDigitalInfoList, SearchPrivateCorpDigitalInfo,
        SetAttendeeLanChannel, SetInterpreterGroup,
    },
};

use super::host_only;
use crate::{
    dispatch::Routes,
    refusal,
    state::{State, control::Control, meetings::Meeting, run::Run},
};

pub(super) fn add(routes: Routes) -> Routes {
    routes
        .on::<SetInterpreterGroup>(set_interpreter_group)
        .on::<ResumeSimultaneousInterpretation>(resume_simultaneous_interpretation)
        .on::<SetAttendeeLanChannel>(set_attendee_lan_channel)
        .on_with_verdict::<SearchCorpDigitalInfoList>(search_corp_digital_info_list)
        .on_with_verdict::<SearchPrivateCorpDigitalInfo>(search_private_corp_digital_info)
}

/// The run of a meeting that was booked with interpretation.
fn interpreted(meeting: Option<&mut Meeting>) -> Result<&mut Run, ServiceError> {
    let meeting = meeting.ok_or(refusal::NOT_FOUND_OR_REFUSED)?;
    if meeting.booking.simultaneous_interpretation != Some(true) {
        return Err(refusal::NO_INTERPRETATION.into());
    }
    meeting.running()
}

fn set_interpreter_group(
    state: &mut State,
    control: Control,
    set: SetInterpreterGroup,
) -> Result<(), ServiceError> {
    host_only(&control)?;
    let run = interpreted(state.meetings.get_mut(&control.conference))?;
    run.interpretation
        .set_groups(set.groups, &state.directory, &state.backends)
}

fn resume_simultaneous_interpretation(
    state: &mut State,
    control: Control,
    resume: ResumeSimultaneousInterpretation,
) -> Result<(), ServiceError> {
    host_only(&control)?;
    let run = interpreted(state.meetings.get_mut(&control.conference))?;
    run.interpretation.switch(resume.enabled)
}

fn set_attendee_lan_channel(
    state: &mut State,
    control: Control,
    set: SetAttendeeLanChannel,
) -> Result<(), ServiceError> {
    host_only(&control)?;
    let run = interpreted(state.meetings.get_mut(&control.conference))?;
    run.interpretation.set_channel(set, &run.participants)
}

fn search_corp_digital_info_list(
    state: &mut State,
    control: Control,
    search: SearchCorpDigitalInfoList,
) -> Result<DigitalAssetList, ServiceError> {
    let corp_id = corp_of(state, &control)?;
    if !matches!(
        search.kind,
        DigitalAssetKind::Public | DigitalAssetKind::Local
    ) {
        return Err(refusal::PARAMETER.because("`type` is neither `PUBLIC` nor `LOCAL`"));
    }
    let voices = state.backends.voices(&search.kind, Some(&search.language));
    let mut assets: Vec<DigitalAsset> = voices.cloned().collect();
    if search.kind == DigitalAssetKind::Local {
        own(&mut assets, &corp_id);
    }
    Ok(DigitalAssetList::new().assets(assets))
}

fn search_private_corp_digital_info(
    state: &mut State,
    control: Control,
    search: SearchPrivateCorpDigitalInfo,
) -> Result<DigitalAssetList, ServiceError> {
    let corp_id = corp_of(state, &control)?;
    let voices = state
        .backends
        .voices(&DigitalAssetKind::Private, search.language.as_deref());
    let of_speaker =
        |asset: &&DigitalAsset| asset.presenter_account.as_ref() == Some(&search.account);
    let mut assets: Vec<DigitalAsset> = voices.filter(of_speaker).cloned().collect();
    own(&mut assets, &corp_id);
    Ok(DigitalAssetList::new().assets(assets))
}

/// The enterprise that a host's meeting belongs to.
fn corp_of(state: &State, control: &Control) -> Result<CorpId, ServiceError> {
    host_only(control)?;
    let meeting = state.meetings.get(&control.conference);
    let meeting = meeting.ok_or(refusal::NOT_FOUND_OR_REFUSED)?;
    Ok(meeting.corp_id.clone())
}

/// Voices that are not everybody's belong to the enterprise.
fn own(assets: &mut [DigitalAsset], corp_id: &CorpId) {
    for asset in assets {
        asset.corp_id.get_or_insert_with(|| corp_id.clone());
    }
}
