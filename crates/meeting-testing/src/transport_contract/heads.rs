//! What a transport promises about heads and framing: what is odd but harmless is read, and what
//! cannot be read is an error of the response, never of the connection.

use std::time::{Duration, Instant};

use http::StatusCode;
use meeting_types::{Transport, TransportErrorKind as Kind};

use super::{
    SHORT, SLACK, ScriptedServer, Setup, Step, failed, ok, plain, request, trusting, within,
};
use crate::authority::authority;

/// The response to bytes that a server writes before it closes.
fn written(bytes: impl Into<Vec<u8>>) -> ScriptedServer {
    ScriptedServer::start([Step::ReplyThenClose(bytes.into())])
}

pub async fn odd_but_harmless_heads_are_read<T: Transport>(make: fn(Setup) -> T) {
    let cases: [&[u8]; 12] = [
        // As a firewall in the field sends it.
        b"set-cookie: ___u=dmo\x01OZ\r\n",
        b"x-controls: \x02\x1b[31m\x7f\r\n",
        b"x-folded: one\r\n two\r\n\tthree\r\n",
        b"x-space : before the colon\r\n",
        b"no colon at all\r\n",
        b": no name\r\n",
        b"x(y): not a name\r\n",
        b"x-empty:\r\n",
        b"x-blank:      \r\n",
        b"x-latin: caf\xe9 \xff\r\n",
        b"server: a\nx-line-feeds: only\n",
        b"content-length: 2\r\nx-again: yes\r\n",
    ];
    for line in cases {
        for (before, after) in [("", "content-length: 2\r\n"), ("content-length: 2\r\n", "")] {
            let mut bytes = b"HTTP/1.1 200 OK\r\n".to_vec();
            bytes.extend_from_slice(before.as_bytes());
            bytes.extend_from_slice(line);
            bytes.extend_from_slice(after.as_bytes());
            bytes.extend_from_slice(b"x-request-id: abc\r\n\r\nok");
            let server = written(bytes);
            let response = make(Setup::default()).send(request(&plain(&server))).await;
            let line = line.escape_ascii();
            let response = response.unwrap_or_else(|error| panic!("{line}: {error}"));
            assert_eq!(response.status(), StatusCode::OK, "{line}");
            assert_eq!(response.body(), "ok", "{line}");
            assert_eq!(response.headers()["x-request-id"], "abc", "{line}");
        }
    }
}

pub async fn folded_lines_are_unfolded<T: Transport>(make: fn(Setup) -> T) {
    let server = written(
        "HTTP/1.1 200 OK\r\nx-folded: one,\r\n two,\r\n\t  three\r\ncontent-length: 0\r\n\r\n",
    );
    let response = make(Setup::default()).send(request(&plain(&server))).await;
    assert_eq!(response.unwrap().headers()["x-folded"], "one, two, three");
}

pub async fn a_hundred_header_lines_are_read<T: Transport>(make: fn(Setup) -> T) {
    for (count, read) in [(99, true), (100, false)] {
        let lines: String = (0..count).map(|n| format!("x-{n}: {n}\r\n")).collect();
        let server = written(format!(
            "HTTP/1.1 200 OK\r\n{lines}content-length: 2\r\n\r\nok"
        ));
        let result = make(Setup::default()).send(request(&plain(&server))).await;
        if read {
            let response = result.unwrap();
            assert_eq!(response.headers().len(), 100);
            assert_eq!(response.headers()["x-98"], "98");
        } else {
            let error = failed(result);
            assert_eq!(error.kind(), Kind::TooLarge, "{error:?}");
            assert!(!error.is_not_sent());
        }
    }
}

pub async fn a_long_head_is_read<T: Transport>(make: fn(Setup) -> T) {
    for (length, read) in [(300_000, true), (500_000, false)] {
        let value = "x".repeat(length);
        let server = written(format!(
            "HTTP/1.1 200 OK\r\nx-long: {value}\r\ncontent-length: 2\r\n\r\nok"
        ));
        let result = make(Setup::default()).send(request(&plain(&server))).await;
        if read {
            assert!(result.unwrap().headers()["x-long"] == *value);
        } else {
            assert_eq!(failed(result).kind(), Kind::TooLarge);
        }
    }
}

