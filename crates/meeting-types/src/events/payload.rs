//! What a push tells, read and written.

use std::{borrow::Cow, fmt};

use serde_json::{Map, Value as Json};

use super::{
    AttendeeChange, AttendeeInfo, ConferenceBasicInfo, ConferenceDynamicInfo, EventKind,
    InterpreterGroupInfo, InviteResult, NetworkCondition, NetworkConditionChange,
    ParticipantChange, RealTimeSubtitle, Speaker, WaitingChange,
    event::Envelope,
    frame,
    participant::Row,
    text_map::{REFRESH, REMOVE},
    waiting::WaitingRow,
};
use crate::{
    Mend,
    schema::{Empty, Model, Value, read_tree, write_tree},
};

/// What a push tells.
///
/// `Debug` masks passwords and links, and the whole of [`Other`](Self::Other), which may hold any.
#[derive(Clone, PartialEq)]
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

    /// The payload of `root`, or nothing when it is not in the form of its kind.
    pub(super) fn read(kind: &EventKind, root: &Json, mends: &mut Vec<Mend>) -> Option<Self> {
        let payload = match kind {
            EventKind::ConferenceBasicInfo => {
                read_object::<ConferenceBasicInfo>(root, mends)?.into()
            }
            EventKind::ConferenceDynamicInfo => {
                read_object::<ConferenceDynamicInfo>(root, mends)?.into()
            }
            EventKind::Participants => {
                let rows: Vec<Row> = read_list(root, mends, |_| true)?;
                rows.into_iter()
                    .map(ParticipantChange::from)
                    .collect::<Vec<_>>()
                    .into()
            }
            EventKind::Attendees => {
                let said = |attendee: &AttendeeInfo| *attendee != AttendeeInfo::default();
                read_moded(root, mends, said, |attendee, gone| {
                    let attendee = Box::new(attendee);
                    if gone {
                        AttendeeChange::Removed(attendee)
                    } else {
                        AttendeeChange::Update(attendee)
                    }
                })?
                .into()
            }
            EventKind::SpeakerChange => read_list::<Speaker>(root, mends, |_| true)?.into(),
            EventKind::InviteResult => {
                let said = |result: &InviteResult| *result != InviteResult::default();
                read_list(root, mends, said)?.into()
            }
            EventKind::RealTimeSubtitle => read_object::<RealTimeSubtitle>(root, mends)?.into(),
            EventKind::WaitingList => {
                let rows: Vec<WaitingRow> = read_list(root, mends, |_| true)?;
                rows.into_iter()
                    .map(WaitingChange::from)
                    .collect::<Vec<_>>()
                    .into()
            }
            EventKind::InterpreterGroup => {
                let said = |group: &InterpreterGroupInfo| *group != InterpreterGroupInfo::default();
                match frame::inner_mending(root, INTERPRETER_GROUPS, mends) {
                    Some(groups) => list_of(&groups, said)?.into(),
                    None => read_list(root, mends, said)?.into(),
                }
            }
            EventKind::NetworkCondition => read_moded(
                root,
                mends,
                |_| true,
                |condition: NetworkCondition, gone| {
                    if gone {
                        NetworkConditionChange::Removed(condition.participant_id)
                    } else {
                        condition.into()
                    }
                },
            )?
            .into(),
            _ => return None,
        };
        Some(payload)
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

/// Reads an object that lies in `data`, or flat beside the envelope.
fn read_object<T: Value + Empty>(root: &Json, mends: &mut Vec<Mend>) -> Option<T> {
    let data = frame::data_mending(root, mends).filter(|data| has_content(data));
    read_tree(&data.unwrap_or_else(|| flat(root))).ok()
}

/// Reads a list that lies in `data`, or its only item flat beside the envelope.
fn read_list<T: Value + Empty>(
    root: &Json,
    mends: &mut Vec<Mend>,
    keep: fn(&T) -> bool,
) -> Option<Vec<T>> {
    let data = frame::data_mending(root, mends);
    list_of(&data.unwrap_or_else(|| flat(root)), keep)
}

fn list_of<T: Value + Empty>(data: &Json, keep: fn(&T) -> bool) -> Option<Vec<T>> {
    let mut items: Vec<T> = read_tree(data).ok()?;
    items.retain(keep);
    // Something was said, and none of it was understood.
    let lost = items.is_empty() && has_content(data);
    (!lost).then_some(items)
}

/// Reads a list whose entries say whether they are there or gone.
fn read_moded<T: Value + Empty, R>(
    root: &Json,
    mends: &mut Vec<Mend>,
    keep: fn(&T) -> bool,
    make: fn(T, bool) -> R,
) -> Option<Vec<R>> {
    let data = frame::data_mending(root, mends).unwrap_or_else(|| flat(root));
    let items = match data.into_owned() {
        Json::Array(items) => items,
        // One object where a list belongs is a list of one.
        Json::Object(entries) if entries.is_empty() => Vec::new(),
        item => vec![item],
    };
    let is_empty = items.is_empty();
    let read = |mut item: Json| {
        let mode = item.as_object_mut()?.remove(MODE);
        let mode = mode.and_then(|mode| read_tree::<i32>(&mode).ok());
        let item: T = read_tree(&item).ok()?;
        keep(&item).then(|| make(item, mode == Some(REMOVE)))
    };
    let items: Vec<R> = items.into_iter().filter_map(read).collect();
    (is_empty || !items.is_empty()).then_some(items)
}

/// What lies flat in `root`, beside the envelope.
fn flat(root: &Json) -> Cow<'_, Json> {
    let mut root = root.clone();
    if let Some(entries) = root.as_object_mut() {
        let envelope = Envelope::empty();
        for field in envelope.shape().fields {
            entries.remove(field.wire);
        }
        for key in ["action", "data"] {
            entries.remove(key);
        }
    }
    Cow::Owned(root)
}

fn has_content(data: &Json) -> bool {
    match data {
        Json::Object(entries) => !entries.is_empty(),
        Json::Array(items) => !items.is_empty(),
        _ => false,
    }
}
