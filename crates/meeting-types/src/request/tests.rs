//! What no operation has yet that tests can reach from outside: paths with parameters, lists in the
//! query, and numbers with a fraction.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::Method;

use crate::{
    AuthKind, AuthorizationRef, OperationInfo, Problem, RequestError, RetryClass,
    ids::UserId,
    schema::{Empty, Field, Format, Kind, operation_table},
};

#[derive(Clone, PartialEq)]
struct PutThing {
    user_id: UserId,
    part: Option<String>,
    kinds: Vec<i32>,
    tags: Option<Vec<String>>,
    ratio: Option<f64>,
    labels: Option<BTreeMap<String, String>>,
    note: Option<String>,
}

operation_table! { PutThing {
    user_id = Field::path("user_id", UserId::KIND).required().chars(1, 8);
    part = Field::path("part", Kind::Text).required();
    kinds = Field::query("kind", Kind::List(&Kind::Int)).items(1, 2);
    tags = Field::query("tags", Kind::List(&Kind::Text)).items(1, 2).format(Format::Comma);
    ratio = Field::query("ratio", Kind::Float).range(0, 1);
    labels = Field::body("labels", Kind::Map);
    note = Field::body("note", Kind::Text).multiline().chars(1, 8);
} }

const INFO: &OperationInfo = &OperationInfo {
    name: "PutThing",
    method: Method::PUT,
    path: "/v1/things/{user_id}/parts/{part}",
    group: "",
    subgroup: "",
    auth: AuthKind::None,
    retry: RetryClass::Idempotent,
    reference: None,
    summary: "",
    constants: &[],
    least_items: 0,
};

fn thing() -> PutThing {
    PutThing {
        user_id: UserId::new("alice"),
        part: Some("1".to_owned()),
        kinds: Vec::new(),
        tags: None,
        ratio: None,
        labels: None,
        note: None,
    }
}

fn write(thing: &PutThing, endpoint: &str) -> Result<http::Request<Bytes>, RequestError> {
    super::write_request(
        thing,
        INFO,
        &endpoint.parse().unwrap(),
        AuthorizationRef::Nothing,
    )
}

#[track_caller]
fn goes_to(thing: &PutThing, target: &str) {
    for prefix in ["", "/gateway", "/a/gateway/v9"] {
        let request = write(thing, &format!("https://example.com{prefix}")).unwrap();
        let expected = format!("{prefix}{target}");
        assert_eq!(request.uri().path_and_query().unwrap().as_str(), expected);
        let mut read = PutThing::empty();
        super::read(&mut read, INFO, &request).unwrap();
        assert!(&read == thing, "{read:?} is not {thing:?}");
    }
}

#[track_caller]
fn refused(thing: &PutThing, parameter: &str, problem: Problem) {
    let error = write(thing, "https://example.com").unwrap_err();
    assert_eq!((error.parameter(), error.problem()), (parameter, problem));
}

#[test]
fn a_path_parameter_stays_in_its_place() {
    for (part, encoded) in [
        ("1", "1"),
        ("a/b", "a%2Fb"),
        ("..a", "..a"),
        ("%2e", "%252e"),
        ("a b+c?d#e", "a%20b%2Bc%3Fd%23e"),
        ("部分", "%E9%83%A8%E5%88%86"),
    ] {
        let mut thing = thing();
        thing.part = Some(part.to_owned());
        goes_to(&thing, &format!("/v1/things/alice/parts/{encoded}"));
    }
    for (part, problem) in [
        (Some(""), Problem::Blank),
        (Some(" "), Problem::Blank),
        (Some("."), Problem::DotSegment),
        (Some(".."), Problem::DotSegment),
        (Some("a\nb"), Problem::ControlCharacter),
        (None, Problem::Missing),
    ] {
        let mut thing = thing();
        thing.part = part.map(str::to_owned);
        refused(&thing, "part", problem);
    }
    let mut thing = thing();
    thing.user_id = UserId::new("alice.cooper");
    refused(&thing, "user_id", Problem::TooLong { max: 8 });
}

