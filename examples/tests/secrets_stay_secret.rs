//! What both clients log and print while they work holds no secret.
//!
//! A transport around the real ones notes every secret that the service gives out; at the end, all
//! that was logged (at level TRACE, by any library) and all that `Debug` prints is searched for them, in
//! every form in which they may be written there, also where a dump has cut them into rows.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use bytes::Bytes;
use meeting_async::{
    ReqwestTransport, TrustStore,
    types::{
        AccountCredential, Immediate, NonBlocking, Transport, TransportError,
        operations::{
            CreateAnonymousAuthRandom, CreateAuthRandom, MuteMeeting, SearchMeetings, StopMeeting,
        },
    },
};
use meeting_blocking::UreqTransport;
use meeting_sim::{SimMeeting, Simulator};
use meeting_testing::Printed;

type Error = Box<dyn std::error::Error + Send + Sync>;

static PRINTED: Printed = Printed::new();

const WRONG_PASSWORD: &str = "not+the/right\"one";

/// Logger that takes all that any library says at level TRACE, with one exception.
struct Everything;

impl log::Log for Everything {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        // The blocking transport sends nothing while this dump is taken in, as the README says.
        !metadata.target().starts_with("ureq_proto") || metadata.level() < log::Level::Trace
    }

    fn log(&self, record: &log::Record<'_>) {
        // The simulator runs in this process as well, and its library logs what clients sent.
        let is_of_simulator = thread::current().name() == Some("meeting-sim");
        if self.enabled(record.metadata()) && !is_of_simulator {
            PRINTED.log(record);
        }
    }

    fn flush(&self) {}
}

/// Secrets that the clients held.
#[derive(Clone, Default)]
struct Secrets {
    /// Tokens, keys and passwords of which no library may print anything.
    own: Arc<Mutex<Vec<String>>>,
    /// Passwords of meetings, which the service sends over the event channel.
    pushed: Arc<Mutex<Vec<String>>>,
}

