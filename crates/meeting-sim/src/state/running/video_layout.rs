//! What is shown in a running meeting: to everybody, and to single sites.

use std::{collections::BTreeMap, time::Duration};

use meeting_types::{
    ParticipantId, ServiceError,
    events::{BroadcastMode, MultiPicture, ParticipantInfo, ParticipantView, Picture},
};

use crate::state::{
    errors,
    running::{
        participant::Participant,
        saved_layouts::{DEFAULT_PERIOD, Layouts},
    },
};

/// The numbers of pictures from which an arrangement by the service is chosen.
const AUTOMATIC_COUNTS: [u32; 8] = [1, 2, 3, 4, 6, 9, 16, 25];

/// What is shown in one run of a meeting.
#[derive(Debug)]
pub(crate) struct VideoLayout {
    pub(super) shown: Broadcast,
    /// Whether the loudest speaker is shown while the host shows nobody in particular.
    by_voice: bool,
    /// Whether several pictures are shown where the loudest speaker decides.
    several_by_voice: bool,
    /// The arrangement of several pictures that was made last.
    arrangement: Option<Arrangement>,
    /// An arrangement that waits until several pictures are shown.
    pending: Option<Arrangement>,
    /// What single sites watch. A site without an entry has chosen nothing.
    views: BTreeMap<ParticipantId, View>,
    pub(crate) layouts: Layouts,
}

/// What everybody is shown.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Broadcast {
    /// Nobody in particular.
    Free,
    /// Several pictures.
    Several,
    /// The site that was called up to speak.
    Floor(ParticipantId),
    /// One site.
    Participant(ParticipantId),
}

/// Who is in which picture.
#[derive(Clone, Debug)]
pub(crate) enum Arrangement {
    /// The service puts everybody into a picture who has one.
    Automatic(Duration),
    /// As the host asked for.
    Manual(MultiPicture),
}

/// What one site watches.
#[derive(Clone, Debug)]
struct View {
    target: WatchTarget,
    locked: bool,
}

/// What a site watches.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum WatchTarget {
    /// All sites in turn.
    Polling,
    /// Several pictures.
    Several,
    /// One site.
    Site(ParticipantId),
}

impl Default for VideoLayout {
    fn default() -> Self {
        Self {
            shown: Broadcast::Free,
            by_voice: true,
            several_by_voice: false,
            arrangement: None,
            pending: None,
            views: BTreeMap::new(),
            layouts: Layouts::default(),
        }
    }
}

impl VideoLayout {
    pub(crate) fn mode(&self) -> BroadcastMode {
        match self.shown {
            Broadcast::Free => BroadcastMode::Free,
            Broadcast::Several => BroadcastMode::FixedLayout,
            Broadcast::Floor(_) => BroadcastMode::Floor,
            Broadcast::Participant(_) => BroadcastMode::Participant,
        }
    }

    /// Whether the loudest speaker decides what is shown.
    pub(crate) fn follows_voice(&self) -> bool {
        self.by_voice && self.shown == Broadcast::Free
    }

    /// The site that is broadcast.
    pub(crate) fn broadcast(&self) -> Option<&ParticipantId> {
        match &self.shown {
            Broadcast::Participant(id) => Some(id),
            _ => None,
        }
    }

    /// The site that has the floor.
    pub(crate) fn floor(&self) -> Option<&ParticipantId> {
        match &self.shown {
            Broadcast::Floor(id) => Some(id),
            _ => None,
        }
    }

    /// The arrangement of several pictures. Once there was one, there is one.
    pub(crate) fn multi_picture(&self, people: &[Participant]) -> Option<MultiPicture> {
        Some(match self.arrangement.as_ref()? {
            Arrangement::Manual(arrangement) => arrangement.clone(),
            Arrangement::Automatic(period) => automatic(people, *period),
        })
    }

    pub(crate) fn host_polls(&self) -> bool {
        self.views
            .values()
            .any(|view| view.target == WatchTarget::Polling)
    }

    /// Adds to what is told about a site how it is shown and what it watches.
    pub(crate) fn mark(&self, info: ParticipantInfo) -> ParticipantInfo {
        let id = &info.participant_id;
        let view = self.views.get(id);
        let watched = match view.map(|view| &view.target) {
            Some(WatchTarget::Several) => ParticipantView::MultiPicture,
            Some(WatchTarget::Site(_)) => ParticipantView::Site,
            // Who is shown all in turn has chosen neither.
            Some(WatchTarget::Polling) | None => ParticipantView::Unset,
        };
        let (broadcast, floor) = (self.broadcast() == Some(id), self.floor() == Some(id));
        let locked = view.is_some_and(|view| view.locked);
        info.broadcast(broadcast)
            .has_floor(floor)
            .view(watched)
            .view_locked(locked)
    }

    /// Shows everybody nobody in particular.
    pub(crate) fn free(&mut self) {
        self.shown = Broadcast::Free;
    }

    /// Lets the loudest speaker decide, in one picture or several.
    pub(crate) fn follow_voice(&mut self, several: bool) {
        self.shown = Broadcast::Free;
        self.by_voice = true;
        self.several_by_voice = several;
        if several {
            self.show_several();
        }
    }

    /// Lets the host decide, and shows everybody several pictures.
    pub(crate) fn follow_host(&mut self) {
        self.by_voice = false;
        self.broadcast_several();
    }

