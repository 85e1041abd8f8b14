//! Responses that cannot be read.

use std::fmt;

use bytes::Bytes;
use http::{StatusCode, header};

use super::text::{LONGEST_ID, OneLine, shortened, write_request_id};
use crate::response::parts::request_id;

/// Response that arrived and cannot be read.
#[derive(Clone)]
pub struct ResponseError {
    // In a box, so that results stay small.
    parts: Box<ResponseParts>,
}

#[derive(Clone)]
struct ResponseParts {
    operation: &'static str,
    status: StatusCode,
    fault: ResponseFault,
    content_type: Option<String>,
    request_id: Option<String>,
    body: Bytes,
}

/// Fault of a response.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResponseFault {
    /// A redirect. It is not followed, because it would take a credential to another place.
    Redirect,
    /// Nothing where a value is expected.
    Empty,
    /// A page for people, most likely of a proxy on the way.
    Html,
    /// A content encoding, such as `gzip`, as the response states it. Nobody asked for one, so a proxy
    /// most likely added it.
    ContentEncoding(String),
    /// A charset other than UTF-8, such as `GBK`, as the response states it.
    Charset(String),
    /// The text is not in UTF-8, and the response does not state what it is in.
    NotUtf8,
    /// Not JSON, or cut short: what the JSON reader said.
    NotJson(String),
    /// A field without which the response is useless is missing: the way to it, empty when it is the
    /// response as a whole.
    Missing(String),
    /// JSON in which nothing was recognised: most likely not the service's own.
    Unrecognised,
    /// A list with fewer items than there must be.
    TooFew {
        /// The least number of items.
        least: usize,
    },
}

impl fmt::Display for ResponseFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Redirect => f.write_str("a redirect, which is not followed"),
            Self::Empty => f.write_str("an empty response where a value is expected"),
            Self::Html => f.write_str("HTML instead of JSON: is a proxy in the way?"),
            Self::ContentEncoding(name) => write!(
                f,
                "a body in content encoding {}, which was not asked for: is a proxy in the way?",
                OneLine(name)
            ),
            Self::Charset(name) => write!(
                f,
                "text in charset {} where UTF-8 is expected",
                OneLine(name)
            ),
            Self::NotUtf8 => f.write_str("text that is not UTF-8"),
            Self::NotJson(reason) => write!(f, "no valid JSON: {reason}"),
            Self::Missing(path) if path.is_empty() => f.write_str("no usable value"),
            Self::Missing(path) => write!(f, "no usable `{path}`"),
            Self::Unrecognised => f.write_str("JSON that holds no known field"),
            Self::TooFew { least } => write!(f, "a list of less than {least}"),
        }
    }
}

impl ResponseError {
    pub(crate) fn new(
        operation: &'static str,
        response: &http::Response<Bytes>,
        fault: ResponseFault,
    ) -> Self {
        let content_type = response.headers().get(header::CONTENT_TYPE);
        let parts = ResponseParts {
            operation,
            status: response.status(),
            fault,
            content_type: content_type
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned),
            request_id: request_id(response.headers()).map(|id| shortened(id, LONGEST_ID)),
            body: response.body().clone(),
        };
        Self {
            parts: Box::new(parts),
        }
    }

    /// The operation.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.parts.operation
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.parts.status
    }

    /// What is wrong.
    #[must_use]
    pub fn fault(&self) -> &ResponseFault {
        &self.parts.fault
    }

    /// The content type that the response claims.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.parts.content_type.as_deref()
    }

    /// The id under which the service logged the call.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.parts.request_id.as_deref()
    }

    /// The response as it came. It may hold secrets.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.parts.body
    }
}

/// One line, without anything from the body.
impl fmt::Display for ResponseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} answered status {} with {}",
            self.parts.operation,
            self.parts.status.as_u16(),
            self.parts.fault
        )?;
        write_request_id(f, self.parts.request_id.as_deref())
    }
}

impl fmt::Debug for ResponseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ResponseError({self}; {} bytes)", self.parts.body.len())
    }
}

impl std::error::Error for ResponseError {}
