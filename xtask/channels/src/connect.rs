//! The ways to open a channel and to read it: ours, and two that one would write by hand.

use std::{sync::Arc, time::SystemTime};

use anyhow::{Context, Result};
use clap::ValueEnum;
use futures_util::{SinkExt, StreamExt};
use meeting_async::{
    Anonymous, ChannelOptions, Client, Config, Error, EventStream, LiveEvents, Notice,
    ReqwestTransport, TrustStore,
};
use meeting_client::{ChannelGrant, Engine, channel::KNOWN};
use meeting_types::{
    ConferenceId, ConferenceToken, Password,
    events::{ClientFrame, Event, EventKind, Sequences},
};
use serde_json::Value;
use tokio::{net::TcpStream, sync::Semaphore};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async_with_config,
    tungstenite::{Message, protocol::WebSocketConfig},
};

use crate::{
    host::Host,
    progress::{Progress, Seen},
};

/// A way to open a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Side {
    /// tokio-tungstenite as it comes.
    Default,
    /// tokio-tungstenite with as small a read buffer as ours.
    Small,
    /// [`EventStream`].
    Stream,
    /// [`meeting_async::LiveEvents`], each with a control session of its own.
    Live,
}

impl Side {
    pub(crate) const ALL: [Self; 4] = [Self::Default, Self::Small, Self::Stream, Self::Live];

    /// The name on a command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Small => "small",
            Self::Stream => "stream",
            Self::Live => "live",
        }
    }

    /// The name in the table.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Default => "by hand, tokio-tungstenite as it is",
            Self::Small => "by hand, with a read buffer of 4 KiB",
            Self::Stream => "EventStream",
            Self::Live => "LiveEvents, with state and token",
        }
    }

    pub(crate) fn is_ours(self) -> bool {
        matches!(self, Self::Stream | Self::Live)
    }
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// What all channels share.
pub(crate) struct Shared {
    side: Side,
    meetings: Vec<(ConferenceId, Password)>,
    engine: Engine<Anonymous>,
    client: Client<Anonymous>,
    trust: TrustStore,
    options: ChannelOptions,
    turns: Semaphore,
    progress: Arc<Progress>,
}

impl Shared {
    pub(crate) fn new(side: Side, host: &Host, at_a_time: usize, progress: Arc<Progress>) -> Self {
        let transport = Arc::new(ReqwestTransport::new());
        let config = Config::new(host.endpoint.clone());
        Self {
            side,
            meetings: host.meetings.clone(),
            engine: Engine::anonymous(config, transport.clone()),
            client: Client::builder(host.endpoint.clone()).anonymous_over(transport),
            trust: TrustStore::bundled(),
            options: ChannelOptions::default(),
            turns: Semaphore::new(at_a_time),
            progress,
        }
    }

    /// Starts a task that opens a channel and reads it for ever.
    ///
    /// One task does both, as a program would: a socket that goes to another task keeps a handle of
    /// the task that opened it, and that task's memory with it. What only opening needs is boxed, so
    /// that it does not lie in the task for ever.
    pub(crate) fn follow(self: &Arc<Self>, meeting: usize) {
        let shared = Arc::clone(self);
        let meeting = meeting % self.meetings.len();
        match self.side {
            Side::Default | Side::Small => tokio::spawn(async move {
                let ended = shared.follow_by_hand(meeting).await;
                shared.progress.fail(ended);
            }),
            Side::Stream => tokio::spawn(async move {
                let ended = shared.follow_stream(meeting).await;
                shared.progress.fail(ended);
            }),
            Side::Live => tokio::spawn(async move {
                let ended = shared.follow_live(meeting).await;
                shared.progress.fail(ended);
            }),
        };
    }

    async fn follow_by_hand(&self, meeting: usize) -> Result<()> {
        let mut socket = Box::pin(self.open_by_hand(meeting)).await?;
        let mut seen = Seen::default();
        while let Some(frame) = socket.next().await {
            match frame? {
                Message::Text(text) => take_text(&text, &mut seen, &self.progress)?,
                Message::Close(_) => break,
                _ => {}
            }
        }
        Ok(())
    }

    async fn follow_stream(&self, meeting: usize) -> Result<()> {
        let mut events = Box::pin(self.open_stream(meeting)).await?;
        let mut seen = Seen::default();
        while let Some(event) = events.next().await {
            seen.take(&event?, &self.progress)?;
        }
        Ok(())
    }

    async fn follow_live(&self, meeting: usize) -> Result<()> {
        let mut events = Box::pin(self.open_live(meeting)).await?;
        let mut seen = Seen::default();
        while let Some(item) = events.next().await {
            seen.take(&event_of(item)?, &self.progress)?;
        }
        Ok(())
    }

    async fn open_by_hand(&self, meeting: usize) -> Result<Socket> {
        let _turn = self.turns.acquire().await?;
        let (ticket, token) = self.ticket(meeting).await?;
        let config = match self.side {
            Side::Small => WebSocketConfig::default().read_buffer_size(4096),
            _ => WebSocketConfig::default(),
        };
        let uri = ticket.address.uri();
        let (mut socket, _) = connect_async_with_config(uri.expose(), Some(config), true).await?;
        let subscribe = ClientFrame::Subscribe {
            sequence: Sequences::new().next(SystemTime::now().into()),
            kinds: KNOWN.to_vec(),
            token,
            conference_id: None,
        };
        let text = subscribe.to_text();
        socket.send(Message::text(text.expose())).await?;
        Ok(socket)
    }

    async fn open_stream(&self, meeting: usize) -> Result<EventStream> {
        let _turn = self.turns.acquire().await?;
        let (ticket, _) = self.ticket(meeting).await?;
        let (address, subscription) = (ticket.address, ticket.subscription);
        Ok(EventStream::connect(address, subscription, &self.trust, &self.options).await?)
    }

    async fn open_live(&self, meeting: usize) -> Result<LiveEvents> {
        let _turn = self.turns.acquire().await?;
        let (id, password) = self.meetings[meeting].clone();
        let control = self.client.control(id, password).await?;
        Ok(control.events().await?)
    }

    async fn ticket(&self, meeting: usize) -> Result<(ChannelGrant, ConferenceToken)> {
        let (id, password) = self.meetings[meeting].clone();
        let control = self.engine.control(id, password).await?;
        let ticket = control.channel(KNOWN.iter().cloned()).await?;
        Ok((ticket, control.token().context("there is no token")?))
    }
}

/// The event of an item of `LiveEvents`.
fn event_of(item: Result<Notice, Error>) -> Result<Event> {
    let notice = item?;
    let told = notice.to_string();
    notice.into_event().context(told)
}

/// Reads a frame as one would without types.
fn take_text(text: &str, seen: &mut Seen, progress: &Progress) -> Result<()> {
    let frame: Value = serde_json::from_str(text)?;
    let action = frame["action"].as_str().unwrap_or_default();
    // Answers to client frames have no mode.
    match frame["msgMode"].as_i64() {
        Some(mode) => seen.take_parts(
            &EventKind::from(action),
            mode == 0,
            frame["version"].as_i64(),
            progress,
        ),
        None => Ok(()),
    }
}
