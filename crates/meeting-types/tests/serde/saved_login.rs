//! A login that is kept, by the named choice to write its tokens.

use std::time::Duration;

use meeting_types::{AccessToken, RefreshToken, SavedLogin, Timestamp, exposed};
use proptest::prelude::*;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::formats::comes_back;

/// What a program keeps, as a derive with `#[serde(with = "meeting_types::exposed")]` writes it.
#[derive(Debug, PartialEq)]
struct Kept<T>(T);

impl<T: exposed::Expose> Serialize for Kept<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        exposed::serialize(&self.0, serializer)
    }
}

impl<'de, T: exposed::Expose> Deserialize<'de> for Kept<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        exposed::deserialize(deserializer).map(Self)
    }
}

fn login() -> SavedLogin {
    let now = Timestamp::from_secs(1_795_305_600);
    SavedLogin::new(
        AccessToken::new("hush-access"),
        now,
        Duration::from_secs(43_200),
    )
}

#[test]
fn a_saved_login_is_a_map_of_its_fields() {
    let refresh = Timestamp::from_secs(1_797_897_600);
    let login = login().refresh(RefreshToken::new("hush-refresh"), refresh);
    let text = serde_json::to_string(&Kept(login)).unwrap();
    assert_eq!(
        text,
        r#"{"access_token":"hush-access","issued_at":"2026-11-22T00:00:00.000Z","expires_at":"2026-11-22T12:00:00.000Z","refresh_token":"hush-refresh","refresh_expires_at":"2026-12-22T00:00:00.000Z"}"#
    );
}

#[test]
fn what_is_missing_is_named_and_what_is_unknown_is_left_out() {
    let read = |text: &str| serde_json::from_str::<Kept<SavedLogin>>(text);
    let error = read(r#"{"access_token": "a", "issued_at": "2026-11-22T00:00:00Z"}"#).unwrap_err();
    assert!(error.to_string().contains("expires_at"), "{error}");
    let kept = read(
        r#"{"access_token": "hush-access", "issued_at": "2026-11-22T00:00:00Z",
            "expires_at": "2026-11-22T12:00:00Z", "later": [1]}"#,
    );
    assert_eq!(kept.unwrap(), Kept(login()));
    read("null").unwrap_err();
}

#[test]
fn nothing_that_is_printed_holds_a_token() {
    let login = login().refresh(RefreshToken::new("hush-refresh"), Timestamp::MAX);
    assert!(!format!("{login:?}").contains("hush"), "{login:?}");
}

proptest! {
    #[test]
    fn a_saved_login_comes_back(
        token in "[ -~]{1,40}",
        from in -60_000_000_000i64..200_000_000_000,
        lifetime in 0u64..1_000_000_000,
        refresh in proptest::option::of("\\PC{1,20}"),
    ) {
        let from = Timestamp::from_secs(from);
        let mut login = SavedLogin::new(AccessToken::new(token), from, Duration::from_secs(lifetime));
        if let Some(refresh) = refresh {
            login = login.refresh(RefreshToken::new(refresh), from);
        }
        comes_back(&Kept(login.clone()));
        comes_back(&Kept(Some(login)));
        comes_back(&Kept(None::<SavedLogin>));
    }
}
