//! Deduplicates and orders the events of one kind.

use meeting_types::{
    events::{Event, SnapshotMode},
    serde_struct,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Deduplicates and orders the events of one kind: the marks of the last ones.
///
/// Full pushes and increments are numbered apart.
#[derive(Clone, Debug, Default)]
pub(super) struct Dedup {
    /// The last full push.
    full: Option<Mark>,
    /// The last increment. Boxed, because of most kinds there never is one.
    increment: Option<Box<Increment>>,
    /// True when increments were missed, and no full push came since.
    stale: bool,
    /// True when increments may count from the start again: there was a full push since the last one.
    may_restart: bool,
    /// The same, because of a new connection.
    reconnected: bool,
}

/// Mark that tells one push from another.
#[derive(Clone, Debug)]
struct Mark {
    /// Time at which it was made, in milliseconds since 1970.
    at: Option<i64>,
    id: Option<MessageId>,
}

/// An increment also has a number. The version of a full push is its time.
#[derive(Clone, Debug)]
struct Increment {
    mark: Mark,
    version: Option<i64>,
}

/// The id of a push, in as little room as it takes: there is one of each kind for each meeting.
#[derive(Clone, Debug, PartialEq)]
enum MessageId {
    /// 32 hexadecimal digits, as the reference has it.
    Number([u8; 16]),
    Text(Box<str>),
}

impl From<&str> for MessageId {
    fn from(id: &str) -> Self {
        let is_number = id.len() == 32 && id.bytes().all(|digit| digit.is_ascii_hexdigit());
        match u128::from_str_radix(id, 16) {
            Ok(number) if is_number => Self::Number(number.to_be_bytes()),
            _ => Self::Text(id.into()),
        }
    }
}

impl Serialize for MessageId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Number(number) => {
                let number = u128::from_be_bytes(*number);
                serializer.collect_str(&format_args!("{number:032x}"))
            }
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for MessageId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|id| Self::from(id.as_str()))
    }
}

serde_struct! { Mark {
    at: Option<i64>,
    id: Option<MessageId>,
} }

serde_struct! { Increment {
    mark: Mark,
    version: Option<i64>,
} }

serde_struct! { Dedup {
    full: Option<Mark>,
    increment: Option<Box<Increment>>,
    stale: bool,
    may_restart: bool,
    reconnected: bool,
} }

impl Mark {
    fn of(event: &Event) -> Self {
        let is_full = event.mode == SnapshotMode::Full;
        let created = event.created_at.map(|at| at.as_millis());
        Self {
            // The version of a full push is the time as well.
            at: created.or(event.version.filter(|_| is_full)),
            id: event.message_id.as_deref().map(MessageId::from),
        }
    }

    fn has_id_of(&self, other: &Self) -> Option<bool> {
        Some(self.id.as_ref()? == other.id.as_ref()?)
    }
}

impl Dedup {
    /// True when the event is new. If so, it is the last one from now on.
    pub(super) fn is_new(&mut self, event: &Event) -> bool {
        let mark = Mark::of(event);
        // A mode that nobody documented is no reason to throw away what is known.
        let admitted = if event.mode == SnapshotMode::Full {
            self.is_newer_full(&mark)
        } else {
            self.is_newer_increment(&mark, event.version)
        };
        if !admitted {
            return false;
        }
        if event.mode == SnapshotMode::Full {
            self.full = Some(mark);
            self.stale = false;
            self.may_restart = true;
        } else {
            self.increment = Some(Box::new(Increment {
                mark,
                version: event.version,
            }));
            self.may_restart = false;
            self.reconnected = false;
        }
        true
    }

    fn is_newer_full(&self, mark: &Mark) -> bool {
        let Some(last) = &self.full else {
            return true;
        };
        match (mark.has_id_of(last), mark.at, last.at) {
            (Some(true), ..) => false,
            (_, Some(new), Some(old)) if new != old => new > old,
            // Two of the same moment are the same, unless their ids say otherwise, or the service
            // tells everything again to a new connection.
            (Some(false), ..) => true,
            (None, Some(_), Some(_)) => self.stale,
            (None, ..) => true,
        }
    }

    fn is_newer_increment(&self, mark: &Mark, version: Option<i64>) -> bool {
        // What was made before the last full push is in it.
        if let (Some(new), Some(full)) = (mark.at, self.full.as_ref().and_then(|full| full.at))
            && new < full
        {
            return false;
        }
        let Some(Increment {
            mark: last,
            version: last_version,
        }) = self.increment.as_deref()
        else {
            return true;
        };
        if mark.has_id_of(last) == Some(true) {
            return false;
        }
        match (version, *last_version) {
            (Some(new), Some(old)) if new > old => true,
            // It is not documented whether numbers go on after a full push or a new connection. If
            // they do not, only the time tells what is new from what is repeated.
            (Some(_), Some(_)) => match (mark.at, last.at) {
                (Some(new), Some(old)) => self.may_restart && new > old,
                _ => self.reconnected,
            },
            _ => match (mark.at, last.at) {
                (Some(new), Some(old)) => new >= old,
                _ => true,
            },
        }
    }

    /// Notes that events may have been missed.
    pub(super) fn gap(&mut self, becomes_stale: bool) {
        self.stale = becomes_stale;
        self.may_restart = true;
        self.reconnected = true;
    }

    /// Notes that an event was lost, while the connection goes on.
    pub(super) fn miss(&mut self) {
        self.stale = true;
    }

    pub(super) fn is_stale(&self) -> bool {
        self.stale
    }
}
