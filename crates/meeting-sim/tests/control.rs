//! Control tokens, and what they allow.

#![allow(clippy::unwrap_used, reason = "tests may panic, their helpers too")]

mod support;

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use meeting_sim::{
    CallOutcome, MeetingPlan, MeetingState, ParticipantSnapshot, SimMeeting, Simulator,
};
use meeting_types::{
    ConferenceCredential, Password, Timestamp,
    models::{
        AttendeeType, ConferenceSettings, ConferenceTokenGrant, InvitedAttendee, ParticipantRole,
    },
    operations::{
        CreateConfToken, CreateWebSocketToken, HangUp, InviteParticipant, MuteMeeting,
        MuteParticipant, SetRole, StopMeeting,
    },
};
use support::{bad, call, control, control_by, nonce, refused, send};

const MINUTE: Duration = Duration::from_secs(60);

fn ask(meeting: &SimMeeting) -> CreateConfToken {
    CreateConfToken::new(meeting.conference_id.clone())
}

/// Whether the token still controls its meeting.
fn works(
    sim: &Simulator,
    control: &ConferenceCredential,
) -> Result<(), meeting_types::ServiceError> {
    call(sim, &CreateWebSocketToken::new(), control).map(drop)
}

fn credential(meeting: &SimMeeting, grant: &ConferenceTokenGrant) -> ConferenceCredential {
    ConferenceCredential::new(meeting.conference_id.clone(), grant.data.token.expose())
}

fn people(meeting: &SimMeeting) -> Vec<ParticipantSnapshot> {
    meeting.snapshot().unwrap().participants
}

#[test]
fn a_password_decides_the_role() {
    let sim = Simulator::start().unwrap();
    let meeting = sim.create_meeting("Weekly");
    let host = call(
        &sim,
        &ask(&meeting).password(meeting.host_password.clone()),
        &(),
    )
    .unwrap();
    assert_eq!(host.data.role, Some(ParticipantRole::Host));
    assert!(host.data.token.expose().starts_with("cnr"));
    assert_eq!(host.data.valid_for, Some(30 * MINUTE));
    let left = host.data.expires_at.unwrap().as_millis() - Timestamp::from(sim.now()).as_millis();
    assert!((1_790_000..=1_800_000).contains(&left), "{left}");
    let url = format!("ws://{}", sim.address());
    assert_eq!(host.data.web_socket_url, Some(url));
    assert!(host.address_token.is_some() && host.global_public_ip.is_some());
    assert!(
        host.data
            .supported_events
            .contains(&"ParticipantsNotify".to_owned())
    );

    let guest = call(
        &sim,
        &ask(&meeting).password(meeting.guest_password.clone()),
        &(),
    )
    .unwrap();
    assert_eq!(guest.data.role, Some(ParticipantRole::Guest));
    let wrong = ask(&meeting).password("000000");
    assert_eq!(refused(call(&sim, &wrong, &())), bad("MMC.111072065"));
    assert_eq!(
        refused(call(&sim, &ask(&meeting), &())),
        bad("MMC.111072065")
    );
    let nowhere = CreateConfToken::new("123456789").password("000000");
    assert_eq!(refused(call(&sim, &nowhere, &())), bad("MMC.111072065"));
}

#[test]
fn the_login_type_is_mandatory() {
    let sim = Simulator::start().unwrap();
    let meeting = sim.create_meeting("Weekly");
    let path = format!(
        "/v1/mmc/control/conferences/token?conferenceID={}",
        meeting.conference_id
    );
    let mut request = http::Request::get(path).body(Bytes::new()).unwrap();
    let password = meeting.host_password.expose().parse().unwrap();
    request.headers_mut().insert("X-Password", password);
    let without = send(&sim, &request);
    assert_eq!(without.status(), 400);
    assert!(without.body().windows(13).any(|w| w == b"MMC.111071061"));
    request
        .headers_mut()
        .insert("X-Login-Type", "1".parse().unwrap());
    let answer = send(&sim, &request);
    let body: serde_json::Value = serde_json::from_slice(answer.body()).unwrap();
    assert_eq!(body["data"]["role"], 1);
    assert!(
        body["gloablPublicIP"].is_string(),
        "spelt as the service does"
    );
}

#[test]
fn five_wrong_passwords_lock_control_for_a_minute() {
    let sim = Simulator::start().unwrap();
    let meeting = sim.create_meeting("Weekly");
    let before = control(&sim, &meeting);
    for _ in 0..5 {
        let wrong = ask(&meeting).password("000000");
        assert_eq!(refused(call(&sim, &wrong, &())), bad("MMC.111072065"));
    }
    let right = ask(&meeting).password(meeting.host_password.clone());
    assert_eq!(refused(call(&sim, &right, &())), bad("MMC.111072064"));
    works(&sim, &before).expect("whoever is in stays in");
    sim.advance(MINUTE);
    call(&sim, &right, &()).unwrap();
}

