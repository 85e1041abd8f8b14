//! Terminals in rooms, and activation codes of smart devices.

use std::time::{Duration, SystemTime};

use meeting_types::{
    AccountId, ServiceError, Timestamp,
    models::{
        AccountStatus, ActivationCode, ActivationCodeDelivery, CorpDevice, CorpDevicePage,
        DeviceModel, DeviceOrigin, ListedActivationCode, ListedActivationCodePage,
        ProjectionCodeMode, ResourceType,
    },
    operations::{
        AddDevice, BatchDeleteDevices, BatchUpdateDevicesStatus, CreateVisionActiveCode,
        DeleteVisionActiveCode, ResetActivecode, ResetVisionActiveCode, SearchDevices,
        SearchVisionActiveCode, ShowDeviceDetail, ShowDeviceTypes, UpdateDevice,
    },
};

use super::users::check_contact;
use crate::{
    handlers::{admit::CorpAdmin, page::put_page_of},
    state::{
        State,
        corp::corps::{Corp, Device, SmartDevice},
        errors,
    },
};

/// The models of terminals that there are: name, maker, resolution.
const MODELS: [(&str, bool, &str); 6] = [
    ("TE10", true, "1080P"),
    ("TE20", true, "1080P"),
    ("TE30", true, "1080P"),
    ("TE50", true, "1080P"),
    ("Cisco", false, "1080P"),
    ("Polycom", false, "1080P"),
];
/// How often a day an activation code is reset.
const RESETS: usize = 5;
const DAY: Duration = Duration::from_secs(24 * 3600);
/// How long an activation code of a smart device is good.
const CODE_LIFETIME: Duration = Duration::from_secs(7 * 24 * 3600);

/// A device as responses show it.
fn shown(corp: &Corp, device: &CorpDevice) -> CorpDevice {
    let mut shown = device.clone();
    if let Some(dept) = shown
        .dept_id
        .as_ref()
        .and_then(|id| corp.departments.get(id))
    {
        shown.dept_name = Some(dept.name.clone());
        shown.dept_name_path = Some(corp.name_path(&dept.id));
    }
    shown
}

/// Sends an activation code to wherever it can be sent.
fn deliver(state: &mut State, code: &str, email: Option<&str>, phone: Option<&str>) {
    let now = state.now;
    for to in [email, phone].into_iter().flatten() {
        state.directory.codes.mail(to, "activation code", code, now);
    }
}

pub(crate) fn add_device(
    state: &mut State,
    admin: CorpAdmin,
    add: AddDevice,
) -> Result<CorpDevice, ServiceError> {
    check_contact(add.email.as_deref(), add.phone.as_deref())?;
    let known = MODELS.iter().find(|(name, ..)| *name == add.model);
    let (_, own, _) = known.ok_or_else(|| {
        errors::DIRECTORY_PARAMETER.with_message("`model` is none that ShowDeviceTypes lists")
    })?;
    let serial = add.serial_number.unwrap_or_else(|| state.random.hex(30));
    let (account, number) = (
        state.random.hex(32),
        format!("+99{}", state.random.digits(8)),
    );
    let code = state.random.digits(8);
    let corp = state.directory.corp_mut(&admin.corp_id)?;
    if !corp.has_space(&ResourceType::Device1080p, corp.devices.len()) {
        return Err(errors::TOO_MANY_DEVICES.into());
    }
    if corp.devices.contains_key(&serial) {
        return Err(errors::DIRECTORY_PARAMETER.with_message("`sn` is taken"));
    }
    let dept = corp.dept_or_root(add.dept_id.as_ref())?;
    let mut device = CorpDevice::new()
        .name(add.name)
        .origin(if *own {
            DeviceOrigin::Huawei
        } else {
            DeviceOrigin::ThirdParty
        })
        .model(add.model)
        .serial_number(serial.as_str())
        .account_id(account)
        .number(number)
        .projection_code_mode(
            add.projection_code_mode
                .unwrap_or(ProjectionCodeMode::Automatic),
        )
        .dept_id(dept)
        .status(add.status.unwrap_or(AccountStatus::Active));
    device.phone = add.phone;
    device.country = add.country;
    device.email = add.email;
    device.description = add.description;
    let reply = shown(corp, &device);
    let row = Device {
        device,
        resets: Vec::new(),
    };
    corp.devices.insert(serial, row);
    deliver(state, &code, reply.email.as_deref(), reply.phone.as_deref());
    Ok(reply)
}

