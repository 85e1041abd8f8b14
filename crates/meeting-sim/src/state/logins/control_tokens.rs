//! Control tokens, and the tokens that open a WebSocket.

use std::{
    collections::{HashMap, VecDeque},
    time::{Duration, SystemTime},
};

use meeting_types::{ConferenceId, ConferenceToken, ConferenceUuid, WebSocketToken};

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
    conference: ConferenceId,
    run: ConferenceUuid,
    role: Role,
    expires: SystemTime,
}

/// All control tokens and WebSocket tokens, by their text.
#[derive(Debug)]
pub(crate) struct ControlTokens {
    tokens: HashMap<String, ControlToken>,
    /// How long a control token lives without being kept alive.
    pub(crate) lifetime: Duration,
    /// How many control tokens there may be before the expired ones are cleared away.
    room: usize,
    sockets: HashMap<String, SocketToken>,
    /// The WebSocket tokens in the order of their ends: all live equally long.
    by_end: VecDeque<(SystemTime, String)>,
}

impl ControlTokens {
    pub(crate) fn new(lifetime: Duration) -> Self {
        Self {
            tokens: HashMap::new(),
            lifetime,
            room: 0,
            sockets: HashMap::new(),
            by_end: VecDeque::new(),
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
        if self.tokens.len() >= self.room {
            self.tokens.retain(|_, token| now < token.expires);
            self.room = (2 * self.tokens.len()).max(64);
        }
        let text = random.token("cnr");
        let control = ControlToken {
            token: ConferenceToken::new(text.as_str()),
            conference: conference.clone(),
            run: run.clone(),
            role,
            expires: now + self.lifetime,
        };
        self.tokens.insert(text, control.clone());
        control
    }

    /// The live control token with this text, of this meeting.
    pub(crate) fn find(
        &mut self,
        conference: &ConferenceId,
        token: &ConferenceToken,
        now: SystemTime,
    ) -> Option<&mut ControlToken> {
        let found = self.tokens.get_mut(token.expose());
        found.filter(|token| now < token.expires && token.conference == *conference)
    }

    /// Forgets all of them.
    pub(crate) fn expire(&mut self) {
        self.tokens.clear();
        self.sockets.clear();
        self.by_end.clear();
    }

    /// Makes a token that opens one WebSocket.
    pub(crate) fn open_socket(
        &mut self,
        control: &ControlToken,
        now: SystemTime,
        random: &mut Random,
    ) -> WebSocketToken {
        while let Some((end, _)) = self.by_end.front()
            && *end <= now
        {
            if let Some((_, text)) = self.by_end.pop_front() {
                self.sockets.remove(&text);
            }
        }
        let text = random.token("cnr");
        let expires = now + WebSocketToken::LIFETIME;
        self.by_end.push_back((expires, text.clone()));
        let socket = SocketToken {
            conference: control.conference.clone(),
            run: control.run.clone(),
            role: control.role,
            expires,
        };
        self.sockets.insert(text.clone(), socket);
        WebSocketToken::new(text)
    }

    /// Uses up a token that opens a WebSocket: which run of the meeting, in which role.
    pub(crate) fn take_socket(
        &mut self,
        conference: &ConferenceId,
        token: &str,
        now: SystemTime,
    ) -> Option<(ConferenceUuid, Role)> {
        // Shown once is used up, whatever comes of it.
        let socket = self.sockets.remove(token)?;
        let good = now < socket.expires && socket.conference == *conference;
        good.then_some((socket.run, socket.role))
    }
}
