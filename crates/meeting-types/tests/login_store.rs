//! What stores of shared logins need: refusals that can be kept, marks of secrets, names of logins.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::time::Duration;

use meeting_types::{
    AccountCredential, AppCredential, Bytes, Claimant, Endpoint, LimitScope, LoginKey,
    ProxyCredential, RateLimit, ServiceError,
    http::{Response, StatusCode},
};
use proptest::prelude::*;

#[test]
fn a_refusal_is_kept_with_its_operation_and_request_id() {
    let response = Response::builder()
        .status(401)
        .header("x-request-id", "abc")
        .body(Bytes::from(
            r#"{"error_code": "USG.206010025", "error_msg": "no"}"#,
        ))
        .unwrap();
    let refusal = ServiceError::from_response("CreateAppIdToken", &response);
    let text = serde_json::to_string(&refusal).unwrap();
    let read: ServiceError = serde_json::from_str(&text).unwrap();
    assert_eq!(read, refusal);
    assert_eq!(read.operation(), "CreateAppIdToken");
    // Another program may know operations that this one does not.
    let foreign = text.replace("CreateAppIdToken", "CreateTomorrow");
    let read: ServiceError = serde_json::from_str(&foreign).unwrap();
    assert_eq!((read.operation(), read.code()), ("", "USG.206010025"));
    assert!(serde_json::from_str::<ServiceError>(&text.replace("401", "9")).is_err());
}

#[test]
fn a_mark_depends_on_key_secret_and_login() {
    let claimant = |secret: &str, user: &str| {
        let app = AppCredential::new("app", secret).user_id(user);
        Claimant::of_app(&Endpoint::china(), &app, "id")
    };
    let marks = [
        claimant("one", "ann").mark(b"salt"),
        claimant("two", "ann").mark(b"salt"),
        claimant("one", "bob").mark(b"salt"),
        claimant("one", "ann").mark(b"other"),
    ];
    for (index, mark) in marks.iter().enumerate() {
        assert!(!marks[index + 1..].contains(mark));
    }
    assert_eq!(claimant("one", "ann").mark(b"salt"), marks[0]);
}

#[test]
fn secrets_of_persons_are_told_apart_and_codes_have_no_name() {
    let endpoint = Endpoint::china();
    let app = Claimant::of_app(&endpoint, &AppCredential::new("app", "key"), "id");
    assert!(!app.is_secret_chosen());
    let account = AccountCredential::new("ann", "hush-password");
    let account = Claimant::of_account(&endpoint, &account, "id");
    assert!(account.is_secret_chosen());
    let welink = ProxyCredential::welink("ann", "hush-password");
    let welink = Claimant::of_proxy(&endpoint, &welink, "id").unwrap();
    assert!(welink.is_secret_chosen());
    assert_ne!(welink.key(), account.key());
    let code = ProxyCredential::oauth2("hush-code", "example.com");
    assert!(Claimant::of_proxy(&endpoint, &code, "id").is_none());
    let key = account.key().to_string();
    assert!(
        key.len() == 64 && key.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "{key}"
    );
    assert_ne!(
        LoginKey::named(&endpoint, "a"),
        LoginKey::named(&endpoint, "b")
    );
}

proptest! {
    #[test]
    fn whatever_a_header_says_of_limits_is_read_or_left(text in "[ -~]{0,60}") {
        let response = Response::builder()
            .header("x-apig-ratelimit-api", text)
            .body(Bytes::new())
            .unwrap();
        for limit in RateLimit::read(&response) {
            let (requests, span) = limit.limit.unwrap();
            prop_assert!(requests > 0 && span > Duration::ZERO);
        }
    }

    #[test]
    fn figures_are_read_as_they_were_written(count in 1_u32.., seconds in 1_u32.., left: u32) {
        let text = format!("remain:{left},limit:{count},time:{seconds} second");
        let response = Response::builder()
            .header("X-Apig-RateLimit-app", text)
            .body(Bytes::new())
            .unwrap();
        let limits = RateLimit::read(&response);
        prop_assert_eq!(limits[0].limit, Some((count, Duration::from_secs(seconds.into()))));
        prop_assert_eq!((limits[0].scope, limits[0].remaining), (LimitScope::App, Some(left)));
    }
}

#[test]
fn a_refusal_may_name_its_limit() {
    let refusal = |text: &str| ServiceError::new(StatusCode::TOO_MANY_REQUESTS, "APIG.0308", text);
    let text = "The throttling threshold has been reached: policy ip over ratelimit,limit:60,time:1 minute";
    let limit = RateLimit::of_refusal(&refusal(text));
    assert_eq!(limit.scope, LimitScope::Address);
    assert_eq!(limit.limit, Some((60, Duration::from_secs(60))));
    let limit = RateLimit::of_refusal(&refusal("slow down"));
    assert_eq!((limit.scope, limit.limit), (LimitScope::Unknown, None));
    assert!(limit.is_refusal);
}
