//! The enterprise's directory: what is written is what is read, limits and uniqueness hold, deletes
//! delete, and roles decide.

#![allow(clippy::unwrap_used, reason = "tests may panic, their helpers too")]

mod support;

use std::time::Duration;

use meeting_sim::Simulator;
use meeting_types::{
    AccessToken, AccountCredential, Operation as _, Password, Upload,
    models::{
        AccountKind, AccountStatus, ActivationCodeDelivery, AdminType, ContactVerification,
        CorpUser, DirectoryScope, SmartDeviceType, UserLookup, UserLookupStatus, VmrStatus,
    },
    operations::{
        AddCorpAdmin, AddDepartment, AddDevice, AddUser, AssociateVmr, BatchDeleteCorpAdmins,
        BatchDeleteDevices, BatchDeleteUsers, BatchShowUserDetails, BatchUpdateDevicesStatus,
        BatchUpdateUserStatus, CheckVeriCodeForUpdateUserInfo, CreateVisionActiveCode,
        DeleteCorpVmr, DeleteDepartment, DeleteVisionActiveCode, DisassociateVmr, InviteUser,
        ResetActivecode, ResetVisionActiveCode, SearchCorpAdmins, SearchCorpDir,
        SearchCorpExternalDir, SearchCorpResources, SearchCorpVmr, SearchDepartmentByName,
        SearchDevices, SearchMemberVmr, SearchUsers, SearchVisionActiveCode,
        SendVeriCodeForUpdateUserInfo, SetProfileImage, SetUserProfileImage, ShowCorpAdmin,
        ShowCorpBasicInfo, ShowCorpResource, ShowDepartment, ShowDeptAndChildDept,
        ShowDeviceDetail, ShowDeviceTypes, ShowMyInfo, ShowUserDetail, UpdateContact,
        UpdateCorpBasicInfo, UpdateDepartment, UpdateDevice, UpdateMemberVmr, UpdateMyInfo,
        UpdateToken, UpdateUser,
    },
};
use support::{
    bad,
    bookings::{create, in_hours, log_in_as},
    call, log_in, refused,
};

/// What nobody may do who is no administrator.
fn illegal() -> (u16, String) {
    (403, "USG.000000004".to_owned())
}

fn add(sim: &Simulator, token: &AccessToken, name: &str) -> CorpUser {
    let account = format!("{name}@enterprise.example");
    let new = AddUser::new(name)
        .email(account.as_str())
        .account_id(account);
    call(sim, &new, token).unwrap()
}

fn names(sim: &Simulator, token: &AccessToken, search: &SearchUsers) -> Vec<String> {
    let found = call(sim, search, token).unwrap().data.into_iter();
    found.map(|user| user.name.unwrap()).collect()
}

#[test]
fn a_user_is_added_shown_changed_and_deleted() {
    let sim = Simulator::start().unwrap();
    let admin = log_in(&sim);
    let new = AddUser::new("Ann")
        .account_id("ann@enterprise.example")
        .third_party_user_id("ann-7")
        .email("ann@mail.example")
        .phone("+8613800000000")
        .title("Engineer")
        .sort_level(7_u32);
    let added = call(&sim, &new, &admin).unwrap();
    assert_eq!(added.title.as_deref(), Some("Engineer"));
    assert_eq!(added.dept_id.as_ref().map(|dept| dept.as_str()), Some("1"));
    assert_eq!(added.admin_type, Some(AdminType::NotAdmin));
    assert_eq!(added.vmrs.len(), 1, "a personal meeting id");
    let show = ShowUserDetail::new("ann@enterprise.example");
    assert_eq!(call(&sim, &show, &admin).unwrap(), added);
    let by_id = ShowUserDetail::new("ann-7").account_kind(AccountKind::ThirdParty);
    assert_eq!(call(&sim, &by_id, &admin).unwrap(), added);

    let change = UpdateUser::new("ann@enterprise.example")
        .email("ann@mail.example")
        .name("Ann B.")
        .signature("Hello");
    let changed = call(&sim, &change, &admin).unwrap();
    assert_eq!(changed.name.as_deref(), Some("Ann B."));
    assert_eq!(changed.signature.as_deref(), Some("Hello"));
    assert_eq!(changed.title, added.title);
    assert_eq!(call(&sim, &show, &admin).unwrap(), changed);

    let delete = BatchDeleteUsers::new(["ann@enterprise.example"]);
    call(&sim, &delete, &admin).unwrap();
    assert_eq!(refused(call(&sim, &show, &admin)), bad("USG.201040000"));
    assert_eq!(refused(call(&sim, &delete, &admin)), bad("USG.201040000"));
}

