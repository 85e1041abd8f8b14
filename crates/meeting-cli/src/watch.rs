//! `meeting watch`.

mod picture;
mod screen;
mod story;

use std::{
    io::{self, IsTerminal, Write},
    sync::mpsc,
    thread,
};

use meeting_blocking::{Change, LiveEvents, LiveMeeting, Notice};
use meeting_types::events::Event;
use serde_json::Value;

use self::{screen::Screen, story::Story};
use crate::{arguments::Watch, credentials::Settings, failure::Failure, json, session::Session};

/// The keys whose values open a meeting.
const SECRETS: &[&str] = &["pwd", "password", "guestJoinUri"];

pub(crate) fn watch(arguments: &Watch) -> Result<(), Failure> {
    let settings = Settings::load(arguments.credentials.as_deref())?;
    // Without any meeting named, there is nothing to look for beyond this program.
    let unnamed = arguments.id.is_none() && settings.get("endpoint").is_none();
    let place = arguments.endpoint.as_deref();
    let session = Session::new(
        place.or(unnamed.then_some("sim")),
        arguments.trust.store()?,
        arguments.id.clone(),
        settings,
        false,
    )?;
    let control = session.control_by_password()?;
    let mut events = control.events()?;
    let mut output = Output::choose(arguments.json);
    let outcome = match session.demo().filter(|_| arguments.id.is_none()) {
        None => follow(&mut events, &mut output),
        Some(meeting) => thread::scope(|scope| {
            // Dropped when the watching is over, whatever ended it; then the story ends as well.
            let (audience, watched) = mpsc::channel();
            let story = Story::new(meeting, control, watched);
            scope.spawn(move || story.play());
            let outcome = follow(&mut events, &mut output);
            drop(audience);
            outcome
        }),
    };
    match outcome {
        // A reader that has seen enough is no failure.
        Ok(()) | Err(Stop::Unread) => Ok(()),
        Err(Stop::Failure(failure)) => Err(failure),
    }
}

/// Why a meeting is no longer shown although it goes on.
enum Stop {
    /// Nobody reads what is printed.
    Unread,
    Failure(Failure),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

/// Shows the meeting until it is over.
fn follow(events: &mut LiveEvents, output: &mut Output) -> Result<(), Stop> {
    while let Some(news) = next(events) {
        match news? {
            News::Event(event) => output.event(&event)?,
            News::Note(note) => output.note(note),
        }
        output.changed(events.changes(), events.meeting())?;
    }
    Ok(())
}

/// What there is to show.
enum News {
    Event(Box<Event>),
    /// Something about the channel, not the meeting.
    Note(String),
}

/// What comes next; nothing once the meeting is over.
fn next(events: &mut LiveEvents) -> Option<Result<News, Failure>> {
    Some(match events.next()? {
        Ok(Notice::Event(event)) => Ok(News::Event(event)),
        Ok(other) => Ok(News::Note(other.to_string())),
        Err(error) => Err(error.into()),
    })
}

/// Where the meeting is shown.
enum Output {
    /// The events, a JSON object in each line.
    Json,
    /// The changes, each in a line.
    Lines,
    /// The meeting, drawn anew with every event.
    Screen(Screen),
}

impl Output {
    fn choose(json: bool) -> Self {
        // What calls itself dumb cannot move its cursor.
        let dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
        match io::stdout().is_terminal() {
            _ if json => Self::Json,
            true if !dumb => Self::Screen(Screen::new()),
            _ => Self::Lines,
        }
    }

    fn event(&self, event: &Event) -> Result<(), Stop> {
        match self {
            Self::Json => print(&(masked(event) + "\n")),
            _ => Ok(()),
        }
    }

    fn note(&mut self, note: String) {
        match self {
            Self::Screen(screen) => screen.log(note),
            _ => eprintln!("meeting: {note}"),
        }
    }

    fn changed(&mut self, changes: &[Change], meeting: &LiveMeeting) -> Result<(), Stop> {
        let lines = changes.iter().map(|change| change.describe(meeting));
        match self {
            Self::Json => Ok(()),
            Self::Lines => {
                let text: String = lines.map(|line| line + "\n").collect();
                print(&text)
            }
            Self::Screen(screen) => {
                lines.for_each(|line| screen.log(line));
                print(&screen.draw(meeting))
            }
        }
    }
}

fn print(text: &str) -> Result<(), Stop> {
    let mut out = io::stdout().lock();
    let printed = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    printed.map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Stop::Unread,
        _ => Failure::usage(format!("cannot print: {error}")).into(),
    })
}

/// The event as JSON in one line, without what opens the meeting.
fn masked(event: &Event) -> String {
    let text = event.to_text();
    let Ok(mut value) = serde_json::from_str(text.expose()) else {
        // What was written as JSON is JSON.
        return String::new();
    };
    mask(&mut value);
    json::spaced(&value.to_string(), false)
}

fn mask(value: &mut Value) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                if SECRETS.contains(&key.as_str()) {
                    *value = "***".into();
                } else {
                    mask(value);
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(mask),
        _ => {}
    }
}
