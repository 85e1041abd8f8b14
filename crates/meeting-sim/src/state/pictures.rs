//! What is shown in a running meeting: to everybody, and to single sites.

use std::{collections::BTreeMap, time::Duration};

use meeting_types::{
    ParticipantId, ServiceError,
    events::{BroadcastMode, MultiPicture, ParticipantInfo, ParticipantView, Picture},
};

use super::{layouts::Layouts, participants::Participant, run::Run};
use crate::refusal;

/// How long a picture shows one participant before the next, unless told otherwise.
pub(crate) const DEFAULT_PERIOD: Duration = Duration::from_secs(10);
/// The numbers of pictures from which an arrangement by the service is chosen.
const AUTOMATIC_COUNTS: [u32; 8] = [1, 2, 3, 4, 6, 9, 16, 25];

/// What is shown in one run of a meeting.
#[derive(Debug)]
pub(crate) struct Pictures {
    shown: Shown,
    /// Whether the loudest speaker is shown while the host shows nobody in particular.
    by_voice: bool,
    /// Whether several pictures are shown where the loudest speaker decides.
    several_by_voice: bool,
    /// The arrangement of several pictures that was made last.
    arrangement: Option<Arrangement>,
    /// An arrangement that waits until several pictures are shown.
    kept: Option<Arrangement>,
    /// What single sites watch. A site without an entry has chosen nothing.
    views: BTreeMap<ParticipantId, View>,
    pub(crate) layouts: Layouts,
}

/// What everybody is shown.
#[derive(Clone, Debug, PartialEq)]
enum Shown {
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
    target: Watched,
    locked: bool,
}

/// What a site watches.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Watched {
    /// All sites in turn.
    Polling,
    /// Several pictures.
    Several,
    /// One site.
    Site(ParticipantId),
}

impl Default for Pictures {
    fn default() -> Self {
        Self {
            shown: Shown::Free,
            by_voice: true,
            several_by_voice: false,
            arrangement: None,
            kept: None,
            views: BTreeMap::new(),
            layouts: Layouts::default(),
        }
    }
}

impl Pictures {
    pub(crate) fn mode(&self) -> BroadcastMode {
        match self.shown {
            Shown::Free => BroadcastMode::Free,
            Shown::Several => BroadcastMode::FixedLayout,
            Shown::Floor(_) => BroadcastMode::Floor,
            Shown::Participant(_) => BroadcastMode::Participant,
        }
    }

    /// Whether the loudest speaker decides what is shown.
    pub(crate) fn follows_voice(&self) -> bool {
        self.by_voice && self.shown == Shown::Free
    }

    /// The site that is broadcast.
    pub(crate) fn broadcast(&self) -> Option<&ParticipantId> {
        match &self.shown {
            Shown::Participant(id) => Some(id),
            _ => None,
        }
    }

