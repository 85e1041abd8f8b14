//! The URL parser of reqwest sees in an endpoint what `http`, and so ureq, sees in it.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use meeting_async::types::{Endpoint, Operation, http::Uri, operations::CreateAnonymousAuthRandom};
use proptest::prelude::*;
use url::Url;

/// The URL of an operation, so that the path prefix is in it.
fn uri_at(endpoint: &Endpoint) -> Uri {
    let operation = CreateAnonymousAuthRandom::new("900825541", "246813");
    operation.to_request(endpoint, &()).unwrap().uri().clone()
}

fn assert_same(endpoint: &Endpoint) {
    let uri = uri_at(endpoint);
    let text = uri.to_string();
    let url = Url::parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!(url.host_str(), uri.host(), "{text}");
    assert_eq!(Some(url.scheme()), uri.scheme_str(), "{text}");
    let known = if url.scheme() == "http" { 80 } else { 443 };
    let port = uri.port_u16().unwrap_or(known);
    assert_eq!(url.port_or_known_default(), Some(port), "{text}");
    assert_eq!(url.path(), uri.path(), "{text}");
    assert_eq!((url.username(), url.password()), ("", None), "{text}");
}

#[test]
fn endpoints_of_every_form_are_seen_alike() {
    for text in [
        "https://API.Example.COM",
        "https://my_gateway:8443/a%20b/(c)/..d",
        "https://192.0.2.17",
        "https://0.0.0.0:1",
        "https://[2001:DB8:0:0:0:0:0:1]:0443",
        "https://[::ffff:192.0.2.17]",
        "https://[::192.0.2.17]",
        "https://[::]",
        "https://xn--fiq228c.example",
        "https://api.example.com//a//b;c=d",
    ] {
        assert_same(&text.parse().unwrap());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_endpoint_is_seen_alike(
        text in prop_oneof![
            "https?://[a-zA-Z0-9.:%_\\[\\]/-]{0,30}",
            "https://([0-9]{1,4}|0x[0-9a-f]{0,3})(\\.([0-9]{1,4}|0x[0-9a-f]{0,3})){0,4}(:[0-9]{0,6})?",
            "https://[a-z0-9_-]{1,5}(\\.[a-z0-9_-]{0,5}){0,3}(:[0-9]{1,5})?(/[ -~]{0,6}){0,3}",
            "https://a.example(/([a-z.~+]|%2e|%2E|%20|[ \"{}|^`<>\\\\%]){0,3}){1,2}",
            "https://\\[[0-9a-f:.]{0,20}\\](:[0-9]{1,5})?",
        ]
    ) {
        if let Ok(endpoint) = Endpoint::plain_http(&text)
            // The letters behind `xn--` are checked by whoever decodes them.
            && !endpoint.host().contains("xn--")
        {
            assert_same(&endpoint);
        }
    }
}
