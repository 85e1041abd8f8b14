//! What the service sends differs from what it documents, and most of it must not fail a call.
//! What does fail says where, and keeps the response.

#![allow(clippy::unwrap_used, reason = "these are tests")]

mod bodies;
mod digits;
mod encodings;
mod ill_formed;
mod lists_and_objects;
mod refusals;
mod values;

use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use meeting_types::{
    Operation, OperationError, Response, ResponseError, ResponseFault, ServiceError,
    models::{Conference, Login},
    operations::{CreateMeeting, CreateToken},
};
use serde_json::{Value, json};

fn response(status: u16, body: impl Into<Bytes>) -> http::Response<Bytes> {
    let mut response = http::Response::new(body.into());
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    response
}

fn read<O: Operation>(body: impl Into<Bytes>) -> Result<Response<O::Output>, OperationError> {
    O::read_response(response(200, body))
}

/// The value of a good response.
#[track_caller]
fn value<O: Operation>(body: &Value) -> O::Output {
    read::<O>(body.to_string()).unwrap().into_value()
}

/// The error of a response that cannot be read.
#[track_caller]
fn unreadable<O: Operation>(response: http::Response<Bytes>) -> ResponseError {
    match O::read_response(response) {
        Err(OperationError::Response(error)) => error,
        Err(OperationError::Service(error)) => panic!("{error}"),
        Ok(_) => panic!("it was read"),
    }
}

#[track_caller]
fn fault<O: Operation>(body: impl Into<Bytes>) -> ResponseFault {
    unreadable::<O>(response(200, body)).fault().clone()
}

/// The refusal in a response, whatever its status.
#[track_caller]
fn refusal<O: Operation>(response: http::Response<Bytes>) -> ServiceError {
    match O::read_response(response) {
        Err(OperationError::Service(error)) => error,
        Err(OperationError::Response(error)) => panic!("{error}"),
        Ok(_) => panic!("it was taken for a good reply"),
    }
}

/// The first meeting of a response that has only this in it besides an id.
#[track_caller]
fn meeting(mut fields: Value) -> Conference {
    fields["conferenceID"] = "912345678".into();
    value::<CreateMeeting>(&json!([fields])).remove(0)
}

fn missing(path: &str) -> ResponseFault {
    ResponseFault::Missing(path.to_owned())
}

#[test]
fn a_login_of_the_documented_shape_is_read_whole() {
    let login: Login = value::<CreateToken>(&json!({
        "accessToken": "cnr6b1f0c2d", "clientType": 72, "createTime": 1_603_962_099_999_i64,
        "daysPwdAvailable": -3, "delayDelete": false, "expireTime": 1_604_018_425,
        "firstLogin": "false", "forceLoginInd": null, "proxyToken": null, "pwdExpired": true,
        "refreshCreateTime": 1_603_962_099_999_i64, "refreshExpireTime": 1_606_554_099,
        "refreshToken": "cnr77aa", "refreshValidPeriod": 2_592_000, "tokenIp": "192.0.2.9",
        "tokenType": 0, "validPeriod": 56326, "unheardOf": {},
        "user": { "name": "Ada", "alias1": null, "status": 0, "userType": 2, "isBindPhone": null },
    }));
    assert_eq!(login.first_login, Some(false));
    assert_eq!(login.forced_login, None);
    assert_eq!(login.refresh_token.unwrap().expose(), "cnr77aa");
    assert_eq!(
        login.refresh_valid_for,
        Some(Duration::from_secs(2_592_000))
    );
    let user = login.user.unwrap();
    assert_eq!(
        (user.name.as_deref(), user.phone_bound),
        (Some("Ada"), None)
    );
}
