//! What both clients promise about downloads, as tests over real sockets: a service that gives out links,
//! and a host of files that does what it is told.
//!
//! [`download_contract!`](crate::download_contract!) with `(run)` defines one test for each case, where
//! `run` is a `fn(Case) -> Result<DownloadProgress, Error>` that makes a client and downloads.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "these are tests; each name says what is promised"
)]

use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use meeting_client::{
    Error,
    download::{
        DownloadError, DownloadOptions, DownloadProgress, DownloadSink, RecordedFile, ToWriter,
    },
    proxy::ProxySettings,
    tls::{Addresses, Pin, TrustStore},
};
use meeting_types::{Endpoint, TransportErrorKind as Kind, models::RecordingStream};

use crate::{
    authority::{Authority, authority},
    proxy_server::{Conduct, ProxyServer},
    scripted_server::{ScriptedServer, Step},
    transport_contract::ok,
};

const FILE: &[u8] = b"0123456789abcdefghij";
/// The access token that clients of these tests have.
pub const ACCESS_TOKEN: &str = "access-hush";

/// One download.
pub struct Case<'a> {
    /// Where the service is. The client has [`ACCESS_TOKEN`], three attempts, and waits of 10 ms at most.
    pub endpoint: Endpoint,
    pub trust: TrustStore,
    /// For the files alone: the service is on the loopback host.
    pub proxies: ProxySettings,
    pub file: RecordedFile,
    pub sink: &'a mut dyn DownloadSink,
    pub options: DownloadOptions,
}

pub type Run = fn(Case<'_>) -> Result<DownloadProgress, Error>;

struct Scene {
    service: ScriptedServer,
    files: ScriptedServer,
    trust: TrustStore,
    proxies: ProxySettings,
}

/// A host of files with these answers, and a service with links to it.
fn scene(steps: impl IntoIterator<Item = Step>) -> Scene {
    let authority = authority(&["localhost"], false);
    scene_of(&authority, steps)
}

fn scene_of(authority: &Authority, steps: impl IntoIterator<Item = Step>) -> Scene {
    let files = ScriptedServer::start_tls(authority.server.clone(), steps);
    let base = format!("https://localhost:{}", files.port());
    Scene {
        service: service(&base),
        files,
        trust: TrustStore::from_pem(authority.pem.as_bytes()).unwrap(),
        proxies: ProxySettings::none(),
    }
}

/// A service whose links lead to `base`, each with a token of its own.
fn service(base: &str) -> ScriptedServer {
    let links = (1..20).map(|number| {
        ok(&format!(
            r#"{{"recordUrls": [{{"confUuid": "c1", "urls": [
                {{"url": "{base}/other.mp4", "token": "no", "fileType": "Aux"}},
                {{"url": "{base}/0_0.mp4", "token": "link-hush-{number}", "fileType": "Hd"}}
            ]}}]}}"#
        ))
    });
    ScriptedServer::start(links)
}

impl Scene {
    fn download_to(
        &self,
        run: Run,
        sink: &mut dyn DownloadSink,
        options: DownloadOptions,
    ) -> Result<DownloadProgress, Error> {
        let endpoint = format!("http://127.0.0.1:{}", self.service.port());
        let result = run(Case {
            endpoint: endpoint.parse().unwrap(),
            trust: self.trust.clone(),
            proxies: self.proxies.clone(),
            file: RecordedFile::of("c1").stream(RecordingStream::Video),
            sink,
            options,
        });
        if let Err(error) = &result {
            let said = format!("{error} {error:?} {error:#?}");
            assert!(
                !said.contains("hush") && !said.contains("0_0.mp4"),
                "{said}"
            );
        }
        // Each attempt has a token of its own, and no other secret.
        for (index, request) in self.files.requests().iter().enumerate() {
            let token = format!("authorization: link-hush-{}\r\n", index + 1);
            let request = request.to_ascii_lowercase();
            assert!(request.contains(&token), "{request}");
            assert!(!request.contains(ACCESS_TOKEN), "{request}");
        }
        result
    }

    fn download(&self, run: Run) -> (Vec<u8>, Result<DownloadProgress, Error>) {
        let mut sink = Vec::new();
        let result = self.download_to(run, &mut sink, options());
        (sink, result)
    }
}

fn options() -> DownloadOptions {
    DownloadOptions::new()
}

