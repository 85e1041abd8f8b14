//! Proxies: which connections go through one, and the handshake that opens them. Free of IO.
//!
//! HTTP proxies are spoken to, in the clear or over TLS, with Basic credentials or none. To `https` and
//! to event channels they open a tunnel (`CONNECT`), inside of which the certificate of the service is
//! checked as without a proxy; requests to plain `http` are handed to them to be forwarded. SOCKS, NTLM,
//! Negotiate and automatic configuration (PAC) are not spoken.

mod environment;
mod fault;
mod forward;
mod no_proxy;
mod server;
mod settings;
mod tunnel;

pub use self::{
    environment::ProxyEnvError,
    fault::{ProxyError, ProxyFault},
    forward::Forward,
    no_proxy::{NoProxy, NoProxyError},
    server::{Proxy, ProxyUrlError},
    settings::ProxySettings,
    tunnel::Tunnel,
};
