//! The two logins: what they sign or encode, and what they send.
//!
//! The signatures were computed with the `hmac` module of Python, over the messages in the comments
//! and with the key `app-key-for-tests`.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use bytes::Bytes;
use http::Request;
use meeting_types::{
    AccountCredential, AppCredential, AppId, AppSignature, CorpId, Endpoint, LoginSignature,
    Operation, Problem, SecretText, ServerOperation, SignedParts, SigningForm, Timestamp, UserId,
    operations::{CreateAppIdToken, CreateToken},
};
use serde_json::{Value, json};

const KEY: &str = "app-key-for-tests";
const NONCE: &str = "0123456789abcdef0123456789abcdef";

/// `demo-app:alice:1795338000:<nonce>`
const ALICE: &str = "6CC9B258A7D2A77DA5EEAED89B311293E013BE390703DB7C0A055945FC07E4A9";
/// `demo-app::1795338000:<nonce>`
const NO_USER: &str = "AB15B08C773D6103B3436B13B991A765041294C957E62144FE6EC6EDB07B2762";
/// `demo-app:张三:1795338000:<nonce>`
const CHINESE_USER: &str = "CFB776191770A38BE4AA9B5E8C6E95125D5080C7B891DCCF761483333E9BB7FF";
/// `demo-app:alice:0:<nonce>`
const NEVER_ENDS: &str = "59A49C98D324437B51C6555AF94830628BB4E27566B8B1ED89DE01DFFA056018";
/// `demo-app:corp-7:alice:1795338000:<nonce>`
const CORP_AND_ALICE: &str = "2F305AF49166271FA5668EBF33AC1A9DC9AA912951C75955FF54C2C393C3387C";
/// `demo-app:corp-7::1795338000:<nonce>`
const CORP_NO_USER: &str = "4CD8D5D20B022C42DD1F63CED4A338F83DF5A67DD422AFAD005C38F5F105E1CD";
/// `demo-app:::1795338000:<nonce>`
const NO_CORP_NO_USER: &str = "AF326B30511FAC973866523C9ED194CE58E7E427CAFEE0BFEB0F1C0199D33973";

fn ends() -> Timestamp {
    "2026-11-22 09:00".parse().unwrap()
}

fn app() -> AppCredential {
    AppCredential::new("demo-app", KEY)
}

fn sent(request: &Request<Bytes>) -> Value {
    serde_json::from_slice(request.body()).unwrap()
}

/// The signature in the header of a login.
fn signature(login: &CreateAppIdToken) -> String {
    let header = login.authorization.expose();
    let parts = header.strip_prefix("HMAC-SHA256 signature=").unwrap();
    let (signature, access) = parts.split_once(",access=").unwrap();
    // The App ID, in Base64.
    assert_eq!(access, "ZGVtby1hcHA=");
    signature.to_owned()
}

#[test]
fn one_enterprise_signs_app_user_expiry_and_nonce() {
    let signed = |app: AppCredential, ends| signature(&app.login(ends, NONCE).unwrap());
    assert_eq!(signed(app().user_id("alice"), ends()), ALICE);
    assert_eq!(signed(app().user_id("张三"), ends()), CHINESE_USER);
    let never = Timestamp::from_millis(0);
    assert_eq!(signed(app().user_id("alice"), never), NEVER_ENDS);
}

#[test]
fn an_absent_user_keeps_its_colon() {
    assert_eq!(signature(&app().login(ends(), NONCE).unwrap()), NO_USER);
    assert_eq!(
        signature(&app().user_id("").login(ends(), NONCE).unwrap()),
        NO_USER
    );
}

#[test]
fn a_service_provider_signs_the_enterprise_too() {
    let signed = |app: AppCredential| signature(&app.login(ends(), NONCE).unwrap());
    assert_eq!(
        signed(app().corp_id("corp-7").user_id("alice")),
        CORP_AND_ALICE
    );
    assert_eq!(signed(app().corp_id("corp-7")), CORP_NO_USER);
    assert_eq!(signed(app().service_provider()), NO_CORP_NO_USER);
    // The documentation knows the short form only. It can be asked for.
    let documented = app()
        .corp_id("corp-7")
        .user_id("alice")
        .signing_form(SigningForm::Single);
    assert_eq!(signed(documented), ALICE);
}

