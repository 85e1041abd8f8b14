//! A change as a sentence.

use meeting_types::{
    ParticipantId,
    events::{BroadcastMode, InviteOutcome, InviteResult, ParticipantState, RealTimeSubtitle},
    models::{ConferenceState, ParticipantRole},
};

use super::{Change, LiveMeeting};

impl Change {
    /// The change as a short sentence, for a log that people read. `meeting` is the meeting after the
    /// change; it knows the names.
    ///
    /// The text is one line and safe to print on a terminal: see [`printable`].
    ///
    /// ```
    /// use meeting_client::follow::LiveMeeting;
    /// use meeting_types::events::{Event, ParticipantChange, ParticipantInfo};
    ///
    /// let mut meeting = LiveMeeting::new();
    /// let ann = ParticipantInfo::new("p1").name("Ann\u{1b}[2J");
    /// let changes = meeting.apply(&Event::new(vec![ParticipantChange::from(ann)]));
    /// assert_eq!(changes[0].describe(&meeting), "Ann[2J joined");
    /// ```
    #[must_use]
    pub fn describe(&self, meeting: &LiveMeeting) -> String {
        let name = |id: &ParticipantId| meeting.display_name(id);
        match self {
            Self::ParticipantJoined(info) => {
                format!("{} joined", or_id(&info.name, &info.participant_id))
            }
            Self::ParticipantCalled(info) => {
                let name = or_id(&info.name, &info.participant_id);
                format!("{name} is being called")
            }
            Self::ParticipantLeft(info) => {
                let name = or_id(&info.name, &info.participant_id);
                if info.state == Some(ParticipantState::Calling) {
                    format!("the call to {name} came to nothing")
                } else {
                    format!("{name} left")
                }
            }
            Self::ParticipantRenamed {
                participant_id: id,
                before,
                name,
            } => match name {
                Some(name) => format!("{} is now called {}", or_id(before, id), printable(name)),
                None => format!("{} has no name now", or_id(before, id)),
            },
            Self::ParticipantRoleChanged {
                participant_id,
                role,
            } => format!("{} is now {}", name(participant_id), role_of(*role)),
            Self::ParticipantMuted {
                participant_id,
                muted,
            } => {
                let how = if *muted { "muted" } else { "unmuted" };
                format!("{} is {how}", name(participant_id))
            }
            Self::HandRaised {
                participant_id,
                raised,
            } => {
                let how = if *raised { "raised" } else { "lowered" };
                format!("{} {how} a hand", name(participant_id))
            }
            Self::SharingChanged {
                participant_id,
                sharing,
            } => {
                let how = if *sharing {
                    "shares"
                } else {
                    "no longer shares"
                };
                format!("{} {how} a screen", name(participant_id))
            }
            Self::ParticipantUpdated(info) => {
                let name = or_id(&info.name, &info.participant_id);
                format!("something about {name} changed")
            }
            Self::SpeakersChanged(speakers) => {
                let names = speakers.iter().map(|speaker| {
                    let known = meeting.participant(&speaker.participant_id);
                    let known = known.and_then(|known| known.name.as_ref());
                    let told = known.or(speaker.name.as_ref());
                    told.map_or_else(|| name(&speaker.participant_id), |name| printable(name))
                });
                match &names.collect::<Vec<_>>()[..] {
                    [] => "nobody speaks".to_owned(),
                    [one] => format!("{one} speaks"),
                    [most @ .., last] => format!("{} and {last} speak", most.join(", ")),
                }
            }
            Self::StateChanged(state) => format!("the meeting is {}", state_of(state.as_ref())),
            Self::LockChanged(true) => "the meeting is locked".to_owned(),
            Self::LockChanged(false) => "the meeting is unlocked".to_owned(),
            Self::RecordingChanged(true) => "the meeting is being recorded".to_owned(),
            Self::RecordingChanged(false) => "the meeting is no longer recorded".to_owned(),
            Self::SubtitlesChanged(true) => "subtitles are on".to_owned(),
            Self::SubtitlesChanged(false) => "subtitles are off".to_owned(),
            Self::LayoutChanged { mode, .. } => layout_of(mode.as_ref()).to_owned(),
            Self::EndTimeChanged(Some(time)) => format!("the meeting is going to end at {time}"),
            Self::EndTimeChanged(None) => "the end of the meeting is open".to_owned(),
            Self::SettingsChanged(_) => "settings of the meeting changed".to_owned(),
            Self::SubjectChanged(Some(subject)) => format!("the subject is {}", printable(subject)),
            Self::SubjectChanged(None) => "the meeting has no subject now".to_owned(),
            Self::DetailsChanged(_) => "details of the meeting changed".to_owned(),
            Self::WaitingRoomEntered(info) => {
                let name = or_id(&info.name, &info.participant_id);
                format!("{name} is in the waiting room")
            }
            Self::WaitingRoomUpdated(info) => {
                let name = or_id(&info.name, &info.participant_id);
                format!("something about {name} in the waiting room changed")
            }
            Self::WaitingRoomLeft(info) => {
                let name = or_id(&info.name, &info.participant_id);
                format!("{name} left the waiting room")
            }
            Self::AttendeesChanged => "the list of those invited changed".to_owned(),
            Self::InterpretersChanged => "the groups of interpreters changed".to_owned(),
            Self::NetworkChanged(id) => format!("network figures of {} changed", name(id)),
            Self::CallEnded(result) => call_of(result, meeting),
            Self::Subtitle(subtitle) => subtitle_of(subtitle, meeting),
        }
    }
}

