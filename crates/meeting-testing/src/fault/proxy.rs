//! A TCP proxy on the loopback interface that carries a plan out.

use std::{
    io::{self, Read, Write},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use socket2::SockRef;

use super::{
    Direction, Fault, FaultPlan,
    line::{Act, Line},
};

/// How much of the client's bytes is kept for [`Traffic::sent`].
const REMEMBERED: usize = 256 * 1024;

const UNASKED: &[u8] =
    b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

/// A proxy that makes the faults of a plan. Dropping it closes its connections and frees the port.
pub struct FaultProxy {
    address: SocketAddr,
    shared: Arc<Shared>,
}

/// What a proxy has seen since its plan was set.
#[derive(Clone, Debug, Default)]
pub struct Traffic {
    /// How many connections clients opened.
    pub connections: usize,
    /// What clients sent, one connection after the other as it was read, faults or not; no more than
    /// 256 KiB of it.
    pub sent: Vec<u8>,
    /// The kinds of faults that connections were given. One at a position that was never reached is among
    /// them.
    pub kinds: Vec<&'static str>,
}

impl Traffic {
    /// How often this text occurs in what clients sent.
    #[must_use]
    pub fn count(&self, text: &str) -> usize {
        let windows = self.sent.windows(text.len().max(1));
        windows.filter(|window| *window == text.as_bytes()).count()
    }
}

struct Shared {
    upstream: SocketAddr,
    state: Mutex<State>,
    stop: AtomicBool,
    open: AtomicUsize,
}

#[derive(Default)]
struct State {
    plan: FaultPlan,
    traffic: Traffic,
    /// Both sides of the connections that are open, by number.
    links: Vec<(usize, Arc<Link>)>,
    next: usize,
    /// How many plans there were before this one.
    plans: usize,
    record: bool,
}

/// One connection: both sides, and whether a request is under way.
struct Link {
    client: TcpStream,
    server: TcpStream,
    /// The plan that the connection was opened under, by number.
    plan: usize,
    exchange: Mutex<Exchange>,
}

#[derive(Default)]
struct Exchange {
    /// Bytes went to the server, and none came back since.
    waits: bool,
    answered: bool,
    /// How many exchanges there were before this one.
    number: usize,
    /// Ended by the proxy: no byte is carried any more.
    over: bool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What these hold is whole at every moment.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl FaultProxy {
    /// Stands before `upstream`, on a free port of the loopback interface.
    ///
    /// # Errors
    ///
    /// There is no free port.
    pub fn start(upstream: SocketAddr, plan: FaultPlan) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            upstream,
            state: Mutex::new(State {
                plan,
                record: true,
                ..State::default()
            }),
            stop: AtomicBool::new(false),
            open: AtomicUsize::new(0),
        });
        let serving = Arc::clone(&shared);
        thread::Builder::new()
            .name("fault-proxy".to_owned())
            .spawn(move || {
                for client in listener.incoming().flatten() {
                    if serving.stop.load(Ordering::SeqCst) {
                        return;
                    }
                    // An upstream that is gone shows as a connection that closes.
                    let _ = serving.carry(client);
                }
            })?;
        Ok(Self { address, shared })
    }

    /// Where clients connect.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Closes the connections that there are, forgets what was seen, and goes on by another plan.
    pub fn set_plan(&self, plan: FaultPlan) {
        self.shared.close_all();
        let mut state = lock(&self.shared.state);
        state.plan = plan;
        state.plans += 1;
        state.traffic = Traffic::default();
    }

    /// Counts connections, but keeps no bytes: for runs of many hours.
    pub fn without_record(self) -> Self {
        lock(&self.shared.state).record = false;
        self
    }

    /// What was seen since the plan was set.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        lock(&self.shared.state).traffic.clone()
    }

    /// How many connections are open.
    #[must_use]
    pub fn open(&self) -> usize {
        self.shared.open.load(Ordering::SeqCst)
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        self.shared.close_all();
        // Wakes the loop, which then sees the flag.
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    fn close_all(&self) {
        for (_, link) in lock(&self.state).links.drain(..) {
            link.close();
        }
    }

    fn carry(self: &Arc<Self>, client: TcpStream) -> io::Result<()> {
        let server = TcpStream::connect(self.upstream)?;
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        let (number, fault, link) = {
            let mut state = lock(&self.state);
            let link = Arc::new(Link {
                client,
                server,
                plan: state.plans,
                exchange: Mutex::default(),
            });
            let fault = state.plan.fault(state.traffic.connections).cloned();
            state.traffic.connections += 1;
            if let Some(fault) = &fault
                && state.record
            {
                state.traffic.kinds.push(fault.kind());
            }
            state.next += 1;
            let number = state.next;
            state.links.push((number, Arc::clone(&link)));
            (number, fault, link)
        };
        self.open.fetch_add(1, Ordering::SeqCst);
        let idle = match fault.as_ref().map(Fault::itself) {
            Some(Fault::UnaskedAnswer { after }) => {
                // No time at all cannot be waited for.
                Some((*after).max(Duration::from_millis(1)))
            }
            _ => None,
        };
        let up = Line::new(Direction::ToServer, fault.as_ref());
        let down = Line::new(Direction::ToClient, fault.as_ref());
        let (shared, other) = (Arc::clone(self), Arc::clone(&link));
        let spawned = thread::Builder::new().spawn(move || {
            let answering = {
                let link = Arc::clone(&other);
                thread::Builder::new().spawn(move || {
                    // A side that is gone ends the other.
                    let _ = link.server_to_client(down, idle);
                })
            };
            let _ = other.client_to_server(up, &shared);
            if let Ok(answering) = answering {
                // Panics are the thread's own.
                let _ = answering.join();
            }
            lock(&shared.state).links.retain(|(of, _)| *of != number);
            shared.open.fetch_sub(1, Ordering::SeqCst);
        });
        if let Err(error) = spawned {
            link.close();
            self.open.fetch_sub(1, Ordering::SeqCst);
            return Err(error);
        }
        Ok(())
    }

    fn record(&self, link: &Link, bytes: &[u8]) {
        let mut state = lock(&self.state);
        if state.record && state.plans == link.plan {
            let room = REMEMBERED.saturating_sub(state.traffic.sent.len());
            let kept = &bytes[..bytes.len().min(room)];
            state.traffic.sent.extend_from_slice(kept);
        }
    }
}

