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
//! `Notice` says where events may be missing, `LiveMeeting` is the meeting as a whole.
//!
//! # Settings
//!
//! [`Client::builder`] takes them: deadline and retries, certificates ([`TrustStore`]), proxies
//! ([`proxy`]), and a transport of your own. The service names the hosts of its event channels by bare addresses: a `TrustStore` says what
//! to expect there.
//!
//! # Features
//!
//! - `live` (default): the event channel of a meeting, with all that stands under "Follow a meeting". It
//!   brings tungstenite.

mod body_stream;
mod cached_origin;
mod client;
mod client_builder;
mod control;
mod dial;
#[cfg(feature = "live")]
mod events;
mod failure;
mod http_clients;
#[cfg(feature = "live")]
mod live;
mod pages;
mod proxied_client;
mod request_body;
mod runtime_pools;
mod transport;
#[cfg(feature = "live")]
mod under_way;

pub use body_stream::ToAsyncWriter;
pub use client::Client;
pub use client_builder::ClientBuilder;
pub use control::Control;
#[cfg(feature = "live")]
pub use events::EventStream;
#[cfg(feature = "live")]
pub use live::LiveEvents;
#[cfg(feature = "file-logins")]
pub use meeting_client::FileLogins;
#[cfg(feature = "gzip")]
pub use meeting_client::Gzip;
pub use meeting_client::{
    Anonymous, ApiClient, CallOptions, CanAuthorize, Config, Error, Grant, ListError, LoggedIn,
    LoginCredentials, MemoryLogins, MessageLanguage, Network, OnStoreLoss, RetryBudget,
    RetryPolicy, bulk, download,
    pace::{KnownLimit, LocalPacer},
    proxy,
    tls::{AddressRefused, Addresses, ClientCertificate, Pin, TlsError, TrustStore},
};
#[cfg(feature = "live")]
pub use meeting_client::{
    channel::{
        ChannelEnd, ChannelError, ChannelOptions, CloseReason, FrameFault, Heartbeats, SeenFrame,
        Subscription,
    },
    follow::{Change, LiveMeeting, LiveOptions, Notice, printable},
};
pub use meeting_types as types;
pub use pages::Pages;
pub use transport::{ReqwestTransport, ReqwestTransportBuilder};
