//! The handshake that opens a tunnel through a proxy, free of IO.

use std::fmt;

use http::StatusCode;

use super::{Proxy, ProxyError, ProxyFault};

/// The longest head of an answer that is read, in bytes.
const LONGEST: usize = 16 * 1024;
/// Beginning of each answer.
const START: &[u8] = b"HTTP/1.";
/// Number of schemes of a 407 that are kept, and the length of each.
const MOST_SCHEMES: usize = 5;
const LONGEST_SCHEME: usize = 20;

/// State machine of the handshake (`CONNECT`) that opens a tunnel through a proxy.
///
/// Write the bytes that [`start`](Self::start) gives, then hand over what is read until
/// [`handle_read`](Self::handle_read) tells that the tunnel is open. What is spoken inside is between
/// this side and the service.
pub struct Tunnel {
    proxy: Proxy,
    received: Vec<u8>,
}

impl Tunnel {
    /// The handshake for a tunnel to `host` (an IPv6 address with or without brackets), and the bytes to
    /// send for it. They hold the credentials for the proxy.
    #[must_use]
    pub fn start(proxy: &Proxy, host: &str, port: u16) -> (Self, Vec<u8>) {
        let bare = host.trim_matches(['[', ']']);
        let target = if bare.contains(':') {
            format!("[{bare}]:{port}")
        } else {
            format!("{bare}:{port}")
        };
        let mut request = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n");
        if let Some(authorization) = proxy.authorization() {
            request.push_str("Proxy-Authorization: ");
            request.push_str(&authorization);
            request.push_str("\r\n");
        }
        request.push_str("\r\n");
        let tunnel = Self {
            proxy: proxy.clone(),
            received: Vec::new(),
        };
        (tunnel, request.into_bytes())
    }

    /// Takes in what was read; nothing when the connection ended. True once the tunnel is open.
    ///
    /// # Errors
    ///
    /// [`ProxyError`] when the proxy refuses, asks for credentials, closes, or answers with something
    /// else than HTTP. What it says beside the status is not kept.
    pub fn handle_read(&mut self, bytes: &[u8]) -> Result<bool, ProxyError> {
        if bytes.is_empty() {
            return Err(self.failed(if self.received.is_empty() {
                ProxyFault::Closed
            } else {
                ProxyFault::Unreadable
            }));
        }
        self.received.extend_from_slice(bytes);
        loop {
            let length = self.received.len().min(START.len());
            if self.received[..length] != START[..length] {
                return Err(self.failed(ProxyFault::Unreadable));
            }
            let Some(end) = end_of_head(&self.received) else {
                if self.received.len() > LONGEST {
                    return Err(self.failed(ProxyFault::Unreadable));
                }
                return Ok(false);
            };
            let head = &self.received[..end];
            let Some(status) = status(head) else {
                return Err(self.failed(ProxyFault::Unreadable));
            };
            if status.is_informational() {
                self.received.drain(..end);
                if self.received.is_empty() {
                    return Ok(false);
                }
                continue;
            }
            if status.is_success() {
                // In a tunnel this side speaks first: what is there already is not of the service.
                return if end == self.received.len() {
                    Ok(true)
                } else {
                    Err(self.failed(ProxyFault::Unreadable))
                };
            }
            return Err(self.failed(match status {
                StatusCode::PROXY_AUTHENTICATION_REQUIRED | StatusCode::UNAUTHORIZED => {
                    ProxyFault::CredentialsWanted {
                        refused: self.proxy.has_credentials(),
                        schemes: schemes(head),
                    }
                }
                status => ProxyFault::Refused(status),
            }));
        }
    }

    fn failed(&self, fault: ProxyFault) -> ProxyError {
        ProxyError::new(&self.proxy, fault)
    }
}

/// Prints no byte of what was sent or received.
impl fmt::Debug for Tunnel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tunnel")
            .field("proxy", &self.proxy)
            .field("received", &self.received.len())
            .finish_non_exhaustive()
    }
}

/// End of the head, behind its empty line.
fn end_of_head(bytes: &[u8]) -> Option<usize> {
    let ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
    ends.map(|(index, _)| index)
        .find(|&index| matches!(bytes[..index], [.., b'\n'] | [.., b'\n', b'\r']))
        .map(|index| index + 1)
}

fn status(head: &[u8]) -> Option<StatusCode> {
    let (digit, rest) = head.strip_prefix(START)?.split_first()?;
    let code = rest.strip_prefix(b" ")?.get(..3)?;
    let is_end = rest
        .get(4)
        .is_none_or(|byte| matches!(byte, b' ' | b'\r' | b'\n'));
    (digit.is_ascii_digit() && is_end).then(|| StatusCode::from_bytes(code).ok())?
}

/// The names of the schemes in a 407, and no other word of it.
pub(super) fn schemes(head: &[u8]) -> Vec<String> {
    let head = String::from_utf8_lossy(head);
    let offers = head.lines().filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_offer = ["proxy-authenticate", "www-authenticate"];
        let is_offer = is_offer.iter().any(|it| name.eq_ignore_ascii_case(it));
        is_offer.then_some(value)
    });
    offers.filter_map(scheme).take(MOST_SCHEMES).collect()
}

/// The first word of a header `Proxy-Authenticate`, if it can be a scheme.
pub(super) fn scheme(offer: &str) -> Option<String> {
    let word = offer.split_ascii_whitespace().next()?.trim_end_matches(',');
    let is_word = word.len() <= LONGEST_SCHEME
        && word
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    (is_word && !word.is_empty()).then(|| word.to_owned())
}
