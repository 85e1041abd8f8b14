//! Who can log in: applications, accounts, and the users behind both.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::SystemTime,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use meeting_types::{
    AccountCredential, AccountId, AppId, AppSignature, CorpId, Password, SecretText, ServiceError,
    SignedParts, SigningForm, UserUuid,
    models::{AccountKind, AccountStatus, AdminType, VmrMode},
    operations::CreateAppIdToken,
};

use super::{
    codes::Codes,
    corps::{Corp, Room},
    people::{People, User},
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

/// All apps, accounts, users and enterprises.
#[derive(Debug)]
pub(crate) struct Directory {
    apps: HashMap<AppId, App>,
    accounts: HashMap<AccountId, Account>,
    pub(crate) people: People,
    corps: BTreeMap<CorpId, Corp>,
    pub(crate) codes: Codes,
    /// The enterprise to which everything belongs, unless a service provider says otherwise.
    pub(crate) corp_id: CorpId,
}

impl Directory {
    pub(crate) fn new(apps: Vec<App>, accounts: Vec<Account>, corp_id: CorpId) -> Self {
        Self {
            apps: apps.into_iter().map(|app| (app.id.clone(), app)).collect(),
            accounts: accounts
                .into_iter()
                .map(|account| (account.id.clone(), account))
                .collect(),
            people: People::default(),
            corps: BTreeMap::new(),
            codes: Codes::default(),
            corp_id,
        }
    }

    pub(crate) fn user(&self, uuid: &UserUuid) -> Option<&Arc<User>> {
        self.people.get(uuid)
    }

    /// The user whom an invitation names: by an account, or as an application knows somebody of the
    /// simulator's own enterprise.
    pub(crate) fn user_by_account(&self, account: &AccountId) -> Option<&Arc<User>> {
        let by_account = self.people.by_account(account);
        by_account.or_else(|| self.people.by_third_party(&self.corp_id, account.as_str()))
    }

    pub(crate) fn corp(&self, id: &CorpId) -> Result<&Corp, ServiceError> {
        self.corps
            .get(id)
            .ok_or_else(|| errors::ILLEGAL_REQUEST.into())
    }

    pub(crate) fn corp_mut(&mut self, id: &CorpId) -> Result<&mut Corp, ServiceError> {
        let corp = self.corps.get_mut(id);
        corp.ok_or_else(|| errors::ILLEGAL_REQUEST.into())
    }

    /// The name of the department that somebody is in.
    pub(crate) fn dept_name(&self, user: &User) -> Option<String> {
        let corp = self.corps.get(&user.corp_id)?;
        Some(corp.departments.get(&user.dept_id)?.name.clone())
    }

    /// Puts somebody into the directory, with a personal meeting id.
    pub(crate) fn add(&mut self, user: User, now: SystemTime, random: &mut Random) {
        let corp = self
            .corps
            .entry(user.corp_id.clone())
            .or_insert_with(|| Corp::new(user.corp_id.clone(), now, random));
        let name = format!("{}'s room", user.name);
        let mut room = Room::new(name, VmrMode::PersonalMeetingId, 100, random);
        room.owner = Some(user.uuid.clone());
        corp.rooms.insert(room.id.clone(), room);
        self.people.put(user);
    }

    /// Takes somebody out of the directory, with what was theirs alone.
    pub(crate) fn remove(&mut self, uuid: &UserUuid) {
        let Some(user) = self.people.take_out(uuid) else {
            return;
        };
        self.accounts.remove(&user.account);
        if let Some(corp) = self.corps.get_mut(&user.corp_id) {
            let mine = |room: &Room| room.owner.as_ref() == Some(uuid);
            corp.rooms
                .retain(|_, room| !mine(room) || room.mode != VmrMode::PersonalMeetingId);
            for room in corp.rooms.values_mut() {
                if mine(room) {
                    room.owner = None;
                }
            }
        }
    }

    /// Lets an account log in with a password.
    pub(crate) fn set_password(&mut self, id: &AccountId, password: Password) {
        let account = Account {
            id: id.clone(),
            password,
            disabled: false,
            lockout: Lockout::default(),
        };
        self.accounts.insert(id.clone(), account);
    }

    /// Whether an account exists, with or without somebody in the directory.
    pub(crate) fn has_account(&self, id: &AccountId) -> bool {
        self.accounts.contains_key(id) || self.people.by_account(id).is_some()
    }

    /// Checks the login of an application. Registers a user who was never seen before.
    pub(crate) fn log_in_app(
        &mut self,
        login: &CreateAppIdToken,
        now: SystemTime,
        random: &mut Random,
    ) -> Result<UserUuid, ServiceError> {
        let app = self.apps.get(&login.app_id);
        let app = app.ok_or(errors::SIGNATURE_REJECTED)?.clone();
        check_signature(&app, login, now)?;
        let corp_id = login.corp_id.clone().unwrap_or(self.corp_id.clone());
        let account = match &login.user_id {
            Some(id) => AccountId::new(format!("Auto-{}", id.as_str())),
            None => AccountId::new(format!("admin-{}", corp_id.as_str())),
        };
        let known = match &login.user_id {
            Some(id) => self.people.by_third_party(&corp_id, id.as_str()),
            None => self.people.by_account(&account),
        };
        if let Some(user) = known {
            let user = Arc::clone(user);
            self.note_login(&user, login, now);
            return check_status(&user);
        }
        let third = login.user_id.as_ref().map(|id| id.as_str().to_owned());
        // An account is unique in the service; another enterprise may have the same user id.
        let account = if self.has_account(&account) {
            AccountId::new(format!("{}-{}", account.as_str(), corp_id.as_str()))
        } else {
            account
        };
        let name = third.clone().unwrap_or_else(|| account.as_str().to_owned());
        let mut user = User::new(account, name, corp_id, now, random);
        if third.is_none() {
            user.admin_type = AdminType::Primary;
        }
        user.third_party_account = third;
        user.app_id = Some(app.id);
        let uuid = user.uuid.clone();
        self.add(user.clone(), now, random);
        self.note_login(&user, login, now);
        Ok(uuid)
    }

    /// Writes to the directory what a login says about its user.
    fn note_login(&mut self, user: &User, login: &CreateAppIdToken, now: SystemTime) {
        let says = login.user_name.is_some()
            || login.user_email.is_some()
            || login.user_phone.is_some()
            || login.dept_id.is_some();
        if !says {
            return;
        }
        let corp = self.corps.get(&user.corp_id);
        let dept = login
            .dept_id
            .clone()
            .filter(|dept| corp.is_some_and(|corp| corp.departments.contains_key(dept)));
        self.people.change(&user.uuid, now, |user| {
            if let Some(name) = &login.user_name {
                user.name.clone_from(name);
            }
            user.email = login.user_email.clone().or(user.email.take());
            user.phone = login.user_phone.clone().or(user.phone.take());
            user.dept_id = dept.unwrap_or(user.dept_id.clone());
        });
    }

    /// Checks the login of an account.
    pub(crate) fn log_in_account(
        &mut self,
        given: &AccountCredential,
        now: SystemTime,
        random: &mut Random,
    ) -> Result<UserUuid, ServiceError> {
        let account = self.accounts.get_mut(given.account());
        let account = account.ok_or(errors::WRONG_ACCOUNT_PASSWORD)?;
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
        if let Some(user) = self.people.by_account(&id) {
            return check_status(user);
        }
        let name = id.as_str().split('@').next().unwrap_or_default().to_owned();
        let user = User::new(id, name, self.corp_id.clone(), now, random);
        let uuid = user.uuid.clone();
        self.add(user, now, random);
        Ok(uuid)
    }

    /// Somebody of an enterprise, by an account of the kind that a request names.
    pub(crate) fn find(
        &self,
        corp: &CorpId,
        account: &AccountId,
        kind: Option<&AccountKind>,
    ) -> Result<&Arc<User>, ServiceError> {
        self.people.find(corp, account, kind)
    }

    /// Several of them: all or none.
    pub(crate) fn find_all(
        &self,
        corp: &CorpId,
        accounts: &[AccountId],
        kind: Option<&AccountKind>,
    ) -> Result<Vec<UserUuid>, ServiceError> {
        let found = accounts.iter().map(|account| {
            let user = self.find(corp, account, kind)?;
            Ok(user.uuid.clone())
        });
        found.collect()
    }
}

/// Somebody who may log in.
fn check_status(user: &User) -> Result<UserUuid, ServiceError> {
    match user.status {
        AccountStatus::Disabled => Err(errors::ACCOUNT_DISABLED.into()),
        _ => Ok(user.uuid.clone()),
    }
}

fn check_signature(
    app: &App,
    login: &CreateAppIdToken,
    now: SystemTime,
) -> Result<(), ServiceError> {
    let given = AppSignature::from_header(&login.authorization);
    let given = given.ok_or(errors::SIGNATURE_REJECTED)?;
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
    let fits = |form: &SigningForm| AppSignature::sign(&app.key, *form, &parts) == given;
    if !forms.iter().any(fits) {
        return Err(errors::SIGNATURE_REJECTED.into());
    }
    let expires_at = login.signature_expires_at;
    if expires_at.as_secs() != 0 && now > SystemTime::from(expires_at) {
        return Err(errors::SIGNATURE_EXPIRED.into());
    }
    Ok(())
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
