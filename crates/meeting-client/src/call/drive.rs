//! Runs a call over a transport.

use bytes::Bytes;
use meeting_types::Transport;

use super::{Action, Call};
use crate::Error;

/// Runs a call over a transport.
///
/// # Errors
///
/// [`Error`] when no response came.
pub async fn drive(
    transport: &dyn Transport,
    call: &mut Call<'_>,
) -> Result<http::Response<Bytes>, Error> {
    let mut now = transport.now();
    loop {
        match call.poll(now) {
            Action::Send(request) => {
                let outcome = transport.send(request).await;
                now = transport.now();
                call.handle_response(outcome, now);
            }
            Action::SleepUntil(until) => {
                let delay = until.since(call.elapsed());
                transport.sleep(delay).await;
                // A sleep counts, whatever the clock says: one that stands still, or was set back
                // meanwhile, does not make the call sleep again.
                let slept = now.checked_add(delay).unwrap_or(now);
                now = transport.now().max(slept);
            }
            Action::Done(result) => return result,
        }
    }
}
