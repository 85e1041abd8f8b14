//! Serde round trips of all types that a program keeps or passes on, in JSON, CBOR and MessagePack.

#![allow(clippy::unwrap_used, reason = "these are tests")]

mod defined;
mod events;
mod every_value;
mod formats;
mod saved_login;
mod values;
mod webhooks;