#[test]
fn a_meeting_must_run_to_be_controlled() {
    let sim = Simulator::start().unwrap();
    let plan = MeetingPlan::booked("Later", sim.now() + 60 * MINUTE);
    let meeting = sim.create_meeting(plan);
    let right = ask(&meeting).password(meeting.host_password.clone());
    assert_eq!(refused(call(&sim, &right, &())), bad("MMC.111072005"));
    meeting.join_as_host("Hugo").unwrap();
    call(&sim, &right, &()).unwrap();

    let meeting = sim.create_meeting("Short");
    let control = control(&sim, &meeting);
    call(&sim, &StopMeeting::new(), &control).unwrap();
    assert_eq!(meeting.snapshot().unwrap().state, MeetingState::Ended);
    assert_eq!(refused(works(&sim, &control)), bad("MMC.111072006"));
    let right = ask(&meeting).password(meeting.host_password.clone());
    assert_eq!(refused(call(&sim, &right, &())), bad("MMC.111072006"));
}

#[test]
fn a_control_token_lives_half_an_hour_unless_kept_alive() {
    let sim = Simulator::start().unwrap();
    let meeting = sim.create_meeting(MeetingPlan::running("Long").length(600 * MINUTE));
    let grant = call(
        &sim,
        &ask(&meeting).password(meeting.host_password.clone()),
        &(),
    )
    .unwrap();
    let control = credential(&meeting, &grant);
    let keep = ask(&meeting).keep_alive(control.token.clone());
    for _ in 0..3 {
        sim.advance(29 * MINUTE);
        let kept = call(&sim, &keep, &()).unwrap();
        assert_eq!(kept.data.token, grant.data.token);
        assert!(kept.data.expires_at > grant.data.expires_at);
    }
    works(&sim, &control).unwrap();
    // The password is not looked at.
    call(&sim, &keep.clone().password("000000"), &()).unwrap();

    sim.advance(30 * MINUTE);
    assert_eq!(refused(works(&sim, &control)), bad("MMC.111072065"));
    assert_eq!(refused(call(&sim, &keep, &())), bad("MMC.111072065"));
    let again = call(&sim, &keep.password(meeting.host_password.clone()), &()).unwrap();
    assert_ne!(again.data.token, grant.data.token);
    works(&sim, &credential(&meeting, &again)).unwrap();
}

#[test]
fn a_control_token_comes_raw_or_wrapped() {
    let sim = Simulator::start().unwrap();
    let meeting = sim.create_meeting("Weekly");
    let control = control(&sim, &meeting);
    let token = control.token.expose();
    let wrapped = STANDARD.encode(token);
    let id = meeting.conference_id.as_str();
    let ask = |query: &str, header: Option<&str>| {
        let mut request = http::Request::get(format!("/v1/mmc/control/conferences/wsToken{query}"));
        if let Some(header) = header {
            request = request.header("X-Conference-Authorization", header);
        }
        let answer = send(&sim, &request.body(Bytes::new()).unwrap());
        let body: serde_json::Value = serde_json::from_slice(answer.body()).unwrap();
        body["error_code"].as_str().unwrap_or("none").to_owned()
    };
    let query = format!("?conferenceID={id}");
    assert_eq!(ask(&query, Some(token)), "none");
    assert_eq!(ask(&query, Some(&format!("Basic {wrapped}"))), "none");
    assert_eq!(ask(&query, Some(&wrapped)), "MMC.111072065");
    assert_eq!(ask(&query, Some("Basic %%%")), "MMC.111072065");
    assert_eq!(ask(&query, None), "MMC.111070111");
    assert_eq!(ask("", Some(token)), "MMC.111071061");
    assert_eq!(ask("?conferenceID=123456789", Some(token)), "MMC.111072065");
    let other = sim.create_meeting("Another");
    let query = format!("?conferenceID={}", other.conference_id);
    assert_eq!(ask(&query, Some(token)), "MMC.111072065");
}

