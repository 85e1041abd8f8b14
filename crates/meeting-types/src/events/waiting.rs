//! Who is in the waiting room.

use std::collections::BTreeMap;

use crate::{
    AccountId, CorpId, ParticipantId, Timestamp, UserUuid,
    schema::{Empty, Field, Format, Kind, open_enum, operation_table, setters, table},
};

use super::{
    ParticipantClient,
    text_map::{REFRESH, REMOVE, TextMap},
};

open_enum! {
    /// How far somebody in the waiting room is.
    pub enum WaitingState: i32 {
        /// Waits.
        Waiting = 0,
        /// Was let in.
        Admitted = 1,
    }
}

/// One entry of a push about the waiting room.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WaitingChange {
    /// The person waits. Only what was sent is set: an increment names only what changed.
    Update(Box<WaitingParticipant>),
    /// The person waits no longer. Holds what was sent about it, often the id alone.
    Removed(Box<WaitingParticipant>),
}

impl WaitingChange {
    /// Whom it is about.
    #[must_use]
    pub fn info(&self) -> &WaitingParticipant {
        match self {
            Self::Update(info) | Self::Removed(info) => info,
        }
    }
}

impl From<WaitingParticipant> for WaitingChange {
    fn from(info: WaitingParticipant) -> Self {
        Self::Update(Box::new(info))
    }
}

/// What is known about somebody in the waiting room. Only what the service sent is set.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WaitingParticipant {
    /// The site that wants to come in.
    pub participant_id: ParticipantId,
    /// Why the entry is gone. Seen in samples; its values are not documented.
    pub removal: Option<String>,
    /// The name or alias, at most 96 characters.
    pub name: Option<String>,
    /// The number of the site.
    pub phone: Option<String>,
    /// Since when the person waits.
    pub waiting_since: Option<Timestamp>,
    /// Whether the person did not log in.
    pub anonymous: Option<bool>,
    /// With what the person wants to join.
    pub client_type: Option<ParticipantClient>,
    /// The enterprise of the person.
    pub corp_id: Option<CorpId>,
    /// The user, if the person is logged in: the same id as `user_uuid` in
    /// [`AttendeeInfo`](super::AttendeeInfo). Wire name `ACCOUNT_ID`, although it is not the account.
    pub user_uuid: Option<UserUuid>,
    /// The account with which the user logs in. Wire name `ACCOUNT`.
    pub account_id: Option<AccountId>,
    /// The account in the identity system of the enterprise.
    pub third_party_account: Option<String>,
    /// Whether the person waits or was let in.
    pub state: Option<WaitingState>,
    /// Whether the person is on the way into the meeting.
    pub joining: Option<bool>,
    /// What else was sent, by its key on the wire. Also holds a value that does not fit its field.
    pub extra: BTreeMap<String, String>,
}

operation_table! {
    WaitingParticipant {
        // These two travel beside the map, not in it.
        participant_id = Field::path("pid", ParticipantId::KIND).required();
        removal = Field::path("delType", Kind::Text);
        name = Field::body("NAME", Kind::Text);
        phone = Field::body("TEL", Kind::Text);
        waiting_since = Field::body("ADDTIME", Kind::Time).format(Format::EpochMillisText);
        anonymous = Field::body("ANONYMOUS", Kind::Bool).format(Format::BitText);
        // The reference misspells what the service sends, in two ways.
        client_type = Field::body("CLIENT_LOGIN_TYPE", ParticipantClient::KIND)
            .also(&["CLICENT_LOGIN_TYPE", "CLIENT_ LOG IN_TYPE"]);
        corp_id = Field::body("ORG_ID", CorpId::KIND);
        user_uuid = Field::body("ACCOUNT_ID", UserUuid::KIND);
        account_id = Field::body("ACCOUNT", AccountId::KIND);
        third_party_account = Field::body("THIRDACCOUNT", Kind::Text);
        state = Field::body("WAITINGSTATE", WaitingState::KIND);
        joining = Field::body("joining", Kind::Bool).format(Format::BitText);
        extra = Field::rest();
    }
}

setters! {
    WaitingParticipant {
        into removal: String;
        into name: String;
        into phone: String;
        plain waiting_since: Timestamp;
        plain anonymous: bool;
        plain client_type: ParticipantClient;
        into corp_id: CorpId;
        into user_uuid: UserUuid;
        into account_id: AccountId;
        into third_party_account: String;
        plain state: WaitingState;
        plain joining: bool;
    }
}

impl WaitingParticipant {
    /// The site `participant_id`, nothing known about it yet.
    pub fn new(participant_id: impl Into<ParticipantId>) -> Self {
        Self {
            participant_id: participant_id.into(),
            ..crate::schema::Empty::empty()
        }
    }

    /// Adds a key that has no field of its own.
    #[must_use]
    pub fn with_extra(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.extra.insert(key.into(), value.into());
        self
    }

    /// Takes over everything that `change` has set: how an increment is applied to what was known.
    pub fn merge(&mut self, change: Self) {
        self.put_all(change.to_map());
        if change.removal.is_some() {
            self.removal = change.removal;
        }
    }
}

impl TextMap for WaitingParticipant {
    fn extra(&self) -> &BTreeMap<String, String> {
        &self.extra
    }

    fn extra_mut(&mut self) -> &mut BTreeMap<String, String> {
        &mut self.extra
    }
}

/// The entry as it travels.
#[derive(Clone, PartialEq)]
pub(super) struct WaitingRow {
    participant_id: ParticipantId,
    mode: Option<i32>,
    removal: Option<String>,
    map: BTreeMap<String, String>,
}

table! {
    WaitingRow {
        participant_id = Field::body("pid", ParticipantId::KIND).required();
        mode = Field::body("mode", Kind::Int);
        removal = Field::body("delType", Kind::Text);
        map = Field::body("pinfoMap", Kind::Map);
    }
}

impl From<WaitingRow> for WaitingChange {
    fn from(row: WaitingRow) -> Self {
        let mut info = WaitingParticipant::new(row.participant_id);
        info.removal = row.removal;
        info.put_all(row.map);
        if row.mode == Some(REMOVE) {
            Self::Removed(Box::new(info))
        } else {
            info.into()
        }
    }
}

impl From<&WaitingChange> for WaitingRow {
    fn from(change: &WaitingChange) -> Self {
        let (mode, info) = match change {
            WaitingChange::Update(info) => (REFRESH, info),
            WaitingChange::Removed(info) => (REMOVE, info),
        };
        Self {
            participant_id: info.participant_id.clone(),
            mode: Some(mode),
            removal: info.removal.clone(),
            map: info.to_map(),
        }
    }
}
