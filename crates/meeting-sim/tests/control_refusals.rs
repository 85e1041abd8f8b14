//! What every control operation refuses, one by one over all of them.

#![allow(clippy::unwrap_used, reason = "tests may panic, their helpers too")]

mod support;

use std::{collections::BTreeSet, time::Duration};

use bytes::Bytes;
use http::{HeaderValue, Request};
use meeting_sim::{MeetingPlan, SimMeeting, Simulator};
use meeting_types::{
    ConferenceCredential, Operation, ParticipantId,
    models::{
        AttendeeType, ConferenceSettings, DigitalAssetKind, InterpreterGroup, InvitedAttendee,
        LayoutType, MmrRecordAction, PictureContent, PictureSource, RecordType, RemovedAttendee,
        SavedLayout, VideoSwitchMode, ViewTarget,
    },
    operations::{self, *},
};
use support::{call, control, control_by, person, room::device, send};

const TOKEN: &str = "X-Conference-Authorization";

/// Those that get their authority elsewhere than from a control token in its header. Each has tests
/// of its own.
const WITHOUT_THE_HEADER: [&str; 6] = [
    "CreateAnonymousAuthRandom",
    "CreateAuthRandom",
    "CreateConfToken",
    "InviteWithPwd",
    "ListNetworkQuality",
    "ShowMgmtSiteStatus",
];
/// What guests may do: to look on, and to become host by the host password.
const FOR_GUESTS: [&str; 4] = [
    "CreateWebSocketToken",
    "SetRole",
    "ShowLayout",
    "ShowRealTimeInfoOfMeeting",
];
/// What guests may do to themselves only, and no token says who they are.
const ON_ONESELF: [&str; 3] = ["Hand", "MuteParticipant", "RenameParticipant"];

/// A request that the host of a suitable meeting may make.
struct Case {
    name: &'static str,
    request: Request<Bytes>,
    /// Whether it names a participant.
    about_somebody: bool,
}

/// Who is in the meeting that the requests are about.
struct People {
    host: ParticipantId,
    ann: ParticipantId,
    /// Ann's.
    number: String,
    /// At a room device.
    room: ParticipantId,
    /// In the waiting room.
    waiting: ParticipantId,
}

impl People {
    /// Nobody who is there.
    fn nobody() -> Self {
        let nobody = || ParticipantId::new("nobody");
        Self {
            host: nobody(),
            ann: nobody(),
            number: "+000".to_owned(),
            room: nobody(),
            waiting: nobody(),
        }
    }
}

fn case<O>(sim: &Simulator, meeting: &SimMeeting, operation: &O) -> Case
where
    O: Operation<Authorization = ConferenceCredential>,
{
    let credential = ConferenceCredential::new(meeting.conference_id.clone(), "none");
    let mut request = operation.to_request(&sim.endpoint(), &credential).unwrap();
    request.headers_mut().remove(TOKEN).unwrap();
    Case {
        name: O::INFO.name,
        request,
        about_somebody: false,
    }
}