fn head(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut reply = format!("HTTP/1.1 {status}\r\n{headers}\r\n").into_bytes();
    reply.extend_from_slice(body);
    reply
}

/// The file, of which only the first bytes come.
fn cut(etag: &str, count: usize) -> Step {
    let headers = format!("content-length: {}\r\netag: {etag}\r\n", FILE.len());
    Step::ReplyThenClose(head("200 OK", &headers, &FILE[..count]))
}

/// The rest of the file.
fn rest(etag: &str, from: usize) -> Step {
    let (last, total) = (FILE.len() - 1, FILE.len());
    let headers = format!(
        "content-length: {}\r\netag: {etag}\r\ncontent-range: bytes {from}-{last}/{total}\r\n",
        total - from
    );
    Step::Reply(head("206 Partial Content", &headers, &FILE[from..]))
}

fn whole() -> Step {
    cut("\"v1\"", FILE.len())
}

fn refused(result: Result<DownloadProgress, Error>) -> DownloadError {
    match result {
        Err(Error::Download(error)) => error,
        other => panic!("{other:?}"),
    }
}

pub fn a_file_arrives(run: Run) {
    let scene = scene([whole()]);
    let (file, result) = scene.download(run);
    let done = result.unwrap();
    assert_eq!(file, FILE);
    assert_eq!((done.done, done.total), (20, Some(20)));
    assert_eq!((done.attempt, done.restarts), (1, 0));
    let request = scene.files.requests().remove(0).to_ascii_lowercase();
    assert!(
        request.starts_with("get /0_0.mp4 http/1.1\r\n"),
        "{request}"
    );
    assert!(!request.contains("range:"), "{request}");
}

/// It is never held in memory as a whole, and the limit of other responses is not for it.
pub fn a_large_file_arrives(run: Run) {
    const SIZE: usize = 17 * 1024 * 1024;
    let scene = scene([Step::Reply(head(
        "200 OK",
        &format!("content-length: {SIZE}\r\n"),
        &vec![b'x'; SIZE],
    ))]);
    let largest = Arc::new(Mutex::new((0, 0)));
    let seen = Arc::clone(&largest);
    let options = options().progress(move |now| {
        let mut seen = seen.lock().unwrap();
        *seen = (now.done, seen.1.max(now.done - seen.0));
    });
    let (mut sink, seen) = (Vec::new(), largest);
    scene.download_to(run, &mut sink, options).unwrap();
    assert!(sink.len() == SIZE && sink.iter().all(|byte| *byte == b'x'));
    let (done, piece) = *seen.lock().unwrap();
    assert_eq!(done, SIZE as u64);
    assert!(piece < 1024 * 1024, "{piece}");
}

pub fn a_download_that_broke_off_goes_on(run: Run) {
    let scene = scene([cut("\"v1\"", 7), cut_rest(7, 12), rest("\"v1\"", 12)]);
    let (file, result) = scene.download(run);
    let done = result.unwrap();
    assert_eq!(file, FILE);
    assert_eq!((done.attempt, done.restarts), (3, 0));
    let requests = scene.files.requests();
    for (request, from) in requests[1..].iter().zip([7, 12]) {
        let request = request.to_ascii_lowercase();
        assert!(
            request.contains(&format!("\r\nrange: bytes={from}-\r\n")),
            "{request}"
        );
        assert!(request.contains("\r\nif-range: \"v1\"\r\n"), "{request}");
    }
    assert_eq!(scene.service.requests().len(), 3, "a link for each attempt");
}

/// The rest of the file, which is cut again.
fn cut_rest(from: usize, to: usize) -> Step {
    let Step::Reply(mut bytes) = rest("\"v1\"", from) else {
        unreachable!()
    };
    bytes.truncate(bytes.len() - (FILE.len() - to));
    Step::ReplyThenClose(bytes)
}

/// One that breaks off again and again goes on, as long as each attempt brings something.
pub fn progress_is_patient(run: Run) {
    let mut steps = vec![cut("\"v1\"", 1)];
    steps.extend((1..15).map(|from| cut_rest(from, from + 1)));
    steps.push(rest("\"v1\"", 15));
    let scene = scene(steps);
    let (file, result) = scene.download(run);
    assert_eq!(result.unwrap().attempt, 16);
    assert_eq!(file, FILE);
}

