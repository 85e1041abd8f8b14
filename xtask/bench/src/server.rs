//! A server that answers every request with the same reply, as cheaply as can be.

use std::{
    io::{self, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::Arc,
    thread,
};

use anyhow::{Context, Result};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    crypto::ring,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};
use serde::{Deserialize, Serialize};

/// Addresses of the server.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Addresses {
    /// Where it answers in the clear.
    pub plain: SocketAddr,
    /// Where it answers over TLS.
    pub tls: SocketAddr,
    /// The certificate to trust there.
    pub pem: String,
}

/// The reply to `CreateAnonymousAuthRandom`.
pub(crate) const REPLY: &str = r#"{"siteUrl":"192.0.2.10","random":"128736471829374"}"#;

/// Answers until standard input ends. Prints its addresses first, as JSON in a line.
///
/// # Errors
///
/// There is no loopback to listen on, or nobody to tell.
pub fn serve() -> Result<()> {
    let (plain, tls) = (listen()?, listen()?);
    let host = Ipv4Addr::LOCALHOST.to_string();
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed([host])?;
    let addresses = Addresses {
        plain: plain.local_addr()?,
        tls: tls.local_addr()?,
        pem: cert.pem(),
    };
    let key = PrivatePkcs8KeyDer::from(signing_key.serialize_der());
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], PrivateKeyDer::from(key))?;
    let config = Arc::new(config);
    println!("{}", serde_json::to_string(&addresses)?);
    serve_on(plain, answer);
    serve_on(tls, move |stream| {
        let connection = ServerConnection::new(Arc::clone(&config));
        answer(StreamOwned::new(connection.context("no TLS")?, stream))
    });
    io::copy(&mut io::stdin(), &mut io::sink())?;
    Ok(())
}

fn listen() -> io::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
}

fn serve_on(
    listener: TcpListener,
    answer: impl Fn(TcpStream) -> Result<()> + Clone + Send + 'static,
) {
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answer = answer.clone();
            // A client that goes away is no fault.
            thread::spawn(move || {
                stream.set_nodelay(true)?;
                answer(stream)
            });
        }
    });
}

/// The response, head and body.
pub(crate) fn response() -> String {
    format!(
        "HTTP/1.1 200 OK\r\nDate: Sun, 22 Nov 2026 08:30:00 GMT\r\nContent-Type: \
         application/json;charset=UTF-8\r\nContent-Length: {}\r\nX-Request-Id: \
         5b4f0c1f2f0b4f0e9d3c8f6a7e1d2c3b\r\nServer: CloudWAF\r\n\r\n{REPLY}",
        REPLY.len()
    )
}

fn answer(mut stream: impl Read + Write) -> Result<()> {
    let reply = response();
    let mut request = [0; 4096];
    let mut held = 0;
    loop {
        let read = stream.read(&mut request[held..])?;
        if read == 0 {
            return Ok(());
        }
        held += read;
        // The clients send one request at a time, and none with a body.
        if request[..held].ends_with(b"\r\n\r\n") {
            stream.write_all(reply.as_bytes())?;
            stream.flush()?;
            held = 0;
        }
    }
}
