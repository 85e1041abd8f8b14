//! Control of what is shown in a meeting.

use std::time::Duration;

use meeting_types::{
    ParticipantId, ServiceError,
    events::{MultiPicture, Picture},
    models::{LayoutType, PictureContent, SavedLayoutList, VideoSwitchMode, ViewTarget},
    operations::{
        BroadcastParticipant, CancelBroadcast, DeleteLayout, LockView, RollcallParticipant,
        SaveLayout, SetCustomMultiPicture, SetHostView, SetMultiPicture, SetParticipantView,
        ShowLayout, SwitchMode,
    },
};

use super::{host_only, run};
use crate::{
    dispatch::Routes,
    refusal,
    stage::Device,
    state::{
        State,
        control::Control,
        layouts::{Asked, picture_count},
        participants::Participant,
        pictures::{Arrangement, DEFAULT_PERIOD, Watched, seconds},
        run::Run,
    },
};

pub(super) fn add(routes: Routes) -> Routes {
    routes
        .on::<BroadcastParticipant>(broadcast_participant)
        .on::<RollcallParticipant>(rollcall_participant)
        .on::<CancelBroadcast>(cancel_broadcast)
        .on::<SetCustomMultiPicture>(set_custom_multi_picture)
        .on::<SetMultiPicture>(set_multi_picture)
        .on::<SwitchMode>(switch_mode)
        .on::<SetHostView>(set_host_view)
        .on::<SetParticipantView>(set_participant_view)
        .on::<LockView>(lock_view)
        .on_with_verdict::<ShowLayout>(show_layout)
        .on::<SaveLayout>(save_layout)
        .on::<DeleteLayout>(delete_layout)
}

/// The run of a meeting that has pictures, for its host.
fn video_run<'a>(state: &'a mut State, control: &Control) -> Result<&'a mut Run, ServiceError> {
    host_only(control)?;
    let meeting = state.meetings.get_mut(&control.conference);
    let meeting = meeting.ok_or(refusal::NOT_FOUND_OR_REFUSED)?;
    if meeting.is_voice_only() {
        return Err(refusal::VOICE_MEETING.into());
    }
    meeting.running()
}

fn broadcast_participant(
    state: &mut State,
    control: Control,
    broadcast: BroadcastParticipant,
) -> Result<(), ServiceError> {
    video_run(state, &control)?.broadcast(&broadcast.participant_id)
}

fn rollcall_participant(
    state: &mut State,
    control: Control,
    call: RollcallParticipant,
) -> Result<(), ServiceError> {
    host_only(&control)?;
    run(state, &control)?.give_floor(&call.participant_id)
}

fn cancel_broadcast(
    state: &mut State,
    control: Control,
    _: CancelBroadcast,
) -> Result<(), ServiceError> {
    host_only(&control)?;
    run(state, &control)?.pictures.free();
    Ok(())
}

fn set_custom_multi_picture(
    state: &mut State,
    control: Control,
    set: SetCustomMultiPicture,
) -> Result<(), ServiceError> {
    let run = video_run(state, &control)?;
    let period = set.switch_interval.unwrap_or(DEFAULT_PERIOD);
    let arrangement = if set.manual {
        let by_number = |person: &Participant, number: &str| person.number == number;
        by_hand(run, set.layout_type, set.pictures, period, by_number)?
    } else {
        Arrangement::Automatic(period)
    };
    if set.save_only == Some(true) {
        run.pictures.keep(arrangement);
    } else {
        run.pictures.arrange(arrangement);
    }
    Ok(())
}

fn set_multi_picture(
    state: &mut State,
    control: Control,
    set: SetMultiPicture,
) -> Result<(), ServiceError> {
    let run = video_run(state, &control)?;
    let period = set.switch_interval.unwrap_or(DEFAULT_PERIOD);
    let arrangement = if set.manual {
        let layout = set.layout_type;
        if layout.as_ref().is_some_and(|layout| !is_old(layout)) {
            return Err(refusal::LAYOUT_UNKNOWN.into());
        }
        let by_id = |person: &Participant, id: &str| person.id.as_str() == id;
        by_hand(run, layout, set.pictures, period, by_id)?
    } else {
        Arrangement::Automatic(period)
    };
    run.pictures.arrange(arrangement);
    Ok(())
}

/// Whether a layout is one of those that the old operation knows.
fn is_old(layout: &LayoutType) -> bool {
    matches!(
        layout,
        LayoutType::Single
            | LayoutType::Two
            | LayoutType::Three
            | LayoutType::Four
            | LayoutType::Six
            | LayoutType::Nine
            | LayoutType::Sixteen
    )
}

