//! An endpoint is an `https` address and nothing else; the error never shows what was given.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use meeting_types::{Endpoint, EndpointError, http::Uri};
use proptest::prelude::*;

#[test]
fn endpoints_are_https_and_nothing_but_an_address() {
    let read = str::parse::<Endpoint>;
    for (text, error) in [
        ("", EndpointError::NotAUrl),
        ("api.example.com", EndpointError::NotAUrl),
        ("/v1", EndpointError::NotAUrl),
        ("https://", EndpointError::NotAUrl),
        ("https:///v1", EndpointError::NotAUrl),
        ("https://:443", EndpointError::Host),
        ("https:api.example.com", EndpointError::NotAUrl),
        ("https:/api.example.com", EndpointError::NotAUrl),
        ("://api.example.com", EndpointError::NotAUrl),
        ("https://a b", EndpointError::Host),
        ("https://a:a", EndpointError::Port),
        ("https://会议.example.com", EndpointError::NotAscii),
        ("https://１２７.0.0.1", EndpointError::NotAscii),
        ("https://api.example.com/路", EndpointError::NotAscii),
        ("http://api.example.com", EndpointError::NotHttps),
        ("http://127.0.0.1.example.com", EndpointError::NotHttps),
        ("http://10.0.0.5", EndpointError::NotHttps),
        ("http://[2001:db8::1]", EndpointError::NotHttps),
        ("ftp://api.example.com", EndpointError::NotHttps),
        ("wss://api.example.com", EndpointError::NotHttps),
        ("https://alice@api.example.com", EndpointError::UserInfo),
        (
            "https://alice:hunter2@api.example.com",
            EndpointError::UserInfo,
        ),
        (
            "http://alice:hunter2@api.example.com",
            EndpointError::UserInfo,
        ),
        (
            "https://api.example.com/?token=hunter2",
            EndpointError::Query,
        ),
        ("https://api.example.com/v1?", EndpointError::Query),
        ("https://api.example.com/#hunter2", EndpointError::Query),
    ] {
        let refused = read(text).unwrap_err();
        assert_eq!(refused, error, "{text}");
        assert!(!refused.to_string().contains("hunter2"));
    }
    for (text, shown) in [
        ("https://api.example.com", "https://api.example.com"),
        (" https://api.example.com/ ", "https://api.example.com"),
        ("https://API.Example.COM", "https://api.example.com"),
        ("https://xn--fiq228c.example", "https://xn--fiq228c.example"),
        ("https://my_gateway:8443", "https://my_gateway:8443"),
        ("https://a-b.1.example", "https://a-b.1.example"),
        ("https://0x7f.1.example", "https://0x7f.1.example"),
        (
            "https://api.example.com:0443",
            "https://api.example.com:443",
        ),
        (
            "https://api.example.com/a%20b/(c)/..d",
            "https://api.example.com/a%20b/(c)/..d",
        ),
        ("https://[2001:DB8:0:0:0:0:0:1]", "https://[2001:db8::1]"),
        ("https://[::ffff:192.0.2.17]", "https://[::ffff:c000:211]"),
        ("http://LocalHost:8080", "http://localhost:8080"),
        (
            "HTTPS://api.example.com:8443//",
            "https://api.example.com:8443",
        ),
        (
            "https://api.example.com/gateway/v9/",
            "https://api.example.com/gateway/v9",
        ),
        ("https://192.0.2.17:443", "https://192.0.2.17:443"),
        ("https://[2001:db8::1]", "https://[2001:db8::1]"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://127.0.0.1", "http://127.0.0.1"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ] {
        assert_eq!(read(text).unwrap().to_string(), shown);
    }
    let plain = Endpoint::plain_http("http://10.0.0.5:8080").unwrap();
    assert_eq!((plain.scheme(), plain.host()), ("http", "10.0.0.5"));
    assert_eq!(
        Endpoint::plain_http("ftp://10.0.0.5"),
        Err(EndpointError::NotHttps)
    );
}

/// To one parser these are names, to the other addresses: the same text would be two hosts.
#[test]
fn a_host_has_one_meaning() {
    let long = "a".repeat(64);
    let many = format!("{}example", "a.".repeat(124));
    for host in [
        // The old spellings of IPv4, decimal, octal and hexadecimal.
        "127.1",
        "127.0.1",
        "2130706433",
        "0",
        "0x7f.1",
        "0x7f000001",
        "0X7F.0.0.1",
        "0177.0.0.1",
        "127.0.0.01",
        "0127.0.0.1",
        "1.2.3.4.5",
        "256.1.1.1",
        "127.0.0.256",
        "example.1",
        "example.0x1f",
        "example.0x",
        // Dots that leave an empty label.
        "api.example.com.",
        "127.0.0.1.",
        "localhost.",
        "api..example.com",
        ".example.com",
        ".",
        "..",
        // Encoded, or not in a name.
        "%61pi.example.com",
        "api%2eexample.com",
        "127.0.0.1%00.example.com",
        "api.example.com%20",
        "api\\example.com",
        "api,example.com",
        "api;example.com",
        "a*b.example.com",
        "*.example.com",
        "api!.example.com",
        "api+x.example.com",
        "~.example.com",
        "a\tb",
        "a\nb",
        "-api.example.com",
        "api-.example.com",
        &long,
        &many,
        // No IPv6 addresses.
        "[]",
        "[::1",
        "[127.0.0.1]",
        "[api.example.com]",
        "[fe80::1%25eth0]",
        "[fe80::1%eth0]",
        "[v1.fe80]",
        "[1:2:3:4:5:6:7:8:9]",
        "[::1::]",
        "[::12345]",
        "[[::1]]",
    ] {
        for url in [
            format!("https://{host}"),
            format!("http://{host}:8080"),
            format!("https://{host}/v1"),
        ] {
            assert_eq!(url.parse::<Endpoint>(), Err(EndpointError::Host), "{url}");
        }
    }
    for longest in [
        format!("{}.example", "a".repeat(63)),
        format!("{}a", "a.".repeat(126)),
    ] {
        let url = format!("https://{longest}");
        assert!(url.parse::<Endpoint>().is_ok(), "{longest}");
    }
}

#[test]
fn a_port_is_a_number_that_can_be_connected_to() {
    for port in [
        ":", ":0", ":00", ":65536", ":99999", ":+443", ":-1", ":443x", ":4 4", ":0x1bb", ":1:2",
        ":port",
    ] {
        for host in ["api.example.com", "192.0.2.17", "[2001:db8::1]"] {
            let url = format!("https://{host}{port}");
            assert_eq!(url.parse::<Endpoint>(), Err(EndpointError::Port), "{url}");
        }
    }
    for url in ["https://[::1]x", "https://[::1]443", "https://::1"] {
        assert!(url.parse::<Endpoint>().is_err(), "{url}");
    }
    for port in [1, 443, 65535] {
        let url = format!("https://api.example.com:{port}");
        assert_eq!(url.parse::<Endpoint>().unwrap().to_string(), url);
    }
}

/// Transports follow the rules of browsers, which go up at two dots and encode what is not plain.
#[test]
fn a_path_stays_as_it_is() {
    for path in [
        "/.",
        "/..",
        "/a/../b",
        "/a/./b",
        "/%2e%2e/b",
        "/.%2E",
        "/a b",
        "/a\"b",
        "/a{b}",
        "/a|b",
        "/a\\b",
        "/a<b>",
        "/a^b",
        "/a`b",
        "/a%",
        "/a%2",
        "/a%zz",
        "/a\tb",
    ] {
        let url = format!("https://api.example.com{path}");
        assert_eq!(url.parse::<Endpoint>(), Err(EndpointError::Path), "{url}");
    }
}

#[test]
fn an_endpoint_comes_from_any_text() {
    let url = "https://api.example.com";
    let parsed: Endpoint = url.parse().unwrap();
    assert_eq!(Endpoint::try_from(url), Ok(parsed.clone()));
    assert_eq!(Endpoint::try_from(url.to_owned()), Ok(parsed));
    let error = Endpoint::try_from("api.example.com");
    assert_eq!(error, Err(EndpointError::NotAUrl));
}

proptest! {
    /// Whatever is taken is written and read as the same endpoint, and `http` sees the same parts.
    #[test]
    fn any_text_is_an_endpoint_or_a_clear_error(
        text in prop_oneof![
            ".{0,40}",
            "https?://[a-zA-Z0-9.:@%_\\[\\]/-]{0,30}",
            "https://([0-9]{1,4}|0x[0-9a-f]{0,3})(\\.([0-9]{1,4}|0x[0-9a-f]{0,3})){0,4}(:[0-9]{0,6})?",
            "https://[a-z0-9_-]{1,5}(\\.[a-z0-9_-]{0,5}){0,3}(:[0-9]{1,5})?(/[a-z.%2e]{0,4}){0,3}",
            "https://\\[[0-9a-f:.]{0,20}\\](:[0-9]{1,5})?",
        ]
    ) {
        match Endpoint::plain_http(&text) {
            Ok(endpoint) => {
                let written = endpoint.to_string();
                prop_assert_eq!(Endpoint::plain_http(&written), Ok(endpoint.clone()));
                let uri: Uri = written.parse().unwrap();
                prop_assert_eq!(uri.scheme_str(), Some(endpoint.scheme()));
                prop_assert_eq!(uri.host(), Some(endpoint.host()));
            }
            Err(error) => prop_assert!(error.to_string().contains("endpoint")),
        }
    }
}

#[test]
fn serde_writes_the_text_and_reads_what_parsing_takes() {
    for url in ["https://api.example.com", "http://127.0.0.1:8080/a"] {
        let endpoint: Endpoint = url.parse().unwrap();
        let json = serde_json::to_string(&endpoint).unwrap();
        assert_eq!(json, format!("{url:?}"));
        assert_eq!(serde_json::from_str::<Endpoint>(&json).unwrap(), endpoint);
        let tree = serde_json::Value::from(format!(" {url}/ "));
        assert_eq!(serde_json::from_value::<Endpoint>(tree).unwrap(), endpoint);
    }
}

#[test]
fn serde_refuses_what_parsing_refuses_and_never_shows_it() {
    for (url, error) in [
        (
            "https://alice:hunter2@api.example.com",
            EndpointError::UserInfo,
        ),
        (
            "https://api.example.com/?token=hunter2",
            EndpointError::Query,
        ),
        ("hunter2", EndpointError::NotAUrl),
        ("http://hunter2.example.com", EndpointError::NotHttps),
    ] {
        let refused = serde_json::from_value::<Endpoint>(url.into()).unwrap_err();
        assert_eq!(refused.to_string(), error.to_string());
        let refused = serde_json::from_str::<Endpoint>(&format!("{url:?}")).unwrap_err();
        assert!(refused.to_string().starts_with(&error.to_string()));
        assert!(!refused.to_string().contains("hunter2"), "{refused}");
    }
    // No file decides that tokens travel in the clear: the program has to say it again.
    let plain = Endpoint::plain_http("http://api.example.com").unwrap();
    let text = serde_json::to_value(&plain).unwrap();
    assert!(serde_json::from_value::<Endpoint>(text.clone()).is_err());
    assert_eq!(Endpoint::plain_http(text.as_str().unwrap()).unwrap(), plain);

    assert!(serde_json::from_str::<Endpoint>("7").is_err());
    assert!(serde_json::from_str::<Endpoint>("null").is_err());
}
