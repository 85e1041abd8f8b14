//! The live channel of a running meeting: when to subscribe, when to send a heartbeat, when to give
//! up.
//!
//! [`Channel`] makes these decisions for one WebSocket connection and does no IO. `meeting-async`
//! and `meeting-blocking` put sockets under it. Use it directly to run the channel over a WebSocket
//! library of your own:
//!
//! ```
//! use meeting_client::channel::{Channel, ChannelOptions, Message, Output, Outcome, Subscription};
//! use meeting_types::{ConferenceToken, events::EventKind};
//! use std::time::{Duration, SystemTime};
//!
//! let token = ConferenceToken::new("stb0123");
//! let subscription = Subscription::new(token, [EventKind::ConferenceDynamicInfo]);
//! let mut channel = Channel::opened(subscription, &ChannelOptions::default(), SystemTime::now());
//! let Output::Send(subscribe) = channel.poll() else { panic!() };
//! // ... write `subscribe`, then read what comes back:
//! let text = r#"{"action":"ConfDynamicInfoNotify","state":"Destroyed"}"#;
//! channel.received(Message::Text(text), Duration::from_millis(80));
//! assert!(matches!(channel.poll(), Output::Event(_)));
//! assert!(matches!(channel.poll(), Output::Finished(Outcome::MeetingEnded)));
//! ```

mod machine;
mod outcome;
mod subscription;
#[cfg(feature = "websocket")]
pub mod upgrade;
#[cfg(feature = "websocket")]
pub mod websocket;

pub use machine::{Channel, Heartbeats, Message, Output};
pub use outcome::{ChannelError, CloseReason, FrameFault, Outcome};
pub use subscription::{ChannelOptions, KNOWN, Subscription};