#[test]
fn accounts_and_ids_are_unique() {
    let sim = Simulator::start().unwrap();
    let admin = log_in(&sim);
    add(&sim, &admin, "ann");
    let again = AddUser::new("Other")
        .email("other@mail.example")
        .account_id("ann@enterprise.example");
    assert_eq!(refused(call(&sim, &again, &admin)), bad("USG.201040001"));
    log_in_as(&sim, "seven");
    let taken = AddUser::new("Other")
        .email("other@mail.example")
        .third_party_user_id("seven");
    assert_eq!(refused(call(&sim, &taken, &admin)), bad("USG.201040017"));
    let nowhere = AddUser::new("Other")
        .email("other@mail.example")
        .account_id("o@x.example")
        .dept_id("nowhere");
    assert_eq!(refused(call(&sim, &nowhere, &admin)), bad("USG.201030000"));
}

#[test]
fn all_or_none_are_deleted_and_disabled() {
    let sim = Simulator::start().unwrap();
    let admin = log_in(&sim);
    add(&sim, &admin, "ann");
    let both = ["ann@enterprise.example", "nobody@enterprise.example"];
    assert_eq!(
        refused(call(&sim, &BatchDeleteUsers::new(both), &admin)),
        bad("USG.201040000")
    );
    let off = BatchUpdateUserStatus::new(AccountStatus::Disabled, both);
    assert_eq!(refused(call(&sim, &off, &admin)), bad("USG.201040000"));
    let show = ShowUserDetail::new("ann@enterprise.example");
    assert_eq!(
        call(&sim, &show, &admin).unwrap().status,
        Some(AccountStatus::Active)
    );
    let off = BatchUpdateUserStatus::new(AccountStatus::Disabled, [both[0]]);
    call(&sim, &off, &admin).unwrap();
    assert_eq!(
        call(&sim, &show, &admin).unwrap().status,
        Some(AccountStatus::Disabled)
    );
}

#[test]
fn whoever_is_added_with_a_password_logs_in_until_disabled() {
    let sim = Simulator::start().unwrap();
    let admin = log_in(&sim);
    let new = AddUser::new("Ann")
        .account_id("ann@enterprise.example")
        .email("ann@mail.example")
        .password("Secret-77");
    call(&sim, &new, &admin).unwrap();
    let login = AccountCredential::new("ann@enterprise.example", "Secret-77")
        .login()
        .unwrap();
    let token = call(&sim, &login, &()).unwrap().access_token;
    let mine = call(&sim, &ShowMyInfo::new(), &token).unwrap();
    assert_eq!(mine.name.as_deref(), Some("Ann"));
    assert_eq!(refused(call(&sim, &SearchUsers::new(), &token)), illegal());
    let off = BatchUpdateUserStatus::new(AccountStatus::Disabled, ["ann@enterprise.example"]);
    call(&sim, &off, &admin).unwrap();
    assert_eq!(refused(call(&sim, &ShowMyInfo::new(), &token)).0, 401);
    assert_eq!(
        refused(call(&sim, &login, &())),
        (412, "USG.206010007".to_owned())
    );
}

#[test]
fn a_login_writes_its_user_into_the_directory() {
    let sim = Simulator::start().unwrap();
    let admin = log_in(&sim);
    let log_in = |name: &str| {
        let expires = meeting_types::Timestamp::from(sim.now() + Duration::from_secs(600));
        let app = sim.app_credential().user_id("u1");
        let mut login = app.login(expires, support::nonce()).unwrap();
        login.user_name = Some(name.to_owned());
        login.user_email = Some("u1@mail.example".to_owned());
        login.user_phone = Some("+861".to_owned());
        call(&sim, &login, &()).unwrap()
    };
    log_in("Ann");
    log_in("Ann B.");
    let show = ShowUserDetail::new("u1").account_kind(AccountKind::ThirdParty);
    let shown = call(&sim, &show, &admin).unwrap();
    assert_eq!(shown.name.as_deref(), Some("Ann B."));
    assert_eq!(shown.email.as_deref(), Some("u1@mail.example"));
    assert_eq!(shown.phone.as_deref(), Some("+861"));
}

