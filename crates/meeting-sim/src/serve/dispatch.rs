//! From a request on the wire to the route of its operation, and back.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::Request,
    response::Response,
    routing::{MethodFilter, on},
};
use bytes::Bytes;
use http::{HeaderValue, Method, StatusCode};
use meeting_types::ServiceError;

use crate::{
    handlers::{
        self,
        route::{self, Answer, Route},
    },
    serve::{
        control_api, downloads,
        response::{empty, note},
        webhook_delivery, websocket,
    },
    service::Service,
    state::{State, errors, faults::Stub, request_log::RequestRecord},
};

/// The greatest body that the gateway takes.
const BODY_LIMIT: usize = 12 * 1024 * 1024;
/// How long a client may take for the body of a request.
const BODY_PATIENCE: Duration = Duration::from_secs(30);

/// The routes of all operations and of the event channel, and a refusal for everything else.
pub(crate) fn router(service: &Arc<Service>) -> Router {
    let mut router = Router::new();
    for route in handlers::routes() {
        // Every method of an operation is one of those that the filter knows.
        let Ok(filter) = MethodFilter::try_from(route.info.method.clone()) else {
            continue;
        };
        let path = template(route.info.path);
        let (route, service) = (Arc::new(route), Arc::clone(service));
        let serve = move |request: Request| {
            let (route, service) = (Arc::clone(&route), Arc::clone(&service));
            async move { exchange(&service, Some(&route), request).await }
        };
        router = router.route(&path, on(filter, serve));
    }
    let service_of_rest = Arc::clone(service);
    let refuse = move |request: Request| {
        let service = Arc::clone(&service_of_rest);
        async move { exchange(&service, None, request).await }
    };
    let router = router
        .fallback(refuse.clone())
        .method_not_allowed_fallback(refuse);
    let router = control_api::add(downloads::add(router, service), service);
    websocket::add(router, service)
}

/// A path with its parameters named by their places: operations name the same place differently.
fn template(path: &str) -> String {
    let parts = path.split('/').enumerate().map(|(place, part)| {
        if part.starts_with('{') {
            format!("{{p{place}}}")
        } else {
            part.to_owned()
        }
    });
    parts.collect::<Vec<_>>().join("/")
}

/// Reads a request, has it answered, keeps the log.
async fn exchange(service: &Service, route: Option<&Route>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    // A router takes HEAD for GET, but no operation is called by HEAD.
    let route = route.filter(|route| route.info.method == parts.method);
    let body = axum::body::to_bytes(body, BODY_LIMIT);
    let Ok(body) = tokio::time::timeout(BODY_PATIENCE, body).await else {
        let mut response = empty(StatusCode::REQUEST_TIMEOUT);
        let close = HeaderValue::from_static("close");
        response
            .headers_mut()
            .insert(http::header::CONNECTION, close);
        return response;
    };
    let too_large = body.is_err();
    let request = http::Request::from_parts(parts, body.unwrap_or_default());
    let operation = route.map(|route| route.info.name);
    let stub = service.step(|state| {
        // The gateway stands in front of everything else.
        if let Err(refused) = state.limits.pass(operation, state.now) {
            return Some(Stub::Answer(Err(refused)));
        }
        let retry_after = state.settings.retry_after;
        state.faults.take(operation, retry_after)
    });
    let response = match (stub, route) {
        (Some(Stub::Answer(answer)), _) => {
            service.step(|state| finish(state, operation, &request, answer))
        }
        (Some(Stub::Handle(handle)), _) => {
            // Without the lock: it is code of a test, which may look at the simulator.
            let answer = handle(&request);
            service.step(|state| finish(state, operation, &request, answer))
        }
        (None, _) if too_large => service.step(|state| {
            finish(
                state,
                operation,
                &request,
                Err(errors::BODY_TOO_LARGE.into()),
            )
        }),
        (None, Some(route)) => serve(service, route, &request).await,
        (None, None) => service
            .step(|state| finish(state, operation, &request, Err(errors::NO_SUCH_API.into()))),
    };
    response.map(Body::from)
}

/// Performs an operation.
async fn serve(
    service: &Service,
    route: &Route,
    request: &http::Request<Bytes>,
) -> http::Response<Bytes> {
    let before = route.before;
    let later = before.and_then(|before| service.step(|state| before(state, request)));
    if let Some(later) = later {
        let said = webhook_delivery::verify(later.call, &later.nonce).await;
        service.step(|state| (later.note)(state, said));
    }
    service.step(|state| {
        let query = request.uri().query().unwrap_or_default();
        let controls = route.info.group == "conference-control" && *request.method() != Method::GET;
        let run = controls.then(|| state.controlled_run(query)).flatten();
        let answer = match &route.perform {
            Some(perform) => perform(state, request),
            None => Err(errors::NO_SUCH_API.with_message(format!(
                "The simulator does not offer {}; the service does",
                route.info.name
            ))),
        };
        if let Some(run) = run {
            let refused = answer.as_ref().err().map(|error| error.code().to_owned());
            state.note_control(run, route.info.name, query, refused);
        }
        finish(state, Some(route.info.name), request, answer)
    })
}

/// The response to an answer. It gets its request id, and the log its record.
fn finish(
    state: &mut State,
    operation: Option<&'static str>,
    request: &http::Request<Bytes>,
    answer: Answer,
) -> http::Response<Bytes> {
    let mut record = RequestRecord::new(
        state.now,
        request.method(),
        request.uri(),
        request.headers(),
    );
    record.operation = operation;
    record.body_length = request.body().len();
    let mut response = answer.unwrap_or_else(|error: ServiceError| {
        record.error_code = Some(error.code().to_owned());
        route::refuse(&error)
    });
    let told = response.headers_mut();
    let limits = &mut state.limits;
    limits.tell(operation, state.now, request.headers(), told);
    note(state, record, request.headers(), &mut response);
    response
}
