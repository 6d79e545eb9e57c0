//! Relative value: two instruments that used to move together.

use wb_indicators::{Indicator, ZScore};
use wb_kernel::prelude::*;

/// Sells the dearer and buys the cheaper of two instruments when their ratio is far from its average.
///
/// **Idea.** Two close substitutes are worth about a constant ratio. When one is bid up against the other without
/// news, the ratio comes back, whatever the market as a whole does. The spread here is the ratio of closes, and
/// distance is its z-score over a window; the legs are of equal value, so that a move of both cancels.
///
/// **Works** for true substitutes: two share classes, two funds on one index, a coin at two venues. In US stocks
/// the rule with an entry at two standard deviations earned about 11 % a year before 2002 (Gatev, Goetzmann,
/// Rouwenhorst, "Pairs Trading: Performance of a Relative-Value Arbitrage Rule", *Review of Financial Studies*
/// 19, 2006), and much less since (Do, Faff, "Does Simple Pairs Trading Still Work?", *Financial Analysts
/// Journal* 66, 2010).
///
/// **Fails** when the tie breaks: a merger, a default, a listing. The ratio then never comes back, and a z-score
/// over a moving window hides it by moving the average: the stop bounds that loss. Two legs cost two fees and the
/// borrowing of one. Two series that look tied over the past often are so by chance: test for cointegration
/// before believing it.
///
/// After a stop the strategy waits until the ratio is back at its average. If one leg is refused or cut short, the other
/// is closed. Bars that only one of the two has are passed over.
#[derive(Params, Clone, Debug)]
#[params(check = "exit_z < entry_z")]
#[params(check = "entry_z < stop_z")]
pub struct Pairs {
    /// Common bars of the z-score.
    #[param(default = 60, range = 10..=1000, step = 10)]
    pub window: u32,
    /// Distance from the average at which to open, in standard deviations.
    #[param(default = 2.0, range = 0.5..=5.0, step = 0.25)]
    pub entry_z: f64,
    /// Distance within which to close.
    #[param(default = 0.5, range = 0.0..=2.0, step = 0.25)]
    pub exit_z: f64,
    /// Distance at which to give up.
    #[param(default = 4.0, range = 1.0..=10.0, step = 0.5)]
    pub stop_z: f64,
    /// Share of equity held in each leg.
    #[param(default = 0.45, range = 0.05..=1.0, step = 0.05)]
    pub weight: f64,
}

impl StrategyParams for Pairs {
    const NAME: &'static str = "pairs";
    const ABOUT: &'static str = "Trades the ratio of two instruments back to its average, market-neutral.";
    const ROLES: &'static [Role] = &[
        Role { name: "base", doc: "The instrument above the line of the ratio.", many: false },
        Role { name: "hedge", doc: "The instrument below the line of the ratio.", many: false },
    ];

    fn build(&self, setup: &mut Setup<'_>) -> Result<Box<dyn Strategy>, SetupError> {
        let legs = [setup.instrument("base")?, setup.instrument("hedge")?];
        Ok(Box::new(State {
            legs,
            bars: legs.map(|leg| setup.bars(leg)),
            z_score: ZScore::new(self.window),
            seen: 0,
            last: None,
            params: self.clone(),
            stance: Stance::Out,
            orders: [None; 2],
        }))
    }
}

/// What is held of the spread.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Stance {
    /// Nothing.
    Out,
    /// The base is held and the hedge sold.
    Long,
    /// The hedge is held and the base sold.
    Short,
    /// Nothing, until the spread is back at its average.
    Barred,
}

struct State {
    /// Base and hedge.
    legs: [InstrumentId; 2],
    bars: [Series; 2],
    /// Of the spread, which is not a series that the kernel knows.
    z_score: ZScore,
    /// Common bars so far.
    seen: usize,
    /// When the last common bar closed.
    last: Option<Ts>,
    params: Pairs,
    stance: Stance,
    /// The orders that opened the legs.
    orders: [Option<OrderId>; 2],
}

impl State {
    /// The ratio of closes, if both have a bar that closed at one and the same new instant.
    fn spread(&mut self, ctx: &Context<'_>) -> Option<f64> {
        let [Some((ts, base)), Some((hedge_ts, hedge))] = self.bars.map(|series| ctx.last_bar(series)) else {
            return None;
        };
        if ts != hedge_ts || self.last == Some(ts) {
            return None;
        }
        self.last = Some(ts);
        (hedge.close > 0.0).then(|| base.close / hedge.close)
    }

