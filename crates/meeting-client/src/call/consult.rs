//! The part of a call that asks the store through which processes share a login.

use std::time::{Duration, SystemTime};

use meeting_types::{Claim, SavedLogin, StoreError};
use tracing::warn;

use super::{
    Action, Call,
    state::{Acquiring, Consulting, State, Then},
};
use crate::{
    Consulted, Error,
    login_store::{Answer, Question},
    token::BUSY_WAIT,
};

/// The longest wait before the store is asked again.
const LONGEST_WAIT: Duration = Duration::from_secs(1);

impl Call<'_> {
    /// Asks the store for a token that is newer than the one that there is.
    pub(super) fn claim(&mut self, mut acquiring: Acquiring, now: SystemTime, left: Duration) {
        acquiring.is_claimed = true;
        let acquisition = &acquiring.acquisition;
        let question = Question::Claim {
            newer_than: acquisition.shared_number(),
            patience: self.config.allowed_for_attempt().min(left),
        };
        let question = acquisition.link().map(|link| link.ask(question, now));
        self.state = State::Consulting(Box::new(Consulting {
            question,
            then: Then::Claimed(acquiring),
        }));
    }

    /// Puts a token into the store, and goes on as the state says.
    pub(super) fn put(
        &mut self,
        acquiring: &Acquiring,
        number: u64,
        saved: SavedLogin,
        now: SystemTime,
    ) {
        let login = Box::new(saved);
        self.tell(acquiring, Question::Put { number, login }, now);
    }

    /// Gives the right to log in back to the store, after an acquisition that failed with `error`. A
    /// refusal of the credentials is remembered there for `rest`.
    pub(super) fn give_back(
        &mut self,
        acquiring: &Acquiring,
        number: u64,
        rest: Option<Duration>,
        error: &Error,
        now: SystemTime,
    ) {
        let question = match (error, rest) {
            (Error::Service(refusal), Some(rest)) => Question::Refuse {
                number,
                refusal: Box::new(refusal.clone()),
                rest,
            },
            _ => Question::Release { number },
        };
        self.tell(acquiring, question, now);
    }

    fn tell(&mut self, acquiring: &Acquiring, question: Question, now: SystemTime) {
        let Some(link) = acquiring.acquisition.link() else {
            return;
        };
        let question = Some(link.ask(question, now));
        let then = Then::Told(std::mem::replace(&mut self.state, State::Taken));
        self.state = State::Consulting(Box::new(Consulting { question, then }));
    }

    /// Hands the question out. What the store is told is told even when no time is left, since others
    /// wait for it.
    pub(super) fn consult(&mut self, mut consulting: Box<Consulting>, left: Duration) -> Action {
        let is_claim = matches!(consulting.then, Then::Claimed(_));
        if is_claim && left.is_zero() {
            return Action::Done(Err(self.out_of_time()));
        }
        let Some(question) = consulting.question.take() else {
            return self.misuse("the answer of the store was not reported");
        };
        self.place = None;
        self.state = State::Consulting(consulting);
        Action::Consult(if is_claim {
            question.within(left)
        } else {
            question
        })
    }

    /// Takes the answer to the question that [`poll`](Self::poll) asked to put to the store.
    pub fn handle_consulted(&mut self, outcome: Result<Consulted, StoreError>, now: SystemTime) {
        let span = self.span.clone();
        let _entered = span.enter();
        self.left(now);
        let consulting = match std::mem::replace(&mut self.state, State::Taken) {
            State::Consulting(consulting) if consulting.question.is_none() => *consulting,
            // Nothing was asked for.
            other => {
                self.state = other;
                return;
            }
        };
        match consulting.then {
            Then::Claimed(acquiring) => self.on_claim(acquiring, outcome, now),
            Then::Told(state) => {
                if let Err(error) = outcome {
                    warn!(error = %error, "a shared login was not told to the store");
                }
                self.state = state;
            }
        }
    }

    fn on_claim(
        &mut self,
        mut acquiring: Acquiring,
        outcome: Result<Consulted, StoreError>,
        now: SystemTime,
    ) {
        let claim = outcome.and_then(|Consulted(answer)| match answer {
            Answer::Claim(claim) => Ok(*claim),
            Answer::Told(_) => Err(StoreError::new("it answered another question")),
        });
        match claim {
            Ok(Claim::Have { number, login }) => {
                let draw = self.random.f64();
                acquiring.acquisition.adopt(number, &login, draw);
                self.use_new_token(&acquiring);
            }
            Ok(Claim::Yours { number, old }) => {
                acquiring.number = Some(number);
                if let Some(old) = old {
                    let draw = self.random.f64();
                    acquiring.acquisition.renew_by(&old, draw);
                }
                self.state = State::Acquiring(acquiring, self.elapsed);
            }
            Ok(Claim::Busy { .. }) if self.can_do_without(&acquiring, now) => {
                acquiring.acquisition.postpone(now);
                self.state = State::Ready;
            }
            Ok(Claim::Busy { wait }) => {
                acquiring.is_claimed = false;
                let wait = wait.clamp(BUSY_WAIT, LONGEST_WAIT);
                self.state = State::Acquiring(acquiring, self.elapsed + wait);
            }
            Ok(Claim::Refused { refusal }) => {
                self.abandon(acquiring, Error::Service(refusal).into(), now);
            }
            Ok(_) => {
                let error = StoreError::new("it answered what this release does not know");
                self.without_store(acquiring, error, now);
            }
            Err(error) => self.without_store(acquiring, error, now),
        }
    }

    /// Goes on where the store is away.
    fn without_store(&mut self, acquiring: Acquiring, error: StoreError, now: SystemTime) {
        warn!(error = %error, "the store of shared logins is away");
        let may_log_in = !self.can_do_without(&acquiring, now)
            && (acquiring.acquisition.link()).is_some_and(|link| link.may_log_in_alone(now));
        if may_log_in {
            self.state = State::Acquiring(acquiring, self.elapsed);
        } else {
            self.abandon(acquiring, Error::Store(error).into(), now);
        }
    }
}
