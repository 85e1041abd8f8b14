//! Somebody who comes to a running meeting, or is called into it.

use meeting_types::{
    AccountId, UserUuid, events,
    models::{BookingAttendee, ParticipantRole},
};

use crate::vocabulary::Device;

/// Somebody who comes, or is called.
#[derive(Clone, Debug)]
pub(crate) struct Arrival {
    pub(crate) name: String,
    pub(crate) number: Option<String>,
    pub(crate) account: Option<AccountId>,
    pub(crate) user_uuid: Option<UserUuid>,
    pub(crate) host: bool,
    pub(crate) muted: bool,
    pub(crate) client: events::ParticipantClient,
    pub(crate) device: Device,
}

impl Arrival {
    pub(crate) fn guest(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            number: None,
            account: None,
            user_uuid: None,
            host: false,
            muted: false,
            client: events::ParticipantClient::Desktop,
            device: Device::SoftClient,
        }
    }

    /// Somebody whom the booking names.
    pub(crate) fn booked(attendee: &BookingAttendee) -> Self {
        let device = attendee.kind.as_ref();
        let device = device.map_or(Device::SoftClient, Device::of);
        Self {
            client: device.client(),
            device,
            number: attendee.phone.clone(),
            account: attendee.account_id.clone(),
            user_uuid: attendee.user_uuid.clone(),
            host: attendee.role == Some(ParticipantRole::Host),
            muted: attendee.mute.unwrap_or(false),
            ..Self::guest(attendee.name.clone().unwrap_or_default())
        }
    }
}
