//! Map from participant endpoint (the wire calls it site) to its last known state.

use std::fmt;

use meeting_types::{
    ParticipantId,
    events::{NetworkCondition, ParticipantInfo, WaitingParticipant},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Something that is known of a site.
pub(super) trait OfSite {
    fn participant_id(&self) -> &ParticipantId;
}

macro_rules! of_site {
    ($($type:ty)*) => {$(
        impl OfSite for $type {
            fn participant_id(&self) -> &ParticipantId {
                &self.participant_id
            }
        }
    )*};
}

of_site! { ParticipantInfo WaitingParticipant NetworkCondition }

/// Map from participant endpoint to its known state, in the order of their ids.
///
/// A list, and what is in it boxed: a map would hold each id twice and have room for ten more, which
/// in a program with many small meetings is most of what they cost.
#[derive(Clone, PartialEq)]
pub(super) struct SiteMap<T>(Vec<Box<T>>);

impl<T: fmt::Debug> fmt::Debug for SiteMap<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.0).finish()
    }
}

impl<T> Default for SiteMap<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Serialize> Serialize for SiteMap<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, T: OfSite + Deserialize<'de>> Deserialize<'de> for SiteMap<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut people = Self::default();
        // In order, whoever wrote it.
        for value in Vec::deserialize(deserializer)? {
            people.insert(value);
        }
        Ok(people)
    }
}

impl<T: OfSite> SiteMap<T> {
    fn place(&self, id: &ParticipantId) -> Result<usize, usize> {
        self.0
            .binary_search_by(|known| known.participant_id().cmp(id))
    }

    pub(super) fn get(&self, id: &ParticipantId) -> Option<&T> {
        Some(&self.0[self.place(id).ok()?])
    }

    pub(super) fn get_mut(&mut self, id: &ParticipantId) -> Option<&mut T> {
        let place = self.place(id).ok()?;
        Some(&mut self.0[place])
    }

    /// Puts in what is known of a site, in place of what was.
    pub(super) fn insert(&mut self, value: T) {
        match self.place(value.participant_id()) {
            Ok(place) => *self.0[place] = value,
            Err(place) => self.0.insert(place, Box::new(value)),
        }
    }

    pub(super) fn remove(&mut self, id: &ParticipantId) {
        if let Ok(place) = self.place(id) {
            self.0.remove(place);
        }
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &T> {
        self.0.iter().map(|value| &**value)
    }

    pub(super) fn into_values(self) -> impl Iterator<Item = T> {
        self.0.into_iter().map(|value| *value)
    }
}
