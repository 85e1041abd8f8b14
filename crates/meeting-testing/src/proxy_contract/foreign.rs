//! The cases that proxies serve which nobody here wrote.
//!
//! | case | tinyproxy | squid |
//! | --- | --- | --- |
//! | tunnel to `https`, one for several requests | yes | yes |
//! | forwarding to plain `http` | yes | yes |
//! | credentials: right, wrong, missing; tunnel | yes | yes |
//! | credentials: right, missing; forwarding | yes | yes |
//! | credentials: wrong; forwarding | answers 401, as a service would | yes |
//! | refusal: a port to which it opens no tunnel | 403 | 403 |
//! | a host that it does not find | 500 | 503 |
//! | event channel, `wss` | yes | yes |
//! | spoken to over TLS | has none | yes |
//!
//! A proxy that hangs, closes or speaks nonsense is none of theirs.

use http::StatusCode;
use meeting_client::{
    Network,
    channel::Subscription,
    proxy::{Proxy, ProxyFault, ProxySettings},
    tls::TrustStore,
};
use meeting_types::Transport;

use super::fault_of;
use crate::{
    authority::{Authority, authority},
    channel_contract::{ChannelServer, Shell, TOKEN, address, end, options},
    foreign_proxy::{ForeignPlan, ForeignProxy, NAME, PASSWORD, Program},
    scripted_server::ScriptedServer,
    transport_contract::{Setup, ok, plain, request},
};

struct Scene {
    authority: Authority,
    trust: TrustStore,
}

impl Scene {
    fn new() -> Self {
        let authority = authority(&["localhost", "127.0.0.1"], false);
        let trust = TrustStore::from_pem(authority.pem.as_bytes()).unwrap();
        Self { authority, trust }
    }

    /// The proxies that there are, in the clear and over TLS, with what they serve.
    fn proxies(&self, tunnels_to: u16, asks: bool) -> Vec<(Program, ForeignProxy)> {
        let clear = ForeignPlan {
            asks,
            tunnels_to,
            tls: None,
        };
        let tls = ForeignPlan {
            tls: Some((self.authority.certificate.pem(), self.authority.key_pem())),
            ..clear.clone()
        };
        let started = [
            (Program::Tinyproxy, &clear),
            (Program::Squid, &clear),
            (Program::Squid, &tls),
        ];
        let started = started.into_iter().filter_map(|(program, plan)| {
            let proxy = ForeignProxy::start(program, plan)?;
            Some((program, proxy))
        });
        started.collect()
    }

    fn setup(&self, settings: ProxySettings) -> Setup {
        Setup {
            trust: Some(self.trust.clone()),
            proxies: Some(settings),
            ..Setup::default()
        }
    }
}

fn settings(proxy: &ForeignProxy, password: Option<&str>) -> ProxySettings {
    let proxy: Proxy = proxy.url().parse().unwrap();
    ProxySettings::all(match password {
        Some(password) => proxy.credentials(NAME, password).unwrap(),
        None => proxy,
    })
}

pub async fn foreign_proxies_open_tunnels_and_forward<T: Transport>(make: fn(Setup) -> T) {
    for asks in [false, true] {
        let scene = Scene::new();
        let steps = (0..6).map(|_| ok("tunnel"));
        let server = ScriptedServer::start_tls(scene.authority.server.clone(), steps);
        let clear = ScriptedServer::start((0..6).map(|_| ok("forwarded")));
        for (program, proxy) in scene.proxies(server.port(), asks) {
            let password = asks.then_some(PASSWORD);
            let transport = make(scene.setup(settings(&proxy, password)));
            let before = server.connections();
            for _ in 0..2 {
                let base = format!("https://localhost:{}", server.port());
                let response = transport.send(request(&base)).await.unwrap();
                assert_eq!(response.body(), "tunnel", "{program:?}");
                let response = transport.send(request(&plain(&clear))).await.unwrap();
                assert_eq!(response.body(), "forwarded", "{program:?}");
                // tinyproxy closes behind each response without a word before.
                transport.sleep(std::time::Duration::from_millis(50)).await;
            }
            assert_eq!(server.connections(), before + 1, "{program:?}");
        }
        for request in server.requests().iter().chain(&clear.requests()) {
            assert!(
                request.starts_with("GET /v1/usg/acs/auth?nonce="),
                "{request}"
            );
            assert!(!request.contains("Basic "), "{request}");
        }
    }
}

pub async fn foreign_proxies_ask_for_credentials<T: Transport>(make: fn(Setup) -> T) {
    let scene = Scene::new();
    for (program, proxy) in scene.proxies(443, true) {
        for (password, refused) in [(None, false), (Some("wrong-hush"), true)] {
            let transport = make(scene.setup(settings(&proxy, password)));
            for base in ["https://localhost", "http://localhost"] {
                // To a request that it should forward, tinyproxy answers as a service would: with 401.
                if refused && program == Program::Tinyproxy && base.starts_with("http:") {
                    let response = transport.send(request(base)).await.unwrap();
                    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
                    continue;
                }
                let error = transport.send(request(base)).await.unwrap_err();
                let schemes = vec!["Basic".to_owned()];
                let wanted = ProxyFault::CredentialsWanted { refused, schemes };
                assert_eq!(fault_of(&error, proxy.authority()), wanted, "{program:?}");
            }
        }
    }
}

pub async fn foreign_proxies_refuse<T: Transport>(make: fn(Setup) -> T) {
    let scene = Scene::new();
    for (program, proxy) in scene.proxies(443, false) {
        let transport = make(scene.setup(settings(&proxy, None)));
        for (base, statuses) in [
            ("https://localhost:4433", &[403][..]),
            ("https://service.invalid", &[500, 502, 503]),
        ] {
            let error = transport.send(request(base)).await.unwrap_err();
            let fault = fault_of(&error, proxy.authority());
            let is_told =
                |status: &u16| fault == ProxyFault::Refused(StatusCode::from_u16(*status).unwrap());
            assert!(
                statuses.iter().any(is_told),
                "{program:?}, {base}: {fault:?}"
            );
        }
    }
}

pub fn foreign_proxies_carry_event_channels<S: Shell>() {
    let scene = Scene::new();
    // Who is there is known before the server has a port.
    let probe = scene.proxies(443, false).len();
    for index in 0..probe {
        let server = ChannelServer::start_tls(scene.authority.server.clone(), |mut peer| {
            peer.accept();
            peer.event(end());
            peer.close();
        });
        let (program, proxy) = scene.proxies(server.port(), true).remove(index);
        let network = Network::from(&scene.trust).proxy(settings(&proxy, Some(PASSWORD)));
        let subscription = Subscription::known(TOKEN);
        let shell = S::connect(
            address("wss", server.port()),
            subscription,
            network,
            &options(),
        );
        let mut shell = shell.unwrap_or_else(|error| panic!("{program:?}: {error}"));
        assert_eq!(shell.next().unwrap().unwrap(), end());
        assert!(shell.next().is_none());
    }
}
