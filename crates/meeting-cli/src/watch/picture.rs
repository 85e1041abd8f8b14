//! A meeting as lines of text.

use meeting_blocking::{
    LiveMeeting, printable,
    types::{
        events::{ParticipantInfo, ParticipantState},
        models::{ConferenceState, ParticipantRole},
    },
};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The room there is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    pub(super) columns: usize,
    pub(super) rows: usize,
}

/// How wide names may be.
const NAME: usize = 24;

/// How many lines of the log go before people.
const LOG: usize = 6;

/// The meeting, and below it the end of the log. One row is left to the cursor, and no line is wider
/// than the room.
pub(super) fn picture(
    meeting: &LiveMeeting,
    log: &[String],
    size: Size,
    styled: bool,
) -> Vec<String> {
    let style = |code: &str, text: String| match styled {
        true => format!("\x1b[{code}m{text}\x1b[0m"),
        false => text,
    };
    // The last column stays free: some terminals break the line in it.
    let columns = size.columns.saturating_sub(1);
    let fit = |text: &str| fitting(text, columns);
    let rows = size.rows.saturating_sub(1);
    let mut lines = vec![style("1", fit(&head(meeting)))];

    let waiting = waiting(meeting);
    // Not for the head and two empty lines. The log gets half of it, if it needs so much.
    let room = rows.saturating_sub(3 + usize::from(waiting.is_some()));
    let room = room - log.len().min(LOG).min(room / 2);
    let people = people(meeting);
    if room > 0 && !people.is_empty() {
        lines.push(String::new());
        let shown = match people.len() > room {
            true => room - 1,
            false => people.len(),
        };
        for participant in &people[..shown] {
            let speaks = meeting.is_speaking(&participant.participant_id);
            let line = fit(&row(meeting, participant, columns));
            lines.push(if speaks { style("32", line) } else { line });
        }
        if shown < people.len() {
            lines.push(fit(&format!("  and {} more", people.len() - shown)));
        }
    }
    if lines.len() < rows {
        lines.extend(waiting.map(|line| fit(&line)));
    }
    if lines.len() + 1 < rows {
        lines.push(String::new());
    }
    let left = rows.saturating_sub(lines.len()).min(log.len());
    let end = log[log.len() - left..].iter();
    lines.extend(end.map(|line| fit(&format!("  {line}"))));
    lines.truncate(rows);
    lines
}

/// The subject, the state, and what else is so of the meeting as a whole.
fn head(meeting: &LiveMeeting) -> String {
    let state = match meeting.state() {
        Some(ConferenceState::Running) => "running",
        Some(ConferenceState::Ended) => "over",
        Some(ConferenceState::Scheduled | ConferenceState::Creating) => "not started",
        _ => "",
    };
    let mut text = printable(meeting.subject().unwrap_or("Meeting"));
    for (is_so, word) in [
        (!state.is_empty(), state),
        (meeting.is_locked(), "locked"),
        (meeting.is_recording(), "recording"),
        (meeting.has_subtitles(), "subtitles"),
        (meeting.is_stale(), "stale"),
    ] {
        if is_so {
            text += "  ";
            text += word;
        }
    }
    text
}

/// The host first, then in the order of coming.
fn people(meeting: &LiveMeeting) -> Vec<&ParticipantInfo> {
    let mut people: Vec<_> = meeting.participants().collect();
    people.sort_by_key(|one| (one.role != Some(ParticipantRole::Host), one.joined_at));
    people
}

fn row(meeting: &LiveMeeting, participant: &ParticipantInfo, columns: usize) -> String {
    let width = NAME.min(columns / 2);
    let name = fitting(&meeting.display_name(&participant.participant_id), width);
    let space = " ".repeat(width - name.width());
    let mut text = format!("  {name}{space}");
    for (is_so, word) in [
        (participant.role == Some(ParticipantRole::Host), "host"),
        (participant.cohost == Some(true), "co-host"),
        (
            participant.state == Some(ParticipantState::Calling),
            "being called",
        ),
        (participant.muted == Some(true), "muted"),
        (participant.hand_raised == Some(true), "hand raised"),
        (participant.sharing == Some(true), "shares"),
        (meeting.is_speaking(&participant.participant_id), "speaks"),
    ] {
        if is_so {
            text += "  ";
            text += word;
        }
    }
    text.truncate(text.trim_end().len());
    text
}

/// Who is in the waiting room, in one line.
fn waiting(meeting: &LiveMeeting) -> Option<String> {
    let names = meeting.waiting_room().map(|waiting| {
        let name = waiting.name.as_deref();
        printable(name.unwrap_or(waiting.participant_id.as_str()))
    });
    let names: Vec<_> = names.collect();
    (!names.is_empty()).then(|| format!("  waiting room: {}", names.join(", ")))
}

