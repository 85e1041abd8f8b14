//! What a push tells, read and written.

use std::{collections::BTreeMap, fmt};

use serde_json::{Map, Value as Json};

use super::{
    AttendeeChange, AttendeeInfo, ConferenceBasicInfo, ConferenceDynamicInfo, EventKind,
    FrameError, InterpreterGroupInfo, InviteResult, NetworkCondition, NetworkConditionChange,
    ParticipantChange, RealTimeSubtitle, Speaker, WaitingChange,
    envelope::Envelope,
    frame::{self, Frame},
    part::Part,
    participant::Row,
    text_map::{REFRESH, REMOVE},
    waiting::WaitingRow,
};
use crate::{
    Mend,
    schema::{Empty, Format, Value, WireInput, write_tree},
};

/// What a push tells.
///
/// `Debug` masks passwords and links, and the whole of [`Other`](Self::Other), which may hold any.
#[derive(Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EventPayload {
    /// What hardly changes while the meeting runs.
    ConferenceBasicInfo(Box<ConferenceBasicInfo>),
    /// What changes while the meeting runs.
    ConferenceDynamicInfo(Box<ConferenceDynamicInfo>),
    /// Who is in the meeting, or left it.
    Participants(Vec<ParticipantChange>),
    /// Who was invited.
    Attendees(Vec<AttendeeChange>),
    /// Up to three speakers, the loudest of all. Nobody while all are silent.
    SpeakerChange(Vec<Speaker>),
    /// How calls went, and why people left.
    InviteResult(Vec<InviteResult>),
    /// What somebody says, as text.
    RealTimeSubtitle(Box<RealTimeSubtitle>),
    /// Who is in the waiting room, or left it.
    WaitingList(Vec<WaitingChange>),
    /// The groups of interpreters.
    InterpreterGroup(Vec<InterpreterGroupInfo>),
    /// Network figures of each site.
    NetworkCondition(Vec<NetworkConditionChange>),
    /// The whole message as it came: of a kind that has no type here, or not in the form that its
    /// kind should have. A whole number that 64 bits do not hold is a text in there, with all digits.
    Other(Json),
}

impl fmt::Debug for EventPayload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut show =
            |name: &str, field: &dyn fmt::Debug| f.debug_tuple(name).field(field).finish();
        match self {
            Self::ConferenceBasicInfo(info) => show("ConferenceBasicInfo", info),
            Self::ConferenceDynamicInfo(info) => show("ConferenceDynamicInfo", info),
            Self::Participants(changes) => show("Participants", changes),
            Self::Attendees(changes) => show("Attendees", changes),
            Self::SpeakerChange(speakers) => show("SpeakerChange", speakers),
            Self::InviteResult(results) => show("InviteResult", results),
            Self::RealTimeSubtitle(subtitle) => show("RealTimeSubtitle", subtitle),
            Self::WaitingList(changes) => show("WaitingList", changes),
            Self::InterpreterGroup(groups) => show("InterpreterGroup", groups),
            Self::NetworkCondition(changes) => show("NetworkCondition", changes),
            Self::Other(_) => f.write_str("Other(***)"),
        }
    }
}

macro_rules! payloads {
    ($($type:ty => $variant:ident;)*) => {$(
        impl From<$type> for EventPayload {
            fn from(payload: $type) -> Self {
                Self::$variant(payload.into())
            }
        }
    )*};
}

payloads! {
    ConferenceBasicInfo => ConferenceBasicInfo;
    ConferenceDynamicInfo => ConferenceDynamicInfo;
    Vec<ParticipantChange> => Participants;
    Vec<AttendeeChange> => Attendees;
    Vec<Speaker> => SpeakerChange;
    Vec<InviteResult> => InviteResult;
    RealTimeSubtitle => RealTimeSubtitle;
    Vec<WaitingChange> => WaitingList;
    Vec<InterpreterGroupInfo> => InterpreterGroup;
    Vec<NetworkConditionChange> => NetworkCondition;
}

