//! Lists that come in parts, from a service that never answers an empty part.

use std::{
    ops::Range,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use http::Request;
use meeting_client::{Engine, Error, LoggedIn, Pager};
use meeting_types::{
    AccessToken, PagedOperation, ServerOperation, TransportErrorKind,
    models::{Conference, ConferencePage},
    operations::SearchMeetings,
};

use crate::{
    memory::{Memory, ready},
    support::{Outcome, config, failed, ok},
};

/// A list, as the service has it at a moment.
struct List {
    items: Vec<u32>,
    states_count: bool,
    /// The most it answers at once.
    at_most: usize,
}

impl List {
    fn of(items: Range<u32>) -> Self {
        Self {
            items: items.collect(),
            states_count: true,
            at_most: 500,
        }
    }

    fn without_count(self) -> Self {
        Self {
            states_count: false,
            ..self
        }
    }

    fn reply(&self, request: &Request<Bytes>) -> Outcome {
        let search = SearchMeetings::from_request(request).unwrap();
        let limit = (search.limit.unwrap() as usize).min(self.at_most);
        let mut offset = search.offset.unwrap() as usize;
        // Past the end it answers the last part again.
        if offset >= self.items.len() {
            offset = (self.items.len().saturating_sub(1)) / limit * limit;
        }
        let part = self.items.iter().skip(offset).take(limit);
        let data: Vec<_> = part
            .map(|id| format!(r#"{{"conferenceID": "{id}"}}"#))
            .collect();
        let count = self.items.len();
        let count = if self.states_count {
            format!(r#""count": {count}, "#)
        } else {
            String::new()
        };
        ok(format!(r#"{{{count}"data": [{}]}}"#, data.join(", ")))
    }
}

/// The service, and what its list is after each request.
fn serve(states: Vec<List>) -> (Arc<Memory>, Engine<LoggedIn>) {
    let states = Mutex::new(states);
    let memory = Memory::new(move |request| {
        let mut states = states.lock().unwrap();
        let reply = states[0].reply(request);
        if states.len() > 1 {
            states.remove(0);
        }
        reply
    });
    let token = AccessToken::new("hush-own");
    let engine = Engine::logged_in(config(), memory.clone(), token.into());
    (memory, engine)
}

fn id_of(conference: &Conference) -> u32 {
    conference.conference_id.as_str().parse().unwrap()
}

/// All items, one after the other, and the offsets that were asked for.
fn list_of(states: Vec<List>, search: SearchMeetings) -> (Vec<u32>, Vec<(u32, u32)>) {
    let (memory, engine) = serve(states);
    let mut pages = engine.pages(search);
    let mut items = Vec::new();
    while let Some(item) = ready(pages.next()).unwrap() {
        items.push(id_of(&item));
        assert!(items.len() < 10_000, "it does not end");
    }
    // It stays over.
    assert!(ready(pages.next()).unwrap().is_none());
    assert!(ready(pages.next_page()).unwrap().is_none());
    let parts = memory
        .take_sent()
        .iter()
        .map(|(_, request)| SearchMeetings::from_request(request).unwrap())
        .map(|search| (search.offset.unwrap(), search.limit.unwrap()))
        .collect();
    (items, parts)
}

fn all(items: Range<u32>) -> Vec<u32> {
    items.collect()
}

#[test]
fn a_list_ends_by_its_count() {
    let (items, parts) = list_of(vec![List::of(0..250)], SearchMeetings::new());
    assert_eq!(items, all(0..250));
    assert_eq!(parts, [(0, 100), (100, 100), (200, 100)]);
    let (items, parts) = list_of(vec![List::of(0..200)], SearchMeetings::new());
    assert_eq!(items, all(0..200));
    assert_eq!(parts, [(0, 100), (100, 100)]);
    let (items, parts) = list_of(vec![List::of(0..0)], SearchMeetings::new());
    assert_eq!((items.len(), parts.len()), (0, 1));
}

#[test]
fn the_limit_of_the_operation_is_kept() {
    let (items, parts) = list_of(vec![List::of(0..5)], SearchMeetings::new().limit(2));
    assert_eq!(items, all(0..5));
    assert_eq!(parts, [(0, 2), (2, 2), (4, 2)]);
    let (_, parts) = list_of(vec![List::of(0..5)], SearchMeetings::new().limit(0));
    assert_eq!(parts, [(0, 100)]);
}

#[test]
fn a_list_can_be_resumed() {
    let search = || SearchMeetings::new().limit(100);
    let (items, parts) = list_of(vec![List::of(0..250)], search().offset(120));
    assert_eq!(items, all(120..250));
    assert_eq!(parts, [(120, 100), (220, 100)]);
    // From behind its end: the part that comes is the last one, and not asked for.
    for offset in [250, 251, u32::MAX] {
        let (items, parts) = list_of(vec![List::of(0..250)], search().offset(offset));
        assert_eq!((items.len(), parts.len()), (0, 1), "{offset}");
    }
}

#[test]
fn a_service_that_answers_less_than_was_asked_for_is_asked_for_the_rest() {
    let list = List {
        at_most: 40,
        ..List::of(0..90)
    };
    let (items, parts) = list_of(vec![list], SearchMeetings::new());
    assert_eq!(items, all(0..90));
    assert_eq!(parts, [(0, 100), (40, 100), (80, 100)]);
}

#[test]
fn a_list_that_grows_in_between_is_read_to_its_new_end() {
    let states = vec![List::of(0..150), List::of(0..230)];
    let (items, parts) = list_of(states, SearchMeetings::new());
    assert_eq!(items, all(0..230));
    assert_eq!(parts.len(), 3);
}

#[test]
fn a_list_that_shrinks_in_between_ends_early_and_without_its_last_part_again() {
    let states = vec![List::of(0..250), List::of(0..80)];
    let (items, parts) = list_of(states, SearchMeetings::new());
    assert_eq!(items, all(0..100));
    assert_eq!(parts, [(0, 100), (100, 100)]);
    let states = vec![List::of(0..250), List::of(0..120)];
    let (items, _) = list_of(states, SearchMeetings::new());
    assert_eq!(items, all(0..120));
    let states = vec![List::of(0..250), List::of(0..0)];
    let (items, parts) = list_of(states, SearchMeetings::new());
    assert_eq!((items.len(), parts.len()), (100, 2));
}

#[test]
fn a_list_without_a_count_ends_with_a_short_part_or_with_the_same_part_again() {
    let list = List::of(0..250).without_count();
    let (items, parts) = list_of(vec![list], SearchMeetings::new());
    assert_eq!(items, all(0..250));
    assert_eq!(parts.len(), 3);
    let list = List::of(0..200).without_count();
    let (items, parts) = list_of(vec![list], SearchMeetings::new());
    assert_eq!(items, all(0..200));
    assert_eq!(parts.len(), 3);
    let list = List::of(0..0).without_count();
    let (items, parts) = list_of(vec![list], SearchMeetings::new());
    assert_eq!((items.len(), parts.len()), (0, 1));
}

#[test]
fn a_part_that_failed_can_be_asked_for_again() {
    let list = List::of(0..5);
    let tries = Mutex::new(0);
    let memory = Memory::new(move |request| {
        let mut tries = tries.lock().unwrap();
        *tries += 1;
        if *tries == 2 {
            failed(TransportErrorKind::Tls)
        } else {
            list.reply(request)
        }
    });
    let token = AccessToken::new("hush-own");
    let engine = Engine::logged_in(config(), memory, token.into());
    let mut pages = engine.pages(SearchMeetings::new().limit(3));
    for expected in 0..3 {
        assert_eq!(id_of(&ready(pages.next()).unwrap().unwrap()), expected);
    }
    ready(pages.next()).unwrap_err();
    for expected in 3..5 {
        assert_eq!(id_of(&ready(pages.next()).unwrap().unwrap()), expected);
    }
    assert!(ready(pages.next()).unwrap().is_none());
}

#[test]
fn items_and_parts_can_be_mixed_and_nothing_is_lost() {
    let (_, engine) = serve(vec![List::of(0..5)]);
    let mut pages = engine.pages(SearchMeetings::new().limit(3));
    assert_eq!(id_of(&ready(pages.next()).unwrap().unwrap()), 0);
    let ids = |part: Vec<Conference>| part.iter().map(id_of).collect::<Vec<_>>();
    assert_eq!(ids(ready(pages.next_page()).unwrap().unwrap()), [1, 2]);
    assert_eq!(ids(ready(pages.next_page()).unwrap().unwrap()), [3, 4]);
    assert!(ready(pages.next_page()).unwrap().is_none());
}

/// A part of a list, as a reply.
fn part(items: Range<u32>, count: Option<u32>) -> ConferencePage {
    let mut page = ConferencePage::new();
    page.count = count;
    page.data = items.map(|id| Conference::new(id.to_string())).collect();
    page
}

#[test]
fn a_count_of_zero_beside_items_is_no_count() {
    let mut pager = Pager::new(SearchMeetings::new().limit(3));
    assert_eq!(
        pager
            .take(SearchMeetings::take_page(part(0..3, Some(0))))
            .unwrap()
            .len(),
        3
    );
    assert_eq!(pager.next_operation().unwrap().offset, Some(3));
    assert_eq!(
        pager
            .take(SearchMeetings::take_page(part(3..5, Some(0))))
            .unwrap()
            .len(),
        2
    );
    assert!(pager.next_operation().is_none());
}

#[test]
fn a_part_without_items_ends_a_list_and_is_an_error_where_the_count_says_more() {
    let mut pager = Pager::new(SearchMeetings::new());
    let first = SearchMeetings::take_page(part(0..100, Some(1000)));
    pager.take(first).unwrap();
    assert!(pager.next_operation().is_some());
    let nothing = SearchMeetings::take_page(part(0..0, Some(1000)));
    let error = pager.take(nothing).unwrap_err();
    assert_eq!((error.offset, error.total), (100, Some(1000)));
    assert!(pager.next_operation().is_none());
    let mut pager = Pager::new(SearchMeetings::new().limit(3));
    pager
        .take(SearchMeetings::take_page(part(0..3, None)))
        .unwrap();
    let nothing = SearchMeetings::take_page(part(0..0, None));
    assert!(pager.take(nothing).unwrap().is_empty());
    assert!(pager.next_operation().is_none());
}

/// A service that ignores the offset, and what its list comes to.
fn ignoring_the_offset(count: Option<u32>) -> (usize, usize, Error) {
    let memory = Memory::new(move |_| {
        let data: Vec<_> = (0..100)
            .map(|id| format!(r#"{{"conferenceID": "{id}"}}"#))
            .collect();
        let count = count.map_or_else(String::new, |count| format!(r#""count": {count}, "#));
        ok(format!(r#"{{{count}"data": [{}]}}"#, data.join(", ")))
    });
    let token = AccessToken::new("hush-own");
    let engine = Engine::logged_in(config(), memory.clone(), token.into());
    let mut pages = engine.pages(SearchMeetings::new());
    let mut items = 0;
    let error = loop {
        match ready(pages.next()) {
            Ok(item) => assert!(item.is_some(), "it ends as if all were well"),
            Err(error) => break error,
        }
        items += 1;
    };
    assert!(ready(pages.next()).unwrap().is_none(), "it stays over");
    (items, memory.take_sent().len(), error)
}

#[test]
fn a_list_that_does_not_move_on_ends_with_an_error() {
    let (items, calls, error) = ignoring_the_offset(Some(1_000_000));
    assert_eq!((items, calls), (100, 2));
    assert!(matches!(error, Error::List(_)));
    assert_eq!(
        error.to_string(),
        "the list does not move on: the part at offset 100 brings nothing new, \
         and the service counts 1000000 items"
    );
    // Without a count one more question tells it from a list of a hundred.
    let (items, calls, error) = ignoring_the_offset(None);
    assert_eq!((items, calls), (100, 3));
    assert!(matches!(error, Error::List(_)), "{error}");
}

#[test]
fn a_list_of_one_full_part_without_a_count_is_complete() {
    let list = List::of(0..100).without_count();
    let (items, parts) = list_of(vec![list], SearchMeetings::new());
    assert_eq!(items, all(0..100));
    assert_eq!(parts, [(0, 100), (100, 100), (1, 100)]);
}

#[test]
fn a_list_that_goes_round_in_circles_ends_with_an_error() {
    let parts = [0..3, 3..6, 0..3, 3..6];
    let mut pager = Pager::new(SearchMeetings::new().limit(3));
    let mut taken = parts
        .map(|items| pager.take(SearchMeetings::take_page(part(items, Some(1000)))))
        .into_iter();
    assert_eq!(taken.next().unwrap().unwrap().len(), 3);
    assert_eq!(taken.next().unwrap().unwrap().len(), 3);
    taken.next().unwrap().unwrap_err();
}

#[test]
fn parts_that_cannot_be_read_are_not_the_same_part_again() {
    let memory = Memory::new(|request| {
        let search = SearchMeetings::from_request(request).unwrap();
        let data = match search.offset.unwrap() {
            0 | 2 => "null, null",
            _ => r#"{"conferenceID": "7"}"#,
        };
        ok(format!(r#"{{"count": 5, "data": [{data}]}}"#))
    });
    let token = AccessToken::new("hush-own");
    let engine = Engine::logged_in(config(), memory, token.into());
    let mut pages = engine.pages(SearchMeetings::new().limit(2));
    assert_eq!(pages.total(), None);
    assert_eq!(id_of(&ready(pages.next()).unwrap().unwrap()), 7);
    assert_eq!(pages.total(), Some(5));
    assert!(ready(pages.next()).unwrap().is_none());
}

#[test]
fn there_is_nothing_behind_the_last_offset() {
    for count in [Some(u32::MAX), None] {
        let mut pager = Pager::new(SearchMeetings::new().offset(u32::MAX - 1).limit(2));
        pager.next_operation().unwrap();
        pager
            .take(SearchMeetings::take_page(part(0..2, count)))
            .unwrap();
        let Some(_) = pager.next_operation() else {
            continue;
        };
        pager
            .take(SearchMeetings::take_page(part(2..4, count)))
            .unwrap();
        assert!(pager.next_operation().is_none(), "{count:?}");
    }
}
