//! Handle of the messages that people would get by mail or by phone.

use std::sync::Arc;

use crate::{service::Service, vocabulary::SimMail};

/// Handle of the mailbox: codes that the service sends, 1000 messages at most.
#[derive(Debug)]
pub struct Mailbox {
    service: Arc<Service>,
}

impl Mailbox {
    pub(super) fn new(service: Arc<Service>) -> Self {
        Self { service }
    }

    /// All messages, the oldest first.
    #[must_use]
    pub fn messages(&self) -> Vec<SimMail> {
        self.service
            .step(|state| state.directory.codes.mails.iter().cloned().collect())
    }

    /// The code that was sent last to an address.
    #[must_use]
    pub fn code_for(&self, to: &str) -> Option<String> {
        self.service.step(|state| {
            let mut mails = state.directory.codes.mails.iter().rev();
            let mail = mails.find(|mail| mail.to == to);
            mail.map(|mail| mail.code.clone())
        })
    }
}
