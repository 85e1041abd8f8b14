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

use crate::{
    handlers::admit::Host,
    handlers::conference_control::control::run,
    state::{
        State, errors,
        logins::control_tokens::ControlToken,
        running::{
            RunningMeeting,
            participant::Participant,
            saved_layouts::{Asked, DEFAULT_PERIOD, picture_count},
            settings,
            video_layout::{Arrangement, WatchTarget, seconds},
        },
    },
    vocabulary::Device,
};

/// The run of a meeting that has pictures, for its host.
fn video_run<'a>(
    state: &'a mut State,
    control: &ControlToken,
) -> Result<&'a mut RunningMeeting, ServiceError> {
    let meeting = state.meetings.get_mut(&control.conference);
    let meeting = meeting.ok_or(errors::NOT_FOUND_OR_REFUSED)?;
    if settings::is_voice_only(&meeting.booking) {
        return Err(errors::VOICE_MEETING.into());
    }
    meeting.running()
}

pub(crate) fn broadcast_participant(
    state: &mut State,
    Host(control): Host,
    broadcast: BroadcastParticipant,
) -> Result<(), ServiceError> {
    video_run(state, &control)?.broadcast(&broadcast.participant_id)
}

pub(crate) fn rollcall_participant(
    state: &mut State,
    Host(control): Host,
    call: RollcallParticipant,
) -> Result<(), ServiceError> {
    run(state, &control)?.give_floor(&call.participant_id)
}

pub(crate) fn cancel_broadcast(
    state: &mut State,
    Host(control): Host,
    _: CancelBroadcast,
) -> Result<(), ServiceError> {
    run(state, &control)?.layout.free();
    Ok(())
}

pub(crate) fn set_custom_multi_picture(
    state: &mut State,
    Host(control): Host,
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
        run.layout.set_pending(arrangement);
    } else {
        run.layout.arrange(arrangement);
    }
    Ok(())
}

pub(crate) fn set_multi_picture(
    state: &mut State,
    Host(control): Host,
    set: SetMultiPicture,
) -> Result<(), ServiceError> {
    let run = video_run(state, &control)?;
    let period = set.switch_interval.unwrap_or(DEFAULT_PERIOD);
    let arrangement = if set.manual {
        let layout = set.layout_type;
        if layout.as_ref().is_some_and(|layout| !is_old(layout)) {
            return Err(errors::LAYOUT_UNKNOWN.into());
        }
        let by_id = |person: &Participant, id: &str| person.id.as_str() == id;
        by_hand(run, layout, set.pictures, period, by_id)?
    } else {
        Arrangement::Automatic(period)
    };
    run.layout.arrange(arrangement);
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
    run: &RunningMeeting,
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
            let person = person.ok_or(errors::NO_SUCH_PARTICIPANT)?;
            if !person.device.has_video() {
                return Err(errors::VOICE_SITE_IN_PICTURE.into());
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

pub(crate) fn switch_mode(
    state: &mut State,
    Host(control): Host,
    switch: SwitchMode,
) -> Result<(), ServiceError> {
    let layout = &mut video_run(state, &control)?.layout;
    match (switch.mode, switch.multi_picture) {
        (VideoSwitchMode::Voice, several) => layout.follow_voice(several),
        (VideoSwitchMode::Fixed, true) => layout.follow_host(),
        // The table of the reference allows one picture by voice only, and the request does not say
        // whose picture it would be.
        (VideoSwitchMode::Fixed, false) => return Err(errors::PICTURE_TYPE.into()),
        _ => return Err(errors::DISPLAY_MODE.into()),
    }
    Ok(())
}

pub(crate) fn set_host_view(
    state: &mut State,
    Host(control): Host,
    set: SetHostView,
) -> Result<(), ServiceError> {
    let run = video_run(state, &control)?;
    let host = run.host().ok_or(errors::NO_HOST)?;
    // A program gets all streams and arranges them itself; a telephone is never the host.
    if host.device != Device::RoomDevice {
        return Err(errors::HOST_ON_CLIENT.into());
    }
    let host = host.id.clone();
    let target = match set.target {
        ViewTarget::Polling => match set.poll {
            Some(true) => WatchTarget::Polling,
            Some(false) => {
                run.layout.stop_polling(&host);
                return Ok(());
            }
            None => return Err(errors::SWITCH_VALUE.into()),
        },
        ViewTarget::MultiPicture => WatchTarget::Several,
        ViewTarget::Participant => {
            let source = set.source_id.ok_or(errors::NO_SUCH_PARTICIPANT)?;
            run.visible(&source)?;
            WatchTarget::Site(source)
        }
        _ => return Err(errors::VIEW_TYPE.into()),
    };
    run.layout.watch(&host, target)
}

/// Checks that a room device can watch a site.
fn check_view(
    run: &mut RunningMeeting,
    viewer: &ParticipantId,
    source: &ParticipantId,
) -> Result<(), ServiceError> {
    if run.participant(viewer)?.device != Device::RoomDevice {
        return Err(errors::ORDINARY_SITE.into());
    }
    run.visible(source).map(drop)
}

pub(crate) fn set_participant_view(
    state: &mut State,
    Host(control): Host,
    set: SetParticipantView,
) -> Result<(), ServiceError> {
    let run = video_run(state, &control)?;
    if set.target != ViewTarget::Participant {
        return Err(errors::VIEW_TYPE.into());
    }
    check_view(run, &set.viewer_id, &set.source_id)?;
    run.layout
        .watch(&set.viewer_id, WatchTarget::Site(set.source_id))
}

pub(crate) fn lock_view(
    state: &mut State,
    Host(control): Host,
    lock: LockView,
) -> Result<(), ServiceError> {
    let run = video_run(state, &control)?;
    check_view(run, &lock.viewer_id, &lock.source_id)?;
    if lock.lock {
        run.layout.lock_view(&lock.viewer_id, lock.source_id);
    } else {
        run.layout.unlock_view(&lock.viewer_id);
    }
    Ok(())
}

// Whoever may look on may see what is saved.
pub(crate) fn show_layout(
    state: &mut State,
    control: ControlToken,
    _: ShowLayout,
) -> Result<SavedLayoutList, ServiceError> {
    let run = run(state, &control)?;
    let layouts = run.layout.layouts.shown(&run.participants);
    Ok(SavedLayoutList::new().layouts(layouts))
}

pub(crate) fn save_layout(
    state: &mut State,
    Host(control): Host,
    save: SaveLayout,
) -> Result<(), ServiceError> {
    video_run(state, &control)?;
    // The run is borrowed anew, beside the random numbers.
    let (meetings, random) = (&mut state.meetings, &mut state.random);
    let meeting = meetings.get_mut(&control.conference);
    let run = meeting.ok_or(errors::NOT_FOUND_OR_REFUSED)?.running()?;
    run.layout.layouts.save(save.layout, random)
}

pub(crate) fn delete_layout(
    state: &mut State,
    Host(control): Host,
    delete: DeleteLayout,
) -> Result<(), ServiceError> {
    let run = run(state, &control)?;
    run.layout.layouts.delete(&delete.layout_id)
}
