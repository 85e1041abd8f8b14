//! The simulator's own interface, for programs in other processes: health, mail and clock.
//!
//! It lies under `/_sim/`, where the service has nothing, and answers callers on this machine only.

use std::{net::IpAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::Request,
    response::Response,
    routing::{MethodRouter, get},
};
use http::{HeaderValue, Method, StatusCode, header};
use meeting_types::Timestamp;
use serde_json::{Value, json};

use super::response::empty;
use crate::service::Service;

/// The address that a request comes from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(pub(super) IpAddr);

/// The greatest body that is read.
const BODY_LIMIT: usize = 4 * 1024;

/// Adds the routes.
pub(crate) fn add(router: Router, service: &Arc<Service>) -> Router {
    router
        .route(
            "/_sim/health",
            route(service, |_, _| Some(json!({"status": "ok"}))),
        )
        .route(
            "/_sim/mail",
            route(service, |service, _| Some(mail(service))),
        )
        .route("/_sim/clock", route(service, clock))
}

/// What answers a call: the service, and the body if the call changes something.
type Answer = fn(&Service, Option<&Value>) -> Option<Value>;

fn route(service: &Arc<Service>, answer: Answer) -> MethodRouter {
    let service = Arc::clone(service);
    let serve = move |request: Request| {
        let service = Arc::clone(&service);
        async move { exchange(&service, request, answer).await }
    };
    get(serve.clone()).post(serve)
}

async fn exchange(service: &Service, request: Request, answer: Answer) -> Response {
    let peer = request.extensions().get::<Peer>();
    if !peer.is_some_and(|peer| peer.0.is_loopback()) {
        return empty(StatusCode::NOT_FOUND);
    }
    let changes = request.method() == Method::POST;
    let body = axum::body::to_bytes(request.into_body(), BODY_LIMIT).await;
    let body = body
        .ok()
        .and_then(|body| serde_json::from_slice::<Value>(&body).ok());
    if changes && body.is_none() {
        return empty(StatusCode::BAD_REQUEST);
    }
    let Some(answer) = answer(service, body.as_ref().filter(|_| changes)) else {
        return empty(StatusCode::BAD_REQUEST);
    };
    let mut response = Response::new(Body::from(answer.to_string()));
    let kind = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

/// The messages that people would get.
fn mail(service: &Service) -> Value {
    let mails = service.step(|state| state.directory.codes.mails.clone());
    let mails = mails.into_iter().map(|mail| {
        json!({
            "to": mail.to,
            "about": mail.about,
            "code": mail.code,
            "sentAt": Timestamp::from(mail.sent_at).as_millis(),
        })
    });
    mails.collect()
}

/// The time, after the clock was moved forward by `advanceMs`, if that is asked for.
fn clock(service: &Service, change: Option<&Value>) -> Option<Value> {
    if let Some(change) = change {
        let by = change.get("advanceMs")?.as_u64()?;
        service.clock().advance(Duration::from_millis(by));
        service.step(|_| ());
    }
    let now = Timestamp::from(service.clock().now());
    Some(json!({"now": now.as_millis()}))
}
