//! Finds the field of a key of a JSON object, without comparing the key to all of them.

use super::{Field, Place};

/// A hash table of the body fields, laid out when the crate is compiled.
#[derive(Debug)]
pub(super) struct Lookup {
    /// Each slot holds the index of a field and one more; 0 is free. A name that finds its slot
    /// taken goes to the next free one.
    slots: [u8; SLOTS],
}

/// Twice the number of fields that a shape can have, so that no run of taken slots gets long.
const SLOTS: usize = 128;

impl Lookup {
    pub(super) const fn new(fields: &[Field]) -> Self {
        let mut keys = Self { slots: [0; SLOTS] };
        let mut names = 0;
        let mut index = 0;
        while index < fields.len() {
            let field = &fields[index];
            if matches!(field.place, Place::Body) {
                keys.add(field.wire, index);
                let mut other = 0;
                while other < field.also.len() {
                    keys.add(field.also[other], index);
                    other += 1;
                }
                names += 1 + field.also.len();
            }
            index += 1;
        }
        // A search ends at a free slot.
        assert!(names < SLOTS);
        keys
    }

    #[allow(
        clippy::cast_possible_truncation,
        reason = "a shape has at most 64 fields"
    )]
    const fn add(&mut self, name: &str, index: usize) {
        let mut slot = start(name);
        while self.slots[slot] != 0 {
            slot = (slot + 1) % SLOTS;
        }
        self.slots[slot] = index as u8 + 1;
    }

    /// The field of this name. Where two fields share a name, the first of them.
    #[inline]
    pub(super) fn find(&self, fields: &[Field], key: &str) -> Option<usize> {
        let slot = start(key);
        let index = usize::from(self.slots[slot]).checked_sub(1)?;
        // The first look finds nearly all. It calls nothing, so that it has no registers to save.
        if is_surely_same(fields[index].wire, key) {
            return Some(index);
        }
        self.find_from(slot, fields, key)
    }

    #[inline(never)]
    fn find_from(&self, mut slot: usize, fields: &[Field], key: &str) -> Option<usize> {
        loop {
            let index = usize::from(self.slots[slot]).checked_sub(1)?;
            let field = &fields[index];
            if field.wire == key || field.also.contains(&key) {
                return Some(index);
            }
            slot = (slot + 1) % SLOTS;
        }
    }
}

/// Whether two names are the same. False as well for names of less than 4 or more than 32 bytes,
/// which are left to the slower comparison. The two pieces of the others may overlap.
#[inline]
fn is_surely_same(one: &str, other: &str) -> bool {
    fn ends<const N: usize>(name: &[u8]) -> Option<(&[u8; N], &[u8; N])> {
        Some((name.first_chunk()?, name.last_chunk()?))
    }
    fn same_ends<const N: usize>(one: &[u8], other: &[u8]) -> bool {
        matches!((ends::<N>(one), ends::<N>(other)), (Some(one), Some(other)) if one == other)
    }
    let (one, other) = (one.as_bytes(), other.as_bytes());
    one.len() == other.len()
        && match one.len() {
            8..=16 => same_ends::<8>(one, other),
            17..=32 => same_ends::<16>(one, other),
            4..=7 => same_ends::<4>(one, other),
            _ => false,
        }
}

/// Where the search for a name begins: its length and three of its letters tell most names of a
/// model apart.
const fn start(name: &str) -> usize {
    let name = name.as_bytes();
    let length = name.len();
    if length == 0 {
        return 0;
    }
    let (first, middle, last) = (name[0], name[length / 2], name[length - 1]);
    (length * 5 + first as usize * 3 + middle as usize * 7 + last as usize * 17) % SLOTS
}

#[cfg(test)]
mod tests;
