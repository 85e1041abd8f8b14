//! Blocking client for Huawei Cloud Meeting, over ureq, without a runtime.
//!
//! [`Client`] runs operations, [`Control`] controls a running meeting and follows it live.
//! The operations and models come from [`meeting_types`], re-exported as [`types`];
//! [`types::operations`] lists all operations by group.
//!
//! ```no_run
//! # fn book() -> Result<(), Box<dyn std::error::Error>> {
//! use meeting_blocking::Client;
//! use meeting_blocking::types::{
//!     AppCredential, Endpoint,
//!     models::{Booking, MediaType},
//!     operations::CreateMeeting,
//! };
//!
//! let app = AppCredential::new("app id", "app key").user_id("alice");
//! let client = Client::with_credentials(Endpoint::international(), app);
//! let booking = Booking::new([MediaType::HdVideo]).subject("Weekly");
//! let meetings = client.send(&CreateMeeting::new(booking))?;
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
//! use meeting_blocking::{Change, Client};
//! use meeting_sim::Simulator;
//!
//! let sim = Simulator::start()?;
//! let weekly = sim.create_meeting("Weekly");
//! let id = &weekly.conference_id;
//!
//! let client = Client::anonymous(sim.endpoint());
//! let control = client.control(id, &weekly.host_password)?;
//! let mut events = control.events()?;
//! weekly.join("Ann")?;
//! while let Some(notice) = events.next() {
//!     notice?;
//!     for change in events.changes() {
//!         println!("{}", change.describe(events.meeting()));
//!         if let Change::ParticipantJoined(_) = change {
//!             weekly.end()?;
//!         }
//!     }
//! }
//! assert!(events.meeting().is_over());
//! # Ok::<(), Box<dyn std::error::Error>>(())
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

mod agent_transport;
mod block_on;
mod body_stream;
mod buffers;
mod client;
mod client_builder;
#[cfg(feature = "live")]
mod closer;
mod connector;
mod control;
#[cfg(feature = "live")]
mod events;
#[cfg(feature = "live")]
mod live;
mod pages;

mod response_head;
mod socket;
mod transport;

pub use agent_transport::{AgentTransport, FollowsRedirects};
pub use block_on::block_on;
pub use client::Client;
pub use client_builder::ClientBuilder;
#[cfg(feature = "live")]
pub use closer::Closer;
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
pub use transport::{UreqTransport, UreqTransportBuilder};
