//! Lists, objects, and what is missing from them.

use meeting_types::{
    models::MediaType,
    operations::{
        CreateAnonymousAuthRandom, CreateConfToken, CreateMeeting, CreateToken, SearchMeetings,
    },
};
use serde_json::{Value, json};

use crate::{ResponseFault, fault, meeting, missing, response, unreadable, value};

#[test]
fn a_list_may_be_null_or_absent_or_one_object() {
    let list = |data: Value| value::<SearchMeetings>(&json!({ "data": data, "count": 1 })).data;
    assert!(list(json!(null)).is_empty());
    assert!(list(json!("")).is_empty());
    assert!(list(json!([])).is_empty());
    assert!(list(json!({ "subject": "no id" })).is_empty());
    assert!(value::<SearchMeetings>(&json!({})).data.is_empty());
    assert_eq!(
        list(json!({ "conferenceID": "9" }))[0]
            .conference_id
            .as_str(),
        "9"
    );
    // One value in place of a list of values.
    let meeting = meeting(json!({ "mediaTypes": ["Voice"], "subConfs": {"cycleSubConfID": "7"} }));
    assert_eq!(meeting.media_types, [MediaType::Voice]);
    assert_eq!(
        meeting.sub_conferences[0].sub_conference_id.as_deref(),
        Some("7")
    );
}

#[test]
fn a_response_that_is_a_list_may_be_one_object() {
    let meetings = value::<CreateMeeting>(&json!({ "conferenceID": "9" }));
    assert_eq!(meetings[0].conference_id.as_str(), "9");
}

#[test]
fn an_object_may_come_in_a_list() {
    let body = json!([{ "random": "135" }, { "random": "246" }]);
    let random = value::<CreateAnonymousAuthRandom>(&body);
    assert_eq!(random.random.expose(), "135");
    let login = value::<CreateToken>(&json!({ "accessToken": "cnr", "user": [] }));
    assert_eq!(login.user, None);
}

#[test]
fn items_that_cannot_be_read_are_left_out() {
    let page = value::<SearchMeetings>(&json!({ "count": 4, "data": [
        { "conferenceID": "1" },
        { "subject": "no id" },
        null,
        "text",
        [],
        { "conferenceID": "2" },
    ]}));
    let ids: Vec<_> = page
        .data
        .iter()
        .map(|meeting| meeting.conference_id.as_str())
        .collect();
    assert_eq!((ids, page.count), (vec!["1", "2"], Some(4)));
    assert_eq!(
        meeting(json!({ "mediaTypes": " Voice,, HDVideo ," })).media_types,
        [MediaType::Voice, MediaType::HdVideo]
    );
}

#[test]
fn a_response_of_nothing_but_unusable_items_is_no_empty_list() {
    let fault = fault::<CreateMeeting>;
    // A booking without a meeting is none.
    assert_eq!(fault("[]"), ResponseFault::TooFew { least: 1 });
    assert_eq!(fault("[{}]"), missing("[0].conferenceID"));
    assert_eq!(fault("[null, {}]"), missing("[0]"));
    assert_eq!(fault("{}"), missing("conferenceID"));
}

#[test]
fn optional_objects_may_be_anything() {
    for odd in [json!(null), json!("none"), json!(0), json!([]), json!([1])] {
        let login =
            value::<CreateToken>(&json!({ "accessToken": "cnr", "user": odd, "proxyToken": odd }));
        assert_eq!((login.user, login.proxy_token), (None, None), "{odd}");
    }
}

#[test]
fn an_optional_object_without_its_required_field_is_dropped() {
    // The rule of a recurring meeting is useless without its dates.
    let with_rule = |rule: Value| meeting(json!({ "cycleParams": rule, "subject": "weekly" }));
    let whole = json!({ "startDate": "2026-11-22", "endDate": "2026-12-22", "cycle": "Week" });
    assert!(with_rule(whole).recurrence.is_some());
    let part =
        with_rule(json!({ "startDate": "2026-11-22", "endDate": "someday", "cycle": "Week" }));
    assert_eq!(part.recurrence, None);
    // It takes nothing else with it.
    assert_eq!(part.subject.as_deref(), Some("weekly"));
}

#[test]
fn a_missing_required_field_fails_with_its_path() {
    let fault = fault::<CreateConfToken>;
    assert_eq!(fault("{}"), missing("data"));
    assert_eq!(fault(r#"{"data": null}"#), missing("data"));
    assert_eq!(fault(r#"{"data": {}}"#), missing("data.token"));
    assert_eq!(fault(r#"{"data": {"token": ""}}"#), missing("data.token"));
    assert_eq!(
        fault(r#"{"data": [{"token": null}]}"#),
        missing("data.token")
    );

    let error = unreadable::<CreateConfToken>(response(200, r#"{"data": {}}"#));
    assert_eq!(error.operation(), "CreateConfToken");
    assert_eq!(error.body(), r#"{"data": {}}"#);
    assert_eq!(
        error.to_string(),
        "CreateConfToken answered status 200 with no usable `data.token`"
    );
    let error = unreadable::<CreateConfToken>(response(200, "null"));
    assert_eq!(
        error.to_string(),
        "CreateConfToken answered status 200 with no usable value"
    );
}
