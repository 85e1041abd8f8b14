//! All parts of a list, as the JSON that came.

use std::{any::Any, collections::HashMap};

use bytes::Bytes;
use meeting_client::{Error, Pager};
use meeting_types::PagedOperation;
use serde_json::value::RawValue;

use crate::{failure::Failure, registry::Route, session::Session};

/// Fetches part after part until the count of the service is reached.
pub(crate) fn fetch_all<O: PagedOperation>(
    operation: Box<dyn Any>,
    session: &Session,
) -> Result<Vec<Box<RawValue>>, Failure>
where
    O::Authorization: Route,
{
    // The registry pairs each operation with the function of its type.
    let operation = operation
        .downcast::<O>()
        .map_err(|_| Failure::usage("not the operation that was asked for"))?;
    let mut pager = Pager::new(*operation);
    let mut all = Vec::new();
    while let Some(operation) = pager.next_operation() {
        let response = O::Authorization::send(session, operation)?;
        let body = response.body().clone();
        let page = O::page_of(O::read_response(response)?);
        // The last part can come again; the pager knows it and takes nothing from it.
        if !pager.take(page).map_err(Error::from)?.is_empty() {
            all.extend(items_of(&body, O::ITEMS));
        }
    }
    Ok(all)
}

/// The items at `way` of a reply, also inside the envelope that one deployment wraps around it.
fn items_of(body: &Bytes, way: &[&str]) -> Vec<Box<RawValue>> {
    let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let Ok(reply) = serde_json::from_slice::<Box<RawValue>>(text) else {
        return Vec::new();
    };
    let enveloped = || follow(&reply, &[&["data"], way].concat());
    let items = follow(&reply, way).or_else(enveloped);
    items.unwrap_or_default()
}

fn follow(value: &RawValue, way: &[&str]) -> Option<Vec<Box<RawValue>>> {
    match way.split_first() {
        Some((key, rest)) => {
            let entries: HashMap<String, Box<RawValue>> = serde_json::from_str(value.get()).ok()?;
            follow(entries.get(*key)?, rest)
        }
        None => match value.get().as_bytes().first() {
            Some(b'[') => serde_json::from_str(value.get()).ok(),
            // One object where a list belongs is a list of one.
            Some(b'{') if !way_is_envelope(value) => Some(vec![value.to_owned()]),
            _ => None,
        },
    }
}

/// Whether the object holds the list, instead of being its only item.
fn way_is_envelope(value: &RawValue) -> bool {
    let entries: Result<HashMap<String, Box<RawValue>>, _> = serde_json::from_str(value.get());
    entries.is_ok_and(|entries| entries.contains_key("count") && entries.contains_key("data"))
}
