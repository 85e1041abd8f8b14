//! A proxy on the loopback interface: it opens tunnels (`CONNECT`), forwards plain requests, and tells
//! what passed through it. It can also refuse, stay silent and talk nonsense.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "these are tests; each name says what is promised"
)]

use std::{
    collections::HashMap,
    io::{self, Read, Write},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::channel_server::Wire;

/// How often a relay that found nothing looks again.
const PAUSE: Duration = Duration::from_millis(1);

/// How a proxy treats those who may use it.
#[derive(Clone, Debug, Default)]
pub enum Conduct {
    /// It does what it is asked for.
    #[default]
    Serve,
    /// It answers with this, and closes.
    Say(Vec<u8>),
    /// It reads, and never answers.
    Hang,
    /// It does not even shake hands where TLS is spoken to it, and reads nothing.
    Deaf,
}

impl Conduct {
    /// It answers each request with this status.
    pub fn refuse(status: u16) -> Self {
        Self::Say(format!("HTTP/1.1 {status} No\r\nContent-Length: 4\r\n\r\nhush").into_bytes())
    }
}

/// One request to the proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passed {
    /// `CONNECT`, or the method of a request that is to be forwarded.
    pub method: String,
    /// `host:port`, or a URL.
    pub target: String,
    /// The name and password that came with it.
    pub credentials: Option<String>,
    /// All of its head.
    pub head: String,
}

/// The settings of a [`ProxyServer`].
#[derive(Default)]
pub struct ProxyPlan {
    tls: Option<Arc<ServerConfig>>,
    credentials: Option<String>,
    conduct: Conduct,
    names: HashMap<String, SocketAddr>,
}

impl ProxyPlan {
    /// It is spoken to over TLS.
    #[must_use]
    pub fn tls(mut self, config: ServerConfig) -> Self {
        self.tls = Some(Arc::new(config));
        self
    }

    /// It asks for this name and password.
    #[must_use]
    pub fn credentials(mut self, name: &str, password: &str) -> Self {
        self.credentials = Some(format!("{name}:{password}"));
        self
    }

    #[must_use]
    pub fn conduct(mut self, conduct: Conduct) -> Self {
        self.conduct = conduct;
        self
    }

    /// It finds `host:port` at this address, whatever the name servers say.
    #[must_use]
    pub fn knows(mut self, target: &str, address: SocketAddr) -> Self {
        self.names.insert(target.to_owned(), address);
        self
    }

    #[must_use]
    pub fn start(self) -> ProxyServer {
        ProxyServer::start(self)
    }
}

struct Shared {
    plan: ProxyPlan,
    passed: Mutex<Vec<Passed>>,
    stop: AtomicBool,
}

/// A proxy that runs until it is dropped.
pub struct ProxyServer {
    address: SocketAddr,
    shared: Arc<Shared>,
}

impl ProxyServer {
    /// What a proxy does is said first.
    #[must_use]
    pub fn plan() -> ProxyPlan {
        ProxyPlan::default()
    }

    fn start(plan: ProxyPlan) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            plan,
            passed: Mutex::default(),
            stop: AtomicBool::new(false),
        });
        let served = Arc::clone(&shared);
        thread::spawn(move || {
            for tcp in listener.incoming().flatten() {
                if served.stop.load(Ordering::SeqCst) {
                    return;
                }
                let served = Arc::clone(&served);
                // Whoever hangs up is part of the game.
                thread::spawn(move || drop(served.serve(tcp)));
            }
        });
        Self { address, shared }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL of the proxy, with `localhost` as its host.
    pub fn url(&self) -> String {
        let scheme = if self.shared.plan.tls.is_some() {
            "https"
        } else {
            "http"
        };
        format!("{scheme}://localhost:{}", self.address.port())
    }

    /// What came to it so far, and whether it let it pass or not.
    pub fn passed(&self) -> Vec<Passed> {
        self.shared.passed.lock().unwrap().clone()
    }
}

