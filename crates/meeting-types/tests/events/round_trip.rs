//! Every payload is written as documented, and read back as it was.

use meeting_types::{
    ParticipantId, Timestamp,
    events::{
        BroadcastMode, ConferenceBasicInfo, ConferenceDynamicInfo, ConferenceMedia, Event,
        EventPayload, InviteOutcome, InviteResult, MultiPicture, ParticipantChange,
        ParticipantClient, ParticipantInfo, ParticipantState, ParticipantView, Picture,
        RecordingSetup, RolePassword, SnapshotMode, Speaker,
    },
    models::{
        AudienceCountMode, AudienceRestriction, CallInRestriction, ConferenceMode, ConferenceRole,
        ConferenceState, ParticipantRole, UserType,
    },
};
use serde_json::{Value, json};

use crate::{json_of, parse};

/// Writes `event`, expects `wire` plus an envelope, and reads it back.
pub(crate) fn round_trip(payload: impl Into<EventPayload>, wire: &Value) -> Event {
    let event = Event::new(payload)
        .version(39)
        .created_at(Timestamp::from_millis(1_763_800_000_123))
        .message_id("00112233445566778899aabbccddeeff")
        .conference_id("912345678")
        .mode(SnapshotMode::Increment);
    let mut expected = json!({
        "action": event.kind.as_str(),
        "version": 39,
        "createTime": 1_763_800_000_123_i64,
        "msgID": "00112233445566778899aabbccddeeff",
        "msgMode": 1,
        "confID": "912345678",
    });
    let entries = wire.as_object().unwrap().clone();
    expected.as_object_mut().unwrap().extend(entries);
    assert_eq!(json_of(&event.to_text()), expected);
    assert_eq!(parse(&expected), event);
    assert_eq!(Event::parse(event.to_text().expose()).unwrap(), event);
    event
}

#[test]
fn basic_info_makes_the_round_trip() {
    let info = ConferenceBasicInfo::new()
        .display_id("912345678")
        .subject("周会 \"weekly\"")
        .start_time(Timestamp::from_millis(1_763_800_000_000))
        .scheduled_start_time(Timestamp::from_millis(1_763_799_000_000))
        .passwords([
            RolePassword::new(ConferenceRole::Host, "135790"),
            RolePassword::new(ConferenceRole::Guest, "246800"),
        ])
        .recording_setup(RecordingSetup::RecordAndLive)
        .media(ConferenceMedia::Video)
        .scheduler_name("Ada")
        .scheduler_uuid("ff8080816b1c0001")
        .scheduler_type(UserType::Member)
        .watermark(true)
        .guest_join_url("https://example.com/#/j/912345678/0123")
        .call_in_restriction(CallInRestriction::Enterprise)
        .audience_restriction(AudienceRestriction::Anyone)
        .conference_mode(ConferenceMode::Rtc)
        .real_time_subtitle(false)
        .corp_id("807077882")
        .ai_recording_type(0)
        .webinar(false)
        .large_multi_picture(true)
        .participant_focus(true)
        .interpretation(false)
        .cohosts(true)
        .client_recording(true)
        .share_invitation(false)
        .portal_capabilities("1")
        .waiting_room(true);
    let wire = json!({
        "displayID": "912345678",
        "title": "周会 \"weekly\"",
        "startTime": "1763800000000",
        "scheduledStartTime": "1763799000000",
        "pwds": [{"role": "chair", "pwd": "135790"}, {"role": "general", "pwd": "246800"}],
        "recType": 2,
        "media": 2,
        "owner": "Ada",
        "ownerID": "ff8080816b1c0001",
        "userType": 2,
        "supportWatermark": 1,
        "guestJoinUri": "https://example.com/#/j/912345678/0123",
        "callInRestriction": 2,
        "audienceCallInRestriction": 0,
        "confMode": "RTC",
        "realTimeSubtitle": 0,
        "orgID": "807077882",
        "aiRecType": 0,
        "webinar": false,
        "bignumMultiPicSwitch": true,
        "partViewSwitch": true,
        "simultaneousInterpretation": 0,
        "supportCohost": 1,
        "supportClientRecord": 1,
        "inviteShareSwitch": false,
        "confPortalCapabilities": "1",
        "supportWaitingRoom": true,
    });
    round_trip(info, &wire);
    round_trip(ConferenceBasicInfo::new(), &json!({}));
}

