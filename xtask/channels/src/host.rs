//! The simulator, in a process of its own, so that nothing of it is counted.
//!
//! It prints its endpoint and then its meetings, a line for each. A number on its standard input is a
//! burst of so many events. It ends with its standard input.

use std::{
    io::{self, BufRead, BufReader, Write},
    process::{Child, ChildStdin, Command, Stdio},
};

use anyhow::{Context, Result};
use meeting_sim::{SimMeeting, SimParticipant, Simulator};
use meeting_types::{ConferenceId, Endpoint, ParticipantId, Password};

/// Runs the simulator until standard input ends.
pub(crate) fn run(meetings: usize) -> Result<()> {
    let sim = Simulator::start()?;
    println!("{}", sim.endpoint());
    let mut stages = Vec::new();
    for number in 0..meetings {
        let meeting = sim.create_meeting(format!("Meeting {number}"));
        let ann = meeting.join_as_host("Ann")?.id;
        let bo = meeting.join("Bo")?;
        meeting.join("Chen")?;
        let id = &meeting.conference_id;
        println!("{id} {}", meeting.host_password.expose());
        stages.push(Stage { meeting, ann, bo });
    }
    io::stdout().flush()?;
    for line in io::stdin().lock().lines() {
        let events: i64 = line?.trim().parse().context("a burst is a number")?;
        for event in 0..events {
            for stage in &stages {
                stage.act(event)?;
            }
        }
    }
    Ok(())
}

/// A meeting in which something happens.
struct Stage {
    meeting: SimMeeting,
    ann: ParticipantId,
    bo: SimParticipant,
}

impl Stage {
    /// Makes one event, which differs from the one before: who speaks, or who is muted.
    fn act(&self, event: i64) -> Result<()> {
        let round = event / 2;
        if event % 2 == 0 {
            let volume = i32::try_from(1 + round % 100)?;
            self.meeting.speak([(&self.ann, volume)])?;
        } else {
            self.bo.mute(round % 2 == 0)?;
        }
        Ok(())
    }
}

/// The process of the simulator. Dropping it ends it.
pub(crate) struct Host {
    process: Child,
    commands: ChildStdin,
    pub(crate) endpoint: Endpoint,
    pub(crate) meetings: Vec<(ConferenceId, Password)>,
}

impl Host {
    pub(crate) fn start(meetings: usize) -> Result<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .args(["host", "--meetings", &meetings.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("the simulator did not start")?;
        let commands = process.stdin.take().context("the simulator has no input")?;
        let output = process
            .stdout
            .take()
            .context("the simulator has no output")?;
        let mut lines = BufReader::new(output).lines();
        let mut line = || {
            lines
                .next()
                .context("the simulator did not start")?
                .map_err(anyhow::Error::from)
        };
        let endpoint = line()?.parse()?;
        let meetings = (0..meetings)
            .map(|_| {
                let line = line()?;
                let (id, password) = line.split_once(' ').context("a meeting has a password")?;
                Ok((id.into(), password.into()))
            })
            .collect::<Result<_>>()?;
        Ok(Self {
            process,
            commands,
            endpoint,
            meetings,
        })
    }

    /// Lets so many events happen in every meeting.
    pub(crate) fn burst(&mut self, events: i64) -> Result<()> {
        writeln!(self.commands, "{events}")?;
        Ok(self.commands.flush()?)
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // It would end with its input as well, but not while it is still busy with a burst.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
