//! The features are on indeed: the libraries do unasked what the transports keep them from.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::{
    io::{Read, Write},
    net::TcpListener,
    thread,
};

/// "ok" as gzip.
const PACKED: &[u8] = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xcb\xcf\x06\0\x47\xdd\xdc\x79\x02\0\0\0";

/// A server that answers one request with a packed body, and gives the request out.
fn packed() -> (String, thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let server = thread::spawn(move || {
        let (mut tcp, _) = listener.accept().unwrap();
        let mut buffer = [0; 4096];
        let length = tcp.read(&mut buffer).unwrap();
        let head = "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 22\r\n\r\n";
        tcp.write_all(&[head.as_bytes(), PACKED].concat()).unwrap();
        String::from_utf8_lossy(&buffer[..length]).to_ascii_lowercase()
    });
    (url, server)
}

#[test]
fn ureq_unpacks_by_itself() {
    let (url, server) = packed();
    let mut response = ureq::get(&url).call().unwrap();
    assert_eq!(response.body_mut().read_to_string().unwrap(), "ok");
    assert!(server.join().unwrap().contains("accept-encoding: gzip, br"));
}

#[test]
fn reqwest_unpacks_by_itself() {
    // Any provider will do; reqwest asks for one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (url, server) = packed();
    let response = reqwest::blocking::get(&url).unwrap();
    assert_eq!(response.text().unwrap(), "ok");
    assert!(server.join().unwrap().contains("zstd"));
}