#[test]
fn users_are_searched_in_order_and_by_page() {
    let sim = Simulator::start().unwrap();
    let admin = log_in(&sim);
    for name in ["dana", "bo", "ann", "chen"] {
        add(&sim, &admin, name);
    }
    let first = UpdateUser::new("dana@enterprise.example")
        .email("dana@enterprise.example")
        .sort_level(1_u32);
    call(&sim, &first, &admin).unwrap();
    let search = SearchUsers::new().search_key("@ENTERPRISE.example");
    assert_eq!(names(&sim, &admin, &search), ["dana", "ann", "bo", "chen"]);
    let page = SearchUsers::new().search_key("@enterprise").limit(3_u32);
    assert_eq!(names(&sim, &admin, &page.clone().offset(3_u32)), ["chen"]);
    // An offset past the end answers the last page again.
    assert_eq!(names(&sim, &admin, &page.offset(300_u32)), ["chen"]);
    let found = call(&sim, &SearchUsers::new().search_key("nobody"), &admin).unwrap();
    assert_eq!((found.count, found.data.len()), (Some(0), 0));
}

#[test]
fn departments_are_a_tree() {
    let sim = Simulator::start().unwrap();
    let admin = log_in(&sim);
    let add_dept = |name: &str, parent: &str| {
        let new = AddDepartment::new(name).parent_dept_id(parent);
        call(&sim, &new, &admin).map(|created| created.id)
    };
    let sales = add_dept("Sales", "1").unwrap();
    let asia = add_dept("Asia", &sales).unwrap();
    assert_eq!(
        refused(add_dept("Asia", &sales)),
        bad("USG.000000003"),
        "the name is taken"
    );
    assert_eq!(refused(add_dept("X", "nowhere")), bad("USG.201030000"));
    let shown = call(&sim, &ShowDeptAndChildDept::new(&*sales), &admin).unwrap();
    assert_eq!((shown.level, shown.is_leaf), (Some(1), Some(false)));
    assert_eq!(shown.children[0].name.as_deref(), Some("Asia"));
    assert!(
        shown.children[0]
            .name_path
            .as_deref()
            .unwrap()
            .ends_with("Sales/Asia")
    );
    let book = call(&sim, &ShowDepartment::new("1"), &admin).unwrap();
    assert_eq!(book.children.len(), 1);

    let below_itself = UpdateDepartment::new(&*sales).parent_dept_id(&*asia);
    assert_eq!(
        refused(call(&sim, &below_itself, &admin)),
        bad("USG.000000003")
    );
    call(
        &sim,
        &UpdateDepartment::new(&*sales).name("Marketing"),
        &admin,
    )
    .unwrap();
    let found = call(&sim, &SearchDepartmentByName::new("Market"), &admin).unwrap();
    assert_eq!(found.len(), 1);

    add(&sim, &admin, "ann");
    let member = UpdateUser::new("ann@enterprise.example")
        .email("ann@mail.example")
        .dept_id(&*asia);
    let ann = call(&sim, &member, &admin).unwrap();
    assert_eq!(ann.dept_name.as_deref(), Some("Asia"));
    let all = SearchUsers::new().dept_id(&*sales);
    assert_eq!(names(&sim, &admin, &all), ["ann"]);
    let direct = SearchUsers::new()
        .dept_id(&*sales)
        .include_sub_departments(false);
    assert!(names(&sim, &admin, &direct).is_empty());

    assert_eq!(
        refused(call(&sim, &DeleteDepartment::new("1"), &admin)),
        bad("USG.201030006")
    );
    let delete = DeleteDepartment::new(&*asia);
    assert_eq!(
        refused(call(&sim, &delete, &admin)),
        bad("USG.000000003"),
        "ann is in it"
    );
    call(
        &sim,
        &BatchDeleteUsers::new(["ann@enterprise.example"]),
        &admin,
    )
    .unwrap();
    call(&sim, &delete, &admin).unwrap();
    assert_eq!(refused(call(&sim, &delete, &admin)), bad("USG.201030000"));
}

