//! Fills against bars, worst case first. The rules stand in the crate's documentation.

use wb_core::{
    Bar, CancelReason, Fill, InstrumentId, OrderEvent, OrderId, OrderRequest, OrderType, Price, Qty, Side,
    TimeInForce, Ts,
};

use crate::account::{Purchase, Release};
use crate::book::{Place, Reach, Working, trail};
use crate::venue::SimVenue;

/// One bar while it is being matched.
#[derive(Clone, Copy)]
pub(crate) struct Pass<'a> {
    pub(crate) bar: &'a Bar,
    pub(crate) instrument: InstrumentId,
    /// When the bar began and ended.
    pub(crate) open_ts: Ts,
    pub(crate) close_ts: Ts,
    /// Whether the open is past.
    pub(crate) inside: bool,
}

/// What a fill is made of, besides its order.
#[derive(Clone, Copy)]
pub(crate) struct Terms {
    /// The market's price, before slippage.
    pub(crate) reference: f64,
    /// Whether we take liquidity.
    pub(crate) taker: bool,
    /// When the venue says it happened.
    pub(crate) ts: Ts,
}

impl SimVenue {
    /// Fills what a bar fills, in one instrument.
    pub(crate) fn match_bar(&mut self, instrument: InstrumentId, bar: &Bar, open_ts: Ts, close_ts: Ts) {
        let at_open = Pass { bar, instrument, open_ts, close_ts, inside: false };
        let has_cancels = !self.cancels.is_empty();
        if has_cancels {
            self.carry_out_cancels(instrument, open_ts, close_ts);
        }
        self.fill_queue(at_open);
        self.try_immediate(at_open);
        if self.books[instrument.index()].has_prices() {
            self.fill_touched(at_open);
        }
        if has_cancels {
            self.carry_out_cancels(instrument, close_ts, close_ts);
        }
        if !self.books[instrument.index()].has_prices() {
            return;
        }
        let inside = Pass { inside: true, ..at_open };
        self.fill_touched(inside);
        self.follow_trailing(inside);
        self.forget_wakes();
    }

    /// Fills an order that arrived at the very close, at the close.
    pub(crate) fn match_close(&mut self, instrument: InstrumentId, id: OrderId, now: Ts) {
        let close = self.markets[instrument.index()].last;
        let order = self.order(id);
        let place = order.place;
        let takes = matches!(place, Place::Queue | Place::Immediate | Place::Limit(_)) && order.taker;
        if takes {
            let bar = Bar {
                interval: wb_core::Interval::Seconds(1),
                open: close,
                high: close,
                low: close,
                close,
                volume: 0.0,
            };
            let pass = Pass { bar: &bar, instrument, open_ts: now, close_ts: now, inside: false };
            self.execute(pass, id, Terms { reference: close, taker: true, ts: now });
        }
        if matches!(place, Place::Queue | Place::Immediate) {
            self.end_if_one_chance(now, id);
        }
    }

    /// Market orders and triggered stops, in the order of arrival, at the open.
    fn fill_queue(&mut self, pass: Pass<'_>) {
        if self.books[pass.instrument.index()].queue.is_empty() {
            return;
        }
        let mut ids = std::mem::take(&mut self.scratch);
        ids.extend(&self.books[pass.instrument.index()].queue);
        for id in ids.drain(..) {
            let Some(order) = self.orders.get(id) else { continue };
            if order.active_from > pass.open_ts {
                continue;
            }
            self.execute(pass, id, Terms { reference: pass.bar.open, taker: true, ts: pass.open_ts });
            self.end_if_one_chance(pass.close_ts, id);
        }
        self.scratch = ids;
    }

