//! Calls over a socket, to a simulator in the test.

#![allow(clippy::unwrap_used, reason = "these are tests")]
#![allow(dead_code, reason = "the tests share their support")]

mod support;

use std::{
    io::{Read, Write},
    net::TcpListener,
    thread,
};

use meeting_sim::{DEFAULT_ACCOUNT, DEFAULT_APP_ID, DEFAULT_PASSWORD, MeetingPlan, Simulator};
use support::{call, file, meeting, run};

/// How often an operation reached the simulator.
fn requests_of(sim: &Simulator, operation: &str) -> usize {
    let records = sim.requests();
    let of = records
        .iter()
        .filter(|record| record.operation == Some(operation));
    of.count()
}

#[test]
fn a_meeting_is_booked_found_and_shown() {
    let sim = Simulator::start().unwrap();
    let booking = [
        "CreateMeeting",
        "subject=Weekly",
        "mediaTypes=Voice",
        "mediaTypes=HDVideo",
    ];
    let booked = call(
        &sim,
        &[&booking[..], &["length=60", "startTime=2099-01-01 09:00"]].concat(),
    );
    let booked = booked.json();
    assert_eq!(booked[0]["mediaTypes"], "Data,Voice,HDVideo");
    let id = booked[0]["conferenceID"].as_str().unwrap();

    let found = call(&sim, &["SearchMeetings", "searchKey=Weekly"]).json();
    assert_eq!(found["data"][0]["conferenceID"], id);

    let shown = call(
        &sim,
        &[
            "showmeetingdetail",
            &format!("conferenceID={id}"),
            "--verbose",
        ],
    );
    assert!(shown.err.contains("200 OK, request id "), "{}", shown.err);
    assert_eq!(shown.json()["conferenceData"]["subject"], "Weekly");
    assert_eq!(requests_of(&sim, "CreateAppIdToken"), 3);
}

#[test]
fn a_body_comes_whole_and_parameters_go_over_it() {
    let sim = Simulator::start().unwrap();
    let endpoint = sim.endpoint().to_string();
    let variables = [
        ("MEETING_ENDPOINT", endpoint.as_str()),
        ("MEETING_ACCOUNT", DEFAULT_ACCOUNT),
        ("MEETING_PASSWORD", DEFAULT_PASSWORD),
    ];
    let body = r#"{"subject": "Old", "mediaTypes": "Voice", "confConfigInfo": {"isSendSms": 0}}"#;
    let path = file("booking.json", body);
    for (given, input) in [("-", body), (body, ""), (path.to_str().unwrap(), "")] {
        let arguments = ["call", "CreateMeeting", "--body", given, "subject=New"];
        let booked = run(&arguments, &variables, input).json();
        assert_eq!(booked[0]["subject"], "New");
        assert_eq!(booked[0]["mediaTypes"], "Voice");
    }
}

#[test]
fn a_list_ends_although_the_last_part_comes_again() {
    let sim = Simulator::start().unwrap();
    for number in 0..5 {
        let subject = format!("subject=Meeting {number}");
        call(
            &sim,
            &[
                "CreateMeeting",
                &subject,
                "mediaTypes=Voice",
                "startTime=2099-01-01 09:00",
            ],
        )
        .ok();
    }
    // The trap: behind the end, the last part comes again.
    let behind = call(&sim, &["SearchMeetings", "offset=100", "limit=2"]).json();
    assert!(!behind["data"].as_array().unwrap().is_empty());

    let before = requests_of(&sim, "SearchMeetings");
    let all = call(&sim, &["SearchMeetings", "--all", "limit=2"]).json();
    let mut ids: Vec<_> = all
        .as_array()
        .unwrap()
        .iter()
        .map(|meeting| meeting["conferenceID"].to_string())
        .collect();
    ids.sort();
    ids.dedup();
    assert_eq!((ids.len(), all.as_array().unwrap().len()), (5, 5));
    assert_eq!(requests_of(&sim, "SearchMeetings") - before, 3);

    let line = call(&sim, &["CreateMeeting", "--all"]).failed(2);
    assert!(line.contains("does not list in parts"), "{line}");
}

