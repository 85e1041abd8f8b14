//! What calls tell the log, and what they keep to themselves.
//!
//! They are a program of their own: `tracing` remembers for each event whether anybody listens, and
//! tests that do not listen would spoil that for these.

#![allow(clippy::unwrap_used, reason = "these are tests")]

#[allow(dead_code, reason = "other tests use the rest of it")]
#[path = "support/mod.rs"]
mod support;

use std::{
    collections::HashSet,
    fmt::{self, Write as _},
    sync::{Arc, Mutex},
};

use meeting_client::{Action, Call, Engine, LoggedIn, LoginCredentials, NoTransport};
use meeting_types::{
    AccessToken, AccountCredential, TransportErrorKind,
    operations::{CancelMeeting, CreateAnonymousAuthRandom, SearchMeetings},
};
use support::{Outcome, SECRET, failed, logged_in, no_meetings, refused, start, unauthorized};
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};

/// Keeps a line for each event, and one for each span and what it is told later.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>, Arc<Mutex<Vec<String>>>);

impl Subscriber for Lines {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let metadata = attributes.metadata();
        let mut line = Line(format!("{} {}", metadata.level(), metadata.name()));
        attributes.record(&mut line);
        let mut spans = self.1.lock().unwrap();
        spans.push(line.0);
        Id::from_u64(spans.len() as u64)
    }

    fn record(&self, id: &Id, record: &Record<'_>) {
        let mut spans = self.1.lock().unwrap();
        let index = usize::try_from(id.into_u64()).unwrap() - 1;
        let mut line = Line(std::mem::take(&mut spans[index]));
        record.record(&mut line);
        spans[index] = line.0;
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let metadata = event.metadata();
        let mut line = Line(format!("{} {}", metadata.level(), metadata.target()));
        event.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(self.0, " {}={value:?}", field.name()).unwrap();
    }
}

/// Runs a call with these outcomes.
fn run(mut call: Call<'_>, outcomes: impl IntoIterator<Item = Outcome>) {
    let (mut now, mut outcomes) = (start(), outcomes.into_iter());
    loop {
        match call.poll(now) {
            Action::Send(_) => call.handle_response(outcomes.next().unwrap(), now),
            Action::SleepUntil(until) => now += until.since(call.elapsed()),
            Action::Done(_) => break,
            step => panic!("{step:?}"),
        }
    }
    assert!(outcomes.next().is_none());
}

fn engine(credentials: LoginCredentials) -> Engine<LoggedIn> {
    Engine::logged_in(support::config(), Arc::new(NoTransport), credentials)
}

/// The spans of the calls that `test` runs.
fn spans_of(test: impl FnOnce()) -> Vec<String> {
    let lines = Lines::default();
    tracing::subscriber::with_default(lines.clone(), test);
    lines.1.lock().unwrap().clone()
}

/// The lines of the calls that `test` runs.
fn lines_of(test: impl FnOnce()) -> Vec<String> {
    let lines = Lines::default();
    tracing::subscriber::with_default(lines.clone(), test);
    let lines = lines.0.lock().unwrap().clone();
    for line in &lines {
        assert!(!line.to_lowercase().contains(SECRET), "{line}");
    }
    lines
}

/// A line without its level, its target and the id of the call.
fn told(line: &str) -> String {
    let rest = line
        .strip_prefix("DEBUG meeting_client::call::trace ")
        .unwrap();
    let (before, after) = rest.split_once(" request_id=\"").unwrap();
    let (id, after) = after.split_once('"').unwrap();
    assert_eq!(id.len(), 36);
    assert!(after.is_empty(), "{line}");
    before.to_owned()
}

#[test]
fn each_try_and_each_wait_is_told_and_no_secret_is() {
    let search = SearchMeetings::new();
    let lines = lines_of(|| {
        let account = AccountCredential::new("alice", "hush-password");
        let engine = engine(account.into());
        run(
            engine.call(&search),
            [
                failed(TransportErrorKind::Connect),
                logged_in("one", 50_000),
                unauthorized(),
                logged_in("two", 50_000),
                refused(503, "MMC.1"),
                no_meetings(),
            ],
        );
    });
    let ids: HashSet<_> = lines
        .iter()
        .map(|line| line.split("request_id=").nth(1))
        .collect();
    assert_eq!(ids.len(), 1);
    let told: Vec<_> = lines.iter().map(|line| told(line)).collect();
    let is_wait = |line: &String| line.contains("delay=");
    let (waits, tries): (Vec<_>, Vec<_>) = told.into_iter().partition(is_wait);
    assert_eq!(
        tries,
        [
            r#"message=no answer operation="CreateToken" attempt=1 error=Connect not_sent=true duration=0ns"#,
            r#"message=answered operation="CreateToken" attempt=2 status=200 duration=0ns"#,
            r#"message=answered operation="SearchMeetings" attempt=1 status=401 duration=0ns"#,
            r#"message=answered operation="CreateToken" attempt=1 status=200 duration=0ns"#,
            r#"message=answered operation="SearchMeetings" attempt=1 status=503 duration=0ns"#,
            r#"message=answered operation="SearchMeetings" attempt=2 status=200 duration=0ns"#,
        ]
    );
    assert_eq!(waits.len(), 2);
    let before = "message=waits before another attempt operation=\"SearchMeetings\" attempt=";
    assert!(
        waits[1].starts_with(&format!("{before}2 delay=")),
        "{}",
        waits[1]
    );
}