pub(crate) fn search_devices(
    state: &mut State,
    admin: CorpAdmin,
    search: SearchDevices,
) -> Result<CorpDevicePage, ServiceError> {
    let corp = state.directory.corp(&admin.corp_id)?;
    let key = search.search_key.as_deref().unwrap_or_default();
    let found = corp
        .devices
        .values()
        .map(|row| &row.device)
        .filter(|device| {
            let texts = [&device.name, &device.serial_number, &device.number];
            let mut texts = texts.into_iter().flatten();
            let within = search.dept_id.as_ref().is_none_or(|wanted| {
                device.dept_id.as_ref().is_some_and(|dept| {
                    if search.include_sub_departments == Some(false) {
                        dept == wanted
                    } else {
                        corp.is_within(dept, wanted)
                    }
                })
            });
            within
                && texts.any(|text| text.contains(key))
                && search
                    .model
                    .as_ref()
                    .is_none_or(|model| device.model.as_ref() == Some(model))
        });
    let mut page = CorpDevicePage::new();
    put_page_of(found.collect(), &search, &mut page, |device| {
        shown(corp, device)
    });
    Ok(page)
}

pub(crate) fn show_device_detail(
    state: &mut State,
    admin: CorpAdmin,
    show: ShowDeviceDetail,
) -> Result<CorpDevice, ServiceError> {
    let corp = state.directory.corp(&admin.corp_id)?;
    let row = corp.devices.get(&show.serial_number);
    let row = row.ok_or(errors::NO_SUCH_DEVICE)?;
    Ok(shown(corp, &row.device))
}

pub(crate) fn update_device(
    state: &mut State,
    admin: CorpAdmin,
    update: UpdateDevice,
) -> Result<(), ServiceError> {
    check_contact(update.email.as_deref(), update.phone.as_deref())?;
    let corp = state.directory.corp_mut(&admin.corp_id)?;
    if let Some(dept) = &update.dept_id {
        corp.dept(dept)?;
    }
    let device = &mut corp.device(&update.serial_number)?.device;
    macro_rules! take {
        ($($field:ident)*) => {$(
            if update.$field.is_some() {
                device.$field = update.$field;
            }
        )*};
    }
    take! { name projection_code_mode dept_id phone country email description status }
    Ok(())
}

pub(crate) fn batch_delete_devices(
    state: &mut State,
    admin: CorpAdmin,
    delete: BatchDeleteDevices,
) -> Result<(), ServiceError> {
    let corp = state.directory.corp_mut(&admin.corp_id)?;
    // All or none.
    for serial in &delete.serial_numbers {
        corp.device(serial)?;
    }
    for serial in &delete.serial_numbers {
        corp.devices.remove(serial);
    }
    Ok(())
}

pub(crate) fn batch_update_devices_status(
    state: &mut State,
    admin: CorpAdmin,
    update: BatchUpdateDevicesStatus,
) -> Result<(), ServiceError> {
    let corp = state.directory.corp_mut(&admin.corp_id)?;
    corp.set_devices(&update.serial_numbers, update.status)
}

pub(crate) fn show_device_types(
    _: &mut State,
    _: CorpAdmin,
    _: ShowDeviceTypes,
) -> Result<Vec<DeviceModel>, ServiceError> {
    let models = MODELS.iter().map(|(name, own, resolution)| {
        DeviceModel::new()
            .model(*name)
            .origin(if *own {
                DeviceOrigin::Huawei
            } else {
                DeviceOrigin::ThirdParty
            })
            .supports_activation_code(*own)
            .resolution(*resolution)
            .supports_projection_code(*own)
            .supports_svc(*own)
    });
    Ok(models.collect())
}

/// Where an activation code is to be sent.
fn check_delivery(delivery: &ActivationCodeDelivery) -> Result<(), ServiceError> {
    check_contact(delivery.email.as_deref(), delivery.phone.as_deref())?;
    if delivery.email.is_none() && delivery.phone.is_none() {
        return Err(errors::DIRECTORY_PARAMETER.with_message("`email` or `phone` is needed"));
    }
    Ok(())
}

