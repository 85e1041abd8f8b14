//! Calls the addresses that are told what happens, over plain HTTP.

use std::{collections::HashMap, io, sync::Arc, time::Duration};

use axum::body::Body;
use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use meeting_types::CorpId;
use tokio::{net::TcpStream, sync::mpsc, task::JoinSet};

use crate::{service::Service, state::feed::webhooks::Call};

/// How long a receiver may take, in real time.
const PATIENCE: Duration = Duration::from_secs(5);
/// The greatest answer that is looked at.
const ANSWER_LIMIT: usize = 64 * 1024;

/// Makes the calls that the state hands out: those of one enterprise one after the other, beside those
/// of all others, so that a receiver that is gone holds up nobody else. Never ends.
pub(crate) async fn deliver(service: &Arc<Service>) {
    // A server that goes down gives it back with this task.
    let calls = service.step(|state| Arc::clone(&state.webhooks.to_make));
    let mut calls = calls.lock().await;
    // Ends with this task, and its tasks with it.
    let mut tasks = JoinSet::new();
    let mut receivers: HashMap<CorpId, mpsc::UnboundedSender<Call>> = HashMap::new();
    while let Some(call) = calls.recv().await {
        let sender = receivers.entry(call.corp_id.clone()).or_insert_with(|| {
            let (sender, receiver) = mpsc::unbounded_channel();
            tasks.spawn(deliver_in_turn(Arc::clone(service), receiver));
            sender
        });
        // The task ends with this one only.
        let _ = sender.send(call);
    }
}

/// Makes the calls of one enterprise.
async fn deliver_in_turn(service: Arc<Service>, calls: mpsc::UnboundedReceiver<Call>) {
    let mut queue = Queue {
        service: &service,
        calls,
    };
    while let Some(call) = queue.calls.recv().await {
        let mut attempt = Attempt {
            service: &service,
            delivery: call.delivery,
            answered: false,
        };
        attempt.answered = exchange(call)
            .await
            .is_some_and(|answer| answer.status() == StatusCode::OK);
    }
}

/// The calls of one enterprise that wait. If the server goes down first, they are made once it is back.
struct Queue<'a> {
    service: &'a Service,
    calls: mpsc::UnboundedReceiver<Call>,
}

impl Drop for Queue<'_> {
    fn drop(&mut self) {
        self.calls.close();
        while let Ok(call) = self.calls.try_recv() {
            let delivery = call.delivery;
            self.service
                .step(|state| state.webhooks.put_back(delivery, state.now));
        }
    }
}

/// A call that is under way. Its end is noted also when the server goes down first.
struct Attempt<'a> {
    service: &'a Service,
    delivery: u64,
    answered: bool,
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        let (delivery, answered) = (self.delivery, self.answered);
        self.service
            .step(|state| state.webhooks.called(delivery, answered));
    }
}

/// Whether the address proves that it is the subscriber's.
pub(crate) async fn verify(call: Call, nonce: &str) -> bool {
    let Some(answer) = exchange(call).await else {
        return false;
    };
    let said: serde_json::Value = serde_json::from_slice(answer.body()).unwrap_or_default();
    answer.status() == StatusCode::OK && said["event"] == "meeting.verify" && said["nonce"] == nonce
}

/// The answer, unless there is none in time.
async fn exchange(call: Call) -> Option<Response<Bytes>> {
    tokio::time::timeout(PATIENCE, attempt(call))
        .await
        .ok()?
        .ok()
}

async fn attempt(call: Call) -> io::Result<Response<Bytes>> {
    let authority = call.url.authority().ok_or(io::ErrorKind::InvalidInput)?;
    let host = authority.host().trim_matches(['[', ']']);
    let port = authority.port_u16().unwrap_or(80);
    let stream = TcpStream::connect((host, port)).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(io::Error::other)?;
    let path = call.url.path_and_query().map_or("/", |path| path.as_str());
    let request = Request::post(path)
        .header(header::HOST, authority.as_str())
        .header(header::CONTENT_TYPE, "application/json; charset=UTF-8")
        .header("X-Request-ID", call.request_id)
        .body(Body::from(call.body))
        .map_err(io::Error::other)?;
    let answer = async {
        let (parts, body) = sender
            .send_request(request)
            .await
            .map_err(io::Error::other)?
            .into_parts();
        let body = axum::body::to_bytes(Body::new(body), ANSWER_LIMIT)
            .await
            .map_err(io::Error::other)?;
        Ok(Response::from_parts(parts, body))
    };
    let mut connection = std::pin::pin!(connection);
    let mut answer = std::pin::pin!(answer);
    // The connection may be done before its last bytes are read.
    tokio::select! {
        answer = &mut answer => answer,
        _ = &mut connection => answer.await,
    }
}
