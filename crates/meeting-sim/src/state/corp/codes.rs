//! Codes that people get by mail or by phone, and the mailbox in which tests find them.

use std::{
    collections::{HashMap, VecDeque},
    time::{Duration, SystemTime},
};

use meeting_types::ServiceError;

use crate::{
    state::{errors, random::Random},
    vocabulary::SimMail,
};

/// How long a code is good.
const LIFETIME: Duration = Duration::from_secs(60);
/// How long it takes until another one is sent.
const PAUSE: Duration = Duration::from_secs(180);
/// How many wrong codes end one.
const TRIES: u32 = 5;
/// How many messages the mailbox holds. The oldest are forgotten first.
const MAILS: usize = 1000;
/// How many codes are kept.
const CODES: usize = 10_000;

/// A code that was sent.
#[derive(Debug)]
struct Code {
    code: String,
    sent: SystemTime,
    wrong: u32,
}

/// All codes, by whom and by where they were sent.
#[derive(Debug, Default)]
pub(crate) struct Codes {
    codes: HashMap<(String, String), Code>,
    pub(crate) mails: VecDeque<SimMail>,
}

impl Codes {
    /// Sends a message.
    pub(crate) fn mail(&mut self, to: &str, about: &'static str, code: &str, now: SystemTime) {
        if self.mails.len() >= MAILS {
            self.mails.pop_front();
        }
        self.mails.push_back(SimMail {
            to: to.to_owned(),
            about,
            code: code.to_owned(),
            sent_at: now,
        });
    }

    /// Sends a code to an address of somebody.
    pub(crate) fn send(
        &mut self,
        user: &str,
        to: &str,
        about: &'static str,
        now: SystemTime,
        random: &mut Random,
    ) -> Result<(), ServiceError> {
        let key = (user.to_owned(), to.to_owned());
        let known = self.codes.get(&key);
        if known.is_some_and(|code| now < code.sent + PAUSE) {
            return Err(errors::CODE_SENT_LATELY.into());
        }
        if self.codes.len() >= CODES {
            self.codes.retain(|_, code| now < code.sent + PAUSE);
        }
        let code = random.digits(6);
        self.mail(to, about, &code, now);
        self.codes.insert(
            key,
            Code {
                code,
                sent: now,
                wrong: 0,
            },
        );
        Ok(())
    }

    /// Checks a code. `take` uses it up.
    pub(crate) fn check(
        &mut self,
        user: &str,
        to: &str,
        given: &str,
        take: bool,
        now: SystemTime,
    ) -> Result<(), ServiceError> {
        let key = (user.to_owned(), to.to_owned());
        let code = self.codes.get_mut(&key).ok_or(errors::CODE_WRONG)?;
        if code.wrong >= TRIES {
            return Err(errors::CODE_LOCKED.into());
        }
        if now >= code.sent + LIFETIME || code.code != given {
            code.wrong += 1;
            return Err(errors::CODE_WRONG.into());
        }
        if take {
            self.codes.remove(&key);
        }
        Ok(())
    }
}
