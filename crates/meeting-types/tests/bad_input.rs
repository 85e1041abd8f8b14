//! Bad input is refused before anything is sent. The error names the operation and the parameter,
//! and never shows the value. What is merely unusual is encoded instead.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::{fmt::Debug, time::Duration};

use bytes::Bytes;
use http::Request;
use meeting_types::{
    AccessToken, AccountCredential, AppCredential, ConferenceCredential, Date, Endpoint, Operation,
    Problem, RequestError, ServerOperation, Timestamp,
    models::{
        AttendeeType, Booking, BookingAttendee, ConferenceSettings, InvitedAttendee, MediaType,
        RecurrenceRule, RecurrenceUnit,
    },
    operations::{
        CancelMeeting, CreateAnonymousAuthRandom, CreateConfToken, CreateMeeting, CreateToken,
        CreateWebSocketToken, HangUp, InviteParticipant, MuteParticipant, SearchMeetings,
        StartMeeting, UpdateToken,
    },
};

fn token() -> AccessToken {
    AccessToken::new("cnrAccess")
}

fn control() -> ConferenceCredential {
    ConferenceCredential::new("912345678", "cnrControl")
}

fn build<O: Operation>(
    operation: &O,
    credential: &O::Authorization,
) -> Result<Request<Bytes>, RequestError> {
    operation.to_request(&Endpoint::china(), credential)
}

/// Expects that building fails because of `parameter`, and that the error says what `problem` says
/// and nothing of `value`.
#[track_caller]
fn refused<O: Operation>(
    operation: &O,
    credential: &O::Authorization,
    parameter: &str,
    problem: Problem,
    value: &str,
) {
    let error = build(operation, credential).unwrap_err();
    assert_eq!(
        (error.operation(), error.parameter(), error.problem()),
        (O::INFO.name, parameter, problem)
    );
    assert_eq!(
        error.to_string(),
        format!("{}: `{parameter}` {problem}", O::INFO.name)
    );
    let value = value.trim();
    for text in [error.to_string(), format!("{error:?}")] {
        assert!(value.is_empty() || !text.contains(value), "{text}");
    }
}

fn booking() -> Booking {
    Booking::new([MediaType::HdVideo])
}

#[track_caller]
fn booking_refused(booking: Booking, parameter: &str, problem: Problem) {
    refused(
        &CreateMeeting::new(booking),
        &token(),
        parameter,
        problem,
        "",
    );
}

#[track_caller]
fn accepted(booking: Booking) {
    build(&CreateMeeting::new(booking), &token()).unwrap();
}

#[test]
fn ids_must_say_something() {
    // The last one is the wide space of Chinese text.
    for blank in ["", " ", "\t\n", "\u{3000}"] {
        refused(
            &CancelMeeting::new(blank),
            &token(),
            "conferenceID",
            Problem::Blank,
            blank,
        );
        refused(
            &StartMeeting::new(blank, "246810"),
            &token(),
            "conferenceID",
            Problem::Blank,
            blank,
        );
        refused(
            &CreateWebSocketToken::new(),
            &ConferenceCredential::new(blank, "cnrControl"),
            "conferenceID",
            Problem::Blank,
            blank,
        );
        refused(
            &HangUp::new(["1", blank]),
            &control(),
            "bulkHangUpParticipants[1]",
            Problem::Blank,
            blank,
        );
    }
}

