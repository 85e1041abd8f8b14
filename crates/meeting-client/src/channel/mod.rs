//! The live channel of a running meeting: when to subscribe, when to send a heartbeat, when to give
//! up.
//!
//! [`Channel`] makes these decisions for one WebSocket connection and does no IO. `meeting-async`
//! and `meeting-blocking` put sockets under it. Use it directly to run the channel over a WebSocket
//! library of your own:
//!
//! ```
//! use meeting_client::{
//!     Elapsed,
//!     channel::{Action, Channel, ChannelEnd, ChannelOptions, Frame, Subscription},
//! };
//! use meeting_types::{ConferenceToken, events::EventKind};
//! use std::time::{Duration, SystemTime};
//!
//! let token = ConferenceToken::new("stb0123");
//! let subscription = Subscription::new(token, [EventKind::ConferenceDynamicInfo]);
//! let mut channel = Channel::opened(subscription, &ChannelOptions::default(), SystemTime::now());
//! let Action::Send(subscribe) = channel.poll(Elapsed::ZERO) else { panic!() };
//! // ... write `subscribe`, then read what comes back:
//! let text = r#"{"action":"ConfDynamicInfoNotify","state":"Destroyed"}"#;
//! let now = Elapsed::ZERO + Duration::from_millis(80);
//! channel.handle_frame(Frame::Text(text), now);
//! assert_eq!(channel.poll(now), Action::Subscribed);
//! assert!(matches!(channel.poll(now), Action::Event(_)));
//! assert!(matches!(channel.poll(now), Action::Finished(ChannelEnd::MeetingEnded)));
//! ```

#[cfg(feature = "websocket")]
mod connection;
mod end;
mod fault;
mod machine;
mod subscription;
mod tap;
#[cfg(feature = "websocket")]
pub mod upgrade;
#[cfg(feature = "websocket")]
pub mod websocket;

#[cfg(feature = "websocket")]
pub use connection::Connection;
pub use end::{ChannelEnd, ChannelError, CloseReason};
pub use fault::{FrameFault, Missed};
pub use machine::{Action, Channel, Frame, Heartbeats};
pub use subscription::{ChannelOptions, KNOWN, Subscription};
pub use tap::SeenFrame;