impl Link {
    fn client_to_server(&self, mut line: Line, shared: &Shared) -> io::Result<()> {
        if let Some(end) = line.open() {
            self.end(end)?;
            return Ok(());
        }
        let mut buffer = [0; 16 * 1024];
        loop {
            let read = match (&self.client).read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) => {
                    self.close();
                    return Err(error);
                }
            };
            shared.record(self, &buffer[..read]);
            let number = {
                let mut exchange = lock(&self.exchange);
                if exchange.over {
                    return Ok(());
                }
                if exchange.answered && !exchange.waits {
                    exchange.number += 1;
                }
                exchange.waits = true;
                exchange.number
            };
            for act in line.pass(number, buffer[..read].to_vec()) {
                if !self.act(act, &self.server)? {
                    return Ok(());
                }
            }
        }
        if line.is_silent() {
            // The client is gone, and the server would wait for ever.
            self.close();
            return Ok(());
        }
        self.pass_end_on(&self.server)
    }

    fn server_to_client(&self, mut line: Line, idle: Option<Duration>) -> io::Result<()> {
        self.server.set_read_timeout(idle)?;
        let mut buffer = [0; 16 * 1024];
        loop {
            let read = match (&self.server).read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if is_timeout(&error) => {
                    let mut exchange = lock(&self.exchange);
                    if exchange.answered && !exchange.waits && exchange.number >= line.after() {
                        // Under the lock: no byte of a request is carried after this.
                        exchange.over = true;
                        let written = (&self.client).write_all(UNASKED);
                        drop(exchange);
                        self.close();
                        return written;
                    }
                    continue;
                }
                Err(error) => {
                    self.close();
                    return Err(error);
                }
            };
            let number = lock(&self.exchange).number;
            for act in line.pass(number, buffer[..read].to_vec()) {
                if !self.act(act, &self.client)? {
                    return Ok(());
                }
            }
            let mut exchange = lock(&self.exchange);
            exchange.waits = false;
            exchange.answered = true;
        }
        if line.is_silent() {
            // The client does not hear of it either.
            return Ok(());
        }
        self.pass_end_on(&self.client)
    }

    /// One side has said all that it has to say.
    fn pass_end_on(&self, to: &TcpStream) -> io::Result<()> {
        if lock(&self.exchange).over {
            return Ok(());
        }
        to.shutdown(Shutdown::Write)
    }

    /// Does one thing; false when the connection is over with it.
    fn act(&self, act: Act, to: &TcpStream) -> io::Result<bool> {
        let mut to = to;
        match act {
            Act::Write(bytes) => {
                if let Err(error) = to.write_all(&bytes) {
                    self.close();
                    return Err(error);
                }
                Ok(true)
            }
            Act::Pause(time) => {
                thread::sleep(time);
                Ok(!lock(&self.exchange).over)
            }
            end => self.end(end).map(|()| false),
        }
    }

    fn end(&self, end: Act) -> io::Result<()> {
        match end {
            Act::Reset => {
                lock(&self.exchange).over = true;
                for side in [&self.client, &self.server] {
                    // A socket that does not linger says RST when it is closed, which the last thread
                    // that holds it does. Until then nothing may say FIN: this end of reading wakes
                    // the threads and sends nothing.
                    SockRef::from(side).set_linger(Some(Duration::ZERO))?;
                    side.shutdown(Shutdown::Read)?;
                }
            }
            Act::Answer(bytes) => {
                let written = (&self.client).write_all(&bytes);
                self.close();
                written?;
            }
            _ => self.close(),
        }
        Ok(())
    }

    fn close(&self) {
        lock(&self.exchange).over = true;
        for side in [&self.client, &self.server] {
            // The other end may have closed it.
            let _ = side.shutdown(Shutdown::Both);
        }
    }
}