    /// Limits that may not rest: the open fills them or they end.
    fn try_immediate(&mut self, pass: Pass<'_>) {
        for id in self.books[pass.instrument.index()].immediate.clone() {
            let Some(order) = self.orders.get(id) else { continue };
            if order.active_from > pass.open_ts {
                continue;
            }
            if self.crosses(&order.request, pass.bar.open) {
                self.execute(pass, id, Terms { reference: pass.bar.open, taker: true, ts: pass.open_ts });
            }
            self.end_if_one_chance(pass.close_ts, id);
        }
    }

    /// Ends what is left of an order that has had its one chance.
    fn end_if_one_chance(&mut self, now: Ts, id: OrderId) {
        let one_chance = |tif| matches!(tif, TimeInForce::Ioc | TimeInForce::Fok);
        if self.orders.get(id).is_some_and(|order| one_chance(order.request.tif)) {
            self.cancel(now, id, CancelReason::TimeInForce);
        }
    }

    /// Stops, then limits, that the open or the whole bar touches. A limit's fill may wake stops, which then come
    /// first again.
    fn fill_touched(&mut self, pass: Pass<'_>) {
        let (low, high) =
            if pass.inside { (pass.bar.low, pass.bar.high) } else { (pass.bar.open, pass.bar.open) };
        let reach = Reach::of(self.instrument(pass.instrument), low, high);
        loop {
            let may = |id: OrderId| self.order(id).active_from <= pass.open_ts;
            let book = &self.books[pass.instrument.index()];
            if let Some(id) = book.touched_stop(reach, may).or_else(|| self.touched_trailing(pass, reach)) {
                self.trigger(pass, id);
                continue;
            }
            if self.markets[pass.instrument.index()].budget.is_zero() {
                return;
            }
            let Some(id) = self.books[pass.instrument.index()].touched_limit(reach, may) else { return };
            let before = self.order(id).remaining();
            self.fill_limit(pass, id);
            if self.orders.get(id).is_some_and(|order| order.remaining() == before) {
                // Nothing could be traded although there is volume left: leave it for the next bar.
                return;
            }
        }
    }

    fn touched_trailing(&self, pass: Pass<'_>, reach: Reach) -> Option<OrderId> {
        let trailing = &self.books[pass.instrument.index()].trailing;
        trailing.iter().copied().find(|id| {
            let order = self.order(*id);
            let Place::Trailing(trigger) = order.place else { return false };
            order.active_from <= pass.open_ts
                && match order.request.side {
                    Side::Sell => trigger >= reach.low,
                    Side::Buy => trigger <= reach.high,
                }
        })
    }

    /// A stop's trigger has traded: it becomes a market order, or a limit.
    fn trigger(&mut self, pass: Pass<'_>, id: OrderId) {
        let order = self.order(id);
        let side = order.request.side;
        let (Place::Stop(trigger) | Place::Trailing(trigger)) = order.place else {
            unreachable!("only stops are triggered")
        };
        // Where the market came from: a gap through the trigger is filled there.
        let came_from = order.woken_at.unwrap_or(pass.bar.open);
        let trigger = self.instrument(pass.instrument).price_f64(trigger);
        let reference = worse(side, trigger, came_from);
        let ts = if pass.inside { pass.close_ts } else { pass.open_ts };
        if let OrderType::StopLimit { price, .. } = order.request.kind {
            self.relocate(id, Place::Limit(price));
            let order = self.orders.get_mut(id).expect("just seen");
            // After a trigger inside the bar nothing is known of where the rest of it went.
            order.active_from = if pass.inside { pass.close_ts } else { pass.open_ts };
            let limit = self.instrument(pass.instrument).price_f64(price);
            let marketable = worse(side, limit, reference).to_bits() == limit.to_bits();
            if marketable {
                self.execute(pass, id, Terms { reference, taker: true, ts });
            }
        } else {
            self.relocate(id, Place::Queue);
            self.execute(pass, id, Terms { reference, taker: true, ts });
        }
        self.end_if_one_chance(pass.close_ts, id);
    }

