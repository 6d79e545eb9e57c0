//! The vectorized engine against the event-driven one: the same facts, the same digest, the same figures to the bit.

#[path = "checks/table.rs"]
mod table;
#[path = "workload/w1.rs"]
mod w1;
mod workload;

use wb_core::{ParamKind, ParamSet, ParamValue, Rng};
use wb_engine::{EngineError, RunInput, SweepInput, TrialResult, evaluate, run, run_vectorized};
use wb_kernel::prelude::*;
use wb_kernel::{Execution, Patience, RiskLimits};
use wb_metrics::FigureSet;
use wb_sim::{FillModel, LatencyModel, SimConfig, SlippageModel};
use wb_strategies::STRATEGIES;

use crate::table::TableRun;

/// Figures that a sweep can tell without keeping a run, and one that it cannot.
const TALLIED: &[&str] = &[
    "total_return",
    "cagr",
    "sharpe",
    "psr",
    "sortino",
    "omega",
    "max_drawdown",
    "calmar",
    "exposure",
    "trades",
    "win_rate",
    "profit_factor",
    "sqn",
    "average_holding",
    "fees",
    "slippage",
    "carry",
    "traded",
    "orders",
    "rejected_orders",
    "fills",
    "bars",
];
const WHOLE: &[&str] = &["sharpe", "var_95", "ulcer_index"];

/// Rules under which strategies are run, by name.
fn rules() -> Vec<(&'static str, SimConfig, RiskLimits, Execution)> {
    let plain = SimConfig {
        slippage: SlippageModel { bps: 1.0, ..SlippageModel::default() },
        ..workload::spec("").simulation
    };
    let limits = RiskLimits {
        max_drawdown: Some(0.02),
        max_orders_per_minute: Some(1),
        max_order_notional: Some(9_000_000.0),
        ..RiskLimits::default()
    };
    vec![
        ("plain", plain, RiskLimits::default(), Execution::Market),
        ("limited", plain, limits, Execution::Market),
        (
            "this-close",
            SimConfig { fill: FillModel::ThisClose, ..plain },
            RiskLimits::default(),
            Execution::Market,
        ),
        (
            "borrowed",
            SimConfig { leverage: 2.0, maintenance_margin: 0.3, borrow_bps: 900.0, ..plain },
            RiskLimits::default(),
            Execution::Market,
        ),
        (
            "thin",
            SimConfig { max_participation: Some(0.01), ..plain },
            RiskLimits::default(),
            Execution::Market,
        ),
        (
            "patient",
            plain,
            RiskLimits::default(),
            Execution::Limit(Patience { offset_bps: 2.0, cross_after: 2 }),
        ),
    ]
}

/// Parameters drawn from what a strategy declares, as far as it accepts them together; texts and files as `given`.
fn random_params(entry: &StrategyEntry, rng: &mut Rng, given: &ParamSet) -> ParamSet {
    loop {
        let mut set = given.clone();
        for spec in (entry.specs)(&ParamSet::new()).expect("defaults are accepted") {
            let value = match spec.kind {
                ParamKind::Int { min, max, .. } => {
                    ParamValue::Int(min + rng.below((max.min(60) - min + 1) as u64) as i64)
                }
                ParamKind::Float { min, max, .. } => ParamValue::Float(min + (max - min) * rng.uniform()),
                ParamKind::Bool => ParamValue::Bool(rng.below(2) == 0),
                ParamKind::Choice(words) => {
                    ParamValue::Choice(words[rng.below(words.len() as u64) as usize].to_string())
                }
                ParamKind::Text | ParamKind::Targets => continue,
            };
            set.set(&spec.name, value);
        }
        if let Ok(set) = (entry.resolve)(&set) {
            return set;
        }
    }
}