#[test]
fn administrators_come_and_go() {
    let sim = Simulator::start().unwrap();
    let admin = log_in(&sim);
    let user = log_in_as(&sim, "ann");
    let promote = AddCorpAdmin::new("ann").account_kind(AccountKind::ThirdParty);
    assert_eq!(refused(call(&sim, &promote, &user)), illegal());
    call(&sim, &promote, &admin).unwrap();
    assert_eq!(refused(call(&sim, &promote, &admin)), bad("USG.201040003"));
    let listed = call(&sim, &SearchCorpAdmins::new(), &admin).unwrap().data;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].admin_type, Some(AdminType::Ordinary));
    // An administrator administers people, and no administrators.
    call(&sim, &SearchUsers::new(), &user).unwrap();
    let other = AddCorpAdmin::new("demo@meeting.example");
    assert_eq!(refused(call(&sim, &other, &user)), illegal());
    let show = ShowCorpAdmin::new("ann").account_kind(AccountKind::ThirdParty);
    assert_eq!(call(&sim, &show, &admin).unwrap().name, listed[0].name);
    let default = BatchDeleteCorpAdmins::new(["admin-651543334"]);
    assert_eq!(refused(call(&sim, &default, &admin)), bad("USG.201040004"));
    let demote = BatchDeleteCorpAdmins::new(["ann"]).account_kind(AccountKind::ThirdParty);
    call(&sim, &demote, &admin).unwrap();
    assert_eq!(refused(call(&sim, &show, &admin)), bad("USG.201040000"));
    assert_eq!(refused(call(&sim, &SearchUsers::new(), &user)), illegal());
}

#[test]
fn devices_are_added_changed_and_deleted() {
    let sim = Simulator::start().unwrap();
    let admin = log_in(&sim);
    let types = call(&sim, &ShowDeviceTypes::new(), &admin).unwrap();
    let model = types[0].model.clone().unwrap();
    let new = AddDevice::new("Room 5", model)
        .serial_number("SN5")
        .email("room@mail.example");
    let added = call(&sim, &new, &admin).unwrap();
    let show = ShowDeviceDetail::new("SN5");
    assert_eq!(call(&sim, &show, &admin).unwrap(), added);
    assert_eq!(refused(call(&sim, &new, &admin)), bad("USG.000000003"));
    assert!(sim.mailbox().code_for("room@mail.example").is_some());
    let change = UpdateDevice::new("SN5")
        .email("room@mail.example")
        .name("Room 6")
        .description("By the window");
    call(&sim, &change, &admin).unwrap();
    let found = call(&sim, &SearchDevices::new().search_key("Room 6"), &admin)
        .unwrap()
        .data;
    assert_eq!(found[0].description.as_deref(), Some("By the window"));
    let off = BatchUpdateDevicesStatus::new(AccountStatus::Disabled, ["SN5"]);
    call(&sim, &off, &admin).unwrap();
    let shown = call(&sim, &show, &admin).unwrap();
    assert_eq!(shown.status, Some(AccountStatus::Disabled));

    let to = ActivationCodeDelivery::new().email("room@mail.example");
    let reset = ResetActivecode::new("SN5", to);
    for _ in 0..5 {
        call(&sim, &reset, &admin).unwrap();
    }
    assert_eq!(refused(call(&sim, &reset, &admin)), bad("USG.201050010"));
    let rooms = SearchCorpDir::new().scope(DirectoryScope::Devices);
    assert_eq!(call(&sim, &rooms, &admin).unwrap().count, Some(1));
    call(&sim, &BatchDeleteDevices::new(["SN5"]), &admin).unwrap();
    assert_eq!(refused(call(&sim, &show, &admin)), bad("USG.201050000"));
    assert_eq!(call(&sim, &rooms, &admin).unwrap().count, Some(0));
}

#[test]
fn activation_codes_of_smart_devices_are_listed_until_deleted() {
    let sim = Simulator::start().unwrap();
    let admin = log_in(&sim);
    let create = CreateVisionActiveCode::new(SmartDeviceType::IdeaHub, "Board");
    let code = call(&sim, &create, &admin).unwrap().code;
    let list = || {
        call(&sim, &SearchVisionActiveCode::new(), &admin)
            .unwrap()
            .data
    };
    let listed = list();
    assert_eq!(listed[0].code.as_ref(), Some(&code));
    let id = listed[0].id.clone().unwrap();
    let to = ActivationCodeDelivery::new().email("board@mail.example");
    let reset = call(&sim, &ResetVisionActiveCode::new(&*id, to), &admin)
        .unwrap()
        .code;
    assert_ne!(reset, code);
    let mailed = sim.mailbox().code_for("board@mail.example");
    assert_eq!(mailed.as_deref(), Some(reset.expose()));
    call(&sim, &DeleteVisionActiveCode::new([&*id]), &admin).unwrap();
    assert!(list().is_empty());
}

