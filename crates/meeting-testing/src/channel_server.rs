//! A WebSocket server on the loopback interface that does what a test tells it to.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "these are tests; each name says what is promised"
)]

use std::{
    io::{self, Read, Write},
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::Arc,
    thread::{self, JoinHandle},
    time::Duration,
};

use meeting_types::events::{ClientFrame, Event, ServerFrame};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use tungstenite::{
    Error, Message, WebSocket, accept_hdr,
    handshake::server::{Request, Response},
};

/// How long the server waits for a client before it gives up, and the test with it.
const PATIENCE: Duration = Duration::from_secs(20);

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Both ends of what a client and a server say to each other.
pub trait Wire: Read + Write + Send {}
impl<T: Read + Write + Send> Wire for T {}

/// One connection.
pub struct Peer {
    pub socket: WebSocket<Box<dyn Wire>>,
    /// The path and query of the upgrade request.
    pub target: String,
}

impl Peer {
    pub fn send(&mut self, frame: &ServerFrame) {
        self.text(frame.to_text().expose());
    }

    pub fn event(&mut self, event: Event) {
        self.send(&event.into());
    }

    pub fn text(&mut self, text: &str) {
        self.socket.send(Message::text(text)).unwrap();
    }

    /// The next text frame; nothing once the client is gone.
    pub fn read(&mut self) -> Option<ClientFrame> {
        loop {
            match self.socket.read() {
                Ok(Message::Text(text)) => return Some(ClientFrame::parse(&text).unwrap()),
                Ok(_) => {}
                Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => {
                    panic!("the client said nothing")
                }
                Err(_) => return None,
            }
        }
    }

    /// Takes the subscription and accepts it.
    pub fn accept(&mut self) -> ClientFrame {
        let frame = self.read().unwrap();
        let ClientFrame::Subscribe { sequence, .. } = &frame else {
            panic!("no subscription: {frame:?}");
        };
        self.send(&ServerFrame::Ack {
            sequence: sequence.clone(),
            code: 0,
            description: Some("SUCCESS".to_owned()),
        });
        frame
    }

    /// Sends a close frame and waits for the client to go.
    pub fn close(mut self) {
        let _ = self.socket.close(None);
        while self.socket.read().is_ok() {}
    }
}

/// Writes a few bytes at a time.
struct Dripping(TcpStream);

impl Read for Dripping {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for Dripping {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        thread::sleep(Duration::from_millis(2));
        self.0.write(&bytes[..bytes.len().min(5)])
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// A server for one connection. Dropping it waits for the script, and fails if the script failed.
pub struct ChannelServer {
    address: SocketAddr,
    script: Option<JoinHandle<()>>,
}

impl ChannelServer {
    /// Upgrades one connection and runs `script` on it.
    pub fn start(script: impl FnOnce(Peer) + Send + 'static) -> Self {
        Self::launch(LOOPBACK, None, |tcp| Box::new(tcp), script)
    }

    /// The same behind TLS.
    pub fn start_tls(config: ServerConfig, script: impl FnOnce(Peer) + Send + 'static) -> Self {
        Self::start_tls_at(LOOPBACK, config, script)
    }

    /// The same at another address.
    pub fn start_tls_at(
        address: IpAddr,
        config: ServerConfig,
        script: impl FnOnce(Peer) + Send + 'static,
    ) -> Self {
        Self::launch(address, Some(config), |tcp| Box::new(tcp), script)
    }

    /// The same, behind TLS or not, a few bytes at a time.
    pub fn start_dripping(
        tls: Option<ServerConfig>,
        script: impl FnOnce(Peer) + Send + 'static,
    ) -> Self {
        Self::launch(LOOPBACK, tls, |tcp| Box::new(Dripping(tcp)), script)
    }

    fn launch(
        address: IpAddr,
        tls: Option<ServerConfig>,
        wire: fn(TcpStream) -> Box<dyn Wire>,
        script: impl FnOnce(Peer) + Send + 'static,
    ) -> Self {
        Self::raw_at(address, move |tcp| {
            let mut wire = wire(tcp);
            if let Some(config) = tls {
                let connection = ServerConnection::new(Arc::new(config)).unwrap();
                wire = Box::new(StreamOwned::new(connection, wire));
            }
            let mut target = String::new();
            #[allow(clippy::result_large_err, reason = "tungstenite defines the signature")]
            let note = |request: &Request, response: Response| {
                target = request.uri().to_string();
                Ok(response)
            };
            // A client that does not get as far as the upgrade has reasons that its test knows.
            if let Ok(socket) = accept_hdr(wire, note) {
                script(Peer { socket, target });
            }
        })
    }

    /// Runs `script` on the bare socket of one connection.
    pub fn raw(script: impl FnOnce(TcpStream) + Send + 'static) -> Self {
        Self::raw_at(LOOPBACK, script)
    }

    fn raw_at(address: IpAddr, script: impl FnOnce(TcpStream) + Send + 'static) -> Self {
        let listener = TcpListener::bind((address, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let script = thread::spawn(move || {
            let (tcp, _) = listener.accept().unwrap();
            tcp.set_read_timeout(Some(PATIENCE)).unwrap();
            tcp.set_nodelay(true).unwrap();
            script(tcp);
        });
        Self {
            address,
            script: Some(script),
        }
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for ChannelServer {
    fn drop(&mut self) {
        // A test that has failed already may have left the script waiting.
        if let Some(script) = self.script.take()
            && !thread::panicking()
        {
            assert!(
                script.join().is_ok(),
                "the server's part of the test failed"
            );
        }
    }
}