#[test]
fn guests_may_do_little() {
    let sim = Simulator::start().unwrap();
    let meeting = sim.create_meeting("Weekly");
    let ann = meeting.join("Ann").unwrap().id;
    let guest = control_by(&sim, &meeting, &meeting.guest_password);
    works(&sim, &guest).unwrap();
    let not_allowed = bad("MMC.111072070");
    let mute_all = MuteMeeting::new(true);
    assert_eq!(refused(call(&sim, &mute_all, &guest)), not_allowed);
    assert_eq!(
        refused(call(&sim, &HangUp::new([ann.clone()]), &guest)),
        not_allowed
    );
    assert_eq!(
        refused(call(&sim, &StopMeeting::new(), &guest)),
        not_allowed
    );
    let invited = InvitedAttendee::new("Bo", AttendeeType::SoftClient).phone("+991");
    let invite = InviteParticipant::new([invited]);
    assert_eq!(refused(call(&sim, &invite, &guest)), not_allowed);
    let release = SetRole::new(ann.clone(), false);
    assert_eq!(refused(call(&sim, &release, &guest)), not_allowed);
    let mute = MuteParticipant::new(ann.clone(), true);
    assert_eq!(refused(call(&sim, &mute, &guest)), bad("MMC.111072071"));
    let snapshot = meeting.snapshot().unwrap();
    assert_eq!(snapshot.state, MeetingState::Running);
    assert!(!snapshot.participants[0].muted && !snapshot.mute_on_entry);

    // The host password opens the role all the same.
    let apply = SetRole::new(ann, true).host_password(meeting.host_password.clone());
    call(&sim, &apply, &guest).unwrap();
    assert!(people(&meeting)[0].host);
}

#[test]
fn one_participant_is_muted() {
    let sim = Simulator::start().unwrap();
    let meeting = sim.create_meeting("Weekly");
    let control = control(&sim, &meeting);
    let ann = meeting.join("Ann").unwrap().id;
    meeting.join("Bo").unwrap();
    for mute in [true, false, false, true] {
        call(&sim, &MuteParticipant::new(ann.clone(), mute), &control).unwrap();
        let people = people(&meeting);
        assert_eq!((people[0].muted, people[1].muted), (mute, false));
    }
    let nobody = MuteParticipant::new("nobody", true);
    assert_eq!(refused(call(&sim, &nobody, &control)), bad("MMC.111072008"));
}

#[test]
fn everybody_but_the_host_is_muted() {
    let sim = Simulator::start().unwrap();
    let meeting = sim.create_meeting("Weekly");
    let id = &meeting.conference_id;
    let control = control(&sim, &meeting);
    let host = sim.meeting(id).unwrap().join_as_host("Hugo").unwrap().id;
    let ann = sim.meeting(id).unwrap().join("Ann").unwrap().id;
    let muted = || {
        let people = people(&meeting);
        people.iter().map(|person| person.muted).collect::<Vec<_>>()
    };
    let mute = MuteMeeting::new(true);
    call(&sim, &mute, &control).unwrap();
    assert_eq!(muted(), [false, true]);
    sim.meeting(id).unwrap().join("Late").unwrap();
    assert_eq!(
        muted(),
        [false, true, true],
        "those who come later are muted as well"
    );
    assert!(
        sim.meeting(id).unwrap().snapshot().unwrap().unmute_allowed,
        "as it is when nobody says otherwise"
    );
    sim.meeting(id)
        .unwrap()
        .participant(&ann)
        .mute(false)
        .unwrap();
    assert_eq!(muted(), [false, false, true]);

    call(&sim, &mute.allow_self_unmute(false), &control).unwrap();
    assert_eq!(muted(), [false, true, true]);
    assert_eq!(
        refused(sim.meeting(id).unwrap().participant(&ann).mute(false)),
        bad("MMC.111072070")
    );
    sim.meeting(id)
        .unwrap()
        .participant(&host)
        .mute(true)
        .unwrap();
    sim.meeting(id)
        .unwrap()
        .participant(&host)
        .mute(false)
        .unwrap();

    // Heeded only when muting.
    let unmute = MuteMeeting::new(false).allow_self_unmute(false);
    call(&sim, &unmute, &control).unwrap();
    assert_eq!(muted(), [false, false, false]);
    let snapshot = sim.meeting(id).unwrap().snapshot().unwrap();
    assert!(snapshot.unmute_allowed && !snapshot.mute_on_entry);
}

#[test]
fn a_meeting_can_mute_from_the_start() {
    let sim = Simulator::start().unwrap();
    let rules = ConferenceSettings::new().auto_mute(true);
    let meeting = sim.create_meeting(MeetingPlan::running("Quiet").settings(rules));
    meeting.join_as_host("Hugo").unwrap();
    meeting.join("Ann").unwrap();
    let people = people(&meeting);
    assert_eq!((people[0].muted, people[1].muted), (false, true));
}

