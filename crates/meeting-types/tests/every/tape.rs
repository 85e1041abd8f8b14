//! Where values come from.

use std::fmt;

use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestRunner},
};

/// Random numbers, one after the other. A tape that has run out gives zeros, so that proptest finds
/// the simplest values that fail by shortening the tape.
#[derive(Clone, Default)]
pub(crate) struct Tape {
    numbers: std::vec::IntoIter<u32>,
}

impl Tape {
    /// Runs `check` with many tapes, and shows the shortest one that fails. There are many
    /// operations, so each gets the usual number divided by `share`; `PROPTEST_CASES` raises that.
    pub(crate) fn for_all(share: u32, check: fn(Self)) {
        let usual = Config::default();
        let config = Config {
            cases: usual.cases.div_ceil(share),
            failure_persistence: None,
            ..usual
        };
        let tapes = vec(any::<u32>(), 0..600).prop_map(|numbers| Self {
            numbers: numbers.into_iter(),
        });
        let outcome = TestRunner::new(config).run(&tapes, |tape| {
            check(tape);
            Ok(())
        });
        if let Err(failure) = outcome {
            panic!("{failure}");
        }
    }

    /// The next number.
    pub(crate) fn next(&mut self) -> u32 {
        self.numbers.next().unwrap_or_default()
    }

    /// A number from 0 to below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next()).unwrap_or_default() % end.max(1)
    }

    /// One of these.
    pub(crate) fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }
}

/// Says how long it is. The values that it made say more than its numbers.
impl fmt::Debug for Tape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a tape of {} numbers", self.numbers.len())
    }
}
