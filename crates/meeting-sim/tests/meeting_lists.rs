//! Listing and showing meetings.

#![allow(clippy::unwrap_used, reason = "tests may panic, their helpers too")]

mod support;

use meeting_sim::Simulator;
use meeting_types::{
    AccessToken,
    models::{
        AttendeeType, BookingAttendee, ConferenceRole, InvitedAttendee, ListPeriod,
        ParticipantGroup, ParticipantGrouping, StartTimeOrder,
    },
    operations::{CancelMeeting, InviteParticipant, SearchMeetings, ShowMeetingDetail},
};
use support::{
    bad,
    bookings::{create, in_hours, log_in_as, password, video},
    call, log_in, refused,
};

#[test]
fn an_offset_past_the_end_answers_the_last_page_again() {
    let sim = Simulator::start().unwrap();
    let token = log_in(&sim);
    let mut ids = Vec::new();
    for hours in 1..=5 {
        let meeting = create(&sim, &token, in_hours(&sim, hours)).unwrap();
        ids.push(meeting.conference_id);
    }
    let list = |offset, limit| {
        let search = SearchMeetings::new().offset(offset).limit(limit);
        let page = call(&sim, &search, &token).unwrap();
        assert_eq!(
            (page.count, page.offset, page.limit),
            (Some(5), Some(offset), Some(limit))
        );
        let ids = page.data.into_iter().map(|meeting| meeting.conference_id);
        ids.collect::<Vec<_>>()
    };
    assert_eq!(list(0, 2), ids[..2]);
    assert_eq!(list(2, 2), ids[2..4]);
    assert_eq!(list(4, 2), ids[4..]);
    assert_eq!(list(6, 2), ids[4..], "the trap");
    assert_eq!(list(1000, 2), ids[4..], "the trap");
    assert_eq!(list(0, 500), ids);
    let all = call(&sim, &SearchMeetings::new(), &token).unwrap();
    assert_eq!((all.limit, all.data.len()), (Some(20), 5));
}

#[test]
fn a_list_is_searched_and_ordered() {
    let sim = Simulator::start().unwrap();
    let token = log_in(&sim);
    let near = create(&sim, &token, in_hours(&sim, 2))
        .unwrap()
        .conference_id;
    let far = create(&sim, &token, in_hours(&sim, 100))
        .unwrap()
        .conference_id;
    let found = |search: SearchMeetings| {
        let page = call(&sim, &search, &token).unwrap();
        let ids = page.data.into_iter().map(|meeting| meeting.conference_id);
        ids.collect::<Vec<_>>()
    };
    let (only_near, only_far) = (vec![near.clone()], vec![far.clone()]);
    let search = SearchMeetings::new;
    assert_eq!(found(search()), [near.clone(), far.clone()]);
    let descending = StartTimeOrder::Descending;
    assert_eq!(
        found(search().order(descending)),
        [far.clone(), near.clone()]
    );
    assert_eq!(found(search().search_key("In 100")), only_far);
    assert_eq!(found(search().search_key(near.as_str())), only_near);
    assert_eq!(found(search().search_key("nothing")), []);
    assert_eq!(found(search().period(ListPeriod::Day)), only_near);
    assert_eq!(found(search().period(ListPeriod::Week)), [near, far]);
}

