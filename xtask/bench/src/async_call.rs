//! A whole small call over reqwest.

use std::{hint::black_box, net::SocketAddr, time::Duration};

use meeting_async::{
    Client, ReqwestTransport,
    types::{Endpoint, operations::CreateAnonymousAuthRandom},
};
use meeting_client::tls::TrustStore;
use reqwest::{
    Method, Url,
    header::{ACCEPT, ACCEPT_LANGUAGE, HeaderMap, HeaderName, HeaderValue, USER_AGENT},
    redirect,
};
use tokio::runtime::{Builder, Runtime};

use crate::{Side, Work, facts, reply::ByHand};

const TIMEOUT: Duration = Duration::from_secs(10);

#[expect(clippy::expect_used, reason = "nothing else runs in this process")]
pub(crate) fn runtime() -> Runtime {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime starts")
}

#[expect(clippy::expect_used, reason = "it is an address")]
pub(crate) fn work(side: Side, server: SocketAddr) -> Option<Work> {
    let base = format!("http://{server}");
    let trust = TrustStore::bundled();
    Some(match side {
        Side::Ours => ours(runtime(), base.parse().expect("a URL"), trust),
        Side::Hand => by_hand(runtime(), base, &trust),
        Side::Floor => floor(runtime(), server, &trust),
    })
}

#[expect(clippy::expect_used, reason = "the server of the benchmark answers")]
pub(crate) fn ours(runtime: Runtime, endpoint: Endpoint, trust: TrustStore) -> Work {
    let transport = ReqwestTransport::builder().trust(trust).build();
    let client = Client::builder(endpoint).anonymous_over(transport);
    Box::new(move |times| {
        runtime.block_on(async {
            for _ in 0..times {
                let operation = CreateAnonymousAuthRandom::new(
                    black_box(facts::CONFERENCE_ID),
                    black_box(facts::PASSWORD),
                );
                black_box(client.send(&operation).await.expect("an answer"));
            }
        });
    })
}

/// The settings of our transport, and the headers that all of our requests have.
#[expect(clippy::expect_used, reason = "the settings are good")]
fn client(trust: &TrustStore) -> reqwest::Client {
    let mut headers = HeaderMap::new();
    headers.insert(USER_AGENT, HeaderValue::from_static(facts::AGENT));
    headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static(facts::LANGUAGE));
    headers.insert(ACCEPT, HeaderValue::from_static(facts::ACCEPT));
    reqwest::Client::builder()
        .tls_backend_preconfigured((*meeting_client::unversioned::client_config(trust)).clone())
        .default_headers(headers)
        .timeout(TIMEOUT)
        .connect_timeout(TIMEOUT)
        .tcp_nodelay(true)
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .http1_only()
        .build()
        .expect("a client")
}

#[expect(clippy::expect_used, reason = "the server of the benchmark answers")]
pub(crate) fn by_hand(runtime: Runtime, base: String, trust: &TrustStore) -> Work {
    let client = client(trust);
    Box::new(move |times| {
        runtime.block_on(async {
            for _ in 0..times {
                let reply = call_by_hand(
                    &client,
                    &base,
                    black_box(facts::CONFERENCE_ID),
                    black_box(facts::PASSWORD),
                );
                black_box(reply.await.expect("an answer"));
            }
        });
    })
}

async fn call_by_hand(
    client: &reqwest::Client,
    base: &str,
    conference_id: &str,
    password: &str,
) -> anyhow::Result<ByHand> {
    let url = Url::parse_with_params(
        &format!("{base}{}", facts::PATH),
        [("conferenceID", conference_id)],
    )?;
    let response = client
        .get(url)
        .header("X-Password", password)
        .send()
        .await?
        .error_for_status()?;
    Ok(serde_json::from_slice(&response.bytes().await?)?)
}

#[expect(clippy::expect_used, reason = "the server of the benchmark answers")]
fn floor(runtime: Runtime, server: SocketAddr, trust: &TrustStore) -> Work {
    let client = client(trust);
    let url = format!("http://{server}{}?conferenceID=900825541", facts::PATH);
    let mut request = reqwest::Request::new(Method::GET, Url::parse(&url).expect("a URL"));
    request.headers_mut().insert(
        HeaderName::from_static("x-password"),
        HeaderValue::from_static(facts::PASSWORD),
    );
    Box::new(move |times| {
        runtime.block_on(async {
            for _ in 0..times {
                let request = request.try_clone().expect("it has no body");
                let response = client.execute(request).await.expect("an answer");
                // A body that is not read would cost the connection.
                black_box(response.bytes().await.expect("a body"));
            }
        });
    })
}
