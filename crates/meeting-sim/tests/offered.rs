//! Which operations the simulator offers.

#![allow(clippy::unwrap_used, reason = "tests may panic, their helpers too")]

mod support;

use bytes::Bytes;
use meeting_sim::Simulator;
use meeting_types::operations;
use support::send;

/// The number that the documentation names.
#[test]
fn so_many_operations_are_offered() {
    let sim = Simulator::start().unwrap();
    let mut offered = Vec::new();
    for info in operations::ALL {
        let request = http::Request::builder().method(&info.method).uri(info.path);
        let answer = send(&sim, &request.body(Bytes::new()).unwrap());
        if !String::from_utf8_lossy(answer.body()).contains("does not offer") {
            offered.push(info.name);
        }
    }
    assert_eq!(operations::ALL.len(), 204);
    assert_eq!(offered.len(), 66, "{offered:?}");
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
