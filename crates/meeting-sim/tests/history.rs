//! Runs that are over, who was there, who controlled what, and recordings: all derived from what happened.

#![allow(clippy::unwrap_used, reason = "tests may panic, their helpers too")]

mod support;

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use meeting_sim::{Device, MeetingPlan, SimMeeting, SimParticipant, Simulator, Visitor};
use meeting_types::{
    AccessToken, ConferenceCredential, ConferenceUuid, Timestamp,
    models::{AttendanceRecord, Conference, RecordType},
    operations::{
        DeleteRecordings, MuteMeeting, MuteParticipant, Record,
        SearchAttendanceRecordsOfHisMeeting, SearchCtlRecordsOfHisMeeting, SearchHisMeetings,
        SearchRecordings, ShowHisMeetingDetail, ShowRecordInfo, ShowRecordingDetail,
        ShowRecordingFileDownloadUrls, StopMeeting,
    },
};
use proptest::prelude::*;
use support::{bad, bookings::log_in_as, call, control, control_by, log_in, refused, send};

const MINUTE: Duration = Duration::from_secs(60);

fn runs(sim: &Simulator, token: &AccessToken) -> Vec<Conference> {
    let (since, until) = (SystemTime::UNIX_EPOCH, sim.now());
    let search = SearchHisMeetings::new(Timestamp::from(since), Timestamp::from(until));
    call(sim, &search.all_users(true), token).unwrap().data
}

fn attendance(sim: &Simulator, token: &AccessToken, run: &ConferenceUuid) -> Vec<AttendanceRecord> {
    let search = SearchAttendanceRecordsOfHisMeeting::new(run.clone());
    call(sim, &search.limit(500_u32), token).unwrap().data
}

/// A meeting that can be recorded, its control, and the administrator's token.
fn recordable(sim: &Simulator) -> (SimMeeting, ConferenceCredential) {
    let plan = MeetingPlan::running("Weekly").record_type(RecordType::Record);
    let meeting = sim.create_meeting(plan);
    let control = control(sim, &meeting);
    (meeting, control)
}

#[test]
fn a_run_is_listed_once_it_is_over() {
    let sim = Simulator::start().unwrap();
    let token = log_in(&sim);
    let (meeting, control) = recordable(&sim);
    assert!(runs(&sim, &token).is_empty());
    meeting.join("Ann").unwrap();
    sim.advance(5 * MINUTE);
    call(&sim, &StopMeeting::new(), &control).unwrap();
    let run = runs(&sim, &token).remove(0);
    assert_eq!(run.conference_id, meeting.conference_id);
    assert_eq!(run.has_recording, Some(false));
    let spent = run
        .end_time
        .unwrap()
        .duration_since(run.start_time.unwrap());
    assert!((5 * MINUTE..6 * MINUTE).contains(&spent), "{spent:?}");
    let uuid = run.conference_uuid.clone().unwrap();
    let shown = call(&sim, &ShowHisMeetingDetail::new(uuid.clone()), &token).unwrap();
    assert_eq!(shown.conference.conference_uuid, Some(uuid.clone()));

    // Whoever has nothing to do with it sees nothing of it.
    let other = log_in_as(&sim, "other");
    let search = SearchHisMeetings::new(Timestamp::from_secs(0), Timestamp::from(sim.now()));
    assert_eq!(call(&sim, &search, &other).unwrap().count, Some(0));
    let show = ShowHisMeetingDetail::new(uuid);
    assert_eq!(
        refused(call(&sim, &show, &other)),
        (403, "MMC.111070010".into())
    );
    let nobody = ShowHisMeetingDetail::new("0123456789abcdef");
    assert_eq!(refused(call(&sim, &nobody, &token)), bad("MMC.111070005"));
}

#[test]
fn attendance_tells_who_when_and_with_what() {
    let sim = Simulator::start().unwrap();
    let token = log_in(&sim);
    let (meeting, control) = recordable(&sim);
    let ann = meeting.join("Ann").unwrap();
    sim.advance(MINUTE);
    meeting
        .join(Visitor::new("Room 5").device(Device::RoomDevice))
        .unwrap();
    ann.leave().unwrap();
    sim.advance(MINUTE);
    meeting.join("Ann").unwrap();
    call(&sim, &StopMeeting::new(), &control).unwrap();
    let uuid = runs(&sim, &token).remove(0).conference_uuid.unwrap();
    let records = attendance(&sim, &token, &uuid);
    let names: Vec<&str> = records
        .iter()
        .map(|one| one.display_name.as_deref().unwrap())
        .collect();
    assert_eq!(names, ["Ann", "Room 5", "Ann"]);
    let devices: Vec<&str> = records
        .iter()
        .map(|one| one.device_type.as_deref().unwrap())
        .collect();
    assert_eq!(devices, ["PC", "TE50", "PC"]);
    let first = &records[0];
    let stayed = first
        .left_at
        .unwrap()
        .duration_since(first.joined_at.unwrap());
    assert!((MINUTE..2 * MINUTE).contains(&stayed), "{stayed:?}");
}

