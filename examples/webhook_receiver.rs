//! A server that takes what the service reports: `cargo run --example webhook_receiver`.
//!
//! Without arguments it listens on loopback, sends itself notifications, genuine and not, and prints
//! what becomes of them. With an address it is a receiver for the real service:
//!
//! ```text
//! MEETING_WEBHOOK_ID=… MEETING_WEBHOOK_KEY=… cargo run --example webhook_receiver -- --listen 127.0.0.1:8080
//! ```
//!
//! The id and the key are those of `SetWebHookConfig`. The service wants HTTPS: put a proxy that ends
//! TLS before this, and give the service its URL with the path `/webhook`.

use std::{
    collections::{HashSet, VecDeque},
    env,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use anyhow::{Context, Result, bail, ensure};
use axum::{
    Router,
    body::Body,
    extract::{DefaultBodyLimit, State},
    http::{Request, Response, StatusCode},
    routing::post,
};
use bytes::Bytes;
use meeting_async::{
    ReqwestTransport,
    types::{
        Timestamp, Transport,
        webhooks::{
            DeduplicationKey, MeetingInfo, Notification, Signer, Verifier, WebhookAttendee,
            WebhookEvent, WebhookKey,
        },
    },
};
use tokio::{net::TcpListener, sync::mpsc};

/// How many events may wait for their handling.
const QUEUE: usize = 1000;
/// How many events are remembered to recognise them when they come again.
const REMEMBERED: usize = 100_000;

/// What all calls share.
struct Receiver {
    verifier: Verifier,
    seen: Mutex<Seen>,
    queue: mpsc::Sender<Notification>,
}

impl Receiver {
    /// Decides about one call, without waiting for anything.
    fn receive(&self, body: &[u8]) -> Response<Bytes> {
        let notification = match self.verifier.verify(body, SystemTime::now()) {
            Ok(notification) => notification,
            Err(error) => {
                println!("  refused           {error}");
                return error.response();
            }
        };
        // A full queue is no reason to lose an event: unless the response is 200, it comes again.
        let Ok(place) = self.queue.try_reserve() else {
            let mut response = Response::new(Bytes::new());
            *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
            return response;
        };
        let response = notification.response();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.is_new(notification.deduplication_key()) {
            // A receiver that must not lose events when it crashes stores them here, and then responds.
            place.send(notification);
        } else {
            println!("  dropped           {:?} again", notification.event.kind());
        }
        response
    }
}

/// The last events, as many as fit.
#[derive(Default)]
struct Seen {
    keys: HashSet<DeduplicationKey>,
    oldest_first: VecDeque<DeduplicationKey>,
}

impl Seen {
    fn is_new(&mut self, key: DeduplicationKey) -> bool {
        if !self.keys.insert(key.clone()) {
            return false;
        }
        self.oldest_first.push_back(key);
        if self.oldest_first.len() > REMEMBERED
            && let Some(oldest) = self.oldest_first.pop_front()
        {
            self.keys.remove(&oldest);
        }
        true
    }
}

/// The work that an event means. It may take its time: the service has its response already.
async fn handle(mut queue: mpsc::Receiver<Notification>) {
    while let Some(notification) = queue.recv().await {
        let at = notification.happened_at;
        match &notification.event {
            WebhookEvent::Verify => {
                println!("  handled           the service checked this address")
            }
            WebhookEvent::Started(meeting) => {
                println!("  handled           {at} {} began", meeting.conference_id);
            }
            WebhookEvent::Joined(meeting, person) => println!(
                "  handled           {at} {} joined {}",
                person.display_name.as_deref().unwrap_or("somebody"),
                meeting.conference_id
            ),
            event => println!("  handled           {at} {event:?}"),
        }
    }
}

/// Serves until the program ends.
async fn serve(listener: TcpListener, verifier: Verifier) -> Result<()> {
    let (queue, events) = mpsc::channel(QUEUE);
    tokio::spawn(handle(events));
    let receiver = Arc::new(Receiver {
        verifier,
        seen: Mutex::default(),
        queue,
    });
    let call = async |State(receiver): State<Arc<Receiver>>, body: Bytes| {
        receiver.receive(&body).map(Body::from)
    };
    let routes = Router::new()
        .route("/webhook", post(call))
        // No stranger makes the server read more than the verifier would take.
        .layer(DefaultBodyLimit::max(Verifier::DEFAULT_BODY_LIMIT))
        .with_state(receiver);
    axum::serve(listener, routes).await?;
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => on_loopback().await,
        ["--listen", address] => {
            let id = env::var("MEETING_WEBHOOK_ID").context("set MEETING_WEBHOOK_ID")?;
            let key = env::var("MEETING_WEBHOOK_KEY").context("set MEETING_WEBHOOK_KEY")?;
            ensure!(!key.is_empty(), "MEETING_WEBHOOK_KEY is empty");
            let listener = TcpListener::bind(address).await?;
            println!(
                "listening           http://{}/webhook",
                listener.local_addr()?
            );
            serve(listener, Verifier::new(id, WebhookKey::new(key))).await
        }
        _ => bail!("give nothing, or --listen ADDRESS"),
    }
}

/// Plays the service against a receiver in this program.
async fn on_loopback() -> Result<()> {
    const ID: &str = "demo-subscriber";
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/webhook", listener.local_addr()?);
    println!("listening           {url}");
    tokio::spawn(serve(listener, Verifier::new(ID, "demo-key")));

    let service = Signer::new(ID, "demo-key");
    let stranger = Signer::new(ID, "a guess");
    let now = Timestamp::from(SystemTime::now());
    let an_hour_ago = Timestamp::from(SystemTime::now() - Duration::from_secs(3600));
    let meeting = MeetingInfo::new("987446316");
    let person = WebhookAttendee::new()
        .participant_id("p1")
        .display_name("Ada")
        .joined_at(now);
    let started = WebhookEvent::Started(meeting.clone());
    let joined = service.body(
        &WebhookEvent::Joined(meeting.clone(), Box::new(person)),
        now,
        "00000003",
    );
    let ended = WebhookEvent::Ended(meeting);

    let calls = [
        (
            "is that you?",
            service.body(&WebhookEvent::Verify, now, "00000001"),
            200,
        ),
        (
            "a meeting began",
            service.body(&started, now, "00000002"),
            200,
        ),
        ("Ada joined", joined.clone(), 200),
        ("the same again", joined, 200),
        ("forged", stranger.body(&ended, now, "00000004"), 401),
        (
            "recorded earlier",
            service.body(&ended, an_hour_ago, "00000005"),
            401,
        ),
        ("no notification", Bytes::from_static(b"hello"), 400),
        (
            "far too long",
            vec![b' '; Verifier::DEFAULT_BODY_LIMIT + 1].into(),
            413,
        ),
    ];
    let transport = ReqwestTransport::new();
    for (what, body, expected) in calls {
        println!("sent                {what}");
        let request = Request::post(&url)
            .header("content-type", "application/json")
            .body(body)?;
        let response = transport.send(request).await?;
        println!(
            "  answered          {} {}",
            response.status().as_u16(),
            String::from_utf8_lossy(response.body())
        );
        ensure!(response.status() == expected, "expected {expected}");
    }
    Ok(())
}
