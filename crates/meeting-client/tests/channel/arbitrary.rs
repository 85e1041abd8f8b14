//! Whatever comes.

use std::time::Duration;

use meeting_client::{
    Elapsed,
    channel::{Action, Frame},
};
use proptest::prelude::*;

use crate::{closed, open};

#[derive(Clone, Debug)]
enum Input {
    Text(String),
    Binary(Vec<u8>),
    Ping,
    Tick,
    Closed,
}

fn input() -> impl Strategy<Value = Input> {
    let value = prop_oneof![
        Just("null".to_owned()),
        Just("[]".to_owned()),
        Just("{}".to_owned()),
        Just("\"\"".to_owned()),
        Just("-1".to_owned()),
        Just("1e400".to_owned()),
        Just(r#"[{"pid":"p","mode":1,"pinfoMap":{"ROLE":"1"}}]"#.to_owned()),
        Just(r#""{\"returnCode\":0}""#.to_owned()),
        Just(r#"{"returnCode":1}"#.to_owned()),
        ".{0,8}".prop_map(|text| format!("\"{text}\"")),
    ];
    let action = prop_oneof![
        Just("Subscribe"),
        Just("HeartBeat"),
        Just("ConfBasicInfoNotify"),
        Just("ConfDynamicInfoNotify"),
        Just("ParticipantsNotify"),
        Just("SpeakerChangeNotify"),
        Just("InviteResultNotify"),
        Just("X"),
    ];
    let key = prop_oneof![
        Just("data"),
        Just("sequence"),
        Just("version"),
        Just("msgMode"),
        Just("state"),
        Just("pwds"),
        Just("multiPic"),
        Just("endTime"),
        Just("pid"),
    ];
    let frame =
        (action, prop::collection::vec((key, value), 0..4)).prop_map(|(action, entries)| {
            let mut text = format!(r#"{{"action":"{action}""#);
            for (key, value) in entries {
                text += &format!(r#","{key}":{value}"#);
            }
            text + "}"
        });
    prop_oneof![
        8 => frame.prop_map(Input::Text),
        2 => ".{0,40}".prop_map(Input::Text),
        1 => prop::collection::vec(any::<u8>(), 0..8).prop_map(Input::Binary),
        1 => Just(Input::Ping),
        3 => Just(Input::Tick),
        1 => Just(Input::Closed),
    ]
}

proptest! {
    /// Whatever comes, nothing panics, a wait always lies ahead, and the first end is the last.
    #[test]
    fn nothing_upsets_it(steps in prop::collection::vec((input(), 0_u64..100_000), 0..20)) {
        let mut channel = open();
        let mut now = Elapsed::ZERO;
        for (input, pause) in steps {
            now = now + Duration::from_millis(pause);
            let before = channel.end().cloned();
            match &input {
                Input::Text(text) => channel.handle_frame(Frame::Text(text), now),
                Input::Binary(bytes) => channel.handle_frame(Frame::Binary(bytes), now),
                Input::Ping => channel.handle_frame(Frame::Ping, now),
                Input::Tick => channel.handle_timeout(now),
                Input::Closed => channel.handle_closed(closed(None)),
            }
            // As a driver does it: nothing more can be read.
            channel.handle_timeout(now);
            let mut outputs = 0;
            loop {
                outputs += 1;
                prop_assert!(outputs < 6);
                match channel.poll(now) {
                    Action::SleepUntil(until) => {
                        prop_assert!(until > now || matches!(input, Input::Closed));
                        prop_assert!(before.is_none());
                        break;
                    }
                    Action::Finished(outcome) => {
                        prop_assert!(before.is_none_or(|before| before == outcome));
                        break;
                    }
                    _ => prop_assert!(before.is_none()),
                }
            }
        }
    }
}
