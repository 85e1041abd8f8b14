//! All parts of a list, as the JSON that came.

use std::{any::Any, collections::HashMap};

use bytes::Bytes;
use meeting_client::Pager;
use meeting_types::{
    PagedOperation,
    schema::{Empty, Place, Value},
};
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
    let way = way_to_items::<O>();
    let mut pager = Pager::new(*operation);
    let mut all = Vec::new();
    while let Some(operation) = pager.next_operation() {
        let response = O::Authorization::send(session, operation)?;
        let body = response.body().clone();
        let reply = O::read_response(response)?.into_value();
        // The last part can come again; the pager knows it and takes nothing from it.
        if !pager.take(reply).is_empty() {
            all.extend(items_of(&body, &way));
        }
    }
    Ok(all)
}

/// The names on the wire that lead to the items of a reply.
///
/// Found by trying: the list with one item in it is the one of which the page has one item.
fn way_to_items<O: PagedOperation>() -> Vec<&'static str> {
    let count = |way: &[usize]| {
        let mut reply = O::Output::empty();
        let grown = grow(&mut reply, way)?;
        let found = O::take_page(reply).items.len();
        (found == 1).then_some(grown)
    };
    let fields = |way: &[usize]| fields_at(&mut O::Output::empty(), way);
    for index in 0..fields(&[]) {
        if let Some(way) = count(&[index]) {
            return way;
        }
        for inner in 0..fields(&[index]) {
            if let Some(way) = count(&[index, inner]) {
                return way;
            }
        }
    }
    Vec::new()
}

/// Puts an item into the list at `way`, and names the fields on the way.
fn grow(slot: &mut dyn Value, way: &[usize]) -> Option<Vec<&'static str>> {
    let Some((index, rest)) = way.split_first() else {
        slot.begin_list()?.push_default();
        return Some(Vec::new());
    };
    let model = slot.begin_object()?;
    let field = &model.shape().fields[*index];
    if field.place != Place::Body {
        return None;
    }
    let inside = grow(model.slot_mut(*index), rest)?;
    Some([vec![field.wire], inside].concat())
}

/// The number of fields of the object at `way`.
fn fields_at(slot: &mut dyn Value, way: &[usize]) -> usize {
    let Some(model) = slot.begin_object() else {
        return 0;
    };
    match way.split_first() {
        None => model.shape().fields.len(),
        Some((index, rest)) => fields_at(model.slot_mut(*index), rest),
    }
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
