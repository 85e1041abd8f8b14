//! Who was invited.

use std::collections::BTreeMap;

use crate::{
    AccountId, CorpId, DeptId, ParticipantId, UserUuid,
    models::{AttendeeType, ParticipantRole},
    schema::{Empty, Field, Format, Kind, setters, table},
};

use super::merge::merge;

/// One entry of a push about those who were invited.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AttendeeChange {
    /// The person is invited, or something about the invitation changed.
    Update(Box<AttendeeInfo>),
    /// The person is no longer invited. It holds what tells the person apart.
    Removed(Box<AttendeeInfo>),
}

impl AttendeeChange {
    /// Whom it is about.
    #[must_use]
    pub fn info(&self) -> &AttendeeInfo {
        match self {
            Self::Update(info) | Self::Removed(info) => info,
        }
    }
}

impl From<AttendeeInfo> for AttendeeChange {
    fn from(info: AttendeeInfo) -> Self {
        Self::Update(Box::new(info))
    }
}

/// What is known about somebody who was invited. Only what the service sent is set.
#[derive(Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct AttendeeInfo {
    /// The user, if there is an account.
    pub user_uuid: Option<UserUuid>,
    /// The site, once the person is in the meeting.
    pub participant_id: Option<ParticipantId>,
    /// The number at which the person is called.
    pub phone: Option<String>,
    /// The name or alias, at most 96 characters.
    pub name: Option<String>,
    /// The account.
    pub account_id: Option<AccountId>,
    /// What the person may do.
    pub role: Option<ParticipantRole>,
    /// The mail address that is told about the meeting.
    pub email: Option<String>,
    /// The mobile number that is told about the meeting.
    pub sms: Option<String>,
    /// Whether the person is muted when joining.
    pub mute: Option<bool>,
    /// Whether the service calls the person when the meeting starts.
    pub auto_invite: Option<bool>,
    /// What the person joins with.
    pub kind: Option<AttendeeType>,
    /// The department.
    pub dept_id: Option<DeptId>,
    /// The name of the department.
    pub dept_name: Option<String>,
    /// The enterprise.
    pub corp_id: Option<CorpId>,
    /// The account in the identity system of the enterprise.
    pub third_party_account: Option<String>,
    /// Whether the number is kept from others.
    pub phone_hidden: Option<bool>,
    /// Whether the name is not to be replaced by that of the site. Seen in samples.
    pub name_kept: Option<bool>,
    /// What else was sent, by its key on the wire. Also holds a value that does not fit its field.
    pub extra: BTreeMap<String, String>,
}

impl AttendeeInfo {
    /// Nothing known yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether both are about the same invitation.
    ///
    /// No single key names an invitation: somebody without an account has no user, and somebody who
    /// is not in the meeting has no site. So they are the same when they agree on what both have of
    /// number, user, account and addresses; the site decides when there is none of these.
    #[must_use]
    pub fn is_same_as(&self, other: &Self) -> bool {
        fn compare(one: Option<&str>, other: Option<&str>) -> Option<bool> {
            let given = |text: &&str| !text.is_empty();
            Some(one.filter(given)? == other.filter(given)?)
        }
        fn text<T: AsRef<str>>(id: &Option<T>) -> Option<&str> {
            id.as_ref().map(AsRef::as_ref)
        }
        let compared = [
            compare(text(&self.phone), text(&other.phone)),
            compare(text(&self.user_uuid), text(&other.user_uuid)),
            compare(text(&self.account_id), text(&other.account_id)),
            compare(text(&self.email), text(&other.email)),
            compare(text(&self.sms), text(&other.sms)),
        ];
        let mut known = compared.into_iter().flatten().peekable();
        if known.peek().is_some() {
            return known.all(|same| same);
        }
        self.participant_id.is_some() && self.participant_id == other.participant_id
    }
}

table! {
    AttendeeInfo {
        user_uuid = Field::body("userUUID", UserUuid::KIND);
        participant_id = Field::body("participantID", ParticipantId::KIND);
        phone = Field::body("phone", Kind::Text);
        name = Field::body("name", Kind::Text);
        account_id = Field::body("accountId", AccountId::KIND);
        role = Field::body("role", ParticipantRole::KIND);
        email = Field::body("email", Kind::Text);
        sms = Field::body("sms", Kind::Text);
        mute = Field::body("isMute", Kind::Bool).format(Format::Bit);
        auto_invite = Field::body("isAutoInvite", Kind::Bool).format(Format::Bit);
        kind = Field::body("type", AttendeeType::KIND);
        dept_id = Field::body("deptUUID", DeptId::KIND);
        dept_name = Field::body("deptName", Kind::Text);
        corp_id = Field::body("orgID", CorpId::KIND);
        third_party_account = Field::body("thirdAccount", Kind::Text);
        phone_hidden = Field::body("hidePhone", Kind::Bool);
        name_kept = Field::body("isNotOverlayPidName", Kind::Bool);
        extra = Field::rest();
    }
}

setters! {
    AttendeeInfo {
        into user_uuid: UserUuid;
        into participant_id: ParticipantId;
        into phone: String;
        into name: String;
        into account_id: AccountId;
        plain role: ParticipantRole;
        into email: String;
        into sms: String;
        plain mute: bool;
        plain auto_invite: bool;
        plain kind: AttendeeType;
        into dept_id: DeptId;
        into dept_name: String;
        into corp_id: CorpId;
        into third_party_account: String;
        plain phone_hidden: bool;
        plain name_kept: bool;
    }
}

merge! {
    AttendeeInfo {
        user_uuid participant_id phone name account_id role email sms mute auto_invite kind dept_id
        dept_name corp_id third_party_account phone_hidden name_kept extra
    }
}
