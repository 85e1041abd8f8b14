//! A plain HTTP client and a plain WebSocket client, as far from the SDK's own clients as can be.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "part of the tests, of which each file uses a part"
)]

pub mod bookings;
pub mod receiver;
pub mod room;

use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use meeting_sim::{MediaSnapshot, ParticipantSnapshot, SimMeeting, Simulator};
use meeting_types::{
    AccessToken, ConferenceCredential, OperationError, ParticipantId, ServerOperation,
    ServiceError, Timestamp,
    events::{
        ClientFrame, ConferenceDynamicInfo, Event, EventKind, EventPayload, ParticipantChange,
        ParticipantInfo, Sequence, ServerFrame,
    },
    models::{Booking, Conference},
    operations::{CreateConfToken, CreateMeeting, CreateWebSocketToken},
};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use tokio_tungstenite::tungstenite::{self, Message, WebSocket};

/// How long a test waits for what must come.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// A connection, with or without TLS.
pub trait Wire: Read + Write + Send {}
impl<T: Read + Write + Send> Wire for T {}

/// Connects to the simulator.
pub fn connect(sim: &Simulator) -> Box<dyn Wire> {
    let stream = TcpStream::connect(sim.address()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    match sim.ca_pem() {
        None => Box::new(stream),
        Some(pem) => Box::new(over_tls(stream, pem, sim.endpoint().host()).unwrap()),
    }
}

/// Makes a TLS connection that trusts `pem` alone.
pub fn over_tls(
    stream: TcpStream,
    pem: &str,
    name: &str,
) -> std::io::Result<StreamOwned<ClientConnection, TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap())
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let mut stream = StreamOwned::new(
        ClientConnection::new(Arc::new(config), name).unwrap(),
        stream,
    );
    stream.conn.complete_io(&mut stream.sock)?;
    Ok(stream)
}

/// Sends one request on a connection of its own.
pub fn send(sim: &Simulator, request: &http::Request<Bytes>) -> http::Response<Bytes> {
    let mut text = format!(
        "{} {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n",
        request.method(),
        request.uri().path_and_query().unwrap(),
        sim.address(),
        request.body().len(),
    )
    .into_bytes();
    for (name, value) in request.headers() {
        text.extend_from_slice(name.as_str().as_bytes());
        text.extend_from_slice(b": ");
        text.extend_from_slice(value.as_bytes());
        text.extend_from_slice(b"\r\n");
    }
    text.extend_from_slice(b"\r\n");
    text.extend_from_slice(request.body());
    raw(sim, &text)
}

/// Sends bytes and reads the reply to its end.
pub fn raw(sim: &Simulator, request: &[u8]) -> http::Response<Bytes> {
    let mut wire = connect(sim);
    // A server that refuses early may close before it has read everything.
    let _ = wire.write_all(request);
    let _ = wire.flush();
    let mut reply = Vec::new();
    let _ = wire.read_to_end(&mut reply);
    let end = reply
        .windows(4)
        .position(|w| w == b"\r\n\r\n")
        .expect("a reply");
    let head = std::str::from_utf8(&reply[..end]).unwrap();
    let mut lines = head.split("\r\n");
    let status: u16 = lines
        .next()
        .unwrap()
        .split(' ')
        .nth(1)
        .unwrap()
        .parse()
        .unwrap();
    let mut response = http::Response::builder().status(status);
    for line in lines {
        let (name, value) = line.split_once(':').unwrap();
        response = response.header(name, value.trim());
    }
    response
        .body(Bytes::copy_from_slice(&reply[end + 4..]))
        .unwrap()
}

/// Calls an operation, also with parameters that clients refuse to send.
pub fn call<O: ServerOperation>(
    sim: &Simulator,
    operation: &O,
    credential: &O::Authorization,
) -> Result<O::Output, ServiceError> {
    let request = operation
        .to_unchecked_request(&sim.endpoint(), credential)
        .unwrap();
    match O::read_response(send(sim, &request)) {
        Ok(answer) => Ok(answer.into_value()),
        Err(OperationError::Service(error)) => Err(error),
        Err(other) => panic!("{other}"),
    }
}

