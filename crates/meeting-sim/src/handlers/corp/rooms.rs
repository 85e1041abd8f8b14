//! Cloud meeting rooms, resources and the record of an enterprise.

use meeting_types::{
    ServiceError, VmrId,
    models::{
        CorpRegistration, CorpResource, CorpResourcePage, CorpResourceSummary, CorpType,
        CorpVmrPage, ResourceType, VmrMode, VmrPackageUsage,
    },
    operations::{
        AssociateVmr, DeleteCorpVmr, DisassociateVmr, SearchCorpResources, SearchCorpVmr,
        ShowCorpBasicInfo, ShowCorpResource, UpdateCorpBasicInfo,
    },
};

use super::shown::corp_vmr;
use crate::{
    handlers::{admit::CorpAdmin, page::put_page_of},
    state::{
        State,
        corp::corps::{Corp, Room},
        errors,
    },
};

pub(crate) fn search_corp_vmr(
    state: &mut State,
    admin: CorpAdmin,
    search: SearchCorpVmr,
) -> Result<CorpVmrPage, ServiceError> {
    let corp = state.directory.corp(&admin.corp_id)?;
    let key = search.search_key.as_deref().unwrap_or_default();
    let mode = search.mode.unwrap_or(VmrMode::CloudMeetingRoom);
    let found = corp.rooms.values().filter(|room| {
        room.mode == mode
            && search.status.is_none_or(|status| status == room.status())
            && (room.name.contains(key) || room.conference_id.as_str().contains(key))
    });
    let mut page = CorpVmrPage::new();
    put_page_of(found.collect(), &search, &mut page, |room: &Room| {
        corp_vmr(state, room)
    });
    Ok(page)
}

/// Cloud rooms of an enterprise: all are there, or it is an error.
fn rooms<'a>(
    corp: &'a Corp,
    ids: &'a [VmrId],
) -> impl Iterator<Item = Result<&'a Room, ServiceError>> {
    ids.iter().map(|id| {
        let room = corp.rooms.get(id);
        let room = room.filter(|room| room.mode != VmrMode::PersonalMeetingId);
        room.ok_or_else(|| errors::DIRECTORY_PARAMETER.with_message("There is no such cloud room"))
    })
}

pub(crate) fn associate_vmr(
    state: &mut State,
    admin: CorpAdmin,
    associate: AssociateVmr,
) -> Result<(), ServiceError> {
    let kind = associate.account_kind.as_ref();
    let user = state
        .directory
        .find(&admin.corp_id, &associate.account_id, kind)?;
    let uuid = user.uuid.clone();
    let corp = state.directory.corp_mut(&admin.corp_id)?;
    for room in rooms(corp, &associate.vmr_ids) {
        if room?.owner.as_ref().is_some_and(|owner| *owner != uuid) {
            let message = "The cloud room is somebody else's";
            return Err(errors::DIRECTORY_PARAMETER.with_message(message));
        }
    }
    for id in &associate.vmr_ids {
        if let Some(room) = corp.rooms.get_mut(id) {
            room.owner = Some(uuid.clone());
        }
    }
    Ok(())
}

pub(crate) fn disassociate_vmr(
    state: &mut State,
    admin: CorpAdmin,
    disassociate: DisassociateVmr,
) -> Result<(), ServiceError> {
    let kind = disassociate.account_kind.as_ref();
    let user = state
        .directory
        .find(&admin.corp_id, &disassociate.account_id, kind)?;
    let uuid = user.uuid.clone();
    let corp = state.directory.corp_mut(&admin.corp_id)?;
    for room in rooms(corp, &disassociate.vmr_ids) {
        if room?.owner.as_ref() != Some(&uuid) {
            let message = "The cloud room is not that user's";
            return Err(errors::DIRECTORY_PARAMETER.with_message(message));
        }
    }
    for id in &disassociate.vmr_ids {
        if let Some(room) = corp.rooms.get_mut(id) {
            room.owner = None;
        }
    }
    Ok(())
}

pub(crate) fn delete_corp_vmr(
    state: &mut State,
    admin: CorpAdmin,
    delete: DeleteCorpVmr,
) -> Result<(), ServiceError> {
    let corp = state.directory.corp_mut(&admin.corp_id)?;
    for room in rooms(corp, &delete.vmr_ids) {
        room?;
    }
    for id in &delete.vmr_ids {
        corp.rooms.remove(id);
    }
    Ok(())
}

