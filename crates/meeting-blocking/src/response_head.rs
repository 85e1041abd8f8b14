//! Reads the heads of responses leniently, and writes them anew for ureq.
//!
//! ureq refuses heads that browsers read: a cookie with a control character in it, folded lines.
//! It has no switches for that. It also unpacks bodies and keeps cookies as soon as another crate of
//! the program switches its features on. So heads are read here, by the same parser and the same
//! switches as in the async transport, and ureq gets plain ones in which it finds nothing to do but
//! to frame the body.

use std::fmt::Display;

use http::{
    HeaderMap, HeaderName, StatusCode,
    header::{CONTENT_ENCODING, Entry, SET_COOKIE},
};
use httparse::{Header, ParserConfig, Status};
use meeting_types::{TransportError, TransportErrorKind};

/// As many header lines as hyper takes.
const MAX_LINES: usize = 100;
/// As many bytes in a head as hyper takes.
pub(crate) const MAX_BYTES: usize = 8192 + 100 * 4096;

/// Headers on which ureq may act, and the names under which they pass it.
static HIDDEN: [(HeaderName, HeaderName); 2] = [
    (
        CONTENT_ENCODING,
        HeaderName::from_static("x-sdk-hidden-content-encoding"),
    ),
    (
        SET_COOKIE,
        HeaderName::from_static("x-sdk-hidden-set-cookie"),
    ),
];

/// The bytes of a response up to the end of its head.
#[derive(Default)]
pub(crate) struct ResponseHead {
    bytes: Vec<u8>,
    /// How many of the bytes were searched for the end of a head.
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

    /// Once the head is whole, writes it anew to `output`, with what came behind it.
    pub(crate) fn take(&mut self, output: &mut Vec<u8>) -> Result<bool, TransportError> {
        self.parse(Some(output))
    }

    /// Drops interim responses, however many there are. Tells whether the head of another one is
    /// whole.
    pub(crate) fn skip_interim(&mut self) -> Result<bool, TransportError> {
        self.parse(None)
    }

    fn parse(&mut self, output: Option<&mut Vec<u8>>) -> Result<bool, TransportError> {
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
                let Some(output) = output else {
                    self.bytes.drain(..start);
                    self.searched = 0;
                    return Ok(true);
                };
                write(status, &head, output)?;
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

    /// Whether parsing can tell something new.
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

fn write(
    status: StatusCode,
    head: &httparse::Response<'_, '_>,
    output: &mut Vec<u8>,
) -> Result<(), TransportError> {
    let minor = head.version.unwrap_or(1);
    let mut length: Option<&[u8]> = None;
    let mut chunked = false;
    for line in head.headers.iter() {
        if is(line, "transfer-encoding") {
            // Other codings are not asked for.
            if minor == 0 || chunked || !line.value.eq_ignore_ascii_case(b"chunked") {
                return Err(unreadable("unexpected transfer encoding"));
            }
            chunked = true;
        } else if is(line, "content-length") {
            for value in line.value.split(|&byte| byte == b',') {
                let value = value.trim_ascii();
                let digits = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
                if !digits || length.is_some_and(|length| length != value) {
                    return Err(unreadable("invalid content-length"));
                }
                length = Some(value);
            }
        }
    }

    output.extend_from_slice(format!("HTTP/1.{minor} {} \r\n", status.as_str()).as_bytes());
    let mut line = |name: &[u8], value: &[u8]| {
        output.extend_from_slice(name);
        output.extend_from_slice(b": ");
        output.extend_from_slice(value);
        output.extend_from_slice(b"\r\n");
    };
    if let Some(length) = length.filter(|_| !chunked) {
        line(b"content-length", length);
    }
    for header in head.headers.iter() {
        if is(header, "content-length") {
            continue;
        }
        let hidden = HIDDEN.iter().find(|(name, _)| is(header, name.as_str()));
        let name = hidden.map_or(header.name, |(_, hidden)| hidden.as_str());
        if header.value.contains(&b'\n') {
            line(name.as_bytes(), &unfolded(header.value));
        } else {
            line(name.as_bytes(), header.value);
        }
    }
    output.extend_from_slice(b"\r\n");
    Ok(())
}

fn is(header: &Header<'_>, name: &str) -> bool {
    header.name.eq_ignore_ascii_case(name)
}

/// A value that stood on several lines, on one.
fn unfolded(value: &[u8]) -> Vec<u8> {
    let lines = value.split(|&byte| byte == b'\n');
    let lines = lines
        .map(<[u8]>::trim_ascii)
        .filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join(&b' ')
}

/// Gives headers that passed ureq under other names their own back.
pub(crate) fn reveal(headers: &mut HeaderMap) {
    for (name, hidden) in &HIDDEN {
        if let Entry::Occupied(entry) = headers.entry(hidden) {
            let (_, values) = entry.remove_entry_mult();
            // The values are taken out first: both borrow the map.
            let values: Vec<_> = values.collect();
            for value in values {
                headers.append(name, value);
            }
        }
    }
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
        set-cookie: a=\x01\r\nx-folded: one\r\n two\r\nServer : x\r\ncontent-length: 4, 4\r\n\r\nbody";
    const OUTPUT: &str = "HTTP/1.1 200 \r\ncontent-length: 4\r\nx-folded: one two\r\n\
        Server: x\r\n\r\nbody";

    /// The outcome, and what of the input was needed for it.
    fn read(pieces: impl IntoIterator<Item = &'static [u8]>) -> String {
        let mut head = ResponseHead::default();
        let mut output = Vec::new();
        let mut taken = false;
        for piece in pieces {
            if taken {
                output.extend_from_slice(piece);
                continue;
            }
            head.push(piece);
            // Looking changes nothing.
            let seen = head.skip_interim().unwrap();
            taken = head.take(&mut output).unwrap();
            assert_eq!(seen, taken);
        }
        assert!(taken && head.is_empty());
        String::from_utf8(output).unwrap()
    }

    #[test]
    fn pieces_of_any_size_make_the_same_head() {
        assert_eq!(read([INPUT]), OUTPUT);
        for size in 1..INPUT.len() {
            assert_eq!(read(INPUT.chunks(size)), OUTPUT, "{size}");
        }
        for at in 0..INPUT.len() {
            let (first, second) = INPUT.split_at(at);
            assert_eq!(read([first, second]), OUTPUT, "{at}");
        }
    }

    #[test]
    fn hidden_headers_come_back() {
        let mut headers = HeaderMap::new();
        for (_, hidden) in &HIDDEN {
            headers.append(hidden, "one".parse().unwrap());
            headers.append(hidden, "two".parse().unwrap());
        }
        reveal(&mut headers);
        let values: Vec<_> = headers.get_all("set-cookie").iter().collect();
        assert_eq!(values, ["one", "two"]);
        assert_eq!(headers.get_all("content-encoding").iter().count(), 2);
        assert_eq!(headers.len(), 4);
    }
}
