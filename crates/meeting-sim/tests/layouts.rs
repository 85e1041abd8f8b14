//! Layouts that are saved for later.

#![allow(clippy::unwrap_used, reason = "tests may panic, their helpers too")]

mod support;

use std::time::Duration;

use meeting_sim::{MeetingPlan, Simulator};
use meeting_types::{
    Operation, ServiceError,
    models::{LayoutType, PictureSource, SavedLayout},
    operations::{DeleteLayout, SaveLayout, ShowLayout, StopMeeting},
};
use support::{bad, call, control, control_by, media, refused, room::Room, send};

fn layout(name: &str, number: &str) -> SavedLayout {
    let picture = PictureSource::new().index(1).numbers([number]);
    SavedLayout::new()
        .name(name)
        .layout_type(LayoutType::Two)
        .pictures([picture])
}

#[test]
fn layouts_are_saved_shown_replaced_and_deleted() {
    let room = Room::new(&[]);
    let number = room.number(&room.ann);
    assert!(room.call(&ShowLayout::new()).unwrap().layouts.is_empty());
    let first = layout("First", &number).switch_interval(Duration::from_secs(20));
    room.call(&SaveLayout::new(first)).unwrap();
    room.call(&SaveLayout::new(layout("Second", "+000")))
        .unwrap();

    let shown = room.call(&ShowLayout::new()).unwrap().layouts;
    let names: Vec<_> = shown.iter().map(|one| one.name.as_deref()).collect();
    assert_eq!(names, [Some("First"), Some("Second")]);
    let first = &shown[0];
    assert_eq!(first.picture_count, Some(2));
    assert_eq!(first.switch_interval, Some(Duration::from_secs(20)));
    assert_eq!(shown[1].switch_interval, Some(Duration::from_secs(10)));
    assert_ne!(first.id, shown[1].id);
    // Whoever is there has the kind of client behind the number.
    let numbers = |layout: &SavedLayout| layout.pictures.as_ref().unwrap()[0].numbers.clone();
    assert_eq!(numbers(first), Some(vec![format!("{number}#Desktop")]));
    assert_eq!(numbers(&shown[1]), Some(vec!["+000".to_owned()]));

    // One that comes back with its id replaces what was there, and the number is the same as before.
    room.call(&SaveLayout::new(first.clone().name("New")))
        .unwrap();
    let again = room.call(&ShowLayout::new()).unwrap().layouts;
    assert_eq!(again.len(), 2);
    let kept = media(&room.meeting).saved_layouts;
    assert_eq!(numbers(&kept[0]), Some(vec![number]));
    assert_eq!(again[0], first.clone().name("New"));

    // Guests look on.
    let guest = control_by(&room.sim, &room.meeting, &room.meeting.guest_password);
    let seen = call(&room.sim, &ShowLayout::new(), &guest).unwrap();
    assert_eq!(seen.layouts, again);
    let id = first.id.clone().unwrap();
    room.only_host(&SaveLayout::new(first.clone()));
    room.only_host(&DeleteLayout::new(id.as_str()));

    room.call(&DeleteLayout::new(id.as_str())).unwrap();
    let left = room.call(&ShowLayout::new()).unwrap().layouts;
    assert_eq!(left.len(), 1);
    let gone = DeleteLayout::new(id);
    assert_eq!(refused(room.call(&gone)), bad("MMC.111071061"));
}

#[test]
fn what_is_shown_says_in_a_200_how_it_went() {
    let room = Room::new(&[]);
    let show = ShowLayout::new();
    let request = || {
        show.to_request(&room.sim.endpoint(), &room.control)
            .unwrap()
    };
    room.call(&SaveLayout::new(layout("First", "+991")))
        .unwrap();
    let reply = send(&room.sim, &request());
    assert_eq!(reply.status(), 200);
    let body: serde_json::Value = serde_json::from_slice(reply.body()).unwrap();
    assert_eq!(body["returnCode"], 0);
    assert_eq!(body["returnDesc"], "Success");
    assert_eq!(body["picLayouts"][0]["layOutName"], "First");

    // A failure can come in a 200 as well.
    let failure = ServiceError::new(http::StatusCode::OK, "MMC.111072049", "Too slow");
    room.sim.fail_next::<ShowLayout>(failure.clone());
    let reply = send(&room.sim, &request());
    let body: serde_json::Value = serde_json::from_slice(reply.body()).unwrap();
    assert_eq!(
        body,
        serde_json::json!({"returnCode": 111072049, "returnDesc": "Too slow"})
    );
    room.sim.fail_next::<ShowLayout>(failure);
    let refused = refused(room.call(&show));
    assert_eq!(refused, (200, "111072049".to_owned()));
}

#[test]
fn a_layout_that_cannot_be_is_not_saved() {
    let room = Room::new(&[]);
    let good = layout("Good", "+991");
    let picture = |index: u32| PictureSource::new().index(index).numbers(["+991"]);
    let shared = || picture(1).aux_stream(true);
    let cases = [
        (SavedLayout::new().pictures([picture(1)]), "MMC.111072043"),
        (
            good.clone().layout_type(LayoutType::Custom),
            "MMC.111072044",
        ),
        (good.clone().pictures([picture(3)]), "MMC.111072058"),
        (good.clone().pictures([shared(), shared()]), "MMC.111072029"),
        (
            good.clone().pictures([PictureSource::new()]),
            "MMC.111072028",
        ),
    ];
    for (layout, code) in cases {
        let save = SaveLayout::new(layout);
        assert_eq!(refused(room.call(&save)), bad(code));
    }
    for n in 0..16 {
        let save = SaveLayout::new(good.clone().name(format!("Layout {n}")));
        room.call(&save).unwrap();
    }
    let save = SaveLayout::new(good);
    assert_eq!(refused(room.call(&save)), bad("MMC.111071085"));

    let path = format!(
        "/v1/mmc/control/conferences/layOut?conferenceID={}",
        room.meeting.conference_id
    );
    let hasty = http::Request::put(path)
        .header("X-Conference-Authorization", room.control.token.expose())
        .body(r#"{"restPicLayout":{"imageType":"Two","switchTime":9}}"#.into())
        .unwrap();
    let reply = send(&room.sim, &hasty);
    assert_eq!(reply.status(), 400);
    let reply: serde_json::Value = serde_json::from_slice(reply.body()).unwrap();
    assert_eq!(reply["error_code"], "MMC.111072042");
}

#[test]
fn saved_layouts_vanish_with_the_meeting() {
    let sim = Simulator::start().unwrap();
    let hour = Duration::from_secs(3600);
    let plan = MeetingPlan::booked("Later", sim.now() + hour);
    let meeting = sim.create_meeting(plan);
    let saved = || {
        let snapshot = meeting.snapshot().unwrap();
        snapshot.media.map(|media| media.saved_layouts.len())
    };
    meeting.join_as_host("Ann").unwrap();
    let first = control(&sim, &meeting);
    let save = SaveLayout::new(layout("First", "+991"));
    call(&sim, &save, &first).unwrap();
    assert_eq!(saved(), Some(1));
    call(&sim, &StopMeeting::new(), &first).unwrap();
    assert_eq!(saved(), None);
    // The booking stays, and the next run begins without.
    meeting.join_as_host("Ann").unwrap();
    assert_eq!(saved(), Some(0));
}
