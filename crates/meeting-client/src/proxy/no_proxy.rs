//! Hosts that are reached without a proxy.

use std::{fmt, net::IpAddr, str::FromStr};

/// List of hosts that are reached without a proxy, as in the variable `NO_PROXY`.
///
/// Entries are separated by commas or blanks:
///
/// | entry | without a proxy |
/// | --- | --- |
/// | `example.com`, `.example.com`, `*.example.com` | the domain and all below it |
/// | `192.0.2.1`, `2001:db8::1`, `[2001:db8::1]` | this address |
/// | `10.0.0.0/8`, `fd00::/8` | the addresses of this network |
/// | `*` | every host |
///
/// A port behind a domain or an address, as in `example.com:8443` or `[2001:db8::1]:8443`, limits the
/// entry to it. Names are not looked up: an address or a network never fits a host that is a name. The
/// loopback host has no special place: list it if it is to be reached directly.
///
/// ```
/// use meeting_client::proxy::NoProxy;
///
/// let direct: NoProxy = "intranet.example, 10.0.0.0/8, 192.0.2.7:8443".parse()?;
/// assert!(direct.contains("meet.intranet.example", 443));
/// assert!(direct.contains("10.1.2.3", 443));
/// assert!(!direct.contains("192.0.2.7", 443));
/// assert!(!direct.contains("notintranet.example", 443));
/// # Ok::<(), meeting_client::proxy::NoProxyError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoProxy(Vec<Entry>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    hosts: Hosts,
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Hosts {
    All,
    /// This domain, in lower case, and what is below it.
    Domain(String),
    Network(Network),
}

/// Addresses that share their first bits. One address shares all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    bits: u8,
}

/// An entry of a [`NoProxy`] list that cannot be read. It does not hold the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "entry {number} of the list is neither a domain, an address, a network such as 10.0.0.0/8, nor `*`"
)]
#[non_exhaustive]
pub struct NoProxyError {
    /// Which entry of the list it is, from 1.
    pub number: usize,
}

impl NoProxy {
    /// True when `host`, a name or an address, is reached without a proxy at `port`.
    #[must_use]
    pub fn contains(&self, host: &str, port: u16) -> bool {
        let host = host.trim_matches(['[', ']']);
        let address = host
            .parse::<IpAddr>()
            .ok()
            .map(|address| address.to_canonical());
        let name = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
        self.0.iter().any(|entry| {
            entry.port.is_none_or(|only| only == port)
                && match (&entry.hosts, address) {
                    (Hosts::All, _) => true,
                    (Hosts::Domain(domain), None) => is_within(&name, domain),
                    (Hosts::Network(network), Some(address)) => network.contains(address),
                    (Hosts::Domain(_), Some(_)) | (Hosts::Network(_), None) => false,
                }
        })
    }
}

fn is_within(name: &str, domain: &str) -> bool {
    name.strip_suffix(domain)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

impl Network {
    fn contains(self, address: IpAddr) -> bool {
        let (bits_of, one, other) = match (self.address, address) {
            (IpAddr::V4(one), IpAddr::V4(other)) => {
                (32, one.to_bits().into(), other.to_bits().into())
            }
            (IpAddr::V6(one), IpAddr::V6(other)) => (128, one.to_bits(), other.to_bits()),
            _ => return false,
        };
        let differ: u128 = one ^ other;
        differ
            .checked_shr(bits_of - u32::from(self.bits))
            .unwrap_or(0)
            == 0
    }
}

impl FromStr for NoProxy {
    type Err = NoProxyError;

    fn from_str(list: &str) -> Result<Self, NoProxyError> {
        let entries = list.split(|c: char| c == ',' || c.is_whitespace());
        let entries = entries.filter(|entry| !entry.is_empty()).enumerate();
        let read = |(index, entry)| read_entry(entry).ok_or(NoProxyError { number: index + 1 });
        entries.map(read).collect::<Result<_, _>>().map(Self)
    }
}

fn read_entry(text: &str) -> Option<Entry> {
    if text == "*" {
        return Some(Entry {
            hosts: Hosts::All,
            port: None,
        });
    }
    if let Some((address, bits)) = text.split_once('/') {
        return Some(Entry {
            hosts: Hosts::Network(read_network(address, bits)?),
            port: None,
        });
    }
    // An IPv6 address is full of colons; one with a port stands in brackets.
    if let Ok(address) = text.trim_matches(['[', ']']).parse::<IpAddr>() {
        return Some(Entry {
            hosts: Hosts::Network(whole(address)),
            port: None,
        });
    }
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) => (host, Some(port.parse().ok().filter(|port| *port != 0)?)),
        None => (text, None),
    };
    if host == "*" {
        return Some(Entry {
            hosts: Hosts::All,
            port,
        });
    }
    let hosts = match host.trim_matches(['[', ']']).parse::<IpAddr>() {
        Ok(address) => Hosts::Network(whole(address)),
        Err(_) => Hosts::Domain(read_domain(host)?),
    };
    Some(Entry { hosts, port })
}

fn read_domain(text: &str) -> Option<String> {
    let domain = text.strip_prefix('*').unwrap_or(text);
    // A star stands before a dot or not at all.
    if domain.len() != text.len() && !domain.starts_with('.') {
        return None;
    }
    let domain = domain.strip_prefix('.').unwrap_or(domain);
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    let is_label = |label: &str| {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        !label.is_empty() && label.bytes().all(is_allowed)
    };
    domain
        .split('.')
        .all(is_label)
        .then(|| domain.to_ascii_lowercase())
}

/// The network of one address.
fn whole(address: IpAddr) -> Network {
    let address = address.to_canonical();
    Network {
        address,
        bits: if address.is_ipv4() { 32 } else { 128 },
    }
}

fn read_network(address: &str, bits: &str) -> Option<Network> {
    let address: IpAddr = address.trim_matches(['[', ']']).parse().ok()?;
    let bits: u8 = bits.parse().ok()?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    (bits <= most).then_some(Network { address, bits })
}

/// The list as it is read.
impl fmt::Display for NoProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Entry { hosts, port }) in self.0.iter().enumerate() {
            f.write_str(if index == 0 { "" } else { "," })?;
            match hosts {
                Hosts::All => f.write_str("*")?,
                Hosts::Domain(domain) => f.write_str(domain)?,
                Hosts::Network(network) if *network == whole(network.address) => {
                    let address = network.address;
                    match (address, port) {
                        (IpAddr::V6(address), Some(_)) => write!(f, "[{address}]")?,
                        _ => write!(f, "{address}")?,
                    }
                }
                Hosts::Network(Network { address, bits }) => write!(f, "{address}/{bits}")?,
            }
            if let Some(port) = port {
                write!(f, ":{port}")?;
            }
        }
        Ok(())
    }
}
