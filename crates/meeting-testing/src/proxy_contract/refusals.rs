//! Proxies that let nothing through: each is an error of its own, and the request was not sent.

use std::time::{Duration, Instant};

use http::StatusCode;
use meeting_client::proxy::{ProxyFault, ProxySettings};
use meeting_types::{Timeout, Transport, TransportErrorKind as Kind};

use super::{NAME, PASSWORD, SHORT, SLACK, Scene, fault_of, nobody};
use crate::{
    authority::authority,
    proxy_server::{Conduct, ProxyServer},
    transport_contract::{Setup, request},
};

fn setup(scene: &Scene) -> Setup {
    Setup {
        trust: Some(scene.trust.clone()),
        proxies: Some(scene.settings()),
        ..Setup::default()
    }
}

pub async fn a_proxy_that_asks_for_credentials<T: Transport>(make: fn(Setup) -> T) {
    for tls in [false, true] {
        let scene = Scene::new(tls, |plan| plan.credentials(NAME, PASSWORD));
        for (settings, refused) in [
            (scene.settings(), false),
            (scene.settings_with("wrong-hush"), true),
        ] {
            let transport = make(Setup {
                proxies: Some(settings),
                ..setup(&scene)
            });
            for base in ["https://service.invalid", "http://service.invalid"] {
                let error = transport.send(request(base)).await.unwrap_err();
                let wanted = ProxyFault::CredentialsWanted {
                    refused,
                    schemes: vec!["Basic".to_owned()],
                };
                assert_eq!(fault_of(&error, &scene.name()), wanted);
                assert!(error.to_string().contains("credentials"), "{error}");
            }
        }
    }
}

pub async fn a_proxy_that_refuses<T: Transport>(make: fn(Setup) -> T) {
    for tls in [false, true] {
        for status in [301, 400, 403, 404, 429, 502, 503] {
            let scene = Scene::new(tls, |plan| plan.conduct(Conduct::refuse(status)));
            let transport = make(setup(&scene));
            let error = transport.send(request("https://service.invalid")).await;
            let error = error.unwrap_err();
            let refused = ProxyFault::Refused(StatusCode::from_u16(status).unwrap());
            assert_eq!(fault_of(&error, &scene.name()), refused);
            assert!(error.to_string().contains(&status.to_string()), "{error}");
            scene.saw_no_secret();
        }
    }
}

pub async fn a_proxy_that_hangs<T: Transport>(make: fn(Setup) -> T) {
    for tls in [false, true] {
        for conduct in [Conduct::Hang, Conduct::Deaf] {
            // The time to connect ends first, then that of the exchange.
            for by_connect in [true, false] {
                let scene = Scene::new(tls, |plan| plan.conduct(conduct.clone()));
                let transport = make(Setup {
                    connect_timeout: by_connect.then_some(SHORT),
                    ..setup(&scene)
                });
                let mut request = request("https://service.invalid");
                if !by_connect {
                    request.extensions_mut().insert(Timeout(SHORT));
                }
                let start = Instant::now();
                let error = transport.send(request).await.unwrap_err();
                let fault = fault_of(&error, &scene.name());
                assert!(matches!(fault, ProxyFault::Silent(_)), "{fault:?}");
                let took = start.elapsed();
                assert!(took >= SHORT - Duration::from_millis(50), "{took:?}");
                assert!(took < SHORT + SLACK, "{took:?}");
                scene.saw_no_secret();
            }
        }
    }
}

/// It has the request, and may have handed it on: it is named, and that is all that can be told.
pub async fn a_proxy_that_hangs_over_a_request_to_forward<T: Transport>(make: fn(Setup) -> T) {
    for tls in [false, true] {
        let scene = Scene::new(tls, |plan| plan.conduct(Conduct::Hang));
        let mut request = request("http://service.invalid");
        request.extensions_mut().insert(Timeout(SHORT));
        let error = make(setup(&scene)).send(request).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Timeout, "{error:?}");
        assert!(!error.is_not_sent());
        assert!(error.to_string().contains(&scene.name()), "{error}");
    }
}