pub fn a_host_that_ignores_the_range_starts_anew(run: Run) {
    let scene = scene([cut("\"v1\"", 7), whole()]);
    let (file, result) = scene.download(run);
    assert_eq!(file, FILE);
    assert_eq!(result.unwrap().restarts, 1);
}

pub fn a_file_that_has_changed_starts_anew(run: Run) {
    let other_total = rest("\"v1\"", 7);
    let Step::Reply(bytes) = other_total else {
        unreachable!()
    };
    let bytes = String::from_utf8(bytes).unwrap();
    let other_total = Step::Reply(bytes.replace("/20\r\n", "/99\r\n").into_bytes());
    for other in [
        rest("\"v2\"", 7),
        rest("\"v1\"", 9),
        other_total,
        unsatisfiable(),
    ] {
        let scene = scene([cut("\"v1\"", 7), other, whole()]);
        let (file, result) = scene.download(run);
        assert_eq!(file, FILE);
        assert_eq!(result.unwrap().restarts, 1);
        let last = scene.files.requests().pop().unwrap().to_ascii_lowercase();
        assert!(!last.contains("range:"), "{last}");
    }
}

fn unsatisfiable() -> Step {
    let headers = "content-range: bytes */5\r\ncontent-length: 0\r\n";
    Step::Reply(head("416 Range Not Satisfiable", headers, b""))
}

/// Without a length, the end of a body that says so is the end of the file; one that only breaks off is
/// not gone on with, since nothing tells that it is the same file.
pub fn a_file_without_a_length(run: Run) {
    let chunked = "transfer-encoding: chunked\r\n";
    let part = b"7\r\n0123456\r\n";
    let all = b"7\r\n0123456\r\nd\r\n789abcdefghij\r\n0\r\n\r\n";
    let scene = scene([
        Step::ReplyThenClose(head("200 OK", chunked, part)),
        Step::Reply(head("200 OK", chunked, all)),
    ]);
    let (file, result) = scene.download(run);
    let done = result.unwrap();
    assert_eq!(file, FILE);
    assert_eq!((done.total, done.restarts), (None, 1));
    assert!(
        !scene.files.requests()[1]
            .to_ascii_lowercase()
            .contains("range:")
    );
}

pub fn more_than_was_promised_is_an_error(run: Run) {
    let headers = "transfer-encoding: chunked\r\netag: \"v1\"\r\ncontent-range: bytes 7-19/20\r\n";
    let body = b"14\r\n789abcdefghij0123456\r\n0\r\n\r\n";
    let scene = scene([
        cut("\"v1\"", 7),
        Step::Reply(head("206 Partial Content", headers, body)),
    ]);
    let (_, result) = scene.download(run);
    let error = refused(result);
    assert!(
        matches!(error, DownloadError::TooLong { promised: 20 }),
        "{error:?}"
    );
}

pub fn a_part_that_ends_early_is_gone_on_with(run: Run) {
    let headers = "content-length: 5\r\netag: \"v1\"\r\ncontent-range: bytes 7-11/20\r\n";
    let scene = scene([
        cut("\"v1\"", 7),
        Step::Reply(head("206 Partial Content", headers, &FILE[7..12])),
        rest("\"v1\"", 12),
    ]);
    let (file, result) = scene.download(run);
    result.unwrap();
    assert_eq!(file, FILE);
}

pub fn a_host_that_brings_nothing_is_given_up(run: Run) {
    let scene = scene((0..9).map(|_| cut("\"v1\"", 0)));
    let (file, result) = scene.download(run);
    let error = refused(result);
    let DownloadError::Transport(error) = error else {
        panic!("{error:?}")
    };
    assert_eq!(error.kind(), Kind::Io);
    assert!(file.is_empty());
    assert_eq!(scene.files.requests().len(), 3);
}

/// The same bytes over and over are no progress.
pub fn a_host_that_never_gets_further_is_given_up(run: Run) {
    let scene = scene((0..9).map(|_| cut("\"v1\"", 7)));
    let (_, result) = scene.download(run);
    refused(result);
    assert_eq!(scene.files.requests().len(), 3);
}

