//! Rules in the engines: the digests of the strategies that they spell out, and the same run in both.

mod workload;

use wb_core::{BarColumns, ParamSet, ParamValue};
use wb_engine::{RunInput, RunResult, RunSpec, SweepInput, evaluate, run, run_vectorized};
use wb_kernel::StrategyEntry;
use wb_sim::{FillModel, SimConfig};
use wb_strategies::STRATEGIES;

const PERIODS: usize = 16;

fn entry(name: &str) -> &'static StrategyEntry {
    STRATEGIES.iter().find(|entry| entry.name == name).expect("it is in the table")
}

fn texts(texts: &[(&str, &str)]) -> ParamSet {
    texts.iter().map(|(name, text)| ((*name).to_string(), ParamValue::Text((*text).into()))).collect()
}

/// A run of one instrument in both engines and as a trial of a sweep, which must agree.
fn both(name: &str, params: &ParamSet, simulation: SimConfig, bars: &[BarColumns]) -> RunResult {
    let entry = entry(name);
    let params = (entry.resolve)(params).expect("good parameters");
    let spec = RunSpec { params, simulation, ..workload::spec(name) };
    let instruments = workload::instruments();
    let input = RunInput { entry, spec: &spec, instruments, bars, benchmark: None };
    let streamed = run(&input, &mut |_| {}).expect("it runs");
    let columns = run_vectorized(&input, &mut |_| {}).expect("it runs");
    assert_eq!(columns, streamed, "{:?}", spec.params);
    let sweep = SweepInput { base: input, figures: &["fills"], periods: PERIODS, jobs: 1 };
    let trials = evaluate(&sweep, &[(0, spec.params.clone())]).expect("it runs");
    let fills = trials[0].outcome.as_ref().expect("it does not panic").values[0];
    assert_eq!(fills, Some(streamed.outcome.fills.len() as f64), "{:?}", spec.params);
    streamed
}

fn simulations() -> [SimConfig; 3] {
    let plain = workload::spec("").simulation;
    [
        plain,
        SimConfig { fill: FillModel::ThisClose, ..plain },
        SimConfig { max_participation: Some(0.01), ..plain },
    ]
}

#[test]
fn rules_that_spell_out_sma_cross_give_its_digest() {
    let bars = [workload::bars(10_000)];
    let mut own: ParamSet = [("fast".to_string(), ParamValue::Int(7))].into_iter().collect();
    own.set("slow", ParamValue::Int(30));
    let mut rules = texts(&[
        ("long", "sma(close, $fast) > sma($slow)"),
        ("exit", "not sma(close, $fast) > sma(close, $slow)"),
        ("size", "0.95"),
    ]);
    rules.set("fast", ParamValue::Int(7));
    rules.set("slow", ParamValue::Int(30));
    for simulation in simulations() {
        let expected = both("sma-cross", &own, simulation, &bars);
        let found = both("rules", &rules, simulation, &bars);
        assert!(found.outcome.fills.len() > 100);
        assert_eq!(found.digest, expected.digest);
    }
    let defaults = ParamSet::new();
    let plain = simulations()[0];
    let expected = both("sma-cross", &defaults, plain, &bars).digest;
    assert_eq!(both("rules", &defaults, plain, &bars).digest, expected, "the example is sma-cross");
}

#[test]
fn every_kind_of_rule_runs_alike_in_both_engines() {
    let bars = [workload::bars(10_000)];
    let rules: [&[(&str, &str)]; 6] = [
        &[("long", "crosses_above(close, ema(close, 20))"), ("exit", "crosses_below(close, ema(close, 20))")],
        &[("long", "close@1h > sma(close@1h, 5)"), ("short", "close@1h < sma(close@1h, 5)")],
        &[("long", "zscore(close / lag(close, 3), 50) < -1"), ("exit", "zscore(close, 20) > 0")],
        &[("long", "macd().histogram > 0 and rsi() < 70"), ("exit", "macd().macd < 0")],
        &[("long", "close > donchian(20).upper"), ("exit", "close < highest(high, 10) - 2 * atr(14)")],
        &[
            ("long", "sma(5) > sma(20)"),
            ("exit", "sma(5) < sma(20)"),
            ("size", "min(1, 2 / annual_volatility(60))"),
        ],
    ];
    for rule in rules {
        for simulation in simulations() {
            let found = both("rules", &texts(rule), simulation, &bars);
            assert!(found.outcome.fills.len() > 20, "{rule:?}: {} fills", found.outcome.fills.len());
        }
    }
}
