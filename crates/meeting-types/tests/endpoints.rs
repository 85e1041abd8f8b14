//! An endpoint is an `https` address and nothing else; the error never shows what was given.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use meeting_types::{Endpoint, EndpointError};

#[test]
fn endpoints_are_https_and_nothing_but_an_address() {
    let read = str::parse::<Endpoint>;
    for (text, error) in [
        ("", EndpointError::NotAUrl),
        ("api.example.com", EndpointError::NotAUrl),
        ("/v1", EndpointError::NotAUrl),
        ("https://", EndpointError::NotAUrl),
        ("https:///v1", EndpointError::NotAUrl),
        ("https://:443", EndpointError::NotAUrl),
        ("https://a b", EndpointError::NotAUrl),
        ("https://a:a", EndpointError::NotAUrl),
        ("https://api.example.com:port", EndpointError::NotAUrl),
        ("https://api.example.com:", EndpointError::NotAUrl),
        ("https://api.example.com:99999", EndpointError::NotAUrl),
        ("https://会议.example.com", EndpointError::NotAUrl),
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
