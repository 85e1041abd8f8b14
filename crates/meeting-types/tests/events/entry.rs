//! How a live channel is entered: the address, the subscription, the heartbeat.

use std::time::{Duration, SystemTime};

use meeting_types::{
    ConferenceId, ConferenceToken, Timestamp, WebSocketToken,
    events::{
        ChannelAddress, ChannelAddressError, ClientFrame, EventKind, FrameError, Sequence,
        Sequences, SpeechModel, SubtitleSwitch,
    },
};
use serde_json::{Value, json};

const TOKEN: &str = "stb0123+/hush";
const BASIC: &str = "Basic c3RiMDEyMysvaHVzaA==";

fn subscribe() -> ClientFrame {
    ClientFrame::Subscribe {
        sequence: Sequence::new("000000000000000001763800000123"),
        kinds: vec![EventKind::Participants, EventKind::from("LaterNotify")],
        token: ConferenceToken::new(TOKEN),
        conference_id: None,
    }
}

#[test]
fn a_subscription_is_written_as_clients_do() {
    let text = subscribe().to_text();
    let json: Value = serde_json::from_str(text.expose()).unwrap();
    let entries = json.as_object().unwrap();
    assert_eq!(entries.len(), 3, "{json}");
    assert_eq!(json["action"], "Subscribe");
    assert_eq!(json["sequence"], "000000000000000001763800000123");
    // The data is a string that holds JSON, and says nothing about the meeting.
    let data: Value = serde_json::from_str(json["data"].as_str().unwrap()).unwrap();
    assert_eq!(
        data,
        json!({"subscribeType": ["ParticipantsNotify", "LaterNotify"], "confToken": BASIC})
    );
    assert_eq!(ClientFrame::parse(text.expose()).unwrap(), subscribe());
}

