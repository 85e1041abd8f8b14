//! Event channels through proxies.

use std::time::Instant;

use http::StatusCode;
use meeting_client::{
    Network,
    channel::{ChannelError, ChannelOptions, Subscription},
    proxy::ProxyFault,
    tls::{Addresses, TrustStore},
};
use meeting_types::{TransportErrorKind as Kind, events::ChannelAddress};

use super::{NAME, PASSWORD, SHORT, SLACK, Scene, fault_of, nobody};
use crate::{
    authority::authority,
    channel_contract::{ChannelServer, Shell, TOKEN, address, address_at, end, options, speaker},
    channel_server::Peer,
    proxy_server::Conduct,
};

fn script(mut peer: Peer) {
    peer.accept();
    for number in 0..500 {
        peer.event(speaker(&number.to_string()));
    }
    peer.event(end());
    peer.close();
}

fn connect<S: Shell>(
    address: ChannelAddress,
    network: &Network,
    options: &ChannelOptions,
) -> Result<S, ChannelError> {
    S::connect(address, Subscription::known(TOKEN), network, options)
}

fn arrives<S: Shell>(address: ChannelAddress, network: &Network) {
    let mut shell: S = connect(address, network, &options()).unwrap();
    for number in 0..500 {
        let event = shell.next().unwrap().unwrap();
        assert_eq!(event, speaker(&number.to_string()));
    }
    assert_eq!(shell.next().unwrap().unwrap(), end());
    assert!(shell.next().is_none());
}

fn fails<S: Shell>(network: &Network, options: &ChannelOptions, proxy: &str) -> ProxyFault {
    let address = address_at("wss://service.invalid");
    match connect::<S>(address, network, options) {
        Err(ChannelError::Connect(error)) => fault_of(&error, proxy),
        Err(error) => panic!("{error:?}"),
        Ok(_) => panic!("connected"),
    }
}

fn network(scene: &Scene) -> Network {
    Network::from(&scene.trust).proxy(scene.settings())
}

pub fn a_channel_goes_through_a_tunnel<S: Shell>() {
    for tls in [false, true] {
        for secure in [false, true] {
            let scene = Scene::new(tls, |plan| plan.credentials(NAME, PASSWORD));
            let server = if secure {
                ChannelServer::start_tls(scene.authority.server.clone(), script)
            } else {
                ChannelServer::start(script)
            };
            let scheme = if secure { "wss" } else { "ws" };
            let network = network(&scene).proxy(scene.settings_with(PASSWORD));
            arrives::<S>(address(scheme, server.port()), &network);
            let passed = scene.proxy.passed();
            assert_eq!(passed.len(), 1);
            assert_eq!(passed[0].method, "CONNECT");
            assert_eq!(passed[0].target, format!("localhost:{}", server.port()));
            assert_eq!(passed[0].credentials, Some(format!("{NAME}:{PASSWORD}")));
            scene.saw_no_secret();
        }
    }
}

pub fn a_channel_to_an_address_is_verified_as_a_name_through_a_proxy<S: Shell>() {
    for tls in [false, true] {
        let service = authority(&["meeting.example.com"], false);
        let config = service.server_by_name("meeting.example.com");
        let server = ChannelServer::start_tls(config, script);
        let scene = Scene::new(tls, |plan| plan);
        let trust = TrustStore::from_pem(service.pem.as_bytes()).unwrap();
        let trust = trust.and_pem(scene.authority.pem.as_bytes()).unwrap();
        let trust = trust.verify_as(Addresses::All, "meeting.example.com");
        let network = Network::from(trust.unwrap()).proxy(scene.settings());
        let target = format!("127.0.0.1:{}", server.port());
        arrives::<S>(address_at(&format!("wss://{target}")), &network);
        assert_eq!(scene.proxy.passed()[0].target, target);
    }
}

/// The proxy leads elsewhere, and its word does not count.
pub fn a_channel_checks_the_certificate_of_the_service<S: Shell>() {
    for tls in [false, true] {
        let impostor = authority(&["service.invalid"], false);
        let server = ChannelServer::start_tls(impostor.server, |_| panic!("connected"));
        let scene = Scene::new(tls, |plan| {
            plan.knows("service.invalid:443", server.address())
        });
        let address = address_at("wss://service.invalid");
        let failed = connect::<S>(address, &network(&scene), &options());
        let Err(ChannelError::Connect(error)) = failed else {
            panic!("connected")
        };
        assert_eq!(error.kind(), Kind::Tls, "{error:?}");
    }
}

pub fn a_channel_through_a_proxy_that_lets_nothing_through<S: Shell>() {
    for tls in [false, true] {
        let scene = Scene::new(tls, |plan| plan.credentials(NAME, PASSWORD));
        for (settings, refused) in [
            (scene.settings(), false),
            (scene.settings_with("wrong-hush"), true),
        ] {
            let network = network(&scene).proxy(settings);
            let fault = fails::<S>(&network, &options(), &scene.name());
            let schemes = vec!["Basic".to_owned()];
            assert_eq!(fault, ProxyFault::CredentialsWanted { refused, schemes });
        }
        for (conduct, expected) in [
            (
                Conduct::refuse(403),
                ProxyFault::Refused(StatusCode::FORBIDDEN),
            ),
            (
                Conduct::Say(b"SSH-2.0-hush\r\n".to_vec()),
                ProxyFault::Unreadable,
            ),
            (Conduct::Say(Vec::new()), ProxyFault::Closed),
        ] {
            let scene = Scene::new(tls, |plan| plan.conduct(conduct));
            let fault = fails::<S>(&network(&scene), &options(), &scene.name());
            assert_eq!(fault, expected);
        }
        for conduct in [Conduct::Hang, Conduct::Deaf] {
            let scene = Scene::new(tls, |plan| plan.conduct(conduct));
            let options = options().connect_timeout(SHORT);
            let start = Instant::now();
            let fault = fails::<S>(&network(&scene), &options, &scene.name());
            assert!(matches!(fault, ProxyFault::Silent(_)), "{fault:?}");
            assert!(start.elapsed() < SHORT + SLACK);
        }
    }
    let proxy = nobody();
    let name = format!("127.0.0.1:{}", proxy.port());
    let network = Network::new().proxy(proxy);
    let fault = fails::<S>(&network, &options(), &name);
    assert!(matches!(fault, ProxyFault::Unreachable(_)), "{fault:?}");
}

pub fn a_channel_to_a_host_without_a_proxy_goes_straight_there<S: Shell>() {
    let scene = Scene::new(false, |plan| plan);
    let server = ChannelServer::start(script);
    let settings = scene.settings().no_proxy("localhost".parse().unwrap());
    let network = Network::new().proxy(settings);
    arrives::<S>(address("ws", server.port()), &network);
    assert!(scene.proxy.passed().is_empty());
}
