//! A receiver of webhooks.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::SystemTime,
};

use meeting_sim::{Clock, Simulator};
use meeting_types::webhooks::{Notification, Verifier, WebhookEventKind as Kind};

use super::eventually;

pub const ID: &str = "sim-subscriber";
pub const KEY: &str = "sim-key";

/// What a receiver answers.
#[derive(Clone, Copy, PartialEq)]
pub enum Mood {
    Right,
    Wrong,
    Broken,
    /// Nothing, and keeps the connection.
    Silent,
}

/// A receiver on loopback.
#[derive(Clone)]
pub struct Receiver {
    pub url: String,
    mood: Arc<Mutex<Mood>>,
    heard: Arc<Mutex<Vec<Notification>>>,
    /// Connections that get no answer.
    unanswered: Arc<Mutex<Vec<TcpStream>>>,
}

impl Receiver {
    pub fn start(clock: Clock) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let receiver = Self {
            url: format!("http://{}/hook?a=1", listener.local_addr().unwrap()),
            mood: Arc::new(Mutex::new(Mood::Right)),
            heard: Arc::default(),
            unanswered: Arc::default(),
        };
        let this = receiver.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                this.serve(stream.unwrap(), clock.now());
            }
        });
        receiver
    }

    fn serve(&self, stream: TcpStream, now: SystemTime) {
        let mut reader = BufReader::new(&stream);
        let mut head = Vec::new();
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            if line == "\r\n" {
                break;
            }
            head.push(line.trim().to_ascii_lowercase());
        }
        assert_eq!(head[0], "post /hook?a=1 http/1.1");
        assert!(head.iter().any(|line| line.starts_with("x-request-id: ")));
        let length = head
            .iter()
            .find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.unwrap().parse().unwrap()];
        reader.read_exact(&mut body).unwrap();
        let notification = Verifier::new(ID, KEY).verify(&body, now).unwrap();
        let answer = notification.response();
        self.heard.lock().unwrap().push(notification);
        let (status, body) = match *self.mood.lock().unwrap() {
            Mood::Right => (200, answer.body().to_vec()),
            Mood::Wrong => (
                200,
                b"{\"event\":\"meeting.verify\",\"nonce\":\"1\"}".to_vec(),
            ),
            // The right words do not help.
            Mood::Broken => (500, answer.body().to_vec()),
            Mood::Silent => {
                self.unanswered.lock().unwrap().push(stream);
                return;
            }
        };
        let head = format!(
            "HTTP/1.1 {status} \r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let _ = (&stream).write_all(&[head.as_bytes(), &body].concat());
    }

    pub fn mood(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    pub fn heard(&self) -> Vec<Notification> {
        self.heard.lock().unwrap().clone()
    }

    pub fn kinds(&self) -> Vec<Kind> {
        self.heard().iter().map(|one| one.event.kind()).collect()
    }

    #[track_caller]
    pub fn hears(&self, kinds: &[Kind]) -> Vec<Notification> {
        eventually("the receiver hears of it", || {
            self.heard().len() >= kinds.len()
        });
        assert_eq!(self.kinds(), kinds);
        std::mem::take(&mut self.heard.lock().unwrap())
    }
}

/// A simulator that tells a receiver everything.
pub fn told() -> (Simulator, Receiver) {
    let sim = Simulator::start().unwrap();
    let receiver = Receiver::start(sim.clock());
    sim.webhook(&receiver.url, ID, KEY).unwrap();
    (sim, receiver)
}
