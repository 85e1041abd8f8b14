//! Runs of meetings that are over, and their recordings.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    time::{Duration, SystemTime},
};

use meeting_types::{
    ConferenceUuid, CorpId, UserUuid,
    models::{BookingAttendee, Conference},
};

use super::running::record::{Record, Segment};

/// How many runs are kept. The oldest are forgotten first.
pub(crate) const RUNS: usize = 10_000;
/// How long a run is kept.
const KEPT_FOR: Duration = Duration::from_secs(366 * 24 * 3600);
/// How long a link to a recording is good.
pub(crate) const LINK_LIFETIME: Duration = Duration::from_secs(3600);
/// How much of a recording lies in one file at most.
const LONGEST_FILE: Duration = Duration::from_secs(3 * 3600);
/// How many links are kept.
const LINKS: usize = 10_000;

/// How large a file of a recording is: 64 bytes a second, and no less than what MP4 begins with.
pub(crate) fn file_size(length: Duration) -> usize {
    usize::try_from(length.as_secs())
        .unwrap_or(usize::MAX)
        .saturating_mul(64)
        .max(64)
}

/// One run of a meeting, when it is over.
#[derive(Debug)]
pub(crate) struct PastRun {
    pub(crate) uuid: ConferenceUuid,
    /// The meeting as its host sees it.
    pub(crate) conference: Conference,
    pub(crate) corp_id: CorpId,
    pub(crate) scheduler: UserUuid,
    pub(crate) invited: Vec<BookingAttendee>,
    pub(crate) started: SystemTime,
    pub(crate) ended: SystemTime,
    pub(crate) record: Record,
    /// Whether its recording was deleted.
    pub(crate) deleted: bool,
}

impl PastRun {
    /// The files of its recording: a segment that is longer than three hours has several.
    pub(crate) fn files(&self) -> Vec<Segment> {
        let mut files = Vec::new();
        if self.deleted {
            return files;
        }
        for segment in &self.record.segments {
            let (mut begins, ends) = (segment.begins, segment.ends.unwrap_or(self.ended));
            while begins < ends {
                let part = (begins + LONGEST_FILE).min(ends);
                files.push(Segment {
                    begins,
                    ends: Some(part),
                });
                begins = part;
            }
        }
        files
    }

    /// How long it was recorded.
    pub(crate) fn recorded(&self) -> Duration {
        self.files().iter().map(Segment::length).sum()
    }
}

/// A link to a file of a recording.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    /// The path on the simulator.
    pub(crate) path: String,
    /// How long the file plays.
    pub(crate) length: Duration,
    expires: SystemTime,
}

/// All runs that are over.
#[derive(Debug, Default)]
pub(crate) struct Past {
    runs: BTreeMap<ConferenceUuid, PastRun>,
    by_end: BTreeSet<(SystemTime, ConferenceUuid)>,
    /// The links that are good, by their tokens.
    links: HashMap<String, Link>,
    by_expiry: BTreeSet<(SystemTime, String)>,
}

impl Past {
    pub(crate) fn add(&mut self, run: PastRun) {
        let now = run.ended;
        self.by_end.insert((run.ended, run.uuid.clone()));
        self.runs.insert(run.uuid.clone(), run);
        while let Some((ended, _)) = self.by_end.first()
            && (self.runs.len() > RUNS || *ended + KEPT_FOR < now)
        {
            if let Some((_, uuid)) = self.by_end.pop_first() {
                self.runs.remove(&uuid);
            }
        }
    }

    pub(crate) fn get(&self, uuid: &ConferenceUuid) -> Option<&PastRun> {
        self.runs.get(uuid)
    }

    pub(crate) fn get_mut(&mut self, uuid: &ConferenceUuid) -> Option<&mut PastRun> {
        self.runs.get_mut(uuid)
    }

    /// The runs that began between two times, the one that ended first before the others.
    pub(crate) fn between(
        &self,
        since: SystemTime,
        until: SystemTime,
    ) -> impl DoubleEndedIterator<Item = &PastRun> {
        // Whatever ended before `since` began before it.
        let ended = self.by_end.iter().filter(move |(ended, _)| *ended >= since);
        let runs = ended.filter_map(|(_, uuid)| self.runs.get(uuid));
        runs.filter(move |run| run.started >= since && run.started <= until)
    }

    /// Notes a link, good for one use within an hour.
    pub(crate) fn add_link(
        &mut self,
        token: String,
        path: String,
        length: Duration,
        now: SystemTime,
    ) {
        let expires = now + LINK_LIFETIME;
        while let Some((at, _)) = self.by_expiry.first()
            && (*at <= now || self.links.len() >= LINKS)
        {
            if let Some((_, token)) = self.by_expiry.pop_first() {
                self.links.remove(&token);
            }
        }
        self.by_expiry.insert((expires, token.clone()));
        let link = Link {
            path,
            length,
            expires,
        };
        self.links.insert(token, link);
    }

    /// Uses up a link. A token that was shown with another path is used up as well.
    pub(crate) fn take_link(&mut self, token: &str, path: &str, now: SystemTime) -> Option<Link> {
        let link = self.links.remove(token)?;
        self.by_expiry.remove(&(link.expires, token.to_owned()));
        (link.path == path && now < link.expires).then_some(link)
    }
}
