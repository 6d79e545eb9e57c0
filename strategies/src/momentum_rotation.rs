//! Cross-sectional momentum: hold the strongest of many.

use wb_indicators::Roc;
use wb_kernel::prelude::*;

/// Holds the few instruments of a universe that rose most, and looks again every so many bars.
///
/// **Idea.** What has outperformed its peers over the last months goes on doing so for some months more, because
/// news is taken up slowly. Ranking against each other takes the market's own direction out of the choice;
/// holding only what has risen at all keeps it out of the cellar.
///
/// **Works** across many instruments that differ: US stocks over 3 to 12 months (Jegadeesh, Titman, "Returns to
/// Buying Winners and Selling Losers", *Journal of Finance* 48, 1993), and countries, currencies and commodities
/// (Asness, Moskowitz, Pedersen, "Value and Momentum Everywhere", *Journal of Finance* 68, 2013). The filter on
/// the instrument's own return is "dual momentum" (Antonacci, *Dual Momentum Investing*, 2014).
///
/// **Fails** at the turn of a market, when the losers rebound hardest and the winners are sold: momentum crashes
/// (Daniel, Moskowitz, *Journal of Financial Economics* 122, 2016). Turnover is high. A universe picked today
/// from what still exists has the answer in it: survivorship makes this strategy look better than any other.
///
/// An instrument that lists later takes part once it has a full look-back of bars of its own; one that has had no
/// bar since the last rotation is not held. All holdings get equal weight at each rotation and drift in between.
/// Sales are sent before purchases and pay for them at the same open. What the account could not carry even so,
/// because a sale took longer or brought less, is sent once more when all orders of the rotation are done.
#[derive(Params, Clone, Debug)]
pub struct MomentumRotation {
    /// Bars over which the rise is measured.
    #[param(default = 90, range = 5..=500, step = 5)]
    pub lookback: u32,
    /// Most instruments held at a time.
    #[param(default = 3, range = 1..=50)]
    pub hold: u32,
    /// Closes from one rotation to the next.
    #[param(default = 20, range = 1..=250)]
    pub every: u32,
    /// Share of equity held when all places are taken; an empty place stays in cash.
    #[param(default = 0.95, range = 0.05..=1.0, step = 0.05)]
    pub weight: f64,
}

impl StrategyParams for MomentumRotation {
    const NAME: &'static str = "momentum-rotation";
    const ABOUT: &'static str =
        "Holds the instruments of a universe that rose most; looks again every N bars.";
    const ROLES: &'static [Role] =
        &[Role { name: "universe", doc: "The instruments to choose from.", many: true }];

    fn build(&self, setup: &mut Setup<'_>) -> Result<Box<dyn Strategy>, SetupError> {
        let mut members = Vec::new();
        for instrument in setup.instruments("universe")? {
            let bars = setup.bars(instrument);
            let momentum = setup.late_feature(Input::close(bars), Roc::new(self.lookback));
            members.push(Member { instrument, bars, momentum });
        }
        Ok(Box::new(State {
            ranking: Vec::with_capacity(members.len()),
            members,
            params: self.clone(),
            closes_left: 0,
            rotated: Ts::MIN,
            sent: Vec::new(),
            cut: Vec::new(),
        }))
    }
}

/// One instrument of the universe.
struct Member {
    instrument: InstrumentId,
    bars: Series,
    momentum: LateFeature,
}

struct State {
    members: Vec<Member>,
    /// (momentum, index of the member), strongest first: those that may be held.
    ranking: Vec<(f64, usize)>,
    params: MomentumRotation,
    /// Closes until the next rotation.
    closes_left: u32,
    /// The newest bar at the last rotation.
    rotated: Ts,
    /// The orders of the last rotation, with the share that each aims at.
    sent: Vec<(OrderId, InstrumentId, f64)>,
    /// What of it the account could not carry.
    cut: Vec<(InstrumentId, f64)>,
}

