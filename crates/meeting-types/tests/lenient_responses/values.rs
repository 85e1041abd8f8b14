//! Single values: numbers, yes and no, times, enums.

use std::time::Duration;

use meeting_types::{
    Timestamp,
    models::{ConferenceState, MediaType, TokenType},
    operations::{CreateAnonymousAuthRandom, CreateToken},
};
use serde_json::{Value, json};

use crate::{meeting, read, value};

#[test]
fn numbers_come_as_text_and_text_as_numbers() {
    let login = value::<CreateToken>(&json!({
        "accessToken": 1_234_567_890,
        "validPeriod": "56326",
        "expireTime": " 1604018425 ",
        "createTime": "1603962099999",
        "refreshExpireTime": 1_606_554_099.0,
        "tokenType": "0",
        "daysPwdAvailable": "-119",
        "user": { "userId": 18_446_744_073_709_551_615_u64, "companyId": 807_077_882 },
    }));
    assert_eq!(login.access_token.expose(), "1234567890");
    assert_eq!(login.valid_for, Some(Duration::from_secs(56_326)));
    assert_eq!(login.expires_at, Some(Timestamp::from_secs(1_604_018_425)));
    assert_eq!(
        login.created_at,
        Some(Timestamp::from_millis(1_603_962_099_999))
    );
    assert_eq!(
        login.refresh_expires_at,
        Some(Timestamp::from_secs(1_606_554_099))
    );
    assert_eq!(login.token_type, Some(TokenType::Access));
    assert_eq!(login.password_days_left, Some(-119));
    let user = login.user.unwrap();
    assert_eq!(user.user_uuid.unwrap().as_str(), "18446744073709551615");
    assert_eq!(user.corp_id.unwrap().as_str(), "807077882");
}

#[test]
fn numbers_that_do_not_fit_count_as_absent() {
    for odd in [
        json!(1.5),
        json!("1.5"),
        json!(2_147_483_648_i64),
        json!("-2147483649"),
        json!("99999999999999999999"),
        json!(1e300),
        json!("NaN"),
        json!("many"),
        json!(""),
        json!(null),
        json!({}),
        json!([]),
    ] {
        let login = value::<CreateToken>(&json!({
            "accessToken": "cnr",
            "daysPwdAvailable": odd,
            "validPeriod": -1,
        }));
        assert_eq!(login.password_days_left, None, "{odd}");
        assert_eq!(login.valid_for, None);
    }
}

#[test]
fn yes_and_no_have_many_spellings() {
    let yes = [
        json!(true),
        json!("true"),
        json!("TRUE"),
        json!(1),
        json!("1"),
        json!(1.0),
        json!("Y"),
        json!("yes"),
    ];
    let no = [
        json!(false),
        json!("false"),
        json!(0),
        json!("0"),
        json!("N"),
        json!("NO"),
        json!(" no "),
    ];
    let neither = [
        json!("perhaps"),
        json!(""),
        json!(null),
        json!(0.5),
        json!({}),
    ];
    let spellings = yes.iter().map(|spelling| (spelling, Some(true)));
    let spellings = spellings.chain(no.iter().map(|spelling| (spelling, Some(false))));
    for (spelling, meant) in spellings.chain(neither.iter().map(|spelling| (spelling, None))) {
        // Documented as a boolean, and as 0 or 1.
        let meeting = meeting(json!({ "webinar": spelling, "isAutoMute": spelling }));
        assert_eq!(
            (meeting.webinar, meeting.auto_mute),
            (meant, meant),
            "{spelling}"
        );
    }
}

#[test]
fn times_come_in_any_spelling() {
    let spelt = |time: Value| meeting(json!({ "startTime": time })).start_time;
    let expected = Some(Timestamp::from_millis(1_795_336_200_000));
    for spelling in [
        json!("2026-11-22 08:30"),
        json!("2026-11-22 08:30:00"),
        json!("2026-11-22T08:30:00.000Z"),
        json!("2026-11-22T16:30:00+08:00"),
        json!("2026-11-22T08:30:00.000+0000"),
        json!(1_795_336_200_000_i64),
        json!("1795336200000"),
    ] {
        assert_eq!(spelt(spelling.clone()), expected, "{spelling}");
    }
    for odd in [
        json!(""),
        json!("soon"),
        json!("2026-11-22"),
        json!("2026-11-22 08:30[Asia/Shanghai]"),
        json!("2026-13-01 08:30"),
        json!(true),
    ] {
        assert_eq!(spelt(odd.clone()), None, "{odd}");
    }
}

#[test]
fn unknown_values_of_enums_are_kept() {
    let meeting = meeting(json!({ "conferenceState": "Paused", "mediaTypes": "HDVideo,Hologram" }));
    assert_eq!(
        meeting.state.as_ref().map(ConferenceState::as_str),
        Some("Paused")
    );
    assert_eq!(
        meeting.media_types,
        [MediaType::HdVideo, MediaType::from("Hologram")]
    );
    let login = value::<CreateToken>(&json!({ "accessToken": "cnr", "tokenType": 9 }));
    assert_eq!(login.token_type.map(TokenType::code), Some(9));
}

#[test]
fn unknown_fields_are_skipped_and_stay_in_the_body() {
    let body = json!({
        "random": "135792468013579",
        "lucky": { "numbers": [1, [2, { "three": null }]] },
    });
    let answer = read::<CreateAnonymousAuthRandom>(body.to_string()).unwrap();
    assert_eq!(answer.value().random.expose(), "135792468013579");
    assert_eq!(
        serde_json::from_slice::<Value>(answer.body()).unwrap(),
        body
    );
}

#[test]
fn of_a_field_that_comes_twice_the_first_usable_value_counts() {
    for body in [
        r#"{"random": "135", "random": null}"#,
        r#"{"random": null, "random": "135"}"#,
        r#"{"random": "", "random": {}, "random": "135", "random": "246"}"#,
    ] {
        let random = read::<CreateAnonymousAuthRandom>(body)
            .unwrap()
            .into_value();
        assert_eq!(random.random.expose(), "135", "{body}");
    }
}
