//! The table, and whether its bounds hold.

use meeting_bench::Bound;

use crate::measure::Figures;

/// Prints the table. Returns whether a bound is exceeded.
pub(crate) fn print(figures: &[Figures]) -> bool {
    println!(
        "{:<31} {:>11} {:>9} {:>9} {:>9}   {:>9} {:>8} {:>8} {:>8}   time, ours / by hand",
        "", "instr. ours", "by hand", "floor", "bound", "all. ours", "by hand", "floor", "bound"
    );
    let mut faults = Vec::new();
    for figures in figures {
        let row = figures.row;
        let (ours, hand, floor) = (&figures.ours, &figures.hand, figures.floor.as_ref());

        let instructions = |count: Option<u64>| count.map_or("-".to_owned(), |n| n.to_string());
        let (most, bound) = match row.instructions {
            Bound::AtMost(most) => (Some(most), most.to_string()),
            Bound::Hand => (hand.instructions, "by hand".to_owned()),
            #[expect(
                clippy::cast_precision_loss,
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a count of some millions"
            )]
            Bound::TimesHand(times) => {
                let most = hand.instructions.map(|count| (count as f64 * times) as u64);
                (most, format!("×{times:.2}"))
            }
        };
        if let (Some(count), Some(most)) = (ours.instructions, most)
            && count > most
        {
            faults.push(format!("{}: {count} instructions, bound {most}", row.title));
        }
        let (most_allocations, allocations_bound) = match row.allocations {
            #[expect(clippy::cast_precision_loss, reason = "bounds are small")]
            Bound::AtMost(most) => (most as f64, most.to_string()),
            Bound::Hand => (hand.allocations, "by hand".to_owned()),
            Bound::TimesHand(times) => (hand.allocations * times, format!("×{times:.2}")),
        };
        // A pool that grows now and then counts for nothing.
        if ours.allocations > most_allocations + 0.5 {
            let count = ours.allocations;
            faults.push(format!(
                "{}: {count} allocations, bound {most_allocations}",
                row.title
            ));
        }
        let time = &figures.time;
        let time_bound = row.time.map_or(String::new(), |most| {
            if time.median > most {
                let ratio = time.median;
                faults.push(format!(
                    "{}: {ratio:.2} of the time by hand, bound {most}",
                    row.title
                ));
            }
            format!(", bound {most:.2}")
        });
        println!(
            "{:<31} {:>11} {:>9} {:>9} {:>9}   {:>9.1} {:>8.1} {:>8} {:>8}   {:.2} ({:.2} to {:.2}){time_bound}, {}",
            row.title,
            instructions(ours.instructions),
            instructions(hand.instructions),
            instructions(floor.and_then(|floor| floor.instructions)),
            bound,
            ours.allocations,
            hand.allocations,
            floor.map_or("-".to_owned(), |floor| format!("{:.1}", floor.allocations)),
            allocations_bound,
            time.median,
            time.low,
            time.high,
            duration(time.nanos),
        );
    }
    if figures.iter().all(|row| row.ours.instructions.is_none()) {
        println!("No instructions: valgrind is not installed.");
    }
    for fault in &faults {
        println!("over its bound: {fault}");
    }
    !faults.is_empty()
}

fn duration(nanos: f64) -> String {
    match nanos {
        ..10_000.0 => format!("{nanos:.0} ns"),
        ..10_000_000.0 => format!("{:.0} µs", nanos / 1e3),
        _ => format!("{:.0} ms", nanos / 1e6),
    }
}
