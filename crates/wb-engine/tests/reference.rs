//! Runs against figures that other programs computed.

#[path = "workload/w1.rs"]
mod w1;
mod workload;

use wb_engine::{RunInput, run};

/// The workload's published answers: final equity, fills, closed round trips.
fn check(which: usize, name: &str, equity: f64, fills: usize, closed: usize) {
    let bars = [workload::bars(1_000_000)];
    let spec = workload::spec(name);
    let input = RunInput {
        entry: &w1::TABLE[which],
        spec: &spec,
        instruments: workload::instruments(),
        bars: &bars,
        benchmark: None,
    };
    let outcome = run(&input, &mut |_| {}).expect("it runs").outcome;
    let last = outcome.equity.equity.last().copied().expect("an equity curve");
    assert_eq!((outcome.fills.len(), outcome.round_trips.len()), (fills, closed), "{name}");
    assert!((last - equity).abs() < 1e-4, "{name}: final equity {last}, expected {equity}");
}

#[test]
fn w1_long_flat_ends_where_six_other_engines_end() {
    check(0, "w1-long-flat", 8947137.7623, 38_973, 19_486);
}

#[test]
fn w1_long_short_ends_where_six_other_engines_end() {
    check(1, "w1-long-short", 7889220.9680, 38_974, 38_973);
}
