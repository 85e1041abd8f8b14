//! What both clients log and print while they work holds no secret.
//!
//! A transport around the real ones notes every secret that the service gives out; at the end, all
//! that was logged (at level TRACE, by any library) and all that `Debug` prints is searched for them, in
//! every form in which they may be written there.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use bytes::Bytes;
use meeting_async::{
    ReqwestTransport,
    types::{
        Immediate, NonBlocking, Transport, TransportError,
        operations::{
            CreateAnonymousAuthRandom, CreateAuthRandom, MuteMeeting, SearchMeetings, StopMeeting,
        },
    },
};
use meeting_blocking::UreqTransport;
use meeting_sim::Simulator;
use meeting_testing::Printed;

type Error = Box<dyn std::error::Error + Send + Sync>;

static PRINTED: Printed = Printed::new();

/// Takes all that any library logs, at level TRACE, but for what the README says to leave out.
struct Everything;

impl log::Log for Everything {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        let traced = metadata.level() == log::Level::Trace;
        // ureq dumps all that it sends, and so the transport sends nothing while that is taken in;
        // tungstenite writes the frames of the event channel.
        let left_out = ["ureq_proto", "tungstenite"];
        !(traced
            && left_out
                .iter()
                .any(|target| metadata.target().starts_with(target)))
    }

    fn log(&self, record: &log::Record<'_>) {
        if self.enabled(record.metadata()) {
            PRINTED.log(record);
        }
    }

    fn flush(&self) {}
}

/// Notes the secrets in responses.
struct Noting<T> {
    inner: T,
    secrets: Arc<Mutex<Vec<String>>>,
}

const SECRET_KEYS: &[&str] = &[
    "accessToken",
    "refreshToken",
    "random",
    "token",
    "tmpWsToken",
    "webSocketToken",
    "password",
];

fn note_secrets(json: &serde_json::Value, found: &mut Vec<String>) {
    match json {
        serde_json::Value::Object(entries) => {
            for (key, value) in entries {
                match value.as_str() {
                    Some(text) if SECRET_KEYS.contains(&key.as_str()) => {
                        found.push(text.to_owned())
                    }
                    _ => note_secrets(value, found),
                }
            }
        }
        serde_json::Value::Array(items) => {
            for item in items {
                note_secrets(item, found);
            }
        }
        _ => {}
    }
}

#[async_trait]
impl<T: Transport> Transport for Noting<T> {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        PRINTED.note("request", format!("{request:?}"));
        let response = self.inner.send(request).await?;
        if let Ok(json) = serde_json::from_slice(response.body()) {
            let mut secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
            note_secrets(&json, &mut secrets);
        }
        Ok(response)
    }

    async fn sleep(&self, delay: Duration) {
        self.inner.sleep(delay).await;
    }

    fn now(&self) -> SystemTime {
        self.inner.now()
    }
}

impl<T: NonBlocking> NonBlocking for Noting<T> {}
impl<T: Immediate> Immediate for Noting<T> {}

fn shown(value: &dyn std::fmt::Debug) {
    PRINTED.note("shown", format!("{value:?} {value:#?}"));
}

#[test]
fn nothing_that_is_logged_or_printed_holds_a_secret() -> Result<(), Error> {
    log::set_logger(&Everything)?;
    log::set_max_level(log::LevelFilter::Trace);

    let sim = Simulator::start()?;
    let meeting = sim.create_meeting("Secret");
    meeting.join("Ann")?;
    let secrets = Arc::new(Mutex::new(vec![
        meeting.host_password.expose().to_owned(),
        meeting.guest_password.expose().to_owned(),
        meeting_sim::DEFAULT_APP_KEY.to_owned(),
    ]));
    let (id, host, guest) = (
        meeting.conference_id,
        meeting.host_password,
        meeting.guest_password,
    );

    let transport = Noting {
        inner: UreqTransport::new(),
        secrets: Arc::clone(&secrets),
    };
    let client = meeting_blocking::Client::builder(sim.endpoint())
        .with_credentials_over(transport, sim.app_credential());
    shown(&client.response(&CreateAnonymousAuthRandom::new(id.clone(), guest.clone()))?);
    shown(&client.response(&CreateAuthRandom::new(id.clone()).password(guest.clone()))?);
    for found in client.pages(SearchMeetings::new()) {
        shown(&found?);
    }
    let refused = client.send(&CreateAnonymousAuthRandom::new(id.clone(), "000000"));
    shown(&refused.map_err(|error| format!("{error} {error:?}")));
    let control = client.control(id.clone(), host.clone())?;
    let mut events = control.events()?;
    shown(&(&client, &control, control.grant(), &events));
    while let Some(event) = events.next_timeout(Duration::from_millis(500))? {
        shown(&event);
    }

    let transport = Noting {
        inner: ReqwestTransport::new(),
        secrets: Arc::clone(&secrets),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let client = meeting_async::Client::builder(sim.endpoint()).anonymous_over(transport);
        let control = client.control(id.clone(), host).await?;
        control.send(&MuteMeeting::new(true)).await?;
        let mut events = control.events().await?;
        shown(&(&client, &control, control.grant(), &events));
        control.send(&StopMeeting::new()).await?;
        while let Some(event) = events.next().await {
            shown(&event);
        }
        Ok::<_, Error>(())
    })?;
    shown(&sim);
    for request in sim.requests() {
        PRINTED.note("requests", format!("{request} {request:?}"));
    }

    let secrets = secrets.lock().unwrap_or_else(PoisonError::into_inner);
    assert!(
        secrets.len() >= 12,
        "only {} secrets were seen",
        secrets.len()
    );
    assert!(PRINTED.text().contains("DEBUG "), "nothing was logged");
    for (number, secret) in secrets.iter().enumerate() {
        if let Some(found) = PRINTED.find(secret) {
            panic!("secret number {number} was printed: {found}");
        }
    }
    Ok(())
}
