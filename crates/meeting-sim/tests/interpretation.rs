//! Interpretation in a running meeting.

#![allow(clippy::unwrap_used, reason = "tests may panic, their helpers too")]

mod support;

use std::time::Duration;

use meeting_sim::{CallOutcome, DEFAULT_ACCOUNT, MediaSnapshot, MeetingPlan};
use meeting_types::{
    Operation, Timestamp, UserUuid,
    events::{Event, EventKind, EventPayload, InterpreterGroupInfo},
    models::{
        AttendeeType, DigitalAsset, DigitalAssetKind, Interpreter, InterpreterGroup,
        InterpreterKind, InvitedAttendee,
    },
    operations::{
        InviteParticipant, ResumeSimultaneousInterpretation, SearchCorpDigitalInfoList,
        SearchPrivateCorpDigitalInfo, SetAttendeeLanChannel, SetInterpreterGroup,
    },
};
use support::{bad, call, control_by, dynamic_info, media, nonce, refused, room::Room, send};

const KINDS: &[EventKind] = &[
    EventKind::ConferenceDynamicInfo,
    EventKind::InterpreterGroup,
];

fn room(kinds: &[EventKind]) -> Room {
    let plan = MeetingPlan::running("In two languages").interpretation(true);
    Room::of(plan, kinds)
}

fn state(room: &Room) -> MediaSnapshot {
    media(&room.meeting)
}

/// Logs somebody in, so that the service knows the account.
fn register(room: &Room, user: &str) {
    let expires = Timestamp::from(room.sim.now() + Duration::from_secs(600));
    let login = room.sim.app_credential().user_id(user).user_name(user);
    call(&room.sim, &login.login(expires, nonce()).unwrap(), &()).unwrap();
}

fn group(id: &str, first: &str, second: &str) -> InterpreterGroup {
    InterpreterGroup::new(id, first, second)
}

fn set(groups: impl IntoIterator<Item = InterpreterGroup>) -> SetInterpreterGroup {
    SetInterpreterGroup::new(groups)
}

fn by_account(account: &str) -> Interpreter {
    Interpreter::new().login_account(account)
}

fn groups(event: Event) -> Vec<InterpreterGroupInfo> {
    match event.payload {
        EventPayload::InterpreterGroup(groups) => groups,
        other => panic!("{other:?}"),
    }
}

fn channel(language: &str) -> SetAttendeeLanChannel {
    SetAttendeeLanChannel::new(language, language)
}

#[test]
fn groups_are_set_anew_and_told() {
    let mut room = room(KINDS);
    register(&room, "ivy");
    let first = group("g1", "zh", "en")
        .name("Chinese")
        .interpreters([by_account("ivy"), by_account(DEFAULT_ACCOUNT)]);
    room.call(&set([first, group("g2", "en", "fr")])).unwrap();
    let info = dynamic_info(room.live.event());
    assert_eq!(info.interpretation_channels, ["zh", "en", "fr"]);
    let told = groups(room.live.event());
    assert_eq!(told, state(&room).interpreter_groups);
    let ids: Vec<_> = told.iter().map(|group| group.id.as_deref()).collect();
    assert_eq!(ids, [Some("g1"), Some("g2")]);
    assert_eq!(told[0].name.as_deref(), Some("Chinese"));
    assert_eq!(told[0].kind, Some(InterpreterKind::Human));
    let ivy = &told[0].interpreters[0];
    assert_eq!(
        ivy.name.as_deref(),
        Some("ivy"),
        "as the directory knows her"
    );
    assert!(ivy.number.is_some() && ivy.user_uuid.is_some());

    // The next list replaces the former.
    room.call(&set([group("g3", "de", "it")])).unwrap();
    let info = dynamic_info(room.live.event());
    assert_eq!(info.interpretation_channels, ["de", "it"]);
    let told = groups(room.live.event());
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].id.as_deref(), Some("g3"));
    // Whoever comes later is told as well.
    let mut late = support::Live::subscribed(&room.sim, &room.control, &KINDS[1..]);
    assert_eq!(groups(late.event()), told);
}

#[test]
fn interpretation_is_switched_on_and_off() {
    let mut room = room(&[EventKind::ConferenceDynamicInfo]);
    let on = ResumeSimultaneousInterpretation::new(true);
    assert_eq!(refused(room.call(&on)), bad("MMC.111072092"));
    room.call(&set([group("g1", "zh", "en")])).unwrap();
    dynamic_info(room.live.event());
    room.call(&on).unwrap();
    assert_eq!(dynamic_info(room.live.event()).interpretation, Some(true));
    room.call(&ResumeSimultaneousInterpretation::new(false))
        .unwrap();
    assert_eq!(dynamic_info(room.live.event()).interpretation, Some(false));
    assert!(!state(&room).interpretation);
}

