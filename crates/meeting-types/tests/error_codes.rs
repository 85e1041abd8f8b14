//! The table of error codes: what is found in it, and what the codes mean.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::collections::HashSet;

use http::StatusCode;
use meeting_types::{
    ErrorClass, ErrorCode, ServiceError,
    events::{InviteOutcome, InviteResult},
};

fn class(code: &str) -> ErrorClass {
    match ErrorCode::lookup(code) {
        Some(known) => known.class(),
        None => panic!("{code} is not in the table"),
    }
}

#[test]
fn every_code_is_found_by_itself() {
    // 596 codes were collected first; four of the gateway and its like, eight of events, and what
    // else the examples of the reference print came later.
    assert_eq!(ErrorCode::all().len(), 627);
    for known in ErrorCode::all() {
        assert_eq!(ErrorCode::lookup(known.code()), Some(known));
        assert!(!known.gist().is_empty());
    }
}

#[test]
fn the_table_is_sorted_and_has_no_code_twice() {
    let place = |known: &ErrorCode| {
        let code = known.code();
        let number = code.rsplit('.').next().unwrap();
        (number.to_owned(), code)
    };
    let pairs = || ErrorCode::all().windows(2);
    assert!(pairs().all(|pair| place(&pair[0]) < place(&pair[1])));
    let codes: HashSet<&str> = ErrorCode::all().iter().map(ErrorCode::code).collect();
    assert_eq!(codes.len(), ErrorCode::all().len());
}

#[test]
fn a_whole_number_is_enough_and_its_last_digits_are_not() {
    for known in ErrorCode::all() {
        let Some((_, digits)) = known.code().split_once('.') else {
            continue;
        };
        let by_digits = ErrorCode::lookup(digits).map(ErrorCode::class);
        let wanted = (digits.len() >= 8).then_some(known.class());
        assert_eq!(by_digits, wanted, "{digits}");
    }
}

/// Families number on their own, so one number can be two codes.
#[test]
fn a_prefix_decides_between_codes_of_one_number() {
    let code = |text: &str| ErrorCode::lookup(text).map(|known| (known.code(), known.class()));
    let status = |text: &str| ErrorCode::lookup(text).unwrap().http_status();
    for text in ["USG.000000004", "MBI.000000004"] {
        assert_eq!(code(text), Some((text, ErrorClass::Forbidden)));
    }
    assert_eq!(status("USG.000000004"), Some(StatusCode::FORBIDDEN));
    assert_eq!(status("MBI.000000004"), Some(StatusCode::BAD_REQUEST));
    for text in ["MMC.000000003", "USG.000000003"] {
        assert_eq!(code(text), Some((text, ErrorClass::InvalidParameter)));
    }
    // Neither of the two families, and both are sure.
    for text in ["MMC.000000004", "WSS.000000003", "MBI.000000002"] {
        assert_eq!(code(text), None, "{text}");
    }
}

#[test]
fn another_prefix_counts_only_where_the_prefix_is_inferred() {
    let inferred = ErrorCode::lookup("MMC.111072006").unwrap();
    assert!(inferred.is_prefix_inferred());
    assert_eq!(ErrorCode::lookup("WSS.111072006"), Some(inferred));

    let seen = ErrorCode::lookup("MMC.111072005").unwrap();
    assert!(!seen.is_prefix_inferred());
    assert_eq!(ErrorCode::lookup("WSS.111072005"), None);

    assert_ne!(
        ErrorCode::lookup("APIG.0308"),
        ErrorCode::lookup("APIGW.0308")
    );
    assert_eq!(ErrorCode::lookup("OTHER.0308"), None);
}

#[test]
fn most_prefixes_are_inferred() {
    let inferred = ErrorCode::all()
        .iter()
        .filter(|known| known.is_prefix_inferred());
    assert_eq!(inferred.count(), 571);
    for code in ["USG.201040001", "MBI.104000008", "APIG.0308", "11076010"] {
        assert!(
            !ErrorCode::lookup(code).unwrap().is_prefix_inferred(),
            "{code}"
        );
    }
}

#[test]
fn an_unknown_code_passes_through() {
    for code in [
        "MMC.111079999",
        "MMC.1110720050",
        "MMC.",
        ".111072999",
        ".",
        "",
        "400",
        "0",
        "Ω.111",
        "WSS.118000001x",
    ] {
        assert_eq!(ErrorCode::lookup(code), None, "{code}");
        let error = ServiceError::new(StatusCode::BAD_REQUEST, code, "");
        assert_eq!((error.code(), error.explain()), (code, None));
    }
    let error = ServiceError::new(StatusCode::BAD_REQUEST, "MMC.111079999", "");
    assert_eq!(
        error.to_string(),
        "refused with status 400, code MMC.111079999"
    );
}