#[test]
fn control_records_tell_who_did_what_and_what_was_refused() {
    let sim = Simulator::start().unwrap();
    let token = log_in(&sim);
    let (meeting, control) = recordable(&sim);
    let ann = meeting.join("Ann").unwrap();
    call(&sim, &MuteParticipant::new(ann.id.clone(), true), &control).unwrap();
    let guest = control_by(&sim, &meeting, &meeting.guest_password);
    assert_eq!(
        refused(call(&sim, &MuteMeeting::new(true), &guest)),
        bad("MMC.111072070")
    );
    call(&sim, &StopMeeting::new(), &control).unwrap();
    let uuid = runs(&sim, &token).remove(0).conference_uuid.unwrap();
    let search = SearchCtlRecordsOfHisMeeting::new(uuid);
    let records = call(&sim, &search, &token).unwrap().data;
    let told: Vec<_> = records
        .iter()
        .map(|one| {
            (
                one.operation.as_deref().unwrap(),
                one.detail.as_deref().unwrap_or_default(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("MuteParticipant", ""),
            ("MuteMeeting", "MMC.111072070"),
            ("StopMeeting", "")
        ]
    );
    assert_eq!(records[0].target.as_deref(), Some(ann.id.as_str()));
}

/// Downloads a file by its link.
fn download(sim: &Simulator, url: &str, token: &str) -> http::Response<Bytes> {
    let path = url.strip_prefix(&sim.endpoint().to_string()).unwrap();
    let request = http::Request::get(path).header("Authorization", token);
    send(sim, &request.body(Bytes::new()).unwrap())
}

#[test]
fn recordings_appear_afterwards_and_download_once_within_an_hour() {
    let sim = Simulator::start().unwrap();
    let (meeting, control) = recordable(&sim);
    meeting.join("Ann").unwrap();
    call(&sim, &Record::new(true), &control).unwrap();
    sim.advance(2 * MINUTE);
    call(&sim, &Record::new(false), &control).unwrap();
    sim.advance(MINUTE);
    call(&sim, &Record::new(true), &control).unwrap();
    sim.advance(MINUTE);
    let token = log_in(&sim);
    let list = || {
        let until = Timestamp::from(sim.now());
        let search = SearchRecordings::new(Timestamp::from_secs(0), until);
        call(&sim, &search.all_users(true), &token).unwrap().data
    };
    assert!(list().is_empty());
    call(&sim, &StopMeeting::new(), &control).unwrap();
    let recording = list().remove(0);
    let length = recording.duration.unwrap();
    assert!((3 * MINUTE..4 * MINUTE).contains(&length), "{length:?}");
    assert_eq!(recording.watch_urls.len(), 2);
    let uuid = recording.conference_uuid;
    let detail = call(&sim, &ShowRecordingDetail::new(uuid.clone()), &token).unwrap();
    assert_eq!(detail.duration, Some(length));
    let contents = call(&sim, &ShowRecordInfo::new(uuid.clone()), &token).unwrap();
    assert_eq!(contents.data.unwrap().segments.len(), 2);

    let ask = ShowRecordingFileDownloadUrls::new(uuid.clone());
    let files = call(&sim, &ask, &token).unwrap().recordings.remove(0).files;
    assert_eq!(files.len(), 6);
    let (url, secret) = (
        files[0].url.clone().unwrap(),
        files[0].token.clone().unwrap(),
    );
    let got = download(&sim, &url, secret.expose());
    assert_eq!(got.status(), 200);
    assert_eq!(&got.body()[4..8], b"ftyp");
    assert_eq!(download(&sim, &url, secret.expose()).status(), 401, "once");
    let (other, secret) = (
        files[1].url.clone().unwrap(),
        files[2].token.clone().unwrap(),
    );
    assert_eq!(
        download(&sim, &other, secret.expose()).status(),
        401,
        "its own token"
    );
    let (url, secret) = (
        files[3].url.clone().unwrap(),
        files[3].token.clone().unwrap(),
    );
    sim.advance(61 * MINUTE);
    assert_eq!(
        download(&sim, &url, secret.expose()).status(),
        401,
        "within an hour"
    );

    let other = log_in_as(&sim, "other");
    assert_eq!(
        refused(call(&sim, &ask, &other)),
        (403, "MMC.111070002".into())
    );
    let token = log_in(&sim);
    call(&sim, &DeleteRecordings::new([uuid.clone()]), &token).unwrap();
    let gone = ShowRecordingDetail::new(uuid);
    assert_eq!(refused(call(&sim, &gone, &token)), bad("MMC.111070005"));
    assert_eq!(runs(&sim, &token).len(), 1);
}

/// What happens in a story.
#[derive(Clone, Debug)]
enum Scene {
    Joins,
    Leaves(prop::sample::Index),
    Records(bool),
    Minutes(u64),
}

fn scene() -> impl Strategy<Value = Scene> {
    prop_oneof![
        3 => Just(Scene::Joins),
        2 => any::<prop::sample::Index>().prop_map(Scene::Leaves),
        1 => any::<bool>().prop_map(Scene::Records),
        2 => (1_u64..4).prop_map(Scene::Minutes),
    ]
}

/// The length in whole minutes: the story itself takes less than one.
fn minutes(length: Duration) -> u64 {
    length.as_secs() / 60
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Every number in history is the one counted from the story.
    #[test]
    fn history_is_what_happened(story in prop::collection::vec(scene(), 1..14)) {
        let sim = Simulator::start().unwrap();
        let (meeting, control) = recordable(&sim);
        let mut there: Vec<(usize, SimParticipant)> = Vec::new();
        // The minutes of each stay and of each segment.
        let (mut stays, mut segments): (Vec<u64>, Vec<u64>) = (Vec::new(), Vec::new());
        let (mut recording, mut controls, mut total) = (false, 0, 0);
        for scene in story {
            match scene {
                Scene::Joins => {
                    let name = format!("Visitor {}", stays.len());
                    there.push((stays.len(), meeting.join(name).unwrap()));
                    stays.push(0);
                }
                Scene::Leaves(index) if !there.is_empty() => {
                    let (_, gone) = there.remove(index.index(there.len()));
                    gone.leave().unwrap();
                }
                Scene::Leaves(_) => {}
                Scene::Records(on) => {
                    call(&sim, &Record::new(on), &control).unwrap();
                    controls += 1;
                    if on && !recording {
                        segments.push(0);
                    }
                    recording = on;
                }
                Scene::Minutes(passed) => {
                    sim.advance(Duration::from_secs(60 * passed));
                    total += passed;
                    for (stay, _) in &there {
                        stays[*stay] += passed;
                    }
                    if recording && let Some(segment) = segments.last_mut() {
                        *segment += passed;
                    }
                }
            }
        }
        call(&sim, &StopMeeting::new(), &control).unwrap();
        controls += 1;
        let token = log_in(&sim);
        let listed = runs(&sim, &token);
        prop_assert_eq!(listed.len(), 1);
        let run = &listed[0];
        let uuid = run.conference_uuid.clone().unwrap();
        let spent = run.end_time.unwrap().duration_since(run.start_time.unwrap());
        // Bookings and runs are told in minutes, so the last one may be cut.
        prop_assert!(spent.as_secs().abs_diff(60 * total) <= 60);
        let records = attendance(&sim, &token, &uuid);
        let told: Vec<u64> = records
            .iter()
            .map(|one| minutes(one.left_at.unwrap().duration_since(one.joined_at.unwrap())))
            .collect();
        prop_assert_eq!(told, stays);
        let search = SearchCtlRecordsOfHisMeeting::new(uuid.clone());
        let records = call(&sim, &search, &token).unwrap();
        prop_assert_eq!(records.count, Some(controls));
        // A segment in which no time passed has nothing to show.
        let contents = call(&sim, &ShowRecordInfo::new(uuid), &token);
        let told: Vec<u64> = contents.map_or(Vec::new(), |contents| {
            let segments = contents.data.unwrap().segments.into_iter();
            segments.map(|segment| minutes(segment.files[0].duration.unwrap())).collect()
        });
        let whole = |list: Vec<u64>| list.into_iter().filter(|one| *one > 0).collect::<Vec<_>>();
        prop_assert_eq!(whole(told), whole(segments.clone()));
        let has_recording = run.has_recording.unwrap();
        prop_assert!(has_recording || segments.iter().all(|segment| *segment == 0));
        prop_assert!(!has_recording || !segments.is_empty());
    }
}