    /// Shows everybody several pictures, until that is cancelled.
    fn broadcast_several(&mut self) {
        self.shown = Broadcast::Several;
        self.show_several();
    }

    /// Whether everybody is shown several pictures, so that the host cannot watch others.
    fn shows_several(&self) -> bool {
        self.shown == Broadcast::Several || (self.follows_voice() && self.several_by_voice)
    }

    fn show_several(&mut self) {
        let pending = self.pending.take().or_else(|| self.arrangement.take());
        self.arrangement = Some(pending.unwrap_or(Arrangement::Automatic(DEFAULT_PERIOD)));
        // Nobody watches on their own what everybody is shown.
        self.views
            .retain(|_, view| view.target != WatchTarget::Several);
    }

    /// Arranges several pictures. Where none are shown, everybody is shown them from now on.
    pub(crate) fn arrange(&mut self, arrangement: Arrangement) {
        let host_watches = self
            .views
            .values()
            .any(|view| view.target == WatchTarget::Several);
        if self.shows_several() || host_watches {
            self.arrangement = Some(arrangement);
        } else {
            self.pending = Some(arrangement);
            self.broadcast_several();
        }
    }

    /// Keeps an arrangement without showing it.
    pub(crate) fn set_pending(&mut self, arrangement: Arrangement) {
        self.pending = Some(arrangement);
    }

    /// Has a site watch something.
    pub(crate) fn watch(
        &mut self,
        viewer: &ParticipantId,
        target: WatchTarget,
    ) -> Result<(), ServiceError> {
        if let Some(view) = self.views.get(viewer) {
            if view.locked && view.target != target {
                return Err(errors::STATE_FORBIDS.with_message("What the site watches is locked"));
            }
            if view.target == WatchTarget::Polling && target != WatchTarget::Polling {
                return Err(errors::POLLING_RUNS.into());
            }
        }
        if target == WatchTarget::Several {
            if self.shows_several() {
                return Err(
                    errors::STATE_FORBIDS.with_message("Everybody is shown several pictures")
                );
            }
            let pending = self.pending.take().or_else(|| self.arrangement.take());
            self.arrangement = Some(pending.unwrap_or(Arrangement::Automatic(DEFAULT_PERIOD)));
        }
        let view = View {
            locked: self.views.get(viewer).is_some_and(|view| view.locked),
            target,
        };
        self.views.insert(viewer.clone(), view);
        Ok(())
    }

    /// Ends the polling of a site, if it polls.
    pub(crate) fn stop_polling(&mut self, viewer: &ParticipantId) {
        self.views
            .retain(|id, view| id != viewer || view.target != WatchTarget::Polling);
    }

    /// Fixes what a site watches.
    pub(crate) fn lock_view(&mut self, viewer: &ParticipantId, source: ParticipantId) {
        let view = View {
            target: WatchTarget::Site(source),
            locked: true,
        };
        self.views.insert(viewer.clone(), view);
    }

    /// Lets a site watch what it likes, from what it watches now.
    pub(crate) fn unlock_view(&mut self, viewer: &ParticipantId) {
        if let Some(view) = self.views.get_mut(viewer) {
            view.locked = false;
        }
    }

    /// Forgets those who are not there any more.
    pub(super) fn keep_present(&mut self, people: &[Participant]) {
        let there = |id: &ParticipantId| people.iter().any(|person| person.id == *id);
        let is_host = |id: &ParticipantId| {
            let mut hosts = people.iter().filter(|person| person.host);
            hosts.any(|host| host.id == *id)
        };
        if let Broadcast::Floor(id) | Broadcast::Participant(id) = &self.shown
            && !there(id)
        {
            self.shown = Broadcast::Free;
        }
        for arrangement in [&mut self.arrangement, &mut self.pending] {
            if let Some(Arrangement::Manual(arrangement)) = arrangement {
                for picture in &mut arrangement.pictures {
                    picture.participant_ids.retain(there);
                }
            }
        }
        self.views.retain(|viewer, view| match &view.target {
            WatchTarget::Site(source) => there(viewer) && there(source),
            // Only a host watches these.
            WatchTarget::Polling | WatchTarget::Several => is_host(viewer),
        });
    }
}

/// Everybody who has a picture, in the smallest arrangement that has room for all.
fn automatic(people: &[Participant], period: Duration) -> MultiPicture {
    let visible = people
        .iter()
        .filter(|person| person.is_in_meeting() && person.device.has_video());
    let ids: Vec<&ParticipantId> = visible.map(|person| &person.id).collect();
    let largest = AUTOMATIC_COUNTS[AUTOMATIC_COUNTS.len() - 1];
    let needed = u32::try_from(ids.len()).unwrap_or(u32::MAX);
    let count = AUTOMATIC_COUNTS.into_iter().find(|count| *count >= needed);
    let count = count.unwrap_or(largest);
    let pictures = (1..=count.min(needed)).map(|index| {
        // Where there are more people than pictures, they take turns.
        let turns = ids.iter().skip(index as usize - 1).step_by(count as usize);
        Picture::new(index, turns.copied().cloned()).share(false)
    });
    MultiPicture::new(count)
        .pictures(pictures)
        .period(seconds(period))
}

/// A period as pushes tell it.
pub(crate) fn seconds(period: Duration) -> i32 {
    i32::try_from(period.as_secs()).unwrap_or(i32::MAX)
}