    fn fill_limit(&mut self, pass: Pass<'_>, id: OrderId) {
        let order = self.order(id);
        let Place::Limit(price) = order.place else { unreachable!("only limits are filled here") };
        let limit = self.instrument(pass.instrument).price_f64(price);
        let terms = if pass.inside {
            Terms { reference: limit, taker: false, ts: pass.close_ts }
        } else {
            // One that crossed on arrival takes at its first open; after that it has rested.
            let is_first = self.markets[pass.instrument.index()].opened < order.active_from;
            Terms { reference: pass.bar.open, taker: order.taker && is_first, ts: pass.open_ts }
        };
        self.execute(pass, id, terms);
    }

    /// Trailing stops follow the bar's best price, and are filled where the bar closed beyond the new trigger.
    fn follow_trailing(&mut self, pass: Pass<'_>) {
        for id in self.books[pass.instrument.index()].trailing.clone() {
            let Some(order) = self.orders.get(id).copied() else { continue };
            let (Place::Trailing(trigger), OrderType::TrailingStop { offset }) =
                (order.place, order.request.kind)
            else {
                continue;
            };
            if order.active_from > pass.open_ts {
                continue;
            }
            let spec = self.instrument(pass.instrument);
            let bar = pass.bar;
            // Of a bar in which it was woken midway only the close is known to have come after.
            let (best, moved) = match (order.request.side, order.woken_at) {
                (Side::Sell, None) => (bar.high, true),
                (Side::Buy, None) => (bar.low, true),
                (_, Some(_)) => (bar.close, false),
            };
            let candidate = trail(order.request.side, Price(spec.tick.nearest(best)), offset);
            let follows = match order.request.side {
                Side::Sell => candidate > trigger,
                Side::Buy => candidate < trigger,
            };
            if !follows {
                continue;
            }
            let level = spec.price_f64(candidate);
            let crossed = match order.request.side {
                Side::Sell => bar.close <= level,
                Side::Buy => bar.close >= level,
            };
            self.relocate(id, Place::Trailing(candidate));
            if moved && crossed {
                self.relocate(id, Place::Queue);
                self.execute(pass, id, Terms { reference: level, taker: true, ts: pass.close_ts });
                self.end_if_one_chance(pass.close_ts, id);
            }
        }
    }

    /// The next bar begins after everything that this one woke.
    fn forget_wakes(&mut self) {
        for id in std::mem::take(&mut self.woken) {
            if let Some(order) = self.orders.get_mut(id) {
                order.woken_at = None;
            }
        }
    }

    /// Trades as much of an order as volume, position and margin allow.
    fn execute(&mut self, pass: Pass<'_>, id: OrderId, terms: Terms) {
        let order = *self.order(id);
        let request = order.request;
        let wanted = order.remaining();
        let mut qty = wanted.min(self.markets[pass.instrument.index()].budget);
        if request.reduce_only {
            let left = self.reducible(&request);
            if left.is_zero() {
                self.cancel(pass.close_ts, id, CancelReason::Group);
                return;
            }
            qty = qty.min(left);
        }
        if request.tif == TimeInForce::Fok && qty < wanted {
            qty = Qty::ZERO;
        }
        if qty.is_zero() {
            return;
        }
        let (carried, priced) = self.carried(pass, &order, qty, terms);
        if carried < qty && request.tif == TimeInForce::Fok || carried.is_zero() {
            self.cancel(pass.close_ts, id, CancelReason::Margin);
            return;
        }
        self.book_fill(pass, id, &order, carried, priced, terms);
        if carried < qty {
            self.cancel_if_working(pass.close_ts, id, CancelReason::Margin);
        } else if request.reduce_only && self.reducible(&request).is_zero() {
            self.cancel_if_working(pass.close_ts, id, CancelReason::Group);
        }
    }