    /// What to hold at this distance from the average.
    fn next(&self, z: f64) -> Stance {
        let Pairs { entry_z, exit_z, stop_z, .. } = self.params;
        match self.stance {
            Stance::Out if z.abs() >= stop_z => Stance::Barred,
            Stance::Out if z >= entry_z => Stance::Short,
            Stance::Out if z <= -entry_z => Stance::Long,
            Stance::Long if z <= -stop_z => Stance::Barred,
            Stance::Short if z >= stop_z => Stance::Barred,
            Stance::Long if z >= -exit_z => Stance::Out,
            Stance::Short if z <= exit_z => Stance::Out,
            Stance::Barred if z.abs() <= exit_z => Stance::Out,
            same => same,
        }
    }

    fn hold(&mut self, stance: Stance, ctx: &mut Context<'_>) {
        self.stance = stance;
        let weight = match stance {
            Stance::Out | Stance::Barred => 0.0,
            Stance::Long => self.params.weight,
            Stance::Short => -self.params.weight,
        };
        let [base, hedge] = self.legs;
        self.orders = [ctx.target_percent(base, weight), ctx.target_percent(hedge, -weight)];
    }
}

impl Strategy for State {
    fn on_bars_closed(&mut self, ctx: &mut Context<'_>) {
        let Some(spread) = self.spread(ctx) else { return };
        let z = self.z_score.update(spread);
        self.seen += 1;
        if self.seen < self.z_score.warmup() {
            return;
        }
        let stance = self.next(z);
        if stance != self.stance {
            self.hold(stance, ctx);
        }
    }

    fn on_order(&mut self, event: &OrderEvent, ctx: &mut Context<'_>) {
        let (OrderEvent::Rejected(id, _) | OrderEvent::Cancelled(id, _)) = event else { return };
        let opening = matches!(self.stance, Stance::Long | Stance::Short);
        if opening && self.orders.contains(&Some(*id)) {
            self.hold(Stance::Barred, ctx);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rig::Rig;

    fn params() -> Pairs {
        Pairs { window: 10, entry_z: 2.0, exit_z: 0.5, stop_z: 2.98, weight: 0.45 }
    }

    /// Nine closes at which the base is at 100 or 101 and the hedge at 100.
    fn rig() -> Rig {
        let mut rig = Rig::new(&params(), 2);
        for n in 0..9 {
            assert!(rig.close(&[100.0 + f64::from(n % 2), 100.0]).is_empty(), "not warm");
        }
        rig
    }

    #[test]
    fn the_dear_leg_is_sold_and_the_cheap_one_bought_until_the_ratio_is_back() {
        // The ratio 1.1 is 2.96 deviations above the average of 1.014.
        let mut rig = rig();
        assert_eq!(rig.close(&[110.0, 100.0]), ["sell 40.9 A", "buy 45 B"]);
        assert!(rig.close(&[109.0, 100.0]).is_empty(), "still far");
        assert_eq!(rig.close(&[101.0, 100.0]), ["buy 40.9 A", "sell 45 B"]);
    }

    #[test]
    fn the_cheap_base_is_bought() {
        assert_eq!(rig().close(&[90.0, 100.0]), ["buy 50 A", "sell 45 B"]);
    }

    #[test]
    fn beyond_the_stop_nothing_is_opened_until_the_ratio_has_been_back() {
        // A single outlier among ten values is at most three deviations away.
        let mut rig = rig();
        assert!(rig.close(&[300.0, 100.0]).is_empty());
        assert!(rig.close(&[250.0, 100.0]).is_empty(), "two deviations, but barred");
        assert!(rig.close(&[100.0, 100.0]).is_empty(), "back");
    }

    #[test]
    fn a_bar_that_only_one_leg_has_is_passed_over() {
        let mut rig = rig();
        assert!(rig.bars(&[(0, [110.0; 4])]).is_empty());
        assert!(rig.bars(&[(1, [100.0; 4])]).is_empty());
        assert_eq!(rig.close(&[110.0, 100.0]), ["sell 40.9 A", "buy 45 B"]);
    }

    #[test]
    fn when_one_leg_is_refused_the_other_is_closed() {
        let mut rig = rig();
        let both = [(0, [110.0; 4]), (1, [100.0; 4])];
        assert_eq!(rig.bars(&both), ["sell 40.9 A", "buy 45 B"]);
        assert_eq!(rig.reject(OrderId(2)), ["buy 40.9 A"]);
        assert!(rig.close(&[110.0, 100.0]).is_empty(), "barred");
    }
}