#[test]
fn tokens_and_passwords_must_say_something() {
    for blank in ["", "  "] {
        let id = "912345678";
        refused(
            &CreateAnonymousAuthRandom::new(id, blank),
            &(),
            "X-Password",
            Problem::Blank,
            blank,
        );
        refused(
            &CreateConfToken::new(id).password(blank),
            &(),
            "X-Password",
            Problem::Blank,
            blank,
        );
        refused(
            &CancelMeeting::new(id),
            &AccessToken::new(blank),
            "X-Access-Token",
            Problem::Blank,
            blank,
        );
        refused(
            &CreateWebSocketToken::new(),
            &ConferenceCredential::new(id, blank),
            "X-Conference-Authorization",
            Problem::Blank,
            blank,
        );
        refused(
            &UpdateToken::new(blank),
            &(),
            "X-Access-Token",
            Problem::Blank,
            blank,
        );
        refused(
            &StartMeeting::new(id, blank),
            &token(),
            "password",
            Problem::Blank,
            blank,
        );
    }
}

#[test]
fn nothing_holds_a_control_character() {
    // A line break would begin a header of the attacker's own.
    for evil in [
        "246\r\nX-Evil: 810",
        "246\n810",
        "246\0810",
        "246\t810",
        "246\u{7f}810",
        "246\u{85}810",
    ] {
        let problem = Problem::ControlCharacter;
        let id = "912345678";
        refused(
            &CreateAnonymousAuthRandom::new(id, evil),
            &(),
            "X-Password",
            problem,
            evil,
        );
        refused(
            &CreateAnonymousAuthRandom::new(evil, "246810"),
            &(),
            "conferenceID",
            problem,
            evil,
        );
        refused(
            &CancelMeeting::new(id),
            &AccessToken::new(evil),
            "X-Access-Token",
            problem,
            evil,
        );
        refused(
            &CreateWebSocketToken::new(),
            &ConferenceCredential::new(id, evil),
            "X-Conference-Authorization",
            problem,
            evil,
        );
        refused(
            &CreateWebSocketToken::new(),
            &ConferenceCredential::new(evil, "cnrControl"),
            "conferenceID",
            problem,
            evil,
        );
        refused(
            &StartMeeting::new(id, evil),
            &token(),
            "password",
            problem,
            evil,
        );
        refused(
            &SearchMeetings::new().search_key(evil),
            &token(),
            "searchKey",
            problem,
            evil,
        );
        refused(
            &InviteParticipant::new([
                InvitedAttendee::new("Ada", AttendeeType::SoftClient),
                InvitedAttendee::new(evil, AttendeeType::SoftClient),
            ]),
            &control(),
            "attendees[1].name",
            problem,
            evil,
        );
        let booking = booking().attendees([BookingAttendee::new().name(evil)]);
        refused(
            &CreateMeeting::new(booking),
            &token(),
            "attendees[0].name",
            problem,
            evil,
        );
    }
}

#[test]
fn headers_are_ascii_and_keep_their_edges() {
    for password in ["пароль", "密码", "pass✓word"] {
        let operation = CreateAnonymousAuthRandom::new("912345678", password);
        refused(&operation, &(), "X-Password", Problem::NotAscii, password);
        // In a body any text will do.
        build(&StartMeeting::new("912345678", password), &token()).unwrap();
    }
    // HTTP cuts these spaces off, and the service would see another password.
    for password in [" 246810", "246810 "] {
        let operation = CreateAnonymousAuthRandom::new("912345678", password);
        refused(&operation, &(), "X-Password", Problem::OuterSpace, password);
    }
    let request = build(
        &CreateAnonymousAuthRandom::new("912345678", "24 68 10"),
        &(),
    )
    .unwrap();
    assert_eq!(request.headers()["x-password"], "24 68 10");
}

