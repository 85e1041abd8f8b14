//! From a request to the handler of its operation, and back to a response.
//!
//! The types of an operation end here: a route is the same type for all of them.

use bytes::Bytes;
use http::StatusCode;
use meeting_types::{OperationInfo, RequestError, ServerOperation, ServiceError, schema::Place};

use super::{
    admit::{Admit, Authenticate},
    gate, parameters,
};
use crate::state::{State, errors, feed::webhooks::Call};

/// Response, or why there is none.
pub(crate) type Answer = Result<http::Response<Bytes>, ServiceError>;

/// How a handler gets from a request to a response.
type Perform = Box<dyn Fn(&mut State, &http::Request<Bytes>) -> Answer + Send + Sync>;

/// Function that performs an operation in the name of a caller.
pub(crate) type Handler<O, A> =
    fn(&mut State, A, O) -> Result<<O as meeting_types::Operation>::Output, ServiceError>;

/// What to note of a call, by how it went.
type Note = Box<dyn FnOnce(&mut State, bool) + Send>;

/// A call over the network that has to be made before a request is performed: no step of the state
/// waits for anything.
pub(crate) struct Later {
    pub(crate) call: Call,
    /// What the receiver has to say.
    pub(crate) nonce: String,
    /// What to note, by whether it said so.
    pub(crate) note: Note,
}

/// What to call before an operation is performed, if anything.
pub(crate) type Before = fn(&mut State, &http::Request<Bytes>) -> Option<Later>;

/// The way to one operation.
pub(crate) struct Route {
    pub(crate) info: &'static OperationInfo,
    /// `None` for an operation that is not served.
    pub(crate) perform: Option<Perform>,
    pub(crate) before: Option<Before>,
}

/// The ways to all operations.
#[derive(Default)]
pub(crate) struct Routes(Vec<Route>);

impl Routes {
    /// Performs an operation by `handler`, which says which operation it is and who may call it.
    pub(crate) fn on<O, A>(mut self, handler: Handler<O, A>) -> Self
    where
        O: ServerOperation,
        O::Authorization: Authenticate,
        A: Admit<<O::Authorization as Authenticate>::Caller> + 'static,
    {
        self.0.push(Route {
            info: O::INFO,
            perform: Some(Box::new(move |state, request| {
                perform(state, request, handler)
            })),
            before: None,
        });
        self
    }

    /// The same for an operation whose response says itself whether it went well, in a 200.
    pub(crate) fn on_verdict<O, A>(self, handler: Handler<O, A>) -> Self
    where
        O: ServerOperation,
        O::Authorization: Authenticate,
        A: Admit<<O::Authorization as Authenticate>::Caller> + 'static,
    {
        let mut routes = self.on(handler);
        if let Some(route) = routes.0.last_mut()
            && let Some(perform) = route.perform.take()
        {
            route.perform = Some(Box::new(move |state, request| {
                let admitted = admit::<O, A>(state, request);
                admitted.and_then(|_| with_verdict(perform(state, request)))
            }));
        }
        routes
    }

    /// Calls somebody before an operation is performed.
    pub(crate) fn before(mut self, info: &OperationInfo, before: Before) -> Self {
        for route in self
            .0
            .iter_mut()
            .filter(|route| route.info.name == info.name)
        {
            route.before = Some(before);
        }
        self
    }

    /// An operation that is not served yet.
    pub(crate) fn missing(mut self, info: &'static OperationInfo) -> Self {
        self.0.push(Route {
            info,
            perform: None,
            before: None,
        });
        self
    }
}

impl IntoIterator for Routes {
    type Item = Route;
    type IntoIter = std::vec::IntoIter<Route>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// Checks who calls and the parameters, then calls the handler.
fn perform<O, A>(
    state: &mut State,
    request: &http::Request<Bytes>,
    handler: Handler<O, A>,
) -> Answer
where
    O: ServerOperation,
    O::Authorization: Authenticate,
    A: Admit<<O::Authorization as Authenticate>::Caller>,
{
    let (caller, operation) = admit::<O, A>(state, request)?;
    let output = handler(state, caller, operation)?;
    Ok(with_empty_lists(O::write_response(&output)))
}

/// Writes empty pages as lists, as the service does: an output leaves out what is empty.
fn with_empty_lists(response: http::Response<Bytes>) -> http::Response<Bytes> {
    let empty = br#""count":0"#;
    if !response
        .body()
        .windows(empty.len())
        .any(|part| part == empty)
    {
        return response;
    }
    response.map(|body| match serde_json::from_slice(&body) {
        Ok(mut value) => {
            add_empty_lists(&mut value);
            Bytes::from(value.to_string())
        }
        Err(_) => body,
    })
}

fn add_empty_lists(value: &mut serde_json::Value) {
    let Some(object) = value.as_object_mut() else {
        return;
    };
    let is_empty_page = object.get("count").and_then(serde_json::Value::as_u64) == Some(0);
    if is_empty_page && object.contains_key("offset") {
        object
            .entry("data")
            .or_insert_with(|| serde_json::Value::Array(Vec::new()));
    }
    object.values_mut().for_each(add_empty_lists);
}

/// Checks who calls and the parameters.
pub(crate) fn admit<O, A>(
    state: &mut State,
    request: &http::Request<Bytes>,
) -> Result<(A, O), ServiceError>
where
    O: ServerOperation,
    O::Authorization: Authenticate,
    A: Admit<<O::Authorization as Authenticate>::Caller>,
{
    let caller = O::Authorization::authenticate(O::credential_of(request), request, state)?;
    let caller = A::admit(caller, state)?;
    constants(O::INFO, request)?;
    let wrong = |error: RequestError| parameters::refusal(O::INFO, request.body(), &error);
    let operation = O::from_request(request).map_err(wrong)?;
    if !state.settings.lenient
        && let Some(path) = gate::unknown_value(&operation)
    {
        return Err(parameters::unknown(O::INFO, &path));
    }
    Ok((caller, operation))
}

/// Checks the parameters that always have the same value.
fn constants(info: &OperationInfo, request: &http::Request<Bytes>) -> Result<(), ServiceError> {
    for (place, name, value) in info.constants {
        let given = request.headers().get(*name);
        if *place == Place::Header && given.is_none_or(|given| given != *value) {
            let message = format!("header `{name}` must be `{value}`");
            return Err(parameters::family(info).with_message(message));
        }
    }
    Ok(())
}

/// Adds the verdict to a response. What the handler refuses is refused in a 200.
fn with_verdict(answer: Answer) -> Answer {
    let response =
        answer.map_err(|error| ServiceError::new(StatusCode::OK, error.code(), error.message()))?;
    let written = serde_json::from_slice(response.body());
    let mut body: serde_json::Map<String, serde_json::Value> = written.unwrap_or_default();
    body.insert("returnCode".to_owned(), 0.into());
    body.insert("returnDesc".to_owned(), "Success".into());
    Ok(response.map(|_| Bytes::from(serde_json::Value::from(body).to_string())))
}

/// The response that refuses.
pub(crate) fn refuse(error: &ServiceError) -> http::Response<Bytes> {
    if error.status() != StatusCode::OK {
        return error.to_response();
    }
    let body = serde_json::json!({
        "returnCode": errors::number(error),
        "returnDesc": error.message(),
    });
    // Status and headers are those of any refusal.
    error.to_response().map(|_| Bytes::from(body.to_string()))
}
