//! The address book of an enterprise.

use meeting_types::{
    DeptId, ServiceError, Timestamp, Upload, UserUuid,
    models::{
        DirectoryDepartment, DirectoryScope, DirectorySubDepartment, DirectoryUser,
        DirectoryUserPage, DirectoryUserType, ExternalContactPage, UserIdType, UserLookupStatus,
        VmrMode,
    },
    operations::{
        BatchShowUserDetails, SearchCorpDir, SearchCorpExternalDir, SetProfileImage,
        SetUserProfileImage, ShowDepartment,
    },
};

use crate::{
    handlers::{
        admit::{CorpAdmin, Member},
        page::{page, put_page_of},
    },
    state::{
        State,
        corp::{corps::Corp, directory::Directory, people::User},
        errors,
    },
};

/// The greatest picture that the service takes.
const LARGEST_PICTURE: usize = 10 * 1024 * 1024;

/// A telephone number of which others see the ends only.
fn hidden(number: &str) -> String {
    let letters: Vec<char> = number.chars().collect();
    let shown = |place: usize| place < 3 || place + 4 >= letters.len();
    let letters = letters.iter().enumerate();
    letters
        .map(|(place, letter)| if shown(place) { *letter } else { '*' })
        .collect()
}

/// Somebody as colleagues see them.
fn person(directory: &Directory, user: &User) -> DirectoryUser {
    let mut shown = DirectoryUser::new()
        .user_uuid(user.uuid.clone())
        .account_id(user.account.clone())
        .name(user.name.as_str())
        .number(user.sip_number.as_str())
        .dept_ids([user.dept_id.clone()])
        .kind(DirectoryUserType::Person)
        .hide_phone(user.hide_phone)
        .is_terminal(false)
        .updated_at(Timestamp::from(user.updated));
    macro_rules! take {
        ($($field:ident)*) => {$( shown.$field = user.$field.clone(); )*};
    }
    take! { english_name email title signature }
    shown.description = user.remark.clone();
    shown.dept_name = directory.dept_name(user);
    shown.phone = user.phone.as_ref().map(|phone| {
        if user.hide_phone {
            hidden(phone)
        } else {
            phone.clone()
        }
    });
    let corp = directory.corp(&user.corp_id).ok();
    let mut rooms = corp.into_iter().flat_map(|corp| corp.rooms_of(&user.uuid));
    let personal = rooms.find(|room| room.mode == VmrMode::PersonalMeetingId);
    shown.personal_meeting_id = personal.map(|room| room.conference_id.clone());
    shown
}

/// The devices of an enterprise as people see them.
fn devices<'a>(
    corp: &'a Corp,
    key: &'a str,
    within: impl Fn(&DeptId) -> bool + 'a,
) -> impl Iterator<Item = DirectoryUser> + 'a {
    let all = corp.devices.values().map(|row| &row.device);
    let found = all.filter(move |device| {
        let texts = [&device.name, &device.number];
        texts.into_iter().flatten().any(|text| text.contains(key))
            && device.dept_id.as_ref().is_some_and(&within)
    });
    found.map(|device| {
        let mut shown = DirectoryUser::new()
            .kind(DirectoryUserType::Terminal)
            .dept_ids(device.dept_id.clone())
            .is_terminal(true);
        shown.account_id = device.account_id.clone();
        shown.name = device.name.clone();
        shown.number = device.number.clone();
        shown.email = device.email.clone();
        shown.description = device.description.clone();
        shown
    })
}

