//! Locks whoever gives too many wrong passwords in a row.

use std::time::{Duration, SystemTime};

/// How many wrong passwords in a row lock.
pub(crate) const WRONG_PASSWORDS: u32 = 5;
/// How long a lock holds.
pub(crate) const LOCKED_FOR: Duration = Duration::from_secs(60);

/// Counts wrong passwords for one thing that a password opens.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lockout {
    wrong: u32,
    until: Option<SystemTime>,
}

impl Lockout {
    /// Checks one attempt: `right` counts only when nothing is locked.
    pub(crate) fn attempt(&mut self, now: SystemTime, right: bool) -> Attempt {
        if let Some(until) = self.until {
            if now < until {
                return Attempt::Locked;
            }
            *self = Self::default();
        }
        if right {
            *self = Self::default();
            return Attempt::Right;
        }
        self.wrong += 1;
        if self.wrong >= WRONG_PASSWORDS {
            self.until = Some(now + LOCKED_FOR);
        }
        Attempt::Wrong
    }
}

/// What became of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Attempt {
    /// The password is right.
    Right,
    /// The password is wrong.
    Wrong,
    /// Nobody looked at the password.
    Locked,
}
