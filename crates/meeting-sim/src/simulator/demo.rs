//! A set of people, devices and meetings, so that there is something to show.

use std::time::Duration;

use meeting_types::{
    AccountId, DeptId, ServiceError, Timestamp,
    models::{
        AccountStatus, Booking, CorpDevice, DepartmentInboundAccess, DepartmentOutboundAccess,
        DeviceOrigin, MediaType, RecordType,
    },
};

use super::{Simulator, plan::MeetingPlan};
use crate::state::{
    State,
    corp::{
        corps::{Dept, Device},
        people::{ROOT_DEPT, User},
    },
};

/// The departments, and who is in them.
const DEPARTMENTS: [(&str, &[&str]); 2] = [
    ("Sales", &["Ann", "Bo", "Chen"]),
    ("Engineering", &["Dana", "Eli", "Fang", "Gita"]),
];

/// Puts the set in.
pub(super) fn seed(sim: &Simulator) -> Result<(), ServiceError> {
    let past = MeetingPlan::running("Kick-off")
        .record_type(RecordType::Record)
        .auto_record(true);
    let past = sim.create_meeting(past);
    past.join_as_host("Ann")?;
    past.join("Bo")?;
    sim.service.step(|state| {
        people(state);
        devices(state)?;
        let user = state.house_user();
        let tomorrow = state.now + Duration::from_secs(24 * 3600);
        let booking = Booking::new([MediaType::HdVideo])
            .subject("Planning")
            .start_time(Timestamp::from(tomorrow));
        state.book(booking, &user);
        Ok::<(), ServiceError>(())
    })?;
    past.end()
}

fn people(state: &mut State) {
    let (now, corp_id) = (state.now, state.directory.corp_id.clone());
    // The enterprise begins with its first user.
    state.house_user();
    for (number, (name, members)) in DEPARTMENTS.iter().enumerate() {
        let id = DeptId::new(format!("demo{number}"));
        if let Ok(corp) = state.directory.corp_mut(&corp_id) {
            let dept = Dept {
                id: id.clone(),
                name: (*name).to_owned(),
                parent: Some(DeptId::new(ROOT_DEPT)),
                note: None,
                inbound: DepartmentInboundAccess::Unlimited,
                outbound: DepartmentOutboundAccess::Unlimited,
                visible: Vec::new(),
                sort_level: 1,
            };
            corp.departments.insert(id.clone(), dept);
        }
        for member in *members {
            let mail = format!("{}@meeting.example", member.to_lowercase());
            let account = AccountId::new(mail.as_str());
            let random = &mut state.random;
            let mut user = User::new(account, *member, corp_id.clone(), now, random);
            user.dept_id = id.clone();
            user.email = Some(mail);
            state.directory.add(user, now, random);
        }
    }
}

fn devices(state: &mut State) -> Result<(), ServiceError> {
    let corp_id = state.directory.corp_id.clone();
    let (account, number) = (
        state.random.hex(32),
        format!("+99{}", state.random.digits(8)),
    );
    let corp = state.directory.corp_mut(&corp_id)?;
    let device = CorpDevice::new()
        .name("Large room")
        .origin(DeviceOrigin::Huawei)
        .model("TE50")
        .serial_number("DEMO-TE50")
        .account_id(account)
        .number(number)
        .dept_id(ROOT_DEPT)
        .status(AccountStatus::Active);
    let row = Device {
        device,
        resets: Vec::new(),
    };
    corp.devices.insert("DEMO-TE50".to_owned(), row);
    Ok(())
}
