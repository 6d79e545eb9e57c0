//! The check finds an indicator that remembers longer than it says, and a strategy that counts from its first bar.

use wb_core::{BarColumns, ParamSet};
use wb_engine::checks::{Warmup, warmup};
use wb_engine::{EngineError, RunInput, run};
use wb_indicators::{Definition, Ema, Indicator, Obv, Sma};
use wb_kernel::prelude::*;
use wb_strategies::STRATEGIES;

use crate::table::TableRun;
use crate::workload;

const STARTS: usize = 4;

fn check(input: &RunInput<'_>) -> Result<Warmup, EngineError> {
    warmup(input, STARTS, &mut |input| run(input, &mut |_| {}), &mut |_, _| {})
}

/// An exponential average that says it forgets as soon as it is warm.
#[derive(Clone, PartialEq)]
struct Boastful(Ema);

impl Indicator for Boastful {
    type Input = f64;
    type Output = f64;
    fn update(&mut self, x: f64) -> f64 {
        self.0.update(x)
    }
    fn warmup(&self) -> usize {
        self.0.warmup()
    }
    fn definition(&self) -> Definition {
        Definition { name: "boastful", ..self.0.definition() }
    }
}

struct State {
    instrument: InstrumentId,
    average: Feature,
    /// Turns at every 50th bar counted from the first, instead of where the close crosses the average.
    counts: bool,
    seen: u32,
    long: bool,
}

impl Strategy for State {
    fn on_bar(&mut self, _: Series, bar: &Bar, ctx: &mut Context<'_>) {
        self.seen += 1;
        let above = bar.close > ctx.value(self.average);
        let long = if self.counts { self.seen / 50 % 2 == 1 } else { above };
        if long != self.long {
            self.long = long;
            ctx.target(self.instrument, Size::Units(if long { 1.0 } else { 0.0 }));
        }
    }
}

macro_rules! example {
    ($name:ident, $text:literal, $counts:literal, |$setup:ident, $bars:ident| $average:expr) => {
        #[derive(Params, Clone, Debug)]
        struct $name {}

        impl StrategyParams for $name {
            const NAME: &'static str = $text;
            const ABOUT: &'static str = "An example.";
            const ROLES: &'static [Role] = &[Role { name: "base", doc: "What is traded.", many: false }];

            fn build(&self, $setup: &mut Setup<'_>) -> Result<Box<dyn Strategy>, SetupError> {
                let instrument = $setup.instrument("base")?;
                let $bars = $setup.bars(instrument);
                let average = $average;
                Ok(Box::new(State { instrument, average, counts: $counts, seen: 0, long: false }))
            }
        }
    };
}

example!(Forgets, "forgets", false, |setup, bars| {
    let base = setup.instrument("base")?;
    let hour = setup.bars_every(base, Interval::Minutes(60))?;
    setup.feature(Input::volume(hour), Sma::new(3));
    setup.feature(Input::bar(bars), Obv::new());
    setup.feature(Input::close(bars), Ema::new(5))
});
example!(Boasts, "boasts", false, |setup, bars| setup.feature(Input::close(bars), Boastful(Ema::new(20))));
example!(Counts, "counts", true, |setup, bars| setup.feature(Input::close(bars), Sma::new(20)));

fn run_of<P: StrategyParams>(bars: &[BarColumns]) -> Result<Warmup, EngineError> {
    let entry = StrategyEntry::of::<P>();
    let mut spec = workload::spec(P::NAME);
    spec.params = ParamSet::new();
    let instruments = workload::instruments();
    check(&RunInput { entry: &entry, spec: &spec, instruments, bars, benchmark: None })
}

#[test]
fn features_that_forget_in_time_hold_on_longer_bars_too() {
    let found = run_of::<Forgets>(&[workload::bars(4_000)]).expect("it runs");
    let of = |name: &str| found.features.iter().find(|feature| feature.name == name).expect(name);
    let hourly = of("sma(volume@1h,3)");
    // Starts lie in the middle of an hour: the bar of that hour is not whole, and three more are needed.
    assert_eq!((hourly.memory, hourly.measured, hourly.holds), (Some(3), Some(4), true));
    let average = of("ema(close,5)");
    assert!(average.holds && average.warmup == 5);
    assert!(average.measured.is_some_and(|bars| bars > 30 && Some(bars) <= average.memory), "{average:?}");
    // A running total never agrees, and says so.
    let total = of("obv()");
    assert_eq!((total.memory, total.measured, total.holds), (None, None, true));
    assert!(found.holds(), "{found:?}");
    assert!(found.orders > 100 && found.starts.iter().all(|start| start.differing == 0));
}

#[test]
fn an_indicator_that_remembers_longer_than_it_says_is_caught() {
    let found = run_of::<Boasts>(&[workload::bars(4_000)]).expect("it runs");
    let [feature] = &found.features[..] else { panic!("one feature: {found:?}") };
    assert_eq!((feature.warmup, feature.memory), (20, Some(20)));
    // It fades by 19/21 a bar: to 1e-9 of the price in about 200.
    assert!(feature.measured.is_some_and(|bars| (100..=250).contains(&bars)), "{feature:?}");
    assert!(!feature.holds && !found.holds());
}

#[test]
fn a_strategy_that_counts_from_its_first_bar_does_not_settle() {
    let found = run_of::<Counts>(&[workload::bars(4_000)]).expect("it runs");
    assert!(found.features.iter().all(|feature| feature.holds));
    assert!(found.starts.iter().all(|start| !found.settles(start) && start.differing > 50), "{found:?}");
    assert!(!found.holds());
}

#[test]
fn too_few_bars_are_refused_with_the_number_needed() {
    // The last of four starts skips 4 * 20 + 6 bars, and twice 20 must follow.
    let error = run_of::<Counts>(&[workload::bars(126)]).expect_err("too few");
    assert_eq!(error.to_string(), "the check needs 127 bars, there are 126");
    let enough = run_of::<Counts>(&[workload::bars(127)]).expect("as many as are needed");
    assert_eq!((enough.step, enough.starts.len()), (20, 4));
}

#[test]
fn the_features_of_every_strategy_of_the_table_hold() {
    for entry in STRATEGIES {
        let table = TableRun::new(entry, 6_000);
        let found = check(&table.input()).expect("it runs");
        for feature in &found.features {
            assert!(feature.holds, "{}: {feature:?}", entry.name);
        }
        assert_eq!(found.starts.len(), STARTS);
        let expects = !matches!(entry.name, "momentum-rotation");
        let settled = found.starts.iter().all(|start| found.settles(start));
        assert_eq!(settled, expects, "{}: {:?}", entry.name, found.starts);
    }
}
