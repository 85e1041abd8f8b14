//! Nothing prints a secret.

use meeting_types::{
    JoinUrl, Password, UserUuid,
    events::{ConferenceBasicInfo, Event, RolePassword, ServerFrame},
    models::ConferenceRole,
};
use serde_json::json;

#[test]
fn no_event_prints_a_secret() {
    let secret = "135790hush";
    let basic = ConferenceBasicInfo::new()
        .passwords([RolePassword::new(ConferenceRole::Host, secret)])
        .guest_join_url(JoinUrl::new(format!("https://example.com/{secret}")))
        .scheduler_uuid(UserUuid::new("u1"));
    let event = Event::new(basic.clone());
    let other = Event::other("X".into(), json!({"pwd": secret, "confToken": secret}));
    let frame = ServerFrame::from(event.clone());
    let shown = [
        format!("{:?}", Password::new(secret)),
        format!("{:?}", basic.passwords),
        format!("{basic:?} {basic:#?}"),
        format!("{:?} {:#?}", event.payload, event.payload),
        format!("{event:?} {event:#?}"),
        format!("{other:?} {other:#?}"),
        format!("{frame:?} {frame:#?}"),
        format!("{:?}", event.to_text()),
        format!("{:?}", frame.to_text()),
        format!("{:?}", other.to_text()),
    ];
    for text in shown {
        assert!(!text.contains("hush"), "{text}");
    }
    assert!(event.to_text().expose().contains(secret));
}
