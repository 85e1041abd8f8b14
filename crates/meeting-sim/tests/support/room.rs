//! A running meeting with three people in it, and a listener.

use meeting_sim::{Device, MeetingPlan, SimMeeting, Simulator};
use meeting_types::{
    ConferenceCredential, Operation, ParticipantId, ServiceError,
    events::EventKind,
    models::{LayoutType, PictureContent},
    operations::{SetCustomMultiPicture, SetRole},
};

use super::{Live, bad, call, control, control_by, refused};

/// A running meeting with Ann, Bo and Cy in it, and a listener who has heard all snapshots.
pub struct Room {
    pub sim: Simulator,
    pub meeting: SimMeeting,
    pub control: ConferenceCredential,
    pub live: Live,
    pub ann: ParticipantId,
    pub bo: ParticipantId,
    pub cy: ParticipantId,
}

impl Room {
    pub fn new(kinds: &[EventKind]) -> Self {
        Self::of("Weekly", kinds)
    }

    pub fn of(plan: impl Into<MeetingPlan>, kinds: &[EventKind]) -> Self {
        let sim = Simulator::start().unwrap();
        let meeting = sim.create_meeting(plan);
        let join = |name: &str| sim.join(&meeting.conference_id, name).unwrap();
        let (ann, bo, cy) = (join("Ann"), join("Bo"), join("Cy"));
        let control = control(&sim, &meeting);
        let mut live = Live::subscribed(&sim, &control, kinds);
        let told = |kind: &&EventKind| {
            !matches!(kind, EventKind::InviteResult | EventKind::RealTimeSubtitle)
        };
        for kind in kinds.iter().filter(told) {
            assert_eq!(live.event().kind, *kind);
        }
        Self {
            sim,
            meeting,
            control,
            live,
            ann,
            bo,
            cy,
        }
    }

    /// Calls an operation as the host.
    pub fn call<O>(&self, operation: &O) -> Result<O::Reply, ServiceError>
    where
        O: Operation<Credential = ConferenceCredential>,
    {
        call(&self.sim, operation, &self.control)
    }

    /// Checks that guests may not call an operation.
    pub fn only_host<O>(&self, operation: &O)
    where
        O: Operation<Credential = ConferenceCredential>,
    {
        let guest = control_by(&self.sim, &self.meeting, &self.meeting.guest_password);
        let refused = refused(call(&self.sim, operation, &guest));
        assert_eq!(refused, bad("MMC.111072070"), "{}", O::INFO.name);
    }

    /// Makes a participant the host. The listener hears nothing of it.
    pub fn promote(&mut self, id: &ParticipantId) {
        let password = self.meeting.host_password.clone();
        let set = SetRole::new(id.clone(), true).host_password(password);
        self.call(&set).unwrap();
        assert_eq!(super::update(self.live.event()).participant_id, *id);
    }

    /// Lets somebody join with a certain device. The listener hears nothing of it.
    pub fn join_with(&mut self, name: &str, device: Device) -> ParticipantId {
        let id = &self.meeting.conference_id;
        let id = self.sim.join_with(id, name, device).unwrap();
        assert_eq!(super::update(self.live.event()).participant_id, id);
        id
    }

    /// The number of a participant.
    pub fn number(&self, id: &ParticipantId) -> String {
        let snapshot = self.sim.meeting(&self.meeting.conference_id).unwrap();
        let person = snapshot.participants.iter().find(|p| p.id == *id);
        person.unwrap().number.clone()
    }

    /// An arrangement of two pictures that shows these participants.
    pub fn two<'a>(
        &self,
        people: impl IntoIterator<Item = &'a ParticipantId>,
    ) -> SetCustomMultiPicture {
        let pictures = (1..)
            .zip(people)
            .map(|(index, id)| PictureContent::new(index).participants([self.number(id)]));
        SetCustomMultiPicture::new(true)
            .layout_type(LayoutType::Two)
            .pictures(pictures)
    }
}
