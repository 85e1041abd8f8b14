//! What a transport promises about responses that come before the request is sent whole.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, Shutdown, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{Request, StatusCode};
use meeting_types::Transport;

use super::{SLACK, Setup, within};

const REFUSAL: &[u8] = b"HTTP/1.1 413 Payload Too Large\r\ncontent-length: 9\r\n\r\ntoo large";

/// How a server refuses an upload behind the head of the request.
#[derive(Clone, Copy, Debug)]
enum Manner {
    /// Closes at once, which the system turns into a reset: bytes are left unread.
    Close,
    /// Sends nothing more, and reads for a moment, as good servers do.
    Linger,
    /// Reads nothing, and does not close.
    Ignore,
    /// Announces two interim responses first, and goes on reading.
    Read,
}

/// What a server saw of uploads.
#[derive(Default)]
struct Seen {
    begun: AtomicUsize,
    /// Bytes of bodies, where the server reads them.
    bytes: AtomicUsize,
}

fn refusing(manner: Manner) -> (String, Arc<Seen>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let uploads = Arc::new(Seen::default());
    let seen = Arc::clone(&uploads);
    thread::spawn(move || {
        for tcp in listener.incoming().flatten() {
            let seen = Arc::clone(&seen);
            thread::spawn(move || drop(refuse(tcp, manner, &seen)));
        }
    });
    (base, uploads)
}

fn refuse(mut tcp: TcpStream, manner: Manner, seen: &Seen) -> std::io::Result<()> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if tcp.read(&mut byte)? == 0 {
            return Ok(());
        }
        head.push(byte[0]);
    }
    seen.begun.fetch_add(1, Ordering::SeqCst);
    if matches!(manner, Manner::Read) {
        tcp.write_all(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n")?;
    }
    tcp.write_all(REFUSAL)?;
    match manner {
        Manner::Close => {}
        Manner::Linger => {
            tcp.shutdown(Shutdown::Write)?;
            tcp.set_read_timeout(Some(Duration::from_secs(2)))?;
            std::io::copy(&mut tcp, &mut std::io::sink())?;
        }
        Manner::Ignore => thread::sleep(Duration::from_secs(20)),
        Manner::Read => loop {
            let read = tcp.read(&mut [0; 64 * 1024])?;
            if read == 0 {
                return Ok(());
            }
            seen.bytes.fetch_add(read, Ordering::SeqCst);
        },
    }
    Ok(())
}

async fn refused<T: Transport>(make: fn(Setup) -> T, manner: Manner) {
    for size in [100_000, 1 << 20, 4 << 20, 9 << 20] {
        let (base, uploads) = refusing(manner);
        let request = Request::put(format!("{base}/v1/image"))
            .body(Bytes::from(vec![b'x'; size]))
            .unwrap();
        let start = Instant::now();
        let limit = Duration::from_secs(10);
        let result = make(Setup::default()).send(within(request, limit)).await;
        let response = result.unwrap_or_else(|error| panic!("{manner:?}, {size}: {error:?}"));
        assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(response.body(), "too large");
        assert_eq!(
            uploads.begun.load(Ordering::SeqCst),
            1,
            "{manner:?}, {size}"
        );
        assert!(start.elapsed() < SLACK, "{manner:?}, {size}");
    }
}

pub async fn a_refusal_that_closes_is_heard<T: Transport>(make: fn(Setup) -> T) {
    refused(make, Manner::Close).await;
}

pub async fn a_refusal_that_lingers_is_heard<T: Transport>(make: fn(Setup) -> T) {
    refused(make, Manner::Linger).await;
}

pub async fn a_refusal_that_reads_nothing_is_heard<T: Transport>(make: fn(Setup) -> T) {
    refused(make, Manner::Ignore).await;
}

pub async fn a_refusal_that_reads_on_is_heard<T: Transport>(make: fn(Setup) -> T) {
    refused(make, Manner::Read).await;
}

pub async fn the_rest_of_a_refused_upload_is_not_sent<T: Transport>(make: fn(Setup) -> T) {
    let size = 48 << 20;
    let (base, seen) = refusing(Manner::Read);
    let request = Request::put(format!("{base}/v1/image"))
        .body(Bytes::from(vec![b'x'; size]))
        .unwrap();
    let transport = make(Setup::default());
    let response = transport.send(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
    transport.sleep(Duration::from_millis(300)).await;
    let bytes = seen.bytes.load(Ordering::SeqCst);
    // What stood in the buffers of both systems arrives.
    assert!(bytes < size / 2, "{bytes} of {size}");
}