#[test]
fn cloud_rooms_are_given_to_people_who_then_meet_there() {
    let sim = Simulator::start().unwrap();
    let admin = log_in(&sim);
    let user = log_in_as(&sim, "ann");
    let free = SearchCorpVmr::new().status(VmrStatus::Unassigned);
    let rooms = call(&sim, &free, &admin).unwrap().data;
    assert_eq!(rooms.len(), 2);
    let room = rooms[0].vmr_id.clone().unwrap();
    let give = AssociateVmr::new("ann", [room.as_str()]).account_kind(AccountKind::ThirdParty);
    call(&sim, &give, &admin).unwrap();
    assert_eq!(call(&sim, &free, &admin).unwrap().data.len(), 1);
    let mine = SearchMemberVmr::new().cloud_meeting_rooms(true);
    assert_eq!(
        call(&sim, &mine, &user).unwrap().data[0].vmr_id.as_ref(),
        Some(&room)
    );

    let same = UpdateMemberVmr::new(room.as_str())
        .host_password(Password::new("123456"))
        .guest_password(Password::new("123456"));
    assert_eq!(refused(call(&sim, &same, &user)), bad("USG.201080006"));
    let update = same
        .guest_password(Password::new("654321"))
        .name("Ann's corner");
    call(&sim, &update, &user).unwrap();
    assert_eq!(refused(call(&sim, &update, &admin)), bad("MMC.111071063"));

    let booking = in_hours(&sim, 2).uses_vmr(true).vmr_id(room.as_str());
    let booked = create(&sim, &user, booking.clone()).unwrap();
    assert_eq!(booked.vmr_id.as_ref(), Some(&room));
    assert_eq!(booked.vmr_conference_id, rooms[0].vmr_conference_id);
    let passwords: Vec<_> = booked
        .passwords
        .iter()
        .filter_map(|one| one.password.as_ref())
        .collect();
    assert_eq!(
        passwords,
        [&Password::new("123456"), &Password::new("654321")]
    );
    assert_eq!(
        refused(create(&sim, &user, booking.clone())),
        bad("MMC.111071005"),
        "taken"
    );
    assert_eq!(refused(create(&sim, &admin, booking)), bad("MMC.111071063"));
    let take = DisassociateVmr::new("ann", [room.as_str()]).account_kind(AccountKind::ThirdParty);
    call(&sim, &take, &admin).unwrap();
    call(&sim, &DeleteCorpVmr::new([room.as_str()]), &admin).unwrap();
    assert_eq!(
        call(&sim, &SearchCorpVmr::new(), &admin)
            .unwrap()
            .data
            .len(),
        1
    );
}

#[test]
fn people_change_their_own_records() {
    let sim = Simulator::start().unwrap();
    let user = log_in_as(&sim, "ann");
    call(&sim, &UpdateMyInfo::new("Ann").title("Engineer"), &user).unwrap();
    let mine = call(&sim, &ShowMyInfo::new(), &user).unwrap();
    assert_eq!(
        (mine.name.as_deref(), mine.title.as_deref()),
        (Some("Ann"), Some("Engineer"))
    );

    let to = "ann@mail.example";
    let with = |code: &str| ContactVerification::new(to).code(code);
    let send = SendVeriCodeForUpdateUserInfo::new(ContactVerification::new(to));
    call(&sim, &send, &user).unwrap();
    assert_eq!(
        refused(call(&sim, &send, &user)),
        bad("USG.206030004"),
        "not so soon"
    );
    let code = sim.mailbox().code_for(to).unwrap();
    let wrong = if code == "111111" { "222222" } else { "111111" };
    assert_eq!(
        refused(call(&sim, &UpdateContact::new(with(wrong)), &user)),
        bad("USG.206030001")
    );
    call(
        &sim,
        &CheckVeriCodeForUpdateUserInfo::new(with(&code)),
        &user,
    )
    .unwrap();
    call(&sim, &UpdateContact::new(with(&code)), &user).unwrap();
    let mine = call(&sim, &ShowMyInfo::new(), &user).unwrap();
    assert_eq!(mine.email.as_deref(), Some(to));
    assert_eq!(
        refused(call(&sim, &UpdateContact::new(with(&code)), &user)),
        bad("USG.206030001")
    );

    let picture = |bytes: &'static [u8]| Upload::new("me.png", "image/png", bytes);
    call(
        &sim,
        &SetProfileImage::new(picture(b"\x89PNG and more")),
        &user,
    )
    .unwrap();
    let no_picture = SetProfileImage::new(picture(b"plain text"));
    assert_eq!(refused(call(&sim, &no_picture, &user)).0, 415);
    let uuid = mine.user_uuid.unwrap();
    let for_her = SetUserProfileImage::new(uuid, picture(b"\x89PNG and more"));
    assert_eq!(refused(call(&sim, &for_her, &user)), illegal());
    call(&sim, &for_her, &log_in(&sim)).unwrap();
}