/// The event of a hang-up has numbers of its own, which look like a code with a digit less.
#[test]
fn numbers_of_events_are_no_shortened_codes() {
    let event = ErrorCode::lookup("11076010").unwrap();
    assert_eq!(
        (event.code(), event.class()),
        ("11076010", ErrorClass::CallEnded)
    );
    assert_ne!(ErrorCode::lookup("MMC.111076010"), Some(event));
    // That page prints no such numbers, so what they mean would be a guess.
    for code in ["11076008", "11072005", "MMC.11076010", "1076010"] {
        assert_eq!(ErrorCode::lookup(code), None, "{code}");
    }
    // One code is printed with a digit less than its name has elsewhere.
    let short = ErrorCode::lookup("MMC.11070003").unwrap();
    let long = ErrorCode::lookup("MMC.111070003").unwrap();
    assert_ne!(short, long);
    assert_eq!(short.class(), long.class());
    assert_eq!(ErrorCode::lookup("USG.11070003"), None);
    let mut result = InviteResult::default();
    assert_eq!(result.explain(), None);
    result.code = Some(" 11076010 ".to_owned());
    assert_eq!(result.explain(), Some(event));
    result.code = Some("MMC.111076008".to_owned());
    assert_eq!(
        result.explain().map(ErrorCode::class),
        Some(ErrorClass::CallFailed)
    );
}

/// An end reason that events carry in nine digits.
#[test]
fn the_limit_of_participants_is_an_end_reason() {
    for code in ["111072504", "MMC.111072504", " 111072504 "] {
        let mut result = InviteResult::default();
        result.code = Some(code.to_owned());
        assert_eq!(result.outcome(), Some(InviteOutcome::ParticipantLimit));
        let known = result.explain().unwrap();
        assert_eq!(known.class(), ErrorClass::QuotaExceeded, "{code}");
    }
    let mut short = InviteResult::default();
    short.code = Some("11072504".to_owned());
    assert_eq!(short.explain(), None);
    assert!(matches!(short.outcome(), Some(InviteOutcome::Unknown(_))));
}

#[test]
fn a_status_is_given_only_where_it_is_known() {
    let status = |code| ErrorCode::lookup(code).unwrap().http_status();
    for code in [
        "MMC.111070005",
        "MMC.111072065",
        "USG.201040000",
        "USG.201090001",
        "MBI.104000001",
    ] {
        assert_eq!(status(code), Some(StatusCode::BAD_REQUEST), "{code}");
    }
    assert_eq!(status("APIG.0101"), Some(StatusCode::NOT_FOUND));
    // A guess, a family, and nothing at all.
    for code in [
        "USG.206010000",
        "MMC.111072005",
        "MMC.111072006",
        "MMC.111070003",
    ] {
        assert_eq!(status(code), None, "{code}");
    }
}

/// The codes that the notes on control and on refusals name.
#[test]
fn the_codes_that_calls_meet_have_a_class() {
    use ErrorClass::*;
    for (wanted, codes) in [
        (
            NotRunning,
            &["111072003", "111072004", "111072005", "111072006"][..],
        ),
        (
            ConferenceTokenRefused,
            &["111072065", "111070111", "111070004"],
        ),
        (
            Locked,
            &[
                "111072064",
                "111081009",
                "111071052",
                "111071053",
                "206030015",
            ],
        ),
        (UnknownParticipant, &["111072008"]),
        (
            Forbidden,
            &["111072070", "111072071", "111072060", "111072110"],
        ),
        (
            StateConflict,
            &[
                "111072011",
                "111072072",
                "111072074",
                "111072213",
                "111074001",
                "111072106",
                "111072107",
                "111072108",
                "111072069",
                "111072050",
                "111081007",
                "111072020",
                "111077104",
                "111072061",
                "111072062",
                "111072111",
                "111072092",
                "111072093",
                "111072094",
                "111072095",
                "111112004",
                "111071065",
                "111071067",
            ],
        ),
        (
            FeatureMissing,
            &[
                "111072010",
                "111072048",
                "111072066",
                "111072091",
                "111072105",
                "111073016",
                "111112005",
                "111112008",
            ],
        ),
        (
            QuotaExceeded,
            &[
                "111072102",
                "111074003",
                "111073014",
                "111073015",
                "111072067",
                "111071085",
                "111071100",
            ],
        ),
        (Busy, &["111072049", "111072022"]),
        (
            ServerFault,
            &[
                "111074004",
                "111072021",
                "111072068",
                "111072099",
                "111078001",
            ],
        ),
        (
            InvalidParameter,
            &[
                "111072027",
                "111072030",
                "111072041",
                "111072047",
                "111072058",
                "111072214",
                "111071086",
                "111071088",
                "111072040",
                "111071098",
                "111071101",
            ],
        ),
        (
            PasswordNotAllowed,
            &["111071080", "111071081", "111071105", "206030008"],
        ),
        (PasswordRequired, &["111070009"]),
        (WrongPassword, &["206010000", "111071091"]),
        (SignatureRefused, &["206010025", "206010057"]),
        (LoginRefused, &["206010030", "206010031", "206010036"]),
        (TokenExpired, &["206020000", "206020002", "118000001"]),
        (VerificationRefused, &["111071083", "111100003"]),
        (NotFound, &["111070005", "201040000", "111071104"]),
        (AlreadyThere, &["201040001", "201090001"]),
        (Throttled, &["APIG.0308", "APIGW.0308", "100000429"]),
        (CallFailed, &["111076008", "112010017"]),
        (CallEnded, &["111076002", "111076010", "111076016"]),
    ] {
        for code in codes {
            assert_eq!(class(code), wanted, "{code}");
        }
    }
}

