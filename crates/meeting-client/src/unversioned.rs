//! Types of rustls, for whoever opens sockets: `meeting-async` and `meeting-blocking` do.
//!
//! This module promises nothing: it changes with the version of rustls, in any release.

use std::sync::Arc;

pub use rustls;
use rustls::{
    ClientConfig,
    pki_types::{InvalidDnsNameError, ServerName},
};

use crate::tls::TrustStore;

/// The rustls configuration of a trust store: TLS 1.2 and 1.3, ring.
///
/// Each call hands out the same one, and with it the same session cache. It verifies bare addresses as the
/// store says, by itself.
#[must_use]
pub fn client_config(trust: &TrustStore) -> Arc<ClientConfig> {
    trust.client_config()
}

/// The same for a proxy that is spoken to over TLS. It shows no client certificate.
#[must_use]
pub fn proxy_config(trust: &TrustStore) -> Arc<ClientConfig> {
    trust.proxy_config()
}

/// The host to name in the handshake of a connection to `host`, a name or an address without brackets:
/// `host` itself, or the name that it is verified as.
///
/// # Errors
///
/// When `host` is neither a DNS name nor an address.
pub fn server_name(
    trust: &TrustStore,
    host: &str,
) -> Result<ServerName<'static>, InvalidDnsNameError> {
    trust.server_name(host)
}
