//! Requests that go through proxies, and arrive.

use meeting_client::{
    proxy::ProxySettings,
    tls::{Addresses, ClientCertificate, Pin, TrustStore},
};
use meeting_types::{Timeout, Transport, TransportErrorKind as Kind};

use super::{NAME, PASSWORD, Scene};
use crate::{
    authority::authority,
    scripted_server::ScriptedServer,
    transport_contract::{Setup, ok, plain, request},
};

fn setup(scene: &Scene, trust: &TrustStore) -> Setup {
    Setup {
        trust: Some(trust.clone()),
        proxies: Some(scene.settings()),
        ..Setup::default()
    }
}

pub async fn a_tunnel_leads_to_https<T: Transport>(make: fn(Setup) -> T) {
    for tls in [false, true] {
        let scene = Scene::new(tls, |plan| plan);
        let large = "x".repeat(300_000);
        let steps = [ok("one"), ok(&large), ok("three")];
        let server = ScriptedServer::start_tls(scene.authority.server.clone(), steps);
        let transport = make(setup(&scene, &scene.trust));
        let base = format!("https://localhost:{}", server.port());
        for body in ["one", &large, "three"] {
            let mut request = request(&base);
            if body != "one" {
                *request.method_mut() = http::Method::POST;
                *request.body_mut() = large.clone().into();
            }
            let response = transport.send(request).await.unwrap();
            assert!(response.body() == body.as_bytes());
            transport.sleep(std::time::Duration::from_millis(20)).await;
        }
        let passed = scene.proxy.passed();
        assert_eq!(passed.len(), 1, "one tunnel serves all: {passed:?}");
        assert_eq!(passed[0].method, "CONNECT");
        assert_eq!(passed[0].target, format!("localhost:{}", server.port()));
        scene.saw_no_secret();
        for request in server.requests() {
            assert!(request.contains(" /v1/usg/acs/auth?nonce="), "{request}");
            assert!(!request.to_ascii_lowercase().contains("proxy"), "{request}");
        }
    }
}

pub async fn plain_http_is_forwarded<T: Transport>(make: fn(Setup) -> T) {
    for tls in [false, true] {
        let scene = Scene::new(tls, |plan| plan.credentials(NAME, PASSWORD));
        let server = ScriptedServer::start([ok("one"), ok("two")]);
        let transport = make(Setup {
            trust: Some(scene.trust.clone()),
            proxies: Some(scene.settings_with(PASSWORD)),
            ..Setup::default()
        });
        for body in ["one", "two"] {
            let mut request = request(&plain(&server));
            *request.method_mut() = http::Method::POST;
            *request.body_mut() = "{\"a\":1}".into();
            let response = transport.send(request).await.unwrap();
            assert_eq!(response.body(), body);
        }
        for passed in scene.proxy.passed() {
            assert_eq!(passed.method, "POST");
            let url = format!("http://127.0.0.1:{}/v1/usg/acs/auth?nonce=", server.port());
            assert!(passed.target.starts_with(&url), "{passed:?}");
            assert_eq!(passed.credentials, Some(format!("{NAME}:{PASSWORD}")));
            let host = format!("host: 127.0.0.1:{}\r\n", server.port());
            assert!(
                passed.head.to_ascii_lowercase().contains(&host),
                "{passed:?}"
            );
        }
        assert_eq!(server.requests().len(), 2);
        for request in server.requests() {
            assert!(
                request.starts_with("POST /v1/usg/acs/auth?nonce="),
                "{request}"
            );
            assert!(request.ends_with("\r\n\r\n{\"a\":1}"), "{request}");
        }
    }
}

