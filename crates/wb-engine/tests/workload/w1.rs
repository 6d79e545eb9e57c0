//! Workload W1: one unit traded on two averages; and an order at every bar.

use wb_core::ParamSet;
use wb_indicators::Sma;
use wb_kernel::prelude::*;

/// One unit long while the average of 10 closes is above that of 30; flat or short one unit below.
pub(crate) const TABLE: [StrategyEntry; 3] =
    [StrategyEntry::of::<LongFlat>(), StrategyEntry::of::<LongShort>(), StrategyEntry::of::<EveryBar>()];

struct State {
    instrument: InstrumentId,
    fast: Feature,
    slow: Feature,
    below: f64,
    begun: bool,
    above: Option<bool>,
}

fn build(below: f64, setup: &mut Setup<'_>) -> Result<Box<dyn Strategy>, SetupError> {
    let instrument = setup.instrument("base")?;
    let bars = setup.bars(instrument);
    let fast = setup.feature(Input::close(bars), Sma::new(10));
    let slow = setup.feature(Input::close(bars), Sma::new(30));
    Ok(Box::new(State { instrument, fast, slow, below, begun: false, above: None }))
}

impl Strategy for State {
    fn on_bar(&mut self, _: Series, _: &Bar, ctx: &mut Context<'_>) {
        let above = ctx.value(self.fast) > ctx.value(self.slow);
        // The workload begins one bar after both averages exist.
        if !std::mem::replace(&mut self.begun, true) {
            return;
        }
        if self.above.replace(above) != Some(above) {
            ctx.target(self.instrument, Size::Units(if above { 1.0 } else { self.below }));
        }
    }
}

/// Turns one unit long into one unit short and back at every bar: an order a bar.
struct Turning {
    instrument: InstrumentId,
    long: bool,
}

fn build_turning(setup: &mut Setup<'_>) -> Result<Box<dyn Strategy>, SetupError> {
    let instrument = setup.instrument("base")?;
    setup.bars(instrument);
    Ok(Box::new(Turning { instrument, long: false }))
}

impl Strategy for Turning {
    fn on_bar(&mut self, _: Series, _: &Bar, ctx: &mut Context<'_>) {
        self.long = !self.long;
        ctx.target(self.instrument, Size::Units(if self.long { 1.0 } else { -1.0 }));
    }
}

macro_rules! workload {
    ($name:ident, $text:literal, $build:expr) => {
        struct $name;
        impl Params for $name {
            fn specs() -> Vec<wb_core::ParamSpec> {
                Vec::new()
            }
            fn from_set(_: &ParamSet) -> Result<Self, wb_core::ParamError> {
                Ok($name)
            }
            fn to_set(&self) -> ParamSet {
                ParamSet::new()
            }
        }
        impl StrategyParams for $name {
            const NAME: &'static str = $text;
            const ABOUT: &'static str = "Workload W1.";
            const ROLES: &'static [Role] = &[Role { name: "base", doc: "The market.", many: false }];
            fn build(&self, setup: &mut Setup<'_>) -> Result<Box<dyn Strategy>, SetupError> {
                $build(setup)
            }
        }
    };
}

workload!(LongFlat, "w1-long-flat", |setup| build(0.0, setup));
workload!(LongShort, "w1-long-short", |setup| build(-1.0, setup));
workload!(EveryBar, "an-order-a-bar", build_turning);