pub fn a_redirect_is_not_followed(run: Run) {
    let elsewhere = ScriptedServer::start([ok("never")]);
    let headers = format!(
        "location: http://127.0.0.1:{}/\r\ncontent-length: 0\r\n",
        elsewhere.port()
    );
    let scene = scene([Step::Reply(head("302 Found", &headers, b""))]);
    let (_, result) = scene.download(run);
    let error = refused(result);
    assert!(matches!(error, DownloadError::Redirected(_)), "{error:?}");
    assert!(elsewhere.requests().is_empty());
    assert_eq!(scene.files.requests().len(), 1);
}

pub fn a_token_that_is_refused_gets_a_new_one(run: Run) {
    for status in ["401 Unauthorized", "403 Forbidden", "429 Slow", "503 Busy"] {
        let no = Step::Reply(head(status, "content-length: 4\r\n", b"hush"));
        let scene = scene([no, whole()]);
        let (file, result) = scene.download(run);
        assert_eq!(result.unwrap().attempt, 2, "{status}");
        assert_eq!(file, FILE);
    }
    let no = Step::Reply(head("404 Not Found", "content-length: 4\r\n", b"hush"));
    let scene = scene([no]);
    let error = refused(scene.download(run).1);
    assert_eq!(
        error.to_string(),
        "the host of the file refused it with status 404"
    );
    assert_eq!(scene.files.requests().len(), 1);
}

pub fn a_link_in_the_clear_gets_no_token(run: Run) {
    for (link, expected) in [
        ("http://files.example", "not https"),
        ("http://192.0.2.1", "not https"),
        ("ftp://files.example", "not https"),
        ("https://127.1", "no URL"),
        ("https://ann:pw@files.example", "no URL"),
        ("files.example", "no URL"),
    ] {
        let mut scene = scene([]);
        scene.service = service(link);
        let error = refused(scene.download(run).1);
        assert!(error.to_string().contains(expected), "{link}: {error}");
        assert_eq!(scene.service.requests().len(), 1);
    }
}

/// Whom the trust store does not take gets no token.
pub fn a_host_that_cannot_be_trusted_gets_no_token(run: Run) {
    let mut scene = scene([whole()]);
    scene.trust = TrustStore::empty();
    let (_, result) = scene.download(run);
    let DownloadError::Transport(error) = refused(result) else {
        panic!()
    };
    assert_eq!(error.kind(), Kind::Tls);
    assert!(scene.files.requests().is_empty());
    assert_eq!(
        scene.service.requests().len(),
        1,
        "it would fail the same way"
    );
}

pub fn bare_addresses_are_verified_as_the_store_says(run: Run) {
    let authority = authority(&["files.example"], false);
    let pin = Pin::from_pem(authority.certificate.pem().as_bytes()).unwrap();
    for by_pin in [true, false] {
        let mut scene = scene_of(&authority, [whole()]);
        scene.service = service(&format!("https://127.0.0.1:{}", scene.files.port()));
        refused(scene.download(run).1);
        scene.trust = if by_pin {
            TrustStore::empty().pin(Addresses::All, pin)
        } else {
            scene
                .trust
                .verify_as(Addresses::All, "files.example")
                .unwrap()
        };
        scene.service = service(&format!("https://127.0.0.1:{}", scene.files.port()));
        assert_eq!(scene.download(run).0, FILE);
    }
}

pub fn a_file_arrives_through_a_proxy(run: Run) {
    let mut scene = scene([cut("\"v1\"", 7), rest("\"v1\"", 7)]);
    let proxy = ProxyServer::plan().credentials("ann", "proxy-hush").start();
    let url = proxy.url().replace("http://", "http://ann:proxy-hush@");
    scene.proxies = ProxySettings::all(url.parse().unwrap());
    assert_eq!(scene.download(run).0, FILE);
    for passed in proxy.passed() {
        assert_eq!(passed.target, format!("localhost:{}", scene.files.port()));
        assert!(!passed.head.contains("link-hush"), "{passed:?}");
    }
    assert_eq!(proxy.passed().len(), 2);

    let proxy = ProxyServer::plan().conduct(Conduct::refuse(403)).start();
    scene.proxies = ProxySettings::all(proxy.url().parse().unwrap());
    let DownloadError::Transport(error) = refused(scene.download(run).1) else {
        panic!()
    };
    assert_eq!(error.kind(), Kind::Proxy);
    assert_eq!(
        proxy.passed().len(),
        1,
        "it would refuse the next one as well"
    );
}