pub(crate) fn reset_activecode(
    state: &mut State,
    admin: CorpAdmin,
    reset: ResetActivecode,
) -> Result<(), ServiceError> {
    check_delivery(&reset.delivery)?;
    let (now, code) = (state.now, state.random.digits(8));
    let corp = state.directory.corp_mut(&admin.corp_id)?;
    let resets = &mut corp.device(&reset.serial_number)?.resets;
    resets.retain(|at| now < *at + DAY);
    if resets.len() >= RESETS {
        return Err(errors::TOO_MANY_RESETS.into());
    }
    resets.push(now);
    let (email, phone) = (reset.delivery.email, reset.delivery.phone);
    deliver(state, &code, email.as_deref(), phone.as_deref());
    Ok(())
}

pub(crate) fn create_vision_active_code(
    state: &mut State,
    admin: CorpAdmin,
    create: CreateVisionActiveCode,
) -> Result<ActivationCode, ServiceError> {
    check_contact(create.email.as_deref(), create.phone.as_deref())?;
    let (id, account, code) = (
        state.random.hex(32),
        AccountId::new(state.random.hex(32)),
        state.random.digits(16),
    );
    let expires = state.now + CODE_LIFETIME;
    let corp = state.directory.corp_mut(&admin.corp_id)?;
    let dept_id = corp.dept_or_root(create.dept_id.as_ref())?;
    let device = SmartDevice {
        id: id.clone(),
        account,
        code: code.clone(),
        name: create.device_name,
        kind: create.device_type,
        dept_id,
        expires,
    };
    corp.smart_devices.insert(id, device);
    deliver(
        state,
        &code,
        create.email.as_deref(),
        create.phone.as_deref(),
    );
    Ok(ActivationCode::new(code))
}

pub(crate) fn search_vision_active_code(
    state: &mut State,
    admin: CorpAdmin,
    search: SearchVisionActiveCode,
) -> Result<ListedActivationCodePage, ServiceError> {
    let now = state.now;
    let corp = state.directory.corp(&admin.corp_id)?;
    let key = search.search_key.as_deref().unwrap_or_default();
    let found = corp.smart_devices.values().filter(|device| {
        now < device.expires
            && device.name.contains(key)
            && search
                .device_type
                .as_ref()
                .is_none_or(|kind| *kind == device.kind)
    });
    let mut page = ListedActivationCodePage::new();
    put_page_of(
        found.collect(),
        &search,
        &mut page,
        |device: &SmartDevice| {
            let dept = corp.departments.get(&device.dept_id);
            let mut listed = ListedActivationCode::new()
                .id(device.id.as_str())
                .code(device.code.as_str())
                .device_name(device.name.as_str())
                .device_type(device.kind.clone())
                .dept_id(device.dept_id.clone())
                .expire_time(millis(device.expires));
            listed.dept_name = dept.map(|dept| dept.name.clone());
            listed
        },
    );
    Ok(page)
}

fn millis(at: SystemTime) -> i64 {
    Timestamp::from(at).as_millis()
}

pub(crate) fn delete_vision_active_code(
    state: &mut State,
    admin: CorpAdmin,
    delete: DeleteVisionActiveCode,
) -> Result<(), ServiceError> {
    let corp = state.directory.corp_mut(&admin.corp_id)?;
    if !delete
        .ids
        .iter()
        .all(|id| corp.smart_devices.contains_key(id))
    {
        return Err(errors::NO_SUCH_DEVICE.into());
    }
    for id in &delete.ids {
        corp.smart_devices.remove(id);
    }
    Ok(())
}

/// The account is that of the smart device, or the id of its code: a device that was never activated
/// has no account that anybody knows.
pub(crate) fn reset_vision_active_code(
    state: &mut State,
    admin: CorpAdmin,
    reset: ResetVisionActiveCode,
) -> Result<ActivationCode, ServiceError> {
    check_delivery(&reset.delivery)?;
    let (code, expires) = (state.random.digits(16), state.now + CODE_LIFETIME);
    let corp = state.directory.corp_mut(&admin.corp_id)?;
    let mut devices = corp.smart_devices.values_mut();
    let device = devices.find(|device| {
        device.account == reset.account_id || device.id == reset.account_id.as_str()
    });
    let device = device.ok_or(errors::NO_SUCH_DEVICE)?;
    device.code.clone_from(&code);
    device.expires = expires;
    let (email, phone) = (reset.delivery.email, reset.delivery.phone);
    deliver(state, &code, email.as_deref(), phone.as_deref());
    Ok(ActivationCode::new(code))
}