impl Secrets {
    fn own(&self) -> MutexGuard<'_, Vec<String>> {
        self.own.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pushed(&self) -> MutexGuard<'_, Vec<String>> {
        self.pushed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Transport that notes the secrets in responses.
struct Noting<T> {
    inner: T,
    secrets: Secrets,
}

const SECRET_KEYS: &[&str] = &[
    "accessToken",
    "refreshToken",
    "random",
    "token",
    "tmpWsToken",
    "webSocketToken",
];

fn note_secrets(json: &serde_json::Value, secrets: &Secrets) {
    match json {
        serde_json::Value::Object(entries) => {
            for (key, value) in entries {
                match value.as_str() {
                    Some(text) if SECRET_KEYS.contains(&key.as_str()) => {
                        secrets.own().push(text.to_owned());
                    }
                    Some(text) if key == "password" => secrets.pushed().push(text.to_owned()),
                    _ => note_secrets(value, secrets),
                }
            }
        }
        serde_json::Value::Array(items) => {
            for item in items {
                note_secrets(item, secrets);
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
        shown(&request);
        let response = self.inner.send(request).await?;
        if let Ok(json) = serde_json::from_slice(response.body()) {
            note_secrets(&json, &self.secrets);
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

fn shown(value: &dyn fmt::Debug) {
    PRINTED.note("shown", format!("{value:?} {value:#?}"));
}

fn trust(sim: &Simulator) -> Result<TrustStore, Error> {
    Ok(match sim.ca_pem() {
        Some(pem) => TrustStore::from_pem(pem.as_bytes())?,
        None => TrustStore::bundled(),
    })
}

fn blocking_calls(sim: &Simulator, meeting: &SimMeeting, secrets: &Secrets) -> Result<(), Error> {
    let trust = trust(sim)?;
    let builder = || meeting_blocking::Client::builder(sim.endpoint()).trust(trust.clone());
    let transport = || Noting {
        inner: UreqTransport::builder().trust(trust.clone()).build(),
        secrets: secrets.clone(),
    };
    let (id, guest) = (&meeting.conference_id, &meeting.guest_password);

    let client = builder().with_credentials_over(transport(), sim.app_credential());
    shown(&client.response(&CreateAnonymousAuthRandom::new(id, guest))?);
    shown(&client.response(&CreateAuthRandom::new(id).password(guest))?);
    for found in client.pages(SearchMeetings::new()) {
        shown(&found?);
    }
    shown(&client.saved_login());
    let refused = client.send(&CreateAnonymousAuthRandom::new(id, WRONG_PASSWORD));
    shown(&refused.map_err(|error| format!("{error} {error:?}")));

    let account = AccountCredential::new(meeting_sim::DEFAULT_ACCOUNT, WRONG_PASSWORD);
    let stranger = builder().with_credentials_over(transport(), account);
    let refused = stranger.send(&SearchMeetings::new());
    shown(&refused.map_err(|error| format!("{error} {error:?}")));

    let control = client.control(id, &meeting.host_password)?;
    let mut events = control.events()?;
    shown(&(&client, &control, control.grant(), &events));
    while let Some(event) = events.next_timeout(Duration::from_millis(500))? {
        shown(&event);
    }
    client.log_out()?;
    Ok(())
}

async fn async_calls(
    sim: &Simulator,
    meeting: &SimMeeting,
    secrets: &Secrets,
) -> Result<(), Error> {
    let trust = trust(sim)?;
    let builder = || meeting_async::Client::builder(sim.endpoint()).trust(trust.clone());
    let transport = || Noting {
        inner: ReqwestTransport::builder().trust(trust.clone()).build(),
        secrets: secrets.clone(),
    };
    let (id, guest) = (&meeting.conference_id, &meeting.guest_password);

    let client = builder().with_credentials_over(transport(), sim.app_credential());
    shown(
        &client
            .response(&CreateAnonymousAuthRandom::new(id, guest))
            .await?,
    );
    shown(
        &client
            .response(&CreateAuthRandom::new(id).password(guest))
            .await?,
    );
    shown(&client.response(&SearchMeetings::new()).await?);
    shown(&client.saved_login());
    let refused = client
        .send(&CreateAnonymousAuthRandom::new(id, WRONG_PASSWORD))
        .await;
    shown(&refused.map_err(|error| format!("{error} {error:?}")));

    let account = AccountCredential::new(meeting_sim::DEFAULT_ACCOUNT, WRONG_PASSWORD);
    let stranger = builder().with_credentials_over(transport(), account);
    let refused = stranger.send(&SearchMeetings::new()).await;
    shown(&refused.map_err(|error| format!("{error} {error:?}")));

    let control = client.control(id, &meeting.host_password).await?;
    control.send(&MuteMeeting::new(true)).await?;
    let mut events = control.events().await?;
    shown(&(&client, &control, control.grant(), &events));
    control.send(&StopMeeting::new()).await?;
    while let Some(event) = events.next().await {
        shown(&event);
    }
    client.log_out().await?;
    Ok(())
}

/// Runs both clients before a simulator.
fn work(sim: &Simulator, secrets: &Secrets) -> Result<(), Error> {
    let meeting = sim.create_meeting("Secret");
    meeting.join("Ann")?;
    for password in [&meeting.host_password, &meeting.guest_password] {
        secrets.pushed().push(password.expose().to_owned());
    }
    blocking_calls(sim, &meeting, secrets)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async_calls(sim, &meeting, secrets))?;
    shown(sim);
    for request in sim.requests() {
        PRINTED.note("requests", format!("{request} {request:?}"));
    }
    Ok(())
}

#[test]
fn nothing_that_is_logged_or_printed_holds_a_secret() -> Result<(), Error> {
    log::set_logger(&Everything)?;
    log::set_max_level(log::LevelFilter::Trace);
    tracing::subscriber::set_global_default(PRINTED.subscriber())?;

    let secrets = Secrets::default();
    secrets.own().extend([
        meeting_sim::DEFAULT_APP_KEY.to_owned(),
        WRONG_PASSWORD.to_owned(),
    ]);
    work(&Simulator::start()?, &secrets)?;
    work(&Simulator::builder().tls(true).start()?, &secrets)?;

    let (own, pushed) = (secrets.own(), secrets.pushed());
    assert!(own.len() >= 26, "only {} secrets were seen", own.len());
    let text = PRINTED.text();
    // Libraries of both clients spoke, and the layer that is said to speak of frames.
    for target in ["ureq", "reqwest", "tungstenite", "meeting_client"] {
        let spoke = text.lines().any(|line| line.starts_with(target));
        assert!(spoke, "{target} logged nothing");
    }
    for (number, secret) in own.iter().enumerate() {
        if let Some(found) = PRINTED.find(secret) {
            panic!("secret number {number} was printed: {found}");
        }
    }
    // What the README says of tungstenite: it logs the frames that are received, and the passwords of
    // the meeting are in them. Nothing else prints these.
    for (number, password) in pushed.iter().enumerate() {
        let found = PRINTED.find_but_by(password, |target| target.starts_with("tungstenite"));
        if let Some(found) = found {
            panic!("password number {number} was printed: {found}");
        }
    }
    assert!(
        pushed
            .iter()
            .any(|password| PRINTED.find(password).is_some()),
        "tungstenite logs no frames any more: tell the README"
    );
    Ok(())
}
