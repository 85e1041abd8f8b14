//! Parts of users and rooms as responses show them.

use meeting_types::{
    UserId,
    models::{CorpVmr, MemberVmr, NamedId, UserVmr},
};

use crate::state::{
    State,
    corp::{corps::Room, people::User},
};

/// The id by which an application knows somebody.
pub(super) fn user_code(user: &User) -> Option<UserId> {
    let third = user.third_party_account.as_deref();
    third.map(UserId::new)
}

/// A room in the record of its owner.
pub(super) fn user_vmr(room: &Room) -> UserVmr {
    UserVmr::new()
        .vmr_id(room.id.clone())
        .vmr_conference_id(room.conference_id.clone())
        .name(room.name.as_str())
        .mode(room.mode)
        .package_name(room.package())
        .package_capacity(room.capacity)
        .status(room.status())
}

/// A room in the list of an enterprise.
pub(super) fn corp_vmr(state: &State, room: &Room) -> CorpVmr {
    let mut shown = CorpVmr::new()
        .vmr_id(room.id.clone())
        .vmr_conference_id(room.conference_id.clone())
        .name(room.name.as_str())
        .package_name(room.package())
        .package_capacity(room.capacity)
        .status(room.status());
    let owner = room
        .owner
        .as_ref()
        .and_then(|uuid| state.directory.user(uuid));
    shown.assigned_user = owner.map(|owner| {
        NamedId::new()
            .id(owner.uuid.as_str())
            .name(owner.name.as_str())
    });
    shown
}

/// A room in the list of its owner.
pub(crate) fn member_vmr(room: &Room) -> MemberVmr {
    let mut shown = MemberVmr::new()
        .vmr_id(room.id.clone())
        .vmr_conference_id(room.conference_id.clone())
        .name(room.name.as_str())
        .mode(room.mode)
        .host_password(room.host_password.clone())
        .guests_can_start(room.guests_can_start)
        .notify_owner(room.notify_owner)
        .package_name(room.package())
        .package_capacity(room.capacity)
        .status(room.status());
    shown.guest_password = room.guest_password.clone();
    shown
}
