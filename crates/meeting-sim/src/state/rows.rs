//! Rows of one kind by their key, with an index of which of them changes next by itself.

use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
    ops::Deref,
    time::SystemTime,
};

/// A row that may change by itself as time passes.
pub(crate) trait Row {
    /// When that happens next.
    fn next_change(&self) -> Option<SystemTime> {
        None
    }
}

/// Rows by their key.
///
/// They note which ones were handed out to be changed, and when each of them changes by itself, so
/// that a step that touches one row need not look through thousands. Reading needs no `mut`, and
/// touches nothing.
#[derive(Debug)]
pub(crate) struct Rows<K, V> {
    all: BTreeMap<K, V>,
    touched: BTreeSet<K>,
    /// What each row has in `by_time`.
    due: BTreeMap<K, SystemTime>,
    by_time: BTreeSet<(SystemTime, K)>,
}

impl<K, V> Default for Rows<K, V> {
    fn default() -> Self {
        Self {
            all: BTreeMap::new(),
            touched: BTreeSet::new(),
            due: BTreeMap::new(),
            by_time: BTreeSet::new(),
        }
    }
}

/// For looking only.
impl<K, V> Deref for Rows<K, V> {
    type Target = BTreeMap<K, V>;

    fn deref(&self) -> &Self::Target {
        &self.all
    }
}

impl<K: Clone + Ord, V: Row> Rows<K, V> {
    /// A row to be changed.
    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let row = self.all.get_mut(key)?;
        if !self.touched.contains(key) {
            self.touched.insert(key.clone());
        }
        Some(row)
    }

    /// Puts in a row, in place of any other with the key.
    pub(crate) fn put(&mut self, key: K, row: V) {
        self.touched.insert(key.clone());
        self.all.insert(key, row);
    }

    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        let row = self.all.remove(key)?;
        self.touched.insert(key.clone());
        Some(row)
    }

    /// Takes a row out without a trace.
    pub(crate) fn forget(&mut self, key: &K) {
        self.all.remove(key);
        self.schedule(key, None);
    }

    /// Does something with each row that was handed out since the last time, then notes when it
    /// changes next by itself. Answers which ones they are, those that were removed included.
    pub(crate) fn settle(&mut self, mut work: impl FnMut(&mut V)) -> BTreeSet<K> {
        let touched = mem::take(&mut self.touched);
        for key in &touched {
            let row = self.all.get_mut(key);
            let next = row.and_then(|row| {
                work(row);
                row.next_change()
            });
            self.schedule(key, next);
        }
        touched
    }

    fn schedule(&mut self, key: &K, next: Option<SystemTime>) {
        let known = match next {
            Some(at) => self.due.insert(key.clone(), at),
            None => self.due.remove(key),
        };
        if known == next {
            return;
        }
        if let Some(known) = known {
            self.by_time.remove(&(known, key.clone()));
        }
        if let Some(next) = next {
            self.by_time.insert((next, key.clone()));
        }
    }

    /// Those that change by themselves until `now`.
    pub(crate) fn due(&self, now: SystemTime) -> Vec<K> {
        let due = self.by_time.iter().take_while(|(at, _)| *at <= now);
        due.map(|(_, key)| key.clone()).collect()
    }

    /// When the next of them changes by itself.
    pub(crate) fn deadline(&self) -> Option<SystemTime> {
        self.by_time.first().map(|(at, _)| *at)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::{Row, Rows};

    struct Alarm(Option<SystemTime>);

    impl Row for Alarm {
        fn next_change(&self) -> Option<SystemTime> {
            self.0
        }
    }

    fn at(minute: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(60 * minute)
    }

    /// Compares with looking through all rows.
    fn check(rows: &Rows<u64, Alarm>) {
        let times = rows.values().filter_map(Row::next_change);
        assert_eq!(rows.deadline(), times.min());
        let timed = rows.values().filter(|one| one.next_change().is_some());
        assert_eq!(rows.by_time.len(), timed.count());
        assert_eq!(rows.due.len(), rows.by_time.len());
        for (key, row) in rows.iter() {
            assert_eq!(rows.due.get(key).copied(), row.next_change());
        }
    }

    #[test]
    fn the_next_change_is_known_without_looking_for_it() {
        let mut rows = Rows::default();
        for key in 0..24 {
            rows.put(key, Alarm((key % 4 != 0).then(|| at(key * 7 % 24))));
            assert_eq!(rows.settle(|_| ()).len(), 1);
            check(&rows);
        }
        for key in (0..24).step_by(3) {
            if let Some(row) = rows.get_mut(&key) {
                row.0 = Some(at(key + 1));
            }
            rows.settle(|_| ());
            check(&rows);
        }
        for key in (0..24).step_by(5) {
            assert!(rows.remove(&key).is_some());
            assert!(rows.settle(|_| ()).contains(&key));
            check(&rows);
        }
        let due = rows.due(at(12));
        assert!(!due.is_empty());
        for key in due {
            rows.remove(&key);
        }
        rows.settle(|_| ());
        assert!(rows.due(at(12)).is_empty());
        check(&rows);
    }

    #[test]
    fn looking_touches_nothing() {
        let mut rows = Rows::default();
        rows.put(1, Alarm(None));
        rows.settle(|_| ());
        assert!(rows.get(&1).is_some());
        assert!(rows.settle(|_| ()).is_empty());
    }
}
