//! Operations of one's own: kept and passed on like those of this crate, and read by a server.

use meeting_types::{
    AccessToken, Endpoint, Json, Operation, Password, Problem, ServerOperation, Timestamp,
    UserUuid,
    http::{Request, Uri},
    models::{Booking, MediaType},
    operation,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::formats::comes_back;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Note {
    text: String,
    tags: Vec<Option<u8>>,
}

operation! {
    /// Keeps a note about a user.
    #[derive(PartialEq)]
    POST "/v1/users/{user_id}/notes" as KeepNote {
        path user_id: UserUuid,
        query days: Option<u32> = "keepDays".range(1, 365),
        query at: Option<Timestamp> = "from".format(UtcMinute),
        header password: Option<Password> = "X-Password",
        whole note: Json<Note>,
    } -> Json<Note>,
    auth: AccessToken,
    retry: Once,
}

operation! {
    /// Puts one's own JSON beside a model.
    #[derive(PartialEq)]
    POST "/v1/plans" as Plan {
        query note: Option<String>,
        body booking: Booking,
        body note_of_body: Json<Value> = "note",
        body tags: Vec<String>,
    } -> Vec<Booking>,
    auth: None,
    retry: Idempotent,
}

operation! {
    /// Has no parameters.
    #[derive(PartialEq)]
    GET "/v1/nothing" as Nothing {} -> (),
    auth: AccessToken,
    retry: Read,
}

#[derive(Debug, Serialize)]
struct WriteOnly(u8);

operation! {
    /// Has a body that cannot be read.
    POST "/v1/bodies" as SendOnly {
        whole body: Json<WriteOnly>,
    } -> (),
    auth: AccessToken,
    retry: Once,
}

fn note() -> Note {
    Note {
        text: "Prefers \u{1f305}".to_owned(),
        tags: vec![Some(1), None],
    }
}

fn keep() -> KeepNote {
    KeepNote {
        user_id: "u-1".into(),
        days: Some(30),
        at: Some(Timestamp::from_millis(1_763_800_015_123)),
        password: Some(Password::new("246810")),
        note: Json(note()),
    }
}

fn plan(own: Value) -> Plan {
    Plan {
        note: Some("beside".to_owned()),
        booking: Booking::new([MediaType::HdVideo]).subject("Own"),
        note_of_body: Json(own),
        tags: vec!["a".to_owned()],
    }
}

#[test]
fn they_come_back_in_every_format() {
    comes_back(&keep());
    comes_back(&KeepNote {
        days: None,
        at: None,
        password: None,
        ..keep()
    });
    comes_back(&Nothing {});
    for own in [json!({"a": [1, 2.5, "b"]}), json!([]), json!(null)] {
        comes_back(&plan(own));
    }
}

#[test]
fn they_have_the_form_of_the_operations_of_this_crate() {
    let expected = json!({
        "user_id": "u-1",
        "keepDays": 30,
        // What travels in minutes is kept in full.
        "from": "2025-11-22T08:26:55.123Z",
        "X-Password": "246810",
        "body": {"text": "Prefers \u{1f305}", "tags": [1, null]},
    });
    assert_eq!(serde_json::to_value(keep()).unwrap(), expected);
    let plan = serde_json::to_value(plan(json!(7))).unwrap();
    assert_eq!(
        (&plan["query.note"], &plan["note"]),
        (&json!("beside"), &json!(7))
    );
    // Also without a way back.
    let sent = SendOnly {
        body: Json(WriteOnly(7)),
    };
    assert_eq!(serde_json::to_value(sent).unwrap(), json!({"body": 7}));
}

#[test]
fn what_does_not_fit_is_an_error() {
    let error = |json| {
        serde_json::from_value::<KeepNote>(json)
            .unwrap_err()
            .to_string()
    };
    let body = json!({"text": "a", "tags": []});
    assert_eq!(
        error(json!({"user_id": "u-1", "body": {"text": 5}})),
        "`body` is missing or unusable"
    );
    assert_eq!(
        error(json!({"user_id": "u-1"})),
        "`body` is missing or unusable"
    );
    assert_eq!(
        error(json!({"body": body})),
        "`user_id` is missing or unusable"
    );
    assert_eq!(
        error(json!({"user_id": "u-1", "body": body, "keepDays": "a"})),
        "`keepDays` is missing or unusable"
    );
    assert_eq!(
        error(json!({"user_id": "u-1", "body": body, "later": 1})),
        "KeepNote has no parameter `later`"
    );
    assert_eq!(
        error(json!({"user_id": "u-1", "body": null})),
        "`body` is missing or unusable"
    );
}

#[test]
fn a_server_reads_them_strictly() {
    let kept = KeepNote {
        // As fine as it travels.
        at: Some(Timestamp::from_millis(1_763_799_960_000)),
        ..keep()
    };
    let request = kept.to_request(&Endpoint::china(), &AccessToken::new("cnr0123"));
    let request = request.unwrap();
    assert_eq!(KeepNote::from_request(&request).unwrap(), kept);
    assert_eq!(
        KeepNote::credential_of(&request).unwrap().expose(),
        "cnr0123"
    );

    let refused = |uri: &str, body: &str| {
        let mut spoilt = Request::new(body.to_owned().into());
        *spoilt.uri_mut() = uri.parse::<Uri>().unwrap();
        let error = KeepNote::from_request(&spoilt).unwrap_err();
        (error.parameter().to_owned(), error.problem())
    };
    let uri = "https://a.example/v1/users/u-1/notes";
    let body = r#"{"text": "a", "tags": []}"#;
    let out = Problem::OutOfRange { min: 1, max: 365 };
    assert_eq!(
        refused(&format!("{uri}?keepDays=400"), body),
        ("keepDays".to_owned(), out)
    );
    let unreadable = Problem::Unreadable {
        expected: "JSON that fits its type",
    };
    assert_eq!(
        refused(uri, r#"{"text": 1}"#),
        ("body".to_owned(), unreadable)
    );
    assert_eq!(refused(uri, ""), ("body".to_owned(), Problem::Missing));

    let response = KeepNote::write_response(&Json(note()));
    assert_eq!(
        KeepNote::read_response(response).unwrap().into_value().0,
        note()
    );
    let planned = plan(json!(null));
    let request = planned.to_request(&Endpoint::china(), &()).unwrap();
    assert_eq!(Plan::from_request(&request).unwrap(), planned);
    let response = Plan::write_response(&vec![planned.booking]);
    assert_eq!(
        Plan::read_response(response).unwrap().value()[0]
            .subject
            .as_deref(),
        Some("Own")
    );
}
