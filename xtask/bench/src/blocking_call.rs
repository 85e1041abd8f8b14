//! A whole small call over ureq.

use std::{hint::black_box, net::SocketAddr, sync::Arc, time::Duration};

use anyhow::{Result, bail};
use meeting_blocking::{
    Client, TrustStore, UreqTransport,
    types::{Endpoint, operations::CreateAnonymousAuthRandom},
};
use reqwest::Url;
use ureq::{
    Agent,
    tls::{Certificate, RootCerts, TlsConfig},
};

use crate::{Side, Work, facts, reply::ByHand};

const TIMEOUT: Duration = Duration::from_secs(10);

#[expect(clippy::expect_used, reason = "the settings are good")]
pub(crate) fn work(side: Side, server: SocketAddr) -> Option<Work> {
    let base = format!("http://{server}");
    Some(match side {
        Side::Ours => ours(base.parse().expect("a URL"), TrustStore::bundled()),
        Side::Hand => by_hand(base, None).expect("an agent"),
        Side::Floor => floor(server),
    })
}

#[expect(clippy::expect_used, reason = "the server of the benchmark answers")]
pub(crate) fn ours(endpoint: Endpoint, trust: TrustStore) -> Work {
    let transport = UreqTransport::builder().trust(trust).build();
    let client = Client::builder(endpoint).anonymous_over(transport);
    Box::new(move |times| {
        for _ in 0..times {
            let operation = CreateAnonymousAuthRandom::new(
                black_box(facts::CONFERENCE_ID),
                black_box(facts::PASSWORD),
            );
            black_box(client.send(&operation).expect("an answer"));
        }
    })
}

/// The settings of our transport.
///
/// Each phase has a timeout of its own: one for the whole call would make ureq start a thread for
/// every call, which is more than a fair comparison needs. `pem` is the certificate to trust.
fn agent(pem: Option<&str>) -> Result<Agent> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut tls = TlsConfig::builder().unversioned_rustls_crypto_provider(provider);
    if let Some(pem) = pem {
        let certificate = Certificate::from_pem(pem.as_bytes())?;
        tls = tls.root_certs(RootCerts::new_with_certs(&[certificate]));
    }
    let config = Agent::config_builder()
        .tls_config(tls.build())
        .http_status_as_error(false)
        .max_redirects(0)
        .proxy(None)
        .timeout_connect(Some(TIMEOUT))
        .timeout_send_request(Some(TIMEOUT))
        .timeout_recv_response(Some(TIMEOUT))
        .timeout_recv_body(Some(TIMEOUT))
        .user_agent(facts::AGENT)
        .accept(facts::ACCEPT)
        .accept_encoding("")
        .build();
    Ok(config.into())
}

#[expect(clippy::expect_used, reason = "the server of the benchmark answers")]
pub(crate) fn by_hand(base: String, pem: Option<&str>) -> Result<Work> {
    let agent = agent(pem)?;
    Ok(Box::new(move |times| {
        for _ in 0..times {
            let reply = call_by_hand(
                &agent,
                &base,
                black_box(facts::CONFERENCE_ID),
                black_box(facts::PASSWORD),
            );
            black_box(reply.expect("an answer"));
        }
    }))
}

fn call_by_hand(
    agent: &Agent,
    base: &str,
    conference_id: &str,
    password: &str,
) -> anyhow::Result<ByHand> {
    let url = Url::parse_with_params(
        &format!("{base}{}", facts::PATH),
        [("conferenceID", conference_id)],
    )?;
    let mut response = agent
        .get(url.as_str())
        .header("Accept-Language", facts::LANGUAGE)
        .header("X-Password", password)
        .call()?;
    if !response.status().is_success() {
        bail!("{}", response.status());
    }
    Ok(serde_json::from_slice(&response.body_mut().read_to_vec()?)?)
}

#[expect(clippy::expect_used, reason = "the server of the benchmark answers")]
fn floor(server: SocketAddr) -> Work {
    let agent = agent(None).expect("an agent");
    let request = ureq::http::Request::get(format!(
        "http://{server}{}?conferenceID=900825541",
        facts::PATH
    ))
    .header("accept-language", facts::LANGUAGE)
    .header("x-password", facts::PASSWORD)
    .body(())
    .expect("a request");
    Box::new(move |times| {
        for _ in 0..times {
            let mut response = agent.run(request.clone()).expect("an answer");
            // A body that is not read would cost the connection.
            black_box(response.body_mut().read_to_vec().expect("a body"));
        }
    })
}
