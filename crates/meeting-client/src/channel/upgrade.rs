//! The HTTP exchange that opens a WebSocket, free of IO.
//!
//! tungstenite's own reads into 4 KiB that stay with the connection for ever, whatever its settings
//! say. With many idle channels that is most of what they cost. And it hands the request, with the
//! token in it, to the log at trace level; so the request is written here.

use meeting_types::{TransportErrorKind, events::ChannelAddress};
use tungstenite::{
    Error,
    error::ProtocolError,
    handshake::{
        client::{Response, generate_key},
        derive_accept_key,
        machine::TryParse,
    },
};

use super::{
    ChannelError,
    websocket::{not_open, upgrade_refused},
};

/// The longest answer that is read, in bytes: far more than any service sends.
const LONGEST: usize = 16 * 1024;

/// The upgrade of one connection.
#[derive(Debug)]
pub struct Upgrade {
    /// Value of `sec-websocket-accept` that a server answers which understood the request.
    accept: String,
    received: Vec<u8>,
}

impl Upgrade {
    /// The upgrade to the channel at `address`, and the bytes to send for it. The address is spent.
    ///
    /// # Errors
    ///
    /// [`ChannelError::Connect`] when no request can be made of the address.
    pub fn start(address: ChannelAddress) -> Result<(Self, Vec<u8>), ChannelError> {
        let uri = address.uri();
        // The error must not quote the address, and the token in it.
        let not_a_url = || not_open(TransportErrorKind::Request, "address is not a URL");
        let (_, rest) = uri.expose().split_once("://").ok_or_else(not_a_url)?;
        let (host, target) = rest.split_at(rest.find('/').ok_or_else(not_a_url)?);
        let key = generate_key();
        let request = format!(
            "GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
        );
        let upgrade = Self {
            accept: derive_accept_key(key.as_bytes()),
            received: Vec::new(),
        };
        Ok((upgrade, request.into_bytes()))
    }

    /// Takes in what was read; nothing when the connection ended. Once the answer is complete,
    /// returns what came after it, which belongs to the WebSocket.
    ///
    /// # Errors
    ///
    /// [`ChannelError::Refused`] when the service answers with another status, and
    /// [`ChannelError::Connect`] when its answer is no upgrade.
    pub fn handle_read(&mut self, bytes: &[u8]) -> Result<Option<Vec<u8>>, ChannelError> {
        let failed = |error: ProtocolError| Err(upgrade_refused(error.into()));
        if bytes.is_empty() {
            return failed(ProtocolError::HandshakeIncomplete);
        }
        self.received.extend_from_slice(bytes);
        // Interim responses come before the answer; all together may be as long as one.
        let mut start = 0;
        let (length, response) = loop {
            match Response::try_parse(&self.received[start..]).map_err(upgrade_refused)? {
                Some((length, response)) if is_interim(response.status()) => start += length,
                Some((length, response)) => break (start + length, response),
                None if self.received.len() > LONGEST => {
                    return Err(upgrade_refused(Error::AttackAttempt));
                }
                None => return Ok(None),
            }
        };
        if response.status() != http::StatusCode::SWITCHING_PROTOCOLS {
            return Err(upgrade_refused(Error::Http(Box::new(response))));
        }
        // Each is a list: gateways add words of their own.
        let says = |name: &str, value: &str| {
            let headers = response.headers().get_all(name).iter();
            let mut words = headers
                .filter_map(|header| header.to_str().ok())
                .flat_map(|header| header.split(','));
            words.any(|word| word.trim().eq_ignore_ascii_case(value))
        };
        if !says("upgrade", "websocket") {
            return failed(ProtocolError::MissingUpgradeWebSocketHeader);
        }
        if !says("connection", "upgrade") {
            return failed(ProtocolError::MissingConnectionUpgradeHeader);
        }
        let accept = response.headers().get("sec-websocket-accept");
        if accept.is_none_or(|accept| accept != self.accept.as_str()) {
            return failed(ProtocolError::SecWebSocketAcceptKeyMismatch);
        }
        // Nothing was asked for, so nothing can be granted.
        if response.headers().contains_key("sec-websocket-protocol") {
            let error = tungstenite::error::SubProtocolError::ServerSentSubProtocolNoneRequested;
            return failed(ProtocolError::SecWebSocketSubProtocolError(error));
        }
        Ok(Some(self.received.split_off(length)))
    }
}

fn is_interim(status: http::StatusCode) -> bool {
    status.is_informational() && status != http::StatusCode::SWITCHING_PROTOCOLS
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "these are tests")]
mod tests {
    use meeting_types::WebSocketToken;

