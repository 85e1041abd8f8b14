//! Random values, from a tape that proptest shortens until it finds the simplest that fail.

use std::fmt;

use meeting_types::schema::{EnumShape, Field, Format, Kind, Place};
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestRunner},
};

use crate::{Choices, Target};

/// Random numbers, one after the other. A tape that has run out gives zeros, so that proptest finds
/// the simplest values that fail by shortening the tape.
#[derive(Clone, Default)]
pub struct Tape {
    numbers: std::vec::IntoIter<u32>,
}

impl Tape {
    /// Runs `check` with many tapes, and shows the shortest one that fails. There are many
    /// operations, so each gets the usual number divided by `share`; `PROPTEST_CASES` raises that.
    ///
    /// # Panics
    ///
    /// When `check` does.
    pub fn for_all(share: u32, check: fn(Self)) {
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
    pub fn draw(&mut self) -> u32 {
        self.numbers.next().unwrap_or_default()
    }

    /// A number from 0 to below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.draw()).unwrap_or_default() % end.max(1)
    }

    /// One of these.
    pub fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }
}

/// Says how long it is. The values that it made say more than its numbers.
impl fmt::Debug for Tape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a tape of {} numbers", self.numbers.len())
    }
}

/// Random values of a [`Tape`].
#[derive(Debug)]
pub struct RandomChoices {
    tape: Tape,
    secret: Option<&'static str>,
    secrets: usize,
}

impl RandomChoices {
    /// Takes values from the tape, and which fields are set. With a `secret`, everything is set, and
    /// that is the text of all secrets.
    #[must_use]
    pub fn new(tape: Tape, secret: Option<&'static str>) -> Self {
        Self {
            tape,
            secret,
            secrets: 0,
        }
    }

    /// Number of the secrets that were filled in.
    #[must_use]
    pub fn secrets(&self) -> usize {
        self.secrets
    }

    /// The tape, for what comes after filling.
    #[must_use]
    pub fn into_tape(self) -> Tape {
        self.tape
    }

    /// A token or a password in a header.
    pub fn secret_text(&mut self) -> String {
        self.secrets += 1;
        match self.secret {
            Some(mark) => mark.to_owned(),
            None => self.any_text(&TextRules::at(Place::Header)),
        }
    }

    /// An id in the query.
    pub fn id(&mut self) -> String {
        self.any_text(&TextRules::at(Place::Query))
    }

    /// One of the known values of an enum, half of the times: rules are about them.
    fn known(&mut self, shape: &EnumShape) -> Option<(&'static str, &'static str)> {
        let is_known = self.tape.below(2) == 0 && !shape.known.is_empty();
        is_known.then(|| self.tape.one_of(shape.known))
    }

    fn any_text(&mut self, rules: &TextRules) -> String {
        const ANYWHERE: &[char] = &[
            'a', 'Z', '0', '-', '_', '.', '~', '+', '%', '&', '=', '?', '#', '/', '\\', '"', '\'',
            ':', ';', '@', '<', '{', '[', '$', '|',
        ];
        const NOT_IN_HEADERS: &[char] = &['é', '张', '😀', '\u{301}', '\u{feff}', ','];
        if rules.narrow {
            return "a".repeat(rules.least);
        }
        let count = rules.least + self.tape.below(rules.most - rules.least + 1);
        let mut text = String::new();
        for index in 0..count {
            let is_inside = index > 0 && index + 1 < count;
            text.push(match self.tape.below(12) {
                1 if is_inside => ' ',
                2 if is_inside && rules.multiline => '\n',
                3 if is_inside && rules.any_script => '\u{2028}',
                4 if rules.any_script => self.tape.one_of(NOT_IN_HEADERS),
                _ => self.tape.one_of(ANYWHERE),
            });
        }
        if matches!(&*text, "." | "..") {
            text.replace_range(..1, "a");
        }
        text
    }
}

impl Choices for RandomChoices {
    fn wants(&mut self, _: &Field) -> bool {
        self.secret.is_some() || self.tape.below(3) > 0
    }

    fn count(&mut self, least: usize, most: usize, _: bool) -> usize {
        // Never none: an empty list that is optional is read back as absent.
        let most = most.min(least + 2);
        least + self.tape.below(most - least + 1)
    }

    fn text(&mut self, target: &Target<'_>) -> String {
        if let Kind::Enum(shape) = target.field.kind
            && !target.is_part
            && let Some((word, _)) = self.known(shape)
        {
            return word.to_owned();
        }
        let rules = TextRules::of(target);
        if target.field.kind.is_secret() && !target.is_part {
            self.secrets += 1;
            if let Some(mark) = self.secret {
                // Often enough for the least length.
                let times = rules.least.div_ceil(mark.len());
                return mark.repeat(times.max(1));
            }
        }
        self.any_text(&rules)
    }

    fn bool(&mut self) -> bool {
        self.tape.below(2) == 1
    }

    fn numbers(&mut self, field: &Field) -> Vec<i64> {
        if let Kind::Enum(shape) = field.kind
            && let Some(number) = self
                .known(shape)
                .and_then(|(number, _)| number.parse().ok())
        {
            return vec![number];
        }
        let small = i64::from(self.tape.draw()) % 1000;
        let any = match self.tape.below(3) {
            0 => small,
            1 => i64::from(i32::from_ne_bytes(self.tape.draw().to_ne_bytes())),
            _ => i64::from(self.tape.draw()) << 31,
        };
        // Slots without a sign refuse the second, and narrow ones the first.
        vec![any, any.saturating_neg(), small]
    }

    fn float(&mut self, field: &Field) -> f64 {
        let whole = f64::from(self.tape.draw() % 1000);
        let part = f64::from(self.tape.draw() % 8) / 8.0;
        #[allow(clippy::cast_precision_loss, reason = "such limits are small")]
        (whole + part).clamp(field.min as f64, field.max as f64)
    }

    fn millis(&mut self, format: Format) -> i64 {
        // As fine as its spelling: minutes, seconds or milliseconds.
        let step = match format {
            Format::UtcMinute => 60_000,
            Format::UtcSecond | Format::EpochSeconds => 1000,
            _ => 1,
        };
        i64::from(self.tape.draw()) * 1000 / step * step
    }

    fn date(&mut self) -> String {
        format!(
            "{:04}-{:02}-{:02}",
            1970 + self.tape.below(200),
            1 + self.tape.below(12),
            1 + self.tape.below(28)
        )
    }
}

/// Bounds and characters of a text.
struct TextRules {
    least: usize,
    most: usize,
    any_script: bool,
    multiline: bool,
    /// Whether only a few characters are allowed. Letters always are.
    narrow: bool,
}

impl TextRules {
    fn at(place: Place) -> Self {
        Self {
            least: 1,
            most: 13,
            any_script: place != Place::Header,
            multiline: false,
            narrow: false,
        }
    }

    fn of(target: &Target<'_>) -> Self {
        let field = target.field;
        let rules = Self::at(field.place);
        let (least, most) = if target.is_part {
            (1, rules.most)
        } else {
            let least = usize::try_from(field.min).unwrap_or_default().max(1);
            let most = usize::try_from(field.max).map_or(least, |max| max.min(least + 12));
            (least, most)
        };
        Self {
            least,
            most,
            any_script: rules.any_script && field.format != Format::Comma,
            multiline: field.multiline,
            narrow: field.characters.is_some(),
        }
    }
}
