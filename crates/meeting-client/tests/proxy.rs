//! Proxies: what is read, which connections go through them, and the handshake.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::{collections::HashMap, ffi::OsString};

use http::StatusCode;
use meeting_client::{
    AttemptOutcome, RetryPolicy,
    proxy::{
        Forward, NoProxy, Proxy, ProxyError, ProxyFault, ProxySettings, ProxyUrlError, Tunnel,
    },
};
use meeting_types::{RetryClass, TransportErrorKind};
use proptest::prelude::*;

fn proxy(url: &str) -> Proxy {
    url.parse().unwrap()
}

#[test]
fn a_proxy_is_read_from_its_url() {
    for (url, shown) in [
        ("http://proxy.example:3128", "http://proxy.example:3128"),
        ("HTTP://Proxy.Example:3128/", "http://proxy.example:3128"),
        (" proxy.example:3128\n", "http://proxy.example:3128"),
        ("proxy", "http://proxy:80"),
        ("https://proxy.example", "https://proxy.example:443"),
        ("https://192.0.2.1:8443", "https://192.0.2.1:8443"),
        ("http://[2001:DB8::1]", "http://[2001:db8::1]:80"),
        ("http://[2001:db8::1]:3128", "http://[2001:db8::1]:3128"),
    ] {
        assert_eq!(proxy(url).to_string(), shown, "{url}");
        assert!(!proxy(url).has_credentials());
    }
}

#[test]
fn what_is_no_proxy_is_told_without_its_text() {
    for (url, error) in [
        ("socks5://ann:hush@proxy.example", ProxyUrlError::Scheme),
        ("ftp://proxy.example", ProxyUrlError::Scheme),
        ("http://", ProxyUrlError::NotAUrl),
        ("", ProxyUrlError::NotAUrl),
        ("http://ann:hush@", ProxyUrlError::NotAUrl),
        ("http://127.1:3128", ProxyUrlError::Host),
        ("http://pröxy.example", ProxyUrlError::Host),
        ("http://ann:hush@proxy example", ProxyUrlError::Host),
        ("http://proxy.example:0", ProxyUrlError::Port),
        ("http://proxy.example:hush", ProxyUrlError::Port),
        ("http://proxy.example/path", ProxyUrlError::Path),
        ("http://proxy.example?hush", ProxyUrlError::Path),
        (
            "http://ann:%0d%0ahush@proxy.example",
            ProxyUrlError::Credentials,
        ),
        (
            "http://ann:%ffhush@proxy.example",
            ProxyUrlError::Credentials,
        ),
        (
            "http://a%3ann:hush@proxy.example",
            ProxyUrlError::Credentials,
        ),
    ] {
        let told = url.parse::<Proxy>().unwrap_err();
        assert_eq!(told, error, "{url}");
        assert!(!format!("{told} {told:?}").contains("hush"));
    }
}

/// `Proxy-Authorization` of a proxy, as it is sent.
fn authorization(proxy: &Proxy) -> Option<String> {
    let value = Forward::by(proxy).authorization()?;
    assert!(value.is_sensitive());
    Some(value.to_str().unwrap().to_owned())
}

#[test]
fn credentials_are_read_and_never_shown() {
    for (url, pair) in [
        // `printf 'ann:hush' | base64`, and so on.
        ("http://ann:hush@proxy.example", "YW5uOmh1c2g="),
        ("http://ann@proxy.example", "YW5uOg=="),
        ("http://:hush@proxy.example", "Omh1c2g="),
        ("http://ann:h%75sh@proxy.example", "YW5uOmh1c2g="),
        ("http://ann:a:b@proxy.example", "YW5uOmE6Yg=="),
        ("http://ann:a%40b%2F@proxy.example", "YW5uOmFAYi8="),
        ("http://ann:a@b@proxy.example", "YW5uOmFAYg=="),
        ("http://ann:%C3%BC@proxy.example", "YW5uOsO8"),
        ("ann:hush@proxy.example:3128", "YW5uOmh1c2g="),
    ] {
        let proxy = proxy(url);
        assert_eq!(
            authorization(&proxy).unwrap(),
            format!("Basic {pair}"),
            "{url}"
        );
        let settings = ProxySettings::all(proxy.clone());
        let (tunnel, _) = Tunnel::start(&proxy, "service.example", 443);
        let shown = format!("{proxy} {proxy:?} {settings:?} {tunnel:?}");
        assert!(
            !shown.contains("hush") && !shown.contains("YW5u"),
            "{shown}"
        );
    }
    let refused = proxy("proxy.example").credentials("a:b", "c");
    assert_eq!(refused, Err(ProxyUrlError::Credentials));
    let refused = proxy("proxy.example").credentials("ann", "hu\r\nsh");
    assert_eq!(refused, Err(ProxyUrlError::Credentials));
}