pub async fn credentials_open_a_tunnel<T: Transport>(make: fn(Setup) -> T) {
    for tls in [false, true] {
        let scene = Scene::new(tls, |plan| plan.credentials(NAME, PASSWORD));
        let server = ScriptedServer::start_tls(scene.authority.server.clone(), [ok("here")]);
        let transport = make(Setup {
            proxies: Some(scene.settings_with(PASSWORD)),
            ..setup(&scene, &scene.trust)
        });
        let base = format!("https://localhost:{}", server.port());
        let response = transport.send(request(&base)).await.unwrap();
        assert_eq!(response.body(), "here");
        let credentials = Some(format!("{NAME}:{PASSWORD}"));
        assert_eq!(scene.proxy.passed()[0].credentials, credentials);
        let request = server.requests().remove(0).to_ascii_lowercase();
        assert!(!request.contains("proxy-authorization"), "{request}");
    }
}

/// Only the proxy knows where the name leads.
pub async fn the_proxy_looks_names_up<T: Transport>(make: fn(Setup) -> T) {
    for tls in [false, true] {
        let service = authority(&["service.invalid"], false);
        let server = ScriptedServer::start_tls(service.server, [ok("here")]);
        let clear = ScriptedServer::start([ok("there")]);
        let scene = Scene::new(tls, |plan| {
            plan.knows("service.invalid:443", server.address())
                .knows("service.invalid:80", clear.address())
        });
        let trust = scene.trust.clone().and_pem(service.pem.as_bytes()).unwrap();
        let transport = make(setup(&scene, &trust));
        let response = transport.send(request("https://service.invalid")).await;
        assert_eq!(response.unwrap().body(), "here");
        let response = transport.send(request("http://service.invalid")).await;
        assert_eq!(response.unwrap().body(), "there");
    }
}

/// The proxy leads elsewhere, and its word does not count.
pub async fn the_certificate_of_the_service_is_checked<T: Transport>(make: fn(Setup) -> T) {
    for tls in [false, true] {
        let impostor = authority(&["localhost"], false);
        let server = ScriptedServer::start_tls(impostor.server, [ok("never")]);
        let scene = Scene::new(tls, |plan| plan.knows("localhost:443", server.address()));
        let transport = make(setup(&scene, &scene.trust));
        let error = transport
            .send(request("https://localhost"))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), Kind::Tls, "{error:?}");
        assert!(error.is_not_sent());
        assert!(server.requests().is_empty());
        assert_eq!(scene.proxy.passed().len(), 1);
    }
}

pub async fn an_address_is_verified_as_a_name_through_a_proxy<T: Transport>(make: fn(Setup) -> T) {
    for tls in [false, true] {
        let service = authority(&["meeting.example.com"], false);
        // It needs to be told the name.
        let config = service.server_by_name("meeting.example.com");
        let server = ScriptedServer::start_tls(config, [ok("here")]);
        let scene = Scene::new(tls, |plan| plan);
        let trust = scene.trust.clone().and_pem(service.pem.as_bytes()).unwrap();
        let base = format!("https://127.0.0.1:{}", server.port());
        let named = trust
            .clone()
            .verify_as(Addresses::All, "meeting.example.com");
        let transport = make(setup(&scene, &named.unwrap()));
        assert_eq!(transport.send(request(&base)).await.unwrap().body(), "here");
        let target = format!("127.0.0.1:{}", server.port());
        assert_eq!(scene.proxy.passed()[0].target, target, "not the name");
        let other = trust.verify_as(Addresses::All, "meeting.example.org");
        let transport = make(setup(&scene, &other.unwrap()));
        let error = transport.send(request(&base)).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Tls, "{error:?}");
    }
}

