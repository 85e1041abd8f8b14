//! How well a participant is connected, by who sends what to whom.

use meeting_types::{
    events::NetworkCondition,
    models::{MediaQuality, NetworkQuality, StreamQuality},
};

use super::{
    conduct::{Device, Network},
    participants::Participant,
};

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

/// The figures of one participant of those who are in the meeting.
pub(crate) fn of(participant: &Participant, all: &[Participant]) -> NetworkQuality {
    let network = participant.conduct.network;
    let others = || {
        all.iter()
            .filter(|other| other.is_in_meeting() && other.id != participant.id)
    };
    let send = |medium: &Medium| stream(network, medium);
    let sees = participant.device != Device::Telephone;
    // All who speak come mixed into one stream.
    let speaks = others().any(|other| !other.muted);
    let seen = others().filter(|other| sees && other.conduct.camera_on);
    let shared = others().filter(|other| sees && other.conduct.sharing);
    let from =
        |other: &Participant, medium: &Medium| send(medium).source_participant_id(other.id.clone());
    let audio = MediaQuality::new()
        .up((!participant.muted).then(|| send(&SOUND)))
        .down(speaks.then(|| send(&SOUND)));
    let video = MediaQuality::new()
        .up(participant.conduct.camera_on.then(|| send(&PICTURE)))
        .down(seen.map(|other| from(other, &PICTURE)));
    let aux = MediaQuality::new()
        .up(participant.conduct.sharing.then(|| send(&SCREEN)))
        .down(shared.map(|other| from(other, &SCREEN)));
    let all_of = |streams: fn(&MediaQuality) -> &Vec<StreamQuality>| -> u32 {
        let media = [&audio, &video, &aux];
        let streams = media.into_iter().flat_map(streams);
        streams.filter_map(|stream| stream.bandwidth).sum()
    };
    NetworkQuality::new()
        .participant_id(participant.id.clone())
        .rating(rating(network))
        .bandwidth_up(all_of(|media| &media.up))
        .bandwidth_down(all_of(|media| &media.down))
        .loss_up(network.loss)
        .loss_down(network.loss)
        .delay(network.delay)
        .audio(audio)
        .video(video)
        .aux_stream(aux)
}

/// What the pushes tell of a connection. The only grade that is documented is the good one, so none is
/// told; flows are told by [`of`] alone.
pub(crate) fn condition(participant: &Participant) -> NetworkCondition {
    let network = participant.conduct.network;
    let jitter = u32::try_from((network.delay / 10).as_millis()).unwrap_or(u32::MAX);
    // Pushes count in hundredths of a percent.
    let loss = network.loss.saturating_mul(10);
    let condition = NetworkCondition::new(participant.id.clone())
        .round_trip(network.delay)
        .jitter(jitter)
        .out_jitter(jitter)
        .audio_in_loss(loss)
        .audio_out_loss(loss);
    if participant.device.has_video() {
        condition.video_in_loss(loss).video_out_loss(loss)
    } else {
        condition
    }
}

/// From 5, which the documented example has, down to 1.
fn rating(network: Network) -> &'static str {
    match (network.delay.as_millis(), network.loss) {
        (..=100, ..=10) => "5",
        (..=200, ..=50) => "4",
        (..=400, ..=100) => "3",
        (..=800, ..=200) => "2",
        _ => "1",
    }
}

fn stream(network: Network, medium: &Medium) -> StreamQuality {
    StreamQuality::new()
        .rating(rating(network))
        .codec(medium.codec)
        .bandwidth(medium.bandwidth)
        .loss(network.loss)
        .delay(network.delay)
        .jitter(network.delay / 10)
        .width(medium.width)
        .height(medium.height)
        .frame_rate(medium.frame_rate)
}
