//! The blocking client on connections that fail, at every byte.

use meeting_blocking::{
    Client, Config, Error,
    types::{
        AccessToken, Endpoint,
        models::{Booking, MediaType},
        operations::{CreateMeeting, SearchMeetings},
    },
};
use meeting_testing::fault_contract as contract;

struct OnThread(Client);

impl contract::Shell for OnThread {
    fn new(endpoint: Endpoint, configure: fn(Config) -> Config) -> Self {
        let builder = Client::builder(endpoint).config(configure);
        Self(builder.with_credentials(AccessToken::new("hush-access")))
    }

    fn list(&self) -> Result<usize, Error> {
        let page = self.0.send(&SearchMeetings::new())?;
        Ok(page.data.len())
    }

    fn book(&self) -> Result<usize, Error> {
        let booking = Booking::new([MediaType::Voice]).subject("Weekly");
        Ok(self.0.send(&CreateMeeting::new(booking))?.len())
    }
}

meeting_testing::fault_contract!(OnThread);