/// The text, cut where it is too wide. Some characters take two columns, some none.
fn fitting(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut cut = String::new();
    // One column is for the sign that something is missing.
    let mut left = columns.saturating_sub(1);
    for char in text.chars() {
        let width = char.width().unwrap_or(0);
        if width > left {
            break;
        }
        left -= width;
        cut.push(char);
    }
    if columns > 0 {
        cut.push('…');
    }
    cut
}

#[cfg(test)]
mod tests {
    use meeting_types::events::{
        ConferenceBasicInfo, ConferenceDynamicInfo, Event, EventPayload, ParticipantChange,
        Speaker, WaitingChange, WaitingParticipant,
    };

    use super::*;

    fn told(payloads: Vec<EventPayload>) -> LiveMeeting {
        let mut meeting = LiveMeeting::new();
        for payload in payloads {
            meeting.apply(&Event::new(payload));
        }
        meeting
    }

    fn meeting() -> LiveMeeting {
        let people = [
            ParticipantInfo::new("p1")
                .name("Bo")
                .muted(true)
                .cohost(true),
            ParticipantInfo::new("p2")
                .name("Ann\u{1b}[2J")
                .role(ParticipantRole::Host)
                .hand_raised(true)
                .sharing(true),
            ParticipantInfo::new("p3")
                .name("会议室会议室会议室会议室会议室")
                .state(ParticipantState::Calling),
        ];
        let waiting = WaitingParticipant::new("p9").name("Dee\r\n");
        told(vec![
            ConferenceBasicInfo::new().subject("Weekly\u{9b}").into(),
            ConferenceDynamicInfo::new()
                .state(ConferenceState::Running)
                .locked(true)
                .recording(true)
                .into(),
            people.map(ParticipantChange::from).to_vec().into(),
            vec![Speaker::new("p2")].into(),
            vec![WaitingChange::from(waiting)].into(),
        ])
    }

    fn log(lines: usize) -> Vec<String> {
        (1..=lines).map(|line| format!("line {line}")).collect()
    }

    #[test]
    fn a_picture_shows_everything_there_is() {
        let size = Size {
            columns: 80,
            rows: 24,
        };
        let lines = picture(&meeting(), &log(2), size, false);
        assert_eq!(
            lines,
            [
                "Weekly  running  locked  recording",
                "",
                "  Ann[2J                    host  hand raised  shares  speaks",
                "  Bo                        co-host  muted",
                "  会议室会议室会议室会议…   being called",
                "  waiting room: Dee",
                "",
                "  line 1",
                "  line 2",
            ]
        );
        let styled = picture(&meeting(), &log(2), size, true);
        assert_eq!(
            styled[0],
            "\x1b[1mWeekly  running  locked  recording\x1b[0m"
        );
        assert!(styled[2].starts_with("\x1b[32m  Ann"), "{styled:?}");
        let mut stale = meeting();
        stale.gap();
        assert!(picture(&stale, &[], size, false)[0].ends_with("  stale"));
    }

    #[test]
    fn no_picture_is_larger_than_the_terminal() {
        let people = (0..40).map(|n| ParticipantInfo::new(format!("p{n}")).name("会议室"));
        let people: Vec<_> = people.map(ParticipantChange::from).collect();
        let crowd = told(vec![people.into()]);
        for meeting in [LiveMeeting::new(), meeting(), crowd] {
            for columns in 0..60 {
                for rows in 0..30 {
                    for lines in [0, 1, 50] {
                        let size = Size { columns, rows };
                        let drawn = picture(&meeting, &log(lines), size, false);
                        assert!(drawn.len() < rows.max(1), "{rows} rows: {drawn:?}");
                        for line in &drawn {
                            assert!(line.width() < columns.max(1), "{columns}: {line:?}");
                            assert!(!line.contains(char::is_control));
                        }
                        let shows_the_end = drawn.last().is_some_and(|last| last == "  line 50");
                        assert!(lines < 50 || rows < 4 || columns < 12 || shows_the_end);
                    }
                }
            }
        }
    }

    #[test]
    fn a_short_terminal_shows_some_of_everything() {
        let size = Size {
            columns: 20,
            rows: 8,
        };
        assert_eq!(
            picture(&meeting(), &log(9), size, false),
            [
                "Weekly  running  l…",
                "",
                "  Ann[2J     host …",
                "  and 2 more",
                "  waiting room: Dee",
                "",
                "  line 9",
            ]
        );
    }

    #[test]
    fn who_does_not_fit_is_counted() {
        let people = (0..40).map(|n| ParticipantInfo::new(format!("p{n}")));
        let people: Vec<_> = people.map(ParticipantChange::from).collect();
        let size = Size {
            columns: 80,
            rows: 24,
        };
        let lines = picture(&told(vec![people.into()]), &log(50), size, false);
        assert_eq!(lines.len(), 23);
        assert!(lines.contains(&"  and 27 more".to_owned()), "{lines:?}");
        assert_eq!(lines.last().unwrap(), "  line 50");
    }
}
