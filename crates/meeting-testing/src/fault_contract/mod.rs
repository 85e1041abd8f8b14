//! What a call promises when its connection fails at any byte, as tests over real sockets. The sync and
//! the async client run all of it.
//!
//! [`fault_contract!`](crate::fault_contract!) with `(Shell)` defines one test for each case.
//!
//! A reading and a single-use operation meet a connection that ends at each byte of the request and of
//! the response, in each framing that HTTP/1.1 has. Promised is: the call ends within its deadline; what
//! may be repeated succeeds on the next connection; what must not run twice arrives at most once; a
//! response that is not whole is never believed; «not sent» is never said of what was sent.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "these are tests; each name says what is promised"
)]

mod upstream;

use std::time::{Duration, Instant};

use meeting_client::{Config, Error, RetryPolicy};
use meeting_types::Endpoint;
pub use upstream::Framing;
use upstream::Upstream;

use crate::fault::{Direction, Fault, FaultPlan, FaultProxy};

/// A client, sync or async.
pub trait Shell {
    /// A client with an access token of its own, so that the first request is that of the first call.
    fn new(endpoint: Endpoint, configure: fn(Config) -> Config) -> Self;
    /// Runs `SearchMeetings`; how many there are.
    fn list(&self) -> Result<usize, Error>;
    /// Runs `CreateMeeting` with a constant booking; how many were booked.
    fn book(&self) -> Result<usize, Error>;
}

const DEADLINE: Duration = Duration::from_secs(5);
/// What a loaded machine may add.
const GRACE: Duration = Duration::from_secs(2);
const LIST: &str = r#"{"offset":0,"limit":20,"count":1,"data":[{"conferenceID":"900825541"}]}"#;
const BOOKED: &str = r#"[{"conferenceID":"900825541","subject":"Weekly"}]"#;

fn patient(config: Config) -> Config {
    let retry = RetryPolicy::default().backoff(Duration::ZERO, Duration::ZERO);
    config.retry(retry).deadline(DEADLINE)
}

/// For faults that only time ends.
fn impatient(config: Config) -> Config {
    patient(config).attempt_timeout(Duration::from_millis(60))
}

/// What the client answers, and what was seen of it.
#[derive(Debug)]
struct Seen {
    result: Result<usize, Error>,
    elapsed: Duration,
    /// Requests that arrived whole.
    arrived: usize,
    /// Bytes that the client sent.
    sent: usize,
}

impl Seen {
    /// What is wrong whatever the fault was.
    fn always_wrong(&self) -> Option<&'static str> {
        let not_sent = match &self.result {
            Err(Error::Transport { source, .. }) => source.is_not_sent(),
            _ => false,
        };
        if self.elapsed > DEADLINE + GRACE {
            Some("it ended after its deadline")
        } else if matches!(self.result, Ok(count) if count != 1) {
            Some("what it tells was not said")
        } else if self.result.is_ok() && self.arrived == 0 {
            Some("it succeeded without the service")
        } else if not_sent && self.sent > 0 {
            Some("it was sent, and is called not sent")
        } else {
            None
        }
    }
}

struct Bench {
    upstream: Upstream,
    proxy: FaultProxy,
    wrong: Vec<String>,
}

impl Bench {
    fn new() -> Self {
        let upstream = Upstream::start();
        let proxy = FaultProxy::start(upstream.address, FaultPlan::default()).unwrap();
        Self {
            upstream,
            proxy,
            wrong: Vec::new(),
        }
    }

    fn call<S: Shell>(
        &self,
        plan: FaultPlan,
        configure: fn(Config) -> Config,
        call: fn(&S) -> Result<usize, Error>,
    ) -> Seen {
        self.proxy.set_plan(plan);
        self.upstream.take_count();
        let endpoint = Endpoint::plain_http(&format!("http://{}", self.proxy.address())).unwrap();
        // A client of its own: no connection is left from the case before.
        let client = S::new(endpoint, configure);
        let start = Instant::now();
        let result = call(&client);
        let elapsed = start.elapsed();
        drop(client);
        Seen {
            result,
            elapsed,
            arrived: self.upstream.take_count(),
            sent: self.proxy.traffic().sent.len(),
        }
    }

    /// How many bytes a request has.
    fn request_length<S: Shell>(&self, call: fn(&S) -> Result<usize, Error>) -> usize {
        let seen = self.call(FaultPlan::default(), patient, call);
        assert!(seen.result.is_ok() && seen.arrived == 1, "{seen:?}");
        seen.sent
    }

    fn check(
        &mut self,
        fault: &Fault,
        framing: Framing,
        seen: &Seen,
        wrong: impl FnOnce(&Seen) -> Option<&'static str>,
    ) {
        if let Some(wrong) = seen.always_wrong().or_else(|| wrong(seen)) {
            let line = format!("{framing:?} {fault:?}: {wrong}: {seen:?}");
            self.wrong.push(line);
        }
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let count = self.wrong.len();
        if count > 0 && !std::thread::panicking() {
            self.wrong.truncate(20);
            panic!(
                "{count} cases are wrong, such as\n{}",
                self.wrong.join("\n")
            );
        }
    }
}

/// Whether a response may count as whole although its last bytes are missing: the chunk of size 0 is
/// what ends a chunked body (RFC 9112, 8), and the empty line after it says nothing more.
fn is_enough(framing: Framing, response: &[u8], at: usize) -> bool {
    framing == Framing::Chunked && at + 2 >= response.len()
}