/// The status and code of a refusal.
pub fn refused<T>(result: Result<T, ServiceError>) -> (u16, String) {
    match result {
        Ok(_) => panic!("not refused"),
        Err(error) => (error.status().as_u16(), error.code().to_owned()),
    }
}

/// The code that a control request gets which the SDK would not write.
pub fn refused_by_hand(
    sim: &Simulator,
    control: &ConferenceCredential,
    method: &str,
    path: &str,
    body: String,
) -> String {
    let request = http::Request::builder()
        .method(method)
        .uri(format!(
            "/v1/mmc/control/conferences/{path}?conferenceID={}",
            control.conference_id
        ))
        .header("Content-Type", "application/json")
        .header("X-Conference-Authorization", control.token.expose())
        .body(body.into())
        .unwrap();
    let answer = send(sim, &request);
    let body: serde_json::Value = serde_json::from_slice(answer.body()).unwrap();
    body["error_code"].as_str().unwrap_or("none").to_owned()
}

/// A refusal with status 400.
pub fn bad(code: &str) -> (u16, String) {
    (400, code.to_owned())
}

/// Text that no login used before.
pub fn nonce() -> String {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("{:032}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Logs in as the administrator.
pub fn log_in(sim: &Simulator) -> AccessToken {
    let expires = Timestamp::from(sim.now() + Duration::from_secs(600));
    let login = sim.app_credential().login(expires, nonce()).unwrap();
    call(sim, &login, &()).unwrap().access_token
}

/// Gets control of a meeting with a password.
pub fn control_by(
    sim: &Simulator,
    meeting: &SimMeeting,
    password: &meeting_types::Password,
) -> ConferenceCredential {
    let ask = CreateConfToken::new(meeting.conference_id.clone()).password(password.clone());
    let grant = call(sim, &ask, &()).unwrap();
    ConferenceCredential::new(meeting.conference_id.clone(), grant.data.token.expose())
}

/// Gets control of a meeting as its host.
pub fn control(sim: &Simulator, meeting: &SimMeeting) -> ConferenceCredential {
    control_by(sim, meeting, &meeting.host_password)
}

/// Books a meeting and gets control of it as its host.
pub fn booked(sim: &Simulator, booking: Booking) -> (Conference, ConferenceCredential) {
    let token = log_in(sim);
    let created = call(sim, &CreateMeeting::new(booking), &token)
        .unwrap()
        .remove(0);
    let password = created.passwords[0].password.clone().unwrap();
    let ask = CreateConfToken::new(created.conference_id.clone()).password(password);
    let grant = call(sim, &ask, &()).unwrap();
    let token = grant.data.token.expose();
    let control = ConferenceCredential::new(created.conference_id.clone(), token);
    (created, control)
}

/// A live channel.
pub struct Live {
    socket: WebSocket<Box<dyn Wire>>,
}

/// What a live channel said next.
#[derive(Debug)]
pub enum Said {
    Frame(ServerFrame),
    Closed,
}

impl Live {
    /// Opens a channel with a fresh token.
    pub fn open(sim: &Simulator, control: &ConferenceCredential) -> Self {
        let issued = call(sim, &CreateWebSocketToken::new(), control).unwrap();
        Self::open_with(sim, control.conference_id.as_str(), issued.token.expose())
    }

    /// Opens a channel with this token.
    pub fn open_with(sim: &Simulator, conference: &str, token: &str) -> Self {
        let scheme = if sim.ca_pem().is_some() { "wss" } else { "ws" };
        let url = format!(
            "{scheme}://{}/cms/open/websocket/confctl/increment/conn?confID={conference}&tmpToken={token}",
            sim.address()
        );
        let (socket, _) = tungstenite::client(url, connect(sim)).expect("the upgrade succeeds");
        Self { socket }
    }

    /// Opens a channel and subscribes; answers it after the acknowledgement.
    pub fn subscribed(
        sim: &Simulator,
        control: &ConferenceCredential,
        kinds: &[EventKind],
    ) -> Self {
        let mut live = Self::open(sim, control);
        live.say(&ClientFrame::Subscribe {
            sequence: "00000000000000000001".into(),
            kinds: kinds.to_vec(),
            token: control.token.clone(),
            conference_id: None,
        });
        match live.hear() {
            Said::Frame(ServerFrame::Ack { code: 0, .. }) => live,
            other => panic!("{other:?}"),
        }
    }

    pub fn say(&mut self, frame: &ClientFrame) {
        self.say_text(frame.to_text().expose());
    }

    pub fn say_text(&mut self, text: &str) {
        self.socket.send(Message::text(text)).unwrap();
    }

    /// The text of the next frame; nothing when the channel was closed.
    pub fn hear_text(&mut self) -> Option<String> {
        loop {
            match self.socket.read() {
                Ok(Message::Text(text)) => return Some(text.to_string()),
                Ok(Message::Close(_)) | Err(tungstenite::Error::ConnectionClosed) => return None,
                Err(tungstenite::Error::Protocol(_)) => return None,
                // Broken off without a word.
                Err(tungstenite::Error::Io(error))
                    if matches!(
                        error.kind(),
                        ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset
                    ) =>
                {
                    return None;
                }
                Ok(_) => {}
                Err(error) => panic!("{error}"),
            }
        }
    }

    pub fn hear(&mut self) -> Said {
        match self.hear_text() {
            Some(text) => Said::Frame(ServerFrame::parse(&text).unwrap()),
            None => Said::Closed,
        }
    }

    /// The next event.
    pub fn event(&mut self) -> Event {
        match self.hear() {
            Said::Frame(ServerFrame::Event(event)) => *event,
            other => panic!("{other:?}"),
        }
    }

    pub fn heartbeat(&mut self, sequence: &str) {
        self.say(&ClientFrame::HeartBeat {
            sequence: Sequence::new(sequence),
        });
    }
}

/// Waits until something holds.
pub fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// What the simulator knows about a participant.
pub fn person(meeting: &SimMeeting, id: &ParticipantId) -> ParticipantSnapshot {
    let people = meeting.snapshot().unwrap().participants;
    people.into_iter().find(|person| person.id == *id).unwrap()
}

/// A listener who wants to hear about `kinds` and has heard the snapshots.
pub fn listener(sim: &Simulator, control: &ConferenceCredential, kinds: &[EventKind]) -> Live {
    let mut live = Live::subscribed(sim, control, kinds);
    for kind in kinds {
        if !matches!(kind, EventKind::InviteResult | EventKind::RealTimeSubtitle) {
            assert_eq!(live.event().kind, *kind);
        }
    }
    live
}

/// A meeting with a listener who wants to hear about `kinds` and has heard the snapshots.
pub fn listening(sim: &Simulator, kinds: &[EventKind]) -> (SimMeeting, ConferenceCredential, Live) {
    let meeting = sim.create_meeting("Weekly");
    let control = control(sim, &meeting);
    let live = listener(sim, &control, kinds);
    (meeting, control, live)
}

pub fn participants(event: Event) -> Vec<ParticipantChange> {
    match event.payload {
        EventPayload::Participants(changes) => changes,
        other => panic!("{other:?}"),
    }
}

pub fn dynamic_info(event: Event) -> ConferenceDynamicInfo {
    match event.payload {
        EventPayload::ConferenceDynamicInfo(info) => *info,
        other => panic!("{other:?}"),
    }
}

/// The only participant of an event.
pub fn update(event: Event) -> ParticipantInfo {
    match participants(event).remove(0) {
        ParticipantChange::Update(info) => *info,
        other => panic!("{other:?}"),
    }
}

/// What is shown, recorded, interpreted and written by the simulator's own account.
pub fn media(meeting: &SimMeeting) -> MediaSnapshot {
    let snapshot = meeting.snapshot().unwrap();
    snapshot.media.expect("the meeting runs")
}