/// A request for each operation, in an order in which one meeting takes all of them.
fn cases(sim: &Simulator, meeting: &SimMeeting, people: &People) -> Vec<Case> {
    let People {
        host,
        ann,
        number,
        room,
        waiting,
    } = people;
    macro_rules! cases {
        ($about_somebody:expr; $($operation:expr,)*) => {
            [$(Case { about_somebody: $about_somebody, ..case(sim, meeting, &$operation) }),*]
        };
    }
    let invited = InvitedAttendee::new("Bo", AttendeeType::SoftClient).phone("+992");
    let picture = |who: &str| [PictureContent::new(1).participants([who])];
    let layout = SavedLayout::new()
        .name("First")
        .layout_type(LayoutType::Two)
        .pictures([PictureSource::new().index(1).numbers(["+991"])]);
    let of_meeting = cases![false;
        CreateWebSocketToken::new(),
        ShowRealTimeInfoOfMeeting::new(),
        InviteParticipant::new([invited]),
        MuteMeeting::new(true),
        AllowGuestUnmute::new(true),
        LockMeeting::new(true),
        UpdateStartedConfConfig::new().lock_sharing(true),
        AllowAudienceJoin::new(true),
        PauseConference::new(false),
        ProlongMeeting::new(true),
        Record::new(true),
        SetMmrRecord::new(MmrRecordAction::Pause),
        Live::new(true),
        SetMmrLive::new(false),
        SetInterpreterGroup::new([InterpreterGroup::new("g1", "zh", "en")]),
        ResumeSimultaneousInterpretation::new(true),
        SearchCorpDigitalInfoList::new(DigitalAssetKind::Public, "en"),
        SearchPrivateCorpDigitalInfo::new("ann"),
        SwitchMode::new(VideoSwitchMode::Fixed, true),
        ShowLayout::new(),
        SaveLayout::new(layout),
        CancelBroadcast::new(),
    ];
    let of_somebody = cases![true;
        AllowWaitingParticipant::new().participant_id(waiting.clone()),
        MoveToWaitingRoom::new(waiting.clone()),
        AllowWaitingParticipant::new().participant_id(waiting.clone()),
        BatchMoveToWaitingRoom::new([waiting.clone()]),
        SetRole::new(host.clone(), true).host_password(meeting.host_password.clone()),
        MuteParticipant::new(ann.clone(), true),
        Hand::new(ann.clone(), true),
        BatchHand::new(false, [ann.clone()]),
        SetCohost::new(ann.clone(), true),
        RenameParticipant::new(number, "Anne").participant_id(ann.clone()),
        AllowClientRecord::new(ann.clone(), true),
        InviteOperateVideo::new(ann.clone(), true),
        InviteShare::new(ann.clone(), true),
        SetAttendeeLanChannel::new("zh", "zh").participant_ids([ann.clone()]),
        SetHostView::new(ViewTarget::Participant).source_id(ann.clone()),
        SetParticipantView::new(room.clone(), ViewTarget::Participant, ann.clone()),
        LockView::new(room.clone(), ann.clone(), true),
        SetCustomMultiPicture::new(true)
            .layout_type(LayoutType::Two)
            .pictures(picture(number)),
        SetMultiPicture::new(true)
            .layout_type(LayoutType::Two)
            .pictures(picture(ann.as_str())),
        BroadcastParticipant::new(ann.clone()),
        RollcallParticipant::new(ann.clone()),
        DeleteAttendees::new([RemovedAttendee::new(number).participant_id(ann.clone())]),
        HangUp::new([room.clone()]),
    ];
    let at_the_end = cases![false;
        DeleteLayout::new("none"),
        StopMeeting::new(),
    ];
    of_meeting
        .into_iter()
        .chain(of_somebody)
        .chain(at_the_end)
        .collect()
}

/// A meeting in which everything can be done.
fn meeting(sim: &Simulator) -> SimMeeting {
    sim.create_meeting(
        MeetingPlan::booked("All of it", sim.now())
            .settings(ConferenceSettings::new().waiting_room(true))
            .record_type(RecordType::LiveAndRecord)
            .interpretation(true),
    )
}

/// Starts the meeting, with its host at a room device.
fn start(sim: &Simulator, meeting: &SimMeeting) -> (ParticipantId, ConferenceCredential) {
    let host = meeting.join_as_host(device("Hugo"));
    (host.unwrap().id, control(sim, meeting))
}

/// Fills the meeting.
fn people(
    sim: &Simulator,
    meeting: &SimMeeting,
    host: ParticipantId,
    control: &ConferenceCredential,
) -> People {
    let id = &meeting.conference_id;
    let waiting = sim.meeting(id).unwrap().join("Wei").unwrap().id;
    let come_in = |id: ParticipantId| {
        let let_in = AllowWaitingParticipant::new().participant_id(id.clone());
        call(sim, &let_in, control).unwrap();
        id
    };
    let ann = come_in(sim.meeting(id).unwrap().join("Ann").unwrap().id);
    People {
        host,
        number: person(meeting, &ann).number,
        ann,
        room: come_in(sim.meeting(id).unwrap().join(device("Room 1")).unwrap().id),
        waiting,
    }
}

/// Makes a request with this token. Answers the digits of the code, or nothing where it is done.
fn refusal(sim: &Simulator, case: &Case, token: Option<&str>) -> Option<String> {
    let mut request = case.request.clone();
    if let Some(token) = token {
        let token = HeaderValue::from_str(token).unwrap();
        request.headers_mut().insert(TOKEN, token);
    }
    let answer = send(sim, &request);
    let body: serde_json::Value = serde_json::from_slice(answer.body()).unwrap_or_default();
    if let Some(code) = body["error_code"].as_str() {
        assert_eq!(answer.status(), 400, "{}: {body}", case.name);
        return Some(code.trim_start_matches("MMC.").to_owned());
    }
    assert_eq!(answer.status(), 200, "{}: {body}", case.name);
    let code = body["returnCode"].as_i64().filter(|code| *code != 0);
    code.map(|code| code.to_string())
}

fn names(cases: &[Case]) -> BTreeSet<&'static str> {
    cases.iter().map(|case| case.name).collect()
}

