//! A server that answers every request in one framing and counts the requests that arrived whole.

use std::{
    io::{self, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// How a response says where it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    Length,
    Chunked,
    /// The end of the connection is the end of the body.
    Close,
}

impl Framing {
    pub const ALL: [Self; 3] = [Self::Length, Self::Chunked, Self::Close];

    /// The bytes of a response with this body, and how many of them are head.
    pub fn response(self, body: &str) -> (Vec<u8>, usize) {
        let start = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
        let (head, body) = match self {
            Self::Length => (
                format!("{start}content-length: {}\r\n\r\n", body.len()),
                body.to_owned(),
            ),
            Self::Chunked => {
                let (first, second) = body.split_at(body.len() / 2);
                let chunks = [first, second, ""]
                    .map(|chunk| format!("{:x}\r\n{chunk}\r\n", chunk.len()))
                    .concat();
                (format!("{start}transfer-encoding: chunked\r\n\r\n"), chunks)
            }
            Self::Close => (format!("{start}connection: close\r\n\r\n"), body.to_owned()),
        };
        (format!("{head}{body}").into_bytes(), head.len())
    }
}

/// The server. It goes on until the test program ends.
pub(super) struct Upstream {
    pub(super) address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    response: Mutex<(Vec<u8>, bool)>,
    requests: AtomicUsize,
}

impl Upstream {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            response: Mutex::default(),
            requests: AtomicUsize::new(0),
        });
        let serving = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let serving = Arc::clone(&serving);
                // A connection that breaks is what this is about.
                thread::spawn(move || drop(serving.answer(stream)));
            }
        });
        Self { address, shared }
    }

    /// Answers with these bytes from now on.
    pub(super) fn answer(&self, response: Vec<u8>, framing: Framing) {
        *self.shared.response.lock().unwrap() = (response, framing == Framing::Close);
    }

    /// How many requests arrived whole since this was asked last.
    pub(super) fn take_count(&self) -> usize {
        self.shared.requests.swap(0, Ordering::SeqCst)
    }
}

impl Shared {
    fn answer(&self, mut stream: TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let mut held = Vec::new();
        let mut buffer = [0; 4096];
        loop {
            match stream.read(&mut buffer)? {
                0 => return Ok(()),
                read => held.extend_from_slice(&buffer[..read]),
            }
            while let Some(length) = whole(&held) {
                held.drain(..length);
                self.requests.fetch_add(1, Ordering::SeqCst);
                let (response, close) = self.response.lock().unwrap().clone();
                stream.write_all(&response)?;
                if close {
                    return Ok(());
                }
            }
        }
    }
}

/// How long the first request is, if it is there to its last byte.
fn whole(bytes: &[u8]) -> Option<usize> {
    let head = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&bytes[..head]).unwrap();
    let body = text
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .map_or(0, |(_, value)| value.trim().parse().unwrap());
    (bytes.len() >= head + body).then_some(head + body)
}
