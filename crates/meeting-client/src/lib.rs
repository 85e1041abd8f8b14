//! The engine of the Huawei Cloud Meeting clients, free of IO.
//!
//! All decisions of a call are made here, once: which token, when to renew it, what a 401 means,
//! when to try again, when to stop, which part of a list comes next. A
//! [`Transport`](meeting_types::Transport) moves the bytes.
//!
//! Applications use `meeting-async` or `meeting-blocking`, which put a transport under an [`Engine`].
//! Use this crate to build a client of another kind:
//!
//! ```
//! use std::{sync::Arc, time::Duration};
//!
//! use async_trait::async_trait;
//! use meeting_client::{Config, Engine, Error};
//! use meeting_types::{
//!     Bytes, Endpoint, Transport, TransportError, http, operations::CreateAnonymousAuthRandom,
//! };
//!
//! struct Canned;
//!
//! #[async_trait]
//! impl Transport for Canned {
//!     async fn send(
//!         &self,
//!         _: http::Request<Bytes>,
//!     ) -> Result<http::Response<Bytes>, TransportError> {
//!         Ok(http::Response::new(r#"{"random": "128736471829374"}"#.into()))
//!     }
//!
//!     async fn sleep(&self, _: Duration) {}
//! }
//!
//! async fn prove() -> Result<(), Error> {
//!     let engine = Engine::anonymous(Config::new(Endpoint::china()), Arc::new(Canned));
//!     let operation = CreateAnonymousAuthRandom::new("900825541", "246813");
//!     println!("{:?}", engine.send(&operation).await?.random);
//!     Ok(())
//! }
//! ```
//!
//! A program without futures runs a [`Call`] action by action. The event channel is in `channel`, what its
//! events tell of a meeting in `follow`, and certificates are in `tls`.
//!
//! # Features
//!
//! - `live` (default): the state machines of the event channel and of following a meeting.
//! - `tls`: the certificates that a server may show, as a configuration of rustls.
//! - `websocket`: the event channel over tungstenite, for whoever opens the socket. With `live` and `tls`.

mod api_client;
pub mod bulk;
mod call;
#[cfg(feature = "live")]
pub mod channel;
mod config;
mod connect;
mod control;
pub mod download;
mod download_error;
mod elapsed;
mod engine;
mod error;
#[cfg(feature = "live")]
pub mod follow;
#[cfg(feature = "gzip")]
mod gzip;
mod in_flight;
mod list_error;
mod login;
mod login_store;
#[cfg(feature = "tls")]
mod network;
mod options;
pub mod pace;
mod pages;
pub mod proxy;
mod retry;
mod sharing;
#[cfg(feature = "tls")]
pub mod tls;
mod token;
#[cfg(feature = "tls")]
pub mod unversioned;
mod users;

pub use api_client::ApiClient;
pub use call::{Action, Call, NoTransport, drive};
pub use config::{Config, MessageLanguage};
pub use connect::{ConnectAction, ConnectPlan};
#[cfg(feature = "live")]
pub use control::ChannelGrant;
pub use control::{Control, Grant};
pub use elapsed::Elapsed;
pub use engine::{Anonymous, CanAuthorize, Engine, LoggedIn};
pub use error::Error;
#[cfg(feature = "gzip")]
pub use gzip::Gzip;
pub use list_error::ListError;
pub use login::LoginCredentials;
#[cfg(feature = "file-logins")]
pub use login_store::FileLogins;
pub use login_store::{Consultation, Consulted, MemoryLogins, OnStoreLoss};
#[cfg(feature = "tls")]
pub use network::Network;
pub use options::CallOptions;
pub use pages::{Pager, Pages};
pub use retry::{AttemptOutcome, RetryBudget, RetryPolicy};
pub use sharing::Sharing;
