//! The body of a request, by which the transport learns whether its request left.

use std::{
    error::Error as StdError,
    fmt,
    pin::Pin,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU8, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::{task, time::sleep};

/// The connection's task has not begun with the request.
const QUEUED: u8 = 0;
/// The connection's task has begun: from here on bytes may be on the wire.
const TAKEN: u8 = 1;
/// The caller gave up first. The connection's task must not begin any more.
const ABANDONED: u8 = 2;

/// State shared by one exchange and the body of its request.
///
/// reqwest does not tell in which phase an exchange failed. hyper asks a body whether it is at its
/// end when the connection's task begins with the request, and never before: that is the moment
/// after which the service may see it.
#[derive(Clone, Debug)]
pub(crate) struct SendState(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    phase: AtomicU8,
    connection: OnceLock<task::Id>,
}

impl SendState {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Shared {
            phase: AtomicU8::new(QUEUED),
            connection: OnceLock::new(),
        }))
    }

    /// Gives the request up. Tells whether it certainly did not leave; then it never will.
    pub(crate) fn abandon(&self) -> bool {
        self.0.phase.swap(ABANDONED, Ordering::AcqRel) == QUEUED
    }

    /// Identifies the connection that carries the request: each has a task of its own.
    pub(crate) fn connection(&self) -> Option<task::Id> {
        self.0.connection.get().copied()
    }

    /// Marks the request as begun; false when it was abandoned first.
    fn begin(&self) -> bool {
        let begun =
            self.0
                .phase
                .compare_exchange(QUEUED, TAKEN, Ordering::AcqRel, Ordering::Acquire);
        match begun {
            Ok(_) => {
                if let Some(id) = task::try_id() {
                    // Only one task gets here, and once.
                    let _ = self.0.connection.set(id);
                }
                true
            }
            Err(phase) => phase == TAKEN,
        }
    }

    fn is_abandoned(&self) -> bool {
        self.0.phase.load(Ordering::Acquire) == ABANDONED
    }
}

/// Number of bytes of an upload that are handed out at once.
const PIECE: usize = 64 * 1024;

/// Wait of an upload behind its first piece. A server nearby that refuses it for its head is
/// heard in that time, while nothing is being written.
const FIRST_PAUSE: Duration = Duration::from_millis(20);

/// A whole body in memory.
///
/// Large ones are handed out in pieces. Between two of them the connection looks whether the server
/// has answered: hyper would write on until the socket is full, and when the server refuses an upload
/// and closes, the error of writing would hide the response.
pub(crate) struct RequestBody {
    bytes: Bytes,
    state: SendState,
    pause: Option<Pin<Box<dyn Future<Output = ()> + Send + Sync>>>,
    /// True once the first pause was made.
    paused: bool,
}

impl RequestBody {
    pub(crate) fn new(bytes: Bytes, state: SendState) -> Self {
        Self {
            bytes,
            state,
            pause: None,
            paused: false,
        }
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = Abandoned;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Abandoned>>> {
        let this = self.get_mut();
        // The head is not written before the first piece of the body is there, so this fails the
        // exchange before a byte of it leaves.
        if this.state.is_abandoned() {
            return Poll::Ready(Some(Err(Abandoned)));
        }
        if let Some(pause) = &mut this.pause {
            ready!(pause.as_mut().poll(context));
            this.pause = None;
        }
        if this.bytes.len() > PIECE {
            this.pause = Some(if this.paused {
                // Comes back after the runtime asked the system what arrived.
                Box::pin(task::yield_now())
            } else {
                Box::pin(sleep(FIRST_PAUSE))
            });
            this.paused = true;
        }
        let piece = this.bytes.split_to(this.bytes.len().min(PIECE));
        Poll::Ready((!piece.is_empty()).then(|| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        // An abandoned request has to ask for its body, which then fails it.
        self.state.begin() && self.bytes.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.len() as u64)
    }
}

/// The caller gave up before the request left.
#[derive(Debug)]
pub(crate) struct Abandoned;

impl fmt::Display for Abandoned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the request was given up before it left")
    }
}

impl StdError for Abandoned {}