impl State {
    /// Ranks the members that are warm and have traded since the last rotation. Gives whether there is any.
    fn rank(&mut self, ctx: &Context<'_>) -> bool {
        let mut newest = self.rotated;
        self.ranking.clear();
        for (index, member) in self.members.iter().enumerate() {
            if let Some((closed, _)) = ctx.last_bar(member.bars)
                && closed > self.rotated
                && let Some(momentum) = ctx.late(member.momentum)
            {
                self.ranking.push((momentum, index));
                newest = newest.max(closed);
            }
        }
        self.rotated = newest;
        // Equal ones stay in the order of the universe: the sort is stable.
        self.ranking.sort_by(|a, b| b.0.total_cmp(&a.0));
        !self.ranking.is_empty()
    }

    fn rotate(&mut self, ctx: &mut Context<'_>) {
        let places = self.params.hold as usize;
        let rising = self.ranking.iter().take(places).filter(|(rise, _)| *rise > 0.0);
        let chosen: Vec<usize> = rising.map(|(_, index)| *index).collect();
        let share = |index| if chosen.contains(&index) { self.params.weight / places as f64 } else { 0.0 };
        let members = self.members.iter().enumerate();
        let mut targets: Vec<(InstrumentId, f64)> = members.map(|(i, m)| (m.instrument, share(i))).collect();
        // Sales first, so that they pay for the purchases.
        targets.sort_by_key(|(instrument, share)| held_share(*instrument, ctx) < *share);
        self.sent.clear();
        self.cut.clear();
        for (instrument, share) in targets {
            let order = ctx.target_percent(instrument, share);
            self.sent.extend(order.map(|id| (id, instrument, share)));
        }
    }

    /// Sends once more what was cut, when nothing of the rotation is on its way.
    fn complete(&mut self, ctx: &mut Context<'_>) {
        if self.cut.is_empty() || self.sent.iter().any(|(order, ..)| ctx.is_open(*order)) {
            return;
        }
        self.sent.clear();
        for (instrument, share) in std::mem::take(&mut self.cut) {
            ctx.target_percent(instrument, share);
        }
    }
}

/// What is held of an instrument as a share of equity.
fn held_share(instrument: InstrumentId, ctx: &Context<'_>) -> f64 {
    let price = ctx.mark(instrument).unwrap_or(0.0);
    ctx.instrument(instrument).notional(ctx.units(instrument), price) / ctx.equity()
}

impl Strategy for State {
    fn on_bars_closed(&mut self, ctx: &mut Context<'_>) {
        self.closes_left = self.closes_left.saturating_sub(1);
        if self.closes_left == 0 && self.rank(ctx) {
            self.rotate(ctx);
            self.closes_left = self.params.every;
        } else {
            self.complete(ctx);
        }
    }