impl LiveMeeting {
    /// Name to show to people: that of the participant, or the id if there is none. Safe
    /// to print on a terminal: see [`printable`].
    #[must_use]
    pub fn display_name(&self, id: &ParticipantId) -> String {
        let name = self.participant(id).and_then(|known| known.name.as_ref());
        name.map_or_else(|| printable(id.as_str()), |name| printable(name))
    }
}

/// The text without what would make a terminal do anything but show it: people choose their own names.
///
/// Leaves out control characters, line breaks among them, and the marks that turn the direction of
/// writing.
#[must_use]
pub fn printable(text: &str) -> String {
    let steers = |char: char| {
        char.is_control()
            || matches!(
                char,
                '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
            )
    };
    text.chars().filter(|char| !steers(*char)).collect()
}

fn or_id(name: &Option<String>, id: &ParticipantId) -> String {
    printable(name.as_deref().unwrap_or(id.as_str()))
}

fn role_of(role: Option<ParticipantRole>) -> &'static str {
    match role {
        Some(ParticipantRole::Host) => "the host",
        Some(ParticipantRole::Guest) => "a guest",
        Some(ParticipantRole::Audience) => "in the audience",
        _ => "in another role",
    }
}

fn state_of(state: Option<&ConferenceState>) -> &'static str {
    match state {
        Some(ConferenceState::Scheduled) => "not started",
        Some(ConferenceState::Creating) => "being set up",
        Some(ConferenceState::Running) => "running",
        Some(ConferenceState::Ended) => "over",
        _ => "in an unknown state",
    }
}

fn layout_of(mode: Option<&BroadcastMode>) -> &'static str {
    match mode {
        Some(BroadcastMode::Free) => "everybody chooses whom to see",
        Some(BroadcastMode::FixedLayout) => "everybody sees a fixed layout",
        Some(BroadcastMode::Floor) => "everybody sees who has the floor",
        Some(BroadcastMode::Participant) => "everybody sees one participant",
        _ => "the layout changed",
    }
}

fn call_of(result: &InviteResult, meeting: &LiveMeeting) -> String {
    let who = match &result.call_number {
        // Whoever has left is known by number only.
        Some(number) => meeting
            .participants()
            .find(|participant| participant.phone.as_ref() == Some(number))
            .and_then(|participant| participant.name.as_deref())
            .map_or_else(|| printable(number), printable),
        None => "somebody".to_owned(),
    };
    match result.outcome() {
        Some(InviteOutcome::Accepted) => format!("{who} answered the call"),
        Some(InviteOutcome::LeftByItself) => format!("{who} hung up"),
        Some(InviteOutcome::HungUpByHost) => format!("the host hung up on {who}"),
        Some(InviteOutcome::HungUpFromPortal) => format!("an administrator hung up on {who}"),
        Some(
            InviteOutcome::NoStreamFromSite
            | InviteOutcome::NoStreamToSite
            | InviteOutcome::SipTimeout
            | InviteOutcome::WebSocketTimeout,
        ) => format!("the connection of {who} was lost"),
        Some(_) => {
            let code = result.code.as_deref().unwrap_or_default();
            format!("the call to {who} failed with code {}", printable(code))
        }
        None => format!("the call to {who} ended"),
    }
}

fn subtitle_of(subtitle: &RealTimeSubtitle, meeting: &LiveMeeting) -> String {
    let who = match &subtitle.participant_id {
        Some(id) => meeting.display_name(id),
        None => "somebody".to_owned(),
    };
    // The first line is in the language that was spoken, where that is sent.
    let text = subtitle.lines.iter().find_map(|line| line.text.as_deref());
    format!("{who}: {}", printable(text.unwrap_or_default()))
}
