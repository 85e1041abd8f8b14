//! The parts of a URL that all requests of a client share.

use bytes::Bytes;
use http::{
    HeaderValue, Uri,
    uri::{Authority, Scheme},
};
use reqwest::Url;

/// The parts of a URL that all requests of a client share.
///
/// Taken apart and written anew for every request, they would be a tenth of the cost of a call.
pub(crate) struct CachedOrigin {
    scheme: Scheme,
    authority: Authority,
    /// Its path has no meaning; its length makes room for those of requests.
    url: Url,
    /// The header that names the host.
    pub(crate) host: HeaderValue,
}

impl CachedOrigin {
    pub(crate) fn of(uri: &Uri) -> Option<Self> {
        let (scheme, authority) = (uri.scheme()?.clone(), uri.authority()?.clone());
        let room = "-".repeat(160);
        let url = Url::parse(&format!("{scheme}://{authority}/{room}")).ok()?;
        // As hyper spells it: without a name and password, and without a port that goes unsaid.
        let host = match (url.host_str()?, url.port()) {
            (host, Some(port)) => format!("{host}:{port}"),
            (host, None) => host.to_owned(),
        };
        Some(Self {
            host: HeaderValue::from_maybe_shared(Bytes::from(host)).ok()?,
            scheme,
            authority,
            url,
        })
    }

    /// The URL of a request, unless it goes elsewhere.
    pub(crate) fn url(&self, uri: &Uri) -> Option<Url> {
        let authority = uri.authority()?.as_str();
        // A host in other letters is the same host, but then comparing costs more than it saves.
        if authority != self.authority.as_str() || uri.scheme() != Some(&self.scheme) {
            return None;
        }
        let mut url = self.url.clone();
        url.set_path(uri.path());
        url.set_query(uri.query());
        Some(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_named_as_hyper_would() {
        for (uri, host) in [
            ("http://API.example.com/v1", "api.example.com"),
            ("http://api.example.com:80/v1", "api.example.com"),
            ("https://api.example.com:443/v1", "api.example.com"),
            ("https://api.example.com:80/v1", "api.example.com:80"),
            (
                "http://user:word@api.example.com:8080/v1",
                "api.example.com:8080",
            ),
            ("http://127.0.0.1:8080/v1", "127.0.0.1:8080"),
            ("http://[::1]:8080/v1", "[::1]:8080"),
        ] {
            let origin = CachedOrigin::of(&uri.parse().unwrap()).unwrap();
            assert_eq!(origin.host, host, "{uri}");
        }
    }
}
