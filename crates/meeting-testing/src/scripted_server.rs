//! A TCP server on the loopback interface that says exactly the bytes it is told to.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "these are tests; each name says what is promised"
)]

use std::{
    collections::VecDeque,
    io::{self, Read, Write},
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use rustls::{ServerConfig, ServerConnection, StreamOwned};

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// What the server does about one request.
#[derive(Clone, Debug)]
pub enum Step {
    /// Writes these bytes and waits for the next request on the same connection.
    Reply(Vec<u8>),
    /// Writes these bytes and closes.
    ReplyThenClose(Vec<u8>),
    /// Writes `head`, then `piece` for as long as the client stays, with `pause` in between.
    Endless {
        head: Vec<u8>,
        piece: Vec<u8>,
        pause: Duration,
    },
    /// Lets `delay` pass, writes these bytes and never says another word.
    Late { delay: Duration, bytes: Vec<u8> },
    /// Writes `reply`, lets `delay` pass and writes what nobody asked for; then closes, or waits for
    /// the next request.
    Unasked {
        reply: Vec<u8>,
        delay: Duration,
        unasked: Vec<u8>,
        close: bool,
    },
    /// Never answers.
    Silence,
}

struct Shared {
    steps: Mutex<VecDeque<Step>>,
    requests: Mutex<Vec<String>>,
    connections: AtomicUsize,
    stop: AtomicBool,
    tls: Option<Arc<ServerConfig>>,
}

pub struct ScriptedServer {
    address: SocketAddr,
    shared: Arc<Shared>,
}

impl ScriptedServer {
    /// Serves `steps`, one for each request, in the order in which requests arrive.
    pub fn start(steps: impl IntoIterator<Item = Step>) -> Self {
        Self::launch(LOOPBACK, steps, None)
    }

    /// The same behind TLS.
    pub fn start_tls(config: ServerConfig, steps: impl IntoIterator<Item = Step>) -> Self {
        Self::start_tls_at(LOOPBACK, config, steps)
    }

    /// The same at another address.
    pub fn start_tls_at(
        address: IpAddr,
        config: ServerConfig,
        steps: impl IntoIterator<Item = Step>,
    ) -> Self {
        Self::launch(address, steps, Some(Arc::new(config)))
    }

    fn launch(
        address: IpAddr,
        steps: impl IntoIterator<Item = Step>,
        tls: Option<Arc<ServerConfig>>,
    ) -> Self {
        let listener = TcpListener::bind((address, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            steps: Mutex::new(steps.into_iter().collect()),
            requests: Mutex::default(),
            connections: AtomicUsize::new(0),
            stop: AtomicBool::new(false),
            tls,
        });
        let served = Arc::clone(&shared);
        thread::spawn(move || {
            for tcp in listener.incoming().flatten() {
                if served.stop.load(Ordering::SeqCst) {
                    return;
                }
                served.connections.fetch_add(1, Ordering::SeqCst);
                let served = Arc::clone(&served);
                // A client that hangs up is part of the game.
                thread::spawn(move || drop(served.serve(tcp)));
            }
        });
        Self { address, shared }
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many connections were opened so far.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// The requests so far, as they came over the wire. Bytes above 127 are read as Latin-1.
    pub fn requests(&self) -> Vec<String> {
        self.shared.requests.lock().unwrap().clone()
    }
}

impl Drop for ScriptedServer {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        // Wakes the loop, which then sees the flag.
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    fn serve(&self, tcp: TcpStream) -> io::Result<()> {
        tcp.set_nodelay(true)?;
        match &self.tls {
            None => self.talk(tcp),
            Some(config) => {
                let connection = ServerConnection::new(Arc::clone(config)).unwrap();
                self.talk(StreamOwned::new(connection, tcp))
            }
        }
    }

    fn talk(&self, mut stream: impl Read + Write) -> io::Result<()> {
        while let Some(request) = read_request(&mut stream)? {
            self.requests.lock().unwrap().push(request);
            let step = self.steps.lock().unwrap().pop_front();
            match step {
                Some(Step::Reply(bytes)) => {
                    stream.write_all(&bytes)?;
                    stream.flush()?;
                }
                Some(Step::ReplyThenClose(bytes)) => {
                    stream.write_all(&bytes)?;
                    return stream.flush();
                }
                Some(Step::Endless { head, piece, pause }) => {
                    stream.write_all(&head)?;
                    loop {
                        stream.write_all(&piece)?;
                        stream.flush()?;
                        thread::sleep(pause);
                    }
                }
                Some(Step::Late { delay, bytes }) => {
                    thread::sleep(delay);
                    stream.write_all(&bytes)?;
                    stream.flush()?;
                    io::copy(&mut stream, &mut io::sink())?;
                    return Ok(());
                }
                Some(Step::Unasked {
                    reply,
                    delay,
                    unasked,
                    close,
                }) => {
                    stream.write_all(&reply)?;
                    stream.flush()?;
                    thread::sleep(delay);
                    stream.write_all(&unasked)?;
                    stream.flush()?;
                    if close {
                        return Ok(());
                    }
                }
                Some(Step::Silence) => {
                    // Until the client hangs up.
                    io::copy(&mut stream, &mut io::sink())?;
                    return Ok(());
                }
                None => return Ok(()),
            }
        }
        Ok(())
    }
}

/// One request, head and body. `None` when the client closed instead.
fn read_request(stream: &mut impl Read) -> io::Result<Option<String>> {
    let mut text = String::new();
    let mut buffer = [0; 4096];
    loop {
        if let Some(end) = text.find("\r\n\r\n") {
            let length = text[..end]
                .lines()
                .filter_map(|line| line.split_once(':'))
                .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                .map_or(0, |(_, value)| value.trim().parse().unwrap());
            if text[end + 4..].chars().count() >= length {
                return Ok(Some(text));
            }
        }
        match stream.read(&mut buffer)? {
            0 => return Ok(None),
            read => text.extend(buffer[..read].iter().map(|&byte| char::from(byte))),
        }
    }
}