#[test]
fn the_address_book_shows_people_and_hides_numbers() {
    let sim = Simulator::start().unwrap();
    let admin = log_in(&sim);
    let user = log_in_as(&sim, "ann");
    let new = AddUser::new("Bo")
        .account_id("bo@x.example")
        .phone("+8613812345678")
        .hide_phone(true);
    let bo = call(&sim, &new, &admin).unwrap();
    let found = call(&sim, &SearchCorpDir::new().search_key("Bo"), &user)
        .unwrap()
        .data;
    assert_eq!(found[0].name.as_deref(), Some("Bo"));
    assert_eq!(found[0].phone.as_deref(), Some("+86*******5678"));
    let uuid = bo.user_uuid.unwrap();
    let ask = [UserLookup::new(uuid.as_str()), UserLookup::new("nobody")];
    let shown = call(&sim, &BatchShowUserDetails::new(ask), &user).unwrap();
    assert_eq!(shown[0].name.as_deref(), Some("Bo"));
    assert_eq!(shown[1].status, Some(UserLookupStatus::NotFound));
    let external = call(&sim, &SearchCorpExternalDir::new(), &user).unwrap();
    assert_eq!((external.count, external.data.len()), (Some(0), 0));
}

#[test]
fn the_enterprise_has_a_record_and_resources() {
    let sim = Simulator::start().unwrap();
    let admin = log_in(&sim);
    add(&sim, &admin, "ann");
    call(
        &sim,
        &UpdateCorpBasicInfo::new().address("Main Street 1"),
        &admin,
    )
    .unwrap();
    let record = call(&sim, &ShowCorpBasicInfo::new(), &admin).unwrap();
    assert_eq!(record.address.as_deref(), Some("Main Street 1"));
    let resources = call(&sim, &ShowCorpResource::new(), &admin).unwrap();
    assert_eq!(resources.user_accounts.unwrap().used, Some(2));
    let listed = call(&sim, &SearchCorpResources::new(), &admin).unwrap();
    assert_eq!(listed.count, Some(8));
    let invite = InviteUser::new("Chen", "chen@mail.example");
    let invited = call(&sim, &invite, &admin).unwrap();
    assert_eq!(invited.account_exists, Some(false));
    assert_eq!(sim.mailbox().messages()[0].to, "chen@mail.example");
}

#[test]
fn two_enterprises_know_nothing_of_each_other() {
    let sim = Simulator::start().unwrap();
    let admin = log_in(&sim);
    add(&sim, &admin, "ann");
    let provider = meeting_types::AppCredential::new(
        meeting_sim::DEFAULT_PROVIDER_APP_ID,
        meeting_sim::DEFAULT_PROVIDER_APP_KEY,
    );
    let expires = meeting_types::Timestamp::from(sim.now() + Duration::from_secs(600));
    let login = provider
        .corp_id("42")
        .login(expires, support::nonce())
        .unwrap();
    let other = call(&sim, &login, &()).unwrap().access_token;
    let show = ShowUserDetail::new("ann@enterprise.example");
    assert_eq!(refused(call(&sim, &show, &other)), bad("USG.201040000"));
    assert_eq!(
        call(&sim, &SearchUsers::new(), &other).unwrap().count,
        Some(1)
    );
}

/// Newer editions of the reference want the refresh token, the official SDK sends the access token.
#[test]
fn a_login_is_renewed_by_either_of_its_tokens() {
    let sim = Simulator::start().unwrap();
    let token = log_in(&sim);
    let renew = UpdateToken::new(token.expose());
    let login = call(&sim, &renew, &()).unwrap();
    assert_eq!(refused(call(&sim, &ShowMyInfo::new(), &token)).0, 401);
    let refresh = login.refresh_token.unwrap();
    let again = call(&sim, &UpdateToken::new(refresh.expose()), &()).unwrap();
    call(&sim, &ShowMyInfo::new(), &again.access_token).unwrap();
    let name = UpdateToken::INFO.name;
    assert_eq!(
        refused(call(&sim, &renew, &())).0,
        401,
        "{name} takes a token once"
    );
}
