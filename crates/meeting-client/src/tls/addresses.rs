//! Expectations of hosts that are bare addresses.

use std::{
    collections::HashMap,
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use rustls::pki_types::DnsName;

use super::Pin;

/// Which hosts are meant: one bare address, whatever the port, or all of them.
///
/// Hosts with a name are never meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Addresses {
    /// Every bare address that nothing else was said about.
    All,
    /// This address.
    One(IpAddr),
}

impl From<IpAddr> for Addresses {
    fn from(address: IpAddr) -> Self {
        Self::One(address)
    }
}

impl From<Ipv4Addr> for Addresses {
    fn from(address: Ipv4Addr) -> Self {
        Self::One(address.into())
    }
}

impl From<Ipv6Addr> for Addresses {
    fn from(address: Ipv6Addr) -> Self {
        Self::One(address.into())
    }
}

/// Expected certificate of an address.
#[derive(Clone, Debug)]
pub(super) enum Expected {
    /// One for this name, from an authority that is trusted.
    Name(DnsName<'static>),
    /// One of these.
    Pinned(Vec<Pin>),
}

/// Expectations for addresses.
#[derive(Clone, Default)]
pub(super) struct Expectations {
    each: HashMap<IpAddr, Expected>,
    all: Option<Expected>,
}

impl Expectations {
    pub(super) fn of(&self, address: IpAddr) -> Option<&Expected> {
        let address = address.to_canonical();
        self.each.get(&address).or(self.all.as_ref())
    }

    pub(super) fn name(&mut self, addresses: Addresses, name: DnsName<'static>) {
        self.put(addresses, Expected::Name(name));
    }

    pub(super) fn pin(&mut self, addresses: Addresses, pin: Pin) {
        let said = match addresses {
            Addresses::All => self.all.as_mut(),
            Addresses::One(address) => self.each.get_mut(&address.to_canonical()),
        };
        match said {
            Some(Expected::Pinned(pins)) => pins.push(pin),
            _ => self.put(addresses, Expected::Pinned(vec![pin])),
        }
    }

    fn put(&mut self, addresses: Addresses, expected: Expected) {
        match addresses {
            Addresses::All => self.all = Some(expected),
            // An IPv4 address has a second spelling, inside of an IPv6 address.
            Addresses::One(address) => {
                self.each.insert(address.to_canonical(), expected);
            }
        }
    }
}

impl fmt::Debug for Expectations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.all.iter().map(|expected| (Addresses::All, expected));
        let each = self.each.iter();
        f.debug_map()
            .entries(each.map(|(&address, expected)| (Addresses::One(address), expected)))
            .entries(all)
            .finish()
    }
}
