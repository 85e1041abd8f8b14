//! Who is in a running meeting, how well they are connected, and whether the service works.

#![allow(clippy::unwrap_used, reason = "tests may panic, their helpers too")]

mod support;

use std::time::Duration;

use meeting_sim::{CallOutcome, Simulator};
use meeting_types::{
    ConferenceCredential, ConferenceUuid, ParticipantId, ServiceError,
    events::NetworkCondition,
    models::{
        AttendeeType, Booking, ConferenceSettings, InvitedAttendee, ManagementSiteStatus,
        MediaType, NetworkQualityOutput, NetworkQualityTarget, RealTimeState,
    },
    operations::{
        AllowWaitingParticipant, Hand, InviteParticipant, ListNetworkQuality, MoveToWaitingRoom,
        SetCohost, ShowMgmtSiteStatus, ShowRealTimeInfoOfMeeting,
    },
};
use support::{bad, booked, call, control, control_by, refused};

#[test]
fn the_people_of_a_meeting_are_listed() {
    let sim = Simulator::start().unwrap();
    let meeting = sim.create_meeting("Weekly");
    let id = &meeting.conference_id;
    let control = control(&sim, &meeting);
    let host = sim.meeting(id).unwrap().join_as_host("Hugo").unwrap().id;
    let ann = sim.meeting(id).unwrap().join("Ann").unwrap().id;
    sim.faults().calls_to("+991", CallOutcome::Rings);
    let phone = InvitedAttendee::new("Phone", AttendeeType::Mobile).phone("+991");
    call(&sim, &InviteParticipant::new([phone]), &control).unwrap();
    sim.meeting(id)
        .unwrap()
        .participant(&host)
        .mute(true)
        .unwrap();
    call(&sim, &Hand::new(ann.clone(), true), &control).unwrap();
    call(&sim, &SetCohost::new(ann.clone(), true), &control).unwrap();

    let guest = control_by(&sim, &meeting, &meeting.guest_password);
    for control in [&control, &guest] {
        let info = call(&sim, &ShowRealTimeInfoOfMeeting::new(), control).unwrap();
        let seen = |index: usize| {
            let p = &info.participants[index];
            (
                p.name.as_deref().unwrap(),
                p.state.unwrap(),
                p.muted.unwrap(),
            )
        };
        assert_eq!(info.participants.len(), 3);
        assert_eq!(seen(0), ("Hugo", RealTimeState::InMeeting, true));
        assert_eq!(seen(1), ("Ann", RealTimeState::InMeeting, false));
        assert_eq!(seen(2), ("Phone", RealTimeState::Calling, false));
        let hands = info.participants.iter().map(|p| p.hand_raised.unwrap());
        assert_eq!(hands.collect::<Vec<_>>(), [false, true, false]);
        let video = info.participants.iter().map(|p| p.video.unwrap());
        assert_eq!(video.collect::<Vec<_>>(), [true, true, false]);
        assert_eq!(info.participants[1].id, ann);
        let roles = info.roles.unwrap();
        assert_eq!(roles.host_id.as_ref(), Some(&host));
        assert_eq!(roles.cohost_ids, std::slice::from_ref(&ann));
        assert_eq!(info.attendees.len(), 1, "the others came uninvited");
        assert_eq!(info.attendees[0].phone.as_deref(), Some("+991"));
    }
}

#[test]
fn the_management_site_works_or_not() {
    let sim = Simulator::start().unwrap();
    let ask = || call(&sim, &ShowMgmtSiteStatus::new(), &()).unwrap();
    assert_eq!(ask().status, ManagementSiteStatus::Working);
    assert_eq!(ask().redirect_join_url.as_deref(), Some(""));
    sim.faults().redirect_joining(Some("https://join.example"));
    assert_eq!(ask().status, ManagementSiteStatus::Faulty);
    let address = ask().redirect_join_url;
    assert_eq!(address.as_deref(), Some("https://join.example"));
    sim.faults().redirect_joining(None);
    assert_eq!(ask().status, ManagementSiteStatus::Working);
}

struct Watched {
    sim: Simulator,
    control: ConferenceCredential,
    uuid: ConferenceUuid,
}

impl Watched {
    /// A meeting of which the UUID is known.
    fn start() -> Self {
        let sim = Simulator::start().unwrap();
        let rules = ConferenceSettings::new().waiting_room(true);
        let booking = Booking::new([MediaType::HdVideo]).settings(rules);
        let (created, control) = booked(&sim, booking);
        let uuid = created.conference_uuid.unwrap();
        Self { sim, control, uuid }
    }

    fn let_all_in(&self) {
        let all = AllowWaitingParticipant::new().allow_all(true);
        call(&self.sim, &all, &self.control).unwrap();
    }

    fn ask(&self, who: Option<&[&ParticipantId]>) -> Result<NetworkQualityOutput, ServiceError> {
        let id = self.control.conference_id.clone();
        let mut ask = ListNetworkQuality::new(id, self.uuid.clone(), self.control.token.expose());
        ask.participants = who.map(|who| {
            let targets = who
                .iter()
                .map(|id| NetworkQualityTarget::new().participant_id((*id).clone()));
            targets.collect()
        });
        call(&self.sim, &ask, &())
    }
}

