//! Reads the heads of responses leniently, and tells ureq no more than how to frame the body.
//!
//! ureq refuses heads that browsers read: a cookie with a control character in it, folded lines.
//! It has no switches for that. It also unpacks bodies, converts texts and keeps cookies as soon as
//! another crate of the program switches its features on. So heads are read here, by the same parser
//! and the same switches as in the async transport. ureq gets a head without anything to act on, and
//! the transport puts the headers back.

use std::fmt::Display;

use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, StatusCode,
    header::{CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING},
};
use httparse::{Header, ParserConfig, Status};
use meeting_types::{TransportError, TransportErrorKind};

/// As many header lines as hyper takes.
const MAX_LINES: usize = 100;
/// As many bytes in a head as hyper takes.
pub(crate) const MAX_BYTES: usize = 8192 + 100 * 4096;

/// The bytes of a response up to the end of its head.
#[derive(Default)]
pub(crate) struct ResponseHead {
    bytes: Vec<u8>,
    /// Number of bytes that were searched for the end of a head.
    searched: usize,
}

impl ResponseHead {
    /// Takes bytes as they came.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Once the head is whole, gives its headers. Writes a short head for ureq to `output`, with what
    /// came behind it.
    pub(crate) fn take(
        &mut self,
        output: &mut Vec<u8>,
    ) -> Result<Option<HeaderMap>, TransportError> {
        let mut headers = HeaderMap::new();
        let whole = self.parse(Some((output, &mut headers)))?;
        Ok(whole.then_some(headers))
    }

    /// Drops interim responses, however many there are. Tells whether the head of another one is
    /// whole.
    pub(crate) fn skip_interim(&mut self) -> Result<bool, TransportError> {
        self.parse(None)
    }

    fn parse(
        &mut self,
        output: Option<(&mut Vec<u8>, &mut HeaderMap)>,
    ) -> Result<bool, TransportError> {
        let mut start = 0;
        let whole = loop {
            if !self.may_be_whole(start) {
                break false;
            }
            let rest = &self.bytes[start..];
            let mut lines = [httparse::EMPTY_HEADER; MAX_LINES];
            let mut head = httparse::Response::new(&mut lines);
            let length = match config().parse_response(&mut head, rest) {
                Ok(Status::Complete(length)) => length,
                Ok(Status::Partial) => break false,
                Err(httparse::Error::TooManyHeaders) => {
                    return Err(too_large(format!("more than {MAX_LINES} header lines")));
                }
                Err(error) => return Err(unreadable(error)),
            };
            let status = StatusCode::from_u16(head.code.unwrap_or_default())
                .map_err(|_| unreadable("invalid status code"))?;
            if !status.is_informational() || status == StatusCode::SWITCHING_PROTOCOLS {
                let Some((output, headers)) = output else {
                    self.bytes.drain(..start);
                    self.searched = 0;
                    return Ok(true);
                };
                write(status, &head, &rest[..length], headers, output)?;
                output.extend_from_slice(&rest[length..]);
                start = self.bytes.len();
                break true;
            }
            start += length;
            self.searched = start;
        };
        self.bytes.drain(..start);
        self.searched = self.bytes.len();
        if self.bytes.len() >= MAX_BYTES {
            return Err(too_large(format!("more than {MAX_BYTES} bytes of head")));
        }
        Ok(whole)
    }

    /// True when parsing can tell something new.
    ///
    /// A head that drips in would be parsed from its beginning for each byte otherwise.
    fn may_be_whole(&self, start: usize) -> bool {
        if self.searched <= start {
            return self.bytes.len() > start;
        }
        let from = self.searched.saturating_sub(3).max(start);
        let new = &self.bytes[from..];
        let found = |end: &[u8]| new.windows(end.len()).any(|window| window == end);
        found(b"\n\r\n") || found(b"\n\n")
    }
}

/// The switches that the async transport sets.
fn config() -> ParserConfig {
    let mut config = ParserConfig::default();
    config
        .ignore_invalid_headers_in_responses(true)
        .allow_obsolete_multiline_headers_in_responses(true)
        .allow_spaces_after_header_name_in_responses(true);
    config
}

