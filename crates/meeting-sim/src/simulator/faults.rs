//! Handle of what goes wrong on demand.

use std::sync::Arc;

use crate::{service::Service, vocabulary::CallOutcome};

/// Handle of faults that concern more than one meeting.
#[derive(Debug)]
pub struct Faults {
    service: Arc<Service>,
}

impl Faults {
    pub(super) fn new(service: Arc<Service>) -> Self {
        Self { service }
    }

    /// Refuses the next `requests` with status 429, whatever they ask for.
    pub fn throttle_next(&self, requests: u32) {
        self.service.step(|state| state.faults.throttled = requests);
    }

    /// Ends all access tokens at once, as if their time were over. Refresh tokens stay good.
    pub fn expire_access_tokens(&self) {
        self.service
            .step(|state| state.sessions.expire_access_tokens(state.now));
    }

    /// Ends all control tokens and WebSocket tokens at once, as if their time were over. Channels that
    /// are open stay open.
    pub fn expire_control_tokens(&self) {
        self.service.step(|state| state.control_tokens.expire());
    }

    /// Decides how calls to one number end from now on.
    pub fn calls_to(&self, number: impl Into<String>, outcome: CallOutcome) {
        self.service.step(|state| {
            state.calls.by_number.insert(number.into(), outcome);
        });
    }

    /// Puts the site that manages meetings out of order, for `ShowMgmtSiteStatus` only: whoever joins
    /// by link is to be sent to this address. `None` mends it.
    pub fn redirect_joining(&self, address: Option<&str>) {
        let address = address.map(str::to_owned);
        self.service
            .step(|state| state.management_redirect = address);
    }
}
