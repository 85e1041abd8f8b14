//! Short programs to start from. Run one with `cargo run --example NAME`.
//!
//! | example | what it shows |
//! | --- | --- |
//! | `join` | the whole way from a meeting id to live events, async |
//! | `join_blocking` | the same without a runtime |
//! | `launch_link` | from a meeting id to a link that starts the meeting client |
//! | `watch` | a meeting as it changes, drawn in the terminal |
//! | `types_only` | requests and replies as plain values, for an HTTP stack of your own |
//! | `custom_transport` | a transport of your own under both clients |
//! | `weekly` | a weekly meeting in local time, and one of its meetings moved |
//! | `directory_sync` | a directory kept in step with a CSV file, with a bar and a checkpoint |
//! | `after_the_meeting` | from a booking to its runs, their attendance as CSV and their recordings |
//! | `webhook_receiver` | a server that takes what the service reports |
//!
//! Two more are packages, because they depend on more. Run them with `cargo run --package NAME`.
//!
//! | package | what it shows |
//! | --- | --- |
//! | `example-metrics` | metrics per operation, from the `tracing` spans of calls |
//! | `example-tower` | layers of tower under a client |
//!
//! Here is what the two `join` examples share: how they print an event, and what it means for their
//! story.

#![allow(clippy::exhaustive_enums, reason = "not published")]

use meeting_types::{
    ParticipantId,
    events::{Event, EventPayload, ParticipantChange},
    models::ConferenceState,
};

/// Prints an event in a line or a few.
pub fn describe(event: &Event) {
    match &event.payload {
        EventPayload::ConferenceBasicInfo(info) => {
            println!(
                "  meeting           {:?}",
                info.subject.as_deref().unwrap_or_default()
            );
        }
        EventPayload::ConferenceDynamicInfo(info) => {
            let state = info
                .state
                .as_ref()
                .map_or("unchanged", ConferenceState::as_str);
            println!("  state             {state}");
        }
        EventPayload::Participants(changes) => {
            for change in changes {
                match change {
                    ParticipantChange::Update(person) => println!(
                        "  participant       {} {} {}",
                        person.participant_id,
                        person.name.as_deref().unwrap_or("(name unchanged)"),
                        if person.muted == Some(true) {
                            "muted"
                        } else {
                            ""
                        },
                    ),
                    ParticipantChange::Removed(id) => println!("  left              {id}"),
                    _ => {}
                }
            }
        }
        EventPayload::SpeakerChange(speakers) => {
            println!("  speakers          {}", speakers.len());
        }
        EventPayload::InviteResult(results) => println!("  calls             {results:?}"),
        _ => println!("  {:?}", event.kind),
    }
}

/// What an event means for the story of the `join` examples.
#[derive(Debug)]
pub enum Scene {
    /// Ann is in the meeting.
    Joined(ParticipantId),
    /// Somebody was muted.
    Muted,
    /// Nothing.
    Other,
}

/// Reads the story out of an event.
#[must_use]
pub fn scene(event: &Event) -> Scene {
    let EventPayload::Participants(changes) = &event.payload else {
        return Scene::Other;
    };
    let scenes = changes.iter().map(|change| match change {
        ParticipantChange::Update(person) if person.muted == Some(true) => Scene::Muted,
        ParticipantChange::Update(person) if person.name.as_deref() == Some("Ann") => {
            Scene::Joined(person.participant_id.clone())
        }
        _ => Scene::Other,
    });
    scenes
        .into_iter()
        .find(|scene| !matches!(scene, Scene::Other))
        .unwrap_or(Scene::Other)
}

/// Compiles what the README shows.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
