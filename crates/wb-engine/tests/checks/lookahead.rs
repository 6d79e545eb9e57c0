//! The check finds a strategy that knows the future, names the bar, and lets honest ones pass.

use std::cell::RefCell;

use wb_core::{BarColumns, ParamSet, Span, Ts};
use wb_engine::checks::{Engine, Future, Lookahead, LookaheadConfig, lookahead};
use wb_engine::{EngineError, RunInput, RunResult, run, run_vectorized};
use wb_kernel::prelude::*;
use wb_sim::LatencyModel;
use wb_strategies::STRATEGIES;

use crate::table::TableRun;
use crate::{w1, workload};

const CONFIG: LookaheadConfig = LookaheadConfig { points: 20, seed: 7 };

thread_local! {
    /// A column prepared from all bars of a run before it begins, as a careless feature pipeline does.
    static PREPARED: RefCell<Vec<f64>> = const { RefCell::new(Vec::new()) };
}

/// Holds a unit while the close this many bars ahead is above the present one.
#[derive(Params, Clone, Debug)]
struct Clairvoyant {
    /// Bars looked ahead.
    #[param(default = 1, range = 0..=100)]
    ahead: u32,
}

struct Seer {
    instrument: InstrumentId,
    ahead: usize,
    row: usize,
    closes: Vec<f64>,
    long: bool,
}

impl StrategyParams for Clairvoyant {
    const NAME: &'static str = "clairvoyant";
    const ABOUT: &'static str = "Knows the future.";
    const ROLES: &'static [Role] = &[Role { name: "base", doc: "What is traded.", many: false }];

    fn build(&self, setup: &mut Setup<'_>) -> Result<Box<dyn Strategy>, SetupError> {
        let instrument = setup.instrument("base")?;
        setup.bars(instrument);
        let closes = PREPARED.with_borrow(Clone::clone);
        Ok(Box::new(Seer { instrument, ahead: self.ahead as usize, row: 0, closes, long: false }))
    }
}

impl Strategy for Seer {
    fn on_bar(&mut self, _: Series, bar: &Bar, ctx: &mut Context<'_>) {
        let known = self.closes.get(self.row + self.ahead);
        self.row += 1;
        let long = known.is_some_and(|close| *close > bar.close);
        if long != self.long {
            self.long = long;
            ctx.target(self.instrument, Size::Units(if long { 1.0 } else { 0.0 }));
        }
    }
}

/// Prepares the column from the bars of the run, then runs.
fn prepare_and_run(input: &RunInput<'_>) -> Result<RunResult, EngineError> {
    PREPARED.set(input.bars[0].close.clone());
    run(input, &mut |_| {})
}

fn clairvoyant(ahead: i64, bars: &[BarColumns]) -> Lookahead {
    const ENTRY: StrategyEntry = StrategyEntry::of::<Clairvoyant>();
    let given: ParamSet = [("ahead".to_string(), wb_core::ParamValue::Int(ahead))].into_iter().collect();
    let mut spec = workload::spec("clairvoyant");
    spec.params = (ENTRY.resolve)(&given).expect("accepted");
    let input =
        RunInput { entry: &ENTRY, spec: &spec, instruments: workload::instruments(), bars, benchmark: None };
    lookahead(&input, CONFIG, &mut prepare_and_run, &mut |_, _| {}).expect("it runs")
}

#[test]
fn a_strategy_that_knows_the_next_close_is_caught_at_the_bar_of_its_command() {
    let bars = [workload::bars(2_000)];
    for ahead in [1, 5, 50] {
        let found = clairvoyant(ahead, &bars);
        assert!(!found.holds(), "{ahead} bars ahead");
        for future in [Future::Truncated, Future::Altered] {
            let caught = found.reruns.iter().filter(|r| r.future == future && r.changed > 0).count();
            assert!(caught >= 5, "{ahead} bars ahead, {future:?}: {caught} of {} reruns", found.reruns.len());
        }
        for rerun in found.reruns.iter().filter(|rerun| rerun.changed > 0) {
            let change = &rerun.first[0];
            let (row, close, bar) = change.bar.expect("a command follows a bar");
            assert_eq!((bars[0].ts[row], bars[0].bar(row)), (close, bar));
            assert_eq!(close, change.ts);
            // It could not have known: what it read lies after the point.
            let point = bars[0].ts.partition_point(|ts| *ts <= rerun.point);
            assert!(row < point && row + ahead as usize >= point, "row {row}, point {point}");
        }
    }
}

