//! Who speaks, and how invitations went.

use crate::{
    ErrorCode, ParticipantId,
    schema::{Empty, Field, Kind, open_enum, setters, table},
};

/// One of the three loudest speakers.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Speaker {
    /// Who speaks.
    pub participant_id: ParticipantId,
    /// How loud, as the service measures it.
    pub volume: Option<i32>,
    /// The name, if the service sent it.
    pub name: Option<String>,
}

impl Speaker {
    /// The speaker `participant_id`.
    pub fn new(participant_id: impl Into<ParticipantId>) -> Self {
        Self {
            participant_id: participant_id.into(),
            volume: None,
            name: None,
        }
    }
}

table! {
    Speaker {
        participant_id = Field::body("pid", ParticipantId::KIND).required();
        volume = Field::body("speakingVolume", Kind::Int);
        name = Field::body("name", Kind::Text);
    }
}

setters! {
    Speaker {
        plain volume: i32;
        into name: String;
    }
}

open_enum! {
    /// How a call to somebody went, or why somebody left.
    pub enum InviteOutcome: str {
        /// The call was answered.
        Accepted = "0",
        /// The service got no stream from the site: a network fault. The site left.
        NoStreamFromSite = "11111001",
        /// The site got no stream from the service: a fault of the network or the client. The site
        /// left.
        NoStreamToSite = "11111002",
        /// The signalling of the site timed out: a network fault. The site left.
        SipTimeout = "11111003",
        /// The WebSocket of the site timed out: a network fault. The site left.
        WebSocketTimeout = "11111004",
        /// The host hung up on the site.
        HungUpByHost = "11076002",
        /// The site left by itself.
        LeftByItself = "11076010",
        /// An administrator hung up on the site from the management portal.
        HungUpFromPortal = "11076016",
        /// The meeting has as many participants as allowed. Seen with nine digits only.
        ParticipantLimit = "111072504",
    }
}

/// How a call to one number went, or why it left.
#[derive(Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct InviteResult {
    /// The number that was called.
    pub call_number: Option<String>,
    /// What the service reported, as it wrote it. Ask [`outcome`](Self::outcome) for the meaning.
    pub code: Option<String>,
}

impl InviteResult {
    /// The call to `call_number` ended as `outcome`.
    pub fn new(call_number: impl Into<String>, outcome: &InviteOutcome) -> Self {
        Self {
            call_number: Some(call_number.into()),
            code: Some(outcome.as_str().to_owned()),
        }
    }

    /// What the code means. Any code without a name is a call that failed, and comes as
    /// [`Unknown`](InviteOutcome::Unknown).
    ///
    /// REST errors carry the same reasons with one digit more, as `MMC.111076010`. Both count.
    #[must_use]
    pub fn outcome(&self) -> Option<InviteOutcome> {
        let code = self.code.as_deref()?.trim();
        let outcome = InviteOutcome::from(code);
        if !matches!(outcome, InviteOutcome::Unknown(_)) {
            return Some(outcome);
        }
        let digits = code.strip_prefix("MMC.").unwrap_or(code);
        let shorter = digits.strip_prefix('1').filter(|_| digits.len() == 9);
        let known = [Some(digits), shorter]
            .into_iter()
            .flatten()
            .map(InviteOutcome::from)
            .find(|known| !matches!(known, InviteOutcome::Unknown(_)));
        Some(known.unwrap_or(outcome))
    }

    /// What is known of the code, which says more of a call that failed. Most calls that fail have a
    /// code that is not known.
    #[must_use]
    pub fn explain(&self) -> Option<&'static ErrorCode> {
        ErrorCode::lookup(self.code.as_deref()?.trim())
    }
}

// The reference calls the code `errorCode`; what the service was seen to send is `resultCode`.
table! {
    InviteResult {
        call_number = Field::body("callNumber", Kind::Text);
        code = Field::body("resultCode", Kind::Text).also(&["errorCode"]);
    }
}
