//! Enterprises: their departments, devices, rooms and resources.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use meeting_types::{
    AccountId, CorpId, DeptId, Password, ServiceError, Timestamp, UserUuid, VmrConferenceId, VmrId,
    models::{
        AccountStatus, CorpDevice, CorpResource, Department, DepartmentInboundAccess,
        DepartmentOutboundAccess, NamedId, ResourceQuota, ResourceStatus, ResourceType,
        SmartDeviceType, VmrMode, VmrStatus,
    },
};

use super::people::ROOT_DEPT;
use crate::state::{errors, random::Random};

/// How many cloud meeting rooms an enterprise has from the start.
const ROOMS: usize = 2;
/// How many users an enterprise may have.
const USERS: u32 = 1_000_000;
/// How many devices an enterprise may have of each kind.
const DEVICES: u32 = 100;

/// An enterprise.
#[derive(Debug)]
pub(crate) struct Corp {
    pub(crate) id: CorpId,
    pub(crate) name: String,
    pub(crate) address: String,
    pub(crate) auto_create_users: bool,
    pub(crate) departments: BTreeMap<DeptId, Dept>,
    pub(crate) devices: BTreeMap<String, Device>,
    pub(crate) smart_devices: BTreeMap<String, SmartDevice>,
    pub(crate) rooms: BTreeMap<VmrId, Room>,
    pub(crate) resources: Vec<CorpResource>,
}

/// A department.
#[derive(Clone, Debug)]
pub(crate) struct Dept {
    pub(crate) id: DeptId,
    pub(crate) name: String,
    pub(crate) parent: Option<DeptId>,
    pub(crate) note: Option<String>,
    pub(crate) inbound: DepartmentInboundAccess,
    pub(crate) outbound: DepartmentOutboundAccess,
    pub(crate) visible: Vec<DeptId>,
    pub(crate) sort_level: u32,
}

/// A terminal in a room.
#[derive(Debug)]
pub(crate) struct Device {
    pub(crate) device: CorpDevice,
    /// When its activation code was reset lately.
    pub(crate) resets: Vec<SystemTime>,
}

/// A smart device that has an activation code and is not activated.
#[derive(Clone, Debug)]
pub(crate) struct SmartDevice {
    pub(crate) id: String,
    pub(crate) account: AccountId,
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) kind: SmartDeviceType,
    pub(crate) dept_id: DeptId,
    pub(crate) expires: SystemTime,
}

/// A room in the cloud, or a personal meeting id.
#[derive(Clone, Debug)]
pub(crate) struct Room {
    pub(crate) id: VmrId,
    pub(crate) conference_id: VmrConferenceId,
    pub(crate) name: String,
    pub(crate) mode: VmrMode,
    pub(crate) owner: Option<UserUuid>,
    pub(crate) host_password: Password,
    pub(crate) guest_password: Option<Password>,
    pub(crate) guests_can_start: bool,
    pub(crate) notify_owner: bool,
    pub(crate) capacity: u32,
}

impl Room {
    pub(crate) fn new(name: String, mode: VmrMode, capacity: u32, random: &mut Random) -> Self {
        Self {
            id: VmrId::new(random.hex(32)),
            conference_id: VmrConferenceId::new(format!("9{}", random.digits(8))),
            name,
            mode,
            owner: None,
            host_password: Password::new(random.digits(6)),
            guest_password: None,
            guests_can_start: true,
            notify_owner: false,
            capacity,
        }
    }

    pub(crate) fn status(&self) -> VmrStatus {
        match self.owner {
            Some(_) => VmrStatus::Active,
            None => VmrStatus::Unassigned,
        }
    }

    /// The name of the package that it came with.
    pub(crate) fn package(&self) -> String {
        format!("Cloud room for {}", self.capacity)
    }
}

impl Corp {
    pub(crate) fn new(id: CorpId, now: SystemTime, random: &mut Random) -> Self {
        let name = format!("Enterprise {}", id.as_str());
        let root = Dept {
            id: DeptId::new(ROOT_DEPT),
            name: name.clone(),
            parent: None,
            note: None,
            inbound: DepartmentInboundAccess::Unlimited,
            outbound: DepartmentOutboundAccess::Unlimited,
            visible: Vec::new(),
            sort_level: 0,
        };
        let rooms = (1..=ROOMS).map(|number| {
            let name = format!("Room {number}");
            let room = Room::new(name, VmrMode::CloudMeetingRoom, 100, random);
            (room.id.clone(), room)
        });
        let rooms = rooms.collect();
        let ends = now + Duration::from_secs(365 * 24 * 3600);
        let mut resource = |kind, name: &str, count| {
            CorpResource::new()
                .id(random.hex(32))
                .kind(kind)
                .type_name(name)
                .count(count)
                .expires_at(Timestamp::from(ends))
                .order_id(random.hex(16))
                .status(ResourceStatus::Active)
                .editable(true)
        };
        let resources = vec![
            resource(ResourceType::UserAccount, "Users", USERS),
            resource(ResourceType::Device1080p, "Devices in 1080p", DEVICES),
            resource(
                ResourceType::Vmr,
                "Cloud rooms",
                u32::try_from(ROOMS).unwrap_or(0),
            )
            .vmr_mode(VmrMode::CloudMeetingRoom),
            resource(ResourceType::ConcurrentParticipants, "Participants", 1000),
            resource(ResourceType::RecordingSpace, "Space for recordings", 100),
            resource(ResourceType::LiveStream, "Live streams", 10),
            resource(ResourceType::SmartScreen, "Smart screens", DEVICES),
            resource(ResourceType::IdeaHub, "IdeaHubs", DEVICES),
        ];
        Self {
            departments: BTreeMap::from([(root.id.clone(), root)]),
            id,
            name,
            address: String::new(),
            auto_create_users: true,
            devices: BTreeMap::new(),
            smart_devices: BTreeMap::new(),
            rooms,
            resources,
        }
    }

