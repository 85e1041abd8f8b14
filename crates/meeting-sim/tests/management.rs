//! Booking, starting and cancelling meetings.

#![allow(clippy::unwrap_used, reason = "tests may panic, their helpers too")]

mod support;

use std::{
    collections::BTreeSet,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use meeting_sim::{MeetingPlan, MeetingState, Simulator};
use meeting_types::{
    ConferenceId, Password, TimeZoneId, Timestamp,
    models::{Booking, CancelMode, ConferenceRole, ConferenceSettings, ConferenceState},
    operations::{
        CancelMeeting, CreateAnonymousAuthRandom, CreateAuthRandom, SearchMeetings,
        ShowMeetingDetail, StartMeeting,
    },
};
use support::{
    bad,
    bookings::{HOUR, create, in_hours, password, video},
    call, control, log_in, refused, send,
};

const MINUTE: Duration = Duration::from_secs(60);

fn digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[test]
fn a_meeting_without_a_start_time_runs_at_once() {
    let sim = Simulator::start().unwrap();
    let token = log_in(&sim);
    let meeting = create(&sim, &token, video().subject("Now")).unwrap();
    assert!(digits(meeting.conference_id.as_str(), 9));
    assert_eq!(meeting.state, Some(ConferenceState::Running));
    assert!(meeting.conference_uuid.is_some());
    let host = password(&meeting, &ConferenceRole::Host).unwrap();
    let guest = password(&meeting, &ConferenceRole::Guest).unwrap();
    assert!(digits(host.expose(), 6) && digits(guest.expose(), 6) && host != guest);

    let start = format!("{}/#/j/{}/", sim.endpoint(), meeting.conference_id);
    let mut links = BTreeSet::new();
    for link in [
        meeting.host_join_url.unwrap(),
        meeting.guest_join_url.unwrap(),
    ] {
        let random = link.expose().strip_prefix(&start).unwrap().to_owned();
        assert!(random.len() == 48 && random.bytes().all(|b| b.is_ascii_hexdigit()));
        links.insert(random);
    }
    assert_eq!(links.len(), 2);
    let state = sim
        .meeting(&meeting.conference_id)
        .unwrap()
        .snapshot()
        .unwrap();
    assert_eq!(
        (state.state, &*state.subject),
        (MeetingState::Running, "Now")
    );

    let empty_start = http::Request::post("/v1/mmc/management/conferences")
        .header("X-Access-Token", token.expose())
        .body(Bytes::from(
            r#"{"mediaTypes":"Voice","startTime":"","length":"30"}"#,
        ))
        .unwrap();
    let answer = send(&sim, &empty_start);
    let body: serde_json::Value = serde_json::from_slice(answer.body()).unwrap();
    assert_eq!(
        body[0]["conferenceState"], "Created",
        "an array, whose first element runs"
    );
    assert_eq!(body[0]["passwordEntry"][0]["conferenceRole"], "chair");
}

#[test]
fn a_booking_of_what_was_read_is_the_same_meeting() {
    let sim = Simulator::start().unwrap();
    let token = log_in(&sim);
    let settings = ConferenceSettings::default().guest_password("445566");
    let booking = in_hours(&sim, 2)
        .subject("Budget")
        .duration(45 * MINUTE)
        .time_zone_id(29)
        .settings(settings.waiting_room(true));
    let first = create(&sim, &token, booking).unwrap();
    let detail = call(&sim, &ShowMeetingDetail::new(&first.conference_id), &token).unwrap();
    let second = create(&sim, &token, Booking::from(&detail)).unwrap();
    assert_ne!(second.conference_id, first.conference_id);
    assert_eq!(second.time_zone_id, Some(TimeZoneId::new(29)));
    assert_eq!(
        (
            &second.subject,
            second.start_time,
            second.end_time,
            &second.media_types
        ),
        (
            &first.subject,
            first.start_time,
            first.end_time,
            &first.media_types
        )
    );
    assert_eq!(
        password(&second, &ConferenceRole::Guest),
        Some(Password::new("445566"))
    );
    let again = call(&sim, &ShowMeetingDetail::new(&second.conference_id), &token).unwrap();
    assert_eq!(again.conference.auto_mute, detail.conference.auto_mute);
    assert_eq!(again.conference.settings.unwrap().waiting_room, Some(true));
}

#[test]
fn a_booked_meeting_waits_for_its_start() {
    let sim = Simulator::start().unwrap();
    let token = log_in(&sim);
    let meeting = create(&sim, &token, in_hours(&sim, 1).duration(2 * HOUR)).unwrap();
    assert_eq!(meeting.state, Some(ConferenceState::Scheduled));
    assert_eq!(meeting.conference_uuid, None);
    let (start, end) = (meeting.start_time.unwrap(), meeting.end_time.unwrap());
    assert_eq!(end.as_secs() - start.as_secs(), 2 * 3600);
    assert_eq!(start.as_secs() % 60, 0, "bookings count in minutes");

    let id = meeting.conference_id.clone();
    let start = |password: &Password| {
        call(
            &sim,
            &StartMeeting::new(id.clone(), password.clone()),
            &token,
        )
    };
    let guest = password(&meeting, &ConferenceRole::Guest).unwrap();
    let host = password(&meeting, &ConferenceRole::Host).unwrap();
    assert_eq!(refused(start(&guest)), bad("MMC.111071058"));
    assert_eq!(refused(start(&"000000".into())), bad("MMC.111071091"));
    assert_eq!(
        sim.meeting(&id).unwrap().snapshot().unwrap().state,
        MeetingState::Booked
    );
    assert!(start(&host).unwrap().region_ip.is_some());
    assert_eq!(
        sim.meeting(&id).unwrap().snapshot().unwrap().state,
        MeetingState::Running
    );
    start(&host).expect("starting again changes nothing");
    let nowhere = StartMeeting::new("123456789", host);
    assert_eq!(refused(call(&sim, &nowhere, &token)), bad("MMC.111070005"));
}

#[test]
fn guests_start_a_meeting_only_where_that_is_allowed() {
    let sim = Simulator::start().unwrap();
    let token = log_in(&sim);
    let settings = ConferenceSettings::new().guests_can_start(true);
    let meeting = create(&sim, &token, in_hours(&sim, 1).settings(settings)).unwrap();
    let guest = password(&meeting, &ConferenceRole::Guest).unwrap();
    let id = meeting.conference_id;
    call(&sim, &StartMeeting::new(id.clone(), guest), &token).unwrap();
    assert_eq!(
        sim.meeting(&id).unwrap().snapshot().unwrap().state,
        MeetingState::Running
    );

    let tomorrow = MeetingPlan::booked("Later", sim.now() + HOUR);
    let strict = sim.create_meeting(tomorrow).conference_id;
    assert_eq!(
        refused(sim.meeting(&strict).unwrap().join("Ann")),
        bad("MMC.111071058")
    );
    sim.meeting(&strict).unwrap().join_as_host("Hugo").unwrap();
    sim.meeting(&strict).unwrap().join("Ann").unwrap();
    assert_eq!(
        refused(sim.meeting(&strict).unwrap().join_as_host("Eve")),
        bad("MMC.111074001")
    );
}

#[test]
fn a_booking_is_checked() {
    let sim = Simulator::start().unwrap();
    let token = log_in(&sim);
    let code = |booking| refused(create(&sim, &token, booking)).1;
    let past = Timestamp::from(sim.now() - 2 * MINUTE);
    assert_eq!(code(video().start_time(past)), "MMC.111071013");
    let this_minute = Timestamp::from(sim.now());
    create(&sim, &token, video().start_time(this_minute)).expect("this minute is not over");
    assert_eq!(code(Booking::new(["Smoke"])), "MMC.111071018");
    let letters = ConferenceSettings::new().guest_password("abcd");
    assert_eq!(code(video().settings(letters)), "MMC.111071080");

    // What the writer of the SDK refuses goes by hand.
    let by_hand = |body: String| {
        let request = http::Request::post("/v1/mmc/management/conferences")
            .header("X-Access-Token", token.expose())
            .body(Bytes::from(body))
            .unwrap();
        let body: serde_json::Value = serde_json::from_slice(send(&sim, &request).body()).unwrap();
        body["error_code"].as_str().unwrap_or("none").to_owned()
    };
    let long = "x".repeat(129);
    for (body, code) in [
        (r#"{"subject":"no media"}"#.to_owned(), "MMC.111071018"),
        (
            r#"{"mediaTypes":"HDVideo","length":14}"#.to_owned(),
            "MMC.111071021",
        ),
        (
            r#"{"mediaTypes":"HDVideo","length":1441}"#.to_owned(),
            "MMC.111071021",
        ),
        (
            format!(r#"{{"mediaTypes":"HDVideo","subject":"{long}"}}"#),
            "MMC.111071022",
        ),
        (
            r#"{"mediaTypes":"HDVideo","confConfigInfo":{"guestPwd":"123"}}"#.to_owned(),
            "MMC.111071080",
        ),
    ] {
        assert_eq!(by_hand(body.clone()), code, "{body}");
    }
}

#[test]
fn the_booker_can_choose_the_guest_password() {
    let sim = Simulator::start().unwrap();
    let settings = ConferenceSettings::new().guest_password("4711");
    let meeting = create(&sim, &log_in(&sim), video().settings(settings)).unwrap();
    assert_eq!(
        password(&meeting, &ConferenceRole::Guest),
        Some("4711".into())
    );
    let echoed = meeting.settings.unwrap().guest_password;
    assert_eq!(echoed, None, "the settings do not repeat it");
}

#[test]
fn a_running_meeting_is_cancelled_only_on_demand() {
    let sim = Simulator::start().unwrap();
    let token = log_in(&sim);
    let booked = create(&sim, &token, in_hours(&sim, 1))
        .unwrap()
        .conference_id;
    call(&sim, &CancelMeeting::new(booked.clone()), &token).unwrap();
    let again = call(&sim, &CancelMeeting::new(booked), &token);
    assert_eq!(refused(again), bad("MMC.111070005"));

    let running = create(&sim, &token, video()).unwrap().conference_id;
    let cancel = CancelMeeting::new(running.clone());
    assert_eq!(refused(call(&sim, &cancel, &token)), bad("MMC.111071067"));
    assert_eq!(
        sim.meeting(&running).unwrap().snapshot().unwrap().state,
        MeetingState::Running
    );
    call(&sim, &cancel.mode(CancelMode::EndRunning), &token).unwrap();
    assert_eq!(
        sim.meeting(&running).and_then(|meeting| meeting.snapshot()),
        None
    );
}

#[test]
fn meetings_end_with_the_time() {
    let sim = Simulator::start().unwrap();
    let token = log_in(&sim);
    let state = |id: &ConferenceId| sim.meeting(id).unwrap().snapshot().unwrap().state;
    // Nobody comes.
    let forgotten = create(&sim, &token, in_hours(&sim, 1))
        .unwrap()
        .conference_id;
    let empty = create(&sim, &token, video().duration(HOUR))
        .unwrap()
        .conference_id;
    let full = create(&sim, &token, video().duration(HOUR))
        .unwrap()
        .conference_id;
    sim.meeting(&full).unwrap().join("Ann").unwrap();
    let strict = ConferenceSettings::new().prolong_by(Duration::ZERO);
    let strict = create(&sim, &token, video().duration(HOUR).settings(strict));
    let strict = strict.unwrap().conference_id;
    sim.meeting(&strict).unwrap().join("Ann").unwrap();

    sim.advance(59 * MINUTE);
    for id in [&empty, &full, &strict] {
        assert_eq!(state(id), MeetingState::Running);
    }
    assert_eq!(state(&forgotten), MeetingState::Booked);
    sim.advance(2 * MINUTE);
    assert_eq!(state(&empty), MeetingState::Ended);
    assert_eq!(state(&strict), MeetingState::Ended);
    assert_eq!(
        state(&full),
        MeetingState::Running,
        "prolonged while somebody is in it"
    );
    let snapshot = sim.meeting(&full).unwrap().snapshot().unwrap();
    assert!(SystemTime::from(snapshot.ends_at) > sim.now());
    sim.advance(30 * MINUTE);
    assert_eq!(state(&forgotten), MeetingState::Ended);
    sim.meeting(&full)
        .unwrap()
        .participant(&snapshot.participants[0].id)
        .leave()
        .unwrap();
    sim.advance(15 * MINUTE);
    assert_eq!(state(&full), MeetingState::Ended);
    assert_eq!(
        call(&sim, &SearchMeetings::new(), &token).unwrap().count,
        Some(0)
    );
}

#[test]
fn without_prolonging_the_length_counts_from_the_start() {
    let sim = Simulator::start().unwrap();
    let rules = ConferenceSettings::new().prolong_by(Duration::ZERO);
    let plan = MeetingPlan::booked("9 to 11", sim.now() + HOUR).length(2 * HOUR);
    let meeting = sim.create_meeting(plan.settings(rules)).conference_id;
    sim.meeting(&meeting).unwrap().join_as_host("Hugo").unwrap();
    sim.advance(119 * MINUTE);
    assert_eq!(
        sim.meeting(&meeting).unwrap().snapshot().unwrap().state,
        MeetingState::Running
    );
    sim.advance(2 * MINUTE);
    assert_ne!(
        sim.meeting(&meeting).unwrap().snapshot().unwrap().state,
        MeetingState::Running
    );
}

#[test]
fn a_stopped_booking_can_be_started_again() {
    let sim = Simulator::start().unwrap();
    let token = log_in(&sim);
    let plan = MeetingPlan::booked("Twice", sim.now() + HOUR);
    let meeting = sim.create_meeting(plan);
    let id = &meeting.conference_id;
    sim.meeting(id).unwrap().join_as_host("Hugo").unwrap();
    let first = control(&sim, &meeting);
    call(&sim, &meeting_types::operations::StopMeeting::new(), &first).unwrap();
    assert_eq!(
        sim.meeting(id).unwrap().snapshot().unwrap().state,
        MeetingState::Booked
    );
    let start = StartMeeting::new(id.clone(), meeting.host_password.clone());
    call(&sim, &start, &token).unwrap();
    let snapshot = sim.meeting(id).unwrap().snapshot().unwrap();
    assert_eq!(
        (snapshot.state, snapshot.participants.len()),
        (MeetingState::Running, 0)
    );
    let mute = meeting_types::operations::MuteMeeting::new(true);
    let old = call(&sim, &mute, &first);
    assert_eq!(
        refused(old),
        bad("MMC.111072065"),
        "tokens of the first run are gone"
    );
    call(&sim, &mute, &control(&sim, &meeting)).unwrap();
}

#[test]
fn an_anonymous_user_proves_a_password() {
    let sim = Simulator::start().unwrap();
    let meeting = sim.create_meeting("Weekly");
    let ask = |password: &Password| {
        let ask = CreateAnonymousAuthRandom::new(meeting.conference_id.clone(), password.clone());
        call(&sim, &ask, &())
    };
    let host = ask(&meeting.host_password).unwrap();
    let guest = ask(&meeting.guest_password).unwrap();
    assert!(digits(host.random.expose(), 15));
    assert_ne!(host.random, guest.random);
    assert_eq!(
        host.site_url.unwrap(),
        format!("{}/conferences", sim.endpoint())
    );

    for _ in 0..5 {
        assert_eq!(refused(ask(&"000000".into())), bad("MMC.111071091"));
    }
    assert_eq!(refused(ask(&meeting.guest_password)), bad("MMC.111071052"));
    // Control has a lock of its own.
    control(&sim, &meeting);
    sim.advance(MINUTE);
    ask(&meeting.guest_password).unwrap();
    let nowhere = CreateAnonymousAuthRandom::new("123456789", "000000");
    assert_eq!(refused(call(&sim, &nowhere, &())), bad("MMC.111070005"));
}

#[test]
fn a_join_page_learns_about_a_meeting() {
    let sim = Simulator::start().unwrap();
    let token = log_in(&sim);
    let meeting = sim.create_meeting("Weekly");
    let ask = CreateAuthRandom::new(meeting.conference_id.clone());
    assert_eq!(refused(call(&sim, &ask, &token)), bad("MMC.111070009"));
    let wrong = ask.clone().password("000000");
    assert_eq!(refused(call(&sim, &wrong, &token)), bad("MMC.111071091"));
    let known = ask.password(meeting.guest_password);
    let proof = call(&sim, &known, &token).unwrap();
    assert!(digits(proof.random.expose(), 15));
    assert_eq!(proof.subject.as_deref(), Some("Weekly"));
    assert_eq!(
        (proof.need_password, proof.webinar),
        (Some(true), Some(false))
    );

    let open = ConferenceSettings::new().guests_skip_password(true);
    let open = sim.create_meeting(MeetingPlan::running("Open").settings(open));
    let proof = call(&sim, &CreateAuthRandom::new(open.conference_id), &token).unwrap();
    assert_eq!(proof.need_password, Some(false));
}
