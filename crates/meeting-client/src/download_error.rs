//! Errors of downloads.

use std::io;

use http::StatusCode;
use meeting_types::TransportError;

/// Reason why a file was not downloaded. It holds neither the link nor its token.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DownloadError {
    /// The service names no such file, or gives no link and token for it.
    #[error("the service gives no link and token for this file of the recording")]
    NoLink,
    /// The link cannot be used: no URL, or a host that programs read differently. Nothing was sent.
    #[error("the link to the file is no URL whose host is a name or an address in its usual form")]
    BadLink,
    /// The link is plain `http`, where the token would travel in the clear. Nothing was sent.
    #[error("the link to the file is not https: its token would travel in the clear")]
    PlainLink,
    /// The host of the file answered with this status.
    #[error("the host of the file refused it with status {}", .0.as_u16())]
    Refused(StatusCode),
    /// The host of the file leads elsewhere. That is not followed: the token is for this host alone.
    #[error("the host of the file redirects (status {}), which is not followed", .0.as_u16())]
    Redirected(StatusCode),
    /// The response is another part than was asked for, or a part of another file.
    #[error("the host sent another part of the file than was asked for")]
    OtherPart,
    /// The body went on behind its promised end.
    #[error("the host sent more than the {promised} bytes that it had promised")]
    TooLong {
        /// Expected end of the body, in bytes of the file.
        promised: u64,
    },
    /// The body ended before the file did.
    #[error("the file ended after {done} of {total} bytes")]
    TooShort {
        /// Length that came, in bytes.
        done: u64,
        /// The size of the file, in bytes.
        total: u64,
    },
    /// The file is larger than [`max_bytes`](crate::download::DownloadOptions::max_bytes) allows.
    #[error("the file is larger than the {limit} bytes that are allowed")]
    OverLimit {
        /// The limit, in bytes.
        limit: u64,
    },
    /// The host does not go on where it stopped, and the destination cannot be emptied.
    #[error(
        "the host starts the file anew, and what was written cannot be taken back: use a destination that can be emptied, such as a file"
    )]
    CannotStartAnew,
    /// The destination failed.
    #[error("the file cannot be written: {0}")]
    Sink(io::Error),
    /// No response, or one that broke off.
    #[error("the file did not come: {0}")]
    Transport(TransportError),
}
