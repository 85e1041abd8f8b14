//! From a meeting id and a password to a link that starts the meeting client:
//! `cargo run --example launch_link`.
//!
//! Without arguments it runs against a simulator inside this program. With the endpoint of a service
//! and the id of a meeting there, it makes the links for that meeting:
//!
//! ```text
//! MEETING_PASSWORD=… cargo run --example launch_link -- https://api-intl.meeting.huaweicloud.com 900825541
//! ```
//!
//! The links are secrets: they are printed here because they are all that the program is for.

use std::env;

use anyhow::{Context, Result};
use meeting_async::{
    Client,
    types::{
        ConferenceId, Endpoint, Password,
        launch::{JoinLaunch, LaunchLink},
        operations::CreateAnonymousAuthRandom,
    },
};
use meeting_sim::{MeetingPlan, Simulator};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let mut arguments = env::args().skip(1);
    match (arguments.next(), arguments.next()) {
        (Some(endpoint), Some(conference_id)) => {
            let password = env::var("MEETING_PASSWORD")
                .context("set MEETING_PASSWORD to a password of the meeting")?;
            print_links(endpoint.parse()?, conference_id.into(), password.into()).await
        }
        (Some(_), None) => anyhow::bail!("give an endpoint and the id of a meeting"),
        _ => {
            let sim = Simulator::start()?;
            println!("simulator           {}", sim.endpoint());
            let meeting = sim.create_meeting(MeetingPlan::running("Weekly"));
            let (id, password) = (meeting.conference_id, meeting.guest_password);
            print_links(sim.endpoint(), id, password).await
        }
    }
}

/// Proves that the password is known, and prints the links that join with the proof and without it.
async fn print_links(endpoint: Endpoint, id: ConferenceId, password: Password) -> Result<()> {
    let client = Client::anonymous(endpoint);
    let seed = CreateAnonymousAuthRandom::new(id.clone(), password.clone());
    let proof = client.send(&seed).await?;
    println!("anonymous user      {:?}", proof.random);

    // With the proof nobody has to be told the password.
    let link = LaunchLink::anonymous(&proof)?;
    println!("join by random      {}", link.expose());

    // Without it, the password is in the link.
    let join = JoinLaunch::new(id, "Ann & Bo")
        .password(password)
        .microphone(false)
        .camera(true);
    println!("join by password    {}", join.link()?.expose());

    println!("start the client    {}", LaunchLink::client().expose());
    // A log gets the mask.
    println!("in a log            {link:?}");
    Ok(())
}
