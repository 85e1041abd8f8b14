//! The people of enterprises, under indexes.

use std::{
    collections::{BTreeMap, HashMap},
    ops::Bound,
    sync::Arc,
    time::SystemTime,
};

use bytes::Bytes;
use meeting_types::{
    AccountId, AppId, CorpId, Country, DeptId, ServiceError, UserUuid,
    models::{AccountKind, AccountStatus, AdminType, UserFeatures, UserType},
};

use crate::state::{errors, random::Random};

/// The department that every enterprise has.
pub(crate) const ROOT_DEPT: &str = "1";
/// Where people stand in lists unless somebody says otherwise.
pub(crate) const DEFAULT_SORT_LEVEL: u32 = 10_000;

/// A person known to the service.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) uuid: UserUuid,
    pub(crate) account: AccountId,
    /// The id by which an application knows the user.
    pub(crate) third_party_account: Option<String>,
    pub(crate) name: String,
    pub(crate) sip_number: String,
    pub(crate) admin_type: AdminType,
    pub(crate) app_id: Option<AppId>,
    pub(crate) corp_id: CorpId,
    pub(crate) dept_id: DeptId,
    pub(crate) english_name: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) country: Option<Country>,
    pub(crate) email: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) signature: Option<String>,
    pub(crate) remark: Option<String>,
    pub(crate) status: AccountStatus,
    pub(crate) hide_phone: bool,
    pub(crate) sort_level: u32,
    pub(crate) features: Option<UserFeatures>,
    pub(crate) user_type: UserType,
    pub(crate) created: SystemTime,
    pub(crate) updated: SystemTime,
    pub(crate) picture: Option<Bytes>,
}

impl User {
    /// Somebody of an enterprise of whom nothing else is known.
    pub(crate) fn new(
        account: AccountId,
        name: impl Into<String>,
        corp_id: CorpId,
        now: SystemTime,
        random: &mut Random,
    ) -> Self {
        Self {
            uuid: UserUuid::new(random.hex(32)),
            account,
            third_party_account: None,
            name: name.into(),
            sip_number: format!("+99111{}", random.digits(12)),
            admin_type: AdminType::NotAdmin,
            app_id: None,
            corp_id,
            dept_id: DeptId::new(ROOT_DEPT),
            english_name: None,
            phone: None,
            country: None,
            email: None,
            title: None,
            signature: None,
            remark: None,
            status: AccountStatus::Active,
            hide_phone: false,
            sort_level: DEFAULT_SORT_LEVEL,
            features: None,
            user_type: UserType::Member,
            created: now,
            updated: now,
            picture: None,
        }
    }

    /// Whether the user administers the enterprise.
    pub(crate) fn is_admin(&self) -> bool {
        self.admin_type != AdminType::NotAdmin
    }

    /// What a search looks through: names, accounts, mail and telephone.
    fn text(&self) -> Box<str> {
        let parts = [
            Some(self.name.as_str()),
            Some(self.account.as_str()),
            self.third_party_account.as_deref(),
            self.english_name.as_deref(),
            self.email.as_deref(),
            self.phone.as_deref(),
        ];
        let parts: Vec<&str> = parts.into_iter().flatten().collect();
        parts.join("\n").to_lowercase().into_boxed_str()
    }
}

/// Where somebody stands in the lists of an enterprise.
type Place = (CorpId, u32, String, UserUuid);

/// All people, by their ids and in the order of lists.
#[derive(Debug, Default)]
pub(crate) struct People {
    all: BTreeMap<UserUuid, Arc<User>>,
    /// An account is unique in the whole service.
    by_account: HashMap<AccountId, UserUuid>,
    /// The id of an application is unique in an enterprise.
    by_third_party: HashMap<(CorpId, String), UserUuid>,
    /// What a search looks through, in the order of lists.
    order: BTreeMap<Place, Box<str>>,
    counts: HashMap<CorpId, usize>,
}

impl People {
    pub(crate) fn get(&self, uuid: &UserUuid) -> Option<&Arc<User>> {
        self.all.get(uuid)
    }

    pub(crate) fn by_account(&self, account: &AccountId) -> Option<&Arc<User>> {
        self.get(self.by_account.get(account)?)
    }

    /// The user whom an application of an enterprise knows by this id.
    pub(crate) fn by_third_party(&self, corp: &CorpId, id: &str) -> Option<&Arc<User>> {
        let key = (corp.clone(), id.to_owned());
        self.get(self.by_third_party.get(&key)?)
    }

    /// How many people an enterprise has.
    pub(crate) fn count(&self, corp: &CorpId) -> usize {
        self.counts.get(corp).copied().unwrap_or_default()
    }

    /// Somebody of an enterprise, by an account of the kind that a request names.
    pub(crate) fn find(
        &self,
        corp: &CorpId,
        account: &AccountId,
        kind: Option<&AccountKind>,
    ) -> Result<&Arc<User>, ServiceError> {
        let found = match kind {
            Some(AccountKind::ThirdParty) => self.by_third_party(corp, account.as_str()),
            _ => self.by_account(account),
        };
        found
            .filter(|user| user.corp_id == *corp)
            .ok_or_else(|| errors::NO_SUCH_USER.into())
    }

    /// Puts somebody in, in place of whoever had the id.
    pub(crate) fn put(&mut self, user: User) {
        self.take_out(&user.uuid);
        let uuid = user.uuid.clone();
        self.by_account.insert(user.account.clone(), uuid.clone());
        if let Some(id) = &user.third_party_account {
            let key = (user.corp_id.clone(), id.clone());
            self.by_third_party.insert(key, uuid.clone());
        }
        self.order.insert(place(&user), user.text());
        *self.counts.entry(user.corp_id.clone()).or_default() += 1;
        self.all.insert(uuid, Arc::new(user));
    }

    /// Changes somebody.
    pub(crate) fn change(
        &mut self,
        uuid: &UserUuid,
        now: SystemTime,
        work: impl FnOnce(&mut User),
    ) {
        if let Some(user) = self.all.get(uuid) {
            let mut user = User::clone(user);
            work(&mut user);
            user.updated = now;
            self.put(user);
        }
    }

    /// Takes somebody out.
    pub(crate) fn take_out(&mut self, uuid: &UserUuid) -> Option<Arc<User>> {
        let user = self.all.remove(uuid)?;
        self.by_account.remove(&user.account);
        if let Some(id) = &user.third_party_account {
            let key = (user.corp_id.clone(), id.clone());
            self.by_third_party.remove(&key);
        }
        self.order.remove(&place(&user));
        if let Some(count) = self.counts.get_mut(&user.corp_id) {
            *count -= 1;
        }
        Some(user)
    }

    /// The people of an enterprise whom a search finds, in the order of lists.
    pub(crate) fn search<'a>(
        &'a self,
        corp: &'a CorpId,
        key: &str,
    ) -> impl Iterator<Item = &'a Arc<User>> {
        let key = key.to_lowercase();
        let first = (corp.clone(), 0, String::new(), UserUuid::new(""));
        let from = (Bound::Included(first), Bound::Unbounded);
        let places = self.order.range(from);
        places
            .take_while(move |((of, ..), _)| of == corp)
            .filter(move |(_, text)| text.contains(&key))
            .filter_map(|((.., uuid), _)| self.all.get(uuid))
    }
}

fn place(user: &User) -> Place {
    (
        user.corp_id.clone(),
        user.sort_level,
        user.name.clone(),
        user.uuid.clone(),
    )
}