pub(crate) fn search_corp_dir(
    state: &mut State,
    Member { user, .. }: Member,
    search: SearchCorpDir,
) -> Result<DirectoryUserPage, ServiceError> {
    let directory = &state.directory;
    let corp = directory.corp(&user.corp_id)?;
    let within = |dept: &DeptId| match &search.dept_id {
        None => true,
        Some(wanted) if search.include_sub_departments == Some(false) => dept == wanted,
        Some(wanted) => corp.is_within(dept, wanted),
    };
    let key = search.search_key.as_deref().unwrap_or_default();
    let (people, rooms) = match search.scope {
        Some(DirectoryScope::People) => (true, false),
        Some(DirectoryScope::Devices) => (false, true),
        _ => (true, true),
    };
    let found = directory.people.search(&user.corp_id, key);
    let found = found.filter(|one| people && within(&one.dept_id));
    let found: Vec<&User> = found.map(|one| &**one).collect();
    let rooms = rooms.then(|| devices(corp, key, within));
    let rooms: Vec<DirectoryUser> = rooms.into_iter().flatten().collect();
    // People come first; only those on the page are written out.
    let total = found.len();
    let places: Vec<usize> = (0..total + rooms.len()).collect();
    let mut reply = DirectoryUserPage::new();
    put_page_of(places, &search, &mut reply, |place| {
        match found.get(place) {
            Some(one) => person(directory, one),
            None => rooms[place - total].clone(),
        }
    });
    Ok(reply)
}

pub(crate) fn batch_show_user_details(
    state: &mut State,
    Member { user, .. }: Member,
    show: BatchShowUserDetails,
) -> Result<Vec<DirectoryUser>, ServiceError> {
    let directory = &state.directory;
    let wanted = show.users.iter().map(|lookup| {
        let found = match show.id_kind {
            Some(UserIdType::ThirdParty) => {
                directory.people.by_third_party(&user.corp_id, &lookup.id)
            }
            _ => directory.user(&UserUuid::new(lookup.id.as_str())),
        };
        match found {
            Some(found) if found.corp_id == user.corp_id => {
                person(directory, found).status(UserLookupStatus::Changed)
            }
            Some(_) => DirectoryUser::new().status(UserLookupStatus::Forbidden),
            None => DirectoryUser::new()
                .user_uuid(lookup.id.as_str())
                .status(UserLookupStatus::NotFound),
        }
    });
    Ok(wanted.collect())
}

/// Nobody puts external contacts in by this API.
pub(crate) fn search_corp_external_dir(
    _: &mut State,
    _: Member,
    search: SearchCorpExternalDir,
) -> Result<ExternalContactPage, ServiceError> {
    let mut reply = ExternalContactPage::new();
    put_page_of(Vec::new(), &search, &mut reply, |contact| contact);
    Ok(reply)
}

pub(crate) fn show_department(
    state: &mut State,
    Member { user, .. }: Member,
    show: ShowDepartment,
) -> Result<DirectoryDepartment, ServiceError> {
    let corp = state.directory.corp(&user.corp_id)?;
    let dept = corp.dept(&show.dept_id)?;
    let children = corp.children(&dept.id);
    let leaf = children.is_empty();
    let children = page(children, 0, 500).into_iter().map(|child| {
        DirectorySubDepartment::new()
            .dept_id(child.id.clone())
            .name(child.name.as_str())
            .is_leaf(corp.children(&child.id).is_empty())
    });
    Ok(DirectoryDepartment::new(dept.id.clone())
        .name(dept.name.as_str())
        .is_leaf(leaf)
        .children(children))
}

/// Keeps a picture, if it is one.
fn keep_picture(state: &mut State, uuid: &UserUuid, file: Upload) -> Result<(), ServiceError> {
    if file.content.len() > LARGEST_PICTURE {
        return Err(errors::PICTURE_TOO_LARGE.into());
    }
    let known: [&[u8]; 4] = [b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM"];
    if !known.iter().any(|start| file.content.starts_with(start)) {
        return Err(errors::NO_PICTURE.into());
    }
    let now = state.now;
    let people = &mut state.directory.people;
    people.change(uuid, now, |user| user.picture = Some(file.content));
    Ok(())
}

pub(crate) fn set_profile_image(
    state: &mut State,
    Member { user, .. }: Member,
    set: SetProfileImage,
) -> Result<(), ServiceError> {
    keep_picture(state, &user.uuid, set.file)
}

pub(crate) fn set_user_profile_image(
    state: &mut State,
    admin: CorpAdmin,
    set: SetUserProfileImage,
) -> Result<(), ServiceError> {
    let user = state.directory.user(&set.user_uuid);
    if user.is_none_or(|user| user.corp_id != admin.corp_id) {
        return Err(errors::NO_SUCH_USER.into());
    }
    keep_picture(state, &set.user_uuid, set.file)
}
