//! What each operation does, by group of the API.

mod address_book;
pub(crate) mod admit;
mod auth;
mod conference_control;
mod conference_management;
mod corp;
mod gate;
mod history;
mod member;
mod metrics;
mod page;
pub(crate) mod parameters;
mod recordings;
pub(crate) mod route;
mod routes;
mod webhook;

use meeting_types::{Operation as _, operations::UpdateWebHookConfigStatus};

use self::route::Routes;

/// The routes of all operations.
pub(crate) fn routes() -> Routes {
    routes::all().before(UpdateWebHookConfigStatus::INFO, webhook::verification)
}
