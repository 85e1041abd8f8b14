//! Fetches the attendance of a finished meeting as CSV, and where its recordings are:
//! `cargo run --example after_the_meeting`.
//!
//! It runs against a simulator inside this program, on which a meeting has just been recorded.

use std::time::Duration;

use anyhow::{Context, Result};
use meeting_async::{
    Client, LoggedIn,
    types::{
        ConferenceId, Timestamp,
        models::{Conference, RecordType},
        operations::{
            SearchAttendanceRecordsOfHisMeeting, SearchHisMeetings, ShowRecordingFileDownloadUrls,
        },
    },
};
use meeting_sim::{MeetingPlan, Simulator};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let sim = Simulator::start()?;
    let plan = MeetingPlan::running("Weekly")
        .record_type(RecordType::Record)
        .auto_record(true);
    let meeting = sim.create_meeting(plan);
    let bo = meeting
        .join_as_host("Ann")
        .and_then(|_| meeting.join("Bo, Sales"))?;
    sim.advance(Duration::from_secs(300));
    bo.leave()?;
    meeting.end()?;

    // Recordings are for administrators.
    let transport = sim.clock().over(meeting_async::ReqwestTransport::new());
    let client =
        Client::builder(sim.endpoint()).with_credentials_over(transport, sim.app_credential());
    let span = (Timestamp::from_secs(0), Timestamp::from(sim.now()));
    for run in runs_of(&client, &meeting.conference_id, span).await? {
        let uuid = run.conference_uuid.context("a run has an id")?;
        println!("name,number,device,joined,left");
        let search = SearchAttendanceRecordsOfHisMeeting::new(uuid.clone());
        let mut records = client.pages(search);
        while let Some(record) = records.next().await {
            let record = record?;
            let texts = [record.display_name, record.call_number, record.device_type];
            let texts = texts.map(|text| quoted(text.as_deref().unwrap_or_default()));
            let times = [record.joined_at, record.left_at];
            let times = times.map(|at| at.map_or(String::new(), |at| at.to_string()));
            println!("{},{}", texts.join(","), times.join(","));
        }
        let ask = ShowRecordingFileDownloadUrls::new(uuid);
        for recording in client.send(&ask).await?.recordings {
            for file in recording.files {
                let stream = file.stream.map(|stream| stream.as_str().to_owned());
                println!(
                    "{}: {}",
                    stream.unwrap_or_default(),
                    file.url.unwrap_or_default()
                );
            }
        }
    }
    Ok(())
}

/// The runs of a booking in a span of time: each time that it was started is one.
async fn runs_of(
    client: &Client<LoggedIn>,
    conference: &ConferenceId,
    (since, until): (Timestamp, Timestamp),
) -> Result<Vec<Conference>> {
    // The service searches ids, too.
    let search = SearchHisMeetings::new(since, until)
        .search_key(conference.as_str())
        .all_users(true);
    let mut found = client.pages(search);
    let mut runs = Vec::new();
    while let Some(run) = found.next().await {
        let run = run?;
        if run.conference_id == *conference {
            runs.push(run);
        }
    }
    Ok(runs)
}

/// A field of CSV.
fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
