//! Logins that processes share: what an engine asks a store, and the stores of this crate.

mod consultation;
#[cfg(feature = "file-logins")]
mod file;
mod link;
mod memory;
mod record;

pub use self::consultation::{Consultation, Consulted};
#[cfg(feature = "file-logins")]
pub use self::file::FileLogins;
pub(crate) use self::{
    consultation::{Answer, Question, consult, in_time},
    link::StoreLink,
};
pub use self::{link::OnStoreLoss, memory::MemoryLogins};
