//! The three measures: allocations and instructions in processes of their own, time in this one.

use std::{
    collections::BTreeMap,
    env,
    net::SocketAddr,
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::{Context, Result, bail};
use meeting_bench::{ROWS, Row, Side, Work};

/// How often a row is measured that is over its bound of time.
const ATTEMPTS: u32 = 5;

/// What was measured of a row.
pub(crate) struct Figures {
    pub(crate) row: &'static Row,
    pub(crate) ours: Cost,
    pub(crate) hand: Cost,
    pub(crate) floor: Option<Cost>,
    pub(crate) time: Ratio,
}

/// What one piece of work costs a side.
pub(crate) struct Cost {
    pub(crate) allocations: f64,
    /// Nothing without valgrind.
    pub(crate) instructions: Option<u64>,
}

/// The time of ours, in times of the one written by hand.
pub(crate) struct Ratio {
    pub(crate) low: f64,
    pub(crate) median: f64,
    pub(crate) high: f64,
    /// What ours takes, in nanoseconds: the median.
    pub(crate) nanos: f64,
}

/// Measures all rows; instructions as well where there is valgrind.
pub(crate) fn all(server: SocketAddr, rounds: Option<u32>, valgrind: bool) -> Result<Vec<Figures>> {
    let allocations = allocations(server)?;
    let cost = |row: &'static Row, side: Side| -> Result<Option<Cost>> {
        let Some(allocations) = allocations.get(&(row.key.to_owned(), side.name().to_owned()))
        else {
            return Ok(None);
        };
        let instructions = if valgrind {
            Some(instructions(row, side, server)?)
        } else {
            None
        };
        Ok(Some(Cost {
            allocations: *allocations,
            instructions,
        }))
    };
    let mut figures = Vec::new();
    for row in ROWS {
        eprintln!("measures: {}", row.title);
        figures.push(Figures {
            row,
            ours: cost(row, Side::Ours)?.context("nothing of ours was counted")?,
            hand: cost(row, Side::Hand)?.context("nothing to compare with was counted")?,
            floor: cost(row, Side::Floor)?,
            time: least_time(row, server, rounds.unwrap_or(row.rounds))?,
        });
    }
    Ok(figures)
}

/// Allocations by row and side, from the program that counts them.
fn allocations(server: SocketAddr) -> Result<BTreeMap<(String, String), f64>> {
    let program = env::current_exe()?
        .with_file_name("meeting-bench-allocations")
        .with_extension(env::consts::EXE_EXTENSION);
    let output = Command::new(program)
        .arg(server.to_string())
        .stderr(Stdio::inherit())
        .output()
        .context("the program that counts allocations did not start")?;
    if !output.status.success() {
        bail!("the program that counts allocations failed");
    }
    let text = String::from_utf8(output.stdout)?;
    text.lines()
        .map(|line| {
            let [row, side, count] = line
                .split(' ')
                .collect::<Vec<_>>()
                .try_into()
                .ok()
                .context("the program that counts allocations prints something else")?;
            Ok(((row.to_owned(), side.to_owned()), count.parse()?))
        })
        .collect()
}

pub(crate) fn has_valgrind() -> bool {
    Command::new("valgrind")
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Instructions of one piece of work: the difference between a long run and a short one, which
/// leaves start and first connection out.
fn instructions(row: &Row, side: Side, server: SocketAddr) -> Result<u64> {
    let short = collected(row, side, server, row.times)?;
    let long = collected(row, side, server, row.times * 3)?;
    Ok(long.saturating_sub(short) / u64::from(row.times * 2))
}

fn collected(row: &Row, side: Side, server: SocketAddr, times: u32) -> Result<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(env::current_exe()?)
        .args(["work", row.key, side.name()])
        .args([server.to_string(), times.to_string()])
        .output()
        .context("valgrind did not start")?;
    let report = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!("valgrind failed: {report}");
    }
    let count = report
        .lines()
        .find_map(|line| line.split_once("Collected : "));
    let (_, count) = count.context("valgrind says nothing of what it collected")?;
    Ok(count.trim().parse()?)
}

/// Measures a row that is over its bound of time again. The least counts, because whatever else the
/// machine does makes the ratio worse or better by chance.
fn least_time(row: &Row, server: SocketAddr, rounds: u32) -> Result<Ratio> {
    let mut least = time(row, server, rounds)?;
    for _ in 1..ATTEMPTS {
        if row.time.is_none_or(|most| least.median <= most) {
            break;
        }
        let again = time(row, server, rounds)?;
        if again.median < least.median {
            least = again;
        }
    }
    Ok(least)
}

/// Both sides alternate inside each round, so that what slows the machine down slows both.
fn time(row: &Row, server: SocketAddr, rounds: u32) -> Result<Ratio> {
    let side = |side| row.work(side, server).context("nothing to time");
    let (mut ours, mut hand) = (side(Side::Ours)?, side(Side::Hand)?);
    let clocked = |work: &mut Work| {
        let start = Instant::now();
        work(row.times_a_round);
        start.elapsed().as_nanos() as f64
    };
    clocked(&mut ours);
    clocked(&mut hand);
    let mut ratios = Vec::new();
    let mut nanos = Vec::new();
    for round in 0..rounds {
        // Whoever goes first changes, because going second may be an advantage.
        let (mine, theirs) = if round % 2 == 0 {
            let mine = clocked(&mut ours);
            (mine, clocked(&mut hand))
        } else {
            let theirs = clocked(&mut hand);
            (clocked(&mut ours), theirs)
        };
        ratios.push(mine / theirs);
        nanos.push(mine / f64::from(row.times_a_round));
    }
    Ok(Ratio {
        low: percentile(&mut ratios, 10),
        median: percentile(&mut ratios, 50),
        high: percentile(&mut ratios, 90),
        nanos: percentile(&mut nanos, 50),
    })
}

fn percentile(values: &mut [f64], percent: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    values
        .get((last * percent + 50) / 100)
        .copied()
        .unwrap_or(f64::NAN)
}