#[test]
fn a_running_meeting_is_controlled_by_password_or_token() {
    let sim = Simulator::start().unwrap();
    let running = sim.create_meeting(MeetingPlan::running("Weekly"));
    let id = running.conference_id.to_string();
    sim.meeting(&running.conference_id)
        .unwrap()
        .join("Ann")
        .unwrap();
    let endpoint = sim.endpoint().to_string();
    let password = running.host_password.expose();
    let by_password = [
        ("MEETING_ENDPOINT", endpoint.as_str()),
        ("MEETING_CONFERENCE_PASSWORD", password),
    ];
    let mute = ["call", "MuteMeeting", "isMute=1", "--conference", &id];
    run(&mute, &by_password, "").ok();

    let arguments = [
        "call",
        "CreateConfToken",
        &format!("conferenceID={id}"),
        "X-Password=-",
    ];
    let granted = run(&arguments, &by_password, &format!("{password}\n")).json();
    let token = granted["data"]["token"].as_str().unwrap();
    let by_token = [
        ("MEETING_ENDPOINT", endpoint.as_str()),
        ("MEETING_CONFERENCE_TOKEN", token),
    ];
    let given_as_key = format!("conferenceID={id}");
    run(&["call", "StopMeeting", &given_as_key], &by_token, "").ok();
    // The meeting is over, and the service says so.
    run(&mute, &by_token, "").failed(1);
    run(&["call", "StopMeeting"], &by_token, "").failed(2);
}

#[test]
fn tls_wants_the_authority() {
    let sim = Simulator::builder().tls(true).start().unwrap();
    let pem = file("authority.pem", sim.ca_pem().unwrap());
    let search = ["SearchMeetings", "--ca-file", pem.to_str().unwrap()];
    call(&sim, &search).ok();
    call(&sim, &search[..1]).failed(3);
    let none = file("none.pem", "nothing");
    call(
        &sim,
        &["SearchMeetings", "--ca-file", none.to_str().unwrap()],
    )
    .failed(2);
}

#[test]
fn a_bare_address_wants_a_name_or_a_pin() {
    let sim = Simulator::builder()
        .tls(true)
        .foreign_web_socket_host(true)
        .start()
        .unwrap();
    let pem = file("foreign.pem", sim.ca_pem().unwrap());
    let url = format!("https://{}", sim.address());
    let search = ["SearchMeetings", "--endpoint", &url];
    let by_ca = [&search[..], &["--ca-file", pem.to_str().unwrap()]].concat();
    let with = |option, value: &str| call(&sim, &[&by_ca[..], &[option, value]].concat());

    let line = call(&sim, &by_ca).failed(3);
    for said in ["of 127.0.0.1 is for localhost", "--verify-as", "--pin"] {
        assert!(line.contains(said), "{line}");
    }
    with("--verify-as", "localhost").ok();
    with("--verify-as", "127.0.0.1=localhost").ok();
    with("--verify-as", "127.0.0.2=localhost").failed(3);
    with("--verify-as", "example.com").failed(3);
    with("--verify-as", "127.0.0.1").failed(2);
    // The refusal tells the fingerprint.
    let fingerprint: String = line
        .split_once("fingerprint is ")
        .unwrap()
        .1
        .chars()
        .take_while(|&c| c.is_ascii_hexdigit() || c == ':')
        .collect();
    call(&sim, &[&search[..], &["--pin", &fingerprint]].concat()).ok();
    with("--pin", &"00".repeat(32)).failed(3);
}

#[test]
fn the_simulator_inside_needs_nothing() {
    let done = meeting(&["call", "MuteMeeting", "isMute=true", "--endpoint", "sim"]);
    assert!(done.err.contains("host password"), "{}", done.err);
    done.ok();
    meeting(&["call", "SearchMeetings", "--endpoint", "sim", "--all"]).json();
}

#[test]
fn the_exit_code_says_what_went_wrong() {
    let sim = Simulator::start().unwrap();
    let line = call(&sim, &["ShowMeetingDetail", "conferenceID=999999999"]).failed(1);
    assert!(line.contains("request id"), "{line}");
    call(&sim, &["SearchMeetings", "limit=501"]).failed(2);
    let nobody = ["call", "SearchMeetings", "--endpoint", "http://127.0.0.1:9"];
    run(&nobody, &[("MEETING_ACCESS_TOKEN", "t")], "").failed(3);
    meeting(&nobody).failed(2);
    let nowhere = meeting(&["call", "SearchMeetings"]).failed(2);
    for place in ["china", "international", "sim"] {
        assert!(nowhere.contains(place), "{nowhere}");
    }
    meeting(&["call", "SearchMeetings", "--endpoint", "ftp://127.0.0.1:9"]).failed(2);
    assert_eq!(meeting(&["call"]).code, 2);
    let credentials = [
        ("MEETING_APP_ID", DEFAULT_APP_ID),
        ("MEETING_APP_KEY", "wrong"),
    ];
    let endpoint = sim.endpoint().to_string();
    run(
        &["call", "SearchMeetings", "--endpoint", &endpoint],
        &credentials,
        "",
    )
    .failed(1);
}

