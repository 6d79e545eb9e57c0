//! How long it took from a frame of the venue to the orders that answer it.

use crate::html::{Cell, Column, Table, note};
use crate::number;

use super::input::StageSamples;

/// The table of stages.
pub(super) fn latency(stages: &[StageSamples]) -> String {
    if stages.iter().all(|stage| stage.ns.is_empty()) {
        return note("No order was timed.");
    }
    let mut table = Table::new([
        Column::Text("Stage"),
        Column::Text("From and to"),
        Column::Number("Measured"),
        Column::Number("p50"),
        Column::Number("p99"),
        Column::Number("p99.9"),
        Column::Number("Longest"),
    ]);
    for stage in stages {
        let mut sorted = stage.ns.clone();
        sorted.sort_unstable();
        let time = |share: f64| {
            let ns = nearest_rank(&sorted, share) as f64;
            Cell::Number(micros(ns), ns)
        };
        table.row([
            Cell::Text(stage.name.to_string()),
            Cell::Text(stage.about.to_string()),
            Cell::Number(number::count(sorted.len()), sorted.len() as f64),
            time(0.5),
            time(0.99),
            time(0.999),
            time(1.0),
        ]);
    }
    let said = "Of every frame that was answered by orders. A quantile is the time that so large a share of them did \
                not exceed, by nearest rank.";
    table.html("Latency by stage") + &note(said)
}

/// The smallest measurement that a share of them does not exceed; zero without one.
fn nearest_rank(sorted: &[u64], share: f64) -> u64 {
    let rank = libm::ceil(share * sorted.len() as f64) as usize;
    sorted.get(rank.max(1) - 1).copied().unwrap_or_default()
}

fn micros(ns: f64) -> String {
    format!("{} µs", number::fixed(ns / 1_000.0, if ns < 100_000.0 { 1 } else { 0 }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_the_measurement_of_the_nearest_rank() {
        let sorted: Vec<u64> = (1..=1_000).collect();
        for (share, expected) in [(0.5, 500), (0.99, 990), (0.999, 999), (1.0, 1_000)] {
            assert_eq!(nearest_rank(&sorted, share), expected, "{share}");
        }
        assert_eq!((nearest_rank(&[7], 0.5), nearest_rank(&[], 0.5)), (7, 0));
    }
}
