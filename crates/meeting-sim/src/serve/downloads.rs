//! Recordings to download, by the links that the simulator gives out.

use std::sync::Arc;

use axum::{Router, body::Body, extract::Request, response::Response, routing::get};
use http::{HeaderValue, StatusCode, header};

use super::response::empty;
use crate::{service::Service, state::past::file_size};

/// Adds the route.
pub(crate) fn add(router: Router, service: &Arc<Service>) -> Router {
    let service = Arc::clone(service);
    router.route(
        "/download/recordings/{uuid}/{stream}/{file}",
        get(move |request: Request| {
            let service = Arc::clone(&service);
            async move { download(&service, &request) }
        }),
    )
}

/// Answers a file to whoever shows the token of its link, once.
fn download(service: &Service, request: &Request) -> Response {
    let given = request.headers().get(header::AUTHORIZATION);
    let token = given
        .and_then(|given| given.to_str().ok())
        .unwrap_or_default();
    let path = request.uri().path();
    let link = service.step(|state| state.past.take_link(token, path, state.now));
    let Some(link) = link else {
        return empty(StatusCode::UNAUTHORIZED);
    };
    let mut response = Response::new(Body::from(file(file_size(link.length))));
    let kind = HeaderValue::from_static("video/mp4");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

/// A file of this size that begins as MP4 does, and shows nothing.
fn file(size: usize) -> Vec<u8> {
    let mut file = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom".to_vec();
    let rest = size.saturating_sub(file.len());
    file.extend(u32::try_from(rest).unwrap_or(u32::MAX).to_be_bytes());
    file.extend(b"free");
    file.resize(size, 0);
    file
}
