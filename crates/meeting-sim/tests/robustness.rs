//! Clients that are broken, slow or gone do no harm to the others.

#![allow(clippy::unwrap_used, reason = "tests may panic, their helpers too")]

mod support;

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use bytes::Bytes;
use http::HeaderValue;
use meeting_sim::{SimMeeting, Simulator};
use meeting_types::{
    ConferenceCredential,
    events::EventKind,
    operations::{self, CreateWebSocketToken, SearchMeetings},
};
use support::{Live, PATIENCE, call, control, eventually, listening, log_in, raw, send};

/// Bodies that no operation takes.
fn bad_bodies() -> Vec<Bytes> {
    let mut bodies = vec![
        Bytes::from_static(b"{"),
        Bytes::from_static(b"null"),
        Bytes::from_static(b"[]"),
        Bytes::from_static(b"\"\""),
        Bytes::from_static(b"\xff\xfe\x00{}"),
        Bytes::from_static(b"{\"a\":\"\xc3\x28\"}"),
        Bytes::from_static(b"1e999999"),
    ];
    // Deeper than any stack.
    bodies.push("[".repeat(20_000).into());
    bodies.push("{\"a\":".repeat(20_000).into());
    // The right names, and the wrong values.
    for value in ["null", "-1", "1e300", "[[]]", "{}", "\"\\u0000\"", "[null]"] {
        let names = [
            "isMute",
            "participantID",
            "attendees",
            "isLock",
            "interpreterGroups",
            "confID",
            "pwd",
            "callNum",
            "manualSet",
            "multiPicSaveLayoutInfo",
            "subscriberPics",
            "imageType",
            "picLayouts",
            "auto",
            "duration",
            "subject",
            "startTime",
            "length",
            "mediaTypes",
        ];
        let entries = names.map(|name| format!("\"{name}\":{value}"));
        bodies.push(format!("{{{}}}", entries.join(",")).into());
    }
    bodies
}

#[test]
fn every_operation_refuses_garbage() {
    let sim = Simulator::start().unwrap();
    let meeting = sim.create_meeting("Weekly");
    let control = control(&sim, &meeting);
    let token = log_in(&sim);
    let header = |text: &str| HeaderValue::from_str(text).unwrap();
    for info in operations::ALL {
        // These need no body to end what the rest of the test needs.
        if matches!(info.name, "StopMeeting" | "DeleteToken" | "UpdateToken") {
            continue;
        }
        let path = format!("{}?conferenceID={}", info.path, meeting.conference_id);
        for body in bad_bodies() {
            let request = http::Request::builder()
                .method(&info.method)
                .uri(&path)
                .header("Content-Type", "application/json")
                .header("X-Access-Token", header(token.expose()))
                .header("X-Conference-Authorization", header(control.token.expose()))
                .header("X-Login-Type", "1")
                .body(body)
                .unwrap();
            let answer = send(&sim, &request);
            let known = answer.status().as_u16() < 500;
            assert!(known, "{}: {:?}", info.name, answer.body());
        }
    }
    call(&sim, &SearchMeetings::new(), &token).unwrap();
    call(&sim, &CreateWebSocketToken::new(), &control).unwrap();
}

#[test]
fn a_head_has_a_limit() {
    let sim = Simulator::start().unwrap();
    let head = |length: usize| {
        let filling = "x".repeat(length);
        format!("GET / HTTP/1.1\r\nHost: sim\r\nConnection: close\r\nX-Filling: {filling}\r\n\r\n")
    };
    assert_eq!(raw(&sim, head(32 * 1024).as_bytes()).status(), 404);
    assert_eq!(raw(&sim, head(300 * 1024).as_bytes()).status(), 431);
    assert_eq!(sim.total_requests(), 1);
}

#[test]
fn idle_and_slow_connections_keep_nobody_waiting() {
    let sim = Simulator::start().unwrap();
    let connect = || TcpStream::connect(sim.address()).unwrap();
    let silent: Vec<TcpStream> = (0..150).map(|_| connect()).collect();
    let half: Vec<TcpStream> = (0..150)
        .map(|number| {
            let mut stream = connect();
            let start: &[u8] = if number % 2 == 0 {
                b"POST /v1/mmc/management/conferences HTTP/1.1\r\nHost: s"
            } else {
                b"POST /v1/mmc/management/conferences HTTP/1.1\r\nHost: sim\r\nContent-Length: 9000000\r\n\r\n{"
            };
            stream.write_all(start).unwrap();
            stream
        })
        .collect();
    let token = log_in(&sim);
    call(&sim, &SearchMeetings::new(), &token).unwrap();
    // Whoever takes long is answered all the same.
    let mut slow = silent.into_iter().next().unwrap();
    slow.set_read_timeout(Some(PATIENCE)).unwrap();
    for byte in b"GET /slow HTTP/1.1\r\nHost: sim\r\nConnection: close\r\n\r\n" {
        slow.write_all(&[*byte]).unwrap();
    }
    let mut answer = String::new();
    slow.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
    drop(half);
    call(&sim, &SearchMeetings::new(), &token).unwrap();
}

