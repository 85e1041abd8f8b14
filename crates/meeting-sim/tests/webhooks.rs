//! The simulator tells a receiver what happens, and tells it again until it is answered.

#![allow(clippy::unwrap_used, reason = "these are tests")]

mod support;

use std::{net::TcpListener, thread, time::Duration};

use meeting_sim::{MeetingPlan, Simulator};
use meeting_types::{
    AccessToken, ServerOperation, ServiceError, Timestamp,
    models::{RecordType, WebhookStatus},
    operations::{
        CancelMeeting, DeleteWebHookConfig, Record, SetWebHookConfig, ShowWebHookConfig,
        StopMeeting, UpdateWebHookConfigStatus,
    },
    webhooks::{AttendeeRole, Notification, WebhookEvent, WebhookEventKind as Kind},
};
use support::{
    call, control, eventually, log_in, nonce,
    receiver::{ID, KEY, Mood, Receiver, told},
};

/// The default administrator, who may set webhooks up.
fn administrator(sim: &Simulator) -> AccessToken {
    log_in(sim)
}

fn config_id(sim: &Simulator, token: &AccessToken) -> String {
    let config = call(sim, &ShowWebHookConfig::new(), token).unwrap();
    config.config_id.unwrap()
}

fn refusal<O: ServerOperation>(
    sim: &Simulator,
    operation: &O,
    credential: &O::Authorization,
) -> ServiceError {
    match call(sim, operation, credential) {
        Err(error) => error,
        Ok(_) => panic!("not refused"),
    }
}

#[test]
fn the_life_of_a_meeting_is_told() {
    let (sim, receiver) = told();
    let now = sim.now();
    let meeting = sim.create_meeting(MeetingPlan::booked("Weekly", now + Duration::from_secs(60)));
    let created = receiver.hears(&[Kind::Created]);
    let info = created[0].event.meeting().unwrap();
    assert_eq!(info.conference_id, meeting.conference_id);
    assert_eq!(info.conference_uuid, None);

    let host = meeting.join_as_host("Ann").unwrap().id;
    let heard = receiver.hears(&[Kind::Started, Kind::Joined]);
    let run = heard[0].event.meeting().unwrap().conference_uuid.clone();
    assert!(run.is_some());
    let person = heard[1].event.attendee().unwrap();
    assert_eq!(person.participant_id.as_ref(), Some(&host));
    assert_eq!(person.display_name.as_deref(), Some("Ann"));
    assert_eq!(person.role, Some(AttendeeRole::Host));
    assert_eq!(person.left_at, None);
    assert!(person.joined_at.is_some());

    let guest = meeting.join("Ben").unwrap().id;
    receiver.hears(&[Kind::Joined]);
    // A microphone is no event here.
    meeting.participant(&guest).mute(true).unwrap();
    meeting.participant(&guest).leave().unwrap();
    let left = receiver.hears(&[Kind::Left]);
    let person = left[0].event.attendee().unwrap();
    assert_eq!(person.participant_id.as_ref(), Some(&guest));
    assert!(person.left_at.is_some());

    meeting.participant(&host).leave().unwrap();
    receiver.hears(&[Kind::Left]);
    sim.advance(Duration::from_secs(4 * 3600));
    let heard = receiver.hears(&[Kind::Ended, Kind::Concluded]);
    for one in heard {
        assert_eq!(one.event.meeting().unwrap().conference_uuid, run);
    }
    eventually("all is delivered", || sim.undelivered_webhooks() == 0);
}

#[test]
fn a_recording_is_ready_when_its_meeting_is_over() {
    let (sim, receiver) = told();
    let plan = MeetingPlan::running("Recorded").record_type(RecordType::Record);
    let meeting = sim.create_meeting(plan);
    let control = control(&sim, &meeting);
    let started = receiver.hears(&[Kind::Created, Kind::Started]);
    for on in [true, false] {
        call(&sim, &Record::new(on), &control).unwrap();
    }
    call(&sim, &StopMeeting::new(), &control).unwrap();
    let heard = receiver.hears(&[Kind::Ended, Kind::RecordingFinished, Kind::Concluded]);
    let run = |one: &Notification| one.event.meeting().unwrap().conference_uuid.clone();
    assert_eq!(run(&heard[1]), run(&started[1]));
}