#[test]
fn people_listen_to_a_language() {
    let room = room(&[]);
    let both = [room.ann.clone(), room.bo.clone()];
    let english = channel("en").participant_ids(both.clone());
    assert_eq!(refused(room.call(&english)), bad("MMC.111072092"));
    room.call(&set([group("g1", "zh", "en"), group("g2", "zh", "fr")]))
        .unwrap();
    assert_eq!(refused(room.call(&english)), bad("MMC.111072093"));
    room.call(&ResumeSimultaneousInterpretation::new(true))
        .unwrap();

    room.call(&english.clone().original_voice(true)).unwrap();
    let listening = || {
        let channels = state(&room).language_channels.into_iter();
        let mut channels: Vec<_> = channels
            .map(|channel| {
                assert_eq!(channel.original_voice, channel.language == "en");
                (channel.participant_id, channel.language)
            })
            .collect();
        channels.sort();
        channels
    };
    let mut wanted: Vec<_> = both.map(|id| (id, "en".to_owned())).into();
    wanted.sort();
    assert_eq!(listening(), wanted);

    let french = channel("fr").participant_ids([room.ann.clone()]);
    room.call(&french).unwrap();
    assert!(listening().contains(&(room.ann.clone(), "fr".to_owned())));
    // Whoever leaves listens to nothing, and a language that is gone has no listeners.
    room.meeting.participant(&room.ann).leave().unwrap();
    assert_eq!(listening(), [(room.bo.clone(), "en".to_owned())]);
    room.call(&set([group("g2", "zh", "fr")])).unwrap();
    assert_eq!(listening(), []);
}

#[test]
fn a_channel_that_does_not_fit_is_refused() {
    let room = room(&[]);
    register(&room, "ivy");
    let group = group("g1", "zh", "en").interpreters([by_account("ivy")]);
    room.call(&set([group])).unwrap();
    room.call(&ResumeSimultaneousInterpretation::new(true))
        .unwrap();
    // The interpreter is called by account, and somebody else still rings.
    room.sim.faults().calls_to("+991", CallOutcome::Rings);
    let client = AttendeeType::SoftClient;
    let ivy = InvitedAttendee::new("Ivy", client.clone()).account_id("ivy");
    let ringing = InvitedAttendee::new("Rings", client).phone("+991");
    room.call(&InviteParticipant::new([ivy, ringing])).unwrap();
    room.sim.advance(Duration::from_secs(60));
    let people = room.meeting.snapshot().unwrap();
    let id_of = |name: &str| {
        let mut people = people.participants.iter();
        people
            .find(|person| person.name == name)
            .unwrap()
            .id
            .clone()
    };

    let ann = || [room.ann.clone()];
    let differ = SetAttendeeLanChannel::new("en", "zh").participant_ids(ann());
    let cases = [
        (differ, "MMC.111072098"),
        (channel("fr").participant_ids(ann()), "MMC.111072096"),
        (channel("en"), "MMC.111071061"),
        (channel("en").participant_ids(["nobody"]), "MMC.111072008"),
        (
            channel("en").participant_ids([room.ann.clone(), id_of("Ivy")]),
            "MMC.111072097",
        ),
        (
            channel("en").participant_ids([id_of("Rings")]),
            "MMC.111072011",
        ),
    ];
    for (set, code) in cases {
        assert_eq!(refused(room.call(&set)), bad(code));
    }
    assert_eq!(state(&room).language_channels, [], "all or nobody");
}

#[test]
fn groups_that_cannot_be_are_refused() {
    let room = room(&[]);
    register(&room, "ivy");
    let with = |members: Vec<Interpreter>| vec![group("g1", "zh", "en").interpreters(members)];
    let crowd: Vec<_> = (0..17)
        .map(|n| {
            let machine = Interpreter::new().kind(InterpreterKind::Ai);
            machine.id(n.to_string())
        })
        .collect();
    let twice = vec![by_account("ivy"), by_account("ivy")];
    let stranger = Interpreter::new().user_uuid(UserUuid::new("nobody"));
    let many = (0..9).map(|n| group(&format!("g{n}"), &format!("a{n}"), &format!("b{n}")));
    let cases = [
        (Vec::new(), "MMC.111071098"),
        (vec![group("g1", "zh", "xx")], "MMC.111071099"),
        (vec![group("g1", "zh", "zh")], "MMC.111071099"),
        (many.collect(), "MMC.111071100"),
        (
            vec![group("g1", "zh", "en"), group("g1", "zh", "fr")],
            "MMC.111071101",
        ),
        (with(crowd), "MMC.111071102"),
        (with(twice), "MMC.111071103"),
        (with(vec![by_account("nobody")]), "MMC.111071104"),
        (with(vec![stranger]), "MMC.111071104"),
        (with(vec![Interpreter::new()]), "MMC.111071104"),
    ];
    for (groups, code) in cases {
        assert_eq!(refused(room.call(&set(groups))), bad(code));
    }
    assert_eq!(state(&room).interpreter_groups, []);
    // An enterprise can add languages.
    room.sim.directory().add_language("xx");
    room.call(&set([group("g1", "zh", "xx")])).unwrap();
}

