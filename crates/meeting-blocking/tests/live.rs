//! Following a meeting without a runtime, against a service that misbehaves.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use meeting_blocking::{Client, Error, LiveEvents, LiveMeeting, LiveOptions, Notice};
use meeting_testing::live_contract as contract;

struct OnThread(LiveEvents);

impl contract::Shell for OnThread {
    fn follow(rest: contract::Rest, options: LiveOptions) -> Result<Self, Error> {
        let client = Client::builder(contract::Rest::endpoint())
            .config(rest.configure())
            .anonymous_over(rest);
        let control = client.control("900825541", "hush-host")?;
        control.events_with(options).map(Self)
    }

    fn next(&mut self) -> Option<Result<Notice, Error>> {
        self.0.next()
    }

    fn meeting(&self) -> &LiveMeeting {
        self.0.meeting()
    }

    fn shown(&self) -> String {
        format!("{:?} {:#?}", self.0, self.0)
    }
}

meeting_testing::live_contract!(OnThread);

#[test]
fn it_can_be_shared_among_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<LiveEvents>();
    shared::<meeting_blocking::EventStream>();
    shared::<meeting_blocking::Closer>();
}
