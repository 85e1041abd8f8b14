//! Control of a meeting: its token is kept alive, and replaced when it is refused.

use std::{
    sync::{Arc, OnceLock},
    thread,
    time::Duration,
};

use meeting_client::{Action, Control, Engine, Error, RetryBudget};
use meeting_types::{
    Timeout, Transport, TransportErrorKind,
    operations::{CreateWebSocketToken, MuteMeeting},
};

use crate::{
    memory::{Memory, control_opened, ready, until},
    support::{Asked, SECRET, failed, ok, operation_of, refused, secs, start, throttled, with},
};

/// A request for a control token.
fn renewal(token: Option<&str>) -> Asked {
    Asked {
        operation: "CreateConfToken",
        token: token.map(|token| format!("hush-{token}")),
        password: Some("hush-host".to_owned()),
    }
}

fn mute(control: &Control) -> Result<(), Error> {
    ready(control.send(&MuteMeeting::new(true)))
}

fn gone() -> crate::support::Outcome {
    refused(400, "MMC.111072065")
}

#[test]
fn control_is_opened_by_the_password_and_used_by_its_token() {
    let memory = Memory::script([control_opened("one", 1800), ok("")]);
    let control = ready(memory.anonymous().control("900825541", "hush-host")).unwrap();
    assert_eq!(memory.take_asked(), [renewal(None)]);
    assert_eq!(control.conference_id().as_str(), "900825541");
    assert_eq!(control.token().unwrap().expose(), "hush-one");
    let grant = control.grant().unwrap();
    assert_eq!(
        grant.web_socket_url.as_deref(),
        Some("wss://203.0.113.7:443")
    );
    mute(&control).unwrap();
    let sent = memory.take_sent();
    assert_eq!(sent[0].1.uri().query(), Some("conferenceID=900825541"));
    assert_eq!(
        crate::support::asked(&sent[0].1),
        with("MuteMeeting", "one")
    );
}

#[test]
fn a_wrong_password_is_told_as_it_is_and_once() {
    let memory = Memory::script([refused(400, "MMC.111072065")]);
    let error = ready(memory.logged_in().control("900825541", "hush-host")).unwrap_err();
    assert!(matches!(error, Error::Service(_)), "{error:?}");
}

#[test]
fn the_token_is_renewed_in_the_last_quarter_with_itself_and_the_password() {
    let memory = Memory::script([
        control_opened("one", 1800),
        ok(""),
        control_opened("two", 1800),
        ok(""),
    ]);
    let control = memory.control();
    // The last quarter begins, and the last tenth: somewhere in between it is renewed.
    memory.pass(secs(1349));
    mute(&control).unwrap();
    assert_eq!(memory.take_asked(), [with("MuteMeeting", "one")]);
    memory.pass(secs(271));
    mute(&control).unwrap();
    assert_eq!(
        memory.take_asked(),
        [renewal(Some("one")), with("MuteMeeting", "two")]
    );
}

#[test]
fn a_token_that_is_over_is_not_sent() {
    let memory = Memory::script([
        control_opened("one", 1800),
        control_opened("two", 1800),
        ok(""),
    ]);
    let control = memory.control();
    memory.pass(secs(1800));
    assert!(control.token().is_none() && control.grant().is_none());
    mute(&control).unwrap();
    assert_eq!(
        memory.take_asked(),
        [renewal(None), with("MuteMeeting", "two")]
    );
}

#[test]
fn a_refused_token_is_replaced_by_the_password_once() {
    for refusal in [
        gone,
        || refused(401, "MMC.1"),
        || refused(400, "MMC.111070111"),
        || refused(400, "MMC.111070004"),
        || refused(403, "MMC.118000001"),
        || refused(500, "MMC.111072065"),
    ] {
        let memory = Memory::script([
            control_opened("one", 1800),
            refusal(),
            control_opened("two", 1800),
            ok(""),
        ]);
        let control = memory.control();
        mute(&control).unwrap();
        let asked = [
            with("MuteMeeting", "one"),
            renewal(None),
            with("MuteMeeting", "two"),
        ];
        assert_eq!(memory.take_asked(), asked);
    }
}

#[test]
fn a_token_refused_twice_is_the_error() {
    let memory = Memory::script([
        control_opened("one", 1800),
        gone(),
        control_opened("two", 1800),
        gone(),
    ]);
    let error = mute(&memory.control()).unwrap_err();
    assert!(matches!(&error, Error::Service(refusal) if refusal.is_conference_token_refused()));
}