#[test]
fn cancelling_is_told() {
    let (sim, receiver) = told();
    let token = administrator(&sim);
    let plan = MeetingPlan::booked("Weekly", sim.now() + Duration::from_secs(3600));
    let meeting = sim.create_meeting(plan);
    receiver.hears(&[Kind::Created]);
    call(&sim, &CancelMeeting::new(meeting.conference_id), &token).unwrap();
    receiver.hears(&[Kind::Cancelled]);
}

#[test]
fn what_was_before_is_no_news() {
    let sim = Simulator::start().unwrap();
    let meeting = sim.create_meeting("Weekly");
    meeting.join("Ann").unwrap();
    let receiver = Receiver::start(sim.clock());
    sim.webhook(&receiver.url, ID, KEY).unwrap();
    meeting.join("Ben").unwrap();
    let heard = receiver.hears(&[Kind::Joined]);
    let person = heard[0].event.attendee().unwrap();
    assert_eq!(person.display_name.as_deref(), Some("Ben"));
}

#[test]
fn what_is_not_answered_comes_again() {
    let (sim, receiver) = told();
    receiver.mood(Mood::Broken);
    sim.create_meeting(MeetingPlan::booked(
        "Weekly",
        sim.now() + Duration::from_secs(200_000),
    ));
    let first = receiver.hears(&[Kind::Created]).remove(0);
    let again = |after: u64| {
        sim.advance(Duration::from_secs(after - 10));
        thread::sleep(Duration::from_millis(50));
        assert_eq!(receiver.kinds(), []);
        sim.advance(Duration::from_secs(10));
        let one = receiver.hears(&[Kind::Created]).remove(0);
        assert_eq!(one.deduplication_key(), first.deduplication_key());
        assert_eq!(one.happened_at, first.happened_at);
        assert!(one.sent_at > first.sent_at && one.nonce != first.nonce);
    };
    for after in [30, 30, 30, 1800, 1800] {
        again(after);
    }
    assert_eq!(sim.undelivered_webhooks(), 1);
    receiver.mood(Mood::Right);
    again(1800);
    eventually("it is delivered", || sim.undelivered_webhooks() == 0);
}

#[test]
fn after_a_day_it_is_given_up() {
    let (sim, receiver) = told();
    receiver.mood(Mood::Broken);
    sim.create_meeting(MeetingPlan::booked(
        "Weekly",
        sim.now() + Duration::from_secs(200_000),
    ));
    receiver.hears(&[Kind::Created]);
    assert_eq!(sim.undelivered_webhooks(), 1);
    sim.advance(Duration::from_secs(24 * 3600));
    eventually("it is given up", || sim.undelivered_webhooks() == 0);
    thread::sleep(Duration::from_millis(50));
    assert_eq!(receiver.kinds(), []);
}

#[test]
fn nobody_listens_and_the_simulator_goes_on() {
    let sim = Simulator::start().unwrap();
    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    sim.webhook(&format!("http://{closed}"), ID, KEY).unwrap();
    let meeting = sim.create_meeting("Weekly");
    meeting.join("Ann").unwrap();
    log_in(&sim);
    assert_eq!(sim.undelivered_webhooks(), 3);
}

#[test]
fn other_addresses_are_refused() {
    let sim = Simulator::start().unwrap();
    for url in [
        "",
        "here",
        "/hook",
        "https://127.0.0.1:1/",
        "http://192.0.2.1/",
        "http://example.com/",
        "http://localhost.example.com/",
        "http://127.0.0.1@192.0.2.1/",
        "http://user@127.0.0.1/",
        "ftp://127.0.0.1/",
    ] {
        let error = sim.webhook(url, ID, KEY).unwrap_err();
        assert_eq!(error.code(), "MMC.111071061", "{url}");
    }
    for url in [
        "http://127.0.0.1:9",
        "http://localhost:9/a",
        "http://[::1]:9/?b",
    ] {
        sim.webhook(url, ID, KEY).unwrap();
    }
    assert!(sim.webhook("http://127.0.0.1:9", "", KEY).is_err());
    assert!(sim.webhook("http://127.0.0.1:9", ID, "").is_err());
    let far = Simulator::builder().webhooks_beyond_loopback(true);
    let far = far.start().unwrap();
    far.webhook("http://192.0.2.1/", ID, KEY).unwrap();
}

