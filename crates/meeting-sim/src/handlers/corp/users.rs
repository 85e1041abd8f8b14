//! Users and administrators of an enterprise.

use std::{sync::Arc, time::SystemTime};

use meeting_types::{
    AccountId, CorpId, ServiceError, Timestamp,
    models::{
        AccountStatus, AdminType, CorpAdmin as ShownAdmin, CorpAdminPage, CorpUser,
        DepartmentSummary, LicenseKind, ListedUser, ListedUserPage, ResourceType, UserInvitation,
        UserSortField,
    },
    operations::{
        AddCorpAdmin, AddUser, BatchDeleteCorpAdmins, BatchDeleteUsers, BatchUpdateUserStatus,
        InviteUser, SearchCorpAdmins, SearchUsers, ShowCorpAdmin, ShowUserDetail, UpdateUser,
    },
};

use super::shown::{user_code, user_vmr};
use crate::{
    handlers::{admit::CorpAdmin, page::put_page_of},
    state::{
        State,
        corp::{directory::Directory, people::User},
        errors,
    },
};

/// A user as responses show it.
pub(crate) fn shown(directory: &Directory, user: &User) -> CorpUser {
    let mut shown = CorpUser::new()
        .user_uuid(user.uuid.clone())
        .account_id(user.account.clone())
        .name(user.name.as_str())
        .sip_number(user.sip_number.as_str())
        .dept_id(user.dept_id.clone())
        .user_type(user.user_type)
        .admin_type(user.admin_type)
        .status(user.status)
        .sort_level(user.sort_level)
        .hide_phone(user.hide_phone)
        .license(LicenseKind::Commercial)
        .active_time(Timestamp::from(user.created).as_millis());
    if let Ok(corp) = directory.corp(&user.corp_id) {
        let path = corp.name_path(&user.dept_id);
        shown.dept_name = directory.dept_name(user);
        shown.dept_name_path = Some(path);
        shown.vmrs = corp.rooms_of(&user.uuid).map(user_vmr).collect();
    }
    macro_rules! take {
        ($($field:ident)*) => {$( shown.$field = user.$field.clone(); )*};
    }
    take! { english_name phone country email signature title remark features }
    shown.third_party_user_id = user_code(user);
    shown
}

/// A user as lists show it.
fn listed(directory: &Directory, user: &User) -> ListedUser {
    let full = shown(directory, user);
    let mut listed = ListedUser::new()
        .user_uuid(user.uuid.clone())
        .account_id(user.account.clone())
        .sort_level(user.sort_level)
        .hide_phone(user.hide_phone);
    macro_rules! take {
        ($($field:ident)*) => {$( listed.$field = full.$field; )*};
    }
    take! {
        third_party_user_id name english_name phone country email dept_id dept_name_path user_type
        admin_type signature title remark status license active_time
    }
    listed.personal_meeting_id = full
        .vmrs
        .into_iter()
        .next()
        .and_then(|vmr| vmr.vmr_conference_id);
    listed
}

/// Checks what is to be somebody's telephone number or mail address.
pub(super) fn check_contact(email: Option<&str>, phone: Option<&str>) -> Result<(), ServiceError> {
    if email.is_some_and(|email| !email.is_empty() && !email.contains('@')) {
        return Err(errors::DIRECTORY_PARAMETER.with_message("`email` is no mail address"));
    }
    let digits = |phone: &str| {
        phone
            .trim_start_matches('+')
            .bytes()
            .all(|it| it.is_ascii_digit())
    };
    if phone.is_some_and(|phone| !digits(phone)) {
        return Err(errors::DIRECTORY_PARAMETER.with_message("`phone` is no number"));
    }
    Ok(())
}

pub(crate) fn add_user(
    state: &mut State,
    admin: CorpAdmin,
    add: AddUser,
) -> Result<CorpUser, ServiceError> {
    let now = state.now;
    check_contact(add.email.as_deref(), add.phone.as_deref())?;
    let directory = &state.directory;
    let corp = directory.corp(&admin.corp_id)?;
    if !corp.has_space(
        &ResourceType::UserAccount,
        directory.people.count(&admin.corp_id),
    ) {
        return Err(errors::TOO_MANY_USERS.into());
    }
    let third = add
        .third_party_user_id
        .as_ref()
        .map(|id| id.as_str().to_owned());
    if let Some(id) = &third
        && directory
            .people
            .by_third_party(&admin.corp_id, id)
            .is_some()
    {
        return Err(errors::USER_ID_TAKEN.into());
    }
    let account = add.account_id.clone().unwrap_or_else(|| {
        let name = third.clone().unwrap_or_else(|| state.random.hex(16));
        AccountId::new(format!("Auto-{name}"))
    });
    if directory.has_account(&account) {
        return Err(errors::ACCOUNT_TAKEN.into());
    }
    let dept_id = corp.dept_or_root(add.dept_id.as_ref())?;
    let mut user = User::new(account, add.name, admin.corp_id, now, &mut state.random);
    user.third_party_account = third;
    user.dept_id = dept_id;
    macro_rules! take {
        ($($field:ident)*) => {$( user.$field = add.$field; )*};
    }
    take! { phone country email english_name title signature remark features }
    user.status = add.status.unwrap_or(AccountStatus::Active);
    user.hide_phone = add.hide_phone.unwrap_or(false);
    user.sort_level = add.sort_level.unwrap_or(user.sort_level);
    let uuid = user.uuid.clone();
    if let Some(password) = add.password {
        state.directory.set_password(&user.account, password);
    }
    state.directory.add(user, now, &mut state.random);
    let user = state.directory.user(&uuid).ok_or(errors::NO_SUCH_USER)?;
    Ok(shown(&state.directory, user))
}

