//! Notices to a program that follows a meeting.

use std::{fmt, time::Duration};

use meeting_types::events::Event;

use crate::channel::{ChannelEnd, FrameFault};

/// Notice to a program that follows a meeting.
///
/// Most are events. The rest says where the events may have a hole.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Notice {
    /// Something about the meeting.
    Event(Box<Event>),
    /// The connection was lost, and events may be missed until [`Resumed`](Self::Resumed). What is
    /// known of the meeting is stale.
    Gap {
        /// End of the connection.
        cause: ChannelEnd,
    },
    /// There is a connection again. The service now tells how everything is; what differs from
    /// before the gap shows as changes.
    Resumed {
        /// Time without a connection.
        after: Duration,
        /// Number of attempts, this one included.
        attempts: u32,
    },
    /// The program was too slow, and the buffer was full: what waited there was folded into the
    /// state of the meeting. The changes are the difference that it made. What leaves no trace in
    /// the state, such as subtitles and the results of calls, is lost. A [`Gap`](Self::Gap) is never
    /// among it: nothing comes behind one until the program has taken it.
    Skipped {
        /// Number of notices.
        notices: u64,
    },
    /// The service sent something that cannot be read, or refused a further subscription.
    Fault(FrameFault),
    /// The meeting ended while there was no connection: the service says that it does not run. The
    /// last notice.
    EndedInGap,
}

impl Notice {
    /// The event, if it is one.
    #[must_use]
    pub fn event(&self) -> Option<&Event> {
        match self {
            Self::Event(event) => Some(event),
            _ => None,
        }
    }

    /// The event, if it is one.
    #[must_use]
    pub fn into_event(self) -> Option<Event> {
        match self {
            Self::Event(event) => Some(*event),
            _ => None,
        }
    }
}

/// Prints a line about the connection. Of an event only its kind.
impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Event(event) => write!(f, "{}", event.kind),
            Self::Gap { cause } => write!(f, "events may be missed: {cause}"),
            Self::Resumed { after, attempts } => {
                let tries = counted((*attempts).into(), "try", "tries");
                write!(f, "connected again after {after:.1?}, in {tries}")
            }
            Self::Skipped { notices } => {
                let notices = counted(*notices, "notice", "notices");
                write!(f, "{notices} skipped: the program is too slow")
            }
            Self::Fault(fault @ FrameFault::SubscriptionRefused { .. }) => fault.fmt(f),
            Self::Fault(fault) => write!(f, "unreadable: {fault}"),
            Self::EndedInGap => f.write_str("the meeting ended while there was no connection"),
        }
    }
}

fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_no_plural() {
        let resumed = |attempts| {
            let after = Duration::from_millis(1500);
            Notice::Resumed { after, attempts }.to_string()
        };
        assert_eq!(resumed(1), "connected again after 1.5s, in 1 try");
        assert_eq!(resumed(2), "connected again after 1.5s, in 2 tries");
        let skipped = |notices| Notice::Skipped { notices }.to_string();
        assert_eq!(skipped(1), "1 notice skipped: the program is too slow");
        assert_eq!(skipped(3), "3 notices skipped: the program is too slow");
    }
}
