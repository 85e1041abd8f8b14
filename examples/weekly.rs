//! Books a weekly meeting in local time and moves one of its meetings: `cargo run --example weekly`.
//!
//! It runs against a simulator inside this program.

use std::time::Duration;

use anyhow::{Context, Result};
use jiff::tz::TimeZone;
use meeting_async::{
    Client,
    types::{
        Timestamp,
        models::{Booking, BookingAttendee, MediaType, RecurrenceRule, RecurrenceUnit},
        operations::{CreateRecurringMeeting, ShowMeetingDetail, UpdateRecurringSubMeeting},
    },
};
use meeting_sim::Simulator;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let sim = Simulator::start()?;
    let client = Client::with_credentials(sim.endpoint(), sim.app_credential().user_id("ann"));

    // Mondays at half past nine in Paris, for eight weeks from the next but one Monday on.
    let zone = TimeZone::get("Europe/Paris")?;
    let today = jiff::Timestamp::try_from(sim.now())?
        .to_zoned(zone.clone())
        .date();
    let days = 15 - i64::from(today.weekday().to_monday_one_offset());
    let first = today.checked_add(jiff::Span::new().days(days))?;
    let last = first.checked_add(jiff::Span::new().weeks(7))?;
    let mondays = RecurrenceRule::new(first.into(), last.into(), RecurrenceUnit::Week)
        .interval(1)
        .days([1_u32]);
    let booking = Booking::new([MediaType::HdVideo])
        .subject("Weekly")
        .duration(Duration::from_secs(45 * 60))
        .attendees([
            BookingAttendee::new()
                .name("Bo")
                .email("bo@meeting.example"),
            BookingAttendee::new()
                .name("Chen")
                .email("chen@meeting.example"),
        ])
        .recurrence(mondays)
        .starts_at_local(first.at(9, 30, 0, 0), &zone)?;
    let booked = client.send(&CreateRecurringMeeting::new(booking)).await?;
    let series = booked.first().context("nothing was booked")?;
    println!(
        "booked {} with {} meetings",
        series.conference_id,
        series.sub_conferences.len()
    );

    // The third one is moved to the afternoon of the day after.
    let third = series
        .sub_conferences
        .get(2)
        .context("there is no third meeting")?;
    let start = third.start_time.context("it has no start")?;
    let moved = Timestamp::from_millis(start.as_millis() + 29 * 3600 * 1000);
    let update = UpdateRecurringSubMeeting::new(
        series.conference_id.clone(),
        third.sub_conference_id.clone().context("it has no id")?,
        [MediaType::HdVideo],
        moved,
        Duration::from_secs(45 * 60),
    );
    client.send(&update).await?;

    let shown = client
        .send(&ShowMeetingDetail::new(series.conference_id.clone()))
        .await?;
    for sub in shown.conference.sub_conferences {
        let start = jiff::Timestamp::try_from(sub.start_time.context("it has no start")?)?;
        let local = start.to_zoned(zone.clone());
        println!("{}", local.strftime("%a %Y-%m-%d %H:%M %Z"));
    }
    Ok(())
}
