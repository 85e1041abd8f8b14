//! Mixed load without a pause, under faults, while memory and file descriptors are watched.

use std::{
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use meeting_client::{Config, Error, RetryPolicy, channel::ChannelOptions, follow::LiveOptions};
use meeting_sim::{DEFAULT_APP_ID, DEFAULT_APP_KEY};
use meeting_testing::fault::{FaultPlan, FaultProxy};
use meeting_types::{
    AppCredential,
    models::{Booking, ConferenceRole, MediaType},
    operations::{
        CancelMeeting, CreateMeeting, MuteMeeting, SearchMeetings, StartMeeting, StopMeeting,
    },
};

use crate::{
    client::{Client, OnThread, OnTokio, Setup, Told},
    process::{Host, Sample},
    run::in_an_hour,
};

/// One connection in so many has a fault.
const ONE_IN: u32 = 2;
/// How many threads use each client's kind. Each has a client of its own.
const THREADS: usize = 2;
/// The part of the time that is warm-up.
const WARM_UP: f64 = 0.25;
/// Samples that a third must have.
const SAMPLES: usize = 5;
/// By how much the last third may be above the first. Memory: a part, and a floor for what an
/// allocator keeps. Descriptors: connections that happen to be open.
const MEMORY_PART: f64 = 0.10;
const MEMORY_FLOOR: u64 = 2 * 1024;
const DESCRIPTORS: u64 = 12;

#[derive(Default)]
struct Load {
    stop: AtomicBool,
    good: AtomicUsize,
    failed: AtomicUsize,
    notices: AtomicUsize,
}

fn configure(config: Config) -> Config {
    let retry = RetryPolicy::default().backoff(Duration::from_millis(5), Duration::from_millis(40));
    config
        .deadline(Duration::from_secs(2))
        .attempt_timeout(Duration::from_millis(350))
        .retry(retry)
}

/// Runs the load and prints what was held. Whether that stayed flat.
pub(crate) fn run(time: Duration, seed: u64) -> Result<bool> {
    println!(
        "mixed load for {} s, faults from seed {seed}\n",
        time.as_secs()
    );
    let host = Host::start()?;
    let plan = FaultPlan::endless(seed, ONE_IN);
    let proxy = FaultProxy::start(host.address, plan)?.without_record();
    let mut connections = 0;
    let mut plans = seed;
    let load = Load::default();
    let mut samples = Vec::new();
    thread::scope(|scope| -> Result<()> {
        let _stop = StopOnDrop(&load.stop);
        let setup = |user: String| Setup {
            proxy: proxy.address(),
            sim: host.address,
            credentials: AppCredential::new(DEFAULT_APP_ID, DEFAULT_APP_KEY)
                .user_id(user)
                .into(),
            configure,
        };
        let mut workers = Vec::new();
        for number in 0..THREADS {
            let (a, b) = (
                setup(format!("async-{number}")),
                setup(format!("blocking-{number}")),
            );
            let load = &load;
            workers.push(scope.spawn(move || work::<OnTokio>(&a, load)));
            workers.push(scope.spawn(move || work::<OnThread>(&b, load)));
        }
        let start = Instant::now();
        let pause = (time / 60).clamp(Duration::from_millis(50), Duration::from_secs(1));
        while start.elapsed() < time {
            thread::sleep(pause);
            // A connection that outlived its fault would be whole for ever.
            connections += proxy.traffic().connections;
            plans = plans.wrapping_add(1);
            proxy.set_plan(FaultPlan::endless(plans, ONE_IN));
            if start.elapsed() >= time.mul_f64(WARM_UP) {
                samples.push(Sample::take()?);
            }
            if workers.iter().any(thread::ScopedJoinHandle::is_finished) {
                break;
            }
        }
        load.stop.store(true, Ordering::SeqCst);
        for worker in workers {
            match worker.join() {
                Ok(ended) => ended?,
                Err(_) => bail!("a client panicked"),
            }
        }
        Ok(())
    })?;
    let counted = |count: &AtomicUsize| count.load(Ordering::SeqCst);
    println!(
        "{} calls succeeded, {} failed; {} notices came; {} connections\n",
        counted(&load.good),
        counted(&load.failed),
        counted(&load.notices),
        connections,
    );
    judge(&samples)
}

/// Also when a sample cannot be taken, or the scope would wait for ever.
struct StopOnDrop<'a>(&'a AtomicBool);

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

