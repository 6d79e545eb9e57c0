//! Long while the fast average is above the slow one.

use wb_indicators::Sma;
use wb_kernel::prelude::*;

/// Bars in the averages.
#[derive(Params, Clone, Debug)]
#[params(check = "fast < slow")]
pub struct Cross {
    /// Bars in the fast average.
    #[param(default = 10, range = 2..=50)]
    pub fast: u32,
    /// Bars in the slow average.
    #[param(default = 50, range = 10..=400, step = 5)]
    pub slow: u32,
}

struct State {
    instrument: InstrumentId,
    fast: Feature,
    slow: Feature,
}

impl StrategyParams for Cross {
    const NAME: &'static str = "cross";
    const ABOUT: &'static str = "Long while the fast average is above the slow one.";
    const ROLES: &'static [Role] = &[Role { name: "base", doc: "What is traded.", many: false }];

    fn build(&self, setup: &mut Setup<'_>) -> Result<Box<dyn Strategy>, SetupError> {
        let instrument = setup.instrument("base")?;
        let bars = setup.bars(instrument);
        let fast = setup.feature(Input::close(bars), Sma::new(self.fast));
        let slow = setup.feature(Input::close(bars), Sma::new(self.slow));
        Ok(Box::new(State { instrument, fast, slow }))
    }
}

impl Strategy for State {
    fn on_bar(&mut self, _: Series, _: &Bar, ctx: &mut Context<'_>) {
        let long = ctx.value(self.fast) > ctx.value(self.slow);
        ctx.target_percent(self.instrument, if long { 0.95 } else { 0.0 });
    }
}
