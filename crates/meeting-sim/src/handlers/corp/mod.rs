//! Administration of an enterprise.

mod departments;
mod devices;
mod rooms;
mod shown;
mod users;

pub(crate) use self::{departments::*, devices::*, rooms::*, shown::member_vmr, users::*};
