//! Order in which the addresses of a host are tried, and the time that each of them gets.

use std::{io, net::SocketAddr, time::Duration, vec};

use crate::Elapsed;

/// Next action of the driver of a [`ConnectPlan`].
#[derive(Debug)]
#[non_exhaustive]
pub enum ConnectAction {
    /// Connect to this address, and call [`ConnectPlan::handle_failed`] if that fails. The first
    /// that answers is the one.
    Connect {
        /// The address.
        address: SocketAddr,
        /// Time that it may take.
        within: Duration,
    },
    /// Give up: no address answered, or time is up.
    Finished(io::Error),
}

/// State machine that tries the addresses of a host until one answers. While others remain, an
/// address gets half of the time that is left.
///
/// ```
/// use meeting_client::{ConnectAction, ConnectPlan, Elapsed};
/// use std::{io, time::Duration};
///
/// let addresses = ["192.0.2.1:443".parse()?, "192.0.2.2:443".parse()?];
/// let now = Elapsed::ZERO;
/// let mut plan = ConnectPlan::new(addresses.to_vec(), now + Duration::from_secs(10));
/// let ConnectAction::Connect { within, .. } = plan.poll(now) else { panic!() };
/// assert_eq!(within, Duration::from_secs(5));
/// plan.handle_failed(io::ErrorKind::TimedOut.into());
/// let ConnectAction::Connect { within, .. } = plan.poll(now + within) else { panic!() };
/// assert_eq!(within, Duration::from_secs(5));
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[derive(Debug)]
pub struct ConnectPlan {
    addresses: vec::IntoIter<SocketAddr>,
    deadline: Elapsed,
    last: Option<io::Error>,
}

impl ConnectPlan {
    /// A plan for these addresses, in this order, until `deadline`.
    #[must_use]
    pub fn new(addresses: Vec<SocketAddr>, deadline: Elapsed) -> Self {
        Self {
            addresses: addresses.into_iter(),
            deadline,
            last: None,
        }
    }

    /// Next action at the time `now`.
    pub fn poll(&mut self, now: Elapsed) -> ConnectAction {
        let left = self.deadline.since(now);
        let out_of_time = || io::Error::new(io::ErrorKind::TimedOut, "no connection in time");
        if left.is_zero() {
            return ConnectAction::Finished(out_of_time());
        }
        let Some(address) = self.addresses.next() else {
            let none = || io::Error::other("the host name has no address");
            return ConnectAction::Finished(self.last.take().unwrap_or_else(none));
        };
        let is_last = self.addresses.len() == 0;
        let within = if is_last { left } else { left / 2 };
        ConnectAction::Connect { address, within }
    }

    /// Takes in that the address did not answer.
    pub fn handle_failed(&mut self, error: io::Error) {
        self.last = Some(error);
    }
}
