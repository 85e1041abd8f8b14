//! What transports and event channels promise about proxies, as tests over real sockets. Both crates run
//! all of it, each case through a proxy in the clear and through one that is spoken to over TLS.
//!
//! [`proxy_contract!`](crate::proxy_contract!) with `(run, make, Shell)` defines one test for each case;
//! the arguments are those of [`transport_contract!`](crate::transport_contract!) and of
//! [`channel_contract!`](crate::channel_contract!).

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "these are tests; each name says what is promised"
)]

use std::{error::Error as StdError, net::TcpListener, time::Duration};

use meeting_client::{
    proxy::{Proxy, ProxyError, ProxyFault, ProxySettings},
    tls::{TrustStore, causes},
};
use meeting_types::{TransportError, TransportErrorKind as Kind};

use crate::{
    authority::{Authority, authority},
    proxy_server::{ProxyPlan, ProxyServer},
};

mod cases;
mod channels;
mod exchanges;
mod foreign;
mod refusals;

pub use channels::*;
pub use exchanges::*;
pub use foreign::*;
pub use refusals::*;

/// What a loaded machine may add to a wait.
const SLACK: Duration = Duration::from_secs(4);
const SHORT: Duration = Duration::from_millis(300);
const NAME: &str = "ann";
const PASSWORD: &str = "p@ss:proxy-hush";

/// A proxy, a certificate that it and the service may show, and a store that trusts it.
struct Scene {
    authority: Authority,
    proxy: ProxyServer,
    trust: TrustStore,
}

impl Scene {
    fn new(tls: bool, plan: impl FnOnce(ProxyPlan) -> ProxyPlan) -> Self {
        let authority = authority(&["localhost", "127.0.0.1"], false);
        let trust = TrustStore::from_pem(authority.pem.as_bytes()).unwrap();
        let mut start = ProxyServer::plan();
        if tls {
            start = start.tls(authority.server.clone());
        }
        Self {
            authority,
            proxy: plan(start).start(),
            trust,
        }
    }

    fn address(&self) -> Proxy {
        self.proxy.url().parse().unwrap()
    }

    /// All connections through the proxy.
    fn settings(&self) -> ProxySettings {
        ProxySettings::all(self.address())
    }

    /// The same, with credentials.
    fn settings_with(&self, password: &str) -> ProxySettings {
        let proxy = self.address().credentials(NAME, password);
        ProxySettings::all(proxy.unwrap())
    }

    /// How errors name it.
    fn name(&self) -> String {
        format!("localhost:{}", self.proxy.address().port())
    }

    /// That no head which the proxy saw has a secret of the service in it.
    fn saw_no_secret(&self) {
        for passed in self.proxy.passed() {
            for secret in [
                "query-secret",
                "header-secret",
                "hush-token",
                "stb-",
                "cnr-",
            ] {
                assert!(!passed.head.contains(secret), "{passed:?}");
            }
        }
    }
}

/// An address where nobody listens.
fn nobody() -> Proxy {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    format!("http://127.0.0.1:{port}").parse().unwrap()
}

/// What was wrong with the proxy, after a look at all that the error says.
fn fault_of(error: &TransportError, proxy: &str) -> ProxyFault {
    assert_eq!(error.kind(), Kind::Proxy, "{error:?}");
    assert!(error.is_not_sent(), "{error:?}");
    let mut said = format!("{error} {error:?} {error:#?}");
    for cause in causes(error) {
        said.push_str(&format!(" {cause} {cause:?}"));
    }
    assert!(!said.contains("hush"), "{said}");
    assert!(!said.contains("YW5u"), "{said}");
    assert!(error.to_string().contains(proxy), "{error}");
    let found = error.source().unwrap().downcast_ref::<ProxyError>();
    let found = found.unwrap();
    assert_eq!(found.proxy(), proxy);
    found.fault().clone()
}
