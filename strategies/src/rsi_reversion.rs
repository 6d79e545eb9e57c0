//! Mean reversion after a fast move, with stop and target at the venue.

use wb_indicators::{Atr, Rsi};
use wb_kernel::prelude::*;

use crate::bracket::Bracket;

/// Buys when the relative strength index falls below a level, and leaves at a stop or a target.
///
/// **Idea.** Whoever must sell at once pays for it: a fast fall overshoots, and part of it comes back to those
/// who took the other side. The index measures how one-sided the last moves were.
///
/// **Works** in ranges, and in rising markets for the long side. Short-term reversals have been found in stocks
/// over days to weeks (Lehmann, "Fads, Martingales, and Market Efficiency", *Quarterly Journal of Economics* 105,
/// 1990), and read as the price of liquidity (Nagel, "Evaporating Liquidity", *Review of Financial Studies* 25,
/// 2012). The index and the average true range are Wilder's (*New Concepts in Technical Trading Systems*, 1978).
///
/// **Fails** in a trend against it: the index stays low while the price falls on, and every trade ends at the
/// stop. Many small wins and few large losses make a short test look better than the strategy is. On short bars
/// the target must be several times the cost of a round trip, or the costs are all there is.
///
/// One trade per visit to the zone: the index has to leave it before the next. Stop and target are one-cancels-
/// other orders at multiples of the average true range from the close that decided, so that an open further away
/// changes the odds of the trade. They are the only ways out.
#[derive(Params, Clone, Debug)]
pub struct RsiReversion {
    /// Bars of the relative strength index.
    #[param(default = 14, range = 2..=50)]
    pub period: u32,
    /// The index below which to buy; the short side sells above 100 minus this.
    #[param(default = 30.0, range = 5.0..=45.0, step = 5.0)]
    pub oversold: f64,
    /// Bars of the average true range.
    #[param(default = 14, range = 2..=100)]
    pub atr_period: u32,
    /// Distance of the stop from the deciding close, in average true ranges.
    #[param(default = 2.0, range = 0.5..=10.0, step = 0.5)]
    pub stop_atr: f64,
    /// Distance of the target from the deciding close, in average true ranges.
    #[param(default = 2.0, range = 0.5..=10.0, step = 0.5)]
    pub target_atr: f64,
    /// Share of equity held in a trade.
    #[param(default = 0.95, range = 0.05..=1.0, step = 0.05)]
    pub weight: f64,
    /// Whether to sell short into fast rises as well.
    #[param(default = false)]
    pub short: bool,
}

impl StrategyParams for RsiReversion {
    const NAME: &'static str = "rsi-reversion";
    const ABOUT: &'static str =
        "Buys fast falls by the relative strength index; stop and target at the venue.";
    const ROLES: &'static [Role] = &[Role { name: "base", doc: "What is traded.", many: false }];

    fn build(&self, setup: &mut Setup<'_>) -> Result<Box<dyn Strategy>, SetupError> {
        let instrument = setup.instrument("base")?;
        let bars = setup.bars(instrument);
        Ok(Box::new(State {
            bracket: Bracket::new(instrument),
            rsi: setup.feature(Input::close(bars), Rsi::new(self.period)),
            atr: setup.feature(Input::bar(bars), Atr::new(self.atr_period)),
            params: self.clone(),
            zone: Zone::Middle,
        }))
    }
}

/// Where the index is.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Zone {
    Low,
    Middle,
    High,
}

struct State {
    bracket: Bracket,
    rsi: Feature,
    atr: Feature,
    params: RsiReversion,
    /// Where the index was after the last bar.
    zone: Zone,
}

impl State {
    fn zone(&self, rsi: f64) -> Zone {
        if rsi < self.params.oversold {
            Zone::Low
        } else if rsi > 100.0 - self.params.oversold {
            Zone::High
        } else {
            Zone::Middle
        }
    }
}

impl Strategy for State {
    fn on_bar(&mut self, _: Series, bar: &Bar, ctx: &mut Context<'_>) {
        let zone = self.zone(ctx.value(self.rsi));
        if std::mem::replace(&mut self.zone, zone) == zone {
            return;
        }
        let direction = match zone {
            Zone::Low => 1.0,
            Zone::High if self.params.short => -1.0,
            _ => return,
        };
        let stop = self.params.stop_atr * ctx.value(self.atr);
        let target = self.params.target_atr * ctx.value(self.atr);
        if self.bracket.held(ctx) != Some(0) || !self.bracket.has_room(stop.min(target), ctx) {
            return;
        }
        let exits = Exits {
            stop_loss: Some(bar.close - direction * stop),
            take_profit: Some(bar.close + direction * target),
            trailing: None,
        };
        self.bracket.enter(Size::Equity(direction * self.params.weight), exits, ctx);
    }

    fn on_order(&mut self, event: &OrderEvent, ctx: &mut Context<'_>) {
        self.bracket.on_order(event, ctx);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rig::{Rig, check};

    fn params(short: bool) -> RsiReversion {
        RsiReversion {
            period: 2,
            oversold: 30.0,
            atr_period: 2,
            stop_atr: 2.0,
            target_atr: 2.0,
            weight: 0.95,
            short,
        }
    }

    #[test]
    fn it_buys_a_fast_fall_with_stop_and_target_two_ranges_away() {
        // Index 50, then 100 * 0.25 / (0.25 + 1.25) = 16.7; ranges 1, 1, 2, their average (1 + 2) / 2 = 1.5.
        check(
            &params(false),
            &[100.0, 101.0, 100.0, 98.0, 97.0],
            &[(3, "buy 96.93 A"), (3, "sell 96.93 A stop 95"), (3, "sell 96.93 A limit 101")],
        );
    }

    #[test]
    fn the_short_side_is_the_mirror_image() {
        let closes = [100.0, 99.0, 100.0, 102.0, 103.0];
        check(&params(false), &closes, &[]);
        check(
            &params(true),
            &closes,
            &[(3, "sell 93.13 A"), (3, "buy 93.13 A stop 105"), (3, "buy 93.13 A limit 99")],
        );
    }

    #[test]
    fn it_trades_once_per_visit_to_the_zone() {
        let mut rig = Rig::new(&params(false), 1);
        let entered = |rig: &mut Rig, closes: &[f64]| -> Vec<bool> {
            closes.iter().map(|close| !rig.close(&[*close]).is_empty()).collect()
        };
        assert_eq!(entered(&mut rig, &[100.0, 101.0, 100.0, 98.0]), [false, false, false, true]);
        assert!(rig.fill(OrderId(2), 96.93, 95.0).is_empty(), "stopped out");
        // The index stays in the zone to 95, leaves it with the rise to 105 and is back with the second 95.
        let rest = [97.0, 95.0, 105.0, 104.0, 100.0, 95.0];
        assert_eq!(entered(&mut rig, &rest), [false, false, false, false, false, true]);
    }

    #[test]
    fn a_market_that_does_not_move_is_left_alone() {
        check(&params(true), &[100.0; 50], &[]);
    }
}
