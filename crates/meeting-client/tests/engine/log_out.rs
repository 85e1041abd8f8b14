//! The end of a login.

use std::sync::Arc;

use meeting_client::{Engine, Error};
use meeting_types::{AccessToken, TransportErrorKind, operations::SearchMeetings};

use crate::{
    memory::{Memory, ready},
    support::{config, failed, logged_in, no_meetings, ok, refused, secs, unauthorized, with},
};

#[test]
fn log_out_ends_the_token_and_the_next_call_logs_in() {
    let memory = Memory::script([
        logged_in("one", 50_000),
        no_meetings(),
        ok(""),
        logged_in("two", 50_000),
        no_meetings(),
    ]);
    let engine = memory.logged_in();
    ready(engine.send(&SearchMeetings::new())).unwrap();
    memory.take_asked();
    ready(engine.log_out()).unwrap();
    assert_eq!(memory.take_asked(), [with("DeleteToken", "one")]);
    ready(engine.send(&SearchMeetings::new())).unwrap();
    let asked = memory.take_asked();
    assert_eq!(asked[0].operation, "CreateAppIdToken");
    assert_eq!(asked[1], with("SearchMeetings", "two"));
}

#[test]
fn who_is_not_logged_in_need_not_log_out() {
    let memory = Memory::script([]);
    ready(memory.logged_in().log_out()).unwrap();
}

#[test]
fn a_token_that_is_over_is_not_ended_nor_its_refresh_token_used() {
    let memory = Memory::script([
        logged_in("one", 50_000),
        no_meetings(),
        logged_in("two", 50_000),
        no_meetings(),
    ]);
    let engine = memory.logged_in();
    ready(engine.send(&SearchMeetings::new())).unwrap();
    memory.pass(secs(50_000));
    memory.take_asked();
    ready(engine.log_out()).unwrap();
    assert_eq!(memory.take_asked(), []);
    ready(engine.send(&SearchMeetings::new())).unwrap();
    assert_eq!(memory.take_asked()[0].operation, "CreateAppIdToken");
}

#[test]
fn log_out_ends_a_token_that_wants_to_be_renewed_as_it_is() {
    let memory = Memory::script([logged_in("one", 50_000), no_meetings(), ok("")]);
    let engine = memory.logged_in();
    ready(engine.send(&SearchMeetings::new())).unwrap();
    memory.pass(secs(49_000));
    memory.take_asked();
    ready(engine.log_out()).unwrap();
    assert_eq!(memory.take_asked(), [with("DeleteToken", "one")]);
}

#[test]
fn a_token_that_was_over_already_is_ended_without_another_login() {
    let memory = Memory::script([logged_in("one", 50_000), no_meetings(), unauthorized()]);
    let engine = memory.logged_in();
    ready(engine.send(&SearchMeetings::new())).unwrap();
    ready(engine.log_out()).unwrap();
}

#[test]
fn a_log_out_that_fails_forgets_the_token_all_the_same() {
    let memory = Memory::script([
        logged_in("one", 50_000),
        no_meetings(),
        failed(TransportErrorKind::Tls),
        logged_in("two", 50_000),
        no_meetings(),
        refused(403, "USG.1"),
    ]);
    let engine = memory.logged_in();
    ready(engine.send(&SearchMeetings::new())).unwrap();
    let error = ready(engine.log_out()).unwrap_err();
    assert!(
        matches!(
            error,
            Error::Transport {
                operation: "DeleteToken",
                ..
            }
        ),
        "{error:?}"
    );
    ready(engine.send(&SearchMeetings::new())).unwrap();
    let error = ready(engine.log_out()).unwrap_err();
    assert_eq!(error.service().unwrap().status(), 403);
}

#[test]
fn log_out_is_tried_again_like_any_call() {
    let memory = Memory::script([
        logged_in("one", 50_000),
        no_meetings(),
        failed(TransportErrorKind::Timeout),
        // The first one got there after all.
        unauthorized(),
    ]);
    let engine = memory.logged_in();
    ready(engine.send(&SearchMeetings::new())).unwrap();
    ready(engine.log_out()).unwrap();
}

#[test]
fn a_token_of_your_own_is_ended_and_then_refused_by_the_service() {
    let memory = Memory::script([ok(""), unauthorized()]);
    let own = AccessToken::new("hush-own").into();
    let engine = Engine::logged_in(config(), Arc::clone(&memory) as _, own);
    ready(engine.log_out()).unwrap();
    let error = ready(engine.send(&SearchMeetings::new())).unwrap_err();
    assert!(
        matches!(&error, Error::Service(refusal) if refusal.status() == 401),
        "{error:?}"
    );
    assert_eq!(
        memory.take_asked(),
        [with("DeleteToken", "own"), with("SearchMeetings", "own")]
    );
}
