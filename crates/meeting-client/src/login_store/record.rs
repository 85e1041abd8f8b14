//! Record of one shared login: tokens, the right to log in, refusals. Decides what a claimant is told.

use std::time::Duration;

use meeting_types::{Claim, SavedLogin, ServiceError, Timestamp};

/// Wait of a claimant before it asks again.
const WAIT: Duration = Duration::from_millis(50);

/// No right to log in and no refusal is remembered for longer: a clock that was set back must not keep
/// everybody out.
const LONGEST: Duration = Duration::from_secs(3600);

/// The most refusals of one login that are remembered.
const REFUSALS: usize = 16;

/// Mark of a secret that was refused.
pub(super) type Mark = [u8; 32];

/// Record of one login.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Record {
    /// The highest number that was given out.
    pub(super) last: u64,
    pub(super) login: Option<(u64, SavedLogin)>,
    pub(super) claim: Option<Claimed>,
    pub(super) refusals: Vec<Refused>,
}

/// The right to log in, given out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Claimed {
    pub(super) number: u64,
    pub(super) by: String,
    pub(super) until: Timestamp,
}

/// A refusal that is remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) mark: Mark,
    pub(super) refusal: ServiceError,
    pub(super) until: Timestamp,
}

fn lasts(until: Timestamp, now: Timestamp) -> bool {
    now < until && until <= now.saturating_add(LONGEST)
}

impl Record {
    pub(super) fn claim(
        &mut self,
        by: &str,
        mark: Mark,
        newer_than: u64,
        patience: Duration,
        now: Timestamp,
    ) -> Claim {
        if let Some((number, login)) = &self.login
            && *number > newer_than
            && now < login.expires_at
        {
            return Claim::Have {
                number: *number,
                login: login.clone(),
            };
        }
        self.refusals.retain(|refused| lasts(refused.until, now));
        if let Some(refused) = self.refusals.iter().find(|refused| refused.mark == mark) {
            return Claim::Refused {
                refusal: refused.refusal.clone(),
            };
        }
        let until = now.saturating_add(patience.min(LONGEST));
        let number = match &self.claim {
            Some(claimed) if lasts(claimed.until, now) && claimed.by != by => {
                return Claim::Busy { wait: WAIT };
            }
            Some(claimed) if claimed.by == by && claimed.number > newer_than => claimed.number,
            // A store that was emptied begins above what its clients have.
            _ => self.last.max(newer_than) + 1,
        };
        self.last = number;
        self.claim = Some(Claimed {
            number,
            by: by.to_owned(),
            until,
        });
        let old = self.login.as_ref().map(|(_, login)| login.clone());
        Claim::Yours { number, old }
    }

    pub(super) fn put(&mut self, mark: Mark, number: u64, login: &SavedLogin) -> bool {
        if self.login.as_ref().is_some_and(|(held, _)| *held > number) {
            return false;
        }
        self.last = self.last.max(number);
        self.login = Some((number, login.clone()));
        self.refusals.retain(|refused| refused.mark != mark);
        self.release(number);
        true
    }

    pub(super) fn refuse(
        &mut self,
        mark: Mark,
        number: u64,
        refusal: &ServiceError,
        until: Timestamp,
    ) {
        self.refusals.retain(|refused| refused.mark != mark);
        if self.refusals.len() >= REFUSALS {
            self.refusals.remove(0);
        }
        self.refusals.push(Refused {
            mark,
            refusal: refusal.clone(),
            until,
        });
        self.release(number);
    }

    pub(super) fn release(&mut self, number: u64) {
        if self.claim.as_ref().is_some_and(|it| it.number == number) {
            self.claim = None;
        }
    }

    pub(super) fn forget(&mut self, number: u64) {
        if self.login.as_ref().is_some_and(|(held, _)| *held == number) {
            self.login = None;
        }
    }
}
