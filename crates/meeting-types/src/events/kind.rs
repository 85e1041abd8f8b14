//! What a push is about.

use crate::schema::open_enum;

open_enum! {
    /// What a push is about. A subscription lists the kinds that it wants.
    ///
    /// A kind without a name here is made from its text and works all the same:
    ///
    /// ```
    /// use meeting_types::events::EventKind;
    ///
    /// let kind = EventKind::from("BreakoutSettingNotify");
    /// assert_eq!(kind.as_str(), "BreakoutSettingNotify");
    /// assert_eq!(EventKind::from("ParticipantsNotify"), EventKind::Participants);
    /// ```
    pub enum EventKind: str {
        /// Subject, passwords, who booked it: what hardly changes while the meeting runs.
        ConferenceBasicInfo = "ConfBasicInfoNotify",
        /// State, locks, recording, layout: what changes while the meeting runs. Tells its end.
        ConferenceDynamicInfo = "ConfDynamicInfoNotify",
        /// Who is in the meeting or being called.
        Participants = "ParticipantsNotify",
        /// Who was invited when the meeting was booked.
        Attendees = "AttendeesNotify",
        /// The three loudest speakers.
        SpeakerChange = "SpeakerChangeNotify",
        /// How a call to somebody went, and why somebody left.
        InviteResult = "InviteResultNotify",
        /// Subtitles as people speak.
        RealTimeSubtitle = "RealTimeSubtitleNotify",
        /// Who is in the waiting room.
        WaitingList = "WaitingListNotify",
        /// The groups of interpreters.
        InterpreterGroup = "InterpreterGroupNotify",
        /// Network figures for each site of an MCU meeting. Documented until 2023.
        NetworkCondition = "NetConditionNotify",
        /// The layout of several pictures. Seen in samples; its payload is not documented.
        CustomMultiPicture = "CustomMultiPicNotify",
        /// Network quality. Seen in samples; its payload is not documented.
        NetworkQuality = "NetworkQualityNotify",
    }
}
