//! Shows a meeting as it changes: `cargo run --example watch`.
//!
//! Without arguments it watches a meeting of some fifteen seconds on a simulator inside this program.
//! With the endpoint of a service and the id of a meeting that runs there, it watches that meeting to
//! its end:
//!
//! ```text
//! MEETING_PASSWORD=… cargo run --example watch -- https://api-intl.meeting.huaweicloud.com 900825541
//! ```
//!
//! A terminal is redrawn with every event; anything else gets a line for each change.

use std::{
    collections::VecDeque,
    env,
    io::{self, IsTerminal, Write},
    time::Duration,
};

use anyhow::{Context, Result};
use meeting_async::{
    Client, Control, LiveMeeting, Notice, printable,
    types::{
        Endpoint, Password,
        models::{ConferenceState, ParticipantRole},
        operations::{MuteMeeting, MuteParticipant, StopMeeting},
    },
};
use meeting_sim::{SimMeeting, Simulator};
use tokio::time::sleep;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let mut arguments = env::args().skip(1);
    match (arguments.next(), arguments.next()) {
        (Some(endpoint), Some(conference_id)) => {
            let password = env::var("MEETING_PASSWORD")
                .context("set MEETING_PASSWORD to a password of the meeting")?;
            let endpoint: Endpoint = endpoint.parse()?;
            let control = Client::anonymous(endpoint)
                .control(conference_id.as_str(), Password::from(password))
                .await?;
            watch(&control).await
        }
        (Some(_), None) => anyhow::bail!("give an endpoint and the id of a running meeting"),
        _ => {
            let sim = Simulator::start()?;
            let meeting = sim.create_meeting("Weekly");
            let control = Client::anonymous(sim.endpoint())
                .control(meeting.conference_id.clone(), meeting.host_password.clone())
                .await?;
            tokio::try_join!(watch(&control), story(&meeting, &control))?;
            Ok(())
        }
    }
}

/// Shows the meeting until it is over.
async fn watch(control: &Control) -> Result<()> {
    let mut events = control.events().await?;
    let mut screen = Screen::new();
    while let Some(notice) = events.next().await {
        match notice? {
            Notice::Event(_) => {}
            other => screen.log(other.to_string()),
        }
        let meeting = events.meeting();
        for change in events.changes() {
            screen.log(change.describe(meeting));
        }
        screen.draw(meeting)?;
    }
    Ok(())
}

/// What the people on the simulator do.
async fn story(meeting: &SimMeeting, control: &Control) -> Result<()> {
    let pause = || sleep(Duration::from_millis(1300));
    let ann = meeting.join_as_host("Ann")?;
    pause().await;
    let bo = meeting.join("Bo")?;
    pause().await;
    let chen = meeting.join("Chen")?;
    pause().await;
    meeting.speak([(&ann.id, 70)])?;
    pause().await;
    meeting.speak([(&bo.id, 80), (&ann.id, 30)])?;
    pause().await;
    control
        .send(&MuteParticipant::new(bo.id.clone(), true))
        .await?;
    meeting.speak([(&ann.id, 60)])?;
    pause().await;
    let dee = meeting.join("Dee")?;
    pause().await;
    control.send(&MuteMeeting::new(true)).await?;
    pause().await;
    chen.mute(false)?;
    meeting.speak([(&chen.id, 55)])?;
    pause().await;
    dee.leave()?;
    pause().await;
    bo.leave()?;
    meeting.speak([])?;
    pause().await;
    control.send(&StopMeeting::new()).await?;
    Ok(())
}

/// The log of a meeting, and on a terminal the meeting above it.
struct Screen {
    is_terminal: bool,
    log: VecDeque<String>,
}

impl Screen {
    const LOG_LINES: usize = 12;

    fn new() -> Self {
        Self {
            is_terminal: io::stdout().is_terminal(),
            log: VecDeque::new(),
        }
    }

    fn log(&mut self, line: String) {
        if !self.is_terminal {
            println!("{line}");
        }
        self.log.push_back(line);
        if self.log.len() > Self::LOG_LINES {
            self.log.pop_front();
        }
    }

    fn draw(&self, meeting: &LiveMeeting) -> io::Result<()> {
        if !self.is_terminal {
            return Ok(());
        }
        // To the upper left corner, and clear from there.
        let mut text = String::from("\x1b[H\x1b[J");
        let state = meeting.state().map_or("", state_of);
        let subject = printable(meeting.subject().unwrap_or("a meeting"));
        text += &format!("\x1b[1m{subject}\x1b[0m  {state}");
        for (is_so, word) in [
            (meeting.is_locked(), "locked"),
            (meeting.is_recording(), "recording"),
            (meeting.is_stale(), "stale"),
        ] {
            text += if is_so { "  " } else { "" };
            text += if is_so { word } else { "" };
        }
        text += "\n\n";
        let mut participants: Vec<_> = meeting.participants().collect();
        participants.sort_by_key(|participant| participant.joined_at);
        for participant in participants {
            let muted = participant.muted == Some(true);
            let speaks = meeting.is_speaking(&participant.participant_id);
            let is_host = participant.role == Some(ParticipantRole::Host);
            text += &format!(
                "  {:<24} {:<5} {:<6} {}\n",
                meeting.display_name(&participant.participant_id),
                if is_host { "host" } else { "" },
                if muted { "muted" } else { "" },
                if speaks { "\x1b[32mspeaks\x1b[0m" } else { "" },
            );
        }
        text += "\n";
        for line in &self.log {
            text += &format!("  {line}\n");
        }
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())?;
        out.flush()
    }
}

fn state_of(state: &ConferenceState) -> &'static str {
    match state {
        ConferenceState::Running => "running",
        ConferenceState::Ended => "over",
        _ => "not running yet",
    }
}
