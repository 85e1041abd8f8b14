//! Lists as streams, from a service that never answers an empty part.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::time::Duration;

use futures_util::{FutureExt, Stream, StreamExt, TryStreamExt};
use meeting_async::{
    Client, Error, Pages, RetryPolicy,
    types::{
        ServiceError,
        http::StatusCode,
        models::{Booking, Conference, MediaType},
        operations::{CreateMeeting, SearchMeetings},
    },
};
use meeting_sim::Simulator;
use tokio::time::sleep;

/// A service with so many meetings, and a client that tries once.
async fn stage(meetings: usize) -> (Simulator, Client) {
    let sim = Simulator::start().unwrap();
    let client = Client::with_credentials(sim.endpoint(), sim.app_credential());
    for number in 0..meetings {
        let booking = Booking::new([MediaType::HdVideo]).subject(format!("Meeting {number}"));
        client.send(&CreateMeeting::new(booking)).await.unwrap();
    }
    (sim, client.with_retry(RetryPolicy::never()))
}

/// The numbers of the meetings, in order.
fn numbers(meetings: &[Conference]) -> Vec<usize> {
    let number = |meeting: &Conference| {
        let subject = meeting.subject.as_deref().unwrap();
        subject.rsplit(' ').next().unwrap().parse().unwrap()
    };
    let mut numbers: Vec<_> = meetings.iter().map(number).collect();
    numbers.sort_unstable();
    numbers
}

fn parts_asked_for(sim: &Simulator) -> usize {
    sim.request_count::<SearchMeetings>()
}

#[tokio::test]
async fn a_stream_gives_out_every_item_and_ends() {
    for (meetings, limit, parts) in [(0, 2, 1), (1, 2, 1), (4, 2, 2), (5, 2, 3), (3, 500, 1)] {
        let (sim, client) = stage(meetings).await;
        let mut pages = client.pages(SearchMeetings::new().limit(limit));
        let mut found = Vec::new();
        while let Some(meeting) = pages.next().await {
            found.push(meeting.unwrap());
            assert!(found.len() <= meetings, "it does not end");
        }
        assert_eq!(numbers(&found), (0..meetings).collect::<Vec<_>>());
        // It stays over.
        assert!(pages.next().await.is_none());
        assert!(pages.next_page().await.unwrap().is_none());
        assert_eq!(parts_asked_for(&sim), parts, "{meetings} by {limit}");
    }
}

#[tokio::test]
async fn it_works_with_what_works_with_streams() {
    fn check<T>(stream: T) -> T
    where
        T: Stream<Item = Result<Conference, Error>> + Send + Unpin + 'static,
    {
        stream
    }
    let (sim, client) = stage(5).await;
    let search = SearchMeetings::new().limit(2);
    let all = check(client.pages(search.clone())).try_collect::<Vec<_>>();
    assert_eq!(all.await.unwrap().len(), 5);
    let before = parts_asked_for(&sim);
    let some = client.pages(search.clone()).take(2).count();
    assert_eq!((some.await, parts_asked_for(&sim) - before), (2, 1));
    let last = client.pages(search.offset(3)).count();
    assert_eq!(last.await, 2);
}

#[tokio::test]
async fn waiting_can_be_given_up_without_loss() {
    let (sim, client) = stage(7).await;
    let mut pages = client.pages(SearchMeetings::new().limit(2));
    let mut found = Vec::new();
    let mut given_up = 0;
    loop {
        // Polled once and dropped; by turns as items and as parts.
        let polled = if given_up % 2 == 0 {
            pages
                .next()
                .now_or_never()
                .map(|item| Ok(item.transpose()?.map(|item| vec![item])))
        } else {
            pages.next_page().now_or_never()
        };
        match polled {
            Some(part) => match part.unwrap() {
                Some(items) => found.extend(items),
                None => break,
            },
            None => {
                given_up += 1;
                sleep(Duration::from_millis(1)).await;
            }
        }
    }
    assert!(given_up > 0);
    assert_eq!(numbers(&found), (0..7).collect::<Vec<_>>());
    // A request that was under way was not made again.
    assert_eq!(parts_asked_for(&sim), 4);
}

#[tokio::test]
async fn an_error_ends_it_and_the_part_can_be_asked_for_again() {
    let (sim, client) = stage(5).await;
    let mut pages = client.pages(SearchMeetings::new().limit(2));
    let mut found = vec![pages.next().await.unwrap().unwrap()];
    found.extend(pages.next_page().await.unwrap().unwrap());

    sim.fail_next::<SearchMeetings>(broken());
    pages.next().await.unwrap().unwrap_err();
    let before = parts_asked_for(&sim);
    assert!(pages.next().await.is_none());
    assert!(pages.next().await.is_none());
    assert_eq!(
        parts_asked_for(&sim),
        before,
        "it asks although it has ended"
    );

    sim.fail_next::<SearchMeetings>(broken());
    pages.next_page().await.unwrap_err();
    found.extend(pages.next_page().await.unwrap().unwrap());
    while let Some(meeting) = pages.next().await {
        found.push(meeting.unwrap());
    }
    assert_eq!(numbers(&found), (0..5).collect::<Vec<_>>());
}

#[tokio::test]
async fn it_runs_on_a_task_of_its_own() {
    let (_sim, client) = stage(3).await;
    let pages: Pages<SearchMeetings> = client.pages(SearchMeetings::new());
    let task = tokio::spawn(pages.try_collect::<Vec<_>>());
    assert_eq!(task.await.unwrap().unwrap().len(), 3);
}

#[tokio::test]
async fn a_retry_policy_holds_for_the_clients_made_with_it() {
    let (sim, never) = stage(1).await;
    let search = SearchMeetings::new();
    let patient = never.with_retry(RetryPolicy::never().max_attempts(2));
    sim.fail_next::<SearchMeetings>(broken());
    never.send(&search).await.unwrap_err();
    sim.fail_next::<SearchMeetings>(broken());
    patient.send(&search).await.unwrap();
    assert_eq!(parts_asked_for(&sim), 3);
}

/// A fault of the service that passes.
fn broken() -> ServiceError {
    ServiceError::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "MMC.111000001",
        "try again",
    )
}