#[test]
fn a_class_answers_one_question_at_most() {
    type Question = fn(&ServiceError) -> bool;
    let questions: [(ErrorClass, Question); 22] = [
        (ErrorClass::NotFound, ServiceError::is_not_found),
        (ErrorClass::AlreadyThere, ServiceError::is_already_there),
        (ErrorClass::WrongPassword, ServiceError::is_wrong_password),
        (
            ErrorClass::PasswordRequired,
            ServiceError::is_password_required,
        ),
        (
            ErrorClass::PasswordNotAllowed,
            ServiceError::is_password_not_allowed,
        ),
        (ErrorClass::Locked, ServiceError::is_locked),
        (
            ErrorClass::AccountDisabled,
            ServiceError::is_account_disabled,
        ),
        (
            ErrorClass::SignatureRefused,
            ServiceError::is_signature_refused,
        ),
        (
            ErrorClass::VerificationRefused,
            ServiceError::is_verification_refused,
        ),
        (ErrorClass::LoginRefused, ServiceError::is_login_refused),
        (ErrorClass::TokenExpired, ServiceError::is_token_expired),
        (
            ErrorClass::ConferenceTokenRefused,
            ServiceError::is_conference_token_refused,
        ),
        (ErrorClass::Forbidden, ServiceError::is_forbidden),
        (ErrorClass::NotRunning, ServiceError::is_not_running),
        (
            ErrorClass::UnknownParticipant,
            ServiceError::is_unknown_participant,
        ),
        (ErrorClass::StateConflict, ServiceError::is_state_conflict),
        (ErrorClass::FeatureMissing, ServiceError::is_feature_missing),
        (
            ErrorClass::InvalidParameter,
            ServiceError::is_invalid_parameter,
        ),
        (ErrorClass::QuotaExceeded, ServiceError::is_quota_exceeded),
        (ErrorClass::Throttled, ServiceError::is_throttled),
        (ErrorClass::Busy, ServiceError::is_busy),
        (ErrorClass::ServerFault, ServiceError::is_server_fault),
    ];
    for known in ErrorCode::all() {
        let error = ServiceError::new(StatusCode::BAD_REQUEST, known.code(), "");
        let asked = questions.iter().any(|(class, _)| *class == known.class());
        let yes: Vec<ErrorClass> = questions
            .iter()
            .filter(|(_, question)| question(&error))
            .map(|(class, _)| *class)
            .collect();
        let wanted: &[ErrorClass] = if asked { &[known.class()] } else { &[] };
        assert_eq!(yes, wanted, "{known}");
    }
}

#[test]
fn a_silent_refusal_is_explained() {
    let silent = ServiceError::new(StatusCode::BAD_REQUEST, "MMC.111072008", "");
    assert_eq!(
        silent.to_string(),
        "refused with status 400, code MMC.111072008: The participant is not in the meeting"
    );
    assert_eq!(silent.message(), "", "the words are not the service's");
    let loud = ServiceError::new(StatusCode::BAD_REQUEST, "MMC.111072008", "gone");
    assert_eq!(
        loud.to_string(),
        "refused with status 400, code MMC.111072008: gone"
    );
    let known = loud.explain().unwrap();
    assert_eq!(
        known.to_string(),
        "MMC.111072008: The participant is not in the meeting"
    );
    assert_eq!(format!("{known:?}"), format!("ErrorCode({known})"));
}