#[test]
fn who_waits_for_the_login_of_another_tells_it_once() {
    let search = SearchMeetings::new();
    let lines = lines_of(|| {
        let engine = engine(support::app());
        let mut first = engine.call(&search);
        first.poll(start());
        let mut second = engine.call(&search);
        for _ in 0..5 {
            assert!(matches!(second.poll(start()), Action::SleepUntil(_)));
        }
        first.handle_response(logged_in("one", 50_000), start());
        assert!(matches!(second.poll(start()), Action::Send(_)));
    });
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(
        lines[0].contains("waits for a token that another call acquires"),
        "{lines:?}"
    );
}

#[test]
fn queries_headers_and_bodies_are_not_told() {
    let lines = lines_of(|| {
        let engine = engine(support::app());
        let random = CreateAnonymousAuthRandom::new("hush-id", "hush-password");
        run(
            engine.call(&random),
            [support::ok(r#"{"random": "hush-random"}"#)],
        );
        let error = meeting_types::TransportError::new(TransportErrorKind::Other, "hush-cause");
        run(engine.call(&random), [Err(error)]);
        let cancel = CancelMeeting::new("hush-id");
        run(
            engine.call(&cancel),
            [logged_in("one", 50_000), refused(400, "hush-code")],
        );
    });
    assert_eq!(lines.len(), 4, "{lines:?}");
}

#[test]
fn a_call_is_a_span_with_the_names_of_opentelemetry_and_no_secret() {
    let spans = spans_of(|| {
        let engine = engine(AccessToken::new("hush-own").into());
        run(
            engine.call(&SearchMeetings::new()),
            [refused(503, "MMC.1"), no_meetings()],
        );
        let cancel = CancelMeeting::new("900825541");
        run(engine.call(&cancel), [refused(400, "hush-code")]);
        let error = meeting_types::TransportError::new(TransportErrorKind::Tls, "hush-cause");
        let random = CreateAnonymousAuthRandom::new("900825541", "hush-password");
        run(engine.call(&random), [Err(error)]);
    });
    for span in &spans {
        assert!(!span.contains(SECRET), "{span}");
        for name in [
            "otel.kind=\"client\"",
            "url.scheme=\"https\"",
            "server.port=443",
        ] {
            assert!(span.contains(name), "{name}: {span}");
        }
    }
    let has = |index: usize, fields: &[&str]| {
        for field in fields {
            assert!(spans[index].contains(field), "{field}: {}", spans[index]);
        }
    };
    assert_eq!(spans.len(), 3);
    has(
        0,
        &[
            "INFO meeting call",
            "otel.name=\"SearchMeetings\"",
            "http.request.method=\"GET\"",
            "url.template=\"/v1/mmc/management/conferences\"",
            "server.address=\"api.meeting.huaweicloud.com\"",
            "meeting.request_id=\"",
            "http.request.resend_count=1",
            "http.response.status_code=200",
        ],
    );
    assert!(!spans[0].contains("error.type"), "{}", spans[0]);
    has(
        1,
        &[
            "meeting.conference_id=\"900825541\"",
            "http.response.status_code=400",
            "error.type=\"400\"",
        ],
    );
    has(2, &["error.type=\"tls\""]);
}

#[test]
fn a_call_that_is_given_up_after_repeats_is_a_warning() {
    let lines = lines_of(|| {
        let engine = engine(AccessToken::new("hush-own").into());
        let lost = || failed(TransportErrorKind::Io);
        run(
            engine.call(&SearchMeetings::new()),
            [lost(), lost(), lost()],
        );
    });
    let last = lines.last().unwrap();
    assert!(last.starts_with("WARN meeting_client"), "{last}");
    assert!(
        last.contains("given up") && last.contains("error=\"io\""),
        "{last}"
    );
    assert_eq!(
        lines.iter().filter(|line| line.starts_with("WARN")).count(),
        1
    );
}