#[test]
fn the_network_quality_follows_what_people_do() {
    let watched = Watched::start();
    let (sim, id) = (&watched.sim, &watched.control.conference_id);
    let ann = sim.meeting(id).unwrap().join("Ann").unwrap().id;
    let bo = sim.meeting(id).unwrap().join("Bo").unwrap().id;
    watched.let_all_in();
    sim.meeting(id)
        .unwrap()
        .participant(&ann)
        .mute(true)
        .unwrap();
    sim.meeting(id)
        .unwrap()
        .participant(&bo)
        .switch_camera(false)
        .unwrap();
    sim.meeting(id)
        .unwrap()
        .participant(&bo)
        .share(true)
        .unwrap();
    let of = |who: &ParticipantId| {
        let reply = watched.ask(Some(&[who])).unwrap();
        assert_eq!(reply.return_code, Some(0));
        assert_eq!(reply.participants.len(), 1);
        let quality = reply.participants.into_iter().next().unwrap();
        assert_eq!(quality.participant_id.as_ref(), Some(who));
        quality
    };
    let [first, second] = [of(&ann), of(&bo)];
    assert_eq!(first.rating.as_deref(), Some("5"));
    let audio = first.audio.unwrap();
    assert!(audio.up.is_empty(), "muted");
    assert_eq!(audio.down.len(), 1);
    assert_eq!(first.video.as_ref().unwrap().up.len(), 1);
    assert!(
        first.video.unwrap().down.is_empty(),
        "no other camera is on"
    );
    let screen = &first.aux_stream.as_ref().unwrap().down[0];
    assert_eq!(screen.source_participant_id.as_ref(), Some(&bo));
    let video = second.video.unwrap();
    assert!(video.up.is_empty());
    assert_eq!(video.down[0].source_participant_id.as_ref(), Some(&ann));
    assert_eq!(second.aux_stream.unwrap().up.len(), 1);
    assert!(second.audio.unwrap().down.is_empty());
    assert_eq!(first.bandwidth_up, second.bandwidth_down);

    let measure = |condition: NetworkCondition| sim.meeting(id).unwrap().measure_network(condition);
    let of_ann = NetworkCondition::new(ann.clone());
    let slow = Duration::from_millis(300);
    measure(of_ann.clone().round_trip(slow).video_in_loss(600)).unwrap();
    measure(of_ann.clone().out_jitter(7)).unwrap();
    let first = of(&ann);
    assert_eq!(first.delay, Some(slow));
    assert_eq!((first.loss_up, first.loss_down), (Some(60), Some(0)));
    assert_eq!(first.rating.as_deref(), Some("3"));
    let up = &first.video.as_ref().unwrap().up[0];
    assert_eq!((up.loss, up.jitter), (Some(60), Some(Duration::ZERO)));
    let down = &first.audio.as_ref().unwrap().down[0];
    assert_eq!(down.jitter, Some(Duration::from_millis(7)));
    assert_eq!(down.rating.as_deref(), Some("3"), "slow, without loss");
    assert_eq!(of(&bo).rating.as_deref(), Some("5"));
    measure(of_ann.share_out_loss(9000)).unwrap();
    let first = of(&ann);
    assert_eq!(first.loss_down, Some(900));
    assert_eq!(first.rating.as_deref(), Some("1"));
    let nobody = NetworkCondition::new("nobody");
    assert_eq!(refused(measure(nobody)), bad("MMC.111072008"));

    assert_eq!(watched.ask(None).unwrap().participants.len(), 2);
    let nobody = ParticipantId::new("nobody");
    let reply = watched.ask(Some(&[&ann, &nobody])).unwrap();
    assert_eq!(reply.participants.len(), 1);
}

#[test]
fn whoever_comes_back_has_another_connection() {
    let watched = Watched::start();
    let (sim, id) = (&watched.sim, &watched.control.conference_id);
    let ann = sim.meeting(id).unwrap().join("Ann").unwrap().id;
    watched.let_all_in();
    let slow = NetworkCondition::new(ann.clone()).round_trip(Duration::from_secs(1));
    sim.meeting(id).unwrap().measure_network(slow).unwrap();
    let rating = || {
        let reply = watched.ask(None).unwrap();
        reply.participants[0].rating.clone().unwrap()
    };
    assert_eq!(rating(), "1");
    let to_wait = MoveToWaitingRoom::new(ann);
    call(sim, &to_wait, &watched.control).unwrap();
    assert!(watched.ask(None).unwrap().participants.is_empty());
    watched.let_all_in();
    assert_eq!(rating(), "5");
}

#[test]
fn the_network_quality_needs_token_and_run() {
    let mut watched = Watched::start();
    watched.ask(None).unwrap();
    let right = watched.uuid.clone();
    watched.uuid = ConferenceUuid::new("another");
    assert_eq!(refused(watched.ask(None)), bad("MMC.111072065"));
    watched.uuid = right;
    let id = watched.control.conference_id.clone();
    watched.control = ConferenceCredential::new(id, "wrong");
    assert_eq!(refused(watched.ask(None)), bad("MMC.111072065"));
}
