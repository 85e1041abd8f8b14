//! Recurring meetings, and changing what is booked.

#![allow(clippy::unwrap_used, reason = "tests may panic, their helpers too")]

mod support;

use std::time::Duration;

use meeting_sim::{MeetingState, Simulator};
use meeting_types::{
    AccessToken, Password, Timestamp,
    models::{
        Booking, CancelMode, Conference, ConferenceSettings, MediaType, RecurrenceRule,
        RecurrenceUnit, ScheduleType,
    },
    operations::{
        CancelRecurringMeeting, CancelRecurringSubMeeting, CheckCallNumberInConf,
        CreateRecurringMeeting, ListOnlineConfAttendee, SearchMeetings, SearchOnlineMeetings,
        ShowConfOrg, ShowMeetingDetail, ShowOnlineMeetingDetail, ShowRegionInfoOfMeeting,
        StartMeeting, UpdateMeeting, UpdateRecurringMeeting, UpdateRecurringSubMeeting,
    },
    webhooks::WebhookEventKind as Kind,
};
use support::{
    bad,
    bookings::{HOUR, create, in_hours, log_in_as, video},
    call, log_in,
    receiver::told,
    refused,
};

/// A meeting on each of the next days, at the same time.
fn daily(sim: &Simulator, days: i64) -> Booking {
    let first = Timestamp::from(sim.now() + HOUR);
    let today = first.utc_date().unwrap();
    let rule = RecurrenceRule::new(
        today,
        today.checked_add_days(days - 1).unwrap(),
        RecurrenceUnit::Day,
    );
    // In a zone where the date is that of UTC.
    video()
        .subject("Daily")
        .start_time(first)
        .duration(HOUR)
        .time_zone_id(meeting_types::TimeZoneId::from_iana("Etc/UTC").unwrap())
        .recurrence(rule)
}

fn repeat(sim: &Simulator, token: &AccessToken, days: i64) -> Conference {
    let booking = daily(sim, days);
    let mut created = call(sim, &CreateRecurringMeeting::new(booking), token).unwrap();
    assert_eq!(created.len(), 1);
    created.remove(0)
}

fn shown(sim: &Simulator, token: &AccessToken, conference: &Conference) -> Conference {
    let show = ShowMeetingDetail::new(conference.conference_id.clone());
    call(sim, &show, token).unwrap().conference
}

#[test]
fn a_series_is_booked_with_all_its_meetings() {
    let sim = Simulator::start().unwrap();
    let token = log_in(&sim);
    let series = repeat(&sim, &token, 5);
    assert_eq!(series.schedule_type, Some(ScheduleType::Recurring));
    assert_eq!(series.sub_conferences.len(), 5);
    let first = series.sub_conferences[0].start_time.unwrap();
    for (day, sub) in (0..).zip(&series.sub_conferences) {
        assert_eq!(
            sub.start_time.unwrap().duration_since(first),
            day * 24 * HOUR
        );
        assert_eq!(
            sub.end_time
                .unwrap()
                .duration_since(sub.start_time.unwrap()),
            HOUR
        );
    }
    assert_eq!(
        series.sub_conference_id,
        series.sub_conferences[0].sub_conference_id
    );
    assert_eq!(
        shown(&sim, &token, &series),
        series.role(meeting_types::models::ConferenceRole::Host)
    );
}

#[test]
fn a_series_goes_on_to_the_next_meeting_until_the_last_is_over() {
    let sim = Simulator::start().unwrap();
    let token = log_in(&sim);
    let series = repeat(&sim, &token, 3);
    let handle = sim.meeting(&series.conference_id).unwrap();
    let start = StartMeeting::new(series.conference_id.clone(), handle.host_password.clone());
    sim.advance(HOUR);
    for day in 0..3 {
        let now = shown(&sim, &log_in(&sim), &series);
        let sub = &series.sub_conferences[day];
        assert_eq!(now.start_time, sub.start_time, "{day}");
        assert_eq!(now.sub_conference_id, sub.sub_conference_id);
        call(&sim, &start, &log_in(&sim)).unwrap();
        assert_eq!(handle.snapshot().unwrap().state, MeetingState::Running);
        sim.advance(24 * HOUR);
    }
    assert_eq!(handle.snapshot().unwrap().state, MeetingState::Ended);
}

