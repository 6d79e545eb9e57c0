//! Cash and positions: exact in ticks and lots, valued at the last marks.

use std::sync::Arc;

use wb_core::{Fill, Instrument, InstrumentId, Price, Qty, Side, SignedQty};

/// Cash and positions of one account. Equity is cash plus every position at its mark.
#[derive(Clone, PartialEq, Debug)]
pub struct Portfolio {
    instruments: Arc<[Instrument]>,
    /// Cash by currency. The settlement currency is the first; there is one only, and the list keeps the place of more.
    cash: Vec<(String, f64)>,
    positions: Vec<Position>,
    /// Instruments with a position, ascending: a universe of hundreds mostly holds few.
    held: Vec<InstrumentId>,
}

/// The position in one instrument.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Position {
    /// Lots held; negative for a short.
    pub qty: SignedQty,
    /// Ticks times lots received less paid since the start, exact: gross profit is this plus the position's value.
    pub flow: i128,
    /// Average price of what is held, 0 where nothing is.
    pub entry: f64,
    /// Units held times the multiplier: value is this times a price.
    exposure: f64,
    /// The last price seen; NaN before the first.
    mark: f64,
}

impl Position {
    /// The last price seen.
    pub fn mark(&self) -> Option<f64> {
        (!self.mark.is_nan()).then_some(self.mark)
    }

    /// Units held times the multiplier: the value at a price is this times the price.
    #[inline]
    pub fn exposure(&self) -> f64 {
        self.exposure
    }

    /// Value at the last price seen; negative for a short.
    #[inline]
    pub fn value(&self) -> f64 {
        if self.qty.is_flat() { 0.0 } else { self.exposure * self.mark }
    }
}

impl Portfolio {
    /// An account that holds `cash` and nothing else.
    pub fn new(instruments: Arc<[Instrument]>, cash: f64) -> Portfolio {
        let currency = instruments.first().map(|i| i.currency.clone()).unwrap_or_default();
        let empty = Position { mark: f64::NAN, ..Position::default() };
        let positions = vec![empty; instruments.len()];
        Portfolio { instruments, cash: vec![(currency, cash)], positions, held: Vec::new() }
    }

    /// The instruments, by id.
    pub fn instruments(&self) -> &Arc<[Instrument]> {
        &self.instruments
    }

    /// The position in an instrument.
    #[inline]
    pub fn position(&self, instrument: InstrumentId) -> &Position {
        &self.positions[instrument.index()]
    }

    /// Instruments with a position, ascending.
    pub fn held(&self) -> &[InstrumentId] {
        &self.held
    }

    /// Cash in the settlement currency; negative when borrowed.
    #[inline]
    pub fn cash(&self) -> f64 {
        self.cash[0].1
    }

    /// Cash and positions at their marks.
    #[inline]
    pub fn equity(&self) -> f64 {
        self.held.iter().fold(self.cash(), |sum, id| sum + self.positions[id.index()].value())
    }

    /// Value of all positions without their signs.
    #[inline]
    pub fn gross(&self) -> f64 {
        self.held.iter().fold(0.0, |sum, id| sum + self.positions[id.index()].value().abs())
    }

    /// Equity and the value of all positions without their signs: [`Portfolio::equity`] and [`Portfolio::gross`].
    #[inline]
    pub fn valuation(&self) -> (f64, f64) {
        self.held.iter().fold((self.cash(), 0.0), |(equity, gross), id| {
            let value = self.positions[id.index()].value();
            (equity + value, gross + value.abs())
        })
    }

    /// Sets the price at which a position is valued.
    #[inline]
    pub fn mark(&mut self, instrument: InstrumentId, price: f64) {
        self.positions[instrument.index()].mark = price;
    }

    /// Moves cash for a reason that is not a fill.
    pub fn add_cash(&mut self, amount: f64) {
        self.cash[0].1 += amount;
    }

    /// Books an execution.
    pub fn apply(&mut self, fill: &Fill) {
        let instrument = &self.instruments[fill.instrument.index()];
        self.apply_at(fill, instrument.qty_f64(fill.qty), instrument.price_f64(fill.price));
    }

    /// [`Portfolio::apply`] for those who know its units and its price as numbers.
    #[inline]
    pub fn apply_at(&mut self, fill: &Fill, units: f64, price: f64) {
        let instrument = &self.instruments[fill.instrument.index()];
        let sign = fill.side.sign();
        let notional = instrument.notional(units, price);
        self.cash[0].1 -= sign as f64 * notional;
        self.cash[0].1 -= fill.fee;

        let position = &mut self.positions[fill.instrument.index()];
        let before = position.qty;
        let after = before + SignedQty(sign * fill.qty.lots());
        position.entry = entry_after(position.entry, before, after, price);
        // Of two 64-bit numbers: it fits, and need not be checked.
        position.flow -= i128::from(fill.price.0).wrapping_mul(i128::from(sign * fill.qty.lots()));
        position.qty = after;
        position.exposure = match (before.is_flat(), after.is_flat()) {
            (_, true) => 0.0,
            (true, false) => sign as f64 * units * instrument.multiplier,
            (false, false) => instrument.signed_f64(after) * instrument.multiplier,
        };
        if position.mark.is_nan() {
            position.mark = price;
        }
        self.note_held(fill.instrument, !before.is_flat(), !after.is_flat());
    }