/// Every strategy of the table with some of its parameters under every rule.
fn each_run(length: usize, check: impl Fn(&TableRun, &str)) {
    for entry in STRATEGIES {
        for (name, simulation, risk, execution) in rules() {
            let mut table_run = TableRun::new(entry, length);
            for seed in 0..4 {
                let mut rng = Rng::new(seed);
                table_run.spec.params = random_params(entry, &mut rng, &table_run.spec.params);
                (table_run.spec.simulation, table_run.spec.risk) = (simulation, risk);
                table_run.spec.execution = execution;
                check(&table_run, &format!("{} {name}, seed {seed}", entry.name));
            }
        }
    }
}

#[test]
fn both_engines_give_the_same_run() {
    each_run(5000, |table_run, note| {
        let input = table_run.input();
        let streamed = run(&input, &mut |_| {}).expect("it runs");
        let columns = run_vectorized(&input, &mut |_| {}).expect("it runs");
        assert_eq!(columns.digest, streamed.digest, "{note}");
        assert_eq!(columns, streamed, "{note}");
    });
}

fn check_trial(trial: &TrialResult, input: &RunInput<'_>, figures: &[&'static str], note: &str) {
    let spec = wb_engine::RunSpec { params: trial.params.clone(), ..input.spec.clone() };
    let outcome = run(&RunInput { spec: &spec, ..input.clone() }, &mut |_| {}).expect("it runs").outcome;
    let wanted = FigureSet::of(figures).expect("they exist").of_outcome(&outcome);
    let got = trial.outcome.as_ref().unwrap_or_else(|why| panic!("{note}: {why}"));
    for ((key, want), got) in figures.iter().zip(wanted).zip(&got.values) {
        assert_eq!(got.map(f64::to_bits), want.map(f64::to_bits), "{note}: {key} {got:?} for {want:?}");
    }
    let growth: f64 = got.periods.iter().map(|r| 1.0 + r).product();
    let last = outcome.equity.equity.last().expect("bars") / outcome.start_equity;
    assert!((growth - last).abs() < 1e-9, "{note}: periods give {growth}, the run {last}");
}

#[test]
fn a_trial_has_the_figures_of_its_run_to_the_bit() {
    for figures in [TALLIED, WHOLE] {
        each_run(5000, |table_run, note| {
            let base = table_run.input();
            let trials = vec![(7, table_run.spec.params.clone())];
            let results =
                evaluate(&SweepInput { base: base.clone(), figures, periods: 16, jobs: 1 }, &trials);
            check_trial(&results.expect("it runs")[0], &base, figures, note);
        });
    }
}

fn sma_trials(count: u64) -> Vec<(u64, ParamSet)> {
    let entry = STRATEGIES.iter().find(|e| e.name == "sma-cross").expect("it is in the table");
    (0..count).map(|n| (n, random_params(entry, &mut Rng::new(n), &ParamSet::new()))).collect()
}

fn sma_run() -> TableRun {
    TableRun::new(STRATEGIES.iter().find(|e| e.name == "sma-cross").expect("it is in the table"), 6000)
}

#[test]
fn results_are_in_the_order_of_the_trials_and_the_same_on_any_number_of_threads() {
    let table_run = sma_run();
    let trials = sma_trials(300);
    let with = |jobs| {
        let input = SweepInput { base: table_run.input(), figures: TALLIED, periods: 8, jobs };
        evaluate(&input, &trials).expect("it runs")
    };
    let one = with(1);
    assert!(one.iter().zip(&trials).all(|(result, trial)| result.number == trial.0));
    for jobs in [2, 3, 7] {
        assert_eq!(with(jobs), one, "{jobs} threads");
    }
}

#[test]
fn parameters_that_a_strategy_refuses_fail_their_trial_alone() {
    let table_run = sma_run();
    let mut trials = sma_trials(3);
    trials[1].1.set("fast", ParamValue::Int(50));
    trials[1].1.set("slow", ParamValue::Int(10));
    let input = SweepInput { base: table_run.input(), figures: &["sharpe"], periods: 4, jobs: 2 };
    let results = evaluate(&input, &trials).expect("it runs");
    for at in [0, 2] {
        let alone = evaluate(&input, &trials[at..=at]).expect("it runs");
        assert_eq!(results[at].outcome, alone[0].outcome);
        assert!(alone[0].outcome.is_ok(), "{alone:?}");
    }
    let why = results[1].outcome.as_ref().expect_err("fast is not below slow");
    assert!(why.contains("fast < slow"), "{why}");
}

