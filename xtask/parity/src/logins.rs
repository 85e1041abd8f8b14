//! The logins. In the official SDK they are no operations of the client: its credentials make them,
//! before the first call.

use anyhow::{Context, Result};
use meeting_types::{
    AccountCredential, AppCredential, AuthorizationRef, Endpoint, Operation, OperationInfo,
    SigningForm, Timestamp, schema::Model, write_request,
};
use serde_json::{Value as Json, json};

use crate::arguments::ArgumentSet;

/// When the signature ends.
const EXPIRES_AT: i64 = 1_795_000_000;

/// What the official SDK makes afresh for each login.
const NONCE: &str = "3f1c2f60-5b1d-4a54-9e0e-5f3f6a1d2b7c";

pub(crate) fn sets() -> Result<Vec<ArgumentSet>> {
    let mut sets = Vec::new();
    for (name, key, user, corp, dept) in [
        ("app id", "key", None, None, None),
        ("app id, user", "key/+=", Some("user"), None, None),
        (
            "app id, awkward",
            "密钥 \"\\",
            Some("张 a/b:c+d"),
            None,
            Some("Dept_0-1"),
        ),
        (
            "app id, service provider",
            "key",
            None,
            Some("corp"),
            Some("dept"),
        ),
        (
            "app id, all",
            "key",
            Some("user"),
            Some("企业"),
            Some("dept"),
        ),
    ] {
        let mut credential = AppCredential::new("app+id/会议", key);
        let mut login = json!({
            "kind": "app",
            "tenancy": "SINGLE_TENANT",
            "app_id": "app+id/会议",
            "app_key": key,
            "expires_at": EXPIRES_AT,
            "nonce": NONCE,
        });
        if let Some(user) = user {
            credential = credential.user_id(user);
            login["user_id"] = user.into();
        }
        if let Some(dept) = dept {
            credential = credential.dept_id(dept);
            login["dept_id"] = dept.into();
        }
        if let Some(corp) = corp {
            credential = credential
                .corp_id(corp)
                .signing_form(SigningForm::ServiceProvider);
            login["corp_id"] = corp.into();
            login["tenancy"] = "MULTI_TENANT".into();
        }
        let operation = credential.login(Timestamp::from_secs(EXPIRES_AT), NONCE)?;
        sets.push(set(name, &operation, &login)?);
    }
    for (name, account, password) in [
        ("account", "ada", "Passw0rd"),
        ("account, awkward", "张 a/b+c", "p:a s\"\\s密"),
    ] {
        let operation = AccountCredential::new(account, password).login()?;
        let login = json!({ "kind": "account", "account": account, "password": password });
        sets.push(set(name, &operation, &login)?);
    }
    Ok(sets)
}

fn set<O: Operation + Model>(name: &str, operation: &O, login: &Json) -> Result<ArgumentSet> {
    let info: &'static OperationInfo = O::INFO;
    let request = write_request(
        operation,
        info,
        &Endpoint::china(),
        AuthorizationRef::Nothing,
    )
    .with_context(|| format!("login `{name}`"))?;
    Ok(ArgumentSet {
        operation: info.name,
        group: "logins",
        auth: info.auth,
        name: name.to_owned(),
        is_login: true,
        described: json!({ "login": login }),
        request,
    })
}
