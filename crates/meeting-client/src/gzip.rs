//! Compressed responses, by choice.

use std::{fmt, io::Read, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use http::{
    HeaderMap, HeaderValue, Request, Response,
    header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH},
};
use meeting_types::{Immediate, NonBlocking, Transport, TransportError, TransportErrorKind};

/// The largest body after it was unpacked, in bytes: that of transports.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// Decorator of a transport that asks for responses packed by gzip, and unpacks them.
///
/// It serves large lists over slow lines. Both the packed body and the unpacked one have a limit: the one
/// of the transport and [`max_bytes`](Self::max_bytes). A request that carries `accept-encoding` already
/// is left alone, and so is its response.
///
/// ```
/// # use meeting_types::Transport;
/// # fn dress<T: Transport>(transport: T) -> impl Transport {
/// use meeting_client::Gzip;
///
/// Gzip::new(transport).max_bytes(1024 * 1024)
/// # }
/// ```
#[derive(Clone)]
pub struct Gzip<T> {
    inner: T,
    max_bytes: usize,
}

impl<T> Gzip<T> {
    /// Asks for packed responses over this transport.
    pub fn new(inner: T) -> Self {
        Self {
            inner,
            max_bytes: MAX_BYTES,
        }
    }

    /// The largest body to accept after it was unpacked, in bytes. 16 MiB by default.
    ///
    /// A larger one ends in [`TransportErrorKind::TooLarge`] once so much was unpacked.
    #[must_use]
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.max_bytes = bytes;
        self
    }

    fn unpack(&self, response: Response<Bytes>) -> Result<Response<Bytes>, TransportError> {
        // The answer to HEAD has no body to unpack.
        if response.body().is_empty() || !is_packed(response.headers()) {
            return Ok(response);
        }
        let (mut parts, body) = response.into_parts();
        let max = self.max_bytes;
        let mut unpacked = Vec::new();
        // One byte more tells a body of exactly the limit from a larger one.
        let mut reader = MultiGzDecoder::new(&body[..]).take((max as u64).saturating_add(1));
        reader.read_to_end(&mut unpacked).map_err(|error| {
            TransportError::new(
                TransportErrorKind::Response,
                format!("not the gzip that the response says: {error}"),
            )
        })?;
        if unpacked.len() > max {
            return Err(TransportError::new(
                TransportErrorKind::TooLarge,
                format!("more than {max} bytes when unpacked"),
            ));
        }
        parts.headers.remove(CONTENT_ENCODING);
        parts.headers.remove(CONTENT_LENGTH);
        Ok(Response::from_parts(parts, unpacked.into()))
    }
}

/// Whether gzip is the one encoding.
fn is_packed(headers: &HeaderMap) -> bool {
    let mut encodings = headers.get_all(CONTENT_ENCODING).iter();
    let first = encodings
        .next()
        .map(HeaderValue::as_bytes)
        .unwrap_or_default();
    let is = |name: &[u8]| first.trim_ascii().eq_ignore_ascii_case(name);
    (is(b"gzip") || is(b"x-gzip")) && encodings.next().is_none()
}

#[async_trait]
impl<T: Transport> Transport for Gzip<T> {
    async fn send(&self, mut request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        if request.headers().contains_key(ACCEPT_ENCODING) {
            return self.inner.send(request).await;
        }
        let gzip = HeaderValue::from_static("gzip");
        request.headers_mut().insert(ACCEPT_ENCODING, gzip);
        self.unpack(self.inner.send(request).await?)
    }

    async fn sleep(&self, delay: Duration) {
        self.inner.sleep(delay).await;
    }

    fn now(&self) -> std::time::SystemTime {
        self.inner.now()
    }
}

impl<T: NonBlocking> NonBlocking for Gzip<T> {}
impl<T: Immediate> Immediate for Gzip<T> {}

impl<T: fmt::Debug> fmt::Debug for Gzip<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gzip")
            .field("inner", &self.inner)
            .field("max_bytes", &self.max_bytes)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "these are tests")]

    use std::{
        io::Write,
        pin::pin,
        sync::Mutex,
        task::{Context, Poll, Waker},
    };

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    /// Answers with this, and keeps the request.
    struct Canned(Response<Bytes>, Mutex<Option<Request<Bytes>>>);

    #[async_trait]
    impl Transport for Canned {
        async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
            *self.1.lock().unwrap() = Some(request);
            Ok(self.0.clone())
        }

        async fn sleep(&self, _: Duration) {}
    }

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn send(
        encoding: &'static str,
        body: Vec<u8>,
        asked: bool,
        max: usize,
    ) -> (Result<Response<Bytes>, TransportError>, HeaderMap) {
        let mut response = Response::new(Bytes::from(body));
        let length = response.body().len().into();
        response.headers_mut().insert(CONTENT_LENGTH, length);
        let encoding = HeaderValue::from_static(encoding);
        response.headers_mut().insert(CONTENT_ENCODING, encoding);
        let gzip = Gzip::new(Canned(response, Mutex::default())).max_bytes(max);
        let mut request = Request::new(Bytes::new());
        if asked {
            let own = HeaderValue::from_static("br");
            request.headers_mut().insert(ACCEPT_ENCODING, own);
        }
        let Poll::Ready(result) =
            pin!(gzip.send(request)).poll(&mut Context::from_waker(Waker::noop()))
        else {
            panic!("it waited")
        };
        let sent = gzip.inner.1.lock().unwrap().take().unwrap();
        (result, sent.headers().clone())
    }

    #[test]
    fn a_packed_response_is_unpacked() {
        for encoding in ["gzip", "GZIP", " x-gzip"] {
            let (response, sent) = send(encoding, packed(b"hello"), false, 5);
            let response = response.unwrap();
            assert_eq!(sent[ACCEPT_ENCODING], "gzip");
            assert_eq!(response.body(), "hello");
            assert!(response.headers().is_empty());
        }
        let two = [packed(b"hel"), packed(b"lo")].concat();
        assert_eq!(send("gzip", two, false, 5).0.unwrap().body(), "hello");
    }

    #[test]
    fn other_responses_are_left_alone() {
        let body = packed(b"hello");
        for (encoding, asked) in [("br", false), ("identity", false), ("gzip", true)] {
            let (response, _) = send(encoding, body.clone(), asked, 5);
            assert_eq!(response.unwrap().body(), &body);
        }
        assert!(
            send("gzip", Vec::new(), false, 5)
                .0
                .unwrap()
                .body()
                .is_empty()
        );
    }

    #[test]
    fn a_limit_holds_for_what_was_unpacked() {
        let bomb = packed(&vec![0; 50_000_000]);
        assert!(bomb.len() < 100_000);
        let error = send("gzip", bomb, false, 1_000_000).0.unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::TooLarge);
        let error = send("gzip", packed(b"hello"), false, 4).0.unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::TooLarge);
    }

    #[test]
    fn what_is_no_gzip_is_an_error_of_the_response() {
        let mut cut = packed(b"hello, hello");
        cut.truncate(cut.len() - 5);
        for body in [b"{}".to_vec(), cut] {
            let error = send("gzip", body, false, 100).0.unwrap_err();
            assert_eq!(error.kind(), TransportErrorKind::Response);
            assert!(!error.is_not_sent());
        }
    }
}
