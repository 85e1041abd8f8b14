//! The state under its lock, and the clock that drives it.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use tokio::sync::watch;

use crate::{clock::Clock, state::State};

/// What all connections and the controlling program share.
#[derive(Debug)]
pub(crate) struct Service {
    state: Mutex<State>,
    clock: Clock,
    deadline: watch::Sender<Option<SystemTime>>,
}

impl Service {
    pub(crate) fn new(state: State, clock: Clock) -> Self {
        Self {
            state: Mutex::new(state),
            clock,
            deadline: watch::Sender::new(None),
        }
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Makes one step: catches up with the time, works on the state, tells listeners what has
    /// changed. The lock is held for as long as that takes, and no step waits for anything.
    pub(crate) fn step<R>(&self, work: impl FnOnce(&mut State) -> R) -> R {
        let mut state = self.lock();
        state.catch_up(self.clock.now());
        state.publish();
        let result = work(&mut state);
        state.publish();
        let deadline = state.deadline();
        drop(state);
        self.deadline.send_if_modified(|known| {
            let moved = *known != deadline;
            *known = deadline;
            moved
        });
        result
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A step that panicked leaves the state as it was at that moment, which is still a state.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a step whenever the time for something has come. Never ends.
    pub(crate) async fn keep_time(&self) {
        let mut deadline = self.deadline.subscribe();
        loop {
            let next = *deadline.borrow_and_update();
            let wait = async {
                match next {
                    Some(at) => self.clock.sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = wait => {
                    self.step(|_| ());
                    // Connections get their turn even if the next deadline has passed already.
                    tokio::task::yield_now().await;
                }
                // The sender lives in `self`, so this never ends early.
                _ = deadline.changed() => {}
            }
        }
    }
}