pub async fn a_proxy_that_answers_nonsense<T: Transport>(make: fn(Setup) -> T) {
    let endless = format!("HTTP/1.1 200 OK\r\nX-Hush: {}", "hush".repeat(50_000));
    for tls in [false, true] {
        for answer in [
            "SSH-2.0-OpenSSH_9.2p1 hush\r\n",
            "\u{15}\u{3}\u{1}",
            "HTTP/2 200\r\n\r\n",
            "HTTP/1.1 20\r\n\r\n",
            "HTTP/1.1 hush OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nhush",
            &endless,
        ] {
            let say = Conduct::Say(answer.as_bytes().to_vec());
            let scene = Scene::new(tls, |plan| plan.conduct(say));
            let transport = make(setup(&scene));
            let error = transport.send(request("https://service.invalid")).await;
            let fault = fault_of(&error.unwrap_err(), &scene.name());
            assert_eq!(fault, ProxyFault::Unreadable, "{answer:.40}");
        }
        let say = Conduct::Say(b"SSH-2.0-OpenSSH_9.2p1 hush\r\n\r\n".to_vec());
        let scene = Scene::new(tls, |plan| plan.conduct(say));
        let error = make(setup(&scene))
            .send(request("http://service.invalid"))
            .await;
        let error = error.unwrap_err();
        assert_eq!(error.kind(), Kind::Proxy, "{error:?}");
        assert!(error.to_string().contains(&scene.name()), "{error}");
    }
}

pub async fn a_proxy_that_closes<T: Transport>(make: fn(Setup) -> T) {
    for tls in [false, true] {
        let scene = Scene::new(tls, |plan| plan.conduct(Conduct::Say(Vec::new())));
        let transport = make(setup(&scene));
        let error = transport.send(request("https://service.invalid")).await;
        let fault = fault_of(&error.unwrap_err(), &scene.name());
        assert_eq!(fault, ProxyFault::Closed);
    }
}

pub async fn a_proxy_that_is_not_there<T: Transport>(make: fn(Setup) -> T) {
    let proxy = nobody();
    let name = format!("127.0.0.1:{}", proxy.port());
    let proxy = proxy.credentials(NAME, PASSWORD).unwrap();
    let lost: meeting_client::proxy::Proxy = "http://proxy.invalid:3128".parse().unwrap();
    for (proxy, name) in [(proxy, name.as_str()), (lost, "proxy.invalid:3128")] {
        let transport = make(Setup {
            proxies: Some(ProxySettings::all(proxy)),
            ..Setup::default()
        });
        for base in ["https://service.invalid", "http://service.invalid"] {
            let error = transport.send(request(base)).await.unwrap_err();
            let fault = fault_of(&error, name);
            assert!(matches!(fault, ProxyFault::Unreachable(_)), "{fault:?}");
        }
    }
}

/// A proxy that is spoken to over TLS has to show a certificate that the store takes.
pub async fn a_proxy_that_cannot_be_trusted<T: Transport>(make: fn(Setup) -> T) {
    let other = authority(&["localhost"], false);
    let proxy = ProxyServer::plan().tls(other.server).start();
    let scene = Scene::new(true, |plan| plan);
    let settings = ProxySettings::all(proxy.url().parse().unwrap());
    let transport = make(Setup {
        proxies: Some(settings),
        ..setup(&scene)
    });
    let name = format!("localhost:{}", proxy.address().port());
    for base in ["https://service.invalid", "http://service.invalid"] {
        let error = transport.send(request(base)).await.unwrap_err();
        let fault = fault_of(&error, &name);
        let ProxyFault::Tls(report) = fault else {
            panic!("{fault:?}")
        };
        assert!(report.contains("certificate"), "{report}");
    }
    assert!(proxy.passed().is_empty());
}

/// TLS is spoken to a proxy that has none.
pub async fn a_proxy_without_tls<T: Transport>(make: fn(Setup) -> T) {
    let say = Conduct::Say(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec());
    let proxy = ProxyServer::plan().conduct(say).start();
    let url = proxy.url().replace("http://", "https://");
    let transport = make(Setup {
        proxies: Some(ProxySettings::all(url.parse().unwrap())),
        connect_timeout: Some(Duration::from_secs(1)),
        ..Setup::default()
    });
    let error = transport.send(request("https://service.invalid")).await;
    let name = format!("localhost:{}", proxy.address().port());
    let fault = fault_of(&error.unwrap_err(), &name);
    // It waits for the end of a head that never comes.
    assert!(matches!(fault, ProxyFault::Silent(_)), "{fault:?}");
}
