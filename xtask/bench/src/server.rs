//! A server that answers every request with the same reply, as cheaply as can be.

use std::{
    io::{self, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    thread,
};

/// The reply to `CreateAnonymousAuthRandom`.
pub(crate) const REPLY: &str = r#"{"siteUrl":"192.0.2.10","random":"128736471829374"}"#;

/// Answers until standard input ends. Prints its address first.
///
/// # Errors
///
/// There is no loopback to listen on, or nobody to tell.
pub fn serve() -> io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    println!("{}", listener.local_addr()?);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A client that goes away is no fault.
            thread::spawn(move || answer(stream).ok());
        }
    });
    io::copy(&mut io::stdin(), &mut io::sink())?;
    Ok(())
}

fn answer(mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let reply = format!(
        "HTTP/1.1 200 OK\r\nDate: Sun, 22 Nov 2026 08:30:00 GMT\r\nContent-Type: \
         application/json;charset=UTF-8\r\nContent-Length: {}\r\nX-Request-Id: \
         5b4f0c1f2f0b4f0e9d3c8f6a7e1d2c3b\r\nServer: CloudWAF\r\n\r\n{REPLY}",
        REPLY.len()
    );
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
            held = 0;
        }
    }
}
