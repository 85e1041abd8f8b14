//! Following a meeting over tokio, against a service that misbehaves.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use meeting_async::{Client, Error, LiveEvents, LiveMeeting, LiveOptions, Notice};
use meeting_testing::live_contract as contract;
use tokio::runtime::{Builder, Runtime};

struct OnTokio {
    events: LiveEvents,
    runtime: Runtime,
}

impl contract::Shell for OnTokio {
    fn follow(rest: contract::Rest, options: LiveOptions) -> Result<Self, Error> {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let events = runtime.block_on(async {
            let client = Client::builder(contract::Rest::endpoint())
                .config(rest.configure())
                .anonymous_over(rest);
            let control = client.control("900825541", "hush-host").await?;
            control.events_with(options).await
        })?;
        Ok(Self { events, runtime })
    }

    fn next(&mut self) -> Option<Result<Notice, Error>> {
        self.runtime.block_on(self.events.next())
    }

    fn meeting(&self) -> &LiveMeeting {
        self.events.meeting()
    }

    fn shown(&self) -> String {
        format!("{:?} {:#?}", self.events, self.events)
    }
}

meeting_testing::live_contract!(OnTokio);

#[test]
fn it_can_be_shared_among_threads() {
    fn shared<T: Send + Sync + Unpin>() {}
    shared::<LiveEvents>();
    shared::<meeting_async::EventStream>();
}
