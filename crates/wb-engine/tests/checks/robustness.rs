//! The check tells a result that hangs on one setting from one that does not.

use wb_core::{BarColumns, ParamSet, ParamValue};
use wb_engine::checks::{Aspect, Robustness, RobustnessConfig, robustness};
use wb_engine::{EngineError, RunInput, run};
use wb_kernel::prelude::*;
use wb_sim::{FeeModel, FillModel, SlippageModel};
use wb_strategies::STRATEGIES;

use crate::table::TableRun;
use crate::workload;

const CONFIG: RobustnessConfig = RobustnessConfig { noise_bps: 5.0, noise_runs: 3, seed: 1 };

fn check(input: &RunInput<'_>) -> Robustness {
    robustness(input, CONFIG, &mut |input| run(input, &mut |_| {}), &mut |_, _| {}).expect("it runs")
}

/// Buys a unit at one bar and sells it two bars later: earns where the market happens to rise.
#[derive(Params, Clone, Debug)]
struct Lucky {
    /// The bar at which it buys.
    #[param(default = 500, range = 1..=10_000)]
    bar: u32,
}

struct State {
    instrument: InstrumentId,
    bar: u32,
    seen: u32,
}

impl StrategyParams for Lucky {
    const NAME: &'static str = "lucky";
    const ABOUT: &'static str = "Holds a unit for a stretch of bars.";
    const ROLES: &'static [Role] = &[Role { name: "base", doc: "What is traded.", many: false }];

    fn build(&self, setup: &mut Setup<'_>) -> Result<Box<dyn Strategy>, SetupError> {
        let instrument = setup.instrument("base")?;
        setup.bars(instrument);
        Ok(Box::new(State { instrument, bar: self.bar, seen: 0 }))
    }
}

impl Strategy for State {
    fn on_bar(&mut self, _: Series, _: &Bar, ctx: &mut Context<'_>) {
        self.seen += 1;
        if self.seen == self.bar {
            ctx.target(self.instrument, Size::Units(1.0));
        } else if self.seen == self.bar + 2 {
            ctx.target(self.instrument, Size::Units(0.0));
        }
    }
}

/// Minutes that rest at 20,000 but for one jump: the close of this row is higher for good.
fn one_jump(row: usize) -> BarColumns {
    let mut bars = workload::bars(1_000);
    for at in 0..bars.len() {
        let level = |from: usize| if at >= from { 21_000.0 } else { 20_000.0 };
        (bars.open[at], bars.close[at]) = (level(row + 1), level(row));
        (bars.high[at], bars.low[at]) = (level(row), level(row + 1));
    }
    bars
}

fn lucky(bars: &[BarColumns], fees: FeeModel) -> Robustness {
    const ENTRY: StrategyEntry = StrategyEntry::of::<Lucky>();
    let given: ParamSet = [("bar".to_string(), ParamValue::Int(500))].into_iter().collect();
    let mut spec = workload::spec("lucky");
    spec.params = (ENTRY.resolve)(&given).expect("accepted");
    spec.simulation.fees = fees;
    let instruments = workload::instruments();
    check(&RunInput { entry: &ENTRY, spec: &spec, instruments, bars, benchmark: None })
}

#[test]
fn one_lucky_fill_is_lost_a_bar_later_and_with_other_parameters() {
    // Bought at the open of row 500, the jump is in that very bar.
    let found = lucky(&[one_jump(500)], FeeModel::default());
    assert!(found.earns() && !found.holds());
    let counts = [Aspect::Parameters, Aspect::Delay].map(|aspect| found.count(aspect));
    // One step earlier, at 499, it is still held when the market jumps; 450, 501 and 550 miss it.
    assert_eq!(counts, [(1, 4), (0, 1)]);
    assert!(!found.survives(Aspect::Parameters) && !found.survives(Aspect::Delay));
    assert_eq!(found.count(Aspect::Noise), (3, 3));
}

#[test]
fn what_costs_nothing_cannot_be_doubled() {
    let found = lucky(&[one_jump(500)], FeeModel::default());
    assert_eq!(found.count(Aspect::Costs), (0, 0));
    assert!(found.survives(Aspect::Costs));
}

#[test]
fn doubled_costs_take_what_single_costs_leave() {
    // The jump earns 1,000 on 20,000 and 21,000; 150 bp of each take 615, and twice that is more than all of it.
    let found = lucky(&[one_jump(500)], FeeModel { taker_bps: 150.0, ..FeeModel::default() });
    assert!(found.earns());
    let costs = found.variants.iter().find(|v| v.aspect == Aspect::Costs).expect("there are costs");
    let [single, double] = [found.base, costs.figures.clone().expect("it runs")].map(|f| f.total_return);
    let near = |x: Option<f64>, expected: f64| (x.expect("a return") - expected).abs() < 1e-9;
    assert!(near(single, 385.0 / 1e7) && near(double, -230.0 / 1e7), "{single:?} {double:?}");
    assert!(!found.survives(Aspect::Costs));
}

#[test]
fn what_loses_has_nothing_to_be_robust() {
    let found = lucky(&[one_jump(100)], FeeModel { taker_bps: 10.0, ..FeeModel::default() });
    assert!(!found.earns() && !found.holds());
}

#[test]
fn every_kind_of_change_is_tried_on_every_strategy_and_changes_its_result() {
    for entry in STRATEGIES {
        let mut table = TableRun::new(entry, 1_500);
        table.spec.simulation.slippage = SlippageModel { bps: 2.0, ..SlippageModel::default() };
        let found = check(&table.input());
        for aspect in Aspect::ALL {
            let of_aspect = || found.variants.iter().filter(|variant| variant.aspect == aspect);
            assert!(of_aspect().count() > 0, "{} {aspect:?}", entry.name);
            for variant in of_aspect() {
                assert!(variant.figures.is_ok(), "{} {}: {:?}", entry.name, variant.name, variant.figures);
            }
            let differs = |variant: &wb_engine::checks::Variant| variant.figures != Ok(found.base);
            assert!(of_aspect().any(differs), "{} {aspect:?} changes nothing", entry.name);
        }
        assert_eq!(found, check(&table.input()), "{}: the same seed, the same answer", entry.name);
    }
}

#[test]
fn fills_at_the_close_come_at_the_next_open_instead() {
    let mut table = TableRun::new(&STRATEGIES[1], 1_000);
    table.spec.simulation.fill = FillModel::ThisClose;
    let found = check(&table.input());
    let late = found.variants.iter().find(|v| v.aspect == Aspect::Delay).expect("it is tried");
    assert_eq!(late.name, "filled at the next open");
    table.spec.simulation.fill = FillModel::NextOpen;
    let next_open = check(&table.input());
    assert_eq!(late.figures, Ok(next_open.base), "it is the run whose fills come at the next open");
}

#[test]
fn a_variant_that_cannot_run_says_why_and_does_not_hold() {
    let mut table = TableRun::new(&STRATEGIES[4], 1_000);
    assert_eq!(table.spec.strategy, "pairs");
    // The second instrument is listed in the last tenth.
    table.bars[1] = table.bars[1].between(table.bars[1].ts[950], table.bars[1].ts[999]);
    let found = check(&table.input());
    let cut = found.variants.iter().find(|v| v.name == "ended 10 % earlier").expect("it is tried");
    assert_eq!(cut.figures, Err(EngineError::NoBars { instrument: "synth:W1".to_string() }));
    assert!(!found.keeps(cut));
}