pub async fn a_pin_holds_through_a_proxy<T: Transport>(make: fn(Setup) -> T) {
    for tls in [false, true] {
        let service = authority(&["meeting.example.com"], false);
        let pin = Pin::from_pem(service.certificate.pem().as_bytes()).unwrap();
        let server = ScriptedServer::start_tls(service.server, [ok("here"), ok("never")]);
        let scene = Scene::new(tls, |plan| plan);
        let base = format!("https://127.0.0.1:{}", server.port());
        let pinned = scene.trust.clone().pin(Addresses::All, pin);
        let transport = make(setup(&scene, &pinned));
        assert_eq!(transport.send(request(&base)).await.unwrap().body(), "here");
        let other = Pin::from_pem(scene.authority.certificate.pem().as_bytes()).unwrap();
        let pinned = scene.trust.clone().pin(Addresses::All, other);
        let transport = make(setup(&scene, &pinned));
        let error = transport.send(request(&base)).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Tls, "{error:?}");
        assert!(error.to_string().contains("not pinned"), "{error}");
        let causes: Vec<_> = meeting_client::tls::causes(&error).collect();
        assert!(
            causes
                .iter()
                .any(|cause| cause.is::<meeting_client::tls::AddressRefused>())
        );
    }
}

/// Without a place of its own for the loopback host.
pub async fn hosts_without_a_proxy_are_reached_directly<T: Transport>(make: fn(Setup) -> T) {
    for tls in [false, true] {
        let scene = Scene::new(tls, |plan| plan);
        let config = scene.authority.server.clone();
        let server = ScriptedServer::start_tls(config, [ok("one"), ok("two")]);
        let clear = ScriptedServer::start([ok("three"), ok("four")]);
        let direct = format!("localhost:{},127.0.0.0/8", server.port());
        let transport = make(Setup {
            proxies: Some(scene.settings().no_proxy(direct.parse().unwrap())),
            ..setup(&scene, &scene.trust)
        });
        for (base, through) in [
            (format!("https://localhost:{}", server.port()), 0),
            (format!("https://127.0.0.1:{}", server.port()), 0),
            (format!("http://127.0.0.1:{}", clear.port()), 0),
            (format!("http://localhost:{}", clear.port()), 1),
        ] {
            transport.send(request(&base)).await.unwrap();
            assert_eq!(scene.proxy.passed().len(), through, "{base}");
        }
    }
}

/// A response that is too large, or does not come, ends as without a proxy.
pub async fn limits_hold_through_a_proxy<T: Transport>(make: fn(Setup) -> T) {
    for tls in [false, true] {
        let scene = Scene::new(tls, |plan| plan);
        let steps = [ok(&"x".repeat(2000)), crate::scripted_server::Step::Silence];
        let server = ScriptedServer::start_tls(scene.authority.server.clone(), steps);
        let transport = make(Setup {
            max_reply_bytes: Some(1000),
            ..setup(&scene, &scene.trust)
        });
        let base = format!("https://localhost:{}", server.port());
        let error = transport.send(request(&base)).await.unwrap_err();
        assert_eq!(error.kind(), Kind::TooLarge, "{error:?}");
        let mut silent = request(&base);
        silent.extensions_mut().insert(Timeout(super::SHORT));
        let error = transport.send(silent).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Timeout, "{error:?}");
        assert!(!error.is_not_sent());
    }
}

/// The service is shown the certificate of the client inside of the tunnel, and the proxy gets in nobody
/// by it.
pub async fn a_client_certificate_is_for_the_service_alone<T: Transport>(make: fn(Setup) -> T) {
    for tls in [false, true] {
        let scene = Scene::new(tls, |plan| plan);
        let config = scene.authority.server_for_clients();
        let server = ScriptedServer::start_tls(config.clone(), [ok("in")]);
        let (chain, key) = scene.authority.client();
        let certificate = ClientCertificate::from_pem_parts(chain.as_bytes(), key.as_bytes());
        let trust = scene.trust.clone().client_certificate(certificate.unwrap());
        let base = format!("https://localhost:{}", server.port());
        let transport = make(setup(&scene, &trust));
        assert_eq!(transport.send(request(&base)).await.unwrap().body(), "in");

        let curious = crate::proxy_server::ProxyServer::plan().tls(config).start();
        let transport = make(Setup {
            proxies: Some(ProxySettings::all(curious.url().parse().unwrap())),
            ..setup(&scene, &trust)
        });
        let error = transport.send(request(&base)).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Proxy, "{error:?}");
        assert!(curious.passed().is_empty());
    }
}