#[test]
fn a_service_signs_by_itself_to_check_a_header() {
    let (app_id, corp_id, user_id) = (
        AppId::new("demo-app"),
        CorpId::new("corp-7"),
        UserId::new("alice"),
    );
    let nonce = SecretText::new(NONCE);
    let parts = SignedParts::new(&app_id, ends(), &nonce)
        .corp_id(&corp_id)
        .user_id(&user_id);
    let key = SecretText::new(KEY);
    let single = AppSignature::sign(&key, SigningForm::Single, &parts);
    let provider = AppSignature::sign(&key, SigningForm::ServiceProvider, &parts);
    let read = |text: String| AppSignature::from_header(&LoginSignature::new(text));

    // Either case, with and without the App ID, in either order.
    for header in [
        format!("HMAC-SHA256 signature={ALICE},access=ZGVtby1hcHA="),
        format!("HMAC-SHA256 signature={ALICE}, access=ZGVtby1hcHA="),
        format!("HMAC-SHA256 access=ZGVtby1hcHA=,signature={ALICE}"),
        format!("HMAC-SHA256 signature={ALICE}"),
        format!("HMAC-SHA256 signature={}", ALICE.to_lowercase()),
    ] {
        assert_eq!(read(header), Some(single.clone()));
    }
    assert_eq!(
        read(provider.header(&app_id).expose().to_owned()),
        Some(provider.clone())
    );
    assert_ne!(single, provider);
    for header in ["", "Basic ZGVtby1hcHA=", "HMAC-SHA256 access=ZGVtby1hcHA="] {
        assert_eq!(read(header.to_owned()), None, "{header}");
    }
    let another_key = SecretText::new("another key");
    assert_ne!(
        AppSignature::sign(&another_key, SigningForm::Single, &parts),
        single
    );
}

#[test]
fn an_app_login_sends_what_it_signed() {
    let login = app()
        .corp_id("corp-7")
        .user_id("alice")
        .user_name("Alice 爱丽丝")
        .user_email("alice@example.com")
        .user_phone("+8613800000000")
        .dept_id("dept_1-a")
        .login(ends(), NONCE)
        .unwrap();
    let request = login.to_request(&Endpoint::china(), &()).unwrap();
    assert_eq!(request.method(), "POST");
    assert_eq!(
        request.uri(),
        "https://api.meeting.huaweicloud.com/v2/usg/acs/auth/appauth"
    );
    let headers = request.headers();
    assert_eq!(headers["x-token-type"], "LongTicket");
    assert_eq!(headers["content-type"], "application/json; charset=UTF-8");
    assert!(headers["authorization"].is_sensitive());
    assert_eq!(
        headers["authorization"],
        format!("HMAC-SHA256 signature={CORP_AND_ALICE},access=ZGVtby1hcHA=").as_str()
    );
    assert_eq!(
        sent(&request),
        json!({
            "appId": "demo-app",
            "clientType": 72,
            "corpId": "corp-7",
            "expireTime": 1_795_338_000,
            "nonce": NONCE,
            "userId": "alice",
            "userName": "Alice 爱丽丝",
            "userEmail": "alice@example.com",
            "userPhone": "+8613800000000",
            "deptCode": "dept_1-a",
        })
    );
}

#[test]
fn what_an_app_login_does_not_know_it_leaves_out() {
    let request = app()
        .login(ends(), NONCE)
        .unwrap()
        .to_request(&Endpoint::china(), &())
        .unwrap();
    // A `corpId` that is sent but empty makes the login of a single enterprise fail.
    assert_eq!(
        sent(&request),
        json!({
            "appId": "demo-app",
            "clientType": 72,
            "expireTime": 1_795_338_000,
            "nonce": NONCE,
        })
    );
}