/// Where the groups of interpreters lie, other than the reference says.
const INTERPRETER_GROUPS: &str = "interpreterGroups";

impl EventPayload {
    /// The kind of the push that carries it.
    pub(super) fn kind(&self) -> EventKind {
        match self {
            Self::ConferenceBasicInfo(_) => EventKind::ConferenceBasicInfo,
            Self::ConferenceDynamicInfo(_) => EventKind::ConferenceDynamicInfo,
            Self::Participants(_) => EventKind::Participants,
            Self::Attendees(_) => EventKind::Attendees,
            Self::SpeakerChange(_) => EventKind::SpeakerChange,
            Self::InviteResult(_) => EventKind::InviteResult,
            Self::RealTimeSubtitle(_) => EventKind::RealTimeSubtitle,
            Self::WaitingList(_) => EventKind::WaitingList,
            Self::InterpreterGroup(_) => EventKind::InterpreterGroup,
            Self::NetworkCondition(_) => EventKind::NetworkCondition,
            Self::Other(whole) => EventKind::from(frame::action_of(whole).unwrap_or("")),
        }
    }

    /// The payload of `frame`, or nothing when it is not in the form of its kind.
    pub(super) fn read(
        kind: &EventKind,
        frame: &Frame<'_>,
        mends: &mut Vec<Mend>,
    ) -> Result<Option<Self>, FrameError> {
        Ok(match kind {
            EventKind::ConferenceBasicInfo => {
                read_object::<ConferenceBasicInfo>(frame, mends)?.map(Self::from)
            }
            EventKind::ConferenceDynamicInfo => {
                read_object::<ConferenceDynamicInfo>(frame, mends)?.map(Self::from)
            }
            EventKind::Participants => {
                let make = |row: Row| Some(ParticipantChange::from(row));
                read_list(frame, mends, make)?.map(Self::from)
            }
            EventKind::Attendees => read_list(frame, mends, attendee_change)?.map(Self::from),
            EventKind::SpeakerChange => read_list(frame, mends, Some::<Speaker>)?.map(Self::from),
            EventKind::InviteResult => {
                read_list(frame, mends, said::<InviteResult>)?.map(Self::from)
            }
            EventKind::RealTimeSubtitle => {
                read_object::<RealTimeSubtitle>(frame, mends)?.map(Self::from)
            }
            EventKind::WaitingList => {
                let make = |row: WaitingRow| Some(WaitingChange::from(row));
                read_list(frame, mends, make)?.map(Self::from)
            }
            EventKind::InterpreterGroup => {
                let groups = match frame.part(INTERPRETER_GROUPS)? {
                    Some(groups) => list_of(groups, mends, said::<InterpreterGroupInfo>)?,
                    None => read_list(frame, mends, said::<InterpreterGroupInfo>)?,
                };
                groups.map(Self::from)
            }
            EventKind::NetworkCondition => {
                read_list(frame, mends, condition_change)?.map(Self::from)
            }
            _ => None,
        })
    }

    /// The message without its envelope.
    pub(super) fn write(&self) -> Json {
        match self {
            Self::ConferenceBasicInfo(info) => write_tree(&**info),
            Self::ConferenceDynamicInfo(info) => write_tree(&**info),
            Self::Participants(changes) => in_data(write_tree(
                &changes.iter().map(Row::from).collect::<Vec<_>>(),
            )),
            Self::Attendees(changes) => in_data(Json::Array(
                changes
                    .iter()
                    .map(|change| match change {
                        AttendeeChange::Update(info) => moded(write_tree(&**info), REFRESH),
                        AttendeeChange::Removed(info) => moded(write_tree(&**info), REMOVE),
                    })
                    .collect(),
            )),
            // Silence is told by leaving the list out.
            Self::SpeakerChange(speakers) if speakers.is_empty() => Json::Object(Map::new()),
            Self::SpeakerChange(speakers) => in_data(write_tree(speakers)),
            Self::InviteResult(results) => in_data(write_tree(results)),
            Self::RealTimeSubtitle(subtitle) => in_data(write_tree(&**subtitle)),
            Self::WaitingList(changes) => {
                let rows: Vec<_> = changes.iter().map(WaitingRow::from).collect();
                in_data(write_tree(&rows))
            }
            // Where the sample has them.
            Self::InterpreterGroup(groups) => under(INTERPRETER_GROUPS, write_tree(groups)),
            Self::NetworkCondition(changes) => in_data(Json::Array(
                changes
                    .iter()
                    .map(|change| match change {
                        NetworkConditionChange::Update(condition) => {
                            moded(write_tree(&**condition), REFRESH)
                        }
                        NetworkConditionChange::Removed(id) => {
                            moded(write_tree(&NetworkCondition::new(id)), REMOVE)
                        }
                    })
                    .collect(),
            )),
            Self::Other(whole) if whole.is_object() => whole.clone(),
            Self::Other(data) => in_data(data.clone()),
        }
    }
}

