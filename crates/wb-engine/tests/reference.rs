//! Runs against figures that other programs computed.

#[path = "workload/w1.rs"]
mod w1;
#[path = "workload/w2.rs"]
mod w2;
mod workload;

use wb_engine::{RunInput, SweepInput, TrialResult, evaluate, run};
use wb_strategies::STRATEGIES;

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

/// A sum over the trials of a figure.
fn sum(trials: &[TrialResult], figure: usize) -> f64 {
    let value = |trial: &TrialResult| trial.outcome.as_ref().ok().and_then(|figures| figures.values[figure]);
    trials.iter().filter_map(value).sum()
}

#[test]
fn w2_sums_to_what_four_other_programs_give() {
    let bars = [workload::bars(10_000)];
    let entry = STRATEGIES.iter().find(|entry| entry.name == "sma-cross").expect("it is in the table");
    let (spec, trials) = (w2::spec(), w2::trials());
    let base = RunInput { entry, spec: &spec, instruments: w2::instruments(), bars: &bars, benchmark: None };
    let figures = &["total_return", "sharpe", "fills", "trades"];
    let results = evaluate(&SweepInput { base, figures, periods: 1, jobs: 2 }, &trials).expect("it runs");
    assert_eq!(results.len(), 10_948);
    let entries = sum(&results, 2) - sum(&results, 3);
    assert_eq!(entries as u64, 929_712);
    let near = |got: f64, want: f64| assert!((got - want).abs() < 1e-4, "{got} for {want}");
    near(sum(&results, 0), -184.8155);
    near(sum(&results, 1) / results.len() as f64, -1.3264);
}