#[test]
fn an_account_logs_in_with_its_password() {
    let login = AccountCredential::new("alice@example.com", "correct horse")
        .login()
        .unwrap();
    let request = login.to_request(&Endpoint::china(), &()).unwrap();
    assert_eq!(request.method(), "POST");
    assert_eq!(
        request.uri(),
        "https://api.meeting.huaweicloud.com/v1/usg/acs/auth/account"
    );
    // alice@example.com:correct horse
    assert_eq!(
        request.headers()["authorization"],
        "Basic YWxpY2VAZXhhbXBsZS5jb206Y29ycmVjdCBob3JzZQ=="
    );
    assert!(request.headers()["authorization"].is_sensitive());
    // The password is in the header alone.
    assert_eq!(
        sent(&request),
        json!({ "account": "alice@example.com", "clientType": 72 })
    );
}

#[test]
fn a_service_reads_account_and_password_back() {
    let read = |text: &str| AccountCredential::from_header(&LoginSignature::new(text));
    // alice:pass:wörd. The first colon separates; the others belong to the password.
    let credential = read("Basic YWxpY2U6cGFzczp3w7ZyZA==").unwrap();
    assert_eq!(credential.account().as_str(), "alice");
    assert_eq!(credential.password().expose(), "pass:wörd");
    let written = credential.login().unwrap();
    assert_eq!(
        written.authorization.expose(),
        "Basic YWxpY2U6cGFzczp3w7ZyZA=="
    );
    let request = written.to_request(&Endpoint::china(), &()).unwrap();
    assert_eq!(CreateToken::from_request(&request).unwrap(), written);

    // No scheme; another scheme; no Base64; no UTF-8; no colon.
    for header in [
        "YWxpY2U6cA==",
        "Bearer YWxpY2U6cA==",
        "Basic ~~~",
        "Basic //79Og==",
        "Basic YWxpY2U=",
    ] {
        assert!(read(header).is_none(), "{header}");
    }
}

/// The key never travels, and the service would say no more than that the signature is wrong.
#[test]
fn a_credential_that_cannot_be_meant_signs_nothing() {
    for (text, problem) in [
        ("", Problem::Blank),
        ("  ", Problem::Blank),
        ("\u{a0}", Problem::Blank),
        ("\n", Problem::Blank),
        ("demo-text\n", Problem::ControlCharacter),
        ("demo-text\r\n", Problem::ControlCharacter),
        ("demo\ttext", Problem::ControlCharacter),
        ("demo\u{0}text", Problem::ControlCharacter),
        ("demo\u{7f}text", Problem::ControlCharacter),
        ("demo\u{85}text", Problem::ControlCharacter),
        ("\u{feff}demo-text", Problem::ControlCharacter),
        ("demo-text\u{200b}", Problem::ControlCharacter),
        (" demo-text", Problem::OuterSpace),
        ("demo-text ", Problem::OuterSpace),
        ("demo-text\u{3000}", Problem::OuterSpace),
    ] {
        let app = |id: &str, key: &str| AppCredential::new(id, key);
        let account = AccountCredential::new;
        for (parameter, refused) in [
            ("appId", app(text, "demo-key").login(ends(), NONCE).err()),
            ("appKey", app("demo-app", text).login(ends(), NONCE).err()),
            (
                "corpId",
                app("demo-app", "demo-key")
                    .corp_id(text)
                    .login(ends(), NONCE)
                    .err(),
            ),
            ("account", account(text, "password").login().err()),
            ("password", account("alice", text).login().err()),
        ] {
            let error = refused.unwrap();
            assert_eq!((error.parameter(), error.problem()), (parameter, problem));
            assert!(!format!("{error} {error:?}").contains("demo"), "{error}");
        }
        // No user is the default administrator.
        let user = app("demo-app", "demo-key").user_id(text).validate();
        let wanted = (!text.is_empty()).then_some(problem);
        assert_eq!(user.err().map(|error| error.problem()), wanted, "{text:?}");
    }
    let error = AppCredential::new("demo-app", "k3y\n").validate();
    assert_eq!(
        error.unwrap_err().to_string(),
        "CreateAppIdToken: `appKey` must not contain control characters or line breaks"
    );
    let error = AccountCredential::new("alice:ann", "password").login();
    assert_eq!(error.unwrap_err().problem(), Problem::Colon);
    // Blanks inside, and letters of any script, are meant.
    AppCredential::new("demo-app", "demo key \u{5bc6}")
        .validate()
        .unwrap();
    AccountCredential::new("\u{5f20}", "p:a s\"\\s\u{5bc6}")
        .validate()
        .unwrap();
}
