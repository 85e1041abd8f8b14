//! Many threads, one login.

use std::{
    sync::{
        Arc, Barrier,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use meeting_client::{Engine, Error, LoggedIn};
use meeting_types::operations::SearchMeetings;

use crate::{
    memory::{Memory, ready, until},
    support::{Outcome, logged_in, no_meetings, operation_of, refused, unauthorized, with},
};

const THREADS: usize = 16;

/// A service that answers a login only when the other threads wait for it.
fn slow_login(login: fn() -> Outcome) -> Arc<Memory> {
    Memory::of_threads(move |request, sleeps| {
        if operation_of(request) == "SearchMeetings" {
            return no_meetings();
        }
        until(|| sleeps() >= THREADS * 8);
        login()
    })
}

/// One call from each thread, all at once.
fn all_at_once(engine: &Engine<LoggedIn>) -> Vec<Result<(), Error>> {
    let barrier = Barrier::new(THREADS);
    let one = || {
        barrier.wait();
        ready(engine.send(&SearchMeetings::new())).map(drop)
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(one)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    })
}

#[test]
fn sixteen_threads_log_in_once() {
    let memory = slow_login(|| logged_in("one", 50_000));
    let engine = memory.logged_in();
    for result in all_at_once(&engine) {
        result.unwrap();
    }
    let mut asked = memory.take_asked();
    assert_eq!(asked.len(), THREADS + 1);
    assert_eq!(asked.remove(0).operation, "CreateAppIdToken");
    assert!(
        asked
            .iter()
            .all(|asked| *asked == with("SearchMeetings", "one"))
    );
}

#[test]
fn sixteen_threads_are_refused_once() {
    let memory = slow_login(|| refused(401, "USG.206010000"));
    let engine = memory.logged_in();
    let errors: Vec<_> = all_at_once(&engine)
        .into_iter()
        .map(|result| match result.unwrap_err() {
            Error::Token(error) => error,
            error => panic!("{error:?}"),
        })
        .collect();
    let logins = memory.take_asked().len();
    // A thread that came only after the refusal asked again, and for itself.
    assert!(logins < THREADS / 2, "{logins}");
    let shared = errors
        .iter()
        .filter(|error| Arc::ptr_eq(error, &errors[0]))
        .count();
    assert!(shared > THREADS / 2, "{shared}");
}

#[test]
fn a_token_that_ends_under_sixteen_threads_is_replaced_once() {
    let logins = Arc::new(AtomicUsize::new(0));
    let barrier = Barrier::new(THREADS);
    let counted = logins.clone();
    let memory = Memory::of_threads(move |request, _| {
        if operation_of(request) != "SearchMeetings" {
            let number = counted.fetch_add(1, Ordering::SeqCst);
            return logged_in(["one", "two", "three"][number], 50_000);
        }
        if request.headers()["x-access-token"] == "hush-one" {
            // All of them are on their way before the first one is refused.
            barrier.wait();
            return unauthorized();
        }
        no_meetings()
    });
    let engine = memory.logged_in();
    for result in all_at_once(&engine) {
        result.unwrap();
    }
    assert_eq!(logins.load(Ordering::SeqCst), 2);
}
