//! What a fill costs: slippage and fees.

use wb_core::{Instrument, Price, Qty, Round, Side};

use crate::config::{FeeModel, SlippageModel};

impl SlippageModel {
    /// The price of a fill that takes liquidity, and what that is worse by in the settlement currency.
    ///
    /// `reference` is the market's price, `volume` the units that the bar traded.
    pub(crate) fn price(
        &self,
        instrument: &Instrument,
        side: Side,
        reference: f64,
        qty: Qty,
        volume: f64,
    ) -> (Price, f64) {
        let units = instrument.qty_f64(qty);
        let mut bps = self.bps;
        if self.impact_bps > 0.0 && volume > 0.0 {
            bps += self.impact_bps * (units / volume).sqrt();
        }
        let taken = self.at(instrument, side, reference, bps);
        (taken.price, taken.slippage(instrument, units))
    }

    /// The price of a fill of any size that takes liquidity; absent where it depends on the size.
    pub fn price_of_any(&self, instrument: &Instrument, side: Side, reference: f64) -> Option<TakerPrice> {
        (self.impact_bps <= 0.0).then(|| self.at(instrument, side, reference, self.bps))
    }

    fn at(&self, instrument: &Instrument, side: Side, reference: f64, bps: f64) -> TakerPrice {
        let sign = side.sign() as f64;
        let worse = reference + sign * (reference * bps / 1e4 + self.half_spread);
        let price = Price(instrument.price(worse, side, Round::Aggressive).0.max(1));
        let level = instrument.price_f64(price);
        TakerPrice { price, level, reference, paid: sign * (level - reference) }
    }
}

/// The price of a fill that takes liquidity.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct TakerPrice {
    pub(crate) price: Price,
    /// The price as a number.
    pub(crate) level: f64,
    /// The market's price.
    pub(crate) reference: f64,
    /// By how much the price is worse.
    paid: f64,
}

impl TakerPrice {
    /// What so many units are worse by in the settlement currency.
    #[inline]
    pub(crate) fn slippage(&self, instrument: &Instrument, units: f64) -> f64 {
        instrument.notional(units, self.paid).max(0.0)
    }
}

impl FeeModel {
    /// The fee of one fill. `first` tells whether it is the first of its order.
    #[inline]
    pub(crate) fn fee(&self, notional: f64, units: f64, maker: bool, first: bool) -> f64 {
        let bps = self.bps(maker);
        let fee = notional * bps / 1e4 + units * self.per_unit;
        if first { (fee + self.per_order).max(self.minimum) } else { fee }
    }

    /// The share of the notional that a fill can cost.
    #[inline]
    pub(crate) fn rate(&self, maker: bool) -> f64 {
        self.bps(maker).max(0.0) / 1e4
    }

    fn bps(&self, maker: bool) -> f64 {
        if maker { self.maker_bps } else { self.taker_bps }
    }

    /// The most that a fill of one order can cost besides what grows with its size.
    #[inline]
    pub(crate) fn fixed(&self, first: bool) -> f64 {
        if first { self.per_order.max(self.minimum) } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wb_core::{Calendar, Grid, InstrumentId, InstrumentKind};

    fn instrument() -> Instrument {
        Instrument {
            id: InstrumentId(0),
            symbol: "X".into(),
            venue: "test".into(),
            kind: InstrumentKind::Spot,
            currency: "USD".into(),
            tick: Grid::decimal(2),
            lot: Grid::decimal(0),
            multiplier: 1.0,
            calendar: Calendar::always_open(),
        }
    }

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9
    }

    #[test]
    fn slippage_adds_its_parts_and_rounds_away_from_us() {
        let check = |model: SlippageModel, side, qty, ticks: i64, cost: f64| {
            let (price, paid) = model.price(&instrument(), side, 100.0, Qty::new(qty), 10_000.0);
            assert_eq!(price, Price(ticks), "{model:?} {side:?}");
            assert!(near(paid, cost), "{model:?} {side:?}: {paid}");
        };
        let none = SlippageModel::default();
        check(none, Side::Buy, 10, 10_000, 0.0);
        check(SlippageModel { bps: 5.0, ..none }, Side::Buy, 10, 10_005, 0.5);
        check(SlippageModel { bps: 5.0, ..none }, Side::Sell, 10, 9_995, 0.5);
        // 0.1 basis points are a tenth of a tick: a whole tick is paid.
        check(SlippageModel { bps: 0.1, ..none }, Side::Buy, 10, 10_001, 0.1);
        check(SlippageModel { half_spread: 0.02, ..none }, Side::Sell, 10, 9_998, 0.2);
        // 100 of 10,000 units: a tenth of the cost of trading them all.
        check(SlippageModel { impact_bps: 50.0, ..none }, Side::Buy, 100, 10_005, 5.0);
    }

    #[test]
    fn fees_add_their_parts_and_the_minimum_is_per_order() {
        let fees =
            FeeModel { taker_bps: 10.0, maker_bps: -1.0, per_unit: 0.01, per_order: 0.5, minimum: 2.0 };
        assert!(near(fees.fee(10_000.0, 100.0, false, true), 10.0 + 1.0 + 0.5));
        assert!(near(fees.fee(10_000.0, 100.0, true, false), -1.0 + 1.0));
        assert!(near(fees.fee(100.0, 1.0, false, true), 2.0));
        assert!(near(fees.fee(100.0, 1.0, false, false), 0.11));
    }
}
