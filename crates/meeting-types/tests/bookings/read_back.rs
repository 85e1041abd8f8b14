//! Read, change, write back.

use std::time::Duration;

use meeting_types::{
    Date, Password, TimeZoneId, Timestamp,
    models::{
        Booking, Conference, ConferenceDetail, MediaType, RecurrenceRule, RecurrenceUnit,
        SubConference, Webinar,
    },
    operations::{UpdateRecurringSubMeeting, UpdateWebinar},
};

const TOLD: &str = r#"{
    "conferenceID": "900825541", "subject": "Budget", "mediaTypes": "Data,Voice,HDVideo",
    "startTime": "2027-07-05 07:30", "endTime": "2027-07-05 08:15", "timeZoneID": "29",
    "language": "en-US", "vmrFlag": 1, "vmrID": "room-1", "isAutoMute": 1, "recordType": 2,
    "isAutoRecord": 1, "recordAuxStream": 1, "recordAuthType": 1, "concurrentParticipants": 40,
    "supportSimultaneousInterpretation": true, "liveAddress": "rtmp://live.example/1",
    "auxAddress": "rtmp://live.example/2",
    "confConfigInfo": {"isSendNotify": false, "enableWaitingRoom": true},
    "passwordEntry": [{"conferenceRole": "chair", "password": "112233"},
        {"conferenceRole": "general", "password": "445566"}],
    "partAttendeeInfo": [{"name": "Ada", "phone": "+99101", "role": 1, "type": "normal", "isMute": 0}]
}"#;

fn told() -> Conference {
    serde_json::from_str(TOLD).unwrap()
}

#[test]
fn a_booking_keeps_all_that_a_meeting_tells() {
    let json = serde_json::to_value(Booking::from(&told())).unwrap();
    assert_eq!(
        json,
        serde_json::json!({
            "mediaTypes": "HDVideo", "subject": "Budget", "startTime": "2027-07-05 07:30",
            "length": 45, "timeZoneID": "29", "language": "en-US", "vmrFlag": 1,
            "vmrID": "room-1", "recordType": 2, "isAutoRecord": 1, "recordAuxStream": 1,
            "recordAuthType": 1, "concurrentParticipants": 40,
            "supportSimultaneousInterpretation": true,
            "liveAddress": "rtmp://live.example/1", "auxAddress": "rtmp://live.example/2",
            "confConfigInfo": {"isSendNotify": false, "enableWaitingRoom": true,
                "isAutoMute": true, "guestPwd": "445566"},
            "attendees": [
                {"name": "Ada", "phone": "+99101", "role": 1, "type": "normal", "isMute": 0}
            ],
        })
    );
}

#[test]
fn the_media_become_voice_or_video() {
    let media = |told: &str| {
        let json = format!(r#"{{"conferenceID":"1","mediaTypes":"{told}"}}"#);
        Booking::from(&serde_json::from_str::<Conference>(&json).unwrap()).media_types
    };
    assert_eq!(media("Voice,Data,Video"), [MediaType::HdVideo]);
    assert_eq!(media("Data,Voice"), [MediaType::Voice]);
    assert_eq!(media("Data"), [MediaType::Data]);
    assert!(media("").is_empty());
}

#[test]
fn what_is_not_told_stays_open() {
    let bare: Conference =
        serde_json::from_str(r#"{"conferenceID":"1","mediaTypes":"Voice"}"#).unwrap();
    assert_eq!(Booking::from(&bare), Booking::new([MediaType::Voice]));
}

#[test]
fn a_masked_password_is_no_password() {
    for masked in ["******", "12", "12345678901234567", "12a456"] {
        let mut told = told();
        told.passwords[1].password = Some(Password::new(masked));
        let settings = Booking::from(&told).settings.unwrap();
        assert_eq!(settings.guest_password, None, "{masked}");
    }
    let mut told = told();
    told.settings.as_mut().unwrap().guests_skip_password = Some(true);
    assert_eq!(Booking::from(&told).settings.unwrap().guest_password, None);
}

#[test]
fn an_end_before_the_start_gives_no_duration() {
    let mut told = told();
    told.end_time = told.start_time.map(|start| start - Duration::from_secs(60));
    assert_eq!(Booking::from(&told).duration, None);
}

#[test]
fn a_recurrence_gets_the_days_that_responses_leave_out() {
    let json = r#"{"conferenceID":"1","mediaTypes":"HDVideo","cycleParams":{"startDate":"2027-01-04",
        "endDate":"2027-03-01","cycle":"Week","interval":1,"point":[1]}}"#;
    let told: Conference = serde_json::from_str(json).unwrap();
    let read = told.recurrence.as_ref().unwrap();
    assert_eq!(read.remind_days_before, None);
    let rule = Booking::from(&told).recurrence.unwrap();
    assert_eq!(rule.remind_days_before, Some(1));
    let (first, last) = (
        Date::new(2027, 1, 4).unwrap(),
        Date::new(2027, 3, 1).unwrap(),
    );
    let new = RecurrenceRule::new(first, last, RecurrenceUnit::Week);
    assert_eq!(rule, new.interval(1).days([1_u32]));
    assert_eq!(serde_json::to_value(&rule).unwrap()["preRemindDays"], 1);
}