#[test]
fn a_meeting_that_is_over_is_the_error() {
    let memory = Memory::script([
        control_opened("one", 1800),
        gone(),
        refused(400, "MMC.111072005"),
    ]);
    let error = mute(&memory.control()).unwrap_err();
    assert!(
        matches!(error, Error::Token(_)) && error.is_not_running(),
        "{error:?}"
    );
    assert_eq!(memory.take_asked().len(), 2);
}

#[test]
fn a_renewal_that_is_refused_is_not_repeated_with_the_password_alone() {
    let memory = Memory::script([control_opened("one", 1800), gone(), ok(""), ok("")]);
    let control = memory.control();
    memory.pass(secs(1700));
    mute(&control).unwrap();
    mute(&control).unwrap();
    let muted = || with("MuteMeeting", "one");
    assert_eq!(
        memory.take_asked(),
        [renewal(Some("one")), muted(), muted()]
    );
}

/// Whether the token is to be renewed between three quarters and nine tenths of its life.
fn due_as_drawn(control: &Control, lifetime: u64) -> bool {
    let due = control.renewal_due_in().unwrap();
    (secs(lifetime) * 3 / 4..=secs(lifetime) * 9 / 10).contains(&due)
}

#[test]
fn what_opened_together_is_not_renewed_together() {
    let memory = Memory::new(|_| control_opened("one", 1800));
    let mut due: Vec<_> = (0..200)
        .map(|_| memory.control().renewal_due_in().unwrap())
        .collect();
    due.sort();
    let (least, most) = (due[0], due[199]);
    assert!(least >= secs(1350) && least < secs(1380), "{least:?}");
    assert!(most <= secs(1620) && most > secs(1590), "{most:?}");
    assert!(due[100] > secs(1440) && due[100] < secs(1530));
}

#[test]
fn an_absurd_lifetime_is_taken_as_half_an_hour() {
    for seconds in [0, 86_401, 1_795_305_600, u64::MAX] {
        let memory = Memory::script([control_opened("one", seconds)]);
        let control = memory.control();
        assert!(due_as_drawn(&control, 1800), "{seconds}");
    }
}

#[test]
fn it_says_when_the_token_wants_to_be_renewed() {
    let memory = Memory::script([control_opened("one", 1800), gone(), gone()]);
    let control = memory.control();
    let due = control.renewal_due_in().unwrap();
    assert!(due_as_drawn(&control, 1800));
    memory.pass(secs(20));
    assert_eq!(control.renewal_due_in(), Some(due - secs(20)));
    memory.pass(secs(3600));
    assert_eq!(control.renewal_due_in(), Some(Duration::ZERO));
    // A clock that is set back is no reason to let the token run out.
    memory.set_back(secs(7200));
    assert_eq!(control.renewal_due_in(), Some(Duration::ZERO));
    memory.pass(secs(3600));
    mute(&control).unwrap_err();
    assert_eq!(control.renewal_due_in(), None);
}

#[test]
fn renew_renews_whatever_the_age() {
    let memory = Memory::script([control_opened("one", 1800), control_opened("two", 1800)]);
    let control = memory.control();
    memory.pass(secs(5));
    ready(control.renew()).unwrap();
    assert_eq!(memory.take_asked(), [renewal(Some("one"))]);
    assert_eq!(control.token().unwrap().expose(), "hush-two");
    assert!(due_as_drawn(&control, 1800));
}

#[test]
fn renew_tries_again_where_that_is_safe_and_tells_the_error() {
    let memory = Memory::script([
        control_opened("one", 1800),
        failed(TransportErrorKind::Connect),
        throttled(2),
        gone(),
        ok(""),
    ]);
    let control = memory.control();
    let error = ready(control.renew()).unwrap_err();
    assert!(matches!(&error, Error::Token(_)), "{error:?}");
    assert!(error.service().unwrap().is_conference_token_refused());
    assert_eq!(memory.take_asked().len(), 3);
    // The old token is good all the same.
    mute(&control).unwrap();
    assert_eq!(memory.take_asked(), [with("MuteMeeting", "one")]);
    assert_eq!(memory.sleeps(), 2);
}

#[test]
fn after_a_renewal_that_failed_the_calls_are_left_in_peace() {
    let memory = Memory::script([control_opened("one", 1800), gone(), ok("")]);
    let control = memory.control();
    memory.pass(secs(1700));
    ready(control.renew()).unwrap_err();
    mute(&control).unwrap();
    let asked = [renewal(Some("one")), with("MuteMeeting", "one")];
    assert_eq!(memory.take_asked(), asked);
}

