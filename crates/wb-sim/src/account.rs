//! The account at the venue: margin, borrow cost, liquidation.

use std::sync::Arc;

use wb_core::{CancelReason, Fill, Instrument, InstrumentId, OrderEvent, OrderId, Qty, Side, Span, Ts};
use wb_kernel::Portfolio;

use crate::book::Working;
use crate::config::{FeeModel, SimConfig};
use crate::match_bar::Pass;
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
        let spec = &self.portfolio.instruments()[fill.instrument.index()];
        let (units, price) = (spec.qty_f64(fill.qty), spec.price_f64(fill.price));
        self.apply_at(fill, units, price);
    }

    /// [`Account::apply`] of a fill whose units and price as numbers are known.
    #[inline]
    pub(crate) fn apply_at(&mut self, fill: &Fill, units: f64, price: f64) {
        let is_short = |p: &Portfolio| p.position(fill.instrument).qty.0 < 0;
        self.shorts -= usize::from(is_short(&self.portfolio));
        self.portfolio.apply_at(fill, units, price);
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

    /// Whether a midnight (UTC) for which shorts have not been charged has passed by `until`.
    #[inline]
    pub(crate) fn borrow_is_due(&mut self, until: Ts) -> bool {
        if self.borrow_bps <= 0.0 {
            return false;
        }
        let midnight = until - until.time_of_day();
        let last = *self.charged.get_or_insert(midnight);
        last < midnight
    }

    /// The lots of a fill that the account can carry: all that reduces the position, and as much of the rest as
    /// leverage allows after fees and slippage, everything in this instrument at the market's price.
    #[inline]
    pub(crate) fn affordable(&self, fill: &Purchase<'_>, release: Release) -> Qty {
        let instrument = fill.instrument;
        let reducing = self.portfolio.reducing(instrument.id, fill.side, fill.qty);
        if reducing == fill.qty {
            return fill.qty;
        }
        let position = self.portfolio.position(instrument.id);
        let unit = fill.market * instrument.multiplier;
        let held = instrument.signed_f64(position.qty) * unit;
        let cost = (fill.price - fill.market).abs() * instrument.multiplier
            + fill.price * instrument.multiplier * fill.fees.rate(fill.maker)
            + fill.fees.per_unit.max(0.0);
        let paid = fill.fees.fixed(fill.first) + instrument.qty_f64(reducing) * cost + release.cost;
        let equity = self.portfolio.equity() - position.value() + held - paid;
        let others = self.portfolio.gross() - position.value().abs() - release.value;
        let same_way = if reducing.is_zero() { held.abs() } else { 0.0 };
        let room = self.leverage * equity - others - same_way;
        let per_lot = instrument.lot.step() * (unit + self.leverage * cost);
        let lots = (room / per_lot).max(0.0).min(i64::MAX as f64 / 2.0) as i64;
        fill.qty.min(reducing + Qty::new(lots))
    }
}

/// A fill before it is known how much of it the account can carry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Purchase<'a> {
    pub(crate) instrument: &'a Instrument,
    pub(crate) side: Side,
    pub(crate) qty: Qty,
    /// The market's price.
    pub(crate) market: f64,
    /// The price of the fill, slippage included.
    pub(crate) price: f64,
    pub(crate) fees: &'a FeeModel,
    pub(crate) maker: bool,
    /// Whether it is the first of its order.
    pub(crate) first: bool,
}

/// What orders that are about to fill will free.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(crate) struct Release {
    /// Value of the positions that they close.
    value: f64,
    /// Their fees and slippage.
    cost: f64,
}

impl SimVenue {
    /// What market orders that arrived no later than `arrived` will free in the instruments whose bar is still to come
    /// at this close. Those are taken to be the ones that closed together with this instrument last time. Nothing
    /// where participation is limited: then nobody knows how much they will trade.
    #[cold]
    pub(crate) fn release_at_open(&self, pass: Pass<'_>, arrived: Ts) -> Release {
        let mut release = Release::default();
        if self.config.max_participation.is_some() {
            return release;
        }
        let last_close = self.markets[pass.instrument.index()].closed;
        for id in self.account.portfolio.held() {
            let market = &self.markets[id.index()];
            if *id == pass.instrument || market.closed != last_close {
                continue;
            }
            let position = self.account.portfolio.position(*id);
            let side = if position.qty.0 > 0 { Side::Sell } else { Side::Buy };
            let closing = |order: &&Working| {
                order.request.side == side && order.arrived <= arrived && order.active_from <= pass.open_ts
            };
            let queue = self.books[id.index()].queue.iter().map(|id| self.order(*id));
            let (mut lots, mut fixed) = (Qty::ZERO, 0.0);
            for order in queue.filter(closing) {
                lots += order.remaining();
                fixed += self.config.fees.fixed(order.filled.is_zero());
            }
            let lots = lots.min(position.qty.abs());
            let spec = self.instrument(*id);
            let units = spec.qty_f64(lots);
            let value = spec.notional(units, market.last);
            let (_, slippage) = self.config.slippage.price(spec, side, market.last, lots, market.volume);
            release.value += value;
            release.cost += self.config.fees.fee(value, units, false, false).max(0.0) + fixed + slippage;
        }
        release
    }

    /// Charges every short position, at its mark, a day's borrow cost for each midnight up to `until`. `now` is when
    /// the venue says so.
    #[cold]
    pub(crate) fn charge_borrow(&mut self, until: Ts, now: Ts) {
        let midnight = until - until.time_of_day();
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
            self.cancel_if_working(now, id, CancelReason::Liquidation);
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