fn judge(samples: &[Sample]) -> Result<bool> {
    let third = samples.len() / 3;
    if third < SAMPLES {
        bail!("too short to judge: {} samples", samples.len());
    }
    let (first, last) = (&samples[..third], &samples[samples.len() - third..]);
    println!("| median, after warm-up | first third | last third | may be |");
    println!("| :-------------------- | ----------: | ---------: | -----: |");
    let mut flat = true;
    let mut row = |name: &str, of: fn(&Sample) -> u64, most: &dyn Fn(u64) -> u64| {
        let (before, after) = (median(first, of), median(last, of));
        let most = most(before);
        println!("| {name:<21} | {before:>11} | {after:>10} | {most:>6} |");
        flat &= after <= most;
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "memory in KiB, rounded"
    )]
    let memory = |before: u64| {
        let part = (before as f64 * MEMORY_PART) as u64;
        before + part.max(MEMORY_FLOOR)
    };
    row("memory, KiB", |sample| sample.resident, &memory);
    let besides = |before| before + DESCRIPTORS;
    row("file descriptors", |sample| sample.descriptors, &besides);
    row("threads", |sample| sample.threads, &besides);
    println!("\n{}", if flat { "Flat." } else { "It grew." });
    Ok(flat)
}

fn median(samples: &[Sample], of: fn(&Sample) -> u64) -> u64 {
    let mut values: Vec<u64> = samples.iter().map(of).collect();
    values.sort_unstable();
    values[values.len() / 2]
}

/// One client, round after round.
fn work<C: Client>(setup: &Setup, load: &Load) -> Result<()> {
    let client = C::new(setup)?;
    let mut rounds = 0_usize;
    while !load.stop.load(Ordering::SeqCst) {
        // A round that faults have ended begins anew.
        let _ = round(&client, load);
        rounds += 1;
        if rounds.is_multiple_of(7) {
            let _ = counted(load, client.log_out());
        }
    }
    Ok(())
}

fn counted<T>(load: &Load, result: Result<T, Error>) -> Result<T> {
    let count = if result.is_ok() {
        &load.good
    } else {
        &load.failed
    };
    count.fetch_add(1, Ordering::Relaxed);
    Ok(result?)
}

fn round<C: Client>(client: &C, load: &Load) -> Result<()> {
    let booking = || Booking::new([MediaType::Voice]).subject("Soak");
    counted(load, client.send(&SearchMeetings::new().limit(5)).map(drop))?;
    let later = CreateMeeting::new(booking().start_time(in_an_hour()));
    let cancelled = counted(load, client.send(&later))?;
    let meeting = cancelled.first().context("one was booked")?;
    counted(
        load,
        client.send(&CancelMeeting::new(meeting.conference_id.clone())),
    )?;

    let booked = counted(load, client.send(&CreateMeeting::new(booking())))?;
    let meeting = booked.first().context("one was booked")?;
    let id = &meeting.conference_id;
    let password = meeting.password_for(&ConferenceRole::Host);
    let password = password.context("it has a host password")?;
    let start = StartMeeting::new(id.clone(), password.clone());
    counted(load, client.send(&start).map(drop))?;
    let control = counted(load, client.control(id, password))?;
    counted(load, client.command(&control, &MuteMeeting::new(true)))?;
    let channel = ChannelOptions::new()
        .connect_timeout(Duration::from_millis(400))
        .ack_timeout(Duration::from_millis(300))
        .heartbeat_interval(Duration::from_millis(150))
        .silence_limit(Duration::from_millis(500));
    let options = LiveOptions::new()
        .backoff(Duration::from_millis(10), Duration::from_millis(80))
        .give_up_after(Duration::from_secs(2))
        .channel(channel);
    let mut events = counted(load, client.events(&control, options))?;
    let start = Instant::now();
    while start.elapsed() < Duration::from_millis(100) {
        match client.next(&mut events, Duration::from_millis(20)) {
            Told::Notice(_) => load.notices.fetch_add(1, Ordering::Relaxed),
            Told::Nothing => 0,
            Told::Over | Told::Failed(_) => break,
        };
    }
    drop(events);
    counted(load, client.command(&control, &StopMeeting::new()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(resident: impl Fn(u64) -> u64, descriptors: impl Fn(u64) -> u64) -> Vec<Sample> {
        (0..30)
            .map(|number| Sample {
                resident: resident(number),
                descriptors: descriptors(number),
                threads: 12,
            })
            .collect()
    }

    #[test]
    fn growth_is_found_and_a_peak_is_not_growth() -> Result<()> {
        let flat = |_| 30_000;
        let few = |_| 24;
        assert!(judge(&samples(flat, few))?);
        let peak = |number| if number == 25 { 90_000 } else { 30_000 };
        assert!(judge(&samples(peak, few))?);
        let growing = |number| 30_000 + 200 * number;
        assert!(!judge(&samples(growing, few))?);
        let leaking = |number| 24 + number;
        assert!(!judge(&samples(flat, leaking))?);
        assert!(judge(&[]).is_err(), "nothing was measured");
        Ok(())
    }
}