pub fn silence_ends_an_attempt(run: Run) {
    let Step::ReplyThenClose(begun) = cut("\"v1\"", 7) else {
        unreachable!()
    };
    let delay = Duration::ZERO;
    let scene = scene([
        Step::Late {
            delay,
            bytes: begun,
        },
        rest("\"v1\"", 7),
    ]);
    let mut sink = Vec::new();
    let options = options().patience(Duration::from_millis(300));
    let done = scene.download_to(run, &mut sink, options).unwrap();
    assert_eq!((done.attempt, done.restarts), (2, 0));
    assert_eq!(sink, FILE);
}

pub fn a_limit_holds(run: Run) {
    let chunked = head(
        "200 OK",
        "transfer-encoding: chunked\r\n",
        b"14\r\n0123456789abcdefghij\r\n0\r\n\r\n",
    );
    for step in [whole(), Step::Reply(chunked)] {
        let scene = scene([step]);
        let mut sink = Vec::new();
        let result = scene.download_to(run, &mut sink, options().max_bytes(19));
        let error = refused(result);
        assert!(
            matches!(error, DownloadError::OverLimit { limit: 19 }),
            "{error:?}"
        );
        assert!(sink.len() < 20);
    }
}

pub fn a_writer_that_cannot_go_back_goes_on_but_does_not_start_anew(run: Run) {
    let scene = scene([cut("\"v1\"", 7), rest("\"v1\"", 7)]);
    let mut sink = ToWriter::new(Vec::new());
    scene.download_to(run, &mut sink, options()).unwrap();
    assert_eq!(sink.into_inner(), FILE);

    let scene = self::scene([cut("\"v1\"", 7), whole()]);
    let mut sink = ToWriter::new(Vec::new());
    let error = refused(scene.download_to(run, &mut sink, options()));
    assert!(matches!(error, DownloadError::CannotStartAnew), "{error:?}");
}

/// A disk that is full.
struct Full;

#[async_trait]
impl DownloadSink for Full {
    async fn write(&mut self, _: &[u8]) -> io::Result<()> {
        Err(io::ErrorKind::StorageFull.into())
    }

    async fn empty(&mut self) -> io::Result<()> {
        Ok(())
    }

    async fn finish(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub fn a_destination_that_fails_ends_it(run: Run) {
    let scene = scene([whole(), whole()]);
    let error = refused(scene.download_to(run, &mut Full, options()));
    assert!(matches!(error, DownloadError::Sink(_)), "{error:?}");
    assert_eq!(scene.files.requests().len(), 1);
}

pub fn a_file_that_the_service_does_not_name(run: Run) {
    let scene = scene([]);
    let endpoint = format!("http://127.0.0.1:{}", scene.service.port());
    let error = refused(run(Case {
        endpoint: endpoint.parse().unwrap(),
        trust: scene.trust.clone(),
        proxies: ProxySettings::none(),
        file: RecordedFile::of("c1").number(2),
        sink: &mut Vec::new(),
        options: options(),
    }));
    assert!(matches!(error, DownloadError::NoLink), "{error:?}");
}

/// Defines a test for each case of the contract of downloads: `download_contract!(run)`.
#[macro_export]
macro_rules! download_contract {
    ($run:path) => {
        $crate::download_contract!(@cases $run:
            a_file_arrives
            a_large_file_arrives
            a_download_that_broke_off_goes_on
            progress_is_patient
            a_host_that_ignores_the_range_starts_anew
            a_file_that_has_changed_starts_anew
            a_file_without_a_length
            more_than_was_promised_is_an_error
            a_part_that_ends_early_is_gone_on_with
            a_host_that_brings_nothing_is_given_up
            a_host_that_never_gets_further_is_given_up
            a_redirect_is_not_followed
            a_token_that_is_refused_gets_a_new_one
            a_link_in_the_clear_gets_no_token
            a_host_that_cannot_be_trusted_gets_no_token
            bare_addresses_are_verified_as_the_store_says
            a_file_arrives_through_a_proxy
            silence_ends_an_attempt
            a_limit_holds
            a_writer_that_cannot_go_back_goes_on_but_does_not_start_anew
            a_destination_that_fails_ends_it
            a_file_that_the_service_does_not_name
        );
    };
    (@cases $run:path: $($case:ident)+) => {
        $(
            #[test]
            fn $case() {
                $crate::download_contract::$case($run);
            }
        )+
    };
}