/// An arrangement by hand, if it can be made. `is` says whether a name in it means a site.
fn by_hand(
    run: &Run,
    layout: Option<LayoutType>,
    pictures: Option<Vec<PictureContent>>,
    period: Duration,
    is: impl Fn(&Participant, &str) -> bool,
) -> Result<Arrangement, ServiceError> {
    let pictures = pictures.unwrap_or_default();
    let asked: Vec<Asked> = pictures.iter().map(asked).collect();
    let count = picture_count(layout.as_ref(), &asked)?;
    let mut resolved = Vec::new();
    for picture in pictures {
        let mut ids = Vec::new();
        for name in picture.participants.iter().flatten() {
            let person = run.participants.iter().find(|person| is(person, name));
            let person = person.ok_or(refusal::NO_SUCH_PARTICIPANT)?;
            if !person.device.has_video() {
                return Err(refusal::VOICE_SITE_IN_PICTURE.into());
            }
            ids.push(person.id.clone());
        }
        let share = picture.aux_stream.unwrap_or(false);
        resolved.push(Picture::new(picture.index, ids).share(share));
    }
    let arrangement = MultiPicture::new(count).pictures(resolved);
    Ok(Arrangement::Manual(arrangement.period(seconds(period))))
}

fn asked(picture: &PictureContent) -> Asked {
    Asked {
        index: picture.index,
        sites: picture.participants.as_ref().map_or(0, Vec::len),
        share: picture.aux_stream.unwrap_or(false),
    }
}

fn switch_mode(
    state: &mut State,
    control: Control,
    switch: SwitchMode,
) -> Result<(), ServiceError> {
    let pictures = &mut video_run(state, &control)?.pictures;
    match (switch.mode, switch.multi_picture) {
        (VideoSwitchMode::Voice, several) => pictures.follow_voice(several),
        (VideoSwitchMode::Fixed, true) => pictures.follow_host(),
        // The table of the reference allows one picture by voice only, and the request does not say
        // whose picture it would be.
        (VideoSwitchMode::Fixed, false) => return Err(refusal::PICTURE_TYPE.into()),
        _ => return Err(refusal::DISPLAY_MODE.into()),
    }
    Ok(())
}

fn set_host_view(
    state: &mut State,
    control: Control,
    set: SetHostView,
) -> Result<(), ServiceError> {
    let run = video_run(state, &control)?;
    let host = run.host().ok_or(refusal::NO_HOST)?;
    // A program gets all streams and arranges them itself; a telephone is never the host.
    if host.device != Device::RoomDevice {
        return Err(refusal::HOST_ON_CLIENT.into());
    }
    let host = host.id.clone();
    let target = match set.target {
        ViewTarget::Polling => match set.poll {
            Some(true) => Watched::Polling,
            Some(false) => {
                run.pictures.stop_polling(&host);
                return Ok(());
            }
            None => return Err(refusal::SWITCH_VALUE.into()),
        },
        ViewTarget::MultiPicture => Watched::Several,
        ViewTarget::Participant => {
            let source = set.source_id.ok_or(refusal::NO_SUCH_PARTICIPANT)?;
            run.visible(&source)?;
            Watched::Site(source)
        }
        _ => return Err(refusal::VIEW_TYPE.into()),
    };
    run.pictures.watch(&host, target)
}

/// Checks that a room device can watch a site.
fn check_view(
    run: &mut Run,
    viewer: &ParticipantId,
    source: &ParticipantId,
) -> Result<(), ServiceError> {
    if run.participant(viewer)?.device != Device::RoomDevice {
        return Err(refusal::ORDINARY_SITE.into());
    }
    run.visible(source).map(drop)
}

fn set_participant_view(
    state: &mut State,
    control: Control,
    set: SetParticipantView,
) -> Result<(), ServiceError> {
    let run = video_run(state, &control)?;
    if set.target != ViewTarget::Participant {
        return Err(refusal::VIEW_TYPE.into());
    }
    check_view(run, &set.viewer_id, &set.source_id)?;
    run.pictures
        .watch(&set.viewer_id, Watched::Site(set.source_id))
}

fn lock_view(state: &mut State, control: Control, lock: LockView) -> Result<(), ServiceError> {
    let run = video_run(state, &control)?;
    check_view(run, &lock.viewer_id, &lock.source_id)?;
    if lock.lock {
        run.pictures.lock_view(&lock.viewer_id, lock.source_id);
    } else {
        run.pictures.unlock_view(&lock.viewer_id);
    }
    Ok(())
}

// Whoever may look on may see what is saved.
fn show_layout(
    state: &mut State,
    control: Control,
    _: ShowLayout,
) -> Result<SavedLayoutList, ServiceError> {
    let run = run(state, &control)?;
    let layouts = run.pictures.layouts.shown(&run.participants);
    Ok(SavedLayoutList::new().layouts(layouts))
}

fn save_layout(state: &mut State, control: Control, save: SaveLayout) -> Result<(), ServiceError> {
    video_run(state, &control)?;
    // The run is borrowed anew, beside the random numbers.
    let (meetings, random) = (&mut state.meetings, &mut state.random);
    let meeting = meetings.get_mut(&control.conference);
    let run = meeting.ok_or(refusal::NOT_FOUND_OR_REFUSED)?.running()?;
    run.pictures.layouts.save(save.layout, random)
}

fn delete_layout(
    state: &mut State,
    control: Control,
    delete: DeleteLayout,
) -> Result<(), ServiceError> {
    host_only(&control)?;
    let run = run(state, &control)?;
    run.pictures.layouts.delete(&delete.layout_id)
}