#[test]
fn text_keeps_to_its_limits() {
    let subject = |text: String| booking().subject(text);
    // 128 characters, however many bytes they take.
    accepted(subject("x".repeat(128)));
    accepted(subject("会".repeat(128)));
    accepted(subject("😀".repeat(128)));
    let too_long = Problem::TooLong { max: 128 };
    booking_refused(subject("x".repeat(129)), "subject", too_long);
    booking_refused(subject("会".repeat(129)), "subject", too_long);

    let guest = |text: &str| booking().settings(ConferenceSettings::new().guest_password(text));
    let path = "confConfigInfo.guestPwd";
    accepted(guest("2468"));
    booking_refused(guest("246"), path, Problem::TooShort { min: 4 });
    booking_refused(
        guest("24681012141618202"),
        path,
        Problem::TooLong { max: 16 },
    );

    let login = |nonce: usize| {
        AppCredential::new("demo-app", "demo-key")
            .login(Timestamp::from_secs(0), "n".repeat(nonce))
            .unwrap()
    };
    build(&login(32), &()).unwrap();
    build(&login(64), &()).unwrap();
    refused(
        &login(31),
        &(),
        "nonce",
        Problem::TooShort { min: 32 },
        "nnn",
    );
    refused(
        &login(65),
        &(),
        "nonce",
        Problem::TooLong { max: 64 },
        "nnn",
    );

    let account = "a".repeat(256);
    let login = AccountCredential::new(account.as_str(), "password")
        .login()
        .unwrap();
    refused(
        &login,
        &(),
        "account",
        Problem::TooLong { max: 255 },
        &account,
    );

    // What no limit is documented for still has to fit into a URL.
    let id = "9".repeat(70_000);
    refused(
        &CancelMeeting::new(id),
        &token(),
        "URL",
        Problem::TooLong { max: 65_534 },
        "999",
    );
}

#[test]
fn optional_text_in_a_body_may_be_empty() {
    accepted(booking().subject("").group_uri(""));
}

#[test]
fn numbers_keep_to_their_ranges() {
    // It travels as text, and is still a number with a range.
    let range = Problem::OutOfRange { min: 0, max: 77 };
    for number in [-1, 78, 99_999, i64::MAX] {
        booking_refused(booking().time_zone_id(number), "timeZoneID", range);
    }
    let limit = |limit| SearchMeetings::new().limit(limit);
    build(&limit(0), &token()).unwrap();
    build(&limit(500), &token()).unwrap();
    let problem = Problem::OutOfRange { min: 0, max: 500 };
    refused(&limit(501), &token(), "limit", problem, "501");
    refused(&limit(u32::MAX), &token(), "limit", problem, "4294967295");

    // Minutes are rounded up, so the limit is met to the second.
    let lasting = |seconds| booking().duration(Duration::from_secs(seconds));
    let problem = Problem::OutOfRange { min: 15, max: 1440 };
    accepted(lasting(14 * 60 + 1));
    accepted(lasting(1440 * 60));
    booking_refused(lasting(14 * 60), "length", problem);
    booking_refused(lasting(1440 * 60 + 1), "length", problem);
    booking_refused(booking().duration(Duration::MAX), "length", problem);

    let (start, end) = (Date::new(2026, 11, 22), Date::new(2026, 12, 22));
    let every = |interval| {
        let rule = RecurrenceRule::new(start.unwrap(), end.unwrap(), RecurrenceUnit::Day);
        booking().recurrence(rule.interval(interval))
    };
    accepted(every(15));
    let problem = Problem::OutOfRange { min: 1, max: 15 };
    booking_refused(every(16), "cycleParams.interval", problem);
}

#[test]
fn lists_keep_to_their_limits() {
    let nobody: [&str; 0] = [];
    let problem = Problem::OutOfRange {
        min: 1,
        max: i64::MAX,
    };
    refused(
        &HangUp::new(nobody),
        &control(),
        "bulkHangUpParticipants",
        problem,
        "",
    );
    let silent: [MediaType; 0] = [];
    booking_refused(Booking::new(silent), "mediaTypes", Problem::Blank);
    // Joined by commas, this one would arrive as two.
    let two_in_one = Booking::new([MediaType::HdVideo, MediaType::from("Voice,Data")]);
    booking_refused(two_in_one, "mediaTypes[1]", Problem::Comma);
}

