//! Breakouts of a channel, with a stop at a multiple of the average true range.

use wb_indicators::{Atr, Donchian};
use wb_kernel::prelude::*;

use crate::bracket::Bracket;

/// Buys a close above the highest high of the last bars, sized so that the stop costs a fixed share of equity.
///
/// **Idea.** A price that nobody has paid for weeks is news. Large moves begin with such a price, so buying all
/// of them buys every large move, at the cost of many false ones that the stop keeps small.
///
/// **Works** where a few long trends pay for many small losses: a portfolio of futures over decades. Donchian's
/// four-week rule is the origin; the rules with a stop of two average true ranges, a shorter channel for the way
/// out and sizing by volatility are those of the "turtles" (Faith, *Way of the Turtle*, 2007). Trend returns
/// over a century: Hurst, Ooi, Pedersen, "A Century of Evidence on Trend-Following Investing", *Journal of
/// Portfolio Management* 44, 2017.
///
/// **Fails** in ranges, where it buys tops and sells bottoms; a third of the trades winning is a good year, and
/// the losing streaks are long. On one instrument the result hangs on a handful of trades. A gap through the stop
/// costs more than the share meant to be at risk.
///
/// A long ends at the stop, which rests at the venue, or when a close is below the lowest low of the exit
/// channel. Both channels end at the bar before: a bar is compared with what was known before it.
#[derive(Params, Clone, Debug)]
#[params(check = "exit <= entry")]
pub struct DonchianBreakout {
    /// Bars of the channel whose break opens a position.
    #[param(default = 20, range = 5..=200, step = 5)]
    pub entry: u32,
    /// Bars of the channel whose break on the other side closes it.
    #[param(default = 10, range = 2..=100)]
    pub exit: u32,
    /// Bars of the average true range.
    #[param(default = 20, range = 2..=100)]
    pub atr_period: u32,
    /// Distance of the stop from the deciding close, in average true ranges.
    #[param(default = 2.0, range = 0.5..=10.0, step = 0.5)]
    pub stop_atr: f64,
    /// Whether the stop stays where it was put or follows the best price.
    #[param(default = StopKind::Fixed)]
    pub stop: StopKind,
    /// Share of equity lost if the stop fills at its price.
    #[param(default = 0.02, range = 0.001..=0.2)]
    pub risk: f64,
    /// Largest share of equity held, however near the stop.
    #[param(default = 0.95, range = 0.05..=1.0, step = 0.05)]
    pub max_weight: f64,
    /// Whether to sell short breaks of the lower side as well.
    #[param(default = false)]
    pub short: bool,
}

/// What a stop does while the position is held.
#[derive(Choice, Clone, Copy, PartialEq, Eq, Debug)]
pub enum StopKind {
    /// It stays where it was put.
    Fixed,
    /// It follows the best price at its first distance.
    Trailing,
}

impl StrategyParams for DonchianBreakout {
    const NAME: &'static str = "donchian-breakout";
    const ABOUT: &'static str =
        "Buys breaks of a channel; stop by the average true range, fixed or trailing.";
    const ROLES: &'static [Role] = &[Role { name: "base", doc: "What is traded.", many: false }];

    fn build(&self, setup: &mut Setup<'_>) -> Result<Box<dyn Strategy>, SetupError> {
        let instrument = setup.instrument("base")?;
        let bars = setup.bars(instrument);
        Ok(Box::new(State {
            bracket: Bracket::new(instrument),
            entry_channel: setup.features(Input::bar(bars), Donchian::new(self.entry)),
            exit_channel: setup.features(Input::bar(bars), Donchian::new(self.exit)),
            atr: setup.feature(Input::bar(bars), Atr::new(self.atr_period)),
            params: self.clone(),
        }))
    }
}

struct State {
    bracket: Bracket,
    entry_channel: [Feature; 3],
    exit_channel: [Feature; 3],
    atr: Feature,
    params: DonchianBreakout,
}

impl State {
    fn open(&mut self, direction: f64, close: f64, ctx: &mut Context<'_>) {
        let distance = self.params.stop_atr * ctx.value(self.atr);
        if !self.bracket.has_room(distance, ctx) {
            return;
        }
        let weight = (self.params.risk * close / distance).min(self.params.max_weight);
        let exits = match self.params.stop {
            StopKind::Fixed => Exits { stop_loss: Some(close - direction * distance), ..Exits::default() },
            StopKind::Trailing => Exits { trailing: Some(distance), ..Exits::default() },
        };
        self.bracket.enter(Size::Equity(direction * weight), exits, ctx);
    }
}

impl Strategy for State {
    fn on_bar(&mut self, _: Series, bar: &Bar, ctx: &mut Context<'_>) {
        let Some(held) = self.bracket.held(ctx) else { return };
        let [entry_high, _, entry_low] = self.entry_channel.map(|edge| ctx.value(edge));
        let [exit_high, _, exit_low] = self.exit_channel.map(|edge| ctx.value(edge));
        let leaves = (held > 0 && bar.close < exit_low) || (held < 0 && bar.close > exit_high);
        if leaves {
            self.bracket.leave(ctx);
        } else if held == 0 && bar.close > entry_high {
            self.open(1.0, bar.close, ctx);
        } else if held == 0 && self.params.short && bar.close < entry_low {
            self.open(-1.0, bar.close, ctx);
        }
    }

    fn on_order(&mut self, event: &OrderEvent, ctx: &mut Context<'_>) {
        self.bracket.on_order(event, ctx);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rig::check;

    fn params() -> DonchianBreakout {
        DonchianBreakout {
            entry: 5,
            exit: 2,
            atr_period: 2,
            stop_atr: 2.0,
            stop: StopKind::Fixed,
            risk: 0.02,
            max_weight: 0.95,
            short: false,
        }
    }

    /// Five bars between 100 and 101, then a break: ranges 1 and 3, so the stop is 2 * 2 away.
    const UP: [f64; 9] = [100.0, 101.0, 100.0, 101.0, 100.0, 103.0, 104.0, 106.0, 103.0];

    #[test]
    fn a_break_is_bought_so_that_the_stop_costs_the_risk_and_left_at_the_exit_channel() {
        // 50 units lose 200, 2 % of equity, at the stop. 103 is below 104, the low of the two bars before.
        check(&params(), &UP, &[(5, "buy 50 A"), (5, "sell 50 A stop 99"), (8, "sell 50 A")]);
    }

    #[test]
    fn a_trailing_stop_begins_at_the_same_distance() {
        let params = DonchianBreakout { stop: StopKind::Trailing, ..params() };
        check(&params, &UP[..7], &[(5, "buy 50 A"), (5, "sell 50 A trailing 4")]);
    }

    #[test]
    fn the_position_is_capped_where_the_stop_is_near() {
        let params = DonchianBreakout { risk: 0.2, ..params() };
        check(&params, &UP[..6], &[(5, "buy 92.23 A"), (5, "sell 92.23 A stop 99")]);
    }

    #[test]
    fn a_close_at_the_edge_is_no_break() {
        check(&params(), &[100.0, 101.0, 100.0, 101.0, 100.0, 101.0, 101.0], &[]);
    }

    #[test]
    fn breaks_of_the_lower_side_are_sold_only_if_asked_for() {
        let down = UP.map(|close| 200.0 - close);
        check(&params(), &down, &[]);
        let params = DonchianBreakout { short: true, ..params() };
        check(&params, &down, &[(5, "sell 50 A"), (5, "buy 50 A stop 101"), (8, "buy 50 A")]);
    }
}
