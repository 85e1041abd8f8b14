//! The async client on connections that fail, at every byte.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use meeting_async::{
    Client, Config, Error,
    types::{
        AccessToken, Endpoint,
        models::{Booking, MediaType},
        operations::{CreateMeeting, SearchMeetings},
    },
};
use meeting_testing::fault_contract as contract;
use tokio::runtime::{Builder, Runtime};

struct OnTokio {
    client: Client,
    runtime: Runtime,
}

impl contract::Shell for OnTokio {
    fn new(endpoint: Endpoint, configure: fn(Config) -> Config) -> Self {
        let builder = Client::builder(endpoint).config(configure);
        Self {
            client: builder.with_credentials(AccessToken::new("hush-access")),
            runtime: Builder::new_current_thread().enable_all().build().unwrap(),
        }
    }

    fn list(&self) -> Result<usize, Error> {
        let page = self
            .runtime
            .block_on(self.client.send(&SearchMeetings::new()))?;
        Ok(page.data.len())
    }

    fn book(&self) -> Result<usize, Error> {
        let booking = Booking::new([MediaType::Voice]).subject("Weekly");
        let operation = CreateMeeting::new(booking);
        Ok(self.runtime.block_on(self.client.send(&operation))?.len())
    }
}

meeting_testing::fault_contract!(OnTokio);
