//! Runs a future on the calling thread, which sleeps while there is nothing to do.

use std::{
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
};

/// Wakes one call of [`block_on`].
///
/// The flag belongs to the call and not to the thread: a call nested inside another one's poll may
/// swallow the thread's only unpark token, but never the other's flag.
struct Call {
    thread: Thread,
    woken: AtomicBool,
}

impl Wake for Call {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.woken.store(true, Ordering::Release);
        self.thread.unpark();
    }
}

/// Runs `future` to its end and parks the thread whenever it has to wait.
///
/// For a library that is written over [`ApiClient`](crate::ApiClient). Futures over an `Immediate`
/// transport are ready at the first poll. That is a promise which the compiler does not check, so a
/// future that does wait is waited for.
///
/// ```
/// use meeting_blocking::{ApiClient, Client, block_on, types::operations::SearchMeetings};
/// # use meeting_blocking::{CanAuthorize, Error, types::AccessToken};
/// # async fn first_subject<C: ApiClient>(client: &C) -> Result<Option<String>, Error>
/// # where
/// #     C::Access: CanAuthorize<AccessToken>,
/// # {
/// #     let meeting = client.pages(SearchMeetings::new()).next().await?;
/// #     Ok(meeting.and_then(|meeting| meeting.subject))
/// # }
///
/// let sim = meeting_sim::Simulator::start()?;
/// let client = Client::with_credentials(sim.endpoint(), sim.app_credential());
/// // A function of a library that serves async programs as well.
/// assert_eq!(block_on(first_subject(&client))?, None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn block_on<F: Future>(future: F) -> F::Output {
    let call = Arc::new(Call {
        thread: thread::current(),
        woken: AtomicBool::new(false),
    });
    let waker = Waker::from(Arc::clone(&call));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
        while !call.woken.swap(false, Ordering::Acquire) {
            thread::park();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        future::{self, poll_fn},
        sync::Mutex,
        time::Duration,
    };

    use super::*;

    /// A future that another thread completes after `delay`.
    fn later(delay: Duration) -> impl Future<Output = u32> {
        let state: Arc<Mutex<(bool, Option<Waker>)>> = Arc::default();
        let remote = Arc::clone(&state);
        thread::spawn(move || {
            thread::sleep(delay);
            let mut state = remote.lock().unwrap();
            state.0 = true;
            if let Some(waker) = state.1.take() {
                waker.wake();
            }
        });
        poll_fn(move |context| {
            let mut state = state.lock().unwrap();
            if state.0 {
                return Poll::Ready(7);
            }
            state.1 = Some(context.waker().clone());
            Poll::Pending
        })
    }

    #[test]
    fn a_ready_future_is_not_waited_for() {
        assert_eq!(block_on(future::ready(3)), 3);
    }

    #[test]
    fn a_waiting_future_is_waited_for() {
        assert_eq!(block_on(later(Duration::from_millis(20))), 7);
    }

    #[test]
    fn a_stray_token_does_not_end_the_wait() {
        thread::current().unpark();
        assert_eq!(block_on(later(Duration::from_millis(20))), 7);
    }

    #[test]
    fn a_nested_call_does_not_steal_the_outer_wake() {
        let mut polls = 0;
        let value = block_on(poll_fn(|context| {
            polls += 1;
            if polls > 1 {
                return Poll::Ready(polls);
            }
            context.waker().wake_by_ref();
            // Parks, and takes the token that the line above left.
            block_on(later(Duration::from_millis(20)));
            Poll::Pending
        }));
        assert_eq!(value, 2);
    }
}