#[test]
fn a_list_in_the_query_repeats_its_name_or_is_joined() {
    let mut thing = thing();
    thing.kinds = vec![2, -12];
    thing.tags = Some(vec!["a".to_owned(), "b c".to_owned()]);
    goes_to(
        &thing,
        "/v1/things/alice/parts/1?kind=2&kind=-12&tags=a%2Cb%20c",
    );
    // The limits count the items, also where these travel as one text.
    let problem = Problem::OutOfRange { min: 1, max: 2 };
    thing.kinds = vec![1, 2, 3];
    refused(&thing, "kind", problem);
    thing.kinds = Vec::new();
    thing.tags = Some(vec!["a".to_owned(); 3]);
    refused(&thing, "tags", problem);
    thing.tags = Some(Vec::new());
    refused(&thing, "tags", Problem::Blank);
    thing.tags = Some(vec!["a".to_owned(), " ".to_owned()]);
    refused(&thing, "tags[1]", Problem::Blank);
    thing.tags = Some(vec!["a,b".to_owned()]);
    refused(&thing, "tags[0]", Problem::Comma);

    let read = |query: &str| {
        let request = http::Request::get(format!("/v1/things/alice/parts/1?{query}"));
        let mut read = PutThing::empty();
        super::read(&mut read, INFO, &request.body(Bytes::new()).unwrap()).map(|()| read)
    };
    let expected = "a whole number";
    let error = read("kind=2&kind=x").unwrap_err();
    assert_eq!(error.problem(), Problem::Unreadable { expected });
    let expected = "a text, joined by commas";
    let error = read("kind=2&tags=a,,b").unwrap_err();
    assert_eq!(error.problem(), Problem::Unreadable { expected });
    let error = read("kind=2&ratio=0.5&ratio=0.5").unwrap_err();
    assert_eq!(
        (error.parameter(), error.problem()),
        ("ratio", Problem::Repeated)
    );

    // An empty text is no item, and bytes that are no UTF-8 are no text.
    let error = read("kind=2&kind=").unwrap_err();
    assert_eq!(
        (error.parameter(), error.problem()),
        ("kind[1]", Problem::Missing)
    );
    let expected = "UTF-8, percent-encoded";
    let error = read("kind=2&tags=%E5%BC").unwrap_err();
    assert_eq!(
        (error.parameter(), error.problem()),
        ("tags", Problem::Unreadable { expected })
    );

    let read = read("kind=2&tags=a,b%20").unwrap();
    assert_eq!(read.kinds, [2]);
    assert_eq!(
        read.tags.as_deref(),
        Some(&["a".to_owned(), "b".to_owned()][..])
    );
}

#[test]
fn a_number_in_the_query_is_finite_and_in_range() {
    let mut thing = thing();
    thing.ratio = Some(0.25);
    goes_to(&thing, "/v1/things/alice/parts/1?ratio=0.25");
    thing.ratio = Some(1.5);
    refused(&thing, "ratio", Problem::OutOfRange { min: 0, max: 1 });
    for ratio in [f64::NAN, f64::INFINITY] {
        thing.ratio = Some(ratio);
        refused(&thing, "ratio", Problem::NotFinite);
    }
}

#[test]
fn free_keys_and_long_texts_are_checked() {
    let mut thing = thing();
    let entry = |key: &str, value: &str| Some(BTreeMap::from([(key.into(), value.into())]));
    thing.labels = entry("colour", "red");
    thing.note = Some("two\n\tlines".to_owned());
    refused(&thing, "note", Problem::TooLong { max: 8 });
    thing.note = Some("a\n\tb".to_owned());
    goes_to(&thing, "/v1/things/alice/parts/1");
    thing.labels = entry("colour", "red\n");
    refused(&thing, "labels.colour", Problem::ControlCharacter);
    thing.labels = entry("col\nour", "red");
    refused(&thing, "labels.col\\nour", Problem::ControlCharacter);
    // A limit binds what is set only.
    thing.labels = None;
    thing.note = Some(String::new());
    refused(&thing, "note", Problem::Blank);
    thing.note = None;
    goes_to(&thing, "/v1/things/alice/parts/1");
}
