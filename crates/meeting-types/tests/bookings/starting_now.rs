//! A change that starts the meeting at once, on purpose.

use meeting_types::{
    AccessToken, Endpoint, Operation, Timestamp,
    models::{Booking, MediaType},
    operations::UpdateMeeting,
};

#[test]
fn it_is_the_same_call_without_a_start() {
    let start = Timestamp::from_utc(2027, 7, 5, 7, 30).unwrap();
    let booking = Booking::new([MediaType::HdVideo])
        .subject("Now")
        .start_time(start);
    let update = UpdateMeeting::starting_now("900825541", booking.clone());
    assert_eq!(update.booking().start_time, None);
    assert_eq!(update.conference_id().as_str(), "900825541");

    let (endpoint, token) = (Endpoint::china(), AccessToken::new("token"));
    let now = update.to_request(&endpoint, &token).unwrap();
    let later = UpdateMeeting::new("900825541", booking)
        .to_request(&endpoint, &token)
        .unwrap();
    assert_eq!((now.method(), now.uri()), (later.method(), later.uri()));
    let body: serde_json::Value = serde_json::from_slice(now.body()).unwrap();
    assert_eq!(
        body,
        serde_json::json!({"subject": "Now", "mediaTypes": "HDVideo"})
    );
}

#[test]
fn only_the_change_that_says_so_passes_without_a_start() {
    let booking = Booking::new([MediaType::HdVideo]).subject("Now");
    let refused = UpdateMeeting::new("900825541", booking.clone())
        .validate()
        .unwrap_err();
    assert!(refused.to_string().contains("startTime"), "{refused}");

    let start = Timestamp::from_utc(2027, 7, 5, 7, 30).unwrap();
    let update = UpdateMeeting::starting_now("900825541", booking.start_time(start));
    update.validate().unwrap();
    let token = AccessToken::new("token");
    let request = update.to_request(&Endpoint::china(), &token).unwrap();
    let body: serde_json::Value = serde_json::from_slice(request.body()).unwrap();
    assert_eq!(body.get("startTime"), None);
}

#[test]
fn a_booking_by_default_is_a_video_meeting() {
    assert_eq!(Booking::default(), Booking::new([MediaType::HdVideo]));
}
