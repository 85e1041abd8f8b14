//! Requests and responses as plain values: `cargo run --example types_only`.
//!
//! This is all that a program needs which brings its own HTTP stack: build the request, send it in
//! any way you like, read the response. Nothing is sent here; the responses are canned.

use std::error::Error;

use meeting_types::{
    AccessToken, Bytes, ConferenceCredential, Endpoint, Operation, OperationError, http,
    operations::{CreateAnonymousAuthRandom, CreateAuthRandom, CreateWebSocketToken},
};

fn main() -> Result<(), Box<dyn Error>> {
    let endpoint = Endpoint::china();

    // Anyone with the id and a password of a meeting may ask for a random.
    let operation = CreateAnonymousAuthRandom::new("914047175", "246813");
    print(&operation.to_request(&endpoint, &())?);
    let reply =
        r#"{"siteUrl": "https://203.0.113.7:443/conferences", "random": "108860505401300"}"#;
    let answer = CreateAnonymousAuthRandom::read_response(canned(200, reply))?;
    println!(
        "  next hop {:?}, {:?}\n",
        answer.value().site_url,
        answer.value().random
    );

    // This one carries an access token. Without one it does not compile.
    let operation = CreateAuthRandom::new("914047175").password("246813");
    print(&operation.to_request(&endpoint, &AccessToken::new("an-access-token"))?);
    let reply = r#"{"random": "397381479198454", "subject": "Weekly", "conf_mode": "RTC"}"#;
    let answer = CreateAuthRandom::read_response(canned(200, reply))?;
    println!(
        "  {:?}, mode {:?}\n",
        answer.value().subject,
        answer.value().conference_mode
    );

    // And this one control of a running meeting.
    let control = ConferenceCredential::new("914047175", "cnr0123456789");
    print(&CreateWebSocketToken::new().to_request(&endpoint, &control)?);
    let reply = r#"{"webSocketToken": "cnr9876543210"}"#;
    let answer = CreateWebSocketToken::read_response(canned(200, reply))?;
    println!("  {:?}\n", answer.into_value().token);

    // A refusal is a value as well.
    let reply = r#"{"error_code": "MMC.111072005", "error_msg": "CONF_NOT_RUNNING"}"#;
    match CreateWebSocketToken::read_response(canned(400, reply)) {
        Err(OperationError::Service(refusal)) => {
            println!("{refusal}; not running: {}", refusal.is_not_running());
        }
        other => println!("unexpected: {other:?}"),
    }

    // Bad input is refused before there is a request.
    let blank = CreateAnonymousAuthRandom::new(" ", "246813");
    if let Err(error) = blank.to_request(&endpoint, &()) {
        println!("{error}");
    }
    Ok(())
}

/// Prints a request; header values that are secrets print as `Sensitive`.
fn print(request: &http::Request<Bytes>) {
    println!("{} {}", request.method(), request.uri());
    for (name, value) in request.headers() {
        println!("  {name}: {value:?}");
    }
}

fn canned(status: u16, body: &'static str) -> http::Response<Bytes> {
    let mut response = http::Response::new(body.into());
    *response.status_mut() = status.try_into().unwrap_or_default();
    response
}
