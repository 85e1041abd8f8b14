//! Answers and refusals that a test asked for, in place of what the service would say.

use std::{
    collections::{HashMap, VecDeque},
    fmt,
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use meeting_types::ServiceError;

use crate::state::errors;

/// Function of a test that answers an operation.
pub(crate) type Handle =
    dyn Fn(&http::Request<Bytes>) -> Result<http::Response<Bytes>, ServiceError> + Send + Sync;

/// What takes the place of the service's answer.
pub(crate) enum Stub {
    /// This answer, once.
    Answer(Result<http::Response<Bytes>, ServiceError>),
    /// What this function says, every time.
    Handle(Arc<Handle>),
}

/// Stubs that a test asked for.
#[derive(Default)]
pub(crate) struct Faults {
    pub(crate) throttled: u32,
    next: HashMap<&'static str, VecDeque<Result<http::Response<Bytes>, ServiceError>>>,
    handles: HashMap<&'static str, Arc<Handle>>,
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Faults")
            .field("throttled", &self.throttled)
            .finish_non_exhaustive()
    }
}

impl Faults {
    /// Answers the next request for an operation. Several wait in line.
    pub(crate) fn answer_next(
        &mut self,
        operation: &'static str,
        answer: Result<http::Response<Bytes>, ServiceError>,
    ) {
        self.next.entry(operation).or_default().push_back(answer);
    }

    /// Answers all requests for an operation. `None` ends that.
    pub(crate) fn handle(&mut self, operation: &'static str, handle: Option<Arc<Handle>>) {
        match handle {
            Some(handle) => self.handles.insert(operation, handle),
            None => self.handles.remove(operation),
        };
    }

    /// What the next request of this operation gets in place of the service's answer, if anything.
    pub(crate) fn take(
        &mut self,
        operation: Option<&'static str>,
        retry_after: Duration,
    ) -> Option<Stub> {
        if self.throttled > 0 {
            self.throttled -= 1;
            let throttled = ServiceError::from(errors::THROTTLED);
            return Some(Stub::Answer(Err(throttled.with_retry_after(retry_after))));
        }
        let operation = operation?;
        if let Some(answer) = self.next.get_mut(operation).and_then(VecDeque::pop_front) {
            return Some(Stub::Answer(answer));
        }
        let handle = self.handles.get(operation)?;
        Some(Stub::Handle(Arc::clone(handle)))
    }
}