    pub(crate) fn dept(&self, id: &DeptId) -> Result<&Dept, ServiceError> {
        let dept = self.departments.get(id);
        dept.ok_or_else(|| errors::NO_SUCH_DEPARTMENT.into())
    }

    /// A department that a request names; the top one, if it names none.
    pub(crate) fn dept_or_root(&self, id: Option<&DeptId>) -> Result<DeptId, ServiceError> {
        match id {
            Some(id) => Ok(self.dept(id)?.id.clone()),
            None => Ok(DeptId::new(ROOT_DEPT)),
        }
    }

    /// A department and those above it, the top one first.
    fn line<'a>(&'a self, dept: &'a Dept) -> Vec<&'a Dept> {
        let mut line = vec![dept];
        let mut next = dept.parent.as_ref();
        // A department is never below itself, so this ends.
        while let Some(above) = next.and_then(|id| self.departments.get(id)) {
            line.push(above);
            next = above.parent.as_ref();
        }
        line.reverse();
        line
    }

    /// Whether a department is another one or below it.
    pub(crate) fn is_within(&self, dept: &DeptId, other: &DeptId) -> bool {
        let found = self.departments.get(dept);
        found.is_some_and(|found| self.line(found).iter().any(|one| one.id == *other))
    }

    /// The names of a department and those above it.
    pub(crate) fn name_path(&self, id: &DeptId) -> String {
        let dept = self.departments.get(id);
        let line = dept.map_or(Vec::new(), |dept| self.line(dept));
        let names: Vec<&str> = line.iter().map(|dept| dept.name.as_str()).collect();
        names.join("/")
    }

    pub(crate) fn children(&self, id: &DeptId) -> Vec<&Dept> {
        let all = self.departments.values();
        let mut children: Vec<&Dept> = all
            .filter(|dept| dept.parent.as_ref() == Some(id))
            .collect();
        children.sort_by(|one, other| {
            let key = |dept: &Dept| (dept.sort_level, dept.name.clone());
            key(one).cmp(&key(other))
        });
        children
    }

    /// A department as responses show it.
    pub(crate) fn shown(&self, dept: &Dept) -> Department {
        let line = self.line(dept);
        let path = |part: fn(&Dept) -> &str| {
            let parts: Vec<&str> = line.iter().map(|dept| part(dept)).collect();
            parts.join("/")
        };
        let visible = dept.visible.iter().filter_map(|id| {
            let dept = self.departments.get(id)?;
            Some(NamedId::new().id(id.as_str()).name(dept.name.as_str()))
        });
        let mut shown = Department::new(dept.id.clone())
            .name(dept.name.as_str())
            .name_path(path(|dept| &dept.name))
            .id_path(path(|dept| dept.id.as_str()))
            .level(i32::try_from(line.len()).unwrap_or(i32::MAX) - 1)
            .is_leaf(self.children(&dept.id).is_empty())
            .corp_id(self.id.clone())
            .inbound_access(dept.inbound.clone())
            .outbound_access(dept.outbound.clone())
            .visible_departments(visible)
            .sort_level(dept.sort_level);
        shown.parent_dept_id = dept.parent.clone();
        shown.note = dept.note.clone();
        shown
    }

    /// Checks that no other department under the same one has the name.
    pub(crate) fn check_dept_name(
        &self,
        name: &str,
        parent: Option<&DeptId>,
        but: Option<&DeptId>,
    ) -> Result<(), ServiceError> {
        let mut others = self
            .departments
            .values()
            .filter(|dept| Some(&dept.id) != but);
        if others.any(|dept| dept.name == name && dept.parent.as_ref() == parent) {
            return Err(errors::DIRECTORY_PARAMETER.with_message("The name is taken there"));
        }
        Ok(())
    }

    /// The rooms of somebody, the personal one first.
    pub(crate) fn rooms_of<'a>(&'a self, owner: &'a UserUuid) -> impl Iterator<Item = &'a Room> {
        let all = self.rooms.values();
        let mut rooms: Vec<&Room> = all
            .filter(|room| room.owner.as_ref() == Some(owner))
            .collect();
        rooms.sort_by_key(|room| room.mode.code());
        rooms.into_iter()
    }

    /// How much there is of a resource, and how much of it is used.
    pub(crate) fn quota(&self, kind: &ResourceType, used: usize) -> ResourceQuota {
        let granted = self
            .resources
            .iter()
            .filter(|one| one.kind.as_ref() == Some(kind));
        let total = granted.filter_map(|one| one.count).sum();
        ResourceQuota::new()
            .total(total)
            .used(u32::try_from(used).unwrap_or(u32::MAX))
    }

    /// Whether so many more fit into a resource.
    pub(crate) fn has_space(&self, kind: &ResourceType, used: usize) -> bool {
        let quota = self.quota(kind, used);
        quota.used < quota.total
    }

    /// A device by its serial number.
    pub(crate) fn device(&mut self, serial: &str) -> Result<&mut Device, ServiceError> {
        let device = self.devices.get_mut(serial);
        device.ok_or_else(|| errors::NO_SUCH_DEVICE.into())
    }

    /// Switches devices on or off: all or none.
    pub(crate) fn set_devices(
        &mut self,
        serials: &[String],
        status: AccountStatus,
    ) -> Result<(), ServiceError> {
        for serial in serials {
            self.device(serial)?;
        }
        for serial in serials {
            self.device(serial)?.device.status = Some(status);
        }
        Ok(())
    }
}
