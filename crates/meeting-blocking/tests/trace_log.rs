//! At level TRACE, ureq would write every secret to the log. The transport does not let it, unless it
//! is told to. A process of its own: the logger belongs to all of it.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use log::{LevelFilter, Log, Metadata, Record};
use meeting_blocking::{
    Client, UreqTransport,
    types::{Endpoint, TransportErrorKind, operations::CreateAnonymousAuthRandom},
};
use meeting_testing::Printed;

const PASSWORD: &str = "0918273645";
const TOKEN: &str = "token-that-is-cut-into-rows";

static PRINTED: Printed = Printed::new();

/// Takes everything, but nothing of ureq's dump while the filter is set.
struct Filtered;

static FILTER: AtomicUsize = AtomicUsize::new(0);

impl Log for Filtered {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        FILTER.load(Ordering::SeqCst) == 0 || !metadata.target().starts_with("ureq_proto")
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            PRINTED.log(record);
        }
    }

    fn flush(&self) {}
}

/// Answers every request with a token.
fn serve() -> (Endpoint, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let requests = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&requests);
    thread::spawn(move || {
        for mut tcp in listener.incoming().flatten() {
            let mut buffer = [0; 4096];
            while tcp.read(&mut buffer).unwrap() > 0 {
                seen.fetch_add(1, Ordering::SeqCst);
                let body = format!(r#"{{"random":"{TOKEN}"}}"#);
                let length = body.len();
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n");
                tcp.write_all((head + &body).as_bytes()).unwrap();
            }
        }
    });
    (endpoint.parse().unwrap(), requests)
}

#[test]
fn nothing_is_sent_while_ureq_would_write_it_to_the_log() {
    log::set_logger(&Filtered).unwrap();
    log::set_max_level(LevelFilter::Trace);
    let (endpoint, requests) = serve();
    let client = |transport| Client::builder(endpoint.clone()).anonymous_over(transport);
    let operation = CreateAnonymousAuthRandom::new("900000001", PASSWORD);

    let error = client(UreqTransport::new()).send(&operation).unwrap_err();
    assert!(error.to_string().contains("ureq_proto=debug"), "{error}");
    assert!(error.to_string().contains("allow_trace_log"), "{error}");
    let meeting_blocking::Error::Transport { source, .. } = error else {
        panic!("{error:?}");
    };
    assert_eq!(source.kind(), TransportErrorKind::Request);
    assert!(source.is_not_sent());
    assert_eq!(requests.load(Ordering::SeqCst), 0);
    assert_eq!(PRINTED.find(PASSWORD), None);

    // With the filter that the error names, all goes well, and nothing secret is written.
    FILTER.store(1, Ordering::SeqCst);
    client(UreqTransport::new()).send(&operation).unwrap();
    assert_eq!(PRINTED.find(PASSWORD), None);
    assert_eq!(PRINTED.find(TOKEN), None);
    assert!(PRINTED.text().contains("ureq"), "{}", PRINTED.text());

    // Below TRACE nothing is in the way.
    FILTER.store(0, Ordering::SeqCst);
    log::set_max_level(LevelFilter::Debug);
    client(UreqTransport::new()).send(&operation).unwrap();
    assert_eq!(PRINTED.find(PASSWORD), None);

    // Whoever wants the dump gets it. This also shows that the search above would find it.
    log::set_max_level(LevelFilter::Trace);
    let transport = UreqTransport::builder().allow_trace_log().build();
    client(transport).send(&operation).unwrap();
    assert!(PRINTED.find(PASSWORD).is_some());
    assert!(PRINTED.find(TOKEN).is_some());
    assert!(!PRINTED.text().contains(TOKEN), "rows cut it");
    assert_eq!(requests.load(Ordering::SeqCst), 3);
}
