//! Ids, passwords and tokens out of thin air.

use fastrand::Rng;

/// Makes what the service would draw at random.
///
/// It is quick and can be repeated from a seed. It is not fit to protect anything, which a
/// simulator does not need.
#[derive(Debug)]
pub(crate) struct Random(Rng);

impl Random {
    /// Repeats itself for the same seed; differs each time without one.
    pub(crate) fn new(seed: Option<u64>) -> Self {
        Self(seed.map_or_else(Rng::new, Rng::with_seed))
    }

    /// `count` digits, the first of them not 0.
    pub(crate) fn digits(&mut self, count: usize) -> String {
        (0..count)
            .map(|place| char::from(b'0' + self.0.u8(u8::from(place == 0)..10)))
            .collect()
    }

    /// A number at which somebody is called.
    pub(crate) fn number(&mut self) -> String {
        format!("+99{}", self.digits(9))
    }

    /// `count` lower-case hexadecimal digits.
    pub(crate) fn hex(&mut self, count: usize) -> String {
        (0..count)
            .map(|_| char::from(b"0123456789abcdef"[self.0.usize(..16)]))
            .collect()
    }

    /// A token such as `cnr351949b4…`: the prefix and 48 hexadecimal digits.
    pub(crate) fn token(&mut self, prefix: &str) -> String {
        format!("{prefix}{}", self.hex(48))
    }

    /// An access token: 40 letters and digits.
    pub(crate) fn access_token(&mut self) -> String {
        (0..40).map(|_| self.0.alphanumeric()).collect()
    }

    /// A UUID.
    pub(crate) fn uuid(&mut self) -> String {
        let mut hex = self.hex(32);
        for place in [20, 16, 12, 8] {
            hex.insert(place, '-');
        }
        hex
    }

    /// A number of the range.
    pub(crate) fn between(&mut self, range: std::ops::RangeInclusive<u64>) -> u64 {
        self.0.u64(range)
    }
}