impl Drop for ProxyServer {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        // Wakes the loop, which then sees the flag.
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    fn serve(&self, tcp: TcpStream) -> io::Result<()> {
        tcp.set_nodelay(true)?;
        if matches!(self.plan.conduct, Conduct::Deaf) {
            while !self.stop.load(Ordering::SeqCst) && tcp.peek(&mut [0])? > 0 {
                thread::sleep(PAUSE * 20);
            }
            return Ok(());
        }
        let socket = tcp.try_clone()?;
        let mut client: Box<dyn Wire> = match &self.plan.tls {
            None => Box::new(tcp),
            Some(config) => {
                let connection = ServerConnection::new(Arc::clone(config)).unwrap();
                Box::new(StreamOwned::new(connection, tcp))
            }
        };
        let Some((head, body)) = read_head(&mut client)? else {
            return Ok(());
        };
        let passed = read_passed(&head);
        self.passed.lock().unwrap().push(passed.clone());
        match &self.plan.conduct {
            Conduct::Serve => {}
            Conduct::Say(bytes) => {
                client.write_all(bytes)?;
                return client.flush();
            }
            Conduct::Hang | Conduct::Deaf => {
                // Until the client hangs up.
                io::copy(&mut client, &mut io::sink())?;
                return Ok(());
            }
        }
        if self.plan.credentials.is_some() && passed.credentials != self.plan.credentials {
            client.write_all(
                b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"hush\"\r\nContent-Length: 0\r\n\r\n",
            )?;
            return client.flush();
        }
        if passed.method == "CONNECT" {
            let Some(upstream) = self.dial(&passed.target) else {
                client.write_all(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")?;
                return client.flush();
            };
            client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
            client.flush()?;
            return relay(client, &socket, upstream, None);
        }
        let host = host_of(&passed.target);
        let Some(mut upstream) = self.dial(&host) else {
            client.write_all(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")?;
            return client.flush();
        };
        upstream.write_all(forwarded(&head).as_bytes())?;
        upstream.write_all(&body)?;
        relay(client, &socket, upstream, Some(self))
    }

    fn dial(&self, target: &str) -> Option<TcpStream> {
        let known = self.plan.names.get(target);
        let upstream = match known {
            Some(address) => TcpStream::connect(address),
            None => TcpStream::connect(target),
        };
        upstream.ok()
    }
}

/// Moves bytes both ways until one side closes. With `requests`, each head that the client sends is
/// noted, and written for a server.
fn relay(
    mut client: Box<dyn Wire>,
    socket: &TcpStream,
    mut upstream: TcpStream,
    requests: Option<&Shared>,
) -> io::Result<()> {
    socket.set_nonblocking(true)?;
    upstream.set_nonblocking(true)?;
    let mut bytes = [0; 16 * 1024];
    loop {
        let mut is_idle = true;
        match client.read(&mut bytes) {
            Ok(0) => {
                let _ = upstream.shutdown(Shutdown::Both);
                return Ok(());
            }
            Ok(read) => {
                is_idle = false;
                let text = String::from_utf8_lossy(&bytes[..read]).into_owned();
                let head = text.split_once("\r\n\r\n").map(|(head, _)| head.len() + 4);
                match (requests, head) {
                    // A small request comes in one piece.
                    (Some(shared), Some(head)) if text.contains(" http://") => {
                        let (head, body) = text.split_at(head);
                        shared.passed.lock().unwrap().push(read_passed(head));
                        put(&mut upstream, forwarded(head).as_bytes())?;
                        put(&mut upstream, body.as_bytes())?;
                    }
                    _ => put(&mut upstream, &bytes[..read])?,
                }
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
        match upstream.read(&mut bytes) {
            Ok(0) => {
                socket.set_nonblocking(false)?;
                client.flush()?;
                return socket.shutdown(Shutdown::Both);
            }
            Ok(read) => {
                is_idle = false;
                put(&mut client, &bytes[..read])?;
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
        if is_idle {
            thread::sleep(PAUSE);
        }
    }
}

/// Writes all, also where the socket does not wait.
fn put(to: &mut impl Write, mut bytes: &[u8]) -> io::Result<()> {
    loop {
        let step = if bytes.is_empty() {
            to.flush().map(|()| 0)
        } else {
            to.write(bytes)
        };
        match step {
            Ok(_) if bytes.is_empty() => return Ok(()),
            Ok(written) => bytes = &bytes[written..],
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => thread::sleep(PAUSE),
            Err(error) => return Err(error),
        }
    }
}

/// The head of a request, and what came behind it. `None` when the client closed instead.
fn read_head(stream: &mut impl Read) -> io::Result<Option<(String, Vec<u8>)>> {
    let mut received = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        if let Some(end) = received.windows(4).position(|end| end == b"\r\n\r\n") {
            let rest = received.split_off(end + 4);
            return Ok(Some((
                String::from_utf8_lossy(&received).into_owned(),
                rest,
            )));
        }
        match stream.read(&mut buffer)? {
            0 => return Ok(None),
            read => received.extend_from_slice(&buffer[..read]),
        }
    }
}

fn read_passed(head: &str) -> Passed {
    let mut words = head.split_whitespace();
    let mut word = || words.next().unwrap_or_default().to_owned();
    let headers = head.lines().filter_map(|line| line.split_once(": "));
    let credentials = headers
        .filter(|(name, _)| name.eq_ignore_ascii_case("proxy-authorization"))
        .find_map(|(_, value)| STANDARD.decode(value.strip_prefix("Basic ")?).ok());
    Passed {
        method: word(),
        target: word(),
        credentials: credentials.map(|pair| String::from_utf8(pair).unwrap()),
        head: head.to_owned(),
    }
}

/// `host:port` of a URL.
fn host_of(url: &str) -> String {
    let rest = url.strip_prefix("http://").unwrap_or(url);
    let host = rest.split('/').next().unwrap_or_default();
    if host
        .trim_end_matches(|c: char| c.is_ascii_digit())
        .ends_with(':')
    {
        host.to_owned()
    } else {
        format!("{host}:80")
    }
}

/// A head as a server gets it: without the URL's host, and without what was for the proxy.
fn forwarded(head: &str) -> String {
    let mut lines = head.split_inclusive("\r\n");
    let line = lines.next().unwrap_or_default();
    let (method, rest) = line.split_once(" http://").unwrap_or(("", line));
    let path = rest.find('/').map_or(rest, |slash| &rest[slash..]);
    let others = lines.filter(|line| !line.to_ascii_lowercase().starts_with("proxy-"));
    format!("{method} {path}{}", others.collect::<String>())
}