/// The ways in which a connection ends at a byte.
fn ends(direction: Direction, at: usize) -> [Fault; 2] {
    [Fault::Cut { direction, at }, Fault::Reset { direction, at }]
}

pub fn a_reading_call_outlives_each_byte_of_its_response<S: Shell>() {
    let mut bench = Bench::new();
    for framing in Framing::ALL {
        let (response, head) = framing.response(LIST);
        bench.upstream.answer(response.clone(), framing);
        for at in 0..response.len() {
            for fault in ends(Direction::ToClient, at) {
                // No length says that the body is cut short: what came is all that there is.
                let short =
                    framing == Framing::Close && at >= head && matches!(fault, Fault::Cut { .. });
                let enough = is_enough(framing, &response, at);
                let once = bench.call(FaultPlan::once(fault.clone()), patient, S::list);
                bench.check(&fault, framing, &once, |seen| match &seen.result {
                    Ok(_) if short => Some("half a response was believed"),
                    Ok(_) if seen.arrived != 2 && !enough => Some("it was not asked twice"),
                    Ok(_) => None,
                    Err(Error::Response(_)) if short => None,
                    Err(_) => Some("the second connection was whole"),
                });
                let always = bench.call(FaultPlan::always(fault.clone()), patient, S::list);
                bench.check(&fault, framing, &always, |seen| {
                    (seen.result.is_ok() && !enough).then_some("no response was whole")
                });
            }
        }
    }
}

pub fn a_single_use_call_is_asked_once_at_each_byte_of_its_response<S: Shell>() {
    let mut bench = Bench::new();
    for framing in Framing::ALL {
        let (response, _) = framing.response(BOOKED);
        bench.upstream.answer(response.clone(), framing);
        for at in 0..response.len() {
            for fault in ends(Direction::ToClient, at) {
                let enough = is_enough(framing, &response, at);
                let seen = bench.call(FaultPlan::once(fault.clone()), patient, S::book);
                bench.check(&fault, framing, &seen, |seen| {
                    if seen.arrived != 1 {
                        Some("it did not arrive once")
                    } else if seen.result.is_ok() && !enough {
                        Some("half a response was believed")
                    } else {
                        None
                    }
                });
            }
        }
    }
}

pub fn calls_outlive_each_byte_of_their_request<S: Shell>() {
    let mut bench = Bench::new();
    let framing = Framing::Length;
    bench.upstream.answer(framing.response(LIST).0, framing);
    for at in 0..bench.request_length(S::list) {
        for fault in ends(Direction::ToServer, at) {
            let seen = bench.call(FaultPlan::once(fault.clone()), patient, S::list);
            bench.check(&fault, framing, &seen, |seen| {
                seen.result
                    .is_err()
                    .then_some("the second connection was whole")
            });
        }
    }
    bench.upstream.answer(framing.response(BOOKED).0, framing);
    let length = bench.request_length(S::book);
    for at in 0..length {
        for fault in ends(Direction::ToServer, at) {
            let seen = bench.call(FaultPlan::once(fault.clone()), patient, S::book);
            // Nothing at all was read of the first, or it is not sent again.
            bench.check(&fault, framing, &seen, |seen| {
                if seen.arrived > 1 {
                    Some("it arrived twice")
                } else {
                    (seen.sent > length).then_some("what was sent in part is sent again")
                }
            });
        }
    }
}

pub fn silence_at_any_byte_ends_in_time<S: Shell>() {
    /// Time is all that ends these, so not every byte has its turn. A prime, so that all parts have.
    const STRIDE: usize = 23;
    let mut bench = Bench::new();
    for framing in Framing::ALL {
        for (body, call) in [(LIST, S::list as fn(&S) -> _), (BOOKED, S::book)] {
            let (response, _) = framing.response(body);
            bench.upstream.answer(response.clone(), framing);
            let request = bench.request_length(call);
            let places = [
                (Direction::ToClient, response.len()),
                (Direction::ToServer, request),
            ];
            for (direction, length) in places {
                for at in (0..length).step_by(STRIDE) {
                    let fault = Fault::Silence { direction, at };
                    let enough =
                        direction == Direction::ToClient && is_enough(framing, &response, at);
                    let seen = bench.call(FaultPlan::once(fault.clone()), impatient, call);
                    bench.check(&fault, framing, &seen, |seen| {
                        if body == BOOKED && seen.result.is_ok() && !enough {
                            Some("half a response was believed")
                        } else if body == BOOKED && seen.arrived > 1 {
                            Some("it arrived twice")
                        } else if body == LIST && seen.result.is_err() {
                            Some("the second connection was whole")
                        } else {
                            None
                        }
                    });
                }
            }
        }
    }
}

/// Defines a test for each case of the contract of calls on failing connections:
/// `fault_contract!(Shell)`.
#[macro_export]
macro_rules! fault_contract {
    ($shell:ty) => {
        $crate::fault_contract!(@cases $shell:
            a_reading_call_outlives_each_byte_of_its_response
            a_single_use_call_is_asked_once_at_each_byte_of_its_response
            calls_outlive_each_byte_of_their_request
            silence_at_any_byte_ends_in_time
        );
    };
    (@cases $shell:ty: $($case:ident)*) => {
        $(
            #[test]
            fn $case() {
                $crate::fault_contract::$case::<$shell>();
            }
        )*
    };
}