fn in_data(payload: Json) -> Json {
    under("data", payload)
}

fn under(key: &str, payload: Json) -> Json {
    Json::Object(Map::from_iter([(key.to_owned(), payload)]))
}

/// The entry `item` with its mode.
fn moded(mut item: Json, mode: i32) -> Json {
    item[MODE] = mode.into();
    item
}

const MODE: &str = "mode";

/// Whether a key of a push belongs to a payload that lies flat beside the envelope.
fn is_payload(key: &str) -> bool {
    !matches!(key, "action" | "data") && !Envelope::has_field(key)
}

/// Reads an object that lies in `data`, or flat beside the envelope.
fn read_object<T: Value + Empty>(
    frame: &Frame<'_>,
    mends: &mut Vec<Mend>,
) -> Result<Option<T>, FrameError> {
    let data = frame.data()?.filter(Part::has_content);
    data.unwrap_or_else(|| frame.beside(is_payload)).read(mends)
}

/// Reads a list that lies in `data`, or its only item flat beside the envelope.
fn read_list<T: Value + Empty, R>(
    frame: &Frame<'_>,
    mends: &mut Vec<Mend>,
    make: fn(T) -> Option<R>,
) -> Result<Option<Vec<R>>, FrameError> {
    let data = frame.data()?.unwrap_or_else(|| frame.beside(is_payload));
    list_of(data, mends, make)
}

fn list_of<T: Value + Empty, R>(
    mut data: Part<'_>,
    mends: &mut Vec<Mend>,
    make: fn(T) -> Option<R>,
) -> Result<Option<Vec<R>>, FrameError> {
    let Some(items) = data.read::<Vec<T>>(mends)? else {
        return Ok(None);
    };
    let items: Vec<R> = items.into_iter().filter_map(make).collect();
    // Something was said, and none of it was understood.
    let lost = items.is_empty() && data.has_content();
    Ok((!lost).then_some(items))
}

/// An item that says something.
fn said<T: Empty + PartialEq>(item: T) -> Option<T> {
    (item != T::empty()).then_some(item)
}

fn attendee_change(mut attendee: AttendeeInfo) -> Option<AttendeeChange> {
    let gone = takes_removal(&mut attendee.extra);
    let attendee = Box::new(said(attendee)?);
    Some(if gone {
        AttendeeChange::Removed(attendee)
    } else {
        AttendeeChange::Update(attendee)
    })
}

fn condition_change(mut condition: NetworkCondition) -> Option<NetworkConditionChange> {
    let gone = takes_removal(&mut condition.extra);
    Some(if gone {
        NetworkConditionChange::Removed(condition.participant_id)
    } else {
        condition.into()
    })
}

/// Takes the mode of an entry from what has no field. Says whether it is that of an entry that is gone.
fn takes_removal(extra: &mut BTreeMap<String, String>) -> bool {
    let Some(text) = extra.remove(MODE) else {
        return false;
    };
    let mut mode = REFRESH;
    // Elsewhere the mode is a number, which a yes can be read as.
    text == "true" || mode.read(WireInput::Text(&text), Format::Plain) && mode == REMOVE
}
