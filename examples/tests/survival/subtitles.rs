//! Subtitles, switched on over the event channel.

use meeting_async::{
    LiveOptions, Notice,
    types::events::{EventPayload, SubtitleSwitch},
};

use crate::{Failure, Follower, WORLDS, begin, catch_up};

/// Takes notices until somebody said something; what it was.
fn heard(follower: &mut dyn Follower) -> Result<String, Failure> {
    loop {
        let notice = follower.next().ok_or("over")??;
        let Some(EventPayload::RealTimeSubtitle(subtitle)) =
            notice.into_event().map(|event| event.payload)
        else {
            continue;
        };
        let line = subtitle.lines.into_iter().next();
        return Ok(line.and_then(|line| line.text).ok_or("no text")?);
    }
}

#[test]
fn subtitles_are_switched_on_and_heard() -> Result<(), Failure> {
    for follow in WORLDS {
        let (_sim, meeting, mut follower) = begin(follow, LiveOptions::new())?;
        let ann = meeting.snapshot().ok_or("no meeting")?.participants[0]
            .id
            .clone();
        follower.switch_subtitles(SubtitleSwitch::on());
        while !follower.meeting().has_subtitles() {
            follower.next().ok_or("over")??;
        }
        meeting.speak([(&ann, 70)])?;
        meeting.participant(&ann).say("Good morning")?;
        assert_eq!(heard(&mut *follower)?, "Good morning");
    }
    Ok(())
}

#[test]
fn a_switch_waits_for_a_connection() -> Result<(), Failure> {
    for follow in WORLDS {
        let (_sim, meeting, mut follower) = begin(follow, LiveOptions::new())?;
        meeting.cut_channels();
        let gap = follower.next().ok_or("over")??;
        assert!(matches!(gap, Notice::Gap { .. }), "{gap:?}");
        follower.switch_subtitles(SubtitleSwitch::on());
        while !follower.meeting().has_subtitles() {
            follower.next().ok_or("over")??;
        }
        catch_up(&mut *follower, &meeting);
    }
    Ok(())
}