#[test]
fn one_meeting_of_a_series_is_moved_and_another_cancelled() {
    let sim = Simulator::start().unwrap();
    let token = log_in(&sim);
    let series = repeat(&sim, &token, 4);
    let ids: Vec<String> = series
        .sub_conferences
        .iter()
        .map(|sub| sub.sub_conference_id.clone().unwrap())
        .collect();
    let later = series.sub_conferences[1]
        .start_time
        .unwrap()
        .saturating_add(2 * HOUR);
    let update = UpdateRecurringSubMeeting::new(
        series.conference_id.clone(),
        ids[1].as_str(),
        [MediaType::Voice],
        later,
        2 * HOUR,
    )
    .description("Moved");
    call(&sim, &update, &token).unwrap();
    let now = shown(&sim, &token, &series);
    let moved = &now.sub_conferences[1];
    assert_eq!(moved.start_time, Some(later));
    assert_eq!(moved.end_time, Some(later.saturating_add(2 * HOUR)));
    assert_eq!(moved.media_types, [MediaType::Voice]);
    assert_eq!(moved.description.as_deref(), Some("Moved"));
    assert_eq!(now.sub_conferences[0], series.sub_conferences[0]);

    let cancel =
        CancelRecurringSubMeeting::new(series.conference_id.clone(), [ids[0].as_str(), &ids[2]]);
    call(&sim, &cancel, &token).unwrap();
    let now = shown(&sim, &token, &series);
    assert_eq!(now.sub_conferences.len(), 2);
    assert_eq!(now.start_time, Some(later));
    // What is gone cannot be cancelled again; all are refused, or none.
    let again = CancelRecurringSubMeeting::new(series.conference_id.clone(), [&*ids[0], &ids[1]]);
    assert_eq!(refused(call(&sim, &again, &token)), bad("MMC.111071016"));
    assert_eq!(shown(&sim, &token, &series).sub_conferences.len(), 2);
    // The last ones take the series with them.
    let rest = CancelRecurringSubMeeting::new(series.conference_id.clone(), [&*ids[1], &ids[3]]);
    call(&sim, &rest, &token).unwrap();
    assert!(sim.meeting(&series.conference_id).is_none());
}

#[test]
fn a_series_is_changed_and_cancelled_as_a_whole() {
    let sim = Simulator::start().unwrap();
    let token = log_in(&sim);
    let series = repeat(&sim, &token, 3);
    let longer = daily(&sim, 6).subject("Longer");
    let update = UpdateRecurringMeeting::new(series.conference_id.clone(), longer);
    let changed = call(&sim, &update, &token).unwrap().remove(0);
    assert_eq!(changed.conference_id, series.conference_id);
    assert_eq!(changed.subject.as_deref(), Some("Longer"));
    assert_eq!(changed.sub_conferences.len(), 6);
    let cancel = CancelRecurringMeeting::new(series.conference_id.clone());
    let other = log_in_as(&sim, "other");
    assert_eq!(
        refused(call(&sim, &cancel, &other)),
        (403, "MMC.111070002".into())
    );
    call(&sim, &cancel, &token).unwrap();
    assert!(sim.meeting(&series.conference_id).is_none());
}

#[test]
fn a_booking_is_changed() {
    let (sim, receiver) = told();
    let token = log_in(&sim);
    let booked = create(&sim, &token, in_hours(&sim, 2)).unwrap();
    receiver.hears(&[Kind::Created]);
    let id = &booked.conference_id;
    let change = in_hours(&sim, 3).subject("Later").duration(2 * HOUR);
    let update = UpdateMeeting::new(id.clone(), change.clone());
    let changed = call(&sim, &update, &token).unwrap().remove(0);
    assert_eq!(changed.subject.as_deref(), Some("Later"));
    assert_ne!(changed.start_time, booked.start_time);
    assert_eq!(changed.passwords, booked.passwords);
    assert_eq!(changed.guest_join_url, booked.guest_join_url);
    receiver.hears(&[Kind::Modified]);
    // Nothing new is no news.
    call(&sim, &update, &token).unwrap();

    let settings =
        |password: &str| ConferenceSettings::new().guest_password(Password::new(password));
    let with = |password: &str| {
        let change = change.clone().settings(settings(password));
        refused(call(&sim, &UpdateMeeting::new(id.clone(), change), &token))
    };
    assert_eq!(with(id.as_str()), bad("MMC.111071081"));
    let host = sim.meeting(id).unwrap().host_password;
    assert_eq!(with(host.expose()), bad("MMC.111071105"));
    let other = log_in_as(&sim, "other");
    assert_eq!(
        refused(call(&sim, &update, &other)),
        (403, "MMC.111070002".into())
    );
    sim.meeting(id).unwrap().join_as_host("Ann").unwrap();
    assert_eq!(refused(call(&sim, &update, &token)), bad("MMC.111071065"));
}

