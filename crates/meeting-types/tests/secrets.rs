//! Tokens, passwords and keys appear in requests and nowhere else: not in `Debug`, not in `Display`,
//! not in an error, not in a URL. As header values they are marked, so that other libraries hide
//! them as well.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::fmt::{Debug, Display};

use bytes::Bytes;
use http::{Response, StatusCode};
use meeting_testing::{Filler, RandomChoices, Sample, Tape};
use meeting_types::every_operation;
use meeting_types::{
    AccessToken, AccountCredential, AppCredential, AppId, AppSignature, AuthRandom, Authorization,
    ConferenceCredential, ConferenceToken, Endpoint, JoinUrl, LoginSignature, Operation,
    OperationError, Password, RefreshToken, SecretText, ServerOperation, ServiceError, SignedParts,
    SigningForm, Timestamp, WebSocketToken,
    operations::*,
    schema::{Empty, Format, Value},
};
use serde_json::json;

/// What every secret says here, and no other value.
const MARK: &str = "ZqX8";
/// The same, as no service takes it.
const BAD_MARK: &str = "ZqX8\u{7}";

macro_rules! keep_their_secrets {
    ($($operation:ident)*) => {
        /// One test for each operation, by its name.
        #[allow(non_snake_case, reason = "the operations are named like types")]
        mod keeps_its_secrets {
            $(#[test]
            fn $operation() {
                super::Tape::for_all(16, super::check::<super::$operation>);
            })*
        }
    };
}

every_operation! { keep_their_secrets }

#[track_caller]
fn hides(value: &dyn Debug) {
    for text in [format!("{value:?}"), format!("{value:#?}")] {
        assert!(!text.contains(MARK), "{text}");
    }
}

#[track_caller]
fn hides_in_words(error: &(impl Debug + Display)) {
    hides(error);
    assert!(!error.to_string().contains(MARK), "{error}");
}

