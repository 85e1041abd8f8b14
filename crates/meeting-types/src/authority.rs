//! Host and port of a URL.
//!
//! Two parsers read every URL: that of `http` and that of the transport, which may follow the rules of
//! browsers. They disagree about odd spellings: to one `127.1` is a name, to the other the loopback
//! address. What is let through here means the same to both, so that the rules of the trust store and
//! the `Host` header are about the host that is connected to.

use std::net::{Ipv4Addr, Ipv6Addr};

/// The longest DNS name, in characters.
const LONGEST_NAME: usize = 253;
/// The longest label of a DNS name, in characters.
const LONGEST_LABEL: usize = 63;

/// Host and port in the one spelling that all parsers read alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HostPort {
    /// A DNS name in lower case, an IPv4 address, or an IPv6 address in brackets.
    pub(crate) host: String,
    /// The port, if one was given.
    pub(crate) port: Option<u16>,
}

/// The part of an authority that is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AuthorityFault {
    /// A name or password before the host.
    UserInfo,
    /// No host, or one that is neither a DNS name nor an address in its usual form.
    Host,
    /// A port that is no number from 1 to 65535.
    Port,
}

impl HostPort {
    /// Reads what stands between `//` and the path of a URL.
    pub(crate) fn read(authority: &str) -> Result<Self, AuthorityFault> {
        if authority.contains('@') {
            return Err(AuthorityFault::UserInfo);
        }
        let end_of_host = match authority.strip_prefix('[') {
            Some(_) => authority.find(']').map(|end| end + 1),
            None => authority.find(':'),
        };
        let (host, port) = authority.split_at(end_of_host.unwrap_or(authority.len()));
        let host = read_host(host).ok_or(AuthorityFault::Host)?;
        let port = match port {
            "" => None,
            port => Some(read_port(port).ok_or(AuthorityFault::Port)?),
        };
        Ok(Self { host, port })
    }

    /// `host` or `host:port`.
    pub(crate) fn to_authority(&self) -> String {
        match self.port {
            Some(port) => format!("{}:{port}", self.host),
            None => self.host.clone(),
        }
    }
}

/// The host in its one spelling, or nothing if it has none.
fn read_host(host: &str) -> Option<String> {
    if let Some(inside) = host.strip_prefix('[') {
        return Some(write_ipv6(inside.strip_suffix(']')?.parse().ok()?));
    }
    let name = host.to_ascii_lowercase();
    if name.rsplit('.').next().is_some_and(is_numeric) {
        // Four decimal numbers without leading zeros; a name cannot end in a number.
        return name.parse::<Ipv4Addr>().ok().map(|_| name);
    }
    let is_name = name.len() <= LONGEST_NAME && name.split('.').all(is_label);
    is_name.then_some(name)
}

/// Whether browsers take a host whose last label is this one for an IPv4 address, in one of the old
/// spellings: `2130706433`, `0x7f.1`, `0177.0.0.1`.
fn is_numeric(label: &str) -> bool {
    let is = |digits: &str, is_digit: fn(&u8) -> bool| digits.as_bytes().iter().all(is_digit);
    match label.strip_prefix("0x") {
        Some(digits) => is(digits, u8::is_ascii_hexdigit),
        None => !label.is_empty() && is(label, u8::is_ascii_digit),
    }
}

/// Letters, digits, hyphens inside, and underscores: no DNS name of a host has those by the book, and
/// the names of containers do. An empty label, such as a dot at the end leaves, is none.
fn is_label(label: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=LONGEST_LABEL).contains(&label.len())
        && label.bytes().all(is_allowed)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// The short form of RFC 5952. Of an address that carries an IPv4 address, the standard library
/// would write the last part with dots, and URL parsers do not.
fn write_ipv6(address: Ipv6Addr) -> String {
    match address.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low] => format!("[::ffff:{high:x}:{low:x}]"),
        _ => format!("[{address}]"),
    }
}

/// `:` and digits.
fn read_port(port: &str) -> Option<u16> {
    let digits = port.strip_prefix(':')?;
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    let port = is_number.then(|| digits.parse().ok()).flatten()?;
    (port != 0).then_some(port)
}
