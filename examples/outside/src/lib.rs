//! Operations that `meeting-types` does not know, in a crate that is no part of its workspace.

use meeting_types::{ConferenceId, Json, operation};
use serde::{Deserialize, Serialize};

/// The titles of the meetings of a user: one page of them.
#[derive(Debug, Deserialize)]
pub struct Titles {
    /// Number of meetings.
    pub count: u64,
    /// The meetings of this page. The service leaves out an empty list.
    #[serde(default)]
    pub data: Vec<Title>,
}

/// The title of a meeting.
#[derive(Debug, Deserialize)]
pub struct Title {
    /// The meeting.
    #[serde(rename = "conferenceID")]
    pub id: ConferenceId,
    /// Its title.
    pub subject: String,
}

operation! {
    /// Lists the titles of meetings.
    GET "/v1/mmc/management/conferences" as pub ListTitles {
        /// Number of meetings to skip.
        query offset: Option<u32>,
        /// Text to find.
        query text: Option<String> = "searchKey".chars(1, 128),
    } -> Json<Titles>,
    auth: AccessToken,
    retry: Read,
}

/// A meeting to book, as one's own type.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// Its title.
    pub subject: String,
    /// `HDVideo` or `Voice`.
    pub media_types: String,
    /// Start of the meeting, as `yyyy-MM-dd HH:mm` in UTC.
    pub start_time: String,
}

operation! {
    /// Books a meeting from one's own type, and answers models of the SDK.
    POST "/v1/mmc/management/conferences" as pub BookPlan {
        /// Booking of the meeting.
        whole plan: Json<Plan>,
    } -> Vec<meeting_types::models::Conference>,
    auth: AccessToken,
    retry: Once,
}

operation! {
    /// Cancels a meeting.
    DELETE "/v1/mmc/management/conferences" as pub Cancel {
        /// The meeting.
        query id: ConferenceId = "conferenceID",
    } -> (),
    auth: AccessToken,
    retry: Idempotent,
}
