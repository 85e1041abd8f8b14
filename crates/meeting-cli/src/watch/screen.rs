//! A terminal that shows a meeting.

use std::{collections::VecDeque, env};

use meeting_blocking::LiveMeeting;
use terminal_size::{Height, Width};

use super::picture::{Size, picture};

/// How many lines of the log are kept: more than a terminal shows.
const KEPT: usize = 200;

/// A terminal that shows a meeting.
///
/// The cursor is hidden while a picture is written and at no other time, and then stands below it. So
/// there is nothing to restore, however the program ends.
pub(super) struct Screen {
    log: VecDeque<String>,
    begun: bool,
    styled: bool,
}

impl Screen {
    pub(super) fn new() -> Self {
        Self {
            log: VecDeque::new(),
            begun: false,
            styled: env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        }
    }

    pub(super) fn log(&mut self, line: String) {
        if self.log.len() == KEPT {
            self.log.pop_front();
        }
        self.log.push_back(line);
    }

    /// What draws the meeting, in one write.
    pub(super) fn draw(&mut self, meeting: &LiveMeeting) -> String {
        let size = size();
        let lines = picture(meeting, self.log.make_contiguous(), size, self.styled);
        let mut text = String::new();
        if !self.begun {
            // What was on the terminal goes up, where one can scroll back to it.
            text.push_str(&"\n".repeat(size.rows));
            self.begun = true;
        }
        // From the upper left corner; each line is cleared behind its end, and all below
        // the last. A terminal that knows mode 2026 shows all of it at once.
        text.push_str("\x1b[?2026h\x1b[?25l\x1b[H");
        for line in lines {
            text.push_str(&line);
            text.push_str("\x1b[K\r\n");
        }
        text.push_str("\x1b[J\x1b[?25h\x1b[?2026l");
        text
    }
}

fn size() -> Size {
    let (columns, rows) = match terminal_size::terminal_size() {
        Some((Width(columns), Height(rows))) => (usize::from(columns), usize::from(rows)),
        None => (0, 0),
    };
    // Some terminals do not know.
    Size {
        columns: if columns == 0 { 80 } else { columns },
        rows: if rows == 0 { 24 } else { rows },
    }
}
