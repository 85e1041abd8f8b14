//! Runs schedules on several threads until the time is over.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};

use crate::{
    client::{Client, OnThread, OnTokio},
    run::{self, Report},
    schedule::Schedule,
    table::{self, Sums},
};

/// How many failures are printed in full.
const SHOWN: usize = 10;

#[derive(Default)]
struct Results {
    tokio: Sums,
    thread: Sums,
    wrong: Vec<(u64, &'static str, Vec<String>)>,
    broken: Option<anyhow::Error>,
}

/// Runs the schedules of `seed` and those after it, each with both clients. Whether all went well.
pub(crate) fn run(time: Duration, seed: u64, workers: usize) -> Result<bool> {
    println!("schedules from seed {seed} on, each with the async and the blocking client\n");
    let start = Instant::now();
    let next = AtomicU64::new(seed);
    let results = Mutex::new(Results::default());
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let now = next.fetch_add(1, Ordering::SeqCst);
                    if now != seed && start.elapsed() >= time {
                        return;
                    }
                    let tokio = attempt::<OnTokio>(now);
                    let thread = attempt::<OnThread>(now);
                    let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
                    let Results { tokio: sums, .. } = &mut *results;
                    add(sums, &tokio);
                    let Results { thread: sums, .. } = &mut *results;
                    add(sums, &thread);
                    for (name, result) in [(OnTokio::NAME, tokio), (OnThread::NAME, thread)] {
                        match result {
                            Ok(report) if report.wrong.is_empty() => {}
                            Ok(report) => results.wrong.push((now, name, report.wrong)),
                            Err(error) => {
                                results.broken = Some(error);
                                return;
                            }
                        }
                    }
                }
            });
        }
    });
    let results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some(error) = results.broken {
        return Err(error.context("a schedule could not be run"));
    }
    table::print(&[
        (OnTokio::NAME, results.tokio),
        (OnThread::NAME, results.thread),
    ]);
    println!();
    let mut wrong = results.wrong;
    wrong.sort_by_key(|(seed, ..)| *seed);
    for (seed, name, what) in wrong.iter().take(SHOWN) {
        println!("seed {seed}, {name}: {}", what.join("; "));
        println!("    {:?}", Schedule::from_seed(*seed));
        println!("    again: cargo xtask chaos --seconds 0 --seed {seed}");
    }
    let count = wrong.len();
    if count > SHOWN {
        let seeds: Vec<String> = wrong[SHOWN..]
            .iter()
            .map(|(seed, name, what)| format!("{seed} {name}: {}", what.join("; ")))
            .collect();
        println!("and {} more:\n{}", count - SHOWN, seeds.join("\n"));
    }
    if count == 0 {
        println!("Every call ended in time and told what the service's record says.");
    }
    Ok(count == 0)
}

fn add(sums: &mut Sums, result: &Result<Report>) {
    if let Ok(report) = result {
        sums.add(report);
    }
}

/// A client that panics is a client that failed, not the end of the run.
fn attempt<C: Client>(seed: u64) -> Result<Report> {
    match catch_unwind(AssertUnwindSafe(|| run::schedule::<C>(seed))) {
        Ok(result) => result,
        Err(panic) => Ok(Report {
            wrong: vec![format!("it panicked: {}", text_of(&*panic)?)],
            ..Report::default()
        }),
    }
}

fn text_of(panic: &(dyn Any + Send)) -> Result<&str> {
    if let Some(text) = panic.downcast_ref::<&str>() {
        return Ok(text);
    }
    match panic.downcast_ref::<String>() {
        Some(text) => Ok(text),
        None => bail!("a panic without a text"),
    }
}