#[test]
fn a_subscription_may_name_the_meeting() {
    let mut frame = subscribe();
    let ClientFrame::Subscribe { conference_id, .. } = &mut frame else {
        panic!()
    };
    *conference_id = Some(ConferenceId::new("912345678"));
    let text = frame.to_text();
    assert!(text.expose().contains(r#"\"conferenceID\":\"912345678\""#));
    assert_eq!(ClientFrame::parse(text.expose()).unwrap(), frame);
}

#[test]
fn a_subscription_is_read_in_every_spelling() {
    let kinds = ["ParticipantsNotify", "LaterNotify"];
    for token in [TOKEN, BASIC] {
        let data = json!({"subscribeType": kinds, "confToken": token});
        for data in [data.clone(), json!(data.to_string())] {
            let message = json!({
                "action": "Subscribe", "sequence": "000000000000000001763800000123", "data": data,
            });
            assert_eq!(
                ClientFrame::parse(&message.to_string()).unwrap(),
                subscribe()
            );
        }
    }
    for data in [
        json!({}),
        json!(null),
        json!({"confToken": ""}),
        json!("{}"),
        json!({"confToken": "Basic ***"}),
    ] {
        let message = json!({"action": "Subscribe", "data": data});
        assert_eq!(
            ClientFrame::parse(&message.to_string()),
            Err(FrameError::Missing {
                action: "Subscribe",
                field: "confToken"
            })
        );
    }
    for data in [json!(7), json!("no"), json!([])] {
        let message = json!({"action": "Subscribe", "data": data});
        assert_eq!(
            ClientFrame::parse(&message.to_string()),
            Err(FrameError::Missing {
                action: "Subscribe",
                field: "data"
            })
        );
    }
}

#[test]
fn heartbeats_make_the_round_trip() {
    let frame = ClientFrame::HeartBeat {
        sequence: Sequence::new("000000000000000001763800000123"),
    };
    assert_eq!(
        frame.to_text().expose(),
        r#"{"sequence":"000000000000000001763800000123","action":"HeartBeat"}"#
    );
    assert_eq!(ClientFrame::parse(frame.to_text().expose()).unwrap(), frame);
}

fn subtitles(switch: SubtitleSwitch) -> ClientFrame {
    ClientFrame::Subtitles {
        sequence: Sequence::new("000000000000000001763800000123"),
        token: ConferenceToken::new(TOKEN),
        conference_id: ConferenceId::new("912345678"),
        switch,
    }
}

#[test]
fn subtitles_are_switched_by_a_control_frame() {
    let chosen = SubtitleSwitch::on()
        .display(1)
        .model(SpeechModel::Trial)
        .speakers(["p1", "p2"]);
    for (switch, expected) in [
        (
            SubtitleSwitch::on(),
            json!({
                "conferenceID": "912345678", "confToken": BASIC, "isSubtitle": 1, "subtitleType": 0,
            }),
        ),
        (
            SubtitleSwitch::off(),
            json!({
                "conferenceID": "912345678", "confToken": BASIC, "isSubtitle": 0, "subtitleType": 0,
            }),
        ),
        (
            chosen,
            json!({
                "conferenceID": "912345678", "confToken": BASIC, "isSubtitle": 1, "subtitleType": 1,
                "sisProperty": "chinese_16k_trial", "id": ["p1", "p2"],
            }),
        ),
    ] {
        let frame = subtitles(switch);
        let json: Value = serde_json::from_str(frame.to_text().expose()).unwrap();
        assert_eq!(json["action"], "ConfControl");
        assert_eq!(json["type"], "REALTIMESUBTITLE");
        assert_eq!(json["sequence"], "000000000000000001763800000123");
        assert_eq!(json.as_object().unwrap().len(), 4, "{json}");
        let data: Value = serde_json::from_str(json["data"].as_str().unwrap()).unwrap();
        assert_eq!(data, expected);
        assert_eq!(ClientFrame::parse(frame.to_text().expose()).unwrap(), frame);
    }
}

#[test]
fn a_subtitle_frame_is_read_in_every_spelling() {
    for token in [TOKEN, BASIC] {
        let data = json!({
            "conferenceID": 912_345_678, "confToken": token, "isSubtitle": "1", "subtitleType": "0",
        });
        for data in [data.clone(), json!(data.to_string())] {
            let message = json!({
                "action": "ConfControl", "type": "REALTIMESUBTITLE", "data": data,
                "sequence": "000000000000000001763800000123",
            });
            let read = ClientFrame::parse(&message.to_string()).unwrap();
            assert_eq!(read, subtitles(SubtitleSwitch::on()));
        }
    }
    for (data, field) in [
        (json!({"conferenceID": "9"}), "confToken"),
        (json!({"confToken": TOKEN}), "conferenceID"),
        (json!(7), "data"),
    ] {
        let message = json!({"action": "ConfControl", "type": "REALTIMESUBTITLE", "data": data});
        assert_eq!(
            ClientFrame::parse(&message.to_string()),
            Err(FrameError::Missing {
                action: "ConfControl",
                field
            })
        );
    }
}

#[test]
fn other_client_frames_are_kept_whole() {
    let raw = json!({
        "action": "ConfControl", "sequence": "9", "type": "REFRESHTOKEN",
        "data": json!({"conferenceID": "912345678", "confToken": TOKEN}).to_string(),
    });
    let frame = ClientFrame::parse(&raw.to_string()).unwrap();
    assert_eq!(
        frame,
        ClientFrame::Other {
            action: "ConfControl".to_owned(),
            sequence: "9".into(),
            raw: raw.clone()
        }
    );
    let written: Value = serde_json::from_str(frame.to_text().expose()).unwrap();
    assert_eq!(written, raw);
}

#[test]
fn no_client_frame_prints_the_token() {
    let raw = json!({"action": "ConfControl", "data": {"confToken": TOKEN}});
    let other = ClientFrame::parse(&raw.to_string()).unwrap();
    for frame in [subscribe(), subtitles(SubtitleSwitch::on()), other] {
        for text in [
            format!("{frame:?}"),
            format!("{frame:#?}"),
            format!("{:?}", frame.to_text()),
        ] {
            assert!(!text.contains("hush") && !text.contains("c3Ri"), "{text}");
        }
    }
    assert!(format!("{:?}", subscribe()).contains("Participants"));
}

#[test]
fn sequences_rise_whatever_the_clock_does() {
    let mut sequences = Sequences::new();
    let mut last = Sequence::default();
    for millis in [
        1000,
        1000,
        1000,
        999,
        5000,
        -3,
        i64::MIN,
        5001,
        i64::MAX,
        i64::MAX,
    ] {
        let next = sequences.next(Timestamp::from_millis(millis));
        assert_eq!(next.as_str().len(), 30);
        assert!(next.as_str().bytes().all(|byte| byte.is_ascii_digit()));
        assert!(next.as_str() > last.as_str(), "{last} {next}");
        last = next;
    }
}

fn address(url: &str) -> Result<ChannelAddress, ChannelAddressError> {
    ChannelAddress::new(
        url,
        &ConferenceId::new("912345678"),
        WebSocketToken::new("cnr+hush"),
    )
}

#[test]
fn the_address_is_complete() {
    let path = "/cms/open/websocket/confctl/increment/conn?confID=912345678&tmpToken=cnr%2Bhush";
    for (url, host, port, is_tls) in [
        ("wss://192.0.2.1", "192.0.2.1", 443, true),
        ("wss://192.0.2.1:443/", "192.0.2.1", 443, true),
        (
            "WSS://meet.example.com:8443/gate/",
            "meet.example.com",
            8443,
            true,
        ),
        ("wss://[2001:db8::1]:9000", "[2001:db8::1]", 9000, true),
        ("wss://[2001:db8::1]", "[2001:db8::1]", 443, true),
        ("ws://127.0.0.1:8080", "127.0.0.1", 8080, false),
        ("ws://localhost", "localhost", 80, false),
        (" ws://[::1]:81 ", "[::1]", 81, false),
    ] {
        let address = address(url).unwrap();
        assert_eq!(address.host(), host);
        assert_eq!(address.port(), port);
        assert_eq!(address.is_tls(), is_tls);
        let base = url.trim().trim_end_matches('/').replace("WSS", "wss");
        assert_eq!(address.uri().expose(), format!("{base}{path}"));
    }
}

#[test]
fn other_addresses_are_refused() {
    for (url, expected) in [
        ("", ChannelAddressError::NotAUrl),
        ("192.0.2.1:443", ChannelAddressError::NotAUrl),
        ("wss://", ChannelAddressError::NotAUrl),
        ("wss:///path", ChannelAddressError::NotAUrl),
        ("wss://host:99999", ChannelAddressError::Port),
        ("wss://host:0", ChannelAddressError::Port),
        ("wss://host:", ChannelAddressError::Port),
        ("wss://a b", ChannelAddressError::NotAUrl),
        ("wss://127.1", ChannelAddressError::Host),
        ("wss://0x7f.1:443", ChannelAddressError::Host),
        ("wss://2130706433", ChannelAddressError::Host),
        ("wss://0177.0.0.1", ChannelAddressError::Host),
        ("wss://meeting.example.com.", ChannelAddressError::Host),
        ("wss://a..b", ChannelAddressError::Host),
        ("https://host", ChannelAddressError::NotWss),
        ("ws://192.0.2.1", ChannelAddressError::NotWss),
        ("ws://localhost.example.com", ChannelAddressError::NotWss),
        ("wss://user:pass@host", ChannelAddressError::UserInfo),
        ("wss://user@host", ChannelAddressError::UserInfo),
        ("wss://host/?a=1", ChannelAddressError::Query),
        ("wss://host/#f", ChannelAddressError::Query),
    ] {
        assert_eq!(address(url).unwrap_err(), expected, "{url}");
    }
    let plain = |url| ChannelAddress::allow_plain_ws(url, &"1".into(), WebSocketToken::new("t"));
    assert!(!plain("ws://192.0.2.1").unwrap().is_tls());
    assert_eq!(
        plain("http://192.0.2.1").unwrap_err(),
        ChannelAddressError::NotWss
    );
    let blank = |id: &str, token: &str| {
        ChannelAddress::new("wss://h", &id.into(), WebSocketToken::new(token)).unwrap_err()
    };
    assert_eq!(blank(" ", "t"), ChannelAddressError::Blank);
    assert_eq!(blank("1", ""), ChannelAddressError::Blank);
}

#[test]
fn the_address_never_prints_the_token() {
    let address = address("wss://192.0.2.1").unwrap();
    for text in [
        address.to_string(),
        format!("{address:?}"),
        format!("{address:#?}"),
        format!("{:?}", address.uri()),
    ] {
        assert!(!text.contains("hush"), "{text}");
    }
    assert!(address.to_string().starts_with("wss://192.0.2.1/cms/"));
}

#[test]
fn the_address_knows_when_it_is_too_late() {
    let issued = SystemTime::UNIX_EPOCH + Duration::from_secs(1_763_800_000);
    let token = WebSocketToken::new("t").with_issued_at(issued);
    let address = ChannelAddress::new("wss://h", &"1".into(), token).unwrap();
    assert!(!address.is_expired(issued + Duration::from_secs(59)));
    assert!(address.is_expired(issued + Duration::from_secs(60)));
}