type Hosts<'a> = &'a [(&'a str, u16)];

#[test]
fn hosts_without_a_proxy() {
    let cases: [(&str, Hosts<'_>, Hosts<'_>); 11] = [
        ("", &[], &[("localhost", 443), ("127.0.0.1", 443)]),
        (
            "*",
            &[("a.example", 1), ("192.0.2.1", 2), ("[::1]", 3)],
            &[],
        ),
        (
            "example.com",
            &[
                ("example.com", 443),
                ("A.Example.COM", 443),
                ("example.com.", 1),
            ],
            &[
                ("notexample.com", 443),
                ("example.com.cn", 443),
                ("com", 443),
            ],
        ),
        (
            ".example.com *.example.org",
            &[
                ("example.com", 1),
                ("a.b.example.com", 1),
                ("a.example.org", 1),
            ],
            &[("badexample.com", 1)],
        ),
        (
            "example.com:8443,localhost",
            &[("a.example.com", 8443), ("localhost", 1)],
            &[("example.com", 443), ("127.0.0.1", 1)],
        ),
        (
            "192.0.2.1, 192.0.2.2:8443",
            &[
                ("192.0.2.1", 1),
                ("192.0.2.2", 8443),
                ("::ffff:192.0.2.1", 1),
            ],
            &[("192.0.2.2", 443), ("192.0.2.11", 1), ("1.192.0.2.1", 1)],
        ),
        (
            "10.0.0.0/8;".trim_end_matches(';'),
            &[("10.0.0.0", 1), ("10.255.255.255", 1)],
            &[("11.0.0.0", 1), ("9.255.255.255", 1), ("10.example", 1)],
        ),
        (
            "192.0.2.128/25 0.0.0.0/32",
            &[("192.0.2.128", 1), ("192.0.2.255", 1), ("0.0.0.0", 1)],
            &[("192.0.2.127", 1), ("0.0.0.1", 1)],
        ),
        (
            "0.0.0.0/0",
            &[("203.0.113.9", 1)],
            &[("::1", 1), ("a.example", 1)],
        ),
        (
            "2001:db8::/32 [::1]:8443 fd00::1",
            &[
                ("2001:db8:1::1", 1),
                ("[::1]", 8443),
                ("::1", 8443),
                ("[fd00::1]", 9),
            ],
            &[("2001:db9::", 1), ("[::1]", 443)],
        ),
        ("::/0", &[("2001:db8::1", 1)], &[("192.0.2.1", 1)]),
    ];
    for (list, direct, through) in cases {
        let no_proxy: NoProxy = list.parse().unwrap();
        for (host, port) in direct {
            assert!(no_proxy.contains(host, *port), "{list}: {host}:{port}");
        }
        for (host, port) in through {
            assert!(!no_proxy.contains(host, *port), "{list}: {host}:{port}");
        }
        // What is shown means the same.
        assert_eq!(no_proxy.to_string().parse::<NoProxy>().unwrap(), no_proxy);
    }
    for (list, number) in [
        ("a.example,http://b.example", 2),
        ("10.0.0.0/33", 1),
        ("a,,b c/8", 3),
        ("::/129", 1),
        ("a*b", 1),
        ("*a.example", 1),
        ("a.example:0", 1),
        ("a.example:hush", 1),
        ("a..example", 1),
    ] {
        let error = list.parse::<NoProxy>().unwrap_err();
        assert_eq!(error.number, number, "{list}");
        assert!(!error.to_string().contains("hush"));
    }
}

fn from(variables: &[(&str, &str)]) -> Result<ProxySettings, String> {
    let variables: HashMap<_, _> = variables.iter().copied().collect();
    let get = |name: &str| variables.get(name).map(OsString::from);
    ProxySettings::from_variables(get).map_err(|error| format!("{error} {error:?}"))
}

#[test]
fn the_environment_names_proxies() {
    let through = |variables: &[(&str, &str)], encrypted| {
        let settings = from(variables).unwrap();
        let proxy = settings.proxy_for(encrypted, "service.example", 443);
        proxy.map(|proxy| proxy.host().to_owned())
    };
    let some = |host: &str| Some(host.to_owned());
    let all = [
        ("HTTPS_PROXY", "a"),
        ("https_proxy", "b"),
        ("HTTP_PROXY", "c"),
        ("http_proxy", "d"),
        ("ALL_PROXY", "e"),
        ("all_proxy", "f"),
    ];
    assert_eq!(through(&all, true), some("b"));
    assert_eq!(through(&all, false), some("d"));
    assert_eq!(through(&[], true), None);
    assert!(from(&[("NO_PROXY", "a.example")]).unwrap().is_none());
    assert_eq!(through(&all[..1], true), some("a"));
    assert_eq!(through(&all[..1], false), None);
    assert_eq!(through(&all[2..3], false), some("c"));
    assert_eq!(through(&all[4..], true), some("f"));
    assert_eq!(through(&all[4..], false), some("f"));
    assert_eq!(through(&[all[0], all[4]], false), some("e"));
    // An empty one counts as missing.
    assert_eq!(through(&[("https_proxy", ""), all[0]], true), some("a"));
    assert_eq!(through(&[("HTTPS_PROXY", " ")], true), None);
    // What a web server took out of a header `Proxy`.
    let cgi = ("REQUEST_METHOD", "GET");
    assert_eq!(through(&[all[2], cgi], false), None);
    assert_eq!(through(&[all[3], cgi], false), some("d"));
    assert_eq!(through(&[all[0], cgi], true), some("a"));

    let direct = [("HTTPS_PROXY", "a"), ("NO_PROXY", "other, .example")];
    assert_eq!(through(&direct, true), None);
    let direct = [
        direct[0],
        ("NO_PROXY", "service.example"),
        ("no_proxy", "x"),
    ];
    assert_eq!(through(&direct, true), some("a"));
}

#[test]
fn a_variable_that_cannot_be_read_is_named_and_not_shown() {
    for (variable, value) in [
        ("https_proxy", "http://ann:hush@127.1"),
        ("HTTPS_PROXY", "socks5://ann:hush@proxy.example"),
        ("HTTP_PROXY", "http://ann:hush@proxy.example:0"),
        ("ALL_PROXY", "http://ann:hush@"),
        ("NO_PROXY", "good.example,http://ann:hush@bad"),
    ] {
        let error = from(&[(variable, value)]).unwrap_err();
        assert!(
            error.starts_with(&format!("environment variable {variable}: ")),
            "{error}"
        );
        assert!(!error.contains("hush"), "{error}");
    }
    // Nobody asks for it where both others are there.
    let both = [
        ("HTTPS_PROXY", "a"),
        ("http_proxy", "b"),
        ("ALL_PROXY", "socks5://c"),
    ];
    assert!(from(&both).is_ok());
}

/// Runs the handshake over an answer that comes in pieces of this size.
fn opened(proxy: &Proxy, answer: &[u8], size: usize) -> Option<Result<(), ProxyFault>> {
    let (mut tunnel, _) = Tunnel::start(proxy, "service.example", 443);
    for piece in answer.chunks(size) {
        match tunnel.handle_read(piece) {
            Ok(true) => return Some(Ok(())),
            Ok(false) => {}
            Err(error) => {
                assert!(!format!("{error} {error:?}").contains("hush"));
                return Some(Err(error.fault().clone()));
            }
        }
    }
    None
}

#[test]
fn a_tunnel_is_asked_for() {
    for (host, target) in [
        ("service.example", "service.example:443"),
        ("192.0.2.1", "192.0.2.1:443"),
        ("2001:db8::1", "[2001:db8::1]:443"),
        ("[2001:db8::1]", "[2001:db8::1]:443"),
    ] {
        let (_, request) = Tunnel::start(&proxy("proxy.example"), host, 443);
        let expected = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n");
        assert_eq!(String::from_utf8(request).unwrap(), expected);
    }
    let (_, request) = Tunnel::start(&proxy("ann:hush@proxy.example"), "a.example", 443);
    let request = String::from_utf8(request).unwrap();
    assert!(
        request.ends_with("\r\nProxy-Authorization: Basic YW5uOmh1c2g=\r\n\r\n"),
        "{request}"
    );
}

#[test]
fn the_answer_to_a_tunnel_may_come_in_any_pieces() {
    let proxy = proxy("ann:secret@proxy.example");
    let wanted = |schemes: &[&str]| ProxyFault::CredentialsWanted {
        refused: true,
        schemes: schemes.iter().map(|&scheme| scheme.to_owned()).collect(),
    };
    let cases: [(&str, Result<(), ProxyFault>); 12] = [
        (
            "HTTP/1.0 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"hush\"\r\n\r\n",
            Err(wanted(&["Basic"])),
        ),
        ("HTTP/1.1 200 Connection established\r\n\r\n", Ok(())),
        ("HTTP/1.0 200\r\nVia: 1.0 hush\r\n\r\n", Ok(())),
        ("HTTP/1.1 204 \r\nContent-Length: 9\r\n\r\n", Ok(())),
        ("HTTP/1.1 200 OK\n\n", Ok(())),
        (
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
            Ok(()),
        ),
        (
            "HTTP/1.1 503 Busy\r\nX: hush\r\n\r\n",
            Err(ProxyFault::Refused(StatusCode::SERVICE_UNAVAILABLE)),
        ),
        (
            "HTTP/1.1 407 hush\r\nProxy-Authenticate: Negotiate\r\nproxy-authenticate: NTLM hush\r\n\r\n",
            Err(wanted(&["Negotiate", "NTLM"])),
        ),
        (
            "HTTP/1.1 407 No\r\nProxy-Authenticate: \u{1b}[31mhush\r\n\r\n",
            Err(wanted(&[])),
        ),
        ("HTTP/1.1 2000 OK\r\n\r\n", Err(ProxyFault::Unreadable)),
        ("HTTP/1.1\t200\r\n\r\n", Err(ProxyFault::Unreadable)),
        ("220 hush ESMTP\r\n", Err(ProxyFault::Unreadable)),
    ];
    for (answer, expected) in cases {
        for size in 1..=answer.len() {
            let opened = opened(&proxy, answer.as_bytes(), size);
            assert_eq!(opened.as_ref(), Some(&expected), "{answer:?} by {size}");
        }
    }
    let (mut tunnel, _) = Tunnel::start(&proxy, "a.example", 443);
    assert_eq!(
        tunnel.handle_read(b"").unwrap_err().fault(),
        &ProxyFault::Closed
    );
    // In a tunnel nobody speaks before this side.
    let early = b"HTTP/1.1 200 OK\r\n\r\nhush";
    let opened = opened(&proxy, early, early.len());
    assert_eq!(opened, Some(Err(ProxyFault::Unreadable)));
}

#[test]
fn an_offer_that_is_not_spoken_is_told() {
    let answer = b"HTTP/1.1 407 No\r\nProxy-Authenticate: Negotiate\r\n\r\n";
    let (mut tunnel, _) = Tunnel::start(&proxy("proxy.example:3128"), "a.example", 443);
    let error = tunnel.handle_read(answer).unwrap_err();
    assert_eq!(
        error.to_string(),
        "proxy proxy.example:3128 asks for credentials, and there are none; it offers \
         Negotiate, and only Basic is spoken"
    );
}

#[test]
fn only_what_may_pass_is_tried_again() {
    let proxy = proxy("proxy.example");
    let again = |fault| {
        let error = ProxyError::new(&proxy, fault).into_transport_error();
        assert_eq!(error.kind(), TransportErrorKind::Proxy);
        assert!(error.is_not_sent());
        let outcome = AttemptOutcome::Failed(&error);
        // The request was not sent: even what must not run twice may be sent again.
        let judge = |class| {
            RetryPolicy::default()
                .judge(class, 1, &outcome, 0.5)
                .is_some()
        };
        assert_eq!(judge(RetryClass::Once), judge(RetryClass::Read));
        judge(RetryClass::Once)
    };
    assert!(again(ProxyFault::Unreachable("refused".to_owned())));
    assert!(again(ProxyFault::Silent(std::time::Duration::from_secs(5))));
    assert!(again(ProxyFault::Closed));
    assert!(again(ProxyFault::Refused(StatusCode::BAD_GATEWAY)));
    assert!(!again(ProxyFault::Refused(StatusCode::FORBIDDEN)));
    assert!(!again(ProxyFault::Unreadable));
    assert!(!again(ProxyFault::Tls("expired".to_owned())));
    let schemes = Vec::new();
    assert!(!again(ProxyFault::CredentialsWanted {
        refused: true,
        schemes
    }));
}

proptest! {
    #[test]
    fn any_bytes_from_a_proxy_are_an_end_or_a_wait(answer in any::<Vec<u8>>(), size in 1_usize..40) {
        for start in ["", "HTTP/1.1 ", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 407 "] {
            let answer = [start.as_bytes(), &answer].concat();
            let _ = opened(&proxy("proxy.example"), &answer, size);
        }
    }

    #[test]
    fn any_text_is_a_proxy_or_none(text in "\\PC*") {
        if let Ok(proxy) = text.parse::<Proxy>() {
            let again = proxy.to_string().parse::<Proxy>().unwrap();
            prop_assert_eq!(again.to_string(), proxy.to_string());
        }
        if let Ok(list) = text.parse::<NoProxy>() {
            prop_assert_eq!(list.to_string().parse::<NoProxy>(), Ok(list));
        }
    }

    #[test]
    fn any_credentials_arrive(name in "[^:\\p{C}]*", password in "\\PC*") {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        let encoded = |text: &str| -> String {
            text.bytes().map(|byte| format!("%{byte:02x}")).collect()
        };
        let url = format!("http://{}:{}@proxy.example", encoded(&name), encoded(&password));
        let sent = authorization(&proxy(&url)).unwrap();
        let pair = STANDARD.decode(sent.strip_prefix("Basic ").unwrap()).unwrap();
        prop_assert_eq!(String::from_utf8(pair).unwrap(), format!("{name}:{password}"));
    }
}
