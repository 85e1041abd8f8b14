//! Models, operations, events and the shared [`Transport`] trait of the Huawei Cloud Meeting API.

mod transport;

pub use transport::{
    Immediate, NonBlocking, Timeout, Transport, TransportError, TransportErrorKind,
};
