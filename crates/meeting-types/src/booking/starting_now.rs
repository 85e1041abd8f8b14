//! A change of a meeting that starts it at once, on purpose.

use http::Method;

use crate::{
    AccessToken, ConferenceId, Operation, OperationInfo, RetryClass,
    models::{Booking, Conference},
    operations::UpdateMeeting,
    schema::{Empty, Field, Kind, operation_table},
};

impl UpdateMeeting {
    /// Changes the meeting and starts it at once.
    ///
    /// `UpdateMeeting` itself is refused when its booking has no start, because the service would start the
    /// meeting, which is hardly ever meant. This says that it is meant, so a start in `booking` is
    /// dropped.
    ///
    /// ```
    /// use meeting_types::models::{Booking, MediaType};
    /// use meeting_types::operations::UpdateMeeting;
    /// use meeting_types::{AccessToken, Endpoint, Operation};
    ///
    /// let booking = Booking::new([MediaType::HdVideo]).subject("Stand-up");
    /// let update = UpdateMeeting::starting_now("900825541", booking);
    /// let request = update.to_request(&Endpoint::international(), &AccessToken::new("token"))?;
    /// assert_eq!(request.method(), "PUT");
    /// # Ok::<(), meeting_types::RequestError>(())
    /// ```
    pub fn starting_now(
        conference_id: impl Into<ConferenceId>,
        booking: Booking,
    ) -> UpdateMeetingNow {
        UpdateMeetingNow {
            conference_id: conference_id.into(),
            booking: Booking {
                start_time: None,
                ..booking
            },
        }
    }
}

/// Change of a booked meeting that starts it at once. Made by [`UpdateMeeting::starting_now`].
///
/// On the wire it is an [`UpdateMeeting`] whose booking has no start.
#[derive(Clone, PartialEq, Eq)]
#[must_use = "it does nothing until a client calls it"]
pub struct UpdateMeetingNow {
    conference_id: ConferenceId,
    booking: Booking,
}

impl UpdateMeetingNow {
    /// The meeting to change.
    #[must_use]
    pub fn conference_id(&self) -> &ConferenceId {
        &self.conference_id
    }

    /// New booking of the meeting, without a start.
    #[must_use]
    pub fn booking(&self) -> &Booking {
        &self.booking
    }
}

// A table of its own, because the one of `UpdateMeeting` carries the guard against this.
operation_table! { UpdateMeetingNow {
    conference_id = Field::query("conferenceID", Kind::Text).required();
    booking = Field::whole_body(Booking::KIND).required();
} }

impl Operation for UpdateMeetingNow {
    type Authorization = AccessToken;
    type Output = Vec<Conference>;
    const INFO: &'static OperationInfo = &OperationInfo {
        name: UpdateMeeting::INFO.name,
        method: Method::PUT,
        path: UpdateMeeting::INFO.path,
        group: UpdateMeeting::INFO.group,
        subgroup: UpdateMeeting::INFO.subgroup,
        auth: UpdateMeeting::INFO.auth,
        // A second call finds the meeting running and is refused.
        retry: RetryClass::Once,
        reference: UpdateMeeting::INFO.reference,
        summary: "Changes a booked meeting and starts it at once.",
        constants: UpdateMeeting::INFO.constants,
        least_items: UpdateMeeting::INFO.least_items,
    };
}
