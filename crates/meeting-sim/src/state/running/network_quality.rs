//! How well a participant is connected, by who sends what to whom and by what was measured.

use std::time::Duration;

use meeting_types::{
    events::NetworkCondition,
    models::{MediaQuality, NetworkQuality, StreamQuality},
};

use crate::state::running::{RunningMeeting, participant::Participant};

/// The delay where nobody measured one.
const DELAY: Duration = Duration::from_millis(20);

/// What a stream carries.
struct Medium {
    codec: &'static str,
    /// In kbit/s.
    bandwidth: u32,
    width: u32,
    height: u32,
    frame_rate: u32,
}

const SOUND: Medium = Medium {
    codec: "OPUS",
    bandwidth: 32,
    width: 0,
    height: 0,
    frame_rate: 0,
};
const PICTURE: Medium = Medium {
    codec: "H.265",
    bandwidth: 1200,
    width: 1280,
    height: 720,
    frame_rate: 25,
};
const SCREEN: Medium = Medium {
    codec: "H.265",
    bandwidth: 1500,
    width: 1920,
    height: 1080,
    frame_rate: 15,
};

/// What was measured of one direction of one medium.
#[derive(Clone, Copy)]
struct Path {
    delay: Duration,
    /// In milliseconds.
    jitter: u32,
    /// In thousandths.
    loss: u32,
}

/// The figures of one participant of those who are in the meeting.
pub(crate) fn of(participant: &Participant, run: &RunningMeeting) -> NetworkQuality {
    let measured = run.network.get(&participant.id);
    let others = || {
        let there = run
            .participants
            .iter()
            .filter(|other| other.is_in_meeting());
        there.filter(|other| other.id != participant.id)
    };
    let delay = measured
        .and_then(|measured| measured.round_trip)
        .unwrap_or(DELAY);
    let figure = |pick: fn(&NetworkCondition) -> Option<u32>| measured.and_then(pick).unwrap_or(0);
    // What is measured counts in hundredths of a percent.
    let up = |loss| Path {
        delay,
        jitter: figure(|of| of.jitter),
        loss: figure(loss) / 10,
    };
    let down = |loss| Path {
        jitter: figure(|of| of.out_jitter),
        ..up(loss)
    };
    let (sound_up, sound_down) = (up(|of| of.audio_in_loss), down(|of| of.audio_out_loss));
    let (picture_up, picture_down) = (up(|of| of.video_in_loss), down(|of| of.video_out_loss));
    let (screen_up, screen_down) = (up(|of| of.share_in_loss), down(|of| of.share_out_loss));

    let sees = participant.device.has_video();
    // All who speak come mixed into one stream.
    let speaks = others().any(|other| !other.muted);
    let seen = others().filter(|other| sees && other.state.camera_on);
    let shared = others().filter(|other| sees && other.state.sharing);
    let from = |other: &Participant, path: Path, medium: &Medium| {
        stream(path, medium).source_participant_id(other.id.clone())
    };
    let conduct = &participant.state;
    let audio = MediaQuality::new()
        .up((!participant.muted).then(|| stream(sound_up, &SOUND)))
        .down(speaks.then(|| stream(sound_down, &SOUND)));
    let video = MediaQuality::new()
        .up(conduct.camera_on.then(|| stream(picture_up, &PICTURE)))
        .down(seen.map(|other| from(other, picture_down, &PICTURE)));
    let aux = MediaQuality::new()
        .up(conduct.sharing.then(|| stream(screen_up, &SCREEN)))
        .down(shared.map(|other| from(other, screen_down, &SCREEN)));
    let all_of = |streams: fn(&MediaQuality) -> &Vec<StreamQuality>| -> u32 {
        let media = [&audio, &video, &aux];
        let streams = media.into_iter().flat_map(streams);
        streams.filter_map(|stream| stream.bandwidth).sum()
    };
    let worst = |paths: [Path; 3]| paths.map(|path| path.loss).into_iter().max().unwrap_or(0);
    let loss_up = worst([sound_up, picture_up, screen_up]);
    let loss_down = worst([sound_down, picture_down, screen_down]);
    NetworkQuality::new()
        .participant_id(participant.id.clone())
        .rating(rating(delay, loss_up.max(loss_down)))
        .bandwidth_up(all_of(|media| &media.up))
        .bandwidth_down(all_of(|media| &media.down))
        .loss_up(loss_up)
        .loss_down(loss_down)
        .delay(delay)
        .audio(audio)
        .video(video)
        .aux_stream(aux)
}

/// From 5, which the documented example has, down to 1.
fn rating(delay: Duration, loss: u32) -> &'static str {
    match (delay.as_millis(), loss) {
        (..=100, ..=10) => "5",
        (..=200, ..=50) => "4",
        (..=400, ..=100) => "3",
        (..=800, ..=200) => "2",
        _ => "1",
    }
}

fn stream(path: Path, medium: &Medium) -> StreamQuality {
    StreamQuality::new()
        .rating(rating(path.delay, path.loss))
        .codec(medium.codec)
        .bandwidth(medium.bandwidth)
        .loss(path.loss)
        .delay(path.delay)
        .jitter(Duration::from_millis(path.jitter.into()))
        .width(medium.width)
        .height(medium.height)
        .frame_rate(medium.frame_rate)
}
