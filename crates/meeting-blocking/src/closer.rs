//! A handle that ends a wait for events from another thread.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// The longest piece of a wait that somebody may end.
const PIECE: Duration = Duration::from_millis(100);

/// A handle that ends events from another thread, such as from the handler of a signal.
///
/// A thread that waits for the next event wakes within a tenth of a second, and the events end there:
/// an iterator gives nothing more, and `next_timeout` the error
/// [`ChannelError::Over`](crate::ChannelError::Over). A call that is under way, to renew a token or to
/// connect again, is finished first, within the time that it has by itself.
///
/// ```no_run
/// # fn watch(control: meeting_blocking::Control) -> Result<(), meeting_blocking::Error> {
/// let events = control.events()?;
/// let closer = events.closer();
/// let watcher = std::thread::spawn(move || events.count());
/// // ... later, when the program ends:
/// closer.close();
/// let _ = watcher.join();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Closer(Arc<State>);

#[derive(Debug, Default)]
struct State {
    closed: AtomicBool,
    /// True once the program has a handle. Without one, waits need no pieces.
    handed_out: AtomicBool,
}

impl Closer {
    /// Ends the events. To do it twice does no harm.
    pub fn close(&self) {
        self.0.closed.store(true, Ordering::Release);
    }

    /// The handle for the program.
    pub(crate) fn hand_out(&self) -> Self {
        self.0.handed_out.store(true, Ordering::Release);
        self.clone()
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.0.closed.load(Ordering::Acquire)
    }

    /// `deadline`, or an earlier time when somebody has a handle and may want to end the wait.
    pub(crate) fn piece(&self, deadline: Option<Instant>) -> Option<Instant> {
        if self.0.handed_out.load(Ordering::Acquire) {
            soon(deadline)
        } else {
            deadline
        }
    }

    /// Sleeps until then, or until it is closed.
    pub(crate) fn sleep(&self, deadline: Option<Instant>) {
        while !self.is_closed() {
            let now = Instant::now();
            let piece = self.piece(deadline).or_else(|| soon(None));
            let left = piece.map(|piece| piece.saturating_duration_since(now));
            match left {
                Some(left) if !left.is_zero() => thread::sleep(left),
                _ => return,
            }
        }
    }
}

/// `deadline`, or the end of a piece, whichever comes first.
pub(crate) fn soon(deadline: Option<Instant>) -> Option<Instant> {
    let piece = Instant::now().checked_add(PIECE);
    piece.into_iter().chain(deadline).min()
}
