//! A running meeting with three people in it, and a listener.

use meeting_sim::{Device, MeetingPlan, SimMeeting, Simulator, Visitor};
use meeting_types::{
    ConferenceCredential, ParticipantId, ServerOperation, ServiceError,
    events::EventKind,
    models::{LayoutType, PictureContent},
    operations::{SetCustomMultiPicture, SetRole},
};

use super::{Live, bad, call, control, control_by, listener, person, refused};

/// A device in a room.
pub fn device(name: &str) -> Visitor {
    Visitor::new(name).device(Device::RoomDevice)
}

/// Somebody at a telephone.
pub fn telephone(name: &str) -> Visitor {
    Visitor::new(name).device(Device::Telephone)
}

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
        let join = |name: &str| meeting.join(name).unwrap().id;
        let (ann, bo, cy) = (join("Ann"), join("Bo"), join("Cy"));
        let control = control(&sim, &meeting);
        let live = listener(&sim, &control, kinds);
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
    pub fn call<O>(&self, operation: &O) -> Result<O::Output, ServiceError>
    where
        O: ServerOperation<Authorization = ConferenceCredential>,
    {
        call(&self.sim, operation, &self.control)
    }

    /// Checks that guests may not call an operation.
    pub fn only_host<O>(&self, operation: &O)
    where
        O: ServerOperation<Authorization = ConferenceCredential>,
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

    /// Lets somebody join. The listener hears nothing of it.
    pub fn join(&mut self, visitor: impl Into<Visitor>) -> ParticipantId {
        let id = &self.meeting.conference_id;
        let id = self.sim.meeting(id).unwrap().join(visitor).unwrap().id;
        assert_eq!(super::update(self.live.event()).participant_id, id);
        id
    }

    /// The number of a participant.
    pub fn number(&self, id: &ParticipantId) -> String {
        person(&self.meeting, id).number
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