#[test]
fn the_details_bring_the_attendees_with_their_accounts() {
    let json = format!(
        r#"{{"conferenceData": {TOLD}, "data": {{"count": 1, "data": [{{"name": "Ada",
            "phone": "+99101", "accountId": "ada@example.com", "appId": "app-1",
            "email": "ada@example.com", "isAutoInvite": 1, "role": 1, "type": "normal"}}]}}}}"#
    );
    let told: ConferenceDetail = serde_json::from_str(&json).unwrap();
    let attendees = Booking::from(&told).attendees.unwrap();
    let [ada] = attendees.as_slice() else {
        panic!("{attendees:?}")
    };
    assert_eq!(ada.account_id.as_ref().unwrap().as_str(), "ada@example.com");
    assert_eq!(ada.email.as_deref(), Some("ada@example.com"));
    assert_eq!(ada.auto_invite, Some(true));

    // All pages together, as the documentation shows it.
    let page = told.data.unwrap();
    let all = Booking::from(&told.conference).attendees(page.data.iter().chain(&page.data));
    assert_eq!(all.attendees.unwrap().len(), 2);
}

#[test]
fn a_single_meeting_of_a_series_is_kept() {
    let json = r#"{"cycleSubConfID": "sub-1", "mediaType": "Voice,HDVideo", "isAutoRecord": 1,
        "startTime": "2027-01-11 08:30", "endTime": "2027-01-11 09:30", "description": "Second",
        "confConfigInfo": {"enableWaitingRoom": true}}"#;
    let mut told: SubConference = serde_json::from_str(json).unwrap();
    let update = UpdateRecurringSubMeeting::keeping("900825541", &told).unwrap();
    assert_eq!(update.duration, Duration::from_secs(3600));
    assert_eq!(update.media_types, [MediaType::HdVideo]);
    assert_eq!(update.description.as_deref(), Some("Second"));
    assert_eq!(update.settings, told.settings);
    assert_eq!(update.auto_record, Some(true));

    told.end_time = None;
    let error = UpdateRecurringSubMeeting::keeping("900825541", &told).unwrap_err();
    assert_eq!(error.field, "end_time");
    assert!(error.to_string().contains("`end_time`"), "{error}");
}

#[test]
fn a_webinar_is_kept_but_for_its_guests() {
    let json = r#"{"conferenceId": "976105823", "subject": "Launch", "description": "",
        "startTime": "2027-05-27 09:00", "duration": 120, "timeZoneId": 56, "scope": 2,
        "guestPasswd": "******", "audiencePasswd": "445566", "enableRecording": "Y",
        "attendees": ["Ada"]}"#;
    let mut told: Webinar = serde_json::from_str(json).unwrap();
    let update = UpdateWebinar::try_from(&told).unwrap();
    assert_eq!(update.conference_id, told.conference_id);
    assert_eq!(update.subject, "Launch");
    assert_eq!(
        Some(update.start_time),
        Timestamp::try_from("2027-05-27 09:00").ok()
    );
    assert_eq!(update.duration, Duration::from_secs(7200));
    assert_eq!(update.time_zone_id, TimeZoneId::new(56));
    assert_eq!(update.guest_password, None);
    assert_eq!(update.audience_password, Some(Password::new("445566")));
    assert_eq!(update.record, Some(true));
    assert_eq!(update.guest_restriction, told.guest_restriction);
    assert_eq!(update.guests, None);

    told.time_zone_id = None;
    assert_eq!(
        UpdateWebinar::try_from(&told).unwrap_err().field,
        "time_zone_id"
    );
}