#[test]
fn dynamic_info_makes_the_round_trip() {
    let info = ConferenceDynamicInfo::new()
        .state(ConferenceState::Running)
        .end_time(Timestamp::from_millis(1_763_803_600_000))
        .broadcast_mode(BroadcastMode::Floor)
        .voice_activation(true)
        .locked(false)
        .mute_on_entry(true)
        .sharing_locked(false)
        .unmute_allowed(true)
        .host_polling(false)
        .picture_count(16)
        .multi_picture(
            MultiPicture::new(4)
                .pictures([
                    Picture::new(1, ["p1", "p2"]).share(false),
                    Picture::new(2, ["p3"]).share(true),
                ])
                .period(10),
        )
        .focus_count(0)
        .max_focus_count(8)
        .recording(true)
        .recorded(true)
        .ai_recording(false)
        .im_group_id("group-1")
        .chat_forbidden(false)
        .real_time_subtitle(true)
        .interpretation(false)
        .interpretation_channels(["en-US"])
        .call_in_restriction(CallInRestriction::Invited)
        .audience_restriction(AudienceRestriction::Anyone)
        .audience_allowed(false)
        .audience_count(250)
        .audience_count_real(125)
        .audience_count_multiple(2)
        .audience_count_mode(AudienceCountMode::Multiplied)
        .audience_layout("speakerVideoLayout")
        .paused(false)
        .share_settings(true)
        .client_recording(false)
        .client_recording_mode(3)
        .waiting_room(true);
    let wire = json!({
        "state": "Created",
        "endTime": "1763803600000",
        "mode": "ROLLCALL",
        "vas": 1,
        "lock": 0,
        "mute": 1,
        "lockSharing": 0,
        "canUnmute": 1,
        "chairView": 0,
        "picNum": 16,
        "multiPic": {
            "picNum": 4,
            "picInfos": [
                {"index": 1, "id": ["p1", "p2"], "share": 0},
                {"index": 2, "id": ["p3"], "share": 1},
            ],
            "period": 10,
        },
        "partViewNum": 0,
        "maxPartViewNum": 8,
        "recState": 1,
        "recOccurred": 1,
        "aiRecState": 0,
        "confIMGroupId": "group-1",
        "forbiddenChat": 0,
        "realTimeSubtitle": 1,
        "simultaneousInterpretation": 0,
        "lanChannels": ["en-US"],
        "callInRestriction": 3,
        "audienceCallInRestriction": 0,
        "allowAudience": false,
        "audienceTotalCount": 250,
        "audienceCountReal": 125,
        "audienceCountMultiple": 2,
        "showAudienceMode": 1,
        "audienceVideoLayout": "speakerVideoLayout",
        "pause": false,
        "enableShareSetting": 1,
        "clientRecState": 0,
        "clientRecMode": 3,
        "waitingRoomState": 1,
    });
    round_trip(info, &wire);
}

fn everybody() -> ParticipantInfo {
    ParticipantInfo::new("p1")
        .name("Ada")
        .phone("+99111")
        .role(ParticipantRole::Host)
        .state(ParticipantState::InMeeting)
        .hand_raised(true)
        .broadcast(false)
        .has_floor(false)
        .sharing(true)
        .joined_at(Timestamp::from_millis(1_763_800_001_000))
        .muted(false)
        .video(true)
        .camera_on(true)
        .m_number("1")
        .t_number("2")
        .anonymous(false)
        .local_recording(false)
        .client_type(ParticipantClient::Desktop)
        .view(ParticipantView::MultiPicture)
        .view_locked(false)
        .corp_id("807077882")
        .user_uuid("ff80ada")
        .account_id("ada@example")
        .third_party_account("ada")
        .cohost(false)
        .rtc_user_id("77")
        .user_agent("desktop/9")
        .client_record_allowed(true)
        .share_requested(false)
        .with_extra("CLIENT_CAPABILITIES", "1,3")
}

