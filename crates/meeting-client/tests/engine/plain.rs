//! Which event channels may be plain text.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use meeting_client::{Config, Engine, Error, channel::ChannelError};
use meeting_types::{
    Endpoint, Operation, Transport, TransportError, events::ChannelAddressError,
    operations::CreateConfToken,
};

use crate::memory::ready;

/// A service that names this event channel.
struct Naming(&'static str);

#[async_trait]
impl Transport for Naming {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let body = if request.uri().path() == CreateConfToken::INFO.path {
            let url = self.0;
            format!(
                r#"{{"data": {{"token": "t", "confTokenExpireTime": 1800, "wsURL": "{url}"}}}}"#
            )
        } else {
            r#"{"webSocketToken": "w"}"#.to_owned()
        };
        Ok(Response::new(body.into()))
    }

    async fn sleep(&self, _: Duration) {}
}

fn is_plain_taken(endpoint: Endpoint, url: &'static str) -> bool {
    let engine = Engine::anonymous(Config::new(endpoint), Arc::new(Naming(url)));
    let control = ready(engine.control("900825541", "pw")).unwrap();
    match ready(control.channel([])) {
        Ok(_) => true,
        Err(Error::Channel(ChannelError::Address(ChannelAddressError::NotWss))) => false,
        Err(error) => panic!("{error:?}"),
    }
}

#[test]
fn plain_text_is_for_who_allowed_it_by_name_and_for_this_machine() {
    let elsewhere = "ws://192.0.2.2:8080";
    let here = "ws://127.0.0.1:8080";
    // A tunnel or a sidecar may listen here and speak TLS onward. The channel does not.
    let tunnel: Endpoint = "http://127.0.0.1:8443".parse().unwrap();
    assert!(!is_plain_taken(tunnel.clone(), elsewhere));
    assert!(is_plain_taken(tunnel, here));
    assert!(!is_plain_taken(Endpoint::china(), elsewhere));
    let allowed = |url| Endpoint::plain_http(url).unwrap();
    assert!(is_plain_taken(allowed("http://127.0.0.1:8443"), elsewhere));
    assert!(is_plain_taken(allowed("http://192.0.2.1"), elsewhere));
    assert!(is_plain_taken(allowed("http://192.0.2.1"), here));
}
