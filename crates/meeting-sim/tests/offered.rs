//! Which operations the simulator offers.

#![allow(clippy::unwrap_used, reason = "tests may panic, their helpers too")]

mod support;

use std::collections::BTreeSet;

use bytes::Bytes;
use meeting_sim::Simulator;
use meeting_types::{OperationInfo, operations};
use support::send;

/// The operations that the list names as missing.
fn missing() -> BTreeSet<&'static str> {
    let lines = include_str!("../missing-operations.txt").lines();
    lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect()
}

/// Whether the simulator says that it does not serve an operation.
fn is_refused(sim: &Simulator, info: &OperationInfo) -> bool {
    let request = http::Request::builder().method(&info.method).uri(info.path);
    let answer = send(sim, &request.body(Bytes::new()).unwrap());
    String::from_utf8_lossy(answer.body()).contains("does not offer")
}

#[test]
fn the_list_of_what_is_missing_is_right() {
    let sim = Simulator::start().unwrap();
    let refused = operations::ALL.iter().filter(|info| is_refused(&sim, info));
    let refused: BTreeSet<&str> = refused.map(|info| info.name).collect();
    assert_eq!(refused, missing());
}

/// Once an operation is served, it stays so.
#[test]
fn the_list_of_what_is_missing_only_shrinks() {
    const MISSING_AT_MOST: usize = 68;
    assert!(missing().len() <= MISSING_AT_MOST);
}

#[test]
fn the_documentation_counts_what_is_served() {
    let all = operations::ALL.len();
    let served = format!("{} of the {all} operations", all - missing().len());
    for (file, text) in [
        ("lib.rs", include_str!("../src/lib.rs")),
        ("README.md", include_str!("../../../README.md")),
    ] {
        assert!(text.contains(&served), "{file} does not say \"{served}\"");
    }
}

#[test]
fn control_is_offered() {
    let sim = Simulator::start().unwrap();
    let mut missing = Vec::new();
    let control = operations::ALL.iter().filter(|info| {
        // This one alone is of another group.
        info.group == "conference-control" || info.name == "ListNetworkQuality"
    });
    for info in control {
        let request = http::Request::builder().method(&info.method).uri(info.path);
        let answer = send(&sim, &request.body(Bytes::new()).unwrap());
        let text = String::from_utf8_lossy(answer.body());
        let not_offered = text.contains("does not offer");
        assert_eq!(not_offered, answer.status() == 404, "{}: {text}", info.name);
        if not_offered {
            missing.push(info.name);
        }
    }
    assert_eq!(missing, [] as [&str; 0]);
}