/// An operation with its credential, whose secrets all say `mark`, and how many these are.
fn filled<O>(tape: Tape, mark: &'static str) -> (O, O::Authorization, usize)
where
    O: ServerOperation + Empty,
    O::Authorization: Sample,
{
    let mut filler = Filler::new(RandomChoices::new(tape, Some(mark)));
    let mut operation = O::empty();
    if mark == BAD_MARK {
        filler.model(&mut operation);
    } else {
        filler.operation(&mut operation, O::INFO);
    }
    let credential = O::Authorization::sample(filler.choices());
    (operation, credential, filler.choices().secrets())
}

/// A response, whose secrets all say the mark, and how many these are.
fn filled_reply<O: ServerOperation>(tape: Tape) -> (O::Output, Tape, usize)
where
    O::Output: Value + Empty,
{
    let mut filler = Filler::new(RandomChoices::new(tape, Some(MARK)));
    let mut reply = O::Output::empty();
    filler.output(&mut reply, &O::Output::KIND);
    let choices = filler.into_choices();
    let secrets = choices.secrets();
    (reply, choices.into_tape(), secrets)
}

fn check<O>(tape: Tape)
where
    O: ServerOperation + Empty,
    O::Authorization: Sample + Debug,
    O::Output: Value + Empty,
{
    request_hides::<O>(tape.clone());
    request_error_hides::<O>(tape.clone());
    reply_hides::<O>(tape);
}

fn request_hides<O>(tape: Tape)
where
    O: ServerOperation + Empty,
    O::Authorization: Sample + Debug,
{
    let (operation, credential, secrets) = filled::<O>(tape, MARK);
    hides(&operation);
    hides(&credential);
    hides(&credential.by_ref());

    let request = operation
        .to_request(&Endpoint::china(), &credential)
        .unwrap();
    assert!(!request.uri().to_string().contains(MARK));
    hides(request.headers());
    let mut in_headers = 0;
    for value in request.headers().values() {
        if value.to_str().unwrap().contains(MARK) {
            assert!(value.is_sensitive());
            in_headers += 1;
        }
    }
    // They did travel, each in its place.
    let body = String::from_utf8(request.body().to_vec()).unwrap();
    assert_eq!(in_headers > 0 || body.contains(MARK), secrets > 0);
}

fn request_error_hides<O>(tape: Tape)
where
    O: ServerOperation + Empty,
    O::Authorization: Sample,
{
    let (operation, credential, secrets) = filled::<O>(tape, BAD_MARK);
    let request = operation.to_request(&Endpoint::china(), &credential);
    assert!(request.is_err() || secrets == 0);
    if let Err(error) = request {
        hides_in_words(&error);
    }
}

fn reply_hides<O: ServerOperation>(tape: Tape)
where
    O::Output: Value + Empty,
{
    let (reply, mut tape, secrets) = filled_reply::<O>(tape);
    hides(&reply);
    let response = O::write_response(&reply);
    let body = response.body().clone();
    assert_eq!(String::from_utf8_lossy(&body).contains(MARK), secrets > 0);
    hides(&O::read_response(response).unwrap());

    // Cut short, refused, redirected, not UTF-8, or inside something else.
    let cut = body.slice(..tape.below(body.len() + 1));
    let latin1 = [&body[..], b"\xe9"].concat();
    let inside = format!("{{\"outer\": {}}}", String::from_utf8_lossy(&body));
    for (status, body) in [
        (200, cut.clone()),
        (200, latin1.into()),
        (200, inside.clone().into()),
        (302, body.clone()),
        (400, body.clone()),
        (400, inside.into()),
        (500, cut),
    ] {
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        hides_in_words(&ServiceError::from_response("", &response));
        match O::read_response(response) {
            Ok(answer) => hides(&answer),
            Err(error) => {
                hides_in_words(&error);
                match error {
                    OperationError::Service(error) => hides_in_words(&error),
                    OperationError::Response(error) => {
                        hides_in_words(&error);
                        hides(error.fault());
                    }
                }
            }
        }
    }
}

/// Without this, a walk that finds nothing would pass.
#[test]
fn the_walk_finds_secrets() {
    let (_, (), of_request) = filled::<CreateToken>(Tape::default(), MARK);
    assert_eq!(of_request, 2, "the signature and the answer to a captcha");
    let (_, _, of_credential) = filled::<StopMeeting>(Tape::default(), MARK);
    assert_eq!(of_credential, 1);
    // Two tokens, two more of a proxy, a hash, and two passwords of a smart screen.
    let (_, _, of_reply) = filled_reply::<CreateToken>(Tape::default());
    assert_eq!(of_reply, 7);
}

#[test]
fn a_secret_prints_its_type() {
    let printed: [(&dyn Debug, &str); 9] = [
        (&AccessToken::new(MARK), "AccessToken(***)"),
        (&RefreshToken::new(MARK), "RefreshToken(***)"),
        (&ConferenceToken::new(MARK), "ConferenceToken(***)"),
        (&WebSocketToken::new(MARK), "WebSocketToken(***)"),
        (&AuthRandom::new(MARK), "AuthRandom(***)"),
        (&Password::new(MARK), "Password(***)"),
        (&JoinUrl::new(MARK), "JoinUrl(***)"),
        (&SecretText::new(MARK), "SecretText(***)"),
        (&LoginSignature::new(MARK), "LoginSignature(***)"),
    ];
    for (secret, shown) in printed {
        assert_eq!(format!("{secret:?}"), shown);
        assert_eq!(format!("{secret:#?}"), shown);
    }
    hides(&Password::new(MARK).write(Format::Plain));
}

#[test]
fn credentials_hide_what_is_secret_in_them() {
    let app = AppCredential::new("demo-app", MARK).user_id("alice");
    hides(&app);
    assert!(format!("{app:?}").contains("demo-app"));
    hides(&app.login(Timestamp::from_secs(0), MARK.repeat(8)).unwrap());

    let account = AccountCredential::new("alice@example.com", MARK);
    hides(&account);
    assert!(format!("{account:?}").contains("alice@example.com"));
    // Base64 hides nothing.
    let login = account.login().unwrap();
    assert!(!format!("{login:?}").contains(login.authorization.expose()));

    let control = ConferenceCredential::new("912345678", MARK);
    hides(&control);
    assert!(format!("{control:?}").contains("912345678"));

    let (app_id, key, nonce) = (
        AppId::new("demo-app"),
        SecretText::new(MARK),
        SecretText::new(MARK),
    );
    let parts = SignedParts::new(&app_id, Timestamp::from_secs(0), &nonce);
    hides(&parts);
    let signature = AppSignature::sign(&key, SigningForm::Single, &parts);
    let header = signature.header(&app_id);
    let hex = &header.expose()[22..86];
    assert!(!format!("{signature:?}").contains(hex));
}

#[test]
fn a_refusal_shows_the_words_of_the_service_and_nothing_else() {
    let body = json!({
        "error_code": "USG.206020000",
        "error_msg": "token invalid",
        "accessToken": MARK,
        "data": { "password": MARK },
    });
    for status in [200, 401] {
        let mut response = Response::new(Bytes::from(body.to_string()));
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        let error = CreateToken::read_response(response).unwrap_err();
        hides_in_words(&error);
        assert!(error.to_string().contains("token invalid"));
    }
}

#[test]
fn a_borrowed_secret_serves_where_one_is_taken() {
    let password = Password::new(MARK);
    let operation = CreateAnonymousAuthRandom::new("900825541", &password);
    let owned = CreateAnonymousAuthRandom::new("900825541", password);
    assert_eq!(operation, owned);
}
