//! Logins by App ID and by account, and how long their tokens live.

#![allow(clippy::unwrap_used, reason = "tests may panic, their helpers too")]

mod support;

use std::time::Duration;

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use meeting_sim::{DEFAULT_APP_ID, DEFAULT_APP_KEY, DEFAULT_PASSWORD, Simulator};
use meeting_types::{
    AccessToken, AccountCredential, AppCredential, LoginSignature, RefreshToken, ServiceError,
    SigningForm, Timestamp,
    models::{AdminType, ClientType, Login, TokenCreation, TokenType},
    operations::{
        CheckToken, CreateAppIdToken, CreateToken, DeleteToken, SearchMeetings, UpdateToken,
    },
};
use sha2::Sha256;
use support::{call, log_in, nonce, refused, send};

const HOUR: Duration = Duration::from_secs(3600);

/// Signs as the reference says, without any code of the SDK.
fn sign(key: &str, message: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(message.as_bytes());
    let bytes = mac.finalize().into_bytes();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The body and the message to sign, for a login until `expires` seconds after 1970.
fn login(app: &str, corp: Option<&str>, user: &str, expires: i64) -> (String, String) {
    let nonce = nonce();
    let mut body = serde_json::json!({
        "appId": app, "clientType": 72, "expireTime": expires, "nonce": nonce,
        "userId": user, "deptCode": null,
    });
    if let Some(corp) = corp {
        body["corpId"] = corp.into();
    }
    (body.to_string(), format!("{app}:{user}:{expires}:{nonce}"))
}

fn post(sim: &Simulator, authorization: &str, body: String) -> http::Response<Bytes> {
    let request = http::Request::post("/v2/usg/acs/auth/appauth")
        .header("Authorization", authorization)
        .header("Content-Type", "application/json; charset=UTF-8")
        .body(Bytes::from(body))
        .unwrap();
    send(sim, &request)
}

fn code(response: &http::Response<Bytes>) -> (u16, String) {
    let body: serde_json::Value = serde_json::from_slice(response.body()).unwrap();
    let code = body["error_code"].as_str().unwrap_or("none").to_owned();
    (response.status().as_u16(), code)
}

fn in_an_hour(sim: &Simulator) -> Timestamp {
    Timestamp::from(sim.now() + HOUR)
}

/// Whether the token is good for a call.
fn works(sim: &Simulator, token: &AccessToken) -> Result<(), ServiceError> {
    call(sim, &SearchMeetings::new(), token).map(drop)
}

#[test]
fn a_signature_counts_in_either_case_with_or_without_the_app_id() {
    let sim = Simulator::start().unwrap();
    let expires = in_an_hour(&sim).as_secs();
    let access = "c2ltLWFwcC1pZA==";
    for (upper, header) in [
        (false, "HMAC-SHA256 signature={}"),
        (true, "HMAC-SHA256 signature={}"),
        (false, "HMAC-SHA256 signature={},access={access}"),
        (true, "HMAC-SHA256 signature={}, access={access}"),
    ] {
        let (body, message) = login(DEFAULT_APP_ID, None, "ann", expires);
        let mut hex = sign(DEFAULT_APP_KEY, &message);
        if upper {
            hex = hex.to_uppercase();
        }
        let header = header.replace("{}", &hex).replace("{access}", access);
        let response = post(&sim, &header, body);
        assert_eq!(response.status(), 200, "{header}");
        let reply: serde_json::Value = serde_json::from_slice(response.body()).unwrap();
        assert_eq!(reply["accessToken"].as_str().unwrap().len(), 40);
        assert_eq!(reply["user"]["ucloginAccount"], "Auto-ann");
    }
}

#[test]
fn a_wrong_signature_is_refused() {
    let sim = Simulator::start().unwrap();
    let expires = in_an_hour(&sim).as_secs();
    let rejected = (401, "USG.206010025".to_owned());
    let (body, message) = login(DEFAULT_APP_ID, None, "ann", expires);
    let good = sign(DEFAULT_APP_KEY, &message);

    let other_key = sign("another key", &message);
    let answer = post(
        &sim,
        &format!("HMAC-SHA256 signature={other_key}"),
        body.clone(),
    );
    assert_eq!(code(&answer), rejected);
    let answer = post(
        &sim,
        &format!("HMAC-SHA256 signature={good},access=b3RoZXI="),
        body.clone(),
    );
    assert_eq!(
        code(&answer),
        rejected,
        "the header names another application"
    );
    let answer = post(&sim, &good, body.clone());
    assert_eq!(code(&answer), rejected, "no scheme");
    // The signature covers the user.
    let answer = post(
        &sim,
        &format!("HMAC-SHA256 signature={good}"),
        body.replace("\"ann\"", "\"bob\""),
    );
    assert_eq!(code(&answer), rejected);
    let unknown = AppCredential::new("nobody", DEFAULT_APP_KEY);
    let answer = call(
        &sim,
        &unknown.login(in_an_hour(&sim), nonce()).unwrap(),
        &(),
    );
    assert_eq!(refused(answer), rejected);
    // Nothing but the signature kept it out.
    let answer = post(&sim, &format!("HMAC-SHA256 signature={good}"), body);
    assert_eq!(answer.status(), 200);
}

#[test]
fn a_signature_ends() {
    let sim = Simulator::start().unwrap();
    let app = sim.app_credential();
    let soon = Timestamp::from(sim.now() + Duration::from_secs(60));
    let login = app.login(soon, nonce()).unwrap();
    sim.advance(Duration::from_secs(90));
    assert_eq!(
        refused(call(&sim, &login, &())),
        (401, "USG.206010057".to_owned())
    );
    // 0 means never; so does, in effect, a time in milliseconds.
    for expires in [0, in_an_hour(&sim).as_millis()] {
        let login = app.login(Timestamp::from_secs(expires), nonce()).unwrap();
        call(&sim, &login, &()).unwrap();
    }
}

#[test]
fn service_providers_sign_in_two_forms_and_others_send_no_enterprise() {
    let sim = Simulator::builder()
        .service_provider_app("sp", "sp-key")
        .start()
        .unwrap();
    let expires = in_an_hour(&sim);
    let sp = AppCredential::new("sp", "sp-key")
        .corp_id("corp-7")
        .user_id("ann");
    for form in [SigningForm::ServiceProvider, SigningForm::Single] {
        let login = sp
            .clone()
            .signing_form(form)
            .login(expires, nonce())
            .unwrap();
        let user = call(&sim, &login, &()).unwrap().user.unwrap();
        assert_eq!(user.corp_id.unwrap().as_str(), "corp-7");
    }
    let admin = AppCredential::new("sp", "sp-key").service_provider();
    call(&sim, &admin.login(expires, nonce()).unwrap(), &()).unwrap();

    let single = sim
        .app_credential()
        .corp_id("corp-7")
        .signing_form(SigningForm::Single);
    assert_eq!(
        refused(call(&sim, &single.login(expires, nonce()).unwrap(), &())),
        (401, "USG.206010025".to_owned())
    );
}

#[test]
fn a_login_tells_who_it_is() {
    let sim = Simulator::start().unwrap();
    let expires = in_an_hour(&sim);
    let admin = call(
        &sim,
        &sim.app_credential().login(expires, nonce()).unwrap(),
        &(),
    )
    .unwrap();
    assert_eq!(admin.user.unwrap().admin_type, Some(AdminType::Primary));
    assert_eq!(admin.token_type, Some(TokenType::Access));

    let ann = sim.app_credential().user_id("ann").user_name("Ann");
    let first = call(&sim, &ann.login(expires, nonce()).unwrap(), &())
        .unwrap()
        .user
        .unwrap();
    assert_eq!(first.name.as_deref(), Some("Ann"));
    assert_eq!(first.third_party_account.as_deref(), Some("ann"));
    assert_eq!(first.admin_type, Some(AdminType::NotAdmin));
    let again = call(&sim, &ann.login(expires, nonce()).unwrap(), &())
        .unwrap()
        .user
        .unwrap();
    assert_eq!(
        first.user_uuid, again.user_uuid,
        "the same user, not a new one"
    );
}

#[test]
fn parameters_of_a_login_are_checked() {
    let sim = Simulator::start().unwrap();
    let wrong = (400, "USG.206060011".to_owned());
    let short = sim
        .app_credential()
        .login(in_an_hour(&sim), "too short")
        .unwrap();
    // The writer would refuse it as well, so it is written by hand.
    let body = r#"{"appId":"sim-app-id","clientType":72,"expireTime":0,"nonce":"too short"}"#;
    let answer = post(&sim, short.authorization.expose(), body.to_owned());
    assert_eq!(code(&answer), wrong);
    let answer = post(
        &sim,
        short.authorization.expose(),
        r#"{"clientType":72}"#.to_owned(),
    );
    assert_eq!(code(&answer), wrong);
    let answer = post(&sim, short.authorization.expose(), "{".to_owned());
    assert_eq!(code(&answer), wrong);
    let answer = post(&sim, short.authorization.expose(), String::new());
    assert_eq!(code(&answer), wrong);
}

#[test]
fn an_account_logs_in_with_its_password() {
    let sim = Simulator::builder()
        .account("bob", "bobs-password")
        .disabled_account("eve", "eves-password")
        .start()
        .unwrap();
    let bob = AccountCredential::new("bob", "bobs-password");
    let login = call(&sim, &bob.login().unwrap(), &()).unwrap();
    works(&sim, &login.access_token).unwrap();
    call(&sim, &sim.account_credential().login().unwrap(), &()).unwrap();

    let wrong = (401, "USG.206010000".to_owned());
    let typo = AccountCredential::new("bob", DEFAULT_PASSWORD);
    assert_eq!(refused(call(&sim, &typo.login().unwrap(), &())), wrong);
    let nobody = AccountCredential::new("nobody", DEFAULT_PASSWORD);
    assert_eq!(refused(call(&sim, &nobody.login().unwrap(), &())), wrong);
    let eve = AccountCredential::new("eve", "eves-password");
    assert_eq!(
        refused(call(&sim, &eve.login().unwrap(), &())),
        (412, "USG.206010007".to_owned())
    );
    let mixed = CreateToken::new(bob.login().unwrap().authorization, "demo", ClientType::Api);
    assert_eq!(
        refused(call(&sim, &mixed, &())),
        (400, "USG.206060011".to_owned())
    );
    let junk = CreateToken::new(LoginSignature::new("Basic %%%"), "bob", ClientType::Api);
    assert_eq!(refused(call(&sim, &junk, &())), wrong);

    let check_only = bob.login().unwrap().token_creation(TokenCreation::Skip);
    let request = meeting_types::Operation::to_request(&check_only, &sim.endpoint(), &()).unwrap();
    let before = sim.directory().live_access_tokens();
    assert_eq!(send(&sim, &request).status(), 200);
    assert_eq!(
        sim.directory().live_access_tokens(),
        before,
        "no token was made"
    );
}

#[test]
fn five_wrong_passwords_lock_an_account_for_a_minute() {
    let sim = Simulator::start().unwrap();
    let right = sim.account_credential();
    let wrong = AccountCredential::new(right.account().clone(), "wrong-password");
    let locked = (423, "USG.206030015".to_owned());
    for _ in 0..4 {
        assert_eq!(refused(call(&sim, &wrong.login().unwrap(), &())).0, 401);
    }
    // Four wrong ones are forgiven by a right one.
    call(&sim, &right.login().unwrap(), &()).unwrap();
    for _ in 0..5 {
        assert_eq!(refused(call(&sim, &wrong.login().unwrap(), &())).0, 401);
    }
    assert_eq!(refused(call(&sim, &right.login().unwrap(), &())), locked);
    sim.advance(Duration::from_secs(50));
    assert_eq!(refused(call(&sim, &right.login().unwrap(), &())), locked);
    sim.advance(Duration::from_secs(10));
    call(&sim, &right.login().unwrap(), &()).unwrap();
}

fn open(sim: &Simulator, client_type: ClientType) -> Login {
    let app = sim
        .app_credential()
        .login(in_an_hour(sim), nonce())
        .unwrap();
    let login = CreateAppIdToken::new(
        app.authorization,
        app.app_id,
        client_type,
        app.signature_expires_at,
        app.nonce,
    );
    call(sim, &login, &()).unwrap()
}

#[test]
fn an_access_token_lives_as_long_as_it_says() {
    let sim = Simulator::builder().seed(1).start().unwrap();
    let mut lives = Vec::new();
    for _ in 0..8 {
        let login = open(&sim, ClientType::Api);
        let life = login.valid_for.unwrap();
        assert!((12 * HOUR..=24 * HOUR).contains(&life), "{life:?}");
        let (created, expires) = (login.created_at.unwrap(), login.expires_at.unwrap());
        let span = i64::try_from(life.as_secs()).unwrap();
        assert_eq!(expires.as_secs() - created.as_secs(), span);
        lives.push(life);
    }
    lives.dedup();
    assert!(lives.len() > 1, "the lifetime is drawn at random");

    let login = open(&sim, ClientType::Api);
    let life = login.valid_for.unwrap();
    sim.advance(life - Duration::from_secs(5));
    works(&sim, &login.access_token).unwrap();
    sim.advance(Duration::from_secs(5));
    assert_eq!(
        refused(works(&sim, &login.access_token)),
        (401, "USG.206020000".to_owned())
    );
}

#[test]
fn the_65th_token_ends_the_oldest() {
    let sim = Simulator::start().unwrap();
    let tokens: Vec<_> = (0..64)
        .map(|_| open(&sim, ClientType::Api).access_token)
        .collect();
    works(&sim, &tokens[0]).unwrap();
    let last = open(&sim, ClientType::Api);
    assert_eq!(last.forced_login, Some(true));
    let kicked = (401, "USG.206020002".to_owned());
    assert_eq!(refused(works(&sim, &tokens[0])), kicked);
    works(&sim, &tokens[1]).unwrap();
    works(&sim, &last.access_token).unwrap();
    assert_eq!(sim.directory().live_access_tokens(), 64);

    // Other users have tokens of their own.
    let ann = sim
        .app_credential()
        .user_id("ann")
        .login(in_an_hour(&sim), nonce())
        .unwrap();
    call(&sim, &ann, &()).unwrap();
    works(&sim, &tokens[1]).unwrap();
}

#[test]
fn other_client_types_hold_one_token() {
    let sim = Simulator::start().unwrap();
    let server = open(&sim, ClientType::Api).access_token;
    let first = open(&sim, ClientType::Desktop).access_token;
    let second = open(&sim, ClientType::Desktop).access_token;
    assert_eq!(refused(works(&sim, &first)).1, "USG.206020002");
    works(&sim, &second).unwrap();
    works(&sim, &server).unwrap();
}

#[test]
fn a_refresh_token_is_traded_once() {
    let sim = Simulator::start().unwrap();
    let old = open(&sim, ClientType::Api);
    let refresh = old.refresh_token.unwrap();
    let new = call(&sim, &UpdateToken::new(refresh.clone()), &()).unwrap();
    works(&sim, &new.access_token).unwrap();
    let invalid = (401, "USG.206020000".to_owned());
    assert_eq!(refused(works(&sim, &old.access_token)), invalid);
    assert_eq!(
        refused(call(&sim, &UpdateToken::new(refresh), &())),
        invalid
    );
    // The access token of the old login is over with it.
    let access = RefreshToken::new(old.access_token.expose());
    assert_eq!(refused(call(&sim, &UpdateToken::new(access), &())), invalid);

    // It outlives the access token, by weeks.
    let refresh = new.refresh_token.unwrap();
    assert_eq!(new.refresh_valid_for, Some(30 * 24 * HOUR));
    sim.advance(25 * HOUR);
    assert_eq!(refused(works(&sim, &new.access_token)), invalid);
    let newer = call(&sim, &UpdateToken::new(refresh), &()).unwrap();
    sim.advance(30 * 24 * HOUR);
    let late = UpdateToken::new(newer.refresh_token.unwrap());
    assert_eq!(refused(call(&sim, &late, &())), invalid);
}

#[test]
fn a_token_is_checked_and_renewed() {
    let sim = Simulator::start().unwrap();
    let token = open(&sim, ClientType::Api).access_token;
    let check = call(&sim, &CheckToken::new(token.clone(), false), &()).unwrap();
    assert_eq!(check.access_token, token);
    assert!(check.user.is_some());
    let bare = CheckToken::new(token.clone(), false).include_user(false);
    assert_eq!(call(&sim, &bare, &()).unwrap().user, None);
    let renewed = call(&sim, &CheckToken::new(token.clone(), true), &()).unwrap();
    assert_ne!(renewed.access_token, token);
    works(&sim, &renewed.access_token).unwrap();

    call(&sim, &DeleteToken::new(), &token).unwrap();
    let invalid = (401, "USG.206020000".to_owned());
    assert_eq!(refused(works(&sim, &token)), invalid);
    assert_eq!(refused(call(&sim, &DeleteToken::new(), &token)), invalid);
    assert_eq!(
        refused(call(&sim, &CheckToken::new(token, false), &())),
        invalid
    );
    works(&sim, &renewed.access_token).unwrap();
}

#[test]
fn a_test_can_end_all_access_tokens() {
    let sim = Simulator::start().unwrap();
    let login = open(&sim, ClientType::Api);
    sim.faults().expire_access_tokens();
    assert_eq!(refused(works(&sim, &login.access_token)).0, 401);
    let refresh = UpdateToken::new(login.refresh_token.unwrap());
    works(&sim, &call(&sim, &refresh, &()).unwrap().access_token).unwrap();
    works(&sim, &log_in(&sim)).unwrap();
}

#[test]
fn a_call_without_a_token_is_refused() {
    let sim = Simulator::start().unwrap();
    let request = http::Request::get("/v1/mmc/management/conferences").body(Bytes::new());
    let answer = send(&sim, &request.unwrap());
    assert_eq!(code(&answer), (401, "USG.206020000".to_owned()));
}
