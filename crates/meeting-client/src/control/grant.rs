//! Description that comes with a control token.

use meeting_types::{CorpId, Timestamp, events::EventKind, models::ParticipantRole};

/// Description of a control token: its rights, its meeting, its event channel.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Grant {
    /// The rights that the token gives.
    pub role: Option<ParticipantRole>,
    /// Address of the event channel, such as `wss://203.0.113.7:443`.
    pub web_socket_url: Option<String>,
    /// The end of the token by the service's clock.
    pub expires_at: Option<Timestamp>,
    /// The enterprise that the meeting belongs to.
    pub corp_id: Option<CorpId>,
    /// The events that the service offers.
    pub supported_events: Vec<EventKind>,
}
