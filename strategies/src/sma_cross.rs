//! Trend following on two averages.

use wb_indicators::Sma;
use wb_kernel::prelude::*;

/// Long while the fast average of closes is above the slow one; otherwise flat, or short.
///
/// **Idea.** News is taken up slowly and people follow people, so a price that has risen goes on rising for a
/// while. The fast average above the slow one says that it has risen. This is a *state*, not a crossing: the
/// strategy takes its side at the first bar on which both averages exist.
///
/// **Works** in long one-way moves, and cuts the deepest falls of a long-only holder. Moving-average rules
/// carried information on the Dow Jones from 1897 to 1986 (Brock, Lakonishok, LeBaron, "Simple Technical Trading
/// Rules and the Stochastic Properties of Stock Returns", *Journal of Finance* 47, 1992).
///
/// **Fails** sideways: each false turn costs a round trip of fees, and short windows on short bars lose more in
/// fees than any trend pays. It is late by construction, about half the slow window at every turn. The pair of
/// windows that was best in the past is seldom the best afterwards (Sullivan, Timmermann, White, "Data-Snooping,
/// Technical Trading Rule Performance, and the Bootstrap", *Journal of Finance* 54, 1999).
///
/// The position is sized when the side changes and left alone in between: its share of equity drifts.
#[derive(Params, Clone, Debug)]
#[params(check = "fast < slow")]
pub struct SmaCross {
    /// Bars in the fast average.
    #[param(default = 10, range = 2..=50)]
    pub fast: u32,
    /// Bars in the slow average.
    #[param(default = 50, range = 10..=400, step = 5)]
    pub slow: u32,
    /// Share of equity held in each direction.
    #[param(default = 0.95, range = 0.05..=1.0, step = 0.05)]
    pub weight: f64,
    /// Whether to be short while the fast average is not above the slow one; flat otherwise.
    #[param(default = false)]
    pub short: bool,
}

impl StrategyParams for SmaCross {
    const NAME: &'static str = "sma-cross";
    const ABOUT: &'static str = "Long while a fast average is above a slow one; otherwise flat, or short.";
    const ROLES: &'static [Role] = &[Role { name: "base", doc: "What is traded.", many: false }];

    fn build(&self, setup: &mut Setup<'_>) -> Result<Box<dyn Strategy>, SetupError> {
        let instrument = setup.instrument("base")?;
        let bars = setup.bars(instrument);
        let fast = setup.feature(Input::close(bars), Sma::new(self.fast));
        let slow = setup.feature(Input::close(bars), Sma::new(self.slow));
        let above = self.weight;
        let below = if self.short { -self.weight } else { 0.0 };
        let side = Stateless(move |[fast, slow]: [f64; 2]| if fast > slow { above } else { below });
        Ok(setup.signal(instrument, bars, [fast, slow], side))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rig::check;

    /// Nine closes at 100: one fewer than the slow average needs.
    fn after_nine(rest: &[f64]) -> Vec<f64> {
        [&[100.0; 9], rest].concat()
    }

    fn params(short: bool) -> SmaCross {
        SmaCross { fast: 2, slow: 10, weight: 0.95, short }
    }

    #[test]
    fn it_is_long_from_the_first_bar_on_which_fast_is_above_slow_and_flat_otherwise() {
        // At 101 the averages are 100.5 and 100.1; at 90 they are 95.5 and 99.1.
        let closes = after_nine(&[101.0, 102.0, 90.0, 89.0]);
        check(&params(false), &closes, &[(9, "buy 94.05 A"), (11, "sell 94.05 A")]);
    }

    #[test]
    fn averages_that_are_equal_are_not_above() {
        check(&params(false), &after_nine(&[100.0, 100.0]), &[]);
        check(&params(true), &after_nine(&[100.0, 100.0]), &[(9, "sell 95 A")]);
    }

    #[test]
    fn the_short_side_turns_round_in_one_order() {
        // Short 95 at 100, then 110: equity is 9,050, the long is 0.95 * 9,050 / 110 = 78.15 units.
        let closes = after_nine(&[100.0, 110.0, 120.0]);
        check(&params(true), &closes, &[(9, "sell 95 A"), (10, "buy 173.15 A")]);
    }
}
