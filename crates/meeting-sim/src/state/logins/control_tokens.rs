//! Control tokens, and the tokens that open a WebSocket.

use std::{
    collections::VecDeque,
    time::{Duration, SystemTime},
};

use meeting_types::{ConferenceId, ConferenceToken, ConferenceUuid, SecretText, WebSocketToken};

use crate::state::{booking::meetings::Role, random::Random};

/// How long a control token lives without being kept alive, unless set.
pub(crate) const CONTROL_LIFETIME: Duration = Duration::from_secs(30 * 60);

/// The right to control one run of a meeting.
#[derive(Clone, Debug)]
pub(crate) struct ControlToken {
    pub(crate) token: ConferenceToken,
    pub(crate) conference: ConferenceId,
    pub(crate) run: ConferenceUuid,
    pub(crate) role: Role,
    pub(crate) expires: SystemTime,
}

/// The right to open one WebSocket.
#[derive(Debug)]
struct SocketToken {
    token: SecretText,
    conference: ConferenceId,
    run: ConferenceUuid,
    role: Role,
    expires: SystemTime,
}

/// All of them. The newest are at the back, where they are looked for first.
#[derive(Debug)]
pub(crate) struct ControlTokens {
    controls: Vec<ControlToken>,
    /// How long a control token lives without being kept alive.
    pub(crate) lifetime: Duration,
    /// How many control tokens there may be before the expired ones are cleared away.
    room: usize,
    openings: VecDeque<SocketToken>,
}

impl ControlTokens {
    pub(crate) fn new(lifetime: Duration) -> Self {
        Self {
            controls: Vec::new(),
            lifetime,
            room: 0,
            openings: VecDeque::new(),
        }
    }

    /// Makes a control token.
    pub(crate) fn open(
        &mut self,
        conference: &ConferenceId,
        run: &ConferenceUuid,
        role: Role,
        now: SystemTime,
        random: &mut Random,
    ) -> ControlToken {
        if self.controls.len() >= self.room {
            self.controls.retain(|control| now < control.expires);
            self.room = (2 * self.controls.len()).max(64);
        }
        let control = ControlToken {
            token: ConferenceToken::new(random.token("cnr")),
            conference: conference.clone(),
            run: run.clone(),
            role,
            expires: now + self.lifetime,
        };
        self.controls.push(control.clone());
        control
    }

    /// The live control token with this text, of this meeting.
    pub(crate) fn find(
        &mut self,
        conference: &ConferenceId,
        token: &ConferenceToken,
        now: SystemTime,
    ) -> Option<&mut ControlToken> {
        self.controls.iter_mut().rev().find(|control| {
            now < control.expires && control.conference == *conference && control.token == *token
        })
    }

    /// Forgets all of them.
    pub(crate) fn expire(&mut self) {
        self.controls.clear();
        self.openings.clear();
    }

    /// Makes a token that opens one WebSocket.
    pub(crate) fn open_socket(
        &mut self,
        control: &ControlToken,
        now: SystemTime,
        random: &mut Random,
    ) -> WebSocketToken {
        // All live equally long, so the oldest ends first.
        while self
            .openings
            .front()
            .is_some_and(|oldest| now >= oldest.expires)
        {
            self.openings.pop_front();
        }
        let text = random.token("cnr");
        self.openings.push_back(SocketToken {
            token: SecretText::new(text.as_str()),
            conference: control.conference.clone(),
            run: control.run.clone(),
            role: control.role,
            expires: now + WebSocketToken::LIFETIME,
        });
        WebSocketToken::new(text)
    }

    /// Uses up a token that opens a WebSocket: which run of the meeting, in which role.
    pub(crate) fn take_socket(
        &mut self,
        conference: &ConferenceId,
        token: &str,
        now: SystemTime,
    ) -> Option<(ConferenceUuid, Role)> {
        let token = SecretText::new(token);
        let index = self.openings.iter().rposition(|o| o.token == token)?;
        // Broadcast once is used up, whatever comes of it.
        let opening = self.openings.remove(index)?;
        let good = now < opening.expires && opening.conference == *conference;
        good.then_some((opening.run, opening.role))
    }
}