#[test]
fn there_is_one_host() {
    let sim = Simulator::start().unwrap();
    let meeting = sim.create_meeting("Weekly");
    let id = &meeting.conference_id;
    let control = control(&sim, &meeting);
    let ann = sim.meeting(id).unwrap().join("Ann").unwrap().id;
    let bo = sim.meeting(id).unwrap().join("Bo").unwrap().id;
    let apply = |who: &meeting_types::ParticipantId, password: &Password| {
        let apply = SetRole::new(who.clone(), true).host_password(password.clone());
        call(&sim, &apply, &control)
    };
    let release = |who: &meeting_types::ParticipantId| {
        call(&sim, &SetRole::new(who.clone(), false), &control)
    };
    let right = &meeting.host_password;
    assert_eq!(
        refused(apply(&ann, &meeting.guest_password)),
        bad("MMC.111072018")
    );
    let without = SetRole::new(ann.clone(), true);
    assert_eq!(
        refused(call(&sim, &without, &control)),
        bad("MMC.111072018")
    );
    assert_eq!(refused(release(&ann)), bad("MMC.111072011"));
    apply(&ann, right).unwrap();
    apply(&ann, right).expect("the host stays host");
    assert_eq!(refused(apply(&bo, right)), bad("MMC.111074001"));
    release(&ann).unwrap();
    apply(&bo, right).unwrap();
    let hosts: Vec<bool> = people(&meeting).iter().map(|p| p.host).collect();
    assert_eq!(hosts, [false, true]);
    assert_eq!(
        refused(apply(&"nobody".into(), right)),
        bad("MMC.111072008")
    );
}

#[test]
fn people_are_dropped_all_or_none() {
    let sim = Simulator::start().unwrap();
    let meeting = sim.create_meeting("Weekly");
    let id = &meeting.conference_id;
    let control = control(&sim, &meeting);
    let ann = sim.meeting(id).unwrap().join("Ann").unwrap().id;
    let bo = sim.meeting(id).unwrap().join("Bo").unwrap().id;
    let chen = sim.meeting(id).unwrap().join("Chen").unwrap().id;
    let wrong = HangUp::new([ann.clone(), "nobody".into()]);
    assert_eq!(refused(call(&sim, &wrong, &control)), bad("MMC.111072008"));
    assert_eq!(people(&meeting).len(), 3);
    call(&sim, &HangUp::new([ann, bo]), &control).unwrap();
    assert_eq!(people(&meeting)[0].id, chen);
    assert_eq!(people(&meeting).len(), 1);
}

fn invite(number: &str) -> InviteParticipant {
    let attendee = InvitedAttendee::new(format!("At {number}"), AttendeeType::SoftClient);
    InviteParticipant::new([attendee.phone(number)])
}

#[test]
fn the_invited_are_called_and_answer() {
    let sim = Simulator::builder().answer_after(MINUTE).start().unwrap();
    let meeting = sim.create_meeting("Weekly");
    let control = control(&sim, &meeting);
    sim.faults()
        .calls_to("+992", CallOutcome::Failed("11111003".to_owned()));
    sim.faults().calls_to("+993", CallOutcome::Rings);
    for number in ["+991", "+992", "+993"] {
        call(&sim, &invite(number), &control).unwrap();
    }
    call(&sim, &invite("+991"), &control).unwrap();
    let calling = |people: &[ParticipantSnapshot]| {
        people
            .iter()
            .map(|p| (p.number.clone(), p.calling))
            .collect::<Vec<_>>()
    };
    let expected = |list: &[(&str, bool)]| {
        list.iter()
            .map(|(n, c)| ((*n).to_owned(), *c))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        calling(&people(&meeting)),
        expected(&[("+991", true), ("+992", true), ("+993", true)]),
        "a second call to the same number is none"
    );
    sim.advance(MINUTE);
    assert_eq!(
        calling(&people(&meeting)),
        expected(&[("+991", false), ("+993", true)])
    );
    let ringing = people(&meeting)[1].id.clone();
    let apply = SetRole::new(ringing.clone(), true).host_password(meeting.host_password.clone());
    assert_eq!(refused(call(&sim, &apply, &control)), bad("MMC.111072011"));
    call(&sim, &HangUp::new([ringing]), &control).unwrap();
    assert_eq!(people(&meeting).len(), 1);
}

#[test]
fn an_invitation_needs_a_number_or_an_account() {
    let sim = Simulator::builder()
        .answer_after(Duration::ZERO)
        .start()
        .unwrap();
    let meeting = sim.create_meeting("Weekly");
    let control = control(&sim, &meeting);
    let nobody = InvitedAttendee::new("Nobody", AttendeeType::SoftClient);
    let somebody = nobody.clone().phone("+991");
    let both = InviteParticipant::new([somebody, nobody.clone()]);
    assert_eq!(refused(call(&sim, &both, &control)), bad("MMC.111072031"));
    assert!(people(&meeting).is_empty(), "all or nobody");

    let expires = Timestamp::from(sim.now() + MINUTE);
    let login = sim
        .app_credential()
        .user_id("ann")
        .login(expires, nonce())
        .unwrap();
    call(&sim, &login, &()).unwrap();
    let host = ParticipantRole::Host;
    let ann = InviteParticipant::new([nobody.account_id("ann").role(host)]);
    call(&sim, &ann, &control).unwrap();
    let people = people(&meeting);
    assert!(people[0].number.starts_with("+99") && people[0].host && !people[0].calling);
}