/// Reads the header lines into `headers`, and writes those that frame the body to `output`.
fn write(
    status: StatusCode,
    head: &httparse::Response<'_, '_>,
    bytes: &[u8],
    headers: &mut HeaderMap,
    output: &mut Vec<u8>,
) -> Result<(), TransportError> {
    let minor = head.version.unwrap_or(1);
    // All values are parts of this.
    let shared = Bytes::copy_from_slice(bytes);
    let mut length: Option<&[u8]> = None;
    let mut chunked = false;

    output.extend_from_slice(if minor == 0 {
        b"HTTP/1.0 "
    } else {
        b"HTTP/1.1 "
    });
    output.extend_from_slice(status.as_str().as_bytes());
    output.extend_from_slice(b" \r\n");
    headers.reserve(head.headers.len());
    for Header { name, value } in head.headers.iter() {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(unreadable)?;
        if name == TRANSFER_ENCODING {
            // Other codings are not asked for.
            if minor == 0 || chunked || !value.eq_ignore_ascii_case(b"chunked") {
                return Err(unreadable("unexpected transfer encoding"));
            }
            chunked = true;
        } else if name == CONTENT_LENGTH {
            for value in value.split(|&byte| byte == b',') {
                let value = value.trim_ascii();
                let digits = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
                if !digits || length.is_some_and(|length| length != value) {
                    return Err(unreadable("invalid content-length"));
                }
                length = Some(value);
            }
        } else if name == CONNECTION {
            line(output, b"connection", value);
        }
        let value = if value.contains(&b'\n') {
            HeaderValue::from_bytes(&unfolded(value))
        } else {
            {
                let from = value.as_ptr().addr() - bytes.as_ptr().addr();
                HeaderValue::from_maybe_shared(shared.slice(from..from + value.len()))
            }
        };
        headers.append(name, value.map_err(unreadable)?);
    }
    if chunked {
        // It counts for nothing then, and hyper drops it too.
        headers.remove(CONTENT_LENGTH);
        line(output, b"transfer-encoding", b"chunked");
    } else if let Some(length) = length {
        line(output, b"content-length", length);
    }
    output.extend_from_slice(b"\r\n");
    Ok(())
}

fn line(output: &mut Vec<u8>, name: &[u8], value: &[u8]) {
    output.extend_from_slice(name);
    output.extend_from_slice(b": ");
    output.extend_from_slice(value);
    output.extend_from_slice(b"\r\n");
}

/// A value that stood on several lines, on one.
fn unfolded(value: &[u8]) -> Vec<u8> {
    let lines = value.split(|&byte| byte == b'\n');
    let lines = lines
        .map(<[u8]>::trim_ascii)
        .filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join(&b' ')
}

fn unreadable(reason: impl Display) -> TransportError {
    TransportError::new(TransportErrorKind::Response, reason.to_string())
}

fn too_large(reason: String) -> TransportError {
    TransportError::new(TransportErrorKind::TooLarge, reason)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "these are tests")]

    use super::*;

    const INPUT: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 X\r\nlink: a\n\nHTTP/1.1 200 OK\r\n\
        set-cookie: a=\x01\r\nx-folded: one\r\n two\r\nServer : x\r\nContent-Encoding: gzip\r\nConnection: keep-alive\r\ncontent-length: 4, 4\r\n\r\nbody";
    const OUTPUT: &str = "HTTP/1.1 200 \r\nconnection: keep-alive\r\ncontent-length: 4\r\n\r\nbody";

    /// Head that ureq gets, and the headers that it does not need.
    fn read(pieces: impl IntoIterator<Item = &'static [u8]>) -> (String, HeaderMap) {
        let mut head = ResponseHead::default();
        let mut output = Vec::new();
        let mut headers = None;
        for piece in pieces {
            if headers.is_some() {
                output.extend_from_slice(piece);
                continue;
            }
            head.push(piece);
            // Looking changes nothing.
            let seen = head.skip_interim().unwrap();
            headers = head.take(&mut output).unwrap();
            assert_eq!(seen, headers.is_some());
        }
        assert!(head.is_empty());
        (String::from_utf8(output).unwrap(), headers.unwrap())
    }

    #[test]
    fn pieces_of_any_size_make_the_same_head() {
        let (output, headers) = read([INPUT]);
        assert_eq!(output, OUTPUT);
        assert_eq!(headers["x-folded"], "one two");
        assert_eq!(headers["server"], "x");
        assert_eq!(headers["content-encoding"], "gzip");
        assert_eq!(headers.len(), 5);
        for size in 1..INPUT.len() {
            assert_eq!(
                read(INPUT.chunks(size)),
                (OUTPUT.to_owned(), headers.clone())
            );
        }
        for at in 0..INPUT.len() {
            let (first, second) = INPUT.split_at(at);
            assert_eq!(read([first, second]), (OUTPUT.to_owned(), headers.clone()));
        }
    }
}
