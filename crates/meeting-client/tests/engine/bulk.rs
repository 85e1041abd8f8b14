//! Bulk work that is stopped at any moment and goes on from its checkpoint.

use meeting_client::{
    Engine, LoggedIn,
    bulk::{Batch, Checkpoint},
};
use meeting_types::{AccessToken, ServerOperation, operations::SearchMeetings};

use crate::{
    memory::{Memory, ready},
    support::{config, ok},
};

/// A list of 23 meetings, of which each seventh cannot be read.
fn list() -> Engine<LoggedIn> {
    let memory = Memory::new(|request| {
        let search = SearchMeetings::from_request(request).unwrap();
        let from = search.offset.unwrap();
        let to = from.saturating_add(search.limit.unwrap()).min(23);
        let items: Vec<String> = (from..to)
            .map(|id| match id % 7 {
                6 => "null".to_owned(),
                _ => format!(r#"{{"conferenceID": "{id}"}}"#),
            })
            .collect();
        ok(format!(
            r#"{{"count": 23, "data": [{}]}}"#,
            items.join(", ")
        ))
    });
    Engine::logged_in(config(), memory, AccessToken::new("hush-own").into())
}

fn readable() -> Vec<String> {
    let ids = (0..23).filter(|id| id % 7 != 6);
    ids.map(|id: u32| id.to_string()).collect()
}

/// A checkpoint as the next run of a program finds it.
fn kept(checkpoint: Checkpoint) -> Checkpoint {
    let text = serde_json::to_string(&checkpoint).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn a_list_goes_on_where_an_earlier_run_stopped() {
    for limit in [1, 2, 5, 10, 30] {
        let mut place = Checkpoint::start();
        let mut seen = Vec::new();
        let search = || SearchMeetings::new().limit(limit);
        // Each run of the program takes one part.
        loop {
            let mut pages = list().pages(search()).resume(kept(place));
            let Some(part) = ready(pages.next_page()).unwrap() else {
                break;
            };
            seen.extend(part.into_iter().map(|item| item.conference_id.to_string()));
            let progress = pages.progress();
            assert_eq!(progress.done as usize, seen.len(), "limit {limit}");
            assert_eq!(progress.total, Some(23));
            place = pages.checkpoint();
            if place.offset >= 23 {
                assert_eq!((place.done, place.left_out), (20, 3));
                assert_eq!(progress.remaining(), Some(0));
                break;
            }
        }
        assert_eq!(seen, readable(), "limit {limit}");
    }
}

#[test]
fn a_part_that_was_given_out_in_part_comes_again() {
    let mut pages = list().pages(SearchMeetings::new().limit(10));
    for _ in 0..12 {
        ready(pages.next()).unwrap().unwrap();
    }
    // 9 of the first part, and 3 of the second.
    assert_eq!(pages.progress().done, 12);
    let place = pages.checkpoint();
    assert_eq!((place.offset, place.done, place.left_out), (10, 9, 1));
    let mut again = list()
        .pages(SearchMeetings::new().limit(10))
        .resume(kept(place));
    let first = ready(again.next()).unwrap().unwrap();
    assert_eq!(first.conference_id.as_str(), "10");
    assert_eq!(again.progress().done, 10);
    assert_eq!(again.progress().done_here, 1);
}

#[test]
fn a_batch_repeats_a_part_until_it_is_complete() {
    let users: Vec<u32> = (0..250).collect();
    let mut batch = Batch::new(users.clone(), 100);
    let mut done = Vec::new();
    let mut tries = 0;
    while let Some(part) = batch.part() {
        tries += 1;
        if tries % 2 == 1 {
            // The call failed, and the program started anew.
            batch = Batch::new(users.clone(), 100).from(kept(batch.checkpoint()));
            continue;
        }
        done.extend_from_slice(part);
        batch.complete();
    }
    assert_eq!(tries, 6);
    assert_eq!(done, users);
    assert_eq!(batch.progress().remaining(), Some(0));
    assert_eq!(batch.progress().done, 250);
    batch.complete();
    assert_eq!(
        batch.checkpoint().offset,
        250,
        "there is nothing to complete"
    );
}

#[test]
fn odd_sizes_and_places_are_taken_as_they_can_be() {
    assert_eq!(Batch::new([1, 2], 0).part(), Some([1].as_slice()));
    assert_eq!(Batch::<u32>::new([], 10).part(), None);
    let at = |number: u64| -> Checkpoint {
        let text = format!(r#"{{"offset": {number}, "done": {number}, "left_out": {number}}}"#);
        serde_json::from_str(&text).unwrap()
    };
    assert_eq!(Batch::new([1, 2], 5).from(at(99)).part(), None);
    let mut pages = list().pages(SearchMeetings::new()).resume(at(u64::MAX));
    // Whatever the service answers there, nothing panics and it ends.
    let _ = ready(pages.next());
    println!("{}", pages.progress());
}