pub async fn interim_responses_are_skipped<T: Transport>(make: fn(Setup) -> T) {
    for count in [1, 2000] {
        let interim = "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n";
        let server = ScriptedServer::start([
            Step::Reply(
                format!(
                    "{}HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
                    interim.repeat(count)
                )
                .into_bytes(),
            ),
            ok("next"),
        ]);
        let transport = make(Setup::default());
        for body in ["ok", "next"] {
            let response = transport.send(request(&plain(&server))).await.unwrap();
            assert_eq!(response.body(), body);
            assert!(response.headers().get("link").is_none());
            transport.sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(server.connections(), 1);
    }
}

pub async fn what_cannot_be_read_is_an_error_of_the_response<T: Transport>(make: fn(Setup) -> T) {
    for bytes in [
        "SSH-2.0-OpenSSH_9.6\r\n\r\n",
        "{\"not\":\"http\"}\r\n\r\n",
        "\u{15}\u{3}\u{1}\r\n\r\n",
        "HTTP/3.0 200 OK\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 099 OK\r\n\r\n",
        "HTTP/1.1 abc OK\r\n\r\n",
        // Browsers refuse this one too.
        "HTTP/1.1 200 OK\r\nx-nul: a\0b\r\ncontent-length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\nok",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked, gzip\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: two\r\n\r\nok",
        "HTTP/1.1 200 OK\r\ncontent-length: -2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\ncontent-length: +2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\ncontent-length: 99999999999999999999\r\n\r\nok",
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nok",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\nok\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nokay\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\nok",
    ] {
        let server = written(bytes);
        let error = failed(make(Setup::default()).send(request(&plain(&server))).await);
        assert_eq!(error.kind(), Kind::Response, "{bytes:?}: {error:?}");
        assert!(!error.is_not_sent(), "{bytes:?}");
    }
}

/// ureq and reqwest can do both, when another crate of the program asks them to.
pub async fn nothing_is_unpacked_and_no_cookie_is_kept<T: Transport>(make: fn(Setup) -> T) {
    // "ok" as gzip.
    let packed = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xcb\xcf\x06\0\x47\xdd\xdc\x79\x02\0\0\0";
    for coding in ["gzip", "br", "zstd", "deflate", "identity"] {
        let mut bytes = format!(
            "HTTP/1.1 200 OK\r\nset-cookie: a=1\r\ncontent-encoding: {coding}\r\n\
             set-cookie: b=2; Path=/\r\ncontent-length: {}\r\n\r\n",
            packed.len()
        )
        .into_bytes();
        bytes.extend_from_slice(packed);
        let server = ScriptedServer::start([Step::Reply(bytes), ok("two")]);
        let transport = make(Setup::default());
        let response = transport.send(request(&plain(&server))).await.unwrap();
        assert!(response.body().as_ref() == packed, "{coding}");
        assert_eq!(response.headers()["content-encoding"], coding);
        assert_eq!(response.headers()["content-length"], "22");
        let cookies: Vec<_> = response.headers().get_all("set-cookie").iter().collect();
        assert_eq!(cookies, ["a=1", "b=2; Path=/"]);
        assert_eq!(response.headers().len(), 4);
        transport.send(request(&plain(&server))).await.unwrap();
        for sent in server.requests() {
            let sent = sent.to_ascii_lowercase();
            assert!(!sent.contains("\r\ncookie:"), "{sent}");
            assert!(!sent.contains("\r\naccept-encoding:"), "{sent}");
            assert!(!sent.contains("\r\nuser-agent:"), "{sent}");
        }
    }
}

/// Text in another charset stays as it came.
pub async fn no_charset_is_converted<T: Transport>(make: fn(Setup) -> T) {
    let server = written(
        b"HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=iso-8859-1\r\n\
          content-length: 4\r\n\r\ncaf\xe9"
            .to_vec(),
    );
    let response = make(Setup::default()).send(request(&plain(&server))).await;
    assert_eq!(response.unwrap().body().as_ref(), b"caf\xe9");
}

/// Each of these keeps a reader busy and never comes to an end.
///
/// Over TLS, as real services are reached: there, what is taken in at once is small in both
/// transports.
pub async fn a_flood_ends_at_the_deadline<T: Transport>(make: fn(Setup) -> T) {
    // Long enough for a handshake on a busy machine: the flood has to come.
    let limit = 4 * SHORT;
    let authority = authority(&["localhost"], false);
    let chunked: &[u8] = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    let cases: [(&[u8], Vec<u8>); 3] = [
        // A chunk size of any length.
        (chunked, vec![b'0'; 16_000]),
        (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n".repeat(600)),
        (chunked, b"1\r\na\r\n".repeat(2500)),
    ];
    for (head, piece) in cases {
        let server = ScriptedServer::start_tls(
            authority.server.clone(),
            [Step::Endless {
                head: head.to_vec(),
                piece,
                pause: Duration::ZERO,
            }],
        );
        let base = format!("https://localhost:{}", server.port());
        let start = Instant::now();
        let error = failed(
            make(trusting(&authority.pem))
                .send(within(request(&base), limit))
                .await,
        );
        // A library may know a limit, and refuse.
        assert!(
            matches!(
                error.kind(),
                Kind::Timeout | Kind::Response | Kind::TooLarge
            ),
            "{error:?}"
        );
        assert!(!error.is_not_sent());
        assert!(start.elapsed() < limit + SLACK, "{:?}", start.elapsed());
    }
}