pub(crate) fn show_corp_resource(
    state: &mut State,
    admin: CorpAdmin,
    _: ShowCorpResource,
) -> Result<CorpResourceSummary, ServiceError> {
    let users = state.directory.people.count(&admin.corp_id);
    let corp = state.directory.corp(&admin.corp_id)?;
    let quota = |kind: ResourceType, used| corp.quota(&kind, used);
    let cloud = corp
        .rooms
        .values()
        .filter(|room| room.mode == VmrMode::CloudMeetingRoom);
    let (total, assigned) = cloud.fold((0, 0), |(total, assigned), room| {
        (total + 1, assigned + u32::from(room.owner.is_some()))
    });
    let packages = VmrPackageUsage::new()
        .package_name("Cloud room for 100")
        .capacity(100)
        .total(total)
        .assigned(assigned);
    Ok(CorpResourceSummary::new()
        .concurrent_participants(quota(ResourceType::ConcurrentParticipants, 0))
        .vmr_packages([packages])
        .user_accounts(quota(ResourceType::UserAccount, users))
        .devices_1080p(quota(ResourceType::Device1080p, corp.devices.len()))
        .smart_screens(quota(ResourceType::SmartScreen, corp.smart_devices.len()))
        .idea_hubs(quota(ResourceType::IdeaHub, 0))
        .recording_gigabytes(quota(ResourceType::RecordingSpace, 0))
        .live_streams(quota(ResourceType::LiveStream, 0))
        .max_participants_per_meeting(500)
        .max_meeting_length(1440)
        .pstn(true)
        .sms_notices(true))
}

pub(crate) fn search_corp_resources(
    state: &mut State,
    admin: CorpAdmin,
    search: SearchCorpResources,
) -> Result<CorpResourcePage, ServiceError> {
    let corp = state.directory.corp(&admin.corp_id)?;
    let key = search.search_key.as_deref().unwrap_or_default();
    fn is<T: PartialEq>(wanted: Option<&T>, found: Option<&T>) -> bool {
        wanted.is_none() || wanted == found
    }
    let found = corp.resources.iter().filter(|one| {
        let name = one.type_name.as_deref().unwrap_or_default();
        name.contains(key)
            && is(search.kind.as_ref(), one.kind.as_ref())
            && is(search.vmr_mode.as_ref(), one.vmr_mode.as_ref())
            && is(search.type_id.as_ref(), one.type_id.as_ref())
            && is(search.order_id.as_ref(), one.order_id.as_ref())
            && is(search.status.as_ref(), one.status.as_ref())
            && search
                .expires_after
                .is_none_or(|after| one.expires_at >= Some(after))
            && search
                .expires_before
                .is_none_or(|before| one.expires_at <= Some(before))
    });
    let mut page = CorpResourcePage::new();
    put_page_of(found.collect(), &search, &mut page, CorpResource::clone);
    Ok(page)
}

pub(crate) fn show_corp_basic_info(
    state: &mut State,
    admin: CorpAdmin,
    _: ShowCorpBasicInfo,
) -> Result<CorpRegistration, ServiceError> {
    let corp = state.directory.corp(&admin.corp_id)?;
    let mut shown = CorpRegistration::new()
        .corp_id(corp.id.clone())
        .name(corp.name.as_str())
        .address(corp.address.as_str())
        .admin_name(admin.user.name.as_str())
        .admin_account_id(admin.user.account.clone())
        .sms_notices(true)
        .cloud_disk(false)
        .pstn(true)
        .auto_create_users(corp.auto_create_users)
        .corp_type(CorpType::Flagship);
    shown.admin_phone = admin.user.phone.clone();
    shown.admin_country = admin.user.country.clone();
    shown.admin_email = admin.user.email.clone();
    Ok(shown)
}

pub(crate) fn update_corp_basic_info(
    state: &mut State,
    admin: CorpAdmin,
    update: UpdateCorpBasicInfo,
) -> Result<(), ServiceError> {
    let corp = state.directory.corp_mut(&admin.corp_id)?;
    corp.address = update.address.unwrap_or(std::mem::take(&mut corp.address));
    corp.auto_create_users = update.auto_create_users.unwrap_or(corp.auto_create_users);
    Ok(())
}
