//! Targets from a file in the engines: the digest of the strategy whose targets they are.

mod workload;

use std::sync::Arc;

use wb_core::{BarColumns, ParamSet, ParamValue, Span, Stamp, SymbolTargets, TargetRow, TargetTable, Ts};
use wb_engine::{RunInput, RunResult, RunSpec, run, run_vectorized};
use wb_sim::{FillModel, SimConfig};
use wb_strategies::STRATEGIES;

const FAST: usize = 7;
const SLOW: usize = 30;

fn both(name: &str, params: &ParamSet, simulation: SimConfig, bars: &[BarColumns]) -> RunResult {
    let entry = STRATEGIES.iter().find(|entry| entry.name == name).expect("it is in the table");
    let params = (entry.resolve)(params).expect("good parameters");
    let spec = RunSpec { params, simulation, ..workload::spec(name) };
    let instruments = workload::instruments();
    let input = RunInput { entry, spec: &spec, instruments, bars, benchmark: None };
    let streamed = run(&input, &mut |_| {}).expect("it runs");
    assert_eq!(run_vectorized(&input, &mut |_| {}).expect("it runs"), streamed, "{name}");
    streamed
}

/// Where the fast average is above the slow one at each close, by plain sums: exact, for all prices are quarters.
fn crossings(bars: &BarColumns, stamp: impl Fn(usize) -> Ts) -> Vec<TargetRow> {
    let sum = |row: usize, n: usize| bars.close[row + 1 - n..=row].iter().sum::<f64>();
    let above = |row| sum(row, FAST) * SLOW as f64 > sum(row, SLOW) * FAST as f64;
    let target = |row| TargetRow {
        row: row as u64 + 1,
        stamp: Stamp::At(stamp(row)),
        target: if above(row) { 0.95 } else { 0.0 },
        known: Some(bars.ts[row]),
    };
    (SLOW - 1..bars.len()).map(target).collect()
}

fn given(rows: Vec<TargetRow>, delay: &str) -> ParamSet {
    let symbols = vec![SymbolTargets { symbol: "W1".to_string(), rows }];
    let table = TargetTable { source: "x.csv".to_string(), hash: "0".repeat(64), symbols };
    let mut set = ParamSet::new();
    set.set("file", ParamValue::Targets(Arc::new(table)));
    set.set("delay", ParamValue::Text(delay.into()));
    set
}

#[test]
fn the_targets_of_sma_cross_give_its_digest_however_their_times_are_written() {
    let bars = [workload::bars(10_000)];
    let own: ParamSet = [("fast", FAST), ("slow", SLOW)]
        .map(|(name, n)| (name.to_string(), ParamValue::Int(n as i64)))
        .into_iter()
        .collect();
    let by_close = given(crossings(&bars[0], |row| bars[0].ts[row]), "0s");
    let by_open = given(crossings(&bars[0], |row| bars[0].ts[row] - Span::from_seconds(60)), "1m");
    let plain = workload::spec("").simulation;
    for simulation in [plain, SimConfig { fill: FillModel::ThisClose, ..plain }] {
        let expected = both("sma-cross", &own, simulation, &bars);
        assert!(expected.outcome.fills.len() > 100);
        for targets in [&by_close, &by_open] {
            let followed = both("signals", targets, simulation, &bars);
            assert_eq!(followed.digest, expected.digest);
            assert_eq!(followed.outcome.equity, expected.outcome.equity);
        }
    }
}
