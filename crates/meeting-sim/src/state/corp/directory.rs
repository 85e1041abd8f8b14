//! Who can log in: applications, accounts, and the users behind both.

use std::time::SystemTime;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use meeting_types::{
    AccountCredential, AccountId, AppId, AppSignature, CorpId, Password, SecretText, ServiceError,
    SignedParts, SigningForm, UserUuid, operations::CreateAppIdToken,
};

use crate::state::{
    errors,
    logins::lockout::{Attempt, Lockout},
    random::Random,
};

/// An application with its key.
#[derive(Clone, Debug)]
pub(crate) struct App {
    pub(crate) id: AppId,
    pub(crate) key: SecretText,
    /// Whether it belongs to a service provider and acts for several enterprises.
    pub(crate) service_provider: bool,
}

/// An account with its password.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) id: AccountId,
    pub(crate) password: Password,
    pub(crate) disabled: bool,
    pub(crate) lockout: Lockout,
}

/// A person known to the service.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) uuid: UserUuid,
    pub(crate) account: AccountId,
    /// The id by which an application knows the user.
    pub(crate) third_party_account: Option<String>,
    pub(crate) name: String,
    pub(crate) sip_number: String,
    pub(crate) admin: bool,
    pub(crate) app_id: Option<AppId>,
    pub(crate) dept_name: Option<String>,
    pub(crate) corp_id: CorpId,
}

/// All of them.
#[derive(Debug)]
pub(crate) struct Directory {
    pub(crate) apps: Vec<App>,
    pub(crate) accounts: Vec<Account>,
    pub(crate) users: Vec<User>,
    /// The enterprise to which everything belongs, unless a service provider says otherwise.
    pub(crate) corp_id: CorpId,
}

impl Directory {
    pub(crate) fn user(&self, uuid: &UserUuid) -> Option<&User> {
        self.users.iter().find(|user| user.uuid == *uuid)
    }

    /// The user whom an invitation names.
    pub(crate) fn user_by_account(&self, account: &AccountId) -> Option<&User> {
        self.users.iter().find(|user| {
            user.account == *account
                || user.third_party_account.as_deref() == Some(account.as_str())
        })
    }

    /// Checks the login of an application. Registers a user who was never seen before.
    pub(crate) fn log_in_app(
        &mut self,
        login: &CreateAppIdToken,
        now: SystemTime,
        random: &mut Random,
    ) -> Result<UserUuid, ServiceError> {
        let app = self.apps.iter().find(|app| app.id == login.app_id);
        let app = app.ok_or(errors::SIGNATURE_REJECTED)?;
        let given =
            AppSignature::from_header(&login.authorization).ok_or(errors::SIGNATURE_REJECTED)?;
        if !names_app(login.authorization.expose(), &app.id) {
            return Err(errors::SIGNATURE_REJECTED
                .with_message("`access` in the Authorization header is not the App ID"));
        }
        if login.corp_id.is_some() && !app.service_provider {
            return Err(errors::SIGNATURE_REJECTED
                .with_message("`corpId` is for applications of service providers only"));
        }
        let mut parts = SignedParts::new(&login.app_id, login.signature_expires_at, &login.nonce);
        (parts.corp_id, parts.user_id) = (login.corp_id.as_ref(), login.user_id.as_ref());
        // For service providers the reference and the official SDK sign differently: both count.
        let forms: &[SigningForm] = if app.service_provider {
            &[SigningForm::Single, SigningForm::ServiceProvider]
        } else {
            &[SigningForm::Single]
        };
        if !forms
            .iter()
            .any(|form| AppSignature::sign(&app.key, *form, &parts) == given)
        {
            return Err(errors::SIGNATURE_REJECTED.into());
        }
        let expires_at = login.signature_expires_at;
        if expires_at.as_secs() != 0 && now > SystemTime::from(expires_at) {
            return Err(errors::SIGNATURE_EXPIRED.into());
        }
        let corp_id = login.corp_id.clone().unwrap_or(self.corp_id.clone());
        let (account, third) = match &login.user_id {
            Some(id) => (
                format!("Auto-{}", id.as_str()),
                Some(id.as_str().to_owned()),
            ),
            None => (format!("admin-{}", corp_id.as_str()), None),
        };
        let name = login.user_name.clone();
        let known = self
            .users
            .iter_mut()
            .find(|user| user.account.as_str() == account && user.corp_id == corp_id);
        if let Some(user) = known {
            // What a login says about its user is written to the directory.
            if let Some(name) = name {
                user.name = name;
            }
            return Ok(user.uuid.clone());
        }
        let user = User {
            name: name
                .or_else(|| third.clone())
                .unwrap_or_else(|| account.clone()),
            account: AccountId::new(account),
            admin: third.is_none(),
            third_party_account: third,
            app_id: Some(app.id.clone()),
            corp_id,
            ..new_user(random)
        };
        let uuid = user.uuid.clone();
        self.users.push(user);
        Ok(uuid)
    }

    /// Checks the login of an account.
    pub(crate) fn log_in_account(
        &mut self,
        given: &AccountCredential,
        now: SystemTime,
        random: &mut Random,
    ) -> Result<UserUuid, ServiceError> {
        let account = self
            .accounts
            .iter_mut()
            .find(|account| account.id == *given.account())
            .ok_or(errors::WRONG_ACCOUNT_PASSWORD)?;
        let right = account.password == *given.password();
        match account.lockout.attempt(now, right) {
            Attempt::Right => {}
            Attempt::Wrong => return Err(errors::WRONG_ACCOUNT_PASSWORD.into()),
            Attempt::Locked => return Err(errors::ACCOUNT_LOCKED.into()),
        }
        if account.disabled {
            return Err(errors::ACCOUNT_DISABLED.into());
        }
        let id = account.id.clone();
        if let Some(user) = self.users.iter().find(|user| user.account == id) {
            return Ok(user.uuid.clone());
        }
        let user = User {
            name: id.as_str().split('@').next().unwrap_or_default().to_owned(),
            account: id,
            corp_id: self.corp_id.clone(),
            ..new_user(random)
        };
        let uuid = user.uuid.clone();
        self.users.push(user);
        Ok(uuid)
    }
}

/// Whether the header names the application, or none: older editions of the reference show the
/// signature alone.
fn names_app(header: &str, app_id: &AppId) -> bool {
    header
        .split(',')
        .find_map(|part| part.trim().strip_prefix("access="))
        .is_none_or(|access| {
            STANDARD
                .decode(access)
                .is_ok_and(|decoded| decoded == app_id.as_str().as_bytes())
        })
}

fn new_user(random: &mut Random) -> User {
    User {
        uuid: UserUuid::new(random.hex(32)),
        account: AccountId::new(""),
        third_party_account: None,
        name: String::new(),
        sip_number: format!("+99{}", random.digits(9)),
        admin: false,
        app_id: None,
        dept_name: None,
        corp_id: CorpId::new(""),
    }
}
