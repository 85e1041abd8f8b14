//! The part of the contract that concerns hosts that are bare addresses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use meeting_client::{
    channel::{ChannelError, Subscription},
    tls::{Addresses, Pin, TrustStore},
};
use meeting_types::TransportErrorKind as Kind;

use super::{
    Shell, TOKEN, address_at,
    connecting::{connect_fails, kind},
    end, meeting_ends, options,
};
use crate::{
    authority::{Authority, authority},
    channel_server::ChannelServer,
};

const V4: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const V6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);
const NAME: &str = "meeting.example.com";

/// A certificate for a name that nobody here connects to, and a store that trusts who signed it.
fn named(expired: bool) -> (Authority, TrustStore) {
    let authority = authority(&[NAME], expired);
    let trust = TrustStore::from_pem(authority.pem.as_bytes()).unwrap();
    (authority, trust)
}

fn pin(authority: &Authority) -> Pin {
    Pin::from_pem(authority.certificate.pem().as_bytes()).unwrap()
}

fn connect<S: Shell>(server: &ChannelServer, trust: &TrustStore) -> Result<S, ChannelError> {
    let address = address_at(&format!("wss://{}", server.address()));
    S::connect(address, Subscription::known(TOKEN), trust, &options())
}

/// A channel to a bare address works from its start to its end.
fn is_taken<S: Shell>(address: IpAddr, config: rustls::ServerConfig, trust: &TrustStore) {
    let server = ChannelServer::start_tls_at(address, config, |mut peer| {
        peer.accept();
        peer.event(end());
        peer.close();
    });
    meeting_ends(&mut connect::<S>(&server, trust).unwrap());
}

fn is_refused<S: Shell>(config: rustls::ServerConfig, trust: &TrustStore) -> String {
    let server = ChannelServer::start_tls(config, |_| panic!("connected"));
    let error = connect_fails(connect::<S>(&server, trust));
    assert_eq!(kind(&error), Kind::Tls, "{error:?}");
    error.to_string()
}

pub fn an_address_that_no_certificate_names_is_refused<S: Shell>() {
    let (authority, trust) = named(false);
    let shown = pin(&authority);
    assert_eq!(
        is_refused::<S>(authority.server, &trust),
        format!(
            "the event channel did not open: TLS failed: certificate of 127.0.0.1 is for \
             meeting.example.com, not for the address: say which name to expect there \
             (`TrustStore::verify_as`), or pin the certificate (`TrustStore::pin`); its SHA-256 \
             fingerprint is {shown}"
        )
    );
}

pub fn addresses_are_verified_as_a_name<S: Shell>() {
    for address in [V4, V6] {
        for which in [Addresses::All, address.into()] {
            let (authority, trust) = named(false);
            // It needs to be told the name.
            let config = authority.server_by_name(NAME);
            is_taken::<S>(address, config, &trust.verify_as(which, NAME).unwrap());
        }
    }
}

pub fn what_is_verified_at_addresses_counts<S: Shell>() {
    let (authority, trust) = named(false);
    let public = TrustStore::bundled();
    for trust in [
        trust.clone().verify_as(V4, "meeting.example.org"),
        trust.verify_as(V6, NAME),
        public.verify_as(V4, NAME),
    ] {
        is_refused::<S>(authority.server.clone(), &trust.unwrap());
    }
    let (authority, trust) = named(true);
    let error = is_refused::<S>(authority.server, &trust.verify_as(V4, NAME).unwrap());
    assert!(error.contains("expired"), "{error}");
}

pub fn a_pinned_certificate_is_taken<S: Shell>() {
    for address in [V4, V6] {
        for which in [Addresses::All, address.into()] {
            let (authority, _) = named(false);
            let trust = TrustStore::bundled().pin(which, pin(&authority));
            is_taken::<S>(address, authority.server, &trust);
        }
    }
}

pub fn other_certificates_than_the_pinned_are_refused<S: Shell>() {
    let (authority, trust) = named(false);
    let pinned = trust.clone().pin(V4, pin(&authority));
    let (other, _) = named(false);
    let (expired, _) = named(true);
    for (config, trust, said) in [
        (other.server, pinned.clone(), "not pinned"),
        (authority.impostor(), pinned, "BadSignature"),
        (
            authority.server.clone(),
            trust.pin(V6, pin(&authority)),
            "verify_as",
        ),
        (
            expired.server.clone(),
            TrustStore::bundled().pin(V4, pin(&expired)),
            "expired",
        ),
    ] {
        let error = is_refused::<S>(config, &trust);
        assert!(error.contains(said), "{error}");
    }
}