#[test]
fn running_meetings_are_listed_and_shown() {
    let sim = Simulator::start().unwrap();
    let token = log_in(&sim);
    let booked = create(&sim, &token, in_hours(&sim, 2)).unwrap();
    let running = create(&sim, &token, video().subject("Now")).unwrap();
    let meeting = sim.meeting(&running.conference_id).unwrap();
    let ann = meeting.join("Ann").unwrap();
    meeting.join("Bo").unwrap();
    let online = call(&sim, &SearchOnlineMeetings::new(), &token).unwrap();
    assert_eq!((online.count, online.data.len()), (Some(1), 1));
    assert_eq!(online.data[0].conference_id, running.conference_id);
    assert_eq!(online.data[0].online_count, Some(2));
    assert_eq!(online.data[0].conference_uuid, running.conference_uuid);
    assert_eq!(
        call(&sim, &SearchMeetings::new(), &token).unwrap().count,
        Some(2)
    );

    let show = ShowOnlineMeetingDetail::new(running.conference_id.clone());
    let shown = call(&sim, &show, &token).unwrap().conference;
    assert_eq!(shown.conference_uuid, running.conference_uuid);
    let not_running = ShowOnlineMeetingDetail::new(booked.conference_id.clone());
    assert_eq!(
        refused(call(&sim, &not_running, &token)),
        bad("MMC.111070005")
    );

    let list = ListOnlineConfAttendee::new(running.conference_id.clone());
    let people = call(&sim, &list, &token).unwrap();
    assert_eq!(people.count, Some(2));
    assert_eq!(people.data[0].participant_id.as_ref(), Some(&ann.id));
    let bo = call(&sim, &list.search_key("Bo"), &token).unwrap();
    assert_eq!(bo.data[0].name.as_deref(), Some("Bo"));
    let number = bo.data[0].call_number.clone().unwrap();
    let there = call(&sim, &CheckCallNumberInConf::new(number), &token).unwrap();
    assert_eq!(there.conference_id, Some(running.conference_id.clone()));
    let nobody = call(&sim, &CheckCallNumberInConf::new("+990"), &token).unwrap();
    assert!(!nobody.in_conference);
    assert_eq!(nobody.conference_id, None);
    let owner = call(
        &sim,
        &ShowConfOrg::new(running.conference_id.clone()),
        &token,
    )
    .unwrap();
    assert_eq!(owner.corp_id.as_str(), "651543334");
    let region = ShowRegionInfoOfMeeting::new(running.conference_id.clone());
    let region = call(&sim, &region, &()).unwrap();
    assert_eq!(region.region_ip.as_deref(), Some("127.0.0.1"));
}

#[test]
fn a_running_meeting_of_a_series_is_cancelled_only_when_that_is_meant() {
    let sim = Simulator::start().unwrap();
    let token = log_in(&sim);
    let series = repeat(&sim, &token, 2);
    let id = &series.conference_id;
    let meeting = sim.meeting(id).unwrap();
    meeting.join_as_host("Ann").unwrap();
    let first = series.sub_conferences[0].sub_conference_id.clone().unwrap();
    let cancel = CancelRecurringSubMeeting::new(id.clone(), [first]);
    assert_eq!(refused(call(&sim, &cancel, &token)), bad("MMC.111071067"));
    call(&sim, &cancel.mode(CancelMode::EndRunning), &token).unwrap();
    assert_eq!(meeting.snapshot().unwrap().state, MeetingState::Booked);
    assert_eq!(shown(&sim, &token, &series).sub_conferences.len(), 1);
    sim.advance(Duration::from_secs(1));
}
