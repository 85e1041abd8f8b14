//! What people do to their own records, and departments as they see them.

use meeting_types::{
    ServiceError,
    models::{
        ContactVerification, CorpUser, Department, DepartmentWithChildren, MemberVmrPage, VmrMode,
    },
    operations::{
        CheckVeriCodeForUpdateUserInfo, SearchDepartmentByName, SearchMemberVmr,
        SendVeriCodeForUpdateUserInfo, ShowDeptAndChildDept, ShowMyInfo, UpdateContact,
        UpdateMemberVmr, UpdateMyInfo,
    },
};

use crate::{
    handlers::{
        admit::Member,
        corp::{member_vmr, shown},
        page::put_page_of,
    },
    state::{State, corp::corps::Room, errors},
};

pub(crate) fn show_my_info(
    state: &mut State,
    Member { user, .. }: Member,
    _: ShowMyInfo,
) -> Result<CorpUser, ServiceError> {
    Ok(shown(&state.directory, &user))
}

pub(crate) fn update_my_info(
    state: &mut State,
    Member { user, .. }: Member,
    update: UpdateMyInfo,
) -> Result<(), ServiceError> {
    let now = state.now;
    state.directory.people.change(&user.uuid, now, |user| {
        user.name = update.name;
        user.english_name = update.english_name.or(user.english_name.take());
        user.title = update.title.or(user.title.take());
        user.signature = update.signature.or(user.signature.take());
        user.remark = update.remark.or(user.remark.take());
    });
    Ok(())
}

pub(crate) fn send_veri_code_for_update_user_info(
    state: &mut State,
    Member { user, .. }: Member,
    send: SendVeriCodeForUpdateUserInfo,
) -> Result<(), ServiceError> {
    let to = contact(&send.verification)?;
    let (now, random) = (state.now, &mut state.random);
    let codes = &mut state.directory.codes;
    codes.send(user.uuid.as_str(), to, "verification code", now, random)
}

/// The address that a code goes to: a mail address or a telephone number.
fn contact(verification: &ContactVerification) -> Result<&str, ServiceError> {
    let contact = verification.contact.as_str();
    let number = contact.trim_start_matches('+');
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    if contact.contains('@') || is_number {
        Ok(contact)
    } else {
        let message = "`contact` is neither a mail address nor a number";
        Err(errors::DIRECTORY_PARAMETER.with_message(message))
    }
}

/// Checks the code that a request shows. `take` uses it up.
fn check(
    state: &mut State,
    user: &meeting_types::UserUuid,
    verification: &ContactVerification,
    take: bool,
) -> Result<(), ServiceError> {
    let to = contact(verification)?;
    let code = verification.code.as_ref();
    let given = code.map_or("", |code| code.expose());
    let now = state.now;
    state
        .directory
        .codes
        .check(user.as_str(), to, given, take, now)
}

pub(crate) fn check_veri_code_for_update_user_info(
    state: &mut State,
    Member { user, .. }: Member,
    ask: CheckVeriCodeForUpdateUserInfo,
) -> Result<(), ServiceError> {
    check(state, &user.uuid, &ask.verification, false)
}

pub(crate) fn update_contact(
    state: &mut State,
    Member { user, .. }: Member,
    update: UpdateContact,
) -> Result<(), ServiceError> {
    check(state, &user.uuid, &update.verification, true)?;
    let ContactVerification {
        contact, country, ..
    } = update.verification;
    let now = state.now;
    state.directory.people.change(&user.uuid, now, |user| {
        if contact.contains('@') {
            user.email = Some(contact);
        } else {
            user.phone = Some(contact);
            user.country = country.or(user.country.take());
        }
    });
    Ok(())
}

pub(crate) fn search_member_vmr(
    state: &mut State,
    Member { user, .. }: Member,
    search: SearchMemberVmr,
) -> Result<MemberVmrPage, ServiceError> {
    let corp = state.directory.corp(&user.corp_id)?;
    let key = search.search_key.as_deref().unwrap_or_default();
    let found = corp.rooms_of(&user.uuid).filter(|room| {
        let cloud = room.mode == VmrMode::CloudMeetingRoom;
        search
            .cloud_meeting_rooms
            .is_none_or(|wanted| wanted == cloud)
            && (room.name.contains(key) || room.conference_id.as_str().contains(key))
    });
    let found: Vec<&Room> = found.collect();
    let mut page = MemberVmrPage::new();
    put_page_of(found, &search, &mut page, member_vmr);
    Ok(page)
}

pub(crate) fn update_member_vmr(
    state: &mut State,
    Member { user, .. }: Member,
    update: UpdateMemberVmr,
) -> Result<(), ServiceError> {
    let corp = state.directory.corp_mut(&user.corp_id)?;
    let room = corp.rooms.get_mut(&update.vmr_id);
    let room = room.filter(|room| room.owner.as_ref() == Some(&user.uuid));
    let room = room.ok_or(errors::NOT_YOUR_ROOM)?;
    let host = update.host_password.unwrap_or(room.host_password.clone());
    let guest = update.guest_password.or(room.guest_password.clone());
    if guest.as_ref() == Some(&host) {
        return Err(errors::ROOM_PASSWORDS_EQUAL.into());
    }
    room.host_password = host;
    room.guest_password = guest;
    room.name = update.name.unwrap_or(std::mem::take(&mut room.name));
    room.guests_can_start = update.guests_can_start.unwrap_or(room.guests_can_start);
    room.notify_owner = update.notify_owner.unwrap_or(room.notify_owner);
    Ok(())
}

pub(crate) fn show_dept_and_child_dept(
    state: &mut State,
    Member { user, .. }: Member,
    show: ShowDeptAndChildDept,
) -> Result<DepartmentWithChildren, ServiceError> {
    let corp = state.directory.corp(&user.corp_id)?;
    let dept = corp.dept(&show.dept_id)?;
    let full = corp.shown(dept);
    let children = corp.children(&show.dept_id).into_iter();
    let mut shown = DepartmentWithChildren::new(full.dept_id)
        .children(children.map(|child| corp.shown(child)))
        .visible_departments(full.visible_departments);
    macro_rules! take {
        ($($field:ident)*) => {$( shown.$field = full.$field; )*};
    }
    take! {
        name name_path id_path level is_leaf parent_dept_id corp_id note inbound_access
        outbound_access sort_level
    }
    Ok(shown)
}

pub(crate) fn search_department_by_name(
    state: &mut State,
    Member { user, .. }: Member,
    search: SearchDepartmentByName,
) -> Result<Vec<Department>, ServiceError> {
    let corp = state.directory.corp(&user.corp_id)?;
    let found = corp.departments.values();
    let found = found.filter(|dept| dept.name.contains(&search.name));
    Ok(found.map(|dept| corp.shown(dept)).collect())
}