#[test]
fn webhooks_are_set_up_by_rest() {
    let sim = Simulator::start().unwrap();
    let receiver = Receiver::start(sim.clock());
    let token = administrator(&sim);
    let none = call(&sim, &ShowWebHookConfig::new(), &token).unwrap();
    assert_eq!(none.config_id, None);

    let set = SetWebHookConfig::new(ID, KEY, receiver.url.as_str());
    call(&sim, &set, &token).unwrap();
    let config = call(&sim, &ShowWebHookConfig::new(), &token).unwrap();
    assert_eq!(config.url.as_deref(), Some(&*receiver.url));
    assert_eq!(config.subscriber_id.as_deref(), Some(ID));
    assert_eq!(config.status, Some(WebhookStatus::Disabled));
    let id = config_id(&sim, &token);

    // Off: nothing is told.
    sim.create_meeting("Silent");
    assert_eq!(sim.undelivered_webhooks(), 0);

    let switch = |status| UpdateWebHookConfigStatus::new(id.as_str(), status);
    for mood in [Mood::Broken, Mood::Wrong] {
        receiver.mood(mood);
        let error = refusal(&sim, &switch(WebhookStatus::Enabled), &token);
        assert_eq!(error.status(), 400);
        receiver.hears(&[Kind::Verify]);
        let config = call(&sim, &ShowWebHookConfig::new(), &token).unwrap();
        assert_eq!(config.status, Some(WebhookStatus::Disabled));
    }
    receiver.mood(Mood::Right);
    call(&sim, &switch(WebhookStatus::Enabled), &token).unwrap();
    let heard = receiver.hears(&[Kind::Verify]);
    assert_eq!(heard[0].event, WebhookEvent::Verify);
    let config = call(&sim, &ShowWebHookConfig::new(), &token).unwrap();
    assert_eq!(config.status, Some(WebhookStatus::Enabled));
    assert_eq!(sim.request_count::<UpdateWebHookConfigStatus>(), 3);

    sim.create_meeting("Loud");
    receiver.hears(&[Kind::Created, Kind::Started]);

    call(&sim, &switch(WebhookStatus::Disabled), &token).unwrap();
    sim.create_meeting("Silent");
    refusal(&sim, &DeleteWebHookConfig::new("other"), &token);
    refusal(
        &sim,
        &UpdateWebHookConfigStatus::new("other", WebhookStatus::Enabled),
        &token,
    );
    call(&sim, &DeleteWebHookConfig::new(id.as_str()), &token).unwrap();
    let none = call(&sim, &ShowWebHookConfig::new(), &token).unwrap();
    assert_eq!(none.config_id, None);
    assert_eq!(receiver.kinds(), []);
}

#[test]
fn only_administrators_set_webhooks_up() {
    let sim = Simulator::start().unwrap();
    let set = SetWebHookConfig::new(ID, KEY, "http://127.0.0.1:9/");
    let nobody = AccessToken::new("nonsense");
    assert_eq!(refusal(&sim, &set, &nobody).status(), 401);
    let login = sim.app_credential().user_id("alice");
    let expires = Timestamp::from(sim.now() + Duration::from_secs(600));
    let user = call(&sim, &login.login(expires, nonce()).unwrap(), &()).unwrap();
    assert_eq!(refusal(&sim, &set, &user.access_token).status(), 403);
    assert_eq!(
        refusal(&sim, &set.corp_id("1"), &log_in(&sim)).status(),
        403
    );
    // Nobody is called for whoever may not switch it on.
    let receiver = Receiver::start(sim.clock());
    let set = SetWebHookConfig::new(ID, KEY, receiver.url.as_str());
    call(&sim, &set, &log_in(&sim)).unwrap();
    let id = config_id(&sim, &log_in(&sim));
    let on = UpdateWebHookConfigStatus::new(id, WebhookStatus::Enabled);
    assert_eq!(refusal(&sim, &on, &user.access_token).status(), 403);
    assert_eq!(refusal(&sim, &on, &nobody).status(), 401);
    assert_eq!(receiver.kinds(), []);
}