pub(crate) fn search_users(
    state: &mut State,
    admin: CorpAdmin,
    search: SearchUsers,
) -> Result<ListedUserPage, ServiceError> {
    let directory = &state.directory;
    let corp = directory.corp(&admin.corp_id)?;
    let within = |user: &User| match &search.dept_id {
        None => true,
        Some(dept) if search.include_sub_departments != Some(false) => {
            corp.is_within(&user.dept_id, dept)
        }
        Some(dept) => user.dept_id == *dept,
    };
    let key = search.search_key.as_deref().unwrap_or_default();
    let found = directory.people.search(&admin.corp_id, key).filter(|user| {
        within(user)
            && search
                .user_types
                .as_ref()
                .is_none_or(|types| types.contains(&user.user_type))
            && search.admin_type.is_none_or(|kind| kind == user.admin_type)
            && search.status.is_none_or(|status| status == user.status)
    });
    let mut found: Vec<&Arc<User>> = found.collect();
    match search.sort_by {
        Some(UserSortField::AdminType) => found.sort_by_key(|user| user.admin_type.code()),
        Some(UserSortField::UserType) => found.sort_by_key(|user| user.user_type.code()),
        Some(UserSortField::Status) => found.sort_by_key(|user| user.status.code()),
        Some(UserSortField::Department) => found.sort_by(|a, b| a.dept_id.cmp(&b.dept_id)),
        Some(UserSortField::LdapAccount) => found.sort_by(|a, b| a.account.cmp(&b.account)),
        _ => {}
    }
    if search.ascending == Some(false) {
        found.reverse();
    }
    let mut page = ListedUserPage::new();
    put_page_of(found, &search, &mut page, |user| listed(directory, user));
    Ok(page)
}

pub(crate) fn show_user_detail(
    state: &mut State,
    admin: CorpAdmin,
    show: ShowUserDetail,
) -> Result<CorpUser, ServiceError> {
    let kind = show.account_kind.as_ref();
    let user = state
        .directory
        .find(&admin.corp_id, &show.account_id, kind)?;
    Ok(shown(&state.directory, user))
}

pub(crate) fn update_user(
    state: &mut State,
    admin: CorpAdmin,
    update: UpdateUser,
) -> Result<CorpUser, ServiceError> {
    let now = state.now;
    check_contact(update.email.as_deref(), update.phone.as_deref())?;
    let kind = update.account_kind.as_ref();
    let user = state
        .directory
        .find(&admin.corp_id, &update.account_id, kind)?;
    let uuid = user.uuid.clone();
    if let Some(dept) = &update.dept_id {
        state.directory.corp(&admin.corp_id)?.dept(dept)?;
    }
    state.directory.people.change(&uuid, now, |user| {
        macro_rules! take {
            ($($field:ident)*) => {$(
                if update.$field.is_some() {
                    user.$field = update.$field;
                }
            )*};
        }
        macro_rules! set {
            ($($field:ident)*) => {$(
                if let Some(value) = update.$field {
                    user.$field = value;
                }
            )*};
        }
        take! { phone country email english_name title signature remark }
        set! { name dept_id status hide_phone sort_level }
    });
    if let Some(number) = update.personal_meeting_id {
        let corp = state.directory.corp_mut(&admin.corp_id)?;
        let mut mine = corp.rooms.values_mut();
        if let Some(room) = mine.find(|room| room.owner.as_ref() == Some(&uuid)) {
            room.conference_id = number;
        }
    }
    let user = state.directory.user(&uuid).ok_or(errors::NO_SUCH_USER)?;
    Ok(shown(&state.directory, user))
}

pub(crate) fn batch_delete_users(
    state: &mut State,
    admin: CorpAdmin,
    delete: BatchDeleteUsers,
) -> Result<(), ServiceError> {
    let kind = delete.account_kind.as_ref();
    let found = state
        .directory
        .find_all(&admin.corp_id, &delete.account_ids, kind)?;
    for uuid in &found {
        let user = state.directory.user(uuid);
        if user.is_some_and(|user| user.admin_type == AdminType::Primary) {
            return Err(errors::DEFAULT_ADMIN_STAYS.into());
        }
    }
    for uuid in found {
        state.directory.remove(&uuid);
    }
    Ok(())
}

