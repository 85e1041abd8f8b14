//! Limits of the gateway, on demand.

use std::time::Duration;

use meeting_types::Operation;

use crate::Simulator;

impl Simulator {
    /// Lets at most so many requests for the operation `O` through in any span of this length, whoever
    /// sends them. A later call takes the place of an earlier one.
    ///
    /// What is more is refused as the gateway of the service refuses it: status 429, code `APIG.0308`,
    /// the limit in the text (`policy api`), no `Retry-After`. A request that is refused does not count.
    /// A response to a request with the header `X-Apig-Mode: debug` tells what is left, in
    /// `X-APIG-Ratelimit-Api`.
    ///
    /// Time is that of the simulator's clock: [`advance`](Self::advance) ends a span at once. The text
    /// names whole seconds; a shorter span is written as one second.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use meeting_sim::Simulator;
    /// use meeting_types::operations::SearchMeetings;
    ///
    /// let sim = Simulator::start()?;
    /// sim.limit::<SearchMeetings>(100, Duration::from_secs(60));
    /// // ... the 101st search within a minute is refused, until:
    /// sim.advance(Duration::from_secs(60));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn limit<O: Operation>(&self, requests: u32, per: Duration) {
        self.service.step(|state| {
            let operation = Some(O::INFO.name);
            state.limits.set(operation, requests, per);
        });
    }

    /// Lets at most so many requests through in any span of this length, for all operations together.
    ///
    /// All clients of a simulator are on one machine, so it is told as the limit of a source address
    /// (`policy ip`, `X-APIG-Ratelimit-Ip`). Otherwise as [`limit`](Self::limit).
    pub fn limit_all(&self, requests: u32, per: Duration) {
        self.service
            .step(|state| state.limits.set(None, requests, per));
    }

    /// Lifts all limits.
    pub fn lift_limits(&self) {
        self.service.step(|state| state.limits.lift());
    }
}
