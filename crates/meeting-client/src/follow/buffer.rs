//! Bounded buffer of notices, with the state up to the last one delivered.

use std::{collections::VecDeque, mem};

use meeting_types::events::EventKind;

use super::{Change, LiveMeeting, Notice};

/// Bounded buffer of notices. The state of the meeting follows those that were taken out.
#[derive(Debug)]
pub(super) struct Buffer {
    waiting: VecDeque<Waiting>,
    capacity: usize,
    meeting: LiveMeeting,
    /// Changes that the last notice made.
    changes: Vec<Change>,
    /// The meeting before what was skipped, as long as a [`Notice::Skipped`] waits.
    before_skip: Option<Box<LiveMeeting>>,
}

/// A notice that waits.
#[derive(Debug)]
struct Waiting {
    notice: Notice,
    /// The kinds of events that may have been missed.
    missed: Box<[EventKind]>,
}

impl Buffer {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            waiting: VecDeque::new(),
            capacity: capacity.max(1),
            meeting: LiveMeeting::new(),
            changes: Vec::new(),
            before_skip: None,
        }
    }

    pub(super) fn meeting(&self) -> &LiveMeeting {
        &self.meeting
    }

    pub(super) fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// Number of notices that can still wait before any is skipped.
    pub(super) fn room(&self) -> usize {
        self.capacity.saturating_sub(self.waiting.len())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(super) fn push(&mut self, notice: Notice) {
        self.push_missed(notice, Vec::new());
    }

    /// The same, when events of these kinds may have been missed.
    pub(super) fn push_missed(&mut self, notice: Notice, missed: Vec<EventKind>) {
        if self.waiting.len() >= self.capacity {
            self.skip();
        }
        let missed = missed.into();
        self.waiting.push_back(Waiting { notice, missed });
    }

    /// The next notice, with what it changes noted.
    pub(super) fn pop(&mut self) -> Option<Notice> {
        let first = self.waiting.pop_front()?;
        self.changes = match (&first.notice, self.before_skip.take()) {
            (Notice::Skipped { .. }, Some(before)) => self.meeting.changes_since(&before),
            (_, before) => {
                // It waits at the front, so it is the one.
                debug_assert!(before.is_none());
                take_in(&mut self.meeting, &first)
            }
        };
        // It is empty nearly always, and there may be thousands of it.
        if self.waiting.is_empty() {
            self.waiting = VecDeque::new();
        }
        Some(first.notice)
    }

    /// Forgets what the last notice changed.
    pub(super) fn clear_changes(&mut self) {
        self.changes.clear();
    }

    /// Folds all that waits into the meeting, and leaves one notice that says so.
    fn skip(&mut self) {
        if self.before_skip.is_none() {
            self.before_skip = Some(Box::new(self.meeting.clone()));
        }
        let mut notices = 0;
        for waiting in mem::take(&mut self.waiting) {
            notices += match &waiting.notice {
                Notice::Skipped { notices } => *notices,
                _ => 1,
            };
            take_in(&mut self.meeting, &waiting);
        }
        self.waiting.push_back(Waiting {
            notice: Notice::Skipped { notices },
            missed: Box::default(),
        });
    }
}

fn take_in(meeting: &mut LiveMeeting, waiting: &Waiting) -> Vec<Change> {
    let changes = match &waiting.notice {
        Notice::Event(event) => meeting.apply(event),
        Notice::Gap { .. } => {
            meeting.gap();
            Vec::new()
        }
        Notice::EndedInGap => meeting.end(),
        Notice::Resumed { .. } | Notice::Skipped { .. } | Notice::Fault(_) => Vec::new(),
    };
    meeting.miss(&waiting.missed);
    changes
}