#[test]
fn renew_has_the_deadline_of_the_client() {
    let memory = Memory::script([control_opened("one", 1800), throttled(40)]);
    let error = ready(memory.control().renew()).unwrap_err();
    assert!(error.is_deadline() && error.is_throttled(), "{error:?}");
}

#[test]
fn two_who_renew_at_once_send_one_request() {
    let memory = Memory::of_threads(|request, sleeps| {
        if crate::support::asked(request).token.is_none() {
            return control_opened("one", 1800);
        }
        // By then the other one waits.
        until(|| sleeps() >= 3);
        control_opened("two", 1800)
    });
    let control = memory.control();
    thread::scope(|scope| {
        let other = scope.spawn(|| ready(control.renew()));
        ready(control.renew()).unwrap();
        other.join().unwrap().unwrap();
    });
    assert_eq!(memory.take_asked(), [renewal(Some("one"))]);
    assert_eq!(control.token().unwrap().expose(), "hush-two");
}

#[test]
fn two_who_renew_at_once_are_refused_once() {
    let memory = Memory::of_threads(|request, sleeps| {
        if crate::support::asked(request).token.is_none() {
            return control_opened("one", 1800);
        }
        until(|| sleeps() >= 3);
        gone()
    });
    let control = memory.control();
    let renew = || match ready(control.renew()) {
        Err(Error::Token(error)) => error,
        result => panic!("{result:?}"),
    };
    thread::scope(|scope| {
        let other = scope.spawn(renew);
        assert!(Arc::ptr_eq(&renew(), &other.join().unwrap()));
    });
    assert_eq!(memory.take_asked(), [renewal(Some("one"))]);
}

