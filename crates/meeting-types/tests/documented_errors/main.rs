//! The refusals that the reference prints are the referee of the table of codes: each is known, and
//! answers the one question that its meaning suggests.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::collections::BTreeSet;

use bytes::Bytes;
use http::StatusCode;
use meeting_types::{ErrorCode, ServiceError, operations};

/// One line of the fixture.
struct Refusal {
    operation: &'static str,
    status: StatusCode,
    code: &'static str,
    answer: &'static str,
}

fn documented() -> Vec<Refusal> {
    include_str!("refusals.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .skip(1)
        .map(|line| {
            let columns: Vec<&str> = line.split('\t').collect();
            let [operation, status, code, answer] = columns[..] else {
                panic!("four columns are wanted: {line}");
            };
            Refusal {
                operation,
                status: status.parse().unwrap(),
                code,
                answer,
            }
        })
        .collect()
}

type Question = fn(&ServiceError) -> bool;

/// Every question that a refusal can be asked.
const QUESTIONS: [(&str, Question); 22] = [
    ("account-disabled", ServiceError::is_account_disabled),
    ("already-there", ServiceError::is_already_there),
    ("busy", ServiceError::is_busy),
    (
        "conference-token-refused",
        ServiceError::is_conference_token_refused,
    ),
    ("feature-missing", ServiceError::is_feature_missing),
    ("forbidden", ServiceError::is_forbidden),
    ("invalid-parameter", ServiceError::is_invalid_parameter),
    ("locked", ServiceError::is_locked),
    ("login-refused", ServiceError::is_login_refused),
    ("not-found", ServiceError::is_not_found),
    ("not-running", ServiceError::is_not_running),
    (
        "password-not-allowed",
        ServiceError::is_password_not_allowed,
    ),
    ("password-required", ServiceError::is_password_required),
    ("quota-exceeded", ServiceError::is_quota_exceeded),
    ("server-fault", ServiceError::is_server_fault),
    ("signature-refused", ServiceError::is_signature_refused),
    ("state-conflict", ServiceError::is_state_conflict),
    ("throttled", ServiceError::is_throttled),
    ("token-expired", ServiceError::is_token_expired),
    ("unknown-participant", ServiceError::is_unknown_participant),
    (
        "verification-refused",
        ServiceError::is_verification_refused,
    ),
    ("wrong-password", ServiceError::is_wrong_password),
];

fn answers(error: &ServiceError) -> Vec<&'static str> {
    let yes = QUESTIONS.iter().filter(|(_, question)| question(error));
    yes.map(|(name, _)| *name).collect()
}

/// The refusal as the service sends it.
fn sent(operation: &'static str, status: StatusCode, code: &str) -> ServiceError {
    let body = format!(r#"{{"error_code":"{code}","error_msg":"没有权限","request_id":"r-1"}}"#);
    let mut response = http::Response::new(Bytes::from(body));
    *response.status_mut() = status;
    ServiceError::from_response(operation, &response)
}

#[test]
fn every_documented_refusal_is_known_and_answers_its_question() {
    let documented = documented();
    assert!(documented.len() > 120, "the fixture is whole");
    for refusal in &documented {
        let Refusal {
            operation,
            status,
            code,
            answer,
        } = *refusal;
        let error = sent(operation, status, code);
        assert_eq!(
            answers(&error),
            [answer],
            "{operation} {status} {code}: {:?}",
            error.explain()
        );
        assert_eq!(error.explain().unwrap().code(), code);
        assert!(!error.explain().unwrap().is_prefix_inferred(), "{code}");
    }
}

#[test]
fn the_status_does_not_change_what_a_known_code_means() {
    let codes: BTreeSet<(&str, &str)> = documented()
        .iter()
        .map(|refusal| (refusal.code, refusal.answer))
        .collect();
    assert_eq!(codes.len(), 25);
    for (code, answer) in codes {
        for status in [200, 400, 401, 403, 404, 409, 412, 423, 429, 500, 503] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(
                answers(&sent("CreateMeeting", status, code)),
                [answer],
                "{code}"
            );
        }
    }
}

#[test]
fn a_documented_number_is_enough_without_its_prefix() {
    for Refusal {
        status,
        code,
        answer,
        ..
    } in documented()
    {
        let (_, number) = code.split_once('.').unwrap();
        assert_eq!(answers(&sent("", status, number)), [answer], "{number}");
    }
}

#[test]
fn a_documented_number_under_another_prefix_is_another_code() {
    for Refusal { code, .. } in documented() {
        let (_, number) = code.split_once('.').unwrap();
        for prefix in ["MMC", "USG", "WSS", "MBI", "OTHER", "mmc", ""] {
            let other = format!("{prefix}.{number}");
            if let Some(found) = ErrorCode::lookup(&other) {
                assert_eq!(found.code(), other);
            }
        }
    }
}

/// A status is printed for a code, or it is not there: no example of the reference contradicts it.
#[test]
fn the_status_of_a_code_is_one_that_is_documented() {
    let documented = documented();
    for refusal in &documented {
        let known = ErrorCode::lookup(refusal.code).unwrap();
        let status = known.http_status().unwrap();
        assert!(
            documented
                .iter()
                .any(|other| other.code == refusal.code && other.status == status),
            "{known}"
        );
    }
}

#[test]
fn the_fixture_names_operations_of_this_crate() {
    for Refusal { operation, .. } in documented() {
        assert!(
            operations::ALL.iter().any(|info| info.name == operation),
            "{operation}"
        );
    }
}
