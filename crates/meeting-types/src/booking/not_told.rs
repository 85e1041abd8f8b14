//! The error for a read that lacks what a write must have.

/// The service did not tell something that a change has to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the service did not tell `{field}`, without which it cannot be changed: set the fields apart"
)]
#[non_exhaustive]
pub struct NotTold {
    /// The name of the missing field, in Rust.
    pub field: &'static str,
}