#[test]
fn every_character_of_a_query_arrives() {
    for (text, encoded) in [
        ("a b", "a%20b"),
        ("a+b", "a%2Bb"),
        ("a/b", "a%2Fb"),
        ("100%", "100%25"),
        ("a&b=c", "a%26b%3Dc"),
        ("a?b#c", "a%3Fb%23c"),
        ("a;b:c@d", "a%3Bb%3Ac%40d"),
        ("..", ".."),
        ("-._~", "-._~"),
        ("周会", "%E5%91%A8%E4%BC%9A"),
        ("😀", "%F0%9F%98%80"),
    ] {
        let operation = SearchMeetings::new().search_key(text);
        let request = build(&operation, &token()).unwrap();
        assert_eq!(
            request.uri().query(),
            Some(format!("searchKey={encoded}").as_str())
        );
        assert_eq!(SearchMeetings::from_request(&request).unwrap(), operation);
    }
    // Some clients write a space as a plus.
    let uri = "/v1/mmc/management/conferences?searchKey=a+b%2B";
    let request = Request::get(uri).body(Bytes::new()).unwrap();
    let read = SearchMeetings::from_request(&request).unwrap();
    assert_eq!(read.search_key.as_deref(), Some("a b+"));
}

#[test]
fn a_request_that_is_read_names_what_it_lacks() {
    #[track_caller]
    fn lacks<O: ServerOperation + Debug>(
        request: http::request::Builder,
        body: &'static str,
        what: &str,
    ) {
        let request = request.body(Bytes::from_static(body.as_bytes())).unwrap();
        let error = O::from_request(&request).unwrap_err();
        assert_eq!(
            (error.operation(), error.parameter(), error.problem()),
            (O::INFO.name, what, Problem::Missing)
        );
    }

    lacks::<CreateAnonymousAuthRandom>(Request::get("/"), "", "conferenceID");
    lacks::<CreateAnonymousAuthRandom>(Request::get("/?conferenceID="), "", "conferenceID");
    lacks::<CreateAnonymousAuthRandom>(Request::get("/?conferenceID=9"), "", "X-Password");
    let muting = || Request::put("/?participantID=1");
    lacks::<MuteParticipant>(muting(), "", "body");
    lacks::<MuteParticipant>(muting(), "{}", "isMute");
    lacks::<CreateMeeting>(Request::post("/"), "", "body");
    lacks::<CreateMeeting>(Request::post("/"), "{}", "mediaTypes");
    let login = || Request::post("/").header("Authorization", "Basic YTpi");
    lacks::<CreateToken>(login(), r#"{"account": "a"}"#, "clientType");
}

#[test]
fn a_missing_or_garbled_credential_is_none() {
    let read = |request: http::request::Builder| {
        let request = request.body(Bytes::new()).unwrap();
        (
            SearchMeetings::credential_of(&request),
            CreateWebSocketToken::credential_of(&request),
        )
    };
    assert_eq!(read(Request::get("/")), (None, None));
    let header = "X-Conference-Authorization";
    // No id; an empty id; no token; Base64 of nothing; no Base64; no UTF-8 in it.
    for request in [
        Request::get("/").header(header, "cnr"),
        Request::get("/?conferenceID=").header(header, "cnr"),
        Request::get("/?conferenceID=9").header(header, ""),
        Request::get("/?conferenceID=9").header(header, "Basic "),
        Request::get("/?conferenceID=9").header(header, "Basic ~~~"),
        Request::get("/?conferenceID=9").header(header, "Basic //79"),
    ] {
        assert_eq!(read(request.header("X-Access-Token", "")), (None, None));
    }
    // The control token may be wrapped: this is `cnrControl`.
    for spelling in [
        "cnrControl",
        "Basic Y25yQ29udHJvbA==",
        "basic  Y25yQ29udHJvbA==",
    ] {
        let request = Request::get("/?conferenceID=912345678").header(header, spelling);
        assert_eq!(read(request).1, Some(control()), "{spelling}");
    }
}
