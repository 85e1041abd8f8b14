//! Callers ask a refusal what it means, not which number it has.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use http::StatusCode;
use meeting_types::ServiceError;

type Question = fn(&ServiceError) -> bool;

const QUESTIONS: &[(&str, Question)] = &[
    ("not found", ServiceError::is_not_found),
    ("already there", ServiceError::is_already_there),
    ("wrong password", ServiceError::is_wrong_password),
    ("locked", ServiceError::is_locked),
    ("account disabled", ServiceError::is_account_disabled),
    ("signature refused", ServiceError::is_signature_refused),
    ("not running", ServiceError::is_not_running),
    ("unknown participant", ServiceError::is_unknown_participant),
    ("throttled", ServiceError::is_throttled),
    ("token expired", ServiceError::is_token_expired),
    ("control refused", ServiceError::is_conference_token_refused),
    ("forbidden", ServiceError::is_forbidden),
    ("server fault", ServiceError::is_server_fault),
];

/// What a refusal answers yes to.
fn meaning(status: u16, code: &str) -> Vec<&'static str> {
    let error = ServiceError::new(StatusCode::from_u16(status).unwrap(), code, "");
    let yes = QUESTIONS.iter().filter(|(_, question)| question(&error));
    yes.map(|(name, _)| *name).collect()
}

#[test]
fn codes_have_one_meaning() {
    for (name, codes) in [
        (
            "not found",
            &[
                "MMC.111070005",
                "MMC.111070006",
                "MMC.111073001",
                "MMC.112010004",
                "USG.201040000",
                "USG.206030000",
                "MBI.104000007",
                "MBI.104000008",
                "MBI.104000009",
            ][..],
        ),
        (
            "already there",
            &["USG.201040001", "USG.201040046", "USG.201090001"],
        ),
        (
            "wrong password",
            &[
                "MMC.111071091",
                "MMC.111072018",
                "USG.206010000",
                "USG.206030006",
                "MMC.112100012",
            ],
        ),
        (
            "locked",
            &[
                "MMC.111071052",
                "MMC.111071053",
                "MMC.111072064",
                "MMC.111081009",
                "MMC.112100019",
                "MMC.118000002",
                "USG.206030015",
            ],
        ),
        ("account disabled", &["USG.206010007"]),
        ("signature refused", &["USG.206010025", "USG.206010057"]),
        (
            "not running",
            &[
                "MMC.111071058",
                "MMC.111072003",
                "MMC.111072004",
                "MMC.111072005",
                "MMC.111072006",
                "MMC.111072015",
            ],
        ),
        (
            "unknown participant",
            &[
                "MMC.111072008",
                "MMC.111080004",
                "MMC.111082003",
                "MMC.112010003",
            ],
        ),
        ("throttled", &["APIG.0308", "APIGW.0308", "100000429"]),
        (
            "token expired",
            &[
                "USG.206020000",
                "USG.206020001",
                "USG.206020002",
                "MMC.118000001",
            ],
        ),
        (
            "control refused",
            &["MMC.111072065", "MMC.111070111", "MMC.111070004"],
        ),
        (
            "forbidden",
            &[
                "MMC.111070002",
                "MMC.111070010",
                "MMC.111071063",
                "MMC.111072060",
                "MMC.111072070",
                "MMC.111072071",
                "MMC.111072110",
                "MMC.111074002",
                "MMC.111080002",
            ],
        ),
    ] {
        for code in codes {
            assert_eq!(meaning(400, code), [name], "{code}");
            // Some responses leave out what stands before the number.
            let number = code.rsplit('.').next().unwrap();
            if number.len() == 9 {
                assert_eq!(meaning(400, number), [name], "{number}");
            }
        }
    }
}

#[test]
fn a_status_has_a_meaning_too() {
    for (status, name) in [
        (401, "token expired"),
        (403, "forbidden"),
        (404, "not found"),
        (409, "already there"),
        (412, "account disabled"),
        (423, "locked"),
        (429, "throttled"),
        (500, "server fault"),
        (503, "server fault"),
    ] {
        assert_eq!(meaning(status, &status.to_string()), [name]);
    }
    assert!(meaning(400, "400").is_empty());
}

#[test]
fn a_login_that_fails_is_no_expired_token() {
    assert_eq!(meaning(401, "USG.206010000"), ["wrong password"]);
    assert_eq!(meaning(401, "USG.206010025"), ["signature refused"]);
    assert_eq!(meaning(401, "USG.206010057"), ["signature refused"]);
    assert!(meaning(401, "USG.206010036").is_empty());
    assert_eq!(meaning(401, "USG.206020002"), ["token expired"]);
}

#[test]
fn a_number_that_only_looks_alike_means_nothing() {
    // The event of a hang-up uses numbers with a digit less; other products use the last digits.
    for code in [
        "11072005",
        "MMC.1110720050",
        "OTHER.0308",
        "0308",
        "MMC.",
        "",
    ] {
        assert!(meaning(400, code).is_empty(), "{code}");
    }
}

/// The service is not careful with statuses, so a code that is known counts more.
#[test]
fn a_known_code_counts_more_than_the_status() {
    for (status, code, name) in [
        (403, "WSS.301000095", "token expired"),
        (401, "WSS.301000095", "token expired"),
        (500, "MMC.111072065", "control refused"),
        (401, "MMC.111070004", "control refused"),
        (404, "USG.206010000", "wrong password"),
        (423, "USG.206010007", "account disabled"),
    ] {
        assert_eq!(meaning(status, code), [name], "{status} {code}");
    }
    // Known, and of a class that these questions leave out.
    assert!(meaning(403, "MMC.111072117").is_empty());
    // Not known, or of no class: the status is all there is.
    assert_eq!(meaning(403, "WSS.301999999"), ["forbidden"]);
    assert_eq!(meaning(401, "WSS.301999999"), ["token expired"]);
    let silent = meeting_types::ErrorCode::all()
        .iter()
        .find(|known| known.class() == meeting_types::ErrorClass::Other);
    if let Some(silent) = silent {
        assert_eq!(meaning(403, silent.code()), ["forbidden"]);
    }
}