#[test]
fn participants_make_the_round_trip() {
    let changes: Vec<ParticipantChange> = vec![
        everybody().into(),
        ParticipantInfo::new("p2").muted(true).into(),
        ParticipantChange::Removed(ParticipantId::new("p3")),
    ];
    let wire = json!({"data": [
        {"pid": "p1", "mode": 0, "pinfoMap": {
            "NAME": "Ada", "TEL": "+99111", "ROLE": "1", "STATE": "0", "HAND": "1",
            "BROADCAST": "0", "ROLLCALL": "0", "SHARE": "1", "ADDTIME": "1763800001000",
            "MUTE": "0", "VIDEO": "1", "CAMERASTATE": "1", "M": "1", "T": "2", "ANONYMOUS": "0",
            "LOCALREC": "0", "CLIENT_LOGIN_TYPE": "Desktop", "VIEW_TYPE": "1",
            "LOCKED_VIEW": "0", "ORG_ID": "807077882", "ACCOUNT_ID": "ff80ada",
            "ACCOUNT": "ada@example",
            "THIRDACCOUNT": "ada", "IS_COHOST": "0", "RTC_USER_ID": "77",
            "USER_AGENT": "desktop/9", "ALLOW_CLIENT_REC": "1", "INVITE_SHARE_STATE": "0",
            "CLIENT_CAPABILITIES": "1,3",
        }},
        {"pid": "p2", "mode": 0, "pinfoMap": {"MUTE": "1"}},
        {"pid": "p3", "mode": 1},
    ]});
    let event = round_trip(changes, &wire);
    let EventPayload::Participants(changes) = event.payload else {
        panic!()
    };
    let ids: Vec<_> = changes
        .iter()
        .map(|change| change.participant_id().as_str())
        .collect();
    assert_eq!(ids, ["p1", "p2", "p3"]);
}

#[test]
fn speakers_make_the_round_trip() {
    let speakers = vec![
        Speaker::new("p1").volume(73).name("Ada"),
        Speaker::new("p2"),
    ];
    let wire = json!({"data": [{"pid": "p1", "speakingVolume": 73, "name": "Ada"}, {"pid": "p2"}]});
    round_trip(speakers, &wire);
    // Nobody speaks.
    round_trip(Vec::<Speaker>::new(), &json!({}));
}

#[test]
fn invite_results_make_the_round_trip() {
    let results = vec![
        InviteResult::new("+99111", &InviteOutcome::Accepted),
        InviteResult::new("+99112", &InviteOutcome::HungUpByHost),
    ];
    let wire = json!({"data": [
        {"callNumber": "+99111", "resultCode": "0"},
        {"callNumber": "+99112", "resultCode": "11076002"},
    ]});
    round_trip(results, &wire);
}

#[test]
fn increments_are_merged() {
    let mut known = everybody();
    known.merge(
        ParticipantInfo::new("p1")
            .muted(true)
            .hand_raised(false)
            .with_extra("IS_SVC", "1"),
    );
    let expected = everybody()
        .muted(true)
        .hand_raised(false)
        .with_extra("IS_SVC", "1");
    assert_eq!(known, expected);

    let mut unclear = ParticipantInfo::new("p1").with_extra("MUTE", "perhaps");
    unclear.merge(ParticipantInfo::new("p1").muted(true));
    assert_eq!(unclear, ParticipantInfo::new("p1").muted(true));
}
