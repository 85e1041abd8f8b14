//! States of a call between its actions.

use std::time::SystemTime;

use bytes::Bytes;
use meeting_types::{CarriedSecrets, OperationInfo};

use crate::{
    Consultation, Elapsed, Error,
    token::{Acquire, Acquisition},
};

/// State of a call.
pub(super) enum State {
    /// Ready for an attempt.
    Ready,
    /// Ready for an attempt from this point on.
    Waiting(Elapsed),
    /// The request is under way.
    Exchanging,
    /// A token must be acquired, from this point on.
    Acquiring(Acquiring, Elapsed),
    /// A request for a token is under way since that time.
    TokenRequested(Acquiring, &'static OperationInfo, SystemTime),
    /// The store that processes share the login through is asked, or is to be.
    Consulting(Box<Consulting>),
    /// Over.
    Over(Result<http::Response<Bytes>, Error>),
    /// The result was taken.
    Taken,
}

/// State of an acquisition.
pub(super) struct Acquiring {
    pub(super) acquisition: Box<dyn Acquisition>,
    pub(super) how: Acquire,
    pub(super) attempt: u32,
    /// True once the store that processes share has been asked.
    pub(super) is_claimed: bool,
    /// The number of the token to come in that store.
    pub(super) number: Option<u64>,
    /// True once the clock was corrected.
    pub(super) is_corrected: bool,
    /// Secrets that the last request carried.
    pub(super) carried: CarriedSecrets,
}

impl Acquiring {
    pub(super) fn new(acquisition: Box<dyn Acquisition>) -> Self {
        Self {
            acquisition,
            how: Acquire::Renew,
            attempt: 1,
            is_claimed: false,
            number: None,
            is_corrected: false,
            carried: CarriedSecrets::default(),
        }
    }
}

/// State of a question to the store.
pub(super) struct Consulting {
    /// The question, until it is handed out.
    pub(super) question: Option<Consultation>,
    pub(super) then: Then,
}

/// Next state after the answer.
pub(super) enum Then {
    /// It says who acquires the token.
    Claimed(Acquiring),
    /// It was told something, and the call goes on whatever it answers.
    Told(State),
}