    use super::*;

    fn start() -> (Upgrade, String) {
        let token = WebSocketToken::new("cnr0123");
        let address = ChannelAddress::new("wss://192.0.2.7", &"900825541".into(), token).unwrap();
        let (upgrade, bytes) = Upgrade::start(address).unwrap();
        (upgrade, String::from_utf8(bytes).unwrap())
    }

    /// Response of a server, and a frame right behind it.
    fn answer(request: &str) -> String {
        let key = request.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("Sec-WebSocket-Key")
                .then_some(value)
        });
        let accept = derive_accept_key(key.unwrap().as_bytes());
        format!(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nupgrade: WebSocket\r\n\
             Sec-WebSocket-Accept: {accept}\r\n\r\n\u{1}\u{2}hi"
        )
    }

    #[test]
    fn an_answer_may_come_in_any_pieces_and_what_follows_is_kept() {
        let (_, request) = start();
        assert!(request.starts_with("GET /cms/open/websocket/"), "{request}");
        assert!(request.ends_with("\r\n\r\n"));
        let length = answer(&request).len() - 4;
        for cut in 1..length + 4 {
            let (mut upgrade, request) = start();
            let answer = answer(&request);
            let (first, second) = answer.as_bytes().split_at(cut);
            let mut tail = upgrade.handle_read(first).unwrap();
            assert_eq!(tail.is_some(), cut >= length);
            match &mut tail {
                Some(tail) => tail.extend_from_slice(second),
                None => tail = upgrade.handle_read(second).unwrap(),
            }
            assert_eq!(tail.unwrap(), b"\x01\x02hi");
        }
    }

    #[test]
    fn anything_but_an_upgrade_is_refused() {
        for (part, instead) in [
            ("Connection: Upgrade", "Connection: close"),
            ("upgrade: WebSocket", "upgrade: h2c"),
            ("Accept: ", "Accept: A"),
            ("Sec-WebSocket-Accept", "X-Accept"),
            ("Connection", "Sec-WebSocket-Protocol: v2\r\nConnection"),
            ("HTTP/1.1 101 ", "SSH-2.0 "),
        ] {
            let (mut upgrade, request) = start();
            let answer = answer(&request).replace(part, instead);
            let error = upgrade.handle_read(answer.as_bytes()).unwrap_err();
            assert!(
                matches!(error, ChannelError::Connect(_)),
                "{instead}: {error}"
            );
        }
        let (mut upgrade, _) = start();
        let error = upgrade
            .handle_read(b"HTTP/1.1 503 Busy\r\n\r\n")
            .unwrap_err();
        assert!(
            matches!(
                error,
                ChannelError::Refused {
                    status: 503,
                    retry_after: None
                }
            ),
            "{error}"
        );
    }

    #[test]
    fn an_upgrade_may_be_one_word_of_several() {
        for instead in [
            "Connection: keep-alive, Upgrade",
            "Connection: keep-alive\r\nConnection: Upgrade",
        ] {
            let (mut upgrade, request) = start();
            let answer = answer(&request).replace("Connection: Upgrade", instead);
            let tail = upgrade.handle_read(answer.as_bytes()).unwrap();
            assert!(tail.is_some(), "{instead}");
        }
    }

    #[test]
    fn interim_responses_come_before_the_answer() {
        let interim = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n".repeat(3);
        for cut in 1..interim.len() {
            let (mut upgrade, request) = start();
            let (first, second) = interim.split_at(cut);
            assert_eq!(upgrade.handle_read(first.as_bytes()).unwrap(), None);
            let rest = format!("{second}{}", answer(&request));
            let tail = upgrade.handle_read(rest.as_bytes()).unwrap();
            assert_eq!(tail.unwrap(), b"\x01\x02hi");
        }
        let (mut upgrade, _) = start();
        let mut read = (0..10_000).map(|_| upgrade.handle_read(interim.as_bytes()));
        assert!(read.any(|read| matches!(read, Err(ChannelError::Connect(_)))));
    }

    #[test]
    fn an_answer_that_never_ends_is_given_up() {
        let (mut upgrade, _) = start();
        assert!(upgrade.handle_read(b"").is_err(), "the connection ended");
        let (mut upgrade, _) = start();
        upgrade
            .handle_read(b"HTTP/1.1 101 Switching Protocols\r\n")
            .unwrap();
        let line = format!("X-Filler: {}\r\n", "x".repeat(1000));
        let read = (0..100).find_map(|_| upgrade.handle_read(line.as_bytes()).err());
        assert!(matches!(read, Some(ChannelError::Connect(_))));
    }
}