#[test]
fn a_socket_token_is_stamped_with_the_time_of_its_own_request() {
    let memory = Memory::script([
        control_opened("one", 1800),
        throttled(9),
        ok(r#"{"webSocketToken": "hush-socket"}"#),
    ]);
    let control = memory.control();
    memory.be_slow(secs(2));
    let token = ready(control.web_socket_token()).unwrap();
    let sent = memory.take_sent();
    assert_eq!(token.expose(), "hush-socket");
    assert_eq!(token.issued_at(), Some(sent[1].0));
    assert!(sent[1].0 >= start() + secs(9));
    assert!(!token.is_expired(memory.now()));
    memory.pass(secs(60));
    assert!(token.is_expired(memory.now()));
}

#[test]
fn a_socket_token_whose_response_is_lost_is_asked_for_again() {
    for outcome in [
        failed(TransportErrorKind::Timeout),
        failed(TransportErrorKind::Io),
        refused(503, "MMC.1"),
    ] {
        let issued = ok(r#"{"webSocketToken": "hush-socket"}"#);
        let memory = Memory::script([control_opened("one", 1800), outcome, issued]);
        ready(memory.control().web_socket_token()).unwrap();
        let asked = || with("CreateWebSocketToken", "one");
        assert_eq!(memory.take_asked(), [asked(), asked()]);
    }
}

#[test]
fn control_opens_although_the_first_response_is_lost() {
    for outcome in [failed(TransportErrorKind::Io), refused(502, "")] {
        let memory = Memory::script([outcome, control_opened("one", 1800)]);
        memory.control();
    }
}

#[test]
fn a_refused_password_of_a_meeting_is_told_as_one() {
    for refusal in [gone, || refused(400, "MMC.111070004")] {
        let memory = Memory::new(move |_| refusal());
        let error = ready(memory.anonymous().control("900825541", "0000")).unwrap_err();
        assert!(
            error.is_wrong_password() && error.is_control_refused(),
            "{error}"
        );
    }
    // To a call with a token the same code says nothing of a password.
    let memory = Memory::script([
        control_opened("one", 1800),
        gone(),
        control_opened("two", 1800),
        gone(),
    ]);
    let error = mute(&memory.control()).unwrap_err();
    assert!(
        !error.is_wrong_password() && !error.is_control_refused(),
        "{error}"
    );
}

#[test]
fn a_refusal_of_the_password_is_remembered_for_a_while() {
    let memory = Memory::script([control_opened("one", 1800), gone(), gone(), gone(), gone()]);
    let control = memory.control();
    for _ in 0..20 {
        assert!(matches!(mute(&control), Err(Error::Token(_))));
    }
    assert_eq!(
        memory.take_asked(),
        [with("MuteMeeting", "one"), renewal(None)]
    );
    memory.pass(secs(30));
    mute(&control).unwrap_err();
    memory.pass(secs(59));
    mute(&control).unwrap_err();
    memory.pass(secs(1));
    mute(&control).unwrap_err();
    assert_eq!(memory.take_asked(), [renewal(None), renewal(None)]);
}

#[test]
fn a_socket_token_that_was_certainly_not_issued_is_asked_for_again() {
    let memory = Memory::script([
        control_opened("one", 1800),
        failed(TransportErrorKind::Connect),
        gone(),
        control_opened("two", 1800),
        ok(r#"{"webSocketToken": "hush-socket"}"#),
    ]);
    ready(memory.control().web_socket_token()).unwrap();
}

#[test]
fn a_control_call_can_be_run_by_hand_and_raw() {
    let memory = Memory::script([control_opened("one", 1800), refused(403, "MMC.111070002")]);
    let control = memory.control();
    let operation = CreateWebSocketToken::new();
    let mut call = control.call(&operation);
    let Action::Send(request) = call.poll(memory.now()) else {
        panic!("{call:?}");
    };
    assert_eq!(
        crate::support::asked(&request),
        with("CreateWebSocketToken", "one")
    );
    let response = ready(control.raw(&MuteMeeting::new(true))).unwrap();
    assert_eq!(response.status(), 403);
}

#[test]
fn clones_and_engines_with_a_login_control_alike() {
    let memory = Memory::script([
        control_opened("one", 1800),
        control_opened("two", 1800),
        ok(""),
    ]);
    let control = ready(memory.logged_in().control("900825541", "hush-host")).unwrap();
    // A login is not needed, and not made.
    assert_eq!(memory.take_asked(), [renewal(None)]);
    let clone = control.clone();
    ready(clone.renew()).unwrap();
    mute(&control).unwrap();
    assert_eq!(memory.take_asked()[1], with("MuteMeeting", "two"));
}

#[test]
fn nothing_that_is_printed_holds_a_secret() {
    let memory = Memory::script([control_opened("one", 1800), gone(), gone()]);
    let control = memory.control();
    let shown = format!("{control:?} {:?}", control.grant());
    assert!(
        shown.contains("900825541") && !shown.contains(SECRET),
        "{shown}"
    );
    let error = mute(&control).unwrap_err();
    let shown = format!("{error:?} {error} {control:?}");
    assert!(!shown.contains(SECRET), "{shown}");
}

#[test]
fn a_channel_opens_with_the_token_that_was_accepted_whatever_other_calls_do_to_it() {
    let control = Arc::new(OnceLock::<Control>::new());
    let other = control.clone();
    let memory = Memory::new(move |request| match operation_of(request) {
        "CreateConfToken" => control_opened("one", 1800),
        _ => {
            // At this moment another call is refused, and asks for a new token.
            let mute = MuteMeeting::new(true);
            let mut call = other.get().unwrap().call(&mute);
            assert!(matches!(call.poll(start()), Action::Send(_)));
            call.handle_response(refused(401, "MMC.1"), start());
            ok(r#"{"webSocketToken": "hush-socket"}"#)
        }
    });
    let control = control.get_or_init(|| memory.control());
    let ticket = ready(control.channel([])).unwrap();
    assert!(control.token().is_none(), "the other call discarded it");
    assert!(ticket.address.is_tls());
}

#[test]
fn a_session_can_be_given_less_time() {
    let memory = Memory::script([control_opened("one", 1800), ok(""), ok("")]);
    let control = memory.control();
    mute(&control.within(secs(2))).unwrap();
    mute(&control.within(secs(2000))).unwrap();
    let given: Vec<_> = memory
        .take_sent()
        .iter()
        .map(|(_, request)| request.extensions().get::<Timeout>().copied())
        .collect();
    assert_eq!(given, [Some(Timeout(secs(2))), Some(Timeout(secs(10)))]);
}

#[test]
fn a_loop_of_its_own_can_ask_for_single_attempts() {
    let budget = RetryBudget::new(100);
    let memory = Memory::new(|request| match crate::support::asked(request).password {
        Some(_) if crate::support::asked(request).token.is_none() => control_opened("one", 10),
        _ => refused(503, "MMC.1"),
    });
    let config = crate::support::config().retry_budget(budget.clone());
    let engine = Engine::anonymous(config, memory.clone());
    let control = ready(engine.control("900825541", "hush-host")).unwrap();
    let left = budget.left();
    memory.take_sent();
    ready(control.single_attempt().channel([])).unwrap_err();
    ready(control.single_attempt().renew()).unwrap_err();
    assert_eq!(memory.take_asked().len(), 2);
    assert_eq!(budget.left(), left);
    ready(control.channel([])).unwrap_err();
    assert_eq!(memory.take_asked().len(), 3);
}