#[test]
fn users_see_their_own_meetings_and_administrators_all() {
    let sim = Simulator::start().unwrap();
    let admin = log_in(&sim);
    let (ann, bob) = (log_in_as(&sim, "ann"), log_in_as(&sim, "bob"));
    let attendee = BookingAttendee::new().account_id("bob").name("Bob");
    let with_bob = in_hours(&sim, 1).attendees([attendee]);
    let meeting = create(&sim, &ann, with_bob).unwrap();
    let id = meeting.conference_id.clone();
    let list = |token: &AccessToken, all| {
        let search = SearchMeetings::new().all_users(all);
        call(&sim, &search, token).unwrap().data
    };
    assert_eq!(list(&ann, false).len(), 1);
    assert_eq!(list(&admin, false).len(), 0);
    assert_eq!(list(&admin, true).len(), 1);
    let mine = SearchMeetings::new().user_uuid(meeting.scheduler_uuid.clone().unwrap());
    assert_eq!(call(&sim, &mine, &admin).unwrap().data.len(), 1);
    assert_eq!(list(&log_in_as(&sim, "eve"), true).len(), 0);

    // Bob was invited: he sees the meeting and the guest password.
    let seen = list(&bob, false).remove(0);
    assert_eq!(password(&seen, &ConferenceRole::Host), None);
    assert!(password(&seen, &ConferenceRole::Guest).is_some());
    assert_eq!(seen.host_join_url, None);
    let detail = |token| call(&sim, &ShowMeetingDetail::new(id.clone()), token);
    let conference = detail(&bob).unwrap().conference;
    assert_eq!(conference.role, Some(ConferenceRole::Guest));
    assert_eq!(conference.passwords.len(), 1);
    assert_eq!(
        detail(&ann).unwrap().conference.role,
        Some(ConferenceRole::Host)
    );
    assert_eq!(detail(&admin).unwrap().conference.passwords.len(), 2);
    let stranger = detail(&log_in_as(&sim, "eve"));
    assert_eq!(refused(stranger), (403, "MMC.111070010".to_owned()));
    let cancel = call(&sim, &CancelMeeting::new(id.clone()), &bob);
    assert_eq!(refused(cancel), (403, "MMC.111070002".to_owned()));
    call(&sim, &CancelMeeting::new(id), &admin).unwrap();
}

#[test]
fn the_details_list_who_was_invited() {
    let sim = Simulator::start().unwrap();
    let token = log_in(&sim);
    let person = |number: usize| {
        BookingAttendee::new()
            .name(format!("Person {number}"))
            .phone(format!("+99{number}"))
            .kind(AttendeeType::SoftClient)
    };
    let room = BookingAttendee::new()
        .name("Room")
        .phone("+99100")
        .kind(AttendeeType::Terminal);
    let attendees = (0..3).map(person).chain([room]);
    let meeting = create(&sim, &token, in_hours(&sim, 1).attendees(attendees)).unwrap();
    let show = ShowMeetingDetail::new(meeting.conference_id);
    let names = |show: ShowMeetingDetail| {
        let page = call(&sim, &show, &token).unwrap().data.unwrap();
        let names = page.data.into_iter().map(|listed| listed.name.unwrap());
        (names.collect::<Vec<_>>(), page.count.unwrap())
    };
    assert_eq!(names(show.clone()).1, 4);
    assert_eq!(
        names(show.clone().limit(3).offset(3)),
        (vec!["Room".to_owned()], 4)
    );
    assert_eq!(
        names(show.clone().limit(3).offset(9)),
        (vec!["Room".to_owned()], 4)
    );
    assert_eq!(
        names(show.clone().search_key("on 1")),
        (vec!["Person 1".to_owned()], 1)
    );
    let separate = show.grouping(ParticipantGrouping::Separate);
    assert_eq!(names(separate.clone()).1, 3);
    let rooms = separate.group(ParticipantGroup::Terminals);
    assert_eq!(names(rooms), (vec!["Room".to_owned()], 1));
    let nowhere = ShowMeetingDetail::new("123456789");
    assert_eq!(refused(call(&sim, &nowhere, &token)), bad("MMC.111070005"));
}

#[test]
fn the_details_list_who_was_invited_since() {
    let sim = Simulator::start().unwrap();
    let token = log_in(&sim);
    let created = create(&sim, &token, video()).unwrap();
    let meeting = created.conference_id;
    let host = created.passwords[0].password.clone().unwrap();
    let ask = meeting_types::operations::CreateConfToken::new(meeting.clone()).password(host);
    let grant = call(&sim, &ask, &()).unwrap();
    let control =
        meeting_types::ConferenceCredential::new(meeting.clone(), grant.data.token.expose());
    for name in ["Ann", "Ann again"] {
        let ann = InvitedAttendee::new(name, AttendeeType::SoftClient).phone("+991");
        call(&sim, &InviteParticipant::new([ann]), &control).unwrap();
    }
    let page = call(&sim, &ShowMeetingDetail::new(meeting), &token)
        .unwrap()
        .data
        .unwrap();
    let names: Vec<_> = page
        .data
        .into_iter()
        .map(|listed| listed.name.unwrap())
        .collect();
    assert_eq!(names, ["Ann again"], "one entry for one number");
}