#[test]
fn a_time_zone_outside_the_table_is_refused_before_it_is_sent() {
    let sim = Simulator::start().unwrap();
    let book = |zone: &str| {
        let zone = format!("timeZoneID={zone}");
        call(
            &sim,
            &["CreateMeeting", "subject=W", "mediaTypes=HDVideo", &zone],
        )
    };
    for zone in ["Asia/Shanghai", "78", "-1", "99999"] {
        let error = book(zone).failed(2);
        assert!(
            error.contains("`timeZoneID`") && error.contains("from 0 to 77"),
            "{zone}: {error}"
        );
    }
    assert_eq!(requests_of(&sim, "CreateMeeting"), 0);
    assert_eq!(book("29").json()[0]["timeZoneID"], "29");
}

#[test]
fn wrong_names_are_answered_with_the_nearest() {
    // What is nearest need not be what was meant.
    let line = meeting(&["describe", "ListRecordings"]).failed(2);
    assert!(line.contains("`meeting operations WORD`"), "{line}");
    let line = meeting(&["call", "SerchMeetings"]).failed(2);
    assert!(
        line.contains("did you mean SearchMeetings? See `meeting describe SearchMeetings`"),
        "{line}"
    );
    let create = [
        "call",
        "CreateMeeting",
        "--endpoint",
        "sim",
        "mediaTypes=Voice",
    ];
    for (wrong, near) in [
        ("subjet=x", "`subject`"),
        ("confConfigInfo={\"isSendSmss\":1}", "`isSendSms`"),
        ("--body={\"lenght\":1}", "`length`"),
        ("attendees=[{\"nme\":\"x\"}]", "`name`"),
    ] {
        let line = meeting(&[&create[..], &[wrong]].concat()).failed(2);
        assert!(line.contains(&format!("did you mean {near}")), "{line}");
        assert!(
            line.contains("see `meeting describe CreateMeeting`"),
            "{line}"
        );
    }
    let line = meeting(&[
        "call",
        "MuteParticipant",
        "--endpoint",
        "http://127.0.0.1:9",
    ])
    .failed(2);
    assert!(
        line.contains("needs `participantID` (query), `isMute` (body)"),
        "{line}"
    );
    let line = meeting(&["call", "LockView", "participantID=1"]).failed(2);
    assert!(line.contains("stands in two places"), "{line}");
    let line = meeting(&["call", "MuteMeeting", "isMute=maybe"]).failed(2);
    assert!(line.contains("true or false is wanted"), "{line}");
}

#[test]
fn a_call_that_lacks_a_meeting_says_how_to_name_one() {
    let nowhere = ["--endpoint", "http://127.0.0.1:9"];
    let call = ["call", "MuteMeeting", "isMute=true"];
    let line = meeting(&[&call[..], &nowhere].concat()).failed(2);
    assert!(
        line.contains("--conference ID") && line.contains("MEETING_CONFERENCE"),
        "{line}"
    );
    // That is a subcommand of its own.
    assert!(!line.contains("watch"), "{line}");
}

/// Answers every request with these bytes, as a proxy in the way does.
fn proxy(head: &'static str, body: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let length = body.len();
            let head =
                format!("HTTP/1.1 {head}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
            let _ = stream.write_all(&[head.as_bytes(), body].concat());
        }
    });
    endpoint
}

#[test]
fn an_encoding_that_nobody_asked_for_is_named() {
    const GZIP: &[u8] = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab\xae\x05\x00";
    const GBK: &[u8] = b"{\"error_msg\": \"\xd6\xdc\xbb\xe1\"}";
    for (head, body, named) in [
        (
            "200 OK\r\nContent-Encoding: gzip",
            GZIP,
            "content encoding gzip",
        ),
        (
            "403 Forbidden\r\nContent-Encoding: br",
            GZIP,
            "content encoding br",
        ),
        (
            "200 OK\r\nContent-Type: application/json;charset=GBK",
            GBK,
            "charset GBK",
        ),
        (
            "400 Bad Request\r\nContent-Type: text/plain; charset=gb18030",
            GBK,
            "charset gb18030",
        ),
    ] {
        let endpoint = proxy(head, body);
        let variables = [
            ("MEETING_ENDPOINT", &*endpoint),
            ("MEETING_ACCESS_TOKEN", "hush"),
        ];
        let done = run(&["call", "SearchMeetings"], &variables, "");
        assert_ne!(done.code, 0);
        assert!(done.err.contains(named), "{}", done.err);
        assert!(!done.err.contains(['\u{fffd}', '\u{1f}']), "{}", done.err);
    }
}
