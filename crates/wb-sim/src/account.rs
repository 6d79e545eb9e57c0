//! The account at the venue: margin, borrow cost, liquidation.

use std::sync::Arc;

use wb_core::{CancelReason, Fill, Instrument, InstrumentId, OrderEvent, OrderId, Qty, Side, Span, Ts};
use wb_kernel::Portfolio;

use crate::config::{FeeModel, SimConfig};
use crate::venue::SimVenue;

/// Cash and positions, and the rules under which they may be held.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) portfolio: Portfolio,
    leverage: f64,
    maintenance_margin: f64,
    borrow_bps: f64,
    /// Positions below zero.
    shorts: usize,
    /// The last midnight at which shorts were charged; absent while there is no market yet.
    charged: Option<Ts>,
}

impl Account {
    pub(crate) fn new(instruments: Arc<[Instrument]>, config: &SimConfig) -> Account {
        Account {
            portfolio: Portfolio::new(instruments, config.cash),
            leverage: config.leverage,
            maintenance_margin: config.maintenance_margin,
            borrow_bps: config.borrow_bps,
            shorts: 0,
            charged: None,
        }
    }

    pub(crate) fn apply(&mut self, fill: &Fill) {
        let is_short = |p: &Portfolio| p.position(fill.instrument).qty.0 < 0;
        self.shorts -= usize::from(is_short(&self.portfolio));
        self.portfolio.apply(fill);
        self.shorts += usize::from(is_short(&self.portfolio));
    }

    /// Whether a price alone can force a position out: only where money or shares are borrowed.
    #[inline]
    pub(crate) fn needs_watching(&self) -> bool {
        self.shorts > 0 || (self.leverage > 1.0 && !self.portfolio.held().is_empty())
    }

    pub(crate) fn is_underwater(&self) -> bool {
        let gross = self.portfolio.gross();
        gross > 0.0 && self.portfolio.equity() < self.maintenance_margin * gross
    }

    /// Whether a midnight (UTC) has passed since shorts were last charged.
    #[inline]
    pub(crate) fn borrow_is_due(&mut self, now: Ts) -> bool {
        if self.borrow_bps <= 0.0 {
            return false;
        }
        let midnight = now - now.time_of_day();
        let last = *self.charged.get_or_insert(midnight);
        last < midnight
    }

    /// The lots of a fill of `qty` at `price` that the account can carry: all that reduces the position, and as
    /// much of the rest as leverage allows after fees.
    pub(crate) fn affordable(
        &self,
        instrument: &Instrument,
        side: Side,
        qty: Qty,
        price: f64,
        fees: &FeeModel,
        first: bool,
    ) -> Qty {
        let reducing = self.portfolio.reducing(instrument.id, side, qty);
        if reducing == qty {
            return qty;
        }
        let position = self.portfolio.position(instrument.id);
        let lot = instrument.lot.step();
        let unit = price * instrument.multiplier;
        // Everything at the price of this fill, after the reducing part.
        let held_units = instrument.signed_f64(position.qty);
        let equity = self.portfolio.equity() - position.value() + held_units * unit - fees.fixed(first);
        let others = self.portfolio.gross() - position.value().abs();
        let same_way = if reducing.is_zero() { held_units.abs() } else { 0.0 };
        let used = others + same_way * unit;
        let per_lot = lot
            * (unit * (1.0 + self.leverage * fees.taker_bps.max(0.0) / 1e4) + self.leverage * fees.per_unit);
        let room = self.leverage
            * (equity - fees.taker_bps.max(0.0) / 1e4 * instrument.qty_f64(reducing) * unit)
            - used;
        let lots = (room / per_lot).max(0.0).min(i64::MAX as f64 / 2.0).floor() as i64;
        qty.min(reducing + Qty::new(lots))
    }
}

impl SimVenue {
    /// Charges a day's borrow cost on every short position at its mark.
    #[cold]
    pub(crate) fn charge_borrow(&mut self, now: Ts) {
        let midnight = now - now.time_of_day();
        let last = self.account.charged.replace(midnight).unwrap_or(midnight);
        let days = (midnight - last).0 / Span::DAY.0;
        let shorts: Vec<(InstrumentId, f64)> = self
            .account
            .portfolio
            .held()
            .iter()
            .map(|id| (*id, self.account.portfolio.position(*id).value()))
            .filter(|(_, value)| *value < 0.0)
            .collect();
        for (instrument, value) in shorts {
            let amount = value * self.account.borrow_bps / 1e4 * days as f64 / 365.0;
            self.account.portfolio.add_cash(amount);
            self.say_cash(now, instrument, amount);
        }
    }

    /// Cancels every order and closes every position at the last price, slippage and fees included.
    #[cold]
    pub(crate) fn liquidate(&mut self, now: Ts) {
        let working: Vec<OrderId> = self.orders.iter().map(|(id, _)| id).collect();
        for id in working {
            // Ending one may have ended others.
            if self.orders.contains(id) {
                self.cancel(now, id, CancelReason::Liquidation);
            }
        }
        for instrument in self.account.portfolio.held().to_vec() {
            let held = self.account.portfolio.position(instrument).qty;
            let side = if held.0 > 0 { Side::Sell } else { Side::Buy };
            let market = self.markets[instrument.index()];
            let spec = self.instrument(instrument);
            let (price, slippage) =
                self.config.slippage.price(spec, side, market.last, held.abs(), market.volume);
            let units = spec.qty_f64(held.abs());
            let notional = spec.notional(units, spec.price_f64(price));
            let fee = self.config.fees.fee(notional, units, false, true);
            let order = OrderId::LIQUIDATION;
            let fill = Fill {
                order,
                instrument,
                side,
                price,
                qty: held.abs(),
                fee,
                slippage,
                maker: false,
                ts: now,
            };
            self.account.apply(&fill);
            self.say(now, OrderEvent::Filled(fill));
        }
    }
}
