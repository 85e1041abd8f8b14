//! The wire: connections, requests, the event channel, and calls to webhooks.

mod control_api;
pub(crate) mod dispatch;
mod downloads;
mod response;
pub(crate) mod server;
pub(crate) mod tls;
pub(crate) mod webhook_delivery;
pub(crate) mod websocket;
