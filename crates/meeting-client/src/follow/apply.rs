//! Application of each kind of event to the state of a meeting.

use std::{collections::BTreeMap, mem};

use meeting_types::{
    ParticipantId,
    events::{
        AttendeeChange, ConferenceBasicInfo, ConferenceDynamicInfo, EventPayload,
        NetworkConditionChange, ParticipantChange, ParticipantInfo, ParticipantState,
        WaitingChange, WaitingParticipant,
    },
};

use super::{
    Change, Known,
    site_map::{OfSite, SiteMap},
};

impl Known {
    /// Takes in a payload: all there is, or what changed.
    pub(super) fn apply(&mut self, payload: &EventPayload, full: bool, out: &mut Vec<Change>) {
        match payload {
            EventPayload::ConferenceBasicInfo(info) => self.apply_basic(info, full, out),
            EventPayload::ConferenceDynamicInfo(info) => self.apply_dynamic(info, full, out),
            EventPayload::Participants(entries) => self.apply_participants(entries, full, out),
            EventPayload::WaitingList(entries) => self.apply_waiting(entries, full, out),
            EventPayload::Attendees(entries) => self.apply_attendees(entries, full, out),
            EventPayload::NetworkCondition(entries) => self.apply_network(entries, full, out),
            // These name all there is in either mode.
            EventPayload::SpeakerChange(speakers) if self.speakers != *speakers => {
                self.speakers.clone_from(speakers);
                out.push(Change::SpeakersChanged(speakers.clone()));
            }
            EventPayload::InterpreterGroup(groups) if self.interpreter_groups != *groups => {
                self.interpreter_groups.clone_from(groups);
                out.push(Change::InterpretersChanged);
            }
            EventPayload::InviteResult(results) => {
                out.extend(results.iter().cloned().map(Change::CallEnded));
            }
            EventPayload::RealTimeSubtitle(subtitle) => {
                out.push(Change::Subtitle(subtitle.clone()));
            }
            // Nothing new, or nothing that is known; a later version of the types may have more.
            _ => {}
        }
    }

    /// All that is known, as full pushes would tell it.
    pub(super) fn payloads(&self) -> [EventPayload; 8] {
        fn entries<T, E: From<T>>(all: impl Iterator<Item = T>) -> Vec<E> {
            all.map(E::from).collect()
        }
        [
            self.basic.clone().into(),
            self.dynamic.clone().into(),
            entries::<_, ParticipantChange>(self.participants.iter().cloned()).into(),
            self.speakers.clone().into(),
            entries::<_, WaitingChange>(self.waiting.iter().cloned()).into(),
            entries::<_, AttendeeChange>(self.attendees.iter().cloned()).into(),
            self.interpreter_groups.clone().into(),
            entries::<_, NetworkConditionChange>(self.network.iter().cloned()).into(),
        ]
    }

    fn apply_basic(&mut self, info: &ConferenceBasicInfo, full: bool, out: &mut Vec<Change>) {
        let mut old = update(&mut self.basic, info, full, ConferenceBasicInfo::merge);
        let new = &self.basic;
        if old.subject != new.subject {
            out.push(Change::SubjectChanged(new.subject.clone()));
            old.subject.clone_from(&new.subject);
        }
        if old != *new {
            out.push(Change::DetailsChanged(Box::new(new.clone())));
        }
    }

    fn apply_dynamic(&mut self, info: &ConferenceDynamicInfo, full: bool, out: &mut Vec<Change>) {
        let mut old = update(&mut self.dynamic, info, full, ConferenceDynamicInfo::merge);
        let new = &self.dynamic;
        if old.state != new.state {
            out.push(Change::StateChanged(new.state.clone()));
            old.state.clone_from(&new.state);
        }
        if let Some(locked) = switched(&mut old.locked, new.locked) {
            out.push(Change::LockChanged(locked));
        }
        if let Some(recording) = switched(&mut old.recording, new.recording) {
            out.push(Change::RecordingChanged(recording));
        }
        if let Some(on) = switched(&mut old.real_time_subtitle, new.real_time_subtitle) {
            out.push(Change::SubtitlesChanged(on));
        }
        if (&old.broadcast_mode, &old.multi_picture) != (&new.broadcast_mode, &new.multi_picture) {
            out.push(Change::LayoutChanged {
                mode: new.broadcast_mode.clone(),
                layout: new.multi_picture.clone(),
            });
            old.broadcast_mode.clone_from(&new.broadcast_mode);
            old.multi_picture.clone_from(&new.multi_picture);
        }
        if old.end_time != new.end_time {
            out.push(Change::EndTimeChanged(new.end_time));
            old.end_time = new.end_time;
        }
        if old != *new {
            out.push(Change::SettingsChanged(Box::new(new.clone())));
        }
    }

    fn apply_participants(
        &mut self,
        entries: &[ParticipantChange],
        full: bool,
        out: &mut Vec<Change>,
    ) {
        let entries = entries.iter().map(|entry| match entry {
            ParticipantChange::Update(info) => (&info.participant_id, Some(&**info)),
            // Removed; a later version of the types may have more, and none of them is a person.
            other => (other.participant_id(), None),
        });
        let merge = ParticipantInfo::merge;
        for (old, new) in apply_people(&mut self.participants, entries, full, merge) {
            match (old, new) {
                (None, Some(new)) => out.push(arrival(new)),
                (Some(old), None) => out.push(Change::ParticipantLeft(Box::new(old))),
                (Some(old), Some(new)) => differences(old, new, out),
                (None, None) => {}
            }
        }
    }

