//! The WebSocket on which a running meeting tells what happens in it.

use std::{sync::Arc, time::Duration};

use axum::{Router, extract::Request, response::Response, routing::get};
use futures_util::{SinkExt, StreamExt};
use http::StatusCode;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use meeting_types::{
    ConferenceCredential, ConferenceId,
    events::{ClientFrame, EventKind, Sequence, ServerFrame, SubtitleSwitch},
};
use tokio::sync::mpsc;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Message, Utf8Bytes, handshake::server::create_response, protocol::Role as Side,
        protocol::WebSocketConfig,
    },
};

use crate::{
    serve::response::{empty, note},
    service::Service,
    state::{State, errors, feed::Outgoing, request_log::RequestRecord},
};

const PATH: &str = "/cms/open/websocket/confctl/increment/conn";
/// The greatest frame that is taken from a client.
const FRAME_LIMIT: usize = 64 * 1024;
/// How much is read at a time. Clients send little.
const READ_BUFFER: usize = 4 * 1024;
/// How long a client may take for one frame once its channel is over, in real time.
const SLOW: Duration = Duration::from_secs(5);

/// One connection that was let in.
struct Channel {
    conference: ConferenceId,
    listener: u64,
    outgoing: mpsc::Receiver<Outgoing>,
}

pub(crate) fn add(router: Router, service: &Arc<Service>) -> Router {
    let service = Arc::clone(service);
    router.route(
        PATH,
        get(move |request: Request| {
            let service = Arc::clone(&service);
            async move { connect(&service, request) }
        }),
    )
}

/// Answers the handshake. Whether the token is good shows only afterwards: a connection with a bad
/// one is made and closed at once, as the service does it.
fn connect(service: &Arc<Service>, mut request: Request) -> Response {
    let bare = {
        let mut bare = http::Request::new(());
        *bare.method_mut() = request.method().clone();
        *bare.uri_mut() = request.uri().clone();
        *bare.version_mut() = request.version();
        *bare.headers_mut() = request.headers().clone();
        bare
    };
    let handshake = create_response(&bare);
    let mut response = match &handshake {
        Ok(_) => empty(StatusCode::SWITCHING_PROTOCOLS),
        Err(_) => empty(StatusCode::BAD_REQUEST),
    };
    if let Ok(handshake) = handshake {
        response
            .headers_mut()
            .extend(handshake.into_parts().0.headers);
        let query = request.uri().query().unwrap_or_default();
        let channel = admit(
            service,
            parameter(query, "confID"),
            parameter(query, "tmpToken"),
        );
        let upgrade = hyper::upgrade::on(&mut request);
        let service = Arc::clone(service);
        tokio::spawn(async move {
            if let Ok(upgraded) = upgrade.await {
                serve_channel(&service, upgraded, channel).await;
            } else if let Some(channel) = channel {
                leave(&service, &channel);
            }
        });
    }
    service.step(|state| {
        let record = RequestRecord::new(
            state.now,
            request.method(),
            request.uri(),
            request.headers(),
        );
        note(state, record, request.headers(), &mut response);
    });
    response
}

/// Ids and tokens are made of letters and digits, so there is nothing to decode.
fn parameter<'a>(query: &'a str, name: &str) -> &'a str {
    query
        .split('&')
        .filter_map(|part| part.split_once('='))
        .find(|(key, _)| *key == name)
        .map_or("", |(_, value)| value)
}

fn admit(service: &Service, conference: &str, token: &str) -> Option<Channel> {
    let conference = ConferenceId::new(conference);
    service.step(|state| {
        let now = state.now;
        let (uuid, role) = state.control_tokens.take_socket(&conference, token, now)?;
        let run = state.meetings.get(&conference)?.run()?;
        if run.uuid != uuid {
            return None;
        }
        let (listener, outgoing) = state.feeds.connect(&conference, role, now);
        Some(Channel {
            conference: conference.clone(),
            listener,
            outgoing,
        })
    })
}

fn leave(service: &Service, channel: &Channel) {
    service.step(|state| {
        state
            .feeds
            .disconnect(&channel.conference, channel.listener);
    });
}

