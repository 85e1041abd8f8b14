//! What lies on the server, and who can read it.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::time::{Duration, SystemTime};

use meeting_redis::{Redis, SealingKey};
use meeting_testing::{fleet::block_on, redis_server::RedisServer};
use meeting_types::{
    AccessToken, AccountCredential, AppCredential, Claim, Claimant, Endpoint, LoginStore,
    SavedLogin, ServiceError, Timestamp, http::StatusCode,
};

const MINUTE: Duration = Duration::from_secs(60);

fn now() -> Timestamp {
    SystemTime::now().into()
}

fn app(key: &str, id: &str) -> Claimant {
    Claimant::of_app(&Endpoint::china(), &AppCredential::new("hush-app", key), id)
}

fn login() -> SavedLogin {
    let until = now().saturating_add(MINUTE * 600);
    SavedLogin::new(AccessToken::new("hush-access"), now(), MINUTE * 300)
        .refresh("hush-refresh".into(), until)
}

/// All that is on the server: names, and values as they are stored.
fn dumped(redis: &RedisServer) -> String {
    let mut connection = redis::Client::open(redis.address())
        .unwrap()
        .get_connection()
        .unwrap();
    let keys: Vec<String> = redis::cmd("KEYS").arg("*").query(&mut connection).unwrap();
    assert!(!keys.is_empty());
    let mut text = String::new();
    for key in keys {
        let value: Vec<u8> = redis::cmd("DUMP").arg(&key).query(&mut connection).unwrap();
        let left: i64 = redis::cmd("PTTL").arg(&key).query(&mut connection).unwrap();
        assert!(left > 0, "{key} stays for ever");
        text += &key;
        text += &String::from_utf8_lossy(&value);
    }
    text
}

#[test]
fn tokens_refusals_and_secrets_are_sealed_and_expire() {
    let Some(redis) = RedisServer::start() else {
        return;
    };
    block_on(async {
        let store = Redis::connect(redis.address()).unwrap().logins();
        let own = app("hush-key", "a");
        store.claim(&own, 0, MINUTE, now()).await.unwrap();
        assert!(store.put(&own, 1, &login(), now()).await.unwrap());
        let account = AccountCredential::new("hush-ann", "hush-password");
        let account = Claimant::of_account(&Endpoint::china(), &account, "b");
        store.claim(&account, 0, MINUTE, now()).await.unwrap();
        let refusal = ServiceError::new(StatusCode::UNAUTHORIZED, "USG.1", "hush");
        store
            .refuse(&account, 1, &refusal, MINUTE, now())
            .await
            .unwrap();
        let told = store.claim(&account, 0, MINUTE, now()).await.unwrap();
        assert_eq!(told, Claim::Refused { refusal });
    });
    let dumped = dumped(&redis);
    assert!(!dumped.contains("hush"), "{dumped}");
}

#[test]
fn a_login_comes_back_with_its_times_and_only_to_those_who_can_open_it() {
    let Some(redis) = RedisServer::start() else {
        return;
    };
    block_on(async {
        let connection = Redis::connect(redis.address()).unwrap();
        let store = connection.logins();
        let own = app("hush-key", "a");
        store.claim(&own, 0, MINUTE, now()).await.unwrap();
        store.put(&own, 1, &login(), now()).await.unwrap();
        // By a clock that is an hour ahead, it lives as long.
        let ahead = now().saturating_add(MINUTE * 60);
        match store
            .claim(&app("hush-key", "b"), 0, MINUTE, ahead)
            .await
            .unwrap()
        {
            Claim::Have { number: 1, login } => {
                let left = login.expires_at.as_millis() - ahead.as_millis();
                assert!((17_990_000..=18_000_000).contains(&left), "{left}");
                let age = ahead.as_millis() - login.issued_at.as_millis();
                assert!((0..10_000).contains(&age), "{age}");
                assert_eq!(login.access_token.expose(), "hush-access");
                assert_eq!(login.refresh_token.unwrap().expose(), "hush-refresh");
            }
            claim => panic!("{claim:?}"),
        }
        // With another key it is as if it were not there, and keeps its place.
        match store
            .claim(&app("hush-other", "c"), 0, MINUTE, now())
            .await
            .unwrap()
        {
            Claim::Yours {
                number: 2,
                old: None,
            } => {}
            claim => panic!("{claim:?}"),
        }
        store.release(&app("hush-other", "c"), 2).await.unwrap();
        let sealed = connection.logins_sealed_by(SealingKey::new([7; 32]));
        match sealed.claim(&own, 0, MINUTE, now()).await.unwrap() {
            Claim::Yours { old: None, .. } => {}
            claim => panic!("{claim:?}"),
        }
    });
}

#[test]
fn a_connection_of_ones_own_serves_as_well() {
    let Some(redis) = RedisServer::start() else {
        return;
    };
    let client = redis::Client::open(redis.address()).unwrap();
    block_on(async {
        let blocking = Redis::over_blocking(client.clone()).logins();
        let claim = blocking
            .claim(&app("hush-key", "a"), 0, MINUTE, now())
            .await
            .unwrap();
        assert!(matches!(claim, Claim::Yours { .. }), "{claim:?}");
        let connection = client.get_multiplexed_async_connection().await.unwrap();
        let store = Redis::over(connection).logins();
        let claim = store
            .claim(&app("hush-key", "b"), 0, MINUTE, now())
            .await
            .unwrap();
        assert!(matches!(claim, Claim::Busy { .. }), "{claim:?}");
        // What is repeated does the same, and what comes late does nothing.
        for _ in 0..2 {
            assert!(
                store
                    .put(&app("hush-key", "a"), 1, &login(), now())
                    .await
                    .unwrap()
            );
        }
        assert!(
            store
                .put(&app("hush-key", "b"), 3, &login(), now())
                .await
                .unwrap()
        );
        assert!(
            !store
                .put(&app("hush-key", "a"), 1, &login(), now())
                .await
                .unwrap()
        );
        store.forget(&app("hush-key", "a"), 1).await.unwrap();
        let claim = store
            .claim(&app("hush-key", "a"), 1, MINUTE, now())
            .await
            .unwrap();
        assert!(matches!(claim, Claim::Have { number: 3, .. }), "{claim:?}");
    });
}

#[test]
fn an_address_that_cannot_be_is_an_error_and_shows_no_password() {
    for address in [
        "",
        "http://:hush@localhost",
        "redis://:hush@localhost:nowhere",
    ] {
        let error = Redis::connect(address).unwrap_err().to_string();
        assert!(!error.contains("hush"), "{error}");
        Redis::connect_blocking(address).unwrap_err();
    }
    let away = Redis::connect("redis://:hush@127.0.0.1:1").unwrap();
    let claim = block_on(away.logins().claim(&app("hush-key", "a"), 0, MINUTE, now()));
    let error = claim.unwrap_err().to_string();
    assert!(!error.contains("hush"), "{error}");
    assert!(!format!("{away:?}").contains("hush"));
}