    /// The site that has the floor.
    pub(crate) fn floor(&self) -> Option<&ParticipantId> {
        match &self.shown {
            Shown::Floor(id) => Some(id),
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
            .any(|view| view.target == Watched::Polling)
    }

    /// Adds to what is told about a site how it is shown and what it watches.
    pub(crate) fn mark(&self, info: ParticipantInfo) -> ParticipantInfo {
        let id = &info.participant_id;
        let view = self.views.get(id);
        let watched = match view.map(|view| &view.target) {
            Some(Watched::Several) => ParticipantView::MultiPicture,
            Some(Watched::Site(_)) => ParticipantView::Site,
            // Who is shown all in turn has chosen neither.
            Some(Watched::Polling) | None => ParticipantView::Unset,
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
        self.shown = Shown::Free;
    }

    /// Lets the loudest speaker decide, in one picture or several.
    pub(crate) fn follow_voice(&mut self, several: bool) {
        self.shown = Shown::Free;
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
        self.shown = Shown::Several;
        self.show_several();
    }

    /// Whether everybody is shown several pictures, so that the host cannot watch others.
    fn shows_several(&self) -> bool {
        self.shown == Shown::Several || (self.follows_voice() && self.several_by_voice)
    }

    fn show_several(&mut self) {
        let kept = self.kept.take().or_else(|| self.arrangement.take());
        self.arrangement = Some(kept.unwrap_or(Arrangement::Automatic(DEFAULT_PERIOD)));
        // Nobody watches on their own what everybody is shown.
        self.views.retain(|_, view| view.target != Watched::Several);
    }

    /// Arranges several pictures. Where none are shown, everybody is shown them from now on.
    pub(crate) fn arrange(&mut self, arrangement: Arrangement) {
        let host_watches = self
            .views
            .values()
            .any(|view| view.target == Watched::Several);
        if self.shows_several() || host_watches {
            self.arrangement = Some(arrangement);
        } else {
            self.kept = Some(arrangement);
            self.broadcast_several();
        }
    }

    /// Keeps an arrangement without showing it.
    pub(crate) fn keep(&mut self, arrangement: Arrangement) {
        self.kept = Some(arrangement);
    }

    /// Has a site watch something.
    pub(crate) fn watch(
        &mut self,
        viewer: &ParticipantId,
        target: Watched,
    ) -> Result<(), ServiceError> {
        if let Some(view) = self.views.get(viewer) {
            if view.locked && view.target != target {
                return Err(refusal::STATE_FORBIDS.because("What the site watches is locked"));
            }
            if view.target == Watched::Polling && target != Watched::Polling {
                return Err(refusal::POLLING_RUNS.into());
            }
        }
        if target == Watched::Several {
            if self.shows_several() {
                return Err(refusal::STATE_FORBIDS.because("Everybody is shown several pictures"));
            }
            let kept = self.kept.take().or_else(|| self.arrangement.take());
            self.arrangement = Some(kept.unwrap_or(Arrangement::Automatic(DEFAULT_PERIOD)));
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
            .retain(|id, view| id != viewer || view.target != Watched::Polling);
    }

    /// Fixes what a site watches.
    pub(crate) fn lock_view(&mut self, viewer: &ParticipantId, source: ParticipantId) {
        let view = View {
            target: Watched::Site(source),
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
    fn keep_present(&mut self, people: &[Participant]) {
        let there = |id: &ParticipantId| people.iter().any(|person| person.id == *id);
        let is_host = |id: &ParticipantId| {
            let mut hosts = people.iter().filter(|person| person.host);
            hosts.any(|host| host.id == *id)
        };
        if let Shown::Floor(id) | Shown::Participant(id) = &self.shown
            && !there(id)
        {
            self.shown = Shown::Free;
        }
        for arrangement in [&mut self.arrangement, &mut self.kept] {
            if let Some(Arrangement::Manual(arrangement)) = arrangement {
                for picture in &mut arrangement.pictures {
                    picture.participant_ids.retain(there);
                }
            }
        }
        self.views.retain(|viewer, view| match &view.target {
            Watched::Site(source) => there(viewer) && there(source),
            // Only a host watches these.
            Watched::Polling | Watched::Several => is_host(viewer),
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

impl Run {
    /// Shows one site to everybody.
    pub(crate) fn broadcast(&mut self, id: &ParticipantId) -> Result<(), ServiceError> {
        if !self.visible(id)?.is_in_meeting() {
            return Err(refusal::STATE_FORBIDS.into());
        }
        self.pictures.shown = Shown::Participant(id.clone());
        Ok(())
    }

    /// Gives the floor to one site: it is unmuted, all others but the host are muted.
    pub(crate) fn give_floor(&mut self, id: &ParticipantId) -> Result<(), ServiceError> {
        if !self.participant(id)?.is_in_meeting() {
            return Err(refusal::STATE_FORBIDS.into());
        }
        for participant in &mut self.participants {
            if participant.id == *id {
                participant.muted = false;
            } else if !participant.host {
                participant.muted = true;
            }
        }
        self.pictures.shown = Shown::Floor(id.clone());
        Ok(())
    }

    /// A site that has a picture.
    pub(crate) fn visible(&mut self, id: &ParticipantId) -> Result<&mut Participant, ServiceError> {
        let participant = self.participant(id)?;
        if participant.device.has_video() {
            Ok(participant)
        } else {
            Err(refusal::VOICE_SITE.into())
        }
    }

    /// Ends what was about people who are gone.
    pub(crate) fn forget_the_gone(&mut self) {
        let people = &self.participants;
        self.pictures.keep_present(people);
        self.interpretation.keep_present(people);
        self.subtitles.keep_present(people);
    }
}
