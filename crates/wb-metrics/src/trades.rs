//! Round trips in figures: how often they win, how much, and for how long they are held.

use crate::moments::{Moments, ROUNDING};
use crate::outcome::RoundTrip;

/// What the figures of round trips are computed from.
///
/// A trade is a round trip of [`RoundTripBuilder`](crate::RoundTripBuilder): one exit that closes what three orders opened
/// is three trades. It wins with a profit above zero after fees and loses with one below.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct TradeStats {
    count: usize,
    /// Of profits after fees.
    profits: Moments,
    /// Of returns on the entry's notional.
    returns: Moments,
    /// Sum of the profits of trades that won.
    won: f64,
    /// Sum of the losses of trades that lost, without the sign.
    lost: f64,
    wins: u32,
    losses: u32,
    seconds: f64,
    /// Highest return of a trade.
    pub(crate) best: Option<f64>,
    /// Lowest return of a trade.
    pub(crate) worst: Option<f64>,
    /// Trades that won, and lost, in a row up to now.
    winning: u32,
    losing: u32,
    win_streak: u32,
    loss_streak: u32,
}

impl TradeStats {
    pub(crate) fn of(trips: &[RoundTrip]) -> TradeStats {
        let mut stats = TradeStats::default();
        trips.iter().for_each(|trip| stats.push(trip));
        stats
    }

    /// Takes the next round trip, in the order of exit.
    pub(crate) fn push(&mut self, trip: &RoundTrip) {
        self.count += 1;
        self.profits.push(trip.pnl);
        self.returns.push(trip.ret);
        self.seconds += (trip.exit_ts - trip.entry_ts).as_seconds_f64();
        self.best = Some(self.best.map_or(trip.ret, |best| best.max(trip.ret)));
        self.worst = Some(self.worst.map_or(trip.ret, |worst| worst.min(trip.ret)));
        if trip.pnl > 0.0 {
            self.won += trip.pnl;
            self.wins += 1;
        } else if trip.pnl < 0.0 {
            self.lost -= trip.pnl;
            self.losses += 1;
        }
        self.winning = if trip.pnl > 0.0 { self.winning + 1 } else { 0 };
        self.losing = if trip.pnl < 0.0 { self.losing + 1 } else { 0 };
        self.win_streak = self.win_streak.max(self.winning);
        self.loss_streak = self.loss_streak.max(self.losing);
    }

    /// Takes so many round trips of which nothing but their number is known.
    pub(crate) fn add_count(&mut self, trips: usize) {
        self.count += trips;
    }

    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Trades that won ÷ all trades.
    pub(crate) fn win_rate(&self) -> Option<f64> {
        (self.count() > 0).then(|| f64::from(self.wins) / self.count() as f64)
    }

    /// Profits of trades that won ÷ losses of those that lost. quantstats divides sums of daily returns instead. Absent
    /// without a loss.
    pub(crate) fn profit_factor(&self) -> Option<f64> {
        (self.lost > 0.0).then(|| self.won / self.lost)
    }

    /// Mean profit of a trade.
    pub(crate) fn expectancy(&self) -> Option<f64> {
        self.profits.mean()
    }

    /// Mean return of a trade on its entry's notional.
    pub(crate) fn average_return(&self) -> Option<f64> {
        self.returns.mean()
    }

    /// Mean profit of the trades that won ÷ mean loss of those that lost. Absent without one of either.
    pub(crate) fn payoff_ratio(&self) -> Option<f64> {
        (self.wins > 0 && self.losses > 0)
            .then(|| self.won / f64::from(self.wins) / (self.lost / f64::from(self.losses)))
    }

    /// System quality number: √n × mean ÷ standard deviation (n - 1) of the trades' profits; V. K. Tharp, "Definitive
    /// guide to position sizing" (2008), with profit in place of the multiple of risk, which market orders do not
    /// state. As backtesting.py. Absent below two trades and where all profits are equal.
    pub(crate) fn sqn(&self) -> Option<f64> {
        let (mean, deviation) = (self.profits.mean()?, self.profits.deviation()?);
        (deviation > ROUNDING * mean.abs()).then(|| (self.count() as f64).sqrt() * mean / deviation)
    }

