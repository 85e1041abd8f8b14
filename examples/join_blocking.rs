//! From a meeting id to live events: without a runtime: `cargo run --example join_blocking`.
//!
//! Without arguments it runs against a simulator inside this program. With the endpoint of a service
//! and the id of a meeting that runs there, it joins that meeting:
//!
//! ```text
//! MEETING_PASSWORD=… cargo run --example join_blocking -- https://api-intl.meeting.huaweicloud.com 900825541
//! ```

use std::env;

use anyhow::{Context, Result};
use examples::{Scene, describe, scene};
use meeting_blocking::{
    Client, Notice,
    types::{
        Endpoint, Password,
        models::{Booking, ConferenceRole, MediaType},
        operations::{
            CreateAnonymousAuthRandom, CreateAuthRandom, CreateMeeting, MuteParticipant,
            StartMeeting, StopMeeting,
        },
    },
};
use meeting_sim::Simulator;

fn main() -> Result<()> {
    let mut arguments = env::args().skip(1);
    match (arguments.next(), arguments.next()) {
        (Some(endpoint), Some(conference_id)) => {
            let password = env::var("MEETING_PASSWORD")
                .context("set MEETING_PASSWORD to a password of the meeting")?;
            watch(endpoint.parse()?, &conference_id, password.into())
        }
        (Some(_), None) => anyhow::bail!("give an endpoint and the id of a running meeting"),
        _ => on_the_simulator(),
    }
}

/// Joins a meeting that runs already and prints what happens in it, to its end.
fn watch(endpoint: Endpoint, conference_id: &str, password: Password) -> Result<()> {
    let client = Client::anonymous(endpoint);

    let operation = CreateAnonymousAuthRandom::new(conference_id, password.clone());
    let proof = client.send(&operation)?;
    println!(
        "anonymous user      {:?}, next hop {:?}",
        proof.random, proof.site_url
    );

    let control = client.control(conference_id, password)?;
    println!(
        "control token       {:?}",
        control.grant().and_then(|grant| grant.role)
    );

    // Takes a WebSocket token, connects with it and subscribes.
    let events = control.events()?;
    println!("event channel       open");
    for notice in events {
        match notice? {
            Notice::Event(event) => describe(&event),
            other => println!("{other}"),
        }
    }
    println!("the meeting has ended");
    Ok(())
}

/// Books a meeting on a simulator, lets people in, and watches it from the first event to the last.
fn on_the_simulator() -> Result<()> {
    let sim = Simulator::start()?;
    println!("simulator           {}", sim.endpoint());

    // The organiser logs in, books a meeting for now and starts it.
    let organiser =
        Client::with_credentials(sim.endpoint(), sim.app_credential().user_id("organiser"));
    let booking = Booking::new([MediaType::HdVideo]).subject("Weekly");
    let meetings = organiser.send(&CreateMeeting::new(booking))?;
    let meeting = meetings.first().context("the service booked nothing")?;
    let id = meeting.conference_id.clone();
    let host_password = meeting
        .password_for(&ConferenceRole::Host)
        .context("no host password")?
        .clone();
    organiser.send(&StartMeeting::new(id.clone(), host_password.clone()))?;
    println!("booked and started  {id}");

    // An attendee who has no account proves that they know the password.
    let guest_password = meeting
        .password_for(&ConferenceRole::Guest)
        .context("no guest password")?
        .clone();
    let attendee = Client::anonymous(sim.endpoint());
    let operation = CreateAnonymousAuthRandom::new(id.clone(), guest_password.clone());
    let proof = attendee.send(&operation)?;
    println!(
        "anonymous user      {:?}, next hop {:?}",
        proof.random, proof.site_url
    );
    let operation = CreateAuthRandom::new(id.clone()).password(guest_password);
    let proof = organiser.send(&operation)?;
    println!(
        "join page           {:?}, subject {:?}",
        proof.random, proof.subject
    );

    // Whoever knows the host password controls the meeting and follows it live.
    let control = attendee.control(id.clone(), host_password)?;
    println!(
        "control token       {:?}",
        control.grant().and_then(|grant| grant.role)
    );
    let events = control.events()?;
    println!("event channel       open");

    // The rest of the story follows the events: somebody joins, is muted, and the meeting ends.
    let meeting = sim.meeting(&id).context("it was just booked")?;
    meeting.join("Ann")?;
    for notice in events {
        let Notice::Event(event) = notice? else {
            continue;
        };
        describe(&event);
        match scene(&event) {
            Scene::Joined(ann) => control.send(&MuteParticipant::new(ann, true))?,
            Scene::Muted => control.send(&StopMeeting::new())?,
            Scene::Other => {}
        }
    }
    println!("the meeting has ended");
    Ok(())
}
