//! What each operation does, by group of the API.

mod auth;
mod conference_control;
mod conference_management;
mod webhook;

use std::sync::Arc;

use axum::Router;

use crate::{dispatch::Routes, live, service::Service};

/// All routes of the simulator.
pub(crate) fn routes(service: &Arc<Service>) -> Router {
    let routes = Routes::new(Arc::clone(service));
    let routes = auth::add(routes);
    let routes = conference_management::add(routes);
    let routes = conference_control::add(routes);
    let routes = webhook::add(routes);
    live::add(routes.finish(), service)
}

/// One page of a list.
///
/// An offset past the end answers the last page again, as the service does: whoever pages until a
/// page is empty never ends.
pub(crate) fn page<T>(list: Vec<T>, offset: usize, limit: usize) -> Vec<T> {
    let limit = limit.max(1);
    let last = list.len().saturating_sub(1) / limit * limit;
    list.into_iter()
        .skip(offset.min(last))
        .take(limit)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::page;

    #[test]
    fn an_offset_past_the_end_answers_the_last_page() {
        let list = || vec![1, 2, 3, 4, 5];
        assert_eq!(page(list(), 0, 2), [1, 2]);
        assert_eq!(page(list(), 4, 2), [5]);
        assert_eq!(page(list(), 5, 2), [5]);
        assert_eq!(page(list(), 600, 2), [5]);
        assert_eq!(page(list(), 3, 2), [4, 5]);
        assert!(page(Vec::<i32>::new(), 3, 2).is_empty());
    }
}
