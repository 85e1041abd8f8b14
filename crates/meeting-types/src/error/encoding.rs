//! Encodings and charsets that a response states and nobody here reads.

use bytes::Bytes;
use http::{HeaderMap, Response, header};

use super::{
    response::ResponseFault,
    text::{LONGEST_NAME, shortened},
};

/// The content encoding or charset because of which a body is no text that can be read.
///
/// `None` where the body is text all the same: some gateways state an encoding that they took off.
pub(crate) fn unread(response: &Response<Bytes>) -> Option<ResponseFault> {
    // The headers are looked at first: most responses state nothing, and the body may be long.
    stated(response.headers()).filter(|_| !is_text(response.body()))
}

/// The content encoding or charset that the headers state, if it is one that nobody here reads.
pub(crate) fn stated(headers: &HeaderMap) -> Option<ResponseFault> {
    let named = |name: String| shortened(&name, LONGEST_NAME);
    content_encoding(headers)
        .map(|name| ResponseFault::ContentEncoding(named(name)))
        .or_else(|| charset(headers).map(|name| ResponseFault::Charset(named(name))))
}

/// Text in UTF-8. A zero byte is what ASCII has in the wider encodings of Unicode.
fn is_text(body: &[u8]) -> bool {
    std::str::from_utf8(body).is_ok() && !body.contains(&0)
}

/// All codings in the order in which they were applied, `gzip, br`.
fn content_encoding(headers: &HeaderMap) -> Option<String> {
    if !headers.contains_key(header::CONTENT_ENCODING) {
        return None;
    }
    let stated: Vec<String> = headers
        .get_all(header::CONTENT_ENCODING)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .collect();
    let codings: Vec<&str> = stated
        .iter()
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case("identity"))
        .collect();
    (!codings.is_empty()).then(|| codings.join(", "))
}

/// The charset of the content type, unless UTF-8 can be read as it.
fn charset(headers: &HeaderMap) -> Option<String> {
    let kind = headers.get(header::CONTENT_TYPE)?.as_bytes();
    let parameters = kind.iter().position(|byte| *byte == b';')?;
    // What nearly every response says, so that it costs next to nothing.
    if kind[parameters + 1..]
        .trim_ascii()
        .eq_ignore_ascii_case(b"charset=utf-8")
    {
        return None;
    }
    let kind = String::from_utf8_lossy(kind);
    let charset = kind.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let is_charset = name.trim().eq_ignore_ascii_case("charset");
        is_charset.then(|| value.trim().trim_matches(['"', '\'']).trim())
    })?;
    let is_read = ["utf-8", "utf8", "us-ascii", "ascii", ""]
        .iter()
        .any(|read| charset.eq_ignore_ascii_case(read));
    (!is_read).then(|| charset.to_owned())
}
