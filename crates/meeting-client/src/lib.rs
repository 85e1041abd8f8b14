//! The engine of the Huawei Cloud Meeting clients, free of IO.
//!
//! All decisions of a call are made here, once: which token, when to renew it, what a 401 means,
//! when to try again, when to stop, which part of a list comes next. A
//! [`Transport`](meeting_types::Transport) moves the bytes.
//!
//! Applications use `meeting-async` or `meeting-blocking`, which put a transport under an [`Engine`].
//! Use this crate to build a client of another kind.

mod call;
pub mod channel;
mod config;
mod control;
mod engine;
mod error;
pub mod live;
mod login;
mod pages;
mod retry;
#[cfg(feature = "tls")]
pub mod tls;
mod token;

pub use call::{Call, NoTransport, Step, drive};
pub use config::{Config, MessageLanguage};
pub use control::{ChannelTicket, Control, Grant};
pub use engine::{Anonymous, Carries, Engine, LoggedIn};
pub use error::Error;
pub use login::Credentials;
pub use pages::{Pager, Pages};
pub use retry::{Outcome, RetryPolicy};