fn is_timeout(error: &io::Error) -> bool {
    // Which of the two depends on the system.
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "these are tests")]

    use std::time::Instant;

    use super::*;

    /// A server that answers every line with the same line in capitals.
    fn echo() -> SocketAddr {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                thread::spawn(move || {
                    let mut buffer = [0; 100];
                    while let Ok(read @ 1..) = stream.read(&mut buffer) {
                        buffer.make_ascii_uppercase();
                        if stream.write_all(&buffer[..read]).is_err() {
                            return;
                        }
                    }
                });
            }
        });
        address
    }

    /// Says `hello` to a server behind a proxy, and reads to the end or for a while.
    fn heard(proxy: &FaultProxy) -> (String, Option<io::ErrorKind>) {
        let mut stream = TcpStream::connect(proxy.address()).unwrap();
        let limit = Duration::from_millis(300);
        stream.set_read_timeout(Some(limit)).unwrap();
        let mut text = Vec::new();
        let written = stream.write_all(b"hello");
        let error = written.and_then(|()| stream.read_to_end(&mut text)).err();
        let kind = error.map(|error| error.kind());
        (String::from_utf8_lossy(&text).into_owned(), kind)
    }

    #[test]
    fn connections_end_as_the_plan_says() {
        let at = 3;
        for direction in [Direction::ToServer, Direction::ToClient] {
            let proxy = FaultProxy::start(echo(), FaultPlan::default()).unwrap();
            let (text, open) = heard(&proxy);
            assert_eq!((text.as_str(), open.is_some()), ("HELLO", true));

            proxy.set_plan(FaultPlan::once(Fault::Cut { direction, at }));
            let (text, end) = heard(&proxy);
            assert!("HEL".starts_with(&text), "{text}");
            assert_eq!(end, None, "FIN");
            // The next connection is whole.
            assert_eq!(heard(&proxy).0, "HELLO");
            assert_eq!(proxy.traffic().connections, 2);
            assert_eq!(proxy.traffic().count("hello"), 2);
            assert_eq!(proxy.traffic().kinds, ["cut"]);

            proxy.set_plan(FaultPlan::always(Fault::Reset { direction, at }));
            for _ in 0..2 {
                assert_eq!(heard(&proxy).1, Some(io::ErrorKind::ConnectionReset));
            }

            proxy.set_plan(FaultPlan::once(Fault::Silence { direction, at }));
            let (text, end) = heard(&proxy);
            assert_eq!(text, "HEL");
            assert!(matches!(
                end,
                Some(io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
            ));
        }
    }

    #[test]
    fn an_idle_connection_gets_an_answer_that_nobody_asked_for() {
        let after = Duration::from_millis(20);
        let plan = FaultPlan::once(Fault::UnaskedAnswer { after });
        let proxy = FaultProxy::start(echo(), plan).unwrap();
        let (text, end) = heard(&proxy);
        assert!(text.starts_with("HELLOHTTP/1.1 408 "), "{text}");
        assert_eq!(end, None);
    }

    #[test]
    fn all_connections_end_with_the_proxy() {
        let proxy = FaultProxy::start(echo(), FaultPlan::default()).unwrap();
        let shared = Arc::clone(&proxy.shared);
        let mut streams: Vec<_> = (0..5)
            .map(|_| TcpStream::connect(proxy.address()).unwrap())
            .collect();
        let start = Instant::now();
        while proxy.open() < streams.len() {
            assert!(start.elapsed() < Duration::from_secs(5));
            thread::yield_now();
        }
        drop(proxy);
        for stream in &mut streams {
            assert_eq!(stream.read(&mut [0]).unwrap(), 0);
        }
        while shared.open.load(Ordering::SeqCst) > 0 {
            assert!(start.elapsed() < Duration::from_secs(5));
            thread::yield_now();
        }
    }
}