#[test]
fn the_table_is_complete() {
    let sim = Simulator::start().unwrap();
    let meeting = meeting(&sim);
    let listed = names(&cases(&sim, &meeting, &People::nobody()));
    let all = operations::ALL.iter();
    let control = all.filter(|info| {
        // This one alone is of another group.
        info.group == "conference-control" || info.name == "ListNetworkQuality"
    });
    let control: BTreeSet<&str> = control.map(|info| info.name).collect();
    assert_eq!(control.len(), 52);
    let apart = BTreeSet::from(WITHOUT_THE_HEADER);
    assert!(listed.is_disjoint(&apart));
    assert_eq!(&listed | &apart, control);
    for exceptions in [&FOR_GUESTS[..], &ON_ONESELF] {
        assert!(exceptions.iter().all(|name| listed.contains(name)));
    }
}

#[test]
fn a_token_must_be_there_and_be_good() {
    let sim = Simulator::start().unwrap();
    let meeting = meeting(&sim);
    let (_, old) = start(&sim, &meeting);
    call(&sim, &StopMeeting::new(), &old).unwrap();
    let (host, good) = start(&sim, &meeting);
    let people = people(&sim, &meeting, host, &good);
    let elsewhere = sim.create_meeting("Elsewhere");
    let elsewhere = control(&sim, &elsewhere);
    let before = meeting.snapshot();
    let refused = |token: Option<&str>, code: &str| {
        for case in cases(&sim, &meeting, &people) {
            let said = refusal(&sim, &case, token);
            assert_eq!(said.as_deref(), Some(code), "{}", case.name);
        }
    };
    refused(None, "111070111");
    refused(Some("cnrgarbage"), "111072065");
    refused(Some("Basic garbage"), "111072065");
    refused(Some(elsewhere.token.expose()), "111072065");
    refused(Some(old.token.expose()), "111072065");
    sim.faults().expire_control_tokens();
    refused(Some(good.token.expose()), "111072065");
    let good = control(&sim, &meeting);
    sim.advance(Duration::from_secs(30 * 60));
    refused(Some(good.token.expose()), "111072065");
    assert_eq!(meeting.snapshot(), before);
}

#[test]
fn a_meeting_must_run() {
    let sim = Simulator::start().unwrap();
    let later = meeting(&sim);
    let (_, of_later) = start(&sim, &later);
    call(&sim, &StopMeeting::new(), &of_later).unwrap();
    let over = sim.create_meeting("Over");
    let of_over = control(&sim, &over);
    call(&sim, &StopMeeting::new(), &of_over).unwrap();
    let nobody = People::nobody();
    for (meeting, control, code) in [
        (&later, &of_later, "111072005"),
        (&over, &of_over, "111072006"),
    ] {
        for case in cases(&sim, meeting, &nobody) {
            let said = refusal(&sim, &case, Some(control.token.expose()));
            assert_eq!(said.as_deref(), Some(code), "{}", case.name);
        }
    }
}

#[test]
fn the_host_does_all_and_guests_do_little() {
    let sim = Simulator::start().unwrap();
    let meeting = meeting(&sim);
    let (person, host) = start(&sim, &meeting);
    let people = people(&sim, &meeting, person, &host);
    let guest = control_by(&sim, &meeting, &meeting.guest_password);
    for case in cases(&sim, &meeting, &people) {
        let before = meeting.snapshot();
        let expected = if FOR_GUESTS.contains(&case.name) {
            None
        } else if ON_ONESELF.contains(&case.name) {
            Some("111072071")
        } else {
            Some("111072070")
        };
        let said = refusal(&sim, &case, Some(guest.token.expose()));
        assert_eq!(said.as_deref(), expected, "{}", case.name);
        assert_eq!(meeting.snapshot(), before, "{}", case.name);

        // What was refused to a guest is done for the host.
        let said = refusal(&sim, &case, Some(host.token.expose()));
        let expected = (case.name == "DeleteLayout").then_some("111071061");
        assert_eq!(said.as_deref(), expected, "{}", case.name);
    }
}

#[test]
fn nobody_is_found_who_is_not_there() {
    let sim = Simulator::start().unwrap();
    let meeting = meeting(&sim);
    let (host, control) = start(&sim, &meeting);
    people(&sim, &meeting, host, &control);
    for name in ["SetInterpreterGroup", "ResumeSimultaneousInterpretation"] {
        let all = cases(&sim, &meeting, &People::nobody());
        let case = all.iter().find(|case| case.name == name).unwrap();
        assert_eq!(refusal(&sim, case, Some(control.token.expose())), None);
    }
    let before = meeting.snapshot();
    for case in cases(&sim, &meeting, &People::nobody()) {
        if case.about_somebody {
            let said = refusal(&sim, &case, Some(control.token.expose()));
            assert_eq!(said.as_deref(), Some("111072008"), "{}", case.name);
        }
    }
    assert_eq!(meeting.snapshot(), before);
}
