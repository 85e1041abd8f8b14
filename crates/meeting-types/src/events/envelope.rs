//! The envelope of a push.

use crate::{
    ConferenceId, Timestamp,
    schema::{Empty, Field, Format, Kind, Model, open_enum, table},
};

open_enum! {
    /// Whether a push tells all or only what changed.
    pub enum SnapshotMode: i32 {
        /// All there is: it replaces what was known.
        Full = 0,
        /// Only what changed.
        Increment = 1,
    }
}

/// Fields that every push carries besides its payload.
#[derive(Default)]
pub(super) struct Envelope {
    pub(super) version: Option<i64>,
    pub(super) created_at: Option<Timestamp>,
    pub(super) message_id: Option<String>,
    pub(super) mode: Option<SnapshotMode>,
    pub(super) conference_id: Option<ConferenceId>,
}

table! {
    Envelope {
        version = Field::body("version", Kind::Int);
        created_at = Field::body("createTime", Kind::Time).format(Format::EpochMillis);
        message_id = Field::body("msgID", Kind::Text);
        mode = Field::body("msgMode", SnapshotMode::KIND);
        conference_id = Field::body("confID", ConferenceId::KIND);
    }
}

impl Envelope {
    /// Whether a key of a push is one of these fields.
    pub(super) fn has_field(key: &str) -> bool {
        Self::empty().shape().body_field(key).is_some()
    }
}
