//! Orders that depend on others: exits of an entry, and groups of which one fills.

use wb_core::{
    CancelReason, InstrumentId, Link, OrderEvent, OrderId, OrderRequest, OrderType, Price, Qty, Ts,
};

use crate::book::Place;
use crate::match_bar::Pass;
use crate::venue::SimVenue;

impl SimVenue {
    /// Whether an order that is sent with this link has to sleep until its parent has a fill that it can act on.
    pub(crate) fn must_sleep(&self, request: &OrderRequest) -> bool {
        let Link::OnFill { parent, .. } = request.link else { return false };
        let not_yet = |filled: Qty| filled.is_zero() || !self.has_work(request);
        self.orders.get(parent).is_some_and(|parent| not_yet(parent.filled))
    }

    /// Whether the order could do anything with the position as it is.
    fn has_work(&self, request: &OrderRequest) -> bool {
        !request.reduce_only || !self.reducible(request).is_zero()
    }

    /// The part of an order that would reduce the position.
    pub(crate) fn reducible(&self, request: &OrderRequest) -> Qty {
        self.account.portfolio.reducing(request.instrument, request.side, request.qty)
    }

    /// Wakes the children of an order that has had a fill at `price`, as far as they have something to do. Stops
    /// among them work against the whole bar, limits from the open or, after a fill inside the bar, the next one on.
    pub(crate) fn wake(&mut self, pass: Pass<'_>, parent: OrderId, price: f64) {
        let Some(children) = self.children.remove(&parent) else { return };
        let mut asleep = Vec::new();
        for child in children {
            let Some(order) = self.orders.get(child).copied() else { continue };
            if !self.has_work(&order.request) {
                asleep.push(child);
                continue;
            }
            // In another market than the parent's nothing of the current bar is known to come after its fill.
            let here = order.request.instrument == pass.instrument;
            let best = if here { price } else { self.markets[order.request.instrument.index()].last };
            let taker = self.crosses(&order.request, best);
            if taker && matches!(order.request.kind, OrderType::Limit { post_only: true, .. }) {
                self.cancel(pass.close_ts, child, CancelReason::PostOnly);
                continue;
            }
            let tick = Price(self.instrument(order.request.instrument).tick.nearest(best));
            let place = order.home(tick);
            let waits = !here || (pass.inside && matches!(place, Place::Limit(_)));
            let order = self.orders.get_mut(child).expect("just seen");
            order.active_from = if waits { pass.close_ts } else { pass.open_ts };
            order.taker = taker;
            order.woken_at = (here && pass.inside).then_some(price);
            if pass.inside {
                self.woken.push(child);
            }
            self.relocate(child, place);
        }
        if !asleep.is_empty() {
            self.children.insert(parent, asleep);
        }
    }

    /// Ends the children of an order that has ended, those that it has not woken.
    pub(crate) fn orphan(&mut self, now: Ts, parent: OrderId) {
        for child in self.children.remove(&parent).unwrap_or_default() {
            self.cancel_if_working(now, child, CancelReason::Parent);
        }
    }

    /// Ends the other members of an order's group.
    pub(crate) fn end_group(&mut self, now: Ts, link: Link) {
        let Some(group) = link.group() else { return };
        for member in self.groups.get(&group).cloned().unwrap_or_default() {
            self.cancel_if_working(now, member, CancelReason::Group);
        }
    }

    /// Ends the exits of a position that is closed or has turned.
    pub(crate) fn end_exits(&mut self, now: Ts, instrument: InstrumentId) {
        let is_stale = |id: &OrderId| {
            let order = self.order(*id);
            order.request.instrument == instrument
                && order.place != Place::Asleep
                && !self.has_work(&order.request)
        };
        let stale: Vec<OrderId> = self.groups.values().flatten().copied().filter(is_stale).collect();
        for id in stale {
            self.cancel_if_working(now, id, CancelReason::Group);
        }
    }

    /// Ends an order that is not filled, unless ending another has ended it.
    pub(crate) fn cancel_if_working(&mut self, now: Ts, id: OrderId, reason: CancelReason) {
        if self.orders.contains(id) {
            self.cancel(now, id, reason);
        }
    }

    /// Ends an order that is not filled.
    pub(crate) fn cancel(&mut self, now: Ts, id: OrderId, reason: CancelReason) {
        self.take(id);
        self.say(now, OrderEvent::Cancelled(id, reason));
        self.orphan(now, id);
    }
}