#[test]
fn a_meeting_without_interpretation_refuses_it() {
    let room = Room::new(&[]);
    let groups = set([group("g1", "zh", "en")]);
    assert_eq!(refused(room.call(&groups)), bad("MMC.111072091"));
    let on = ResumeSimultaneousInterpretation::new(true);
    assert_eq!(refused(room.call(&on)), bad("MMC.111072091"));
    let english = channel("en").participant_ids([room.ann.clone()]);
    assert_eq!(refused(room.call(&english)), bad("MMC.111072091"));
}

#[test]
fn guests_change_no_languages() {
    let room = room(&[]);
    room.only_host(&set([group("g1", "zh", "en")]));
    room.only_host(&ResumeSimultaneousInterpretation::new(true));
    room.only_host(&channel("en"));
    // What these two refuse, they refuse in a 200.
    let guest = control_by(&room.sim, &room.meeting, &room.meeting.guest_password);
    let code = (200, "111072070".to_owned());
    let public = SearchCorpDigitalInfoList::new(DigitalAssetKind::Public, "en");
    assert_eq!(refused(call(&room.sim, &public, &guest)), code);
    let private = SearchPrivateCorpDigitalInfo::new("ann");
    assert_eq!(refused(call(&room.sim, &private, &guest)), code);
}

#[test]
fn voices_are_found_by_kind_language_and_speaker() {
    let room = room(&[]);
    let voice = |id: &str, kind| DigitalAsset::new().id(id).name(id).kind(kind);
    let (public, local) = (DigitalAssetKind::Public, DigitalAssetKind::Local);
    room.sim
        .directory()
        .add_voice(voice("p1", public.clone()), ["en", "zh"]);
    room.sim
        .directory()
        .add_voice(voice("p2", public.clone()), ["zh"]);
    room.sim
        .directory()
        .add_voice(voice("l1", local.clone()), ["en"]);
    let cloned = voice("c1", DigitalAssetKind::Private);
    let cloned = cloned.presenter_account("ann@example.com");
    room.sim.directory().add_voice(cloned, ["en"]);

    let ids = |list: Vec<DigitalAsset>| -> Vec<String> {
        list.into_iter().map(|asset| asset.id.unwrap()).collect()
    };
    let find = |kind: &DigitalAssetKind, language: &str| {
        let search = SearchCorpDigitalInfoList::new(kind.clone(), language);
        room.call(&search).unwrap().assets
    };
    assert_eq!(ids(find(&public, "zh")), ["p1", "p2"]);
    let english = find(&public, "en");
    assert_eq!(english[0].corp_id, None, "public voices are everybody's");
    assert_eq!(ids(english), ["p1"]);
    let english = find(&local, "en");
    assert!(english[0].corp_id.is_some());
    assert_eq!(ids(english), ["l1"]);
    assert!(find(&local, "zh").is_empty());

    let of = |account: &str| SearchPrivateCorpDigitalInfo::new(account);
    let of_ann = |search: SearchPrivateCorpDigitalInfo| ids(room.call(&search).unwrap().assets);
    assert_eq!(of_ann(of("ann@example.com")), ["c1"]);
    assert_eq!(of_ann(of("ann@example.com").language("en")), ["c1"]);
    assert!(of_ann(of("ann@example.com").language("fr")).is_empty());
    assert!(of_ann(of("bo@example.com")).is_empty());

    let private = SearchCorpDigitalInfoList::new(DigitalAssetKind::Private, "en");
    let refused = refused(room.call(&private));
    assert_eq!(refused, (200, "111071061".to_owned()));
    let request = of("ann@example.com")
        .to_request(&room.sim.endpoint(), &room.control)
        .unwrap();
    let reply = send(&room.sim, &request);
    let body: serde_json::Value = serde_json::from_slice(reply.body()).unwrap();
    assert_eq!(body["returnCode"], 0);
    assert_eq!(body["corpDigitalInfoList"][0]["account"], "c1");
}