    /// The share of capital that would have grown fastest: win rate - (1 - win rate) ÷ payoff ratio; J. L. Kelly
    /// (1956). As backtesting.py; quantstats takes days in place of trades. Negative where betting the other way would
    /// have paid.
    pub(crate) fn kelly(&self) -> Option<f64> {
        let win_rate = self.win_rate()?;
        Some(win_rate - (1.0 - win_rate) / self.payoff_ratio()?)
    }

    /// Mean time from entry to exit, in seconds.
    pub(crate) fn average_holding(&self) -> Option<f64> {
        (self.count() > 0).then(|| self.seconds / self.count() as f64)
    }

    /// Most trades in a row, in the order of exit, that won. A trade without profit or loss ends a row.
    pub(crate) fn win_streak(&self) -> Option<f64> {
        (self.count() > 0).then(|| f64::from(self.win_streak))
    }

    /// Most trades in a row, in the order of exit, that lost. A trade without profit or loss ends a row.
    pub(crate) fn loss_streak(&self) -> Option<f64> {
        (self.count() > 0).then(|| f64::from(self.loss_streak))
    }
}

#[cfg(test)]
mod tests {
    use wb_core::{InstrumentId, Qty, Side, Ts};

    use super::*;
    use crate::outcome::ExitReason;

    /// Trades of one unit entered at 100 with these profits, held for 60 s each.
    fn stats(profits: &[f64]) -> TradeStats {
        let trip = |pnl: &f64| RoundTrip {
            instrument: InstrumentId(0),
            side: Side::Buy,
            qty: Qty::new(1),
            entry_ts: Ts::from_seconds(0),
            exit_ts: Ts::from_seconds(60),
            entry_price: 100.0,
            exit_price: 100.0 + pnl,
            pnl: *pnl,
            ret: pnl / 100.0,
            fees: 0.0,
            slippage: 0.0,
            mae: 0.0,
            mfe: 0.0,
            bars_held: 1,
            exit_reason: ExitReason::Signal,
        };
        TradeStats::of(&profits.iter().map(trip).collect::<Vec<_>>())
    }

    fn check(got: Option<f64>, want: f64) {
        let got = got.expect("a value");
        assert!((got - want).abs() < 1e-12, "{got} for {want}");
    }

    #[test]
    fn figures_of_six_trades_are_those_of_a_hand_calculation() {
        let s = stats(&[10.0, 20.0, -5.0, 0.0, -15.0, 2.0]);
        check(s.win_rate(), 0.5);
        check(s.profit_factor(), 1.6);
        check(s.expectancy(), 2.0);
        check(s.average_return(), 0.02);
        // Mean win 32 / 3, mean loss 10.
        check(s.payoff_ratio(), 32.0 / 30.0);
        check(s.kelly(), 0.5 - 0.5 / (32.0 / 30.0));
        // Squared deviations from 2: 64 + 324 + 49 + 4 + 289 + 0 = 730.
        check(s.sqn(), 6.0_f64.sqrt() * 2.0 / (730.0_f64 / 5.0).sqrt());
        check(s.average_holding(), 60.0);
        check(s.best, 0.2);
        check(s.worst, -0.15);
        check(s.win_streak(), 2.0);
        check(s.loss_streak(), 1.0);
    }

    #[test]
    fn without_a_trade_every_figure_is_absent() {
        let s = stats(&[]);
        let figures =
            [s.win_rate(), s.profit_factor(), s.expectancy(), s.average_return(), s.payoff_ratio(), s.sqn()];
        assert_eq!(figures, [None; 6]);
        let figures = [s.kelly(), s.average_holding(), s.best, s.worst, s.win_streak(), s.loss_streak()];
        assert_eq!(figures, [None; 6]);
    }

    #[test]
    fn trades_that_only_lose_have_no_payoff() {
        let s = stats(&[-1.0, -2.0, -1.0]);
        check(s.win_rate(), 0.0);
        check(s.profit_factor(), 0.0);
        check(s.loss_streak(), 3.0);
        check(s.win_streak(), 0.0);
        assert_eq!((s.payoff_ratio(), s.kelly()), (None, None));
    }

    #[test]
    fn equal_profits_have_no_quality_number() {
        assert_eq!(stats(&[0.1; 7]).sqn(), None);
        assert_eq!(stats(&[0.1]).sqn(), None);
    }
}