#[test]
fn what_is_known_before_and_after_is_told() {
    let bars = [workload::bars(2_000)];
    let found = clairvoyant(1, &bars);
    let truncated = |r: &&wb_engine::checks::Rerun| r.future == Future::Truncated && r.changed > 0;
    let rerun = found.reruns.iter().find(truncated).expect("it is caught");
    // At the end of the data nothing is known of the next bar: a purchase is missing, or a sale is made.
    let change = &rerun.first[0];
    assert_eq!(change.ts, rerun.point);
    assert_ne!(change.before.is_some(), change.after.is_some());
}

#[test]
fn the_same_column_without_the_future_passes() {
    assert!(clairvoyant(0, &[workload::bars(2_000)]).holds());
}

#[test]
fn every_strategy_of_the_table_passes_with_and_without_latency() {
    let minute = Span::from_seconds(60);
    let late = LatencyModel { feed: Span(1_000_000), order: minute, report: Span(5_000_000) };
    for entry in STRATEGIES {
        for latency in [LatencyModel::default(), late] {
            let mut table = TableRun::new(entry, 1_500);
            table.spec.simulation.latency = latency;
            passes(&table, &mut |input| run(input, &mut |_| {}));
        }
    }
}

fn passes(table: &TableRun, engine: &mut Engine<'_>) {
    let found = lookahead(&table.input(), CONFIG, engine, &mut |_, _| {}).expect("it runs");
    let name = &table.spec.strategy;
    assert!(found.orders > 0, "{name} without an order proves nothing");
    assert!(found.holds(), "{name}: {:?}", found.reruns.iter().find(|rerun| rerun.changed > 0));
    assert!(found.reruns.iter().any(|rerun| rerun.compared > 0));
}

#[test]
fn computing_features_as_columns_ahead_of_trading_does_not_look_ahead() {
    for entry in STRATEGIES {
        passes(&TableRun::new(entry, 1_500), &mut |input| run_vectorized(input, &mut |_| {}));
    }
}

#[test]
fn points_lie_over_all_the_data_and_where_orders_were_submitted() {
    let bars = [workload::bars(2_000)];
    let spec = workload::spec("w1-long-short");
    let input = RunInput {
        entry: &w1::TABLE[1],
        spec: &spec,
        instruments: workload::instruments(),
        bars: &bars,
        benchmark: None,
    };
    let mut told = Vec::new();
    let mut engine = |input: &RunInput<'_>| run(input, &mut |_| {});
    let found =
        lookahead(&input, CONFIG, &mut engine, &mut |done, total| told.push((done, total))).expect("it runs");
    let points: Vec<Ts> = found.reruns.iter().step_by(2).map(|rerun| rerun.point).collect();
    assert!(points.len() <= CONFIG.points && points.len() >= CONFIG.points - 2, "{}", points.len());
    assert!(points.is_sorted());
    let orders = run(&input, &mut |_| {}).expect("it runs").outcome.orders;
    for order in &orders[..3] {
        assert!(points.contains(&order.submitted));
    }
    let longest = points.windows(2).map(|pair| pair[1].0 - pair[0].0).max().expect("points");
    assert!(longest < 60_000_000_000 * 2_000 / 8, "a stretch of {longest} ns has no point");
    assert_eq!(told.last(), Some(&(2 * points.len() + 1, 2 * points.len() + 1)));
}

#[test]
fn data_of_one_bar_has_no_future_and_nothing_is_repeated() {
    let found = clairvoyant(1, &[workload::bars(1)]);
    assert!(found.reruns.is_empty() && found.holds());
}
