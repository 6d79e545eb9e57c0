//! Buy once and keep: what every other strategy has to beat.

use wb_kernel::prelude::*;

/// Buys one instrument at the first bar and never trades again.
///
/// **Idea.** Holding a risky asset pays a premium for bearing its risk, and costs one fee.
///
/// **Works** where the asset rises over the years held. After costs the average active holder of an asset earns
/// less than the passive one (Sharpe, "The Arithmetic of Active Management", *Financial Analysts Journal* 47,
/// 1991): that makes it the yardstick.
///
/// **Fails** in every fall: the whole drawdown of the asset is the strategy's. On one instrument it also bears
/// the risk that this one never recovers.
#[derive(Params, Clone, Debug)]
pub struct BuyAndHold {
    /// Share of equity bought; below 1 leaves room for fees and for a higher open than the close it was sized at.
    #[param(default = 0.95, range = 0.05..=1.0, step = 0.05)]
    pub weight: f64,
}

impl StrategyParams for BuyAndHold {
    const NAME: &'static str = "buy-and-hold";
    const ABOUT: &'static str = "Buys at the first bar and keeps: the yardstick.";
    const ROLES: &'static [Role] = &[Role { name: "base", doc: "What is bought.", many: false }];

    fn build(&self, setup: &mut Setup<'_>) -> Result<Box<dyn Strategy>, SetupError> {
        let instrument = setup.instrument("base")?;
        setup.bars(instrument);
        Ok(Box::new(State { instrument, weight: self.weight, order: None }))
    }
}

struct State {
    instrument: InstrumentId,
    weight: f64,
    order: Option<OrderId>,
}

impl Strategy for State {
    fn on_bar(&mut self, _: Series, _: &Bar, ctx: &mut Context<'_>) {
        if self.order.is_none() {
            self.order = ctx.target_percent(self.instrument, self.weight);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rig::check;

    #[test]
    fn it_buys_at_the_first_bar_and_never_again() {
        check(&BuyAndHold { weight: 0.95 }, &[100.0, 110.0, 90.0, 200.0], &[(0, "buy 95 A")]);
        check(&BuyAndHold { weight: 0.5 }, &[30.0, 31.0], &[(0, "buy 166.66 A")]);
    }
}
