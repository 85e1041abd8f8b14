//! A tap that lets a program see the frames of a channel.

use std::{fmt, sync::Arc};

/// One text frame as it goes over the WebSocket.
///
/// # Secrets
///
/// A frame that is sent holds the control token, and one that is received may hold the passwords of
/// the meeting. Nothing is masked: take care where it goes.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SeenFrame<'a> {
    /// To the service.
    Sent(&'a str),
    /// From the service, before it is read.
    Received(&'a str),
}

/// Prints the direction and the length, never the text.
impl fmt::Debug for SeenFrame<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, text) = match self {
            Self::Sent(text) => ("Sent", text),
            Self::Received(text) => ("Received", text),
        };
        write!(f, "{name}({} bytes)", text.len())
    }
}

type See = dyn Fn(SeenFrame<'_>) + Send + Sync;

/// The function that sees each text frame, if any. [`ChannelOptions::tap`](super::ChannelOptions)
/// sets it.
///
/// Two are equal when they are clones of one.
#[derive(Clone, Default)]
pub(super) struct Tap(Option<Arc<See>>);

impl Tap {
    pub(super) fn new(see: impl Fn(SeenFrame<'_>) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(see)))
    }

    pub(super) fn see(&self, frame: SeenFrame<'_>) {
        if let Some(see) = &self.0 {
            see(frame);
        }
    }
}

impl fmt::Debug for Tap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Some(..)" } else { "None" })
    }
}

impl PartialEq for Tap {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (None, None) => true,
            _ => false,
        }
    }
}

impl Eq for Tap {}
