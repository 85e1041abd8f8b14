//! Async client for Huawei Cloud Meeting, over reqwest and tokio.
//!
//! [`Client`] runs operations, [`Control`] controls a running meeting and follows it live.
//! The operations and models come from [`meeting_types`], re-exported as [`types`];
//! [`types::operations`] lists all operations by group.
//!
//! ```no_run
//! # async fn book() -> Result<(), Box<dyn std::error::Error>> {
//! use meeting_async::Client;
//! use meeting_async::types::{
//!     AppCredential, Endpoint,
//!     models::{Booking, MediaType},
//!     operations::CreateMeeting,
//! };
//!
//! let app = AppCredential::new("app id", "app key").user_id("alice");
//! let client = Client::with_credentials(Endpoint::international(), app);
//! let booking = Booking::new([MediaType::HdVideo]).subject("Weekly");
//! let meetings = client.send(&CreateMeeting::new(booking)).await?;
//! println!("booked {}", meetings[0].conference_id);
//! # Ok(())
//! # }
//! ```
//!
//! # Follow a meeting
//!
//! Here on a simulator inside the program, the crate `meeting-sim`. With the endpoint of the service, and
//! the id and a password of a meeting that runs there, it is the same.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use meeting_async::{Change, Client};
//! use meeting_sim::Simulator;
//!
//! let sim = Simulator::start()?;
//! let weekly = sim.create_meeting("Weekly");
//! let id = &weekly.conference_id;
//!
//! let client = Client::anonymous(sim.endpoint());
//! let control = client.control(id, &weekly.host_password).await?;
//! let mut events = control.events().await?;
//! weekly.join("Ann")?;
//! while let Some(notice) = events.next().await {
//!     notice?;
//!     for change in events.changes() {
//!         println!("{}", change.describe(events.meeting()));
//!         if let Change::ParticipantJoined(_) = change {
//!             weekly.end()?;
//!         }
//!     }
//! }
//! assert!(events.meeting().is_over());
//! # Ok(())
//! # }
//! ```
//!
//! [`Notice`] says where events may be missing, [`LiveMeeting`] is the meeting as a whole.
//!
//! # Settings
//!
//! [`Client::builder`] takes them: deadline and retries, certificates ([`TrustStore`]), and a transport of
//! your own. The service names the hosts of its event channels by bare addresses: a `TrustStore` says what
//! to expect there.

mod cached_origin;
mod client;
mod control;
mod events;
mod failure;
mod http_clients;
mod live;
mod pages;
mod request_body;
mod runtime_pools;
mod transport;

pub use client::{Client, ClientBuilder};
pub use control::Control;
pub use events::EventStream;
pub use live::LiveEvents;
pub use meeting_client::{
    Anonymous, ApiClient, CallOptions, CanAuthorize, Config, Error, Grant, ListError, LoggedIn,
    LoginCredentials, MessageLanguage, RetryBudget, RetryPolicy,
    channel::{
        ChannelEnd, ChannelError, ChannelOptions, CloseReason, FrameFault, Heartbeats, SeenFrame,
        Subscription,
    },
    follow::{Change, LiveMeeting, LiveOptions, Notice, printable},
    tls::{AddressRefused, Addresses, Pin, TlsError, TrustStore},
};
pub use meeting_types as types;
pub use pages::Pages;
pub use transport::{ReqwestTransport, ReqwestTransportBuilder};
