//! Replies that cannot be read.

use std::fmt;

use bytes::Bytes;
use http::{StatusCode, header};

use super::text::{LONGEST_ID, shortened, write_request_id};
use crate::answer::request_id;

/// A reply that arrived and cannot be read.
#[derive(Clone)]
pub struct ResponseError {
    // In a box, so that results stay small.
    parts: Box<ReplyParts>,
}

#[derive(Clone)]
struct ReplyParts {
    operation: &'static str,
    status: StatusCode,
    fault: ResponseFault,
    content_type: Option<String>,
    request_id: Option<String>,
    body: Bytes,
}

/// What is wrong with a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResponseFault {
    /// A redirect. It is not followed, because it would take a credential to another place.
    Redirect,
    /// Nothing where a value is expected.
    Empty,
    /// A page for people, most likely of a proxy on the way.
    Html,
    /// The text is not in UTF-8.
    NotUtf8,
    /// Not JSON, or cut short: what the JSON reader said.
    NotJson(String),
    /// A field without which the reply is useless is missing: the way to it, empty when it is the
    /// reply as a whole.
    Missing(String),
}

impl fmt::Display for ResponseFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Redirect => f.write_str("a redirect, which is not followed"),
            Self::Empty => f.write_str("an empty reply where a value is expected"),
            Self::Html => f.write_str("HTML instead of JSON: is a proxy in the way?"),
            Self::NotUtf8 => f.write_str("text that is not UTF-8"),
            Self::NotJson(reason) => write!(f, "no valid JSON: {reason}"),
            Self::Missing(path) if path.is_empty() => f.write_str("no usable value"),
            Self::Missing(path) => write!(f, "no usable `{path}`"),
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
        let parts = ReplyParts {
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

    /// The content type that the reply claims.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.parts.content_type.as_deref()
    }

    /// The id under which the service logged the call.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.parts.request_id.as_deref()
    }

    /// The reply as it came. It may hold secrets.
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