    fn on_order(&mut self, event: &OrderEvent, _: &mut Context<'_>) {
        if let OrderEvent::Cancelled(id, CancelReason::Margin) = event {
            let cut = self.sent.iter().filter(|(order, ..)| order == id);
            self.cut.extend(cut.map(|(_, instrument, share)| (*instrument, *share)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rig::Rig;

    fn rig(hold: u32, instruments: u32) -> Rig {
        Rig::new(&MomentumRotation { lookback: 5, hold, every: 2, weight: 0.95 }, instruments)
    }

    #[test]
    fn the_strongest_is_held_and_replaced_only_at_a_rotation() {
        let mut rig = rig(1, 2);
        for n in 0..5 {
            assert!(rig.close(&[100.0, 100.0 + f64::from(n)]).is_empty(), "a rise over five bars needs six");
        }
        assert_eq!(rig.close(&[101.0, 110.0]), ["buy 86.36 B"]);
        assert!(rig.close(&[150.0, 110.0]).is_empty(), "the other is stronger, but it is not time");
        assert_eq!(rig.close(&[150.0, 110.0]), ["sell 86.36 B", "buy 63.33 A"], "the sale comes first");
    }

    #[test]
    fn what_has_not_risen_is_not_held() {
        let mut rig = rig(2, 2);
        let closes = (0..8).map(|n| rig.close(&[100.0, 100.0 - f64::from(n)]).len());
        assert_eq!(closes.sum::<usize>(), 0);
    }

    #[test]
    fn one_that_lists_later_joins_when_it_is_warm() {
        let mut rig = rig(1, 2);
        for n in 0..6 {
            rig.bars(&[(0, [100.0 + f64::from(n); 4])]);
        }
        assert!(rig.fill(OrderId(1), 90.47, 105.0).is_empty(), "the one there is has been bought");
        let late = |n: u32| rig.close(&[106.0, 50.0 + 10.0 * f64::from(n)]);
        let decisions: Vec<Vec<String>> = (0..8).map(late).collect();
        let found: Vec<usize> = (0..8).filter(|n| decisions[*n].iter().any(|d| d.ends_with(" B"))).collect();
        assert_eq!(found.first(), Some(&5), "{decisions:?}");
    }

    #[test]
    fn one_that_no_longer_trades_is_not_held() {
        let mut rig = rig(1, 2);
        for n in 0..6 {
            rig.close(&[100.0 + f64::from(n), 100.0 + 2.0 * f64::from(n)]);
        }
        let mut alone = |close: f64| rig.bars(&[(0, [close; 4])]);
        assert!(alone(106.0).is_empty());
        assert_eq!(alone(107.0)[0], "sell 86.36 B", "no bar since the last rotation");
    }

    #[test]
    fn a_missing_bar_at_the_rotation_is_no_reason_to_sell() {
        let mut rig = rig(1, 2);
        for n in 0..6 {
            rig.close(&[100.0 + f64::from(n), 100.0 + 2.0 * f64::from(n)]);
        }
        assert!(rig.close(&[106.0, 112.0]).is_empty());
        assert!(rig.bars(&[(0, [107.0; 4])]).iter().all(|d| !d.ends_with(" A")), "B is still the strongest");
    }

    #[test]
    fn reductions_of_what_is_kept_come_before_purchases() {
        let mut rig = rig(2, 2);
        for n in 0..5 {
            rig.close(&[100.0, 100.0 + f64::from(n)]);
        }
        assert_eq!(rig.close(&[100.0, 105.0]), ["buy 45.23 B"], "one place stays in cash");
        rig.close(&[100.0, 200.0]);
        let decisions = rig.close(&[300.0, 200.0]);
        assert!(decisions[0].starts_with("sell") && decisions[0].ends_with(" B"), "{decisions:?}");
        assert!(decisions[1].starts_with("buy") && decisions[1].ends_with(" A"), "{decisions:?}");
    }

    /// A rig that held B and has just sold all of it (order 2) to buy A (3).
    fn rotating() -> Rig {
        let mut rig = Rig::new(&MomentumRotation { lookback: 5, hold: 1, every: 5, weight: 0.95 }, 2);
        for n in 0..6 {
            rig.close(&[100.0, 100.0 + f64::from(n)]);
        }
        for _ in 0..4 {
            assert!(rig.close(&[200.0, 100.0]).is_empty());
        }
        assert_eq!(rig.bars(&[(0, [200.0; 4]), (1, [100.0; 4])]), ["sell 90.47 B", "buy 45.35 A"]);
        rig
    }

    #[test]
    fn what_the_account_cut_is_sent_once_more_when_all_is_done() {
        let mut rig = rotating();
        let close = |rig: &mut Rig| rig.bars(&[(0, [200.0; 4]), (1, [100.0; 4])]);
        rig.fill(OrderId(2), 40.0, 100.0);
        assert!(rig.cancel(OrderId(3), CancelReason::Margin).is_empty());
        assert!(close(&mut rig).is_empty(), "half of the sale is still to come");
        rig.fill(OrderId(2), 50.47, 100.0);
        assert_eq!(close(&mut rig), ["buy 45.35 A"]);
        assert!(rig.cancel(OrderId(4), CancelReason::Margin).is_empty());
        assert!(close(&mut rig).is_empty(), "once");
    }

    #[test]
    fn what_was_cancelled_on_purpose_is_not_sent_again() {
        let mut rig = rotating();
        rig.fill(OrderId(2), 90.47, 100.0);
        assert!(rig.cancel(OrderId(3), CancelReason::Requested).is_empty());
        assert!(rig.bars(&[(0, [200.0; 4]), (1, [100.0; 4])]).is_empty());
    }
}
