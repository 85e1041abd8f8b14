//! A page that a server writes is the page that a client reads, for every paged operation.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::{fmt::Debug, marker::PhantomData};

use meeting_testing::{Filler, RandomChoices, Tape};
use meeting_types::{
    Operation as _, Page, PagedOperation, PagedServerOperation, every_operation,
    operations::*,
    schema::{Empty, Model as _, Value},
};
use serde_json::Value as Json;

/// Checks an operation if it is paged: its own method is preferred where it exists, which is for
/// paged operations, and the method of the trait is there for the others.
struct Check<O>(PhantomData<O>);

impl<O> Check<O>
where
    O: PagedServerOperation,
    O::Output: Value + Empty,
    O::Item: Value + Empty + Clone + PartialEq + Debug,
{
    fn run(&self) -> bool {
        Tape::for_all(8, check::<O>);
        true
    }
}

trait Unpaged {
    fn run(&self) -> bool {
        false
    }
}

impl<O> Unpaged for Check<O> {}

macro_rules! paged {
    ($($operation:ident)*) => {
        [$((
            $operation::INFO,
            $operation::empty().shape(),
            Check::<$operation>(PhantomData).run(),
        )),*]
    };
}

#[test]
fn a_page_comes_back_as_it_was_written() {
    let all = every_operation!(paged);
    for (info, shape, is_paged) in all {
        // No operation is paged in another way: by the number of a page, say.
        let takes_limit = shape.fields.iter().any(|field| field.wire == "limit");
        assert_eq!(is_paged, takes_limit, "{}", info.name);
    }
    assert_eq!(all.iter().filter(|(_, _, is_paged)| *is_paged).count(), 38);
}

fn check<O>(mut tape: Tape)
where
    O: PagedServerOperation,
    O::Output: Value + Empty,
    O::Item: Value + Empty + Clone + PartialEq + Debug,
{
    // Always three different ones, also where the tape has run out.
    let drawn = tape.draw() % (u32::MAX - 2);
    let (offset, limit, count) = (drawn, drawn + 1, drawn + 2);
    let items = tape.below(4);
    let mut filler = Filler::new(RandomChoices::new(tape, None));
    // The output has a page of its own, with other items, before it gets this one.
    let mut output = O::Output::empty();
    filler.output(&mut output, &O::Output::KIND);
    let items: Vec<O::Item> = (0..items)
        .map(|_| {
            let mut item = O::Item::empty();
            filler.output(&mut item, &O::Item::KIND);
            item
        })
        .collect();

    let page = Page::new(items, Some(count.into()));
    O::put_page(&mut output, page.clone(), offset, limit);
    let response = O::write_response(&output);
    let json: Json = serde_json::from_slice(response.body()).unwrap();
    let read = O::page_of(O::read_response(response).unwrap());
    let (items, part) = (O::ITEMS.last().unwrap(), &O::ITEMS[..O::ITEMS.len() - 1]);
    let part = part.iter().fold(&json, |json, key| &json[key]);
    assert_eq!(read.items, page.items);
    assert_eq!(read.held, page.items.len());
    assert_eq!(part[items].as_array().map_or(0, Vec::len), page.items.len());
    match O::COUNT {
        Some(_) => {
            assert_eq!(read.count, Some(count.into()));
            let echoed = [&part["offset"], &part["limit"], &part["count"]];
            assert_eq!(echoed, [offset, limit, count]);
        }
        None => {
            let others = part.as_object().unwrap().keys().filter(|key| key != items);
            assert_eq!((read.count, others.count()), (None, 0));
        }
    }
}

/// A count that is wrong would end a list early; one that is absent does not.
#[test]
fn a_count_that_its_field_cannot_hold_is_left_out() {
    let of = |count| SearchMeetings::output_of(Page::new(Vec::new(), Some(count)), 0, 20);
    assert_eq!(of(u32::MAX.into()).count, Some(u32::MAX));
    assert_eq!(of(1 << 32).count, None);
    let page = Page::new(Vec::new(), Some(1 << 32));
    let output = ListHistoryWebinars::output_of(page.clone(), 0, 20);
    assert_eq!(ListHistoryWebinars::take_page(output), page);
}