    /// Keeps the list of instruments with a position.
    #[inline]
    fn note_held(&mut self, instrument: InstrumentId, before: bool, after: bool) {
        if before == after {
            return;
        }
        match self.held.binary_search(&instrument) {
            Ok(at) if before => {
                self.held.remove(at);
            }
            Err(at) if after => self.held.insert(at, instrument),
            _ => {}
        }
    }

    /// Gross profit in an instrument valued at `price`, before fees: exact in ticks times lots.
    pub fn gross_profit(&self, instrument: InstrumentId, price: Price) -> i128 {
        let position = self.position(instrument);
        position.flow + i128::from(position.qty.0) * i128::from(price.0)
    }

    /// The part of an order of this side and size that would reduce the position.
    #[inline]
    pub fn reducing(&self, instrument: InstrumentId, side: Side, qty: Qty) -> Qty {
        let held = self.position(instrument).qty;
        let against = (held.0 > 0) == (side == Side::Sell);
        if held.is_flat() || !against { Qty::ZERO } else { qty.min(held.abs()) }
    }
}

/// Average entry price after a position went from `before` to `after` at `price`.
#[inline]
fn entry_after(entry: f64, before: SignedQty, after: SignedQty, price: f64) -> f64 {
    if after.is_flat() {
        return 0.0;
    }
    let same_way = (before.0 > 0) == (after.0 > 0) && !before.is_flat();
    if !same_way {
        return price;
    }
    let (old, new) = (before.abs().lots(), after.abs().lots());
    if new <= old {
        return entry;
    }
    (entry * old as f64 + price * (new - old) as f64) / new as f64
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "these amounts are exact in binary")]
    use super::*;
    use wb_core::{Calendar, Grid, InstrumentKind, OrderId, Rng, Ts};

    fn instruments() -> Arc<[Instrument]> {
        let one = |id: u32, tick: &str, lot: &str| Instrument {
            id: InstrumentId(id),
            symbol: format!("S{id}"),
            venue: "test".into(),
            kind: InstrumentKind::Spot,
            currency: "USD".into(),
            tick: Grid::parse(tick).expect("tick"),
            lot: Grid::parse(lot).expect("lot"),
            multiplier: 1.0,
            calendar: Calendar::always_open(),
        };
        Arc::new([one(0, "0.25", "1"), one(1, "0.01", "0.001")])
    }

    fn fill(instrument: u32, side: Side, price: i64, lots: i64, fee: f64) -> Fill {
        Fill {
            order: OrderId(1),
            instrument: InstrumentId(instrument),
            side,
            price: Price(price),
            qty: Qty::new(lots),
            fee,
            slippage: 0.0,
            maker: false,
            ts: Ts(0),
        }
    }

    #[test]
    fn a_long_a_flip_and_a_close_are_booked_as_by_hand() {
        let id = InstrumentId(0);
        let mut p = Portfolio::new(instruments(), 1000.0);
        p.apply(&fill(0, Side::Buy, 40, 10, 1.0)); // 10 at 10.00
        p.mark(id, 11.0);
        assert_eq!((p.cash(), p.equity(), p.gross()), (899.0, 1009.0, 110.0));
        p.apply(&fill(0, Side::Buy, 48, 10, 0.0)); // 10 more at 12.00
        assert_eq!(p.position(id).entry, 11.0);
        p.apply(&fill(0, Side::Sell, 48, 25, 0.0)); // flips to short 5 at 12.00
        assert_eq!((p.position(id).qty, p.position(id).entry), (SignedQty(-5), 12.0));
        assert_eq!(p.reducing(id, Side::Buy, Qty::new(9)), Qty::new(5));
        assert_eq!(p.reducing(id, Side::Sell, Qty::new(9)), Qty::ZERO);
        p.apply(&fill(0, Side::Buy, 44, 5, 0.0)); // closes at 11.00
        assert!(p.held().is_empty());
        assert_eq!(p.equity(), 1000.0 - 1.0 + 20.0 + 5.0);
    }

    #[test]
    fn cash_and_positions_are_start_plus_profit_exactly_on_the_integer_part() {
        for seed in 0..50 {
            let mut rng = Rng::new(seed);
            let all = instruments();
            let mut p = Portfolio::new(all.clone(), 1e6);
            let (mut flow, mut qty) = ([0_i128; 2], [0_i128; 2]);
            for _ in 0..200 {
                let which = rng.below(2) as usize;
                let side = if rng.below(2) == 0 { Side::Buy } else { Side::Sell };
                let (price, lots) = (1 + rng.below(100_000) as i64, 1 + rng.below(1000) as i64);
                p.apply(&fill(which as u32, side, price, lots, 0.0));
                qty[which] += i128::from(side.sign() * lots);
                flow[which] -= i128::from(side.sign() * lots) * i128::from(price);
            }
            for (which, flow) in flow.into_iter().enumerate() {
                let id = InstrumentId(which as u32);
                let mark = Price(777);
                assert_eq!(p.gross_profit(id, mark), flow + qty[which] * 777, "seed {seed}");
                assert_eq!(p.held().contains(&id), qty[which] != 0, "seed {seed}");
            }
        }
    }
}
