//! Runs a call over a transport.

use bytes::Bytes;
use meeting_types::{Operation, Response, Transport};
use tracing::Instrument as _;

use super::{Action, Call};
use crate::{Error, login_store::consult};

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
                let exchange = transport.send(request).instrument(call.span().clone());
                let outcome = exchange.await;
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
            Action::Consult(question) => {
                // Boxed, so that the calls that ask nothing do not carry the room for it.
                let asked = Box::pin(consult(transport, question));
                let outcome = asked.instrument(call.span().clone()).await;
                now = transport.now();
                call.handle_consulted(outcome, now);
            }
            Action::Done(result) => return result,
        }
    }
}

/// Runs a call of the operation `O`, and reads its response.
pub(crate) async fn complete<O: Operation>(
    transport: &dyn Transport,
    call: &mut Call<'_>,
) -> Result<Response<O::Output>, Error> {
    let response = drive(transport, call).await?;
    O::read_response(response).map_err(|error| call.conclude(error))
}
