//! Parts of an HTTP response that errors read as well.

use http::HeaderMap;

pub(crate) const JSON: &str = "application/json;charset=UTF-8";

/// The id that the service gave the call, under any of the names that it uses.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<&str> {
    ["x-request-id", "requestid"]
        .into_iter()
        .find_map(|name| headers.get(name)?.to_str().ok())
}

/// The body without the mark that some writers put before UTF-8.
pub(crate) fn without_bom(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}