/// Opens a live channel by hand.
fn socket(sim: &Simulator, control: &ConferenceCredential) -> TcpStream {
    let issued = call(sim, &CreateWebSocketToken::new(), control).unwrap();
    let mut stream = TcpStream::connect(sim.address()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(
        stream,
        "GET /cms/open/websocket/confctl/increment/conn?confID={}&tmpToken={} HTTP/1.1\r\n\
         Host: sim\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        control.conference_id,
        issued.token.expose(),
    )
    .unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    assert!(head.starts_with(b"HTTP/1.1 101"));
    stream
}

fn channels(meeting: &SimMeeting) -> usize {
    meeting.snapshot().unwrap().live_channels
}

#[test]
fn frames_that_are_none_end_their_own_channel_only() {
    let sim = Simulator::start().unwrap();
    let (meeting, control, mut live) = listening(&sim, &[EventKind::Participants]);
    let mut too_long = vec![0x81, 0xff];
    too_long.extend_from_slice(&(u64::MAX >> 1).to_be_bytes());
    too_long.extend_from_slice(&[0; 4]);
    let mut long_ping = b"\x89\xfe\x00\x80".to_vec();
    long_ping.extend_from_slice(&[0; 4 + 128]);
    let bad: [(&str, &[u8]); 9] = [
        ("no WebSocket at all", b"GET / HTTP/1.1\r\n\r\n"),
        ("not masked", b"\x81\x02{}"),
        ("a reserved opcode", b"\x83\x80\x00\x00\x00\x00"),
        ("a reserved bit", b"\xc1\x80\x00\x00\x00\x00"),
        ("no UTF-8", b"\x81\x82\x00\x00\x00\x00\xc3\x28"),
        ("a continuation of nothing", b"\x80\x80\x00\x00\x00\x00"),
        ("a ping in parts", b"\x09\x80\x00\x00\x00\x00"),
        ("a ping that is too long", &long_ping),
        ("a frame that is too long", &too_long),
    ];
    for (what, frame) in bad {
        let mut stream = socket(&sim, &control);
        assert_eq!(channels(&meeting), 2, "{what}");
        stream.write_all(frame).unwrap();
        eventually(what, || channels(&meeting) == 1);
        // It may say why; then it is over.
        let _ = stream.read_to_end(&mut Vec::new());
    }
    // Half a frame, and then nobody.
    let mut stream = socket(&sim, &control);
    stream.write_all(b"\x81\xfe\x10").unwrap();
    assert_eq!(channels(&meeting), 2);
    drop(stream);
    eventually("the channel is gone", || channels(&meeting) == 1);

    // What is a frame and means nothing is passed over.
    for text in [
        "",
        "{",
        "[]",
        "null",
        "{\"action\":1}",
        "{\"action\":\"Subscribe\"}",
    ] {
        live.say_text(text);
    }
    live.say_text(&"[".repeat(60_000));
    meeting.join("Ann").unwrap();
    live.event();
}

#[test]
fn a_connection_that_is_never_read_ends() {
    let sim = Simulator::start().unwrap();
    let meeting = sim.create_meeting("Weekly");
    let control = control(&sim, &meeting);
    let mut lazy = socket(&sim, &control);
    let big = format!(r#"{{"action":"Big","data":"{}"}}"#, "x".repeat(64 * 1024));
    for _ in 0..1500 {
        meeting.push_frame(&big);
    }
    eventually("it is forgotten", || channels(&meeting) == 0);
    eventually("it is broken off", || {
        // An empty pong. Nobody reads it, but it meets the end of the connection.
        lazy.write_all(b"\x8a\x80\x00\x00\x00\x00").is_err()
    });
    // The others do not suffer.
    meeting.join("Ann").unwrap();
    let mut live = Live::subscribed(&sim, &control, &[EventKind::Participants]);
    live.event();
}
