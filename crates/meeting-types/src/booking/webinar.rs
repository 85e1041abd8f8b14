//! Changes of webinars as the service told them.

use super::{NotTold, read_back::is_guest_password};
use crate::{models::Webinar, operations::UpdateWebinar};

/// The change of a webinar that changes nothing yet: everything is as the service told it.
///
/// A read tells the names of the guests, but neither their accounts nor their numbers: set `guests`
/// again, or the update drops them. Passwords are taken over where they were told in the clear,
/// which they are to whoever booked.
///
/// Fails when the subject, start, duration or time zone is missing. Lists of webinars leave some of
/// them out; [`ShowWebinar`](crate::operations::ShowWebinar) tells them all.
impl TryFrom<&Webinar> for UpdateWebinar {
    type Error = NotTold;

    fn try_from(told: &Webinar) -> Result<Self, NotTold> {
        let missing = |field| NotTold { field };
        let subject = told.subject.as_deref().ok_or(missing("subject"))?;
        let start_time = told.start_time.ok_or(missing("start_time"))?;
        let duration = told.duration.ok_or(missing("duration"))?;
        let time_zone_id = told.time_zone_id.ok_or(missing("time_zone_id"))?;
        let id = &told.conference_id;
        Ok(Self {
            description: told.description.clone(),
            notices: told.notices.clone(),
            guest_password: told.guest_password.clone().filter(is_guest_password),
            audience_password: told.audience_password.clone().filter(is_guest_password),
            restricted: told.restricted,
            guest_restriction: told.guest_restriction,
            audience_restriction: told.audience_restriction,
            record: told.record,
            live_address: told.live_address.clone(),
            live_aux_address: told.live_aux_address.clone(),
            live_url: told.live_url.clone(),
            ..Self::new(id, subject, start_time, duration, time_zone_id)
        })
    }
}
