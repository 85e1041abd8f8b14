//! A transport over an agent of ureq that the program has set up by itself.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::time::Duration;

use http::{Method, StatusCode};
use meeting_blocking::{
    AgentTransport, FollowsRedirects, block_on,
    types::{Transport, TransportErrorKind as Kind},
};
use meeting_testing::{
    scripted_server::{ScriptedServer, Step},
    transport_contract::{ok, plain, request, within},
};
use ureq::Agent;

fn transport() -> AgentTransport {
    let config = Agent::config_builder()
        .max_redirects(0)
        .proxy(None)
        .user_agent("of the program");
    AgentTransport::new(config.build().new_agent()).unwrap()
}

fn reply(text: &str) -> Step {
    Step::Reply(text.replace('\n', "\r\n").into_bytes())
}

#[test]
fn an_agent_that_follows_redirects_is_refused() {
    let error = AgentTransport::new(Agent::new_with_defaults()).unwrap_err();
    let _: &FollowsRedirects = &error;
    assert!(error.to_string().contains("max_redirects(0)"));
}

#[test]
fn its_settings_hold_and_statuses_are_answers() {
    let server = ScriptedServer::start([
        ok("here"),
        reply("HTTP/1.1 404 X\nx-request-id: abc\ncontent-length: 4\n\noops"),
        reply("HTTP/1.1 302 X\nlocation: /elsewhere\ncontent-length: 0\n\n"),
    ]);
    let transport = transport();
    let mut post = request(&plain(&server));
    *post.method_mut() = Method::POST;
    *post.body_mut() = "{}".into();
    let response = block_on(transport.send(post)).unwrap();
    assert_eq!(response.body(), "here");
    assert!(response.extensions().is_empty());
    let response = block_on(transport.send(request(&plain(&server)))).unwrap();
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    assert_eq!(response.headers()["x-request-id"], "abc");
    assert_eq!(response.body(), "oops");
    let response = block_on(transport.send(request(&plain(&server)))).unwrap();
    assert_eq!(response.status(), StatusCode::FOUND);
    let sent = server.requests();
    assert!(sent[0].contains("of the program") && sent[0].ends_with("\r\n\r\n{}"));
    assert_eq!(sent.len(), 3);
}

#[test]
fn what_was_not_sent_is_known_where_nothing_was_opened() {
    let port = {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        listener.local_addr().unwrap().port()
    };
    let base = format!("http://127.0.0.1:{port}");
    let error = block_on(transport().send(request(&base))).unwrap_err();
    assert_eq!((error.kind(), error.is_not_sent()), (Kind::Connect, true));

    let server = ScriptedServer::start([Step::Silence, Step::ReplyThenClose(Vec::new())]);
    let slow = within(request(&plain(&server)), Duration::from_millis(300));
    let error = block_on(transport().send(slow)).unwrap_err();
    assert_eq!((error.kind(), error.is_not_sent()), (Kind::Timeout, false));
    let error = block_on(transport().send(request(&plain(&server)))).unwrap_err();
    assert!(!error.is_not_sent(), "{error:?}");
    let said = format!("{error} {error:?}");
    assert!(
        !said.contains("query-secret") && !said.contains("header-secret"),
        "{said}"
    );
}