#[test]
fn what_columns_cannot_do_exactly_is_refused_with_the_engine_to_use() {
    let mut table_run = sma_run();
    let minute = Span::from_seconds(60);
    table_run.spec.simulation.latency = LatencyModel { order: minute, ..LatencyModel::default() };
    let error = run_vectorized(&table_run.input(), &mut |_| {}).expect_err("it has latency");
    assert_eq!(error, EngineError::VectorizedLatency);
    assert!(error.to_string().contains("--engine event"), "{error}");

    let table_run = sma_run();
    let input = SweepInput { base: table_run.input(), figures: &["sharp"], periods: 4, jobs: 1 };
    let error = evaluate(&input, &[]).expect_err("no such figure");
    assert_eq!(error.to_string(), "there is no figure `sharp`");
}

/// Panics at one bar.
#[derive(Params, Clone, Debug)]
struct Fragile {
    /// The bar, counted from zero.
    #[param(default = 0, range = 0..=1_000_000)]
    at: u32,
}

struct Counting {
    at: u32,
    bars: u32,
}

impl StrategyParams for Fragile {
    const NAME: &'static str = "fragile";
    const ABOUT: &'static str = "Panics at one bar.";
    const ROLES: &'static [Role] = &[Role { name: "base", doc: "The market.", many: false }];

    fn build(&self, setup: &mut Setup<'_>) -> Result<Box<dyn Strategy>, SetupError> {
        let instrument = setup.instrument("base")?;
        setup.bars(instrument);
        Ok(Box::new(Counting { at: self.at, bars: 0 }))
    }
}

impl Strategy for Counting {
    fn on_bar(&mut self, _: Series, _: &Bar, _: &mut Context<'_>) {
        assert_ne!(self.bars, self.at, "bar {} is too much", self.at);
        self.bars += 1;
    }
}

#[test]
fn a_panic_fails_its_trial_alone() {
    static FRAGILE: StrategyEntry = StrategyEntry::of::<Fragile>();
    let table_run = TableRun::new(&FRAGILE, 6000);
    let at = |at: i64| {
        let mut set = ParamSet::new();
        set.set("at", ParamValue::Int(at));
        (at as u64, set)
    };
    let trials = [at(1_000_000), at(5000), at(0), at(6000)];
    let input = SweepInput { base: table_run.input(), figures: &["bars", "sharpe"], periods: 4, jobs: 2 };
    let results = evaluate(&input, &trials).expect("it runs");
    let told: Vec<Result<Option<f64>, String>> =
        results.into_iter().map(|r| r.outcome.map(|figures| figures.values[0])).collect();
    let panicked = |at| {
        Err(format!(
            "the strategy panicked: assertion `left != right` failed: bar {at} is too much\n  left: {at}\n right: {at}"
        ))
    };
    assert_eq!(told, [Ok(Some(6000.0)), panicked(5000), panicked(0), Ok(Some(6000.0))]);
}

#[test]
fn workload_w1_comes_out_of_columns_as_published() {
    let bars = [workload::bars(1_000_000)];
    for (entry, equity) in w1::TABLE[..2].iter().zip([8947137.7623, 7889220.9680]) {
        let spec = workload::spec(entry.name);
        let instruments = workload::instruments();
        let input = RunInput { entry, spec: &spec, instruments, bars: &bars, benchmark: None };
        let outcome = run_vectorized(&input, &mut |_| {}).expect("it runs").outcome;
        let last = outcome.equity.equity.last().expect("bars");
        assert!((last - equity).abs() < 1e-4, "{}: {last} for {equity}", entry.name);
    }
}