    fn apply_waiting(&mut self, entries: &[WaitingChange], full: bool, out: &mut Vec<Change>) {
        let entries: Vec<_> = entries
            .iter()
            .map(|entry| match entry {
                WaitingChange::Update(info) => (&info.participant_id, Some(&**info)),
                other => (&other.info().participant_id, None),
            })
            .collect();
        let merge = WaitingParticipant::merge;
        for (old, new) in apply_people(&mut self.waiting, entries.into_iter(), full, merge) {
            out.extend(match (old, new) {
                (None, Some(new)) => Some(Change::WaitingRoomEntered(Box::new(new))),
                (Some(old), None) => Some(Change::WaitingRoomLeft(Box::new(old))),
                (Some(old), Some(new)) => {
                    (old != new).then(|| Change::WaitingRoomUpdated(Box::new(new)))
                }
                (None, None) => None,
            });
        }
    }

    fn apply_network(
        &mut self,
        entries: &[NetworkConditionChange],
        full: bool,
        out: &mut Vec<Change>,
    ) {
        let entries = entries.iter().map(|entry| match entry {
            NetworkConditionChange::Update(info) => (&info.participant_id, Some(&**info)),
            other => (other.participant_id(), None),
        });
        let merge = meeting_types::events::NetworkCondition::merge;
        for (old, new) in apply_people(&mut self.network, entries, full, merge) {
            if old != new
                && let Some(condition) = new.or(old)
            {
                out.push(Change::NetworkChanged(condition.participant_id));
            }
        }
    }

    fn apply_attendees(&mut self, entries: &[AttendeeChange], full: bool, out: &mut Vec<Change>) {
        let mut new = if full {
            Vec::new()
        } else {
            self.attendees.clone()
        };
        for entry in entries {
            let known = new.iter().position(|known| known.is_same_as(entry.info()));
            match (entry, known) {
                (AttendeeChange::Update(info), Some(index)) => new[index].merge((**info).clone()),
                (AttendeeChange::Update(info), None) => new.push((**info).clone()),
                (_, Some(index)) => {
                    new.remove(index);
                }
                (_, None) => {}
            }
        }
        if self.attendees != new {
            self.attendees = new;
            out.push(Change::AttendeesChanged);
        }
    }
}

/// Replaces `known` by `info`, or merges the one into the other; returns what was known.
fn update<T: Clone>(known: &mut T, info: &T, full: bool, merge: fn(&mut T, T)) -> T {
    if full {
        return mem::replace(known, info.clone());
    }
    let old = known.clone();
    merge(known, info.clone());
    old
}

/// New position of a switch that has moved; what was known then counts as told.
fn switched(old: &mut Option<bool>, new: Option<bool>) -> Option<bool> {
    let was = mem::replace(old, new).unwrap_or(false);
    let is = new.unwrap_or(false);
    (was != is).then_some(is)
}

/// Takes entries into what is known: those with a value are there, those without one are gone. Returns
/// the old and the new value of each that was touched, in the order of their ids.
fn apply_people<'a, T: Clone + OfSite + 'a>(
    known: &mut SiteMap<T>,
    entries: impl Iterator<Item = (&'a ParticipantId, Option<&'a T>)>,
    full: bool,
    merge: fn(&mut T, T),
) -> Vec<(Option<T>, Option<T>)> {
    // What a full push does not name is gone.
    let mut old: BTreeMap<ParticipantId, Option<T>> = BTreeMap::new();
    if full {
        let gone = mem::take(known).into_values();
        old.extend(gone.map(|value| (value.participant_id().clone(), Some(value))));
    }
    for (id, value) in entries {
        if !old.contains_key(id) {
            old.insert(id.clone(), known.get(id).cloned());
        }
        match (value, known.get_mut(id)) {
            (Some(value), Some(known)) => merge(known, value.clone()),
            (Some(value), None) => known.insert(value.clone()),
            (None, _) => known.remove(id),
        }
    }
    old.into_iter()
        .map(|(id, old)| (old, known.get(&id).cloned()))
        .collect()
}

fn is_called(participant: &ParticipantInfo) -> bool {
    participant.state == Some(ParticipantState::Calling)
}

fn arrival(participant: ParticipantInfo) -> Change {
    if is_called(&participant) {
        Change::ParticipantCalled(Box::new(participant))
    } else {
        Change::ParticipantJoined(Box::new(participant))
    }
}

fn differences(mut old: ParticipantInfo, new: ParticipantInfo, out: &mut Vec<Change>) {
    if is_called(&old) != is_called(&new) {
        out.push(arrival(new));
        return;
    }
    let participant_id = || new.participant_id.clone();
    if old.name != new.name {
        out.push(Change::ParticipantRenamed {
            participant_id: participant_id(),
            before: mem::replace(&mut old.name, new.name.clone()),
            name: new.name.clone(),
        });
    }
    if old.role != new.role {
        out.push(Change::ParticipantRoleChanged {
            participant_id: participant_id(),
            role: new.role,
        });
        old.role = new.role;
    }
    if let Some(muted) = switched(&mut old.muted, new.muted) {
        out.push(Change::ParticipantMuted {
            participant_id: participant_id(),
            muted,
        });
    }
    if let Some(raised) = switched(&mut old.hand_raised, new.hand_raised) {
        out.push(Change::HandRaised {
            participant_id: participant_id(),
            raised,
        });
    }
    if let Some(sharing) = switched(&mut old.sharing, new.sharing) {
        out.push(Change::SharingChanged {
            participant_id: participant_id(),
            sharing,
        });
    }
    if old != new {
        out.push(Change::ParticipantUpdated(Box::new(new)));
    }
}