    /// The lots of a fill that the account can carry, with their price and slippage.
    fn carried(&self, pass: Pass<'_>, order: &Working, qty: Qty, terms: Terms) -> (Qty, (Price, f64)) {
        let priced = self.price_of(pass, &order.request, qty, terms);
        let spec = self.instrument(pass.instrument);
        let purchase = Purchase {
            instrument: spec,
            side: order.request.side,
            qty,
            market: terms.reference,
            price: spec.price_f64(priced.0),
            fees: &self.config.fees,
            maker: !terms.taker,
            first: order.filled.is_zero(),
        };
        let mut carried = self.account.affordable(&purchase, Release::default());
        if carried < qty {
            carried = self.account.affordable(&purchase, self.release_at_open(pass, order.arrived));
        }
        if carried == qty {
            return (qty, priced);
        }
        // What is cut is priced anew: a smaller order may have less impact.
        (carried, self.price_of(pass, &order.request, carried, terms))
    }

    fn price_of(&self, pass: Pass<'_>, request: &OrderRequest, qty: Qty, terms: Terms) -> (Price, f64) {
        let spec = self.instrument(pass.instrument);
        let volume = self.markets[pass.instrument.index()].volume;
        if !terms.taker {
            return (spec.price(terms.reference, request.side, wb_core::Round::Aggressive), 0.0);
        }
        let (price, slippage) = self.config.slippage.price(spec, request.side, terms.reference, qty, volume);
        let limit = match request.kind {
            OrderType::Limit { price, .. } | OrderType::StopLimit { price, .. } => price,
            _ => return (price, slippage),
        };
        // Slippage never takes a limit order beyond its price.
        let within = if request.side == Side::Buy { price.min(limit) } else { price.max(limit) };
        let paid = request.side.sign() as f64 * (spec.price_f64(within) - terms.reference);
        (within, spec.notional(spec.qty_f64(qty), paid).max(0.0))
    }

    /// The execution of so many lots at this price, with its fee.
    fn fill_of(
        &self,
        id: OrderId,
        order: &Working,
        qty: Qty,
        (price, slippage): (Price, f64),
        terms: Terms,
    ) -> Fill {
        let OrderRequest { instrument, side, .. } = order.request;
        let spec = self.instrument(instrument);
        let units = spec.qty_f64(qty);
        let notional = spec.notional(units, spec.price_f64(price));
        let maker = !terms.taker;
        let fee = self.config.fees.fee(notional, units, maker, order.filled.is_zero());
        Fill { order: id, instrument, side, price, qty, fee, slippage, maker, ts: terms.ts }
    }

    /// Books a fill and all that follows from it.
    fn book_fill(
        &mut self,
        pass: Pass<'_>,
        id: OrderId,
        order: &Working,
        qty: Qty,
        priced: (Price, f64),
        terms: Terms,
    ) {
        let request = order.request;
        let level = self.instrument(pass.instrument).price_f64(priced.0);
        let fill = self.fill_of(id, order, qty, priced, terms);
        let budget = &mut self.markets[pass.instrument.index()].budget;
        *budget -= qty.min(*budget);
        let before = self.account.portfolio.position(pass.instrument).qty;
        self.account.apply(&fill);
        let after = self.account.portfolio.position(pass.instrument).qty;
        self.say(pass.close_ts, OrderEvent::Filled(fill));

        let done = order.remaining() == qty;
        if done {
            self.take(id);
        } else {
            self.orders.get_mut(id).expect("it works on").filled += qty;
        }
        if !self.children.is_empty() {
            self.wake(pass, id, level);
        }
        if done {
            self.orphan(pass.close_ts, id);
            self.end_group(pass.close_ts, request.link);
        }
        if before.0.signum() != after.0.signum() && !before.is_flat() {
            self.end_exits(pass.close_ts, pass.instrument);
        }
    }
}

/// The worse of two prices for an order of this side.
fn worse(side: Side, a: f64, b: f64) -> f64 {
    match side {
        Side::Buy => a.max(b),
        Side::Sell => a.min(b),
    }
}