pub(crate) fn batch_update_user_status(
    state: &mut State,
    admin: CorpAdmin,
    update: BatchUpdateUserStatus,
) -> Result<(), ServiceError> {
    let kind = update.account_kind.as_ref();
    let found = state
        .directory
        .find_all(&admin.corp_id, &update.account_ids, kind)?;
    for uuid in found {
        let now = state.now;
        state
            .directory
            .people
            .change(&uuid, now, |user| user.status = update.status);
    }
    Ok(())
}

pub(crate) fn invite_user(
    state: &mut State,
    admin: CorpAdmin,
    invite: InviteUser,
) -> Result<UserInvitation, ServiceError> {
    let corp = state.directory.corp(&admin.corp_id)?;
    corp.dept_or_root(invite.dept_id.as_ref())?;
    let exists = state
        .directory
        .has_account(&AccountId::new(invite.contact.as_str()));
    let code = state.random.hex(32);
    let now = state.now;
    let codes = &mut state.directory.codes;
    codes.mail(&invite.contact, "invitation", &code, now);
    Ok(UserInvitation::new().account_exists(exists))
}

/// Somebody of an enterprise as an administrator.
fn shown_admin(directory: &Directory, user: &User) -> ShownAdmin {
    let mut shown = ShownAdmin::new()
        .user_uuid(user.uuid.clone())
        .account_id(user.account.clone())
        .name(user.name.as_str())
        .admin_type(user.admin_type);
    shown.email = user.email.clone();
    shown.phone = user.phone.clone();
    shown.country = user.country.clone();
    if let Ok(corp) = directory.corp(&user.corp_id)
        && let Ok(dept) = corp.dept(&user.dept_id)
    {
        let mut summary = DepartmentSummary::new()
            .dept_id(dept.id.clone())
            .corp_id(corp.id.clone())
            .name(dept.name.as_str())
            .name_path(corp.name_path(&dept.id));
        summary.parent_dept_id = dept.parent.clone();
        shown.department = Some(summary);
    }
    shown
}

pub(crate) fn add_corp_admin(
    state: &mut State,
    admin: CorpAdmin,
    add: AddCorpAdmin,
) -> Result<(), ServiceError> {
    default_only(state, &admin)?;
    let kind = add.account_kind.as_ref();
    let user = state
        .directory
        .find(&admin.corp_id, &add.account_id, kind)?;
    if user.is_admin() {
        return Err(errors::NO_ORDINARY_MEMBER.into());
    }
    let (uuid, now) = (user.uuid.clone(), state.now);
    set_admin(state, &uuid, AdminType::Ordinary, now);
    Ok(())
}

fn set_admin(state: &mut State, uuid: &meeting_types::UserUuid, kind: AdminType, now: SystemTime) {
    let people = &mut state.directory.people;
    people.change(uuid, now, |user| user.admin_type = kind);
}

/// Administrators are the business of the default one.
fn default_only(state: &State, admin: &CorpAdmin) -> Result<(), ServiceError> {
    let user = state.directory.user(&admin.user.uuid);
    if user.is_some_and(|user| user.admin_type == AdminType::Primary) {
        Ok(())
    } else {
        Err(errors::ILLEGAL_REQUEST.into())
    }
}

pub(crate) fn search_corp_admins(
    state: &mut State,
    admin: CorpAdmin,
    search: SearchCorpAdmins,
) -> Result<CorpAdminPage, ServiceError> {
    let directory = &state.directory;
    let key = search.search_key.as_deref().unwrap_or_default();
    let found = directory.people.search(&admin.corp_id, key);
    let found = found.filter(|user| user.admin_type == AdminType::Ordinary);
    let mut page = CorpAdminPage::new();
    put_page_of(found.collect(), &search, &mut page, |user: &Arc<User>| {
        shown_admin(directory, user)
    });
    Ok(page)
}

pub(crate) fn show_corp_admin(
    state: &mut State,
    admin: CorpAdmin,
    show: ShowCorpAdmin,
) -> Result<ShownAdmin, ServiceError> {
    let user = an_admin(
        state,
        &admin.corp_id,
        &show.account_id,
        show.account_kind.as_ref(),
    )?;
    Ok(shown_admin(&state.directory, user))
}

fn an_admin<'a>(
    state: &'a State,
    corp: &CorpId,
    account: &AccountId,
    kind: Option<&meeting_types::models::AccountKind>,
) -> Result<&'a Arc<User>, ServiceError> {
    let user = state.directory.find(corp, account, kind)?;
    if user.is_admin() {
        Ok(user)
    } else {
        Err(errors::NO_SUCH_USER.into())
    }
}

pub(crate) fn batch_delete_corp_admins(
    state: &mut State,
    admin: CorpAdmin,
    delete: BatchDeleteCorpAdmins,
) -> Result<(), ServiceError> {
    default_only(state, &admin)?;
    let mut found = Vec::new();
    for account in &delete.account_ids {
        let user = an_admin(state, &admin.corp_id, account, delete.account_kind.as_ref())?;
        if user.admin_type == AdminType::Primary {
            return Err(errors::DEFAULT_ADMIN_STAYS.into());
        }
        found.push(user.uuid.clone());
    }
    let now = state.now;
    for uuid in found {
        set_admin(state, &uuid, AdminType::NotAdmin, now);
    }
    Ok(())
}
