//! The live channel: the frames that travel over the WebSocket of a running meeting, and what they
//! tell.
//!
//! This is plain data: frames are made from text and become text again, on either side. Connecting
//! is left to `meeting-async` and `meeting-blocking`, and when to say what to `meeting-client`.

mod address;
mod attendees;
mod basic_info;
mod client_frame;
mod dynamic_info;
mod entries;
mod envelope;
mod event;
mod frame;
mod frame_error;
mod interpreters;
mod kind;
mod merge;
mod network;
mod part;
mod participant;
mod payload;
mod people;
mod sequence;
mod server_frame;
mod stored;
mod subtitles;
mod text_map;
mod waiting;

pub use address::{ChannelAddress, ChannelAddressError};
pub use attendees::{AttendeeChange, AttendeeInfo};
pub use basic_info::{ConferenceBasicInfo, ConferenceMedia, RecordingSetup, RolePassword};
pub use client_frame::{ClientFrame, SpeechModel, SubtitleSwitch};
pub use dynamic_info::{BroadcastMode, ConferenceDynamicInfo, MultiPicture, Picture};
pub use envelope::SnapshotMode;
pub use event::Event;
pub use frame_error::FrameError;
pub use interpreters::InterpreterGroupInfo;
pub use kind::EventKind;
pub use network::{NetworkCondition, NetworkConditionChange, NetworkGrade};
pub use participant::{
    ParticipantChange, ParticipantClient, ParticipantInfo, ParticipantState, ParticipantView,
};
pub use payload::EventPayload;
pub use people::{InviteOutcome, InviteResult, Speaker};
pub use sequence::{Sequence, Sequences};
pub use server_frame::ServerFrame;
pub use subtitles::{RealTimeSubtitle, SubtitleLanguage, SubtitleLine};
pub use waiting::{WaitingChange, WaitingParticipant, WaitingState};