/// Carries frames both ways until one side ends it.
async fn serve_channel(service: &Service, upgraded: Upgraded, channel: Option<Channel>) {
    let limits = WebSocketConfig::default()
        .max_message_size(Some(FRAME_LIMIT))
        .max_frame_size(Some(FRAME_LIMIT))
        // The library's own buffers are 128 KiB a connection.
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0);
    let stream = TokioIo::new(upgraded);
    let mut socket = WebSocketStream::from_raw_socket(stream, Side::Server, Some(limits)).await;
    let Some(mut channel) = channel else {
        close(socket).await;
        return;
    };
    loop {
        tokio::select! {
            outgoing = channel.outgoing.recv() => match outgoing {
                Some(Outgoing::Frame(text)) => {
                    if !push(&mut socket, text, &channel.outgoing).await {
                        break;
                    }
                }
                Some(Outgoing::Cut) => break,
                None => {
                    close(socket).await;
                    break;
                }
            },
            incoming = socket.next() => match incoming {
                Some(Ok(Message::Text(text))) => {
                    service.step(|state| handle_frame(state, &channel, &text));
                }
                // Pings are answered by the library.
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Binary(_) | Message::Frame(_))) => {}
                Some(Ok(Message::Close(_)) | Err(_)) | None => break,
            },
        }
    }
    leave(service, &channel);
}

/// Sends a frame, for as long as the client takes. If the channel is over meanwhile, a client that
/// does not read is given up: nothing else would ever end the connection.
async fn push(
    socket: &mut WebSocketStream<TokioIo<Upgraded>>,
    text: Utf8Bytes,
    outgoing: &mpsc::Receiver<Outgoing>,
) -> bool {
    let mut sending = socket.send(Message::Text(text));
    loop {
        match tokio::time::timeout(SLOW, &mut sending).await {
            Ok(sent) => return sent.is_ok(),
            Err(_) if outgoing.is_closed() => return false,
            Err(_) => {}
        }
    }
}

/// Says goodbye and waits a moment for the answer, so that the last frames arrive.
async fn close(mut socket: WebSocketStream<TokioIo<Upgraded>>) {
    let goodbye = async {
        if socket.close(None).await.is_ok() {
            while let Some(Ok(_)) = socket.next().await {}
        }
    };
    let _ = tokio::time::timeout(Duration::from_secs(2), goodbye).await;
}

/// Answers a frame of a client. The answer takes the same way as the events, so that their order
/// is kept.
fn handle_frame(state: &mut State, channel: &Channel, text: &str) {
    match ClientFrame::parse(text) {
        Ok(ClientFrame::HeartBeat { sequence }) => {
            let now = state.now;
            if let Some(feed) = state.feeds.get_mut(&channel.conference) {
                feed.heartbeat(channel.listener, sequence, now);
            }
        }
        Ok(ClientFrame::Subscribe {
            sequence,
            kinds,
            token,
            conference_id,
        }) => {
            let id = conference_id.unwrap_or_else(|| channel.conference.clone());
            let credential = ConferenceCredential::new(id, token);
            subscribe(state, channel, sequence, kinds, &credential);
        }
        Ok(ClientFrame::Subtitles {
            token,
            conference_id,
            switch,
            ..
        }) => {
            let credential = ConferenceCredential::new(conference_id, token);
            subtitles(state, channel, &credential, switch);
        }
        // The service has no answer to what it does not understand.
        _ => {}
    }
}

/// Switches subtitles, for anyone in the meeting. No answer is documented; the events tell whether it
/// worked.
fn subtitles(
    state: &mut State,
    channel: &Channel,
    credential: &ConferenceCredential,
    switch: SubtitleSwitch,
) {
    if credential.conference_id != channel.conference || state.control_of(credential).is_err() {
        return;
    }
    let meeting = state.meetings.get_mut(&channel.conference);
    if let Some(run) = meeting.and_then(|meeting| meeting.run_mut()) {
        run.subtitles.switch(switch, &run.participants);
    }
}

fn subscribe(
    state: &mut State,
    channel: &Channel,
    sequence: Sequence,
    kinds: Vec<EventKind>,
    credential: &ConferenceCredential,
) {
    let allowed = if credential.conference_id == channel.conference {
        state.control_of(credential).map(drop)
    } else {
        Err(errors::NOT_FOUND_OR_REFUSED.into())
    };
    let (code, description) = match &allowed {
        Ok(()) => (0, "SUCCESS".to_owned()),
        Err(error) => (errors::number(error), error.message().to_owned()),
    };
    let ack = ServerFrame::Ack {
        sequence,
        code,
        description: Some(description),
    };
    let now = state.now;
    let Some(feed) = state.feeds.get_mut(&channel.conference) else {
        return;
    };
    feed.answer(channel.listener, &ack);
    if allowed.is_ok()
        && let Some(meeting) = state.meetings.get(&channel.conference)
    {
        let random = &mut state.random;
        feed.subscribe(channel.listener, kinds, meeting, now, random);
    }
}
