//! Orders that wait here and not at the venue: exits of a position, members of groups, stops that the venue lacks.
//!
//! A spot venue sets aside what an order would sell, and knows of no order that only reduces, so several exits of one
//! position cannot rest there. They wait here until the market is where they want it, and then what is left of the
//! position to be sold is sent. The rules are those of the simulated venue (wb-sim): an exit sleeps until its parent has
//! a fill, is cut to the position, and ends with its group or with the position.

use std::collections::BTreeMap;

use wb_core::{
    Bar, CancelReason, Grid, GroupId, InstrumentId, Link, OrderEvent, OrderId, OrderRequest, OrderState,
    OrderType, Price, Qty, Side, Span, Ts,
};
use wb_kernel::Portfolio;

use super::desk::Desk;
use crate::venues::OrderRules;

/// How long after a failed or unanswered try there is another one.
const AGAIN: Span = Span::from_seconds(1);

/// The orders that wait, and those of them that were sent and have not ended.
#[derive(Debug)]
pub(crate) struct Contingents {
    orders: BTreeMap<OrderId, Contingent>,
    /// When orders at the venue were last asked back, to make room for these.
    withdrawn: BTreeMap<OrderId, Ts>,
    /// The last trade of each instrument.
    last: Vec<Option<Price>>,
    /// Groups of which an order was filled completely.
    finished: Vec<GroupId>,
}

#[derive(Clone, Copy, Debug)]
struct Contingent {
    request: OrderRequest,
    stage: Stage,
    /// When it woke, if it has.
    since: Option<Ts>,
    /// The best price since then.
    best: Option<Price>,
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Stage {
    /// Until its parent has a fill that it can act on.
    Asleep,
    /// Until the market is there.
    Watching,
    /// The market is there: sent as soon as nothing of ours at the venue is in its way, and not before `from`.
    Due { from: Ts },
    /// So much of it is at the venue, or on its way there, since `at`.
    Sent { qty: Qty, at: Ts },
}

/// What is to be done for an order that waits.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Move {
    /// The kernel is to be told.
    Tell(OrderEvent),
    /// The venue is to have this under the order's name.
    Send(OrderId, OrderRequest),
    /// The venue is to cancel it.
    Withdraw(OrderId),
}

impl Contingents {
    pub(crate) fn new(instruments: usize) -> Contingents {
        Contingents {
            orders: BTreeMap::new(),
            withdrawn: BTreeMap::new(),
            last: vec![None; instruments],
            finished: Vec::new(),
        }
    }

    /// Whether an order has to wait here: the venue does not know what it depends on, or an order that rests there has
    /// what it would sell.
    pub(crate) fn must_take(
        &self,
        id: OrderId,
        request: &OrderRequest,
        rules: &OrderRules,
        desk: &Desk,
    ) -> bool {
        if rules.keeps_links {
            return false;
        }
        let waits = match request.kind {
            OrderType::Market => request.reduce_only && self.in_the_way(id, request, desk).next().is_some(),
            OrderType::Limit { .. } => false,
            OrderType::Stop { .. } | OrderType::StopLimit { .. } => {
                !rules.kinds.contains(&request.kind.name())
            }
            OrderType::TrailingStop { .. } => true,
        };
        waits || request.link != Link::None
    }

    /// Orders at the venue that have what this one would trade, or are of its group; with each, whether it can stay there
    /// for long.
    fn in_the_way<'a>(
        &'a self,
        id: OrderId,
        request: &'a OrderRequest,
        desk: &'a Desk,
    ) -> impl Iterator<Item = (OrderId, bool)> + 'a {
        let market = |request: &OrderRequest| (request.instrument, request.side);
        let group = request.link.group();
        desk.open().filter_map(move |(other, order)| {
            let same_group = group.is_some() && order.request.link.group() == group;
            let blocks = same_group || market(&order.request) == market(request);
            let kind = self.orders.get(&other).map_or(order.request.kind, Contingent::kind_at_venue);
            (other != id && blocks && !self.holds(other)).then_some((other, kind != OrderType::Market))
        })
    }

    /// Takes an order in. The kernel may be told that it works.
    pub(crate) fn take(&mut self, id: OrderId, request: OrderRequest, now: Ts) {
        let (stage, since) = match request.link {
            Link::OnFill { .. } => (Stage::Asleep, None),
            Link::None | Link::Oco(_) => (Stage::Watching, Some(now)),
        };
        self.orders.insert(id, Contingent { request, stage, since, best: None });
        self.look_at(id);
    }

    /// Whether an order waits here and nothing of it is at the venue.
    pub(crate) fn holds(&self, id: OrderId) -> bool {
        self.orders.get(&id).is_some_and(|order| !matches!(order.stage, Stage::Sent { .. }))
    }

    /// Whether an order came from here and is at the venue.
    pub(crate) fn has_sent(&self, id: OrderId) -> bool {
        self.orders.contains_key(&id) && !self.holds(id)
    }

    /// The market traded at this price.
    pub(crate) fn on_trade(&mut self, instrument: InstrumentId, price: Price) {
        self.last[instrument.index()] = Some(price);
        for order in self.orders.values_mut().filter(|order| order.request.instrument == instrument) {
            order.look(price);
        }
    }

    /// A bar has closed: what it says of the best price is what trades said that were not heard, because the connection was
    /// lost or another process ended. A bar that began before an order woke says nothing of it.
    pub(crate) fn on_bar(&mut self, instrument: InstrumentId, closed: Ts, bar: &Bar, tick: Grid) {
        let opened = closed - bar.interval.span();
        for order in self.orders.values_mut() {
            if order.request.instrument == instrument && order.since.is_some_and(|since| since <= opened) {
                order.saw(Price(tick.nearest(bar.high)));
                order.saw(Price(tick.nearest(bar.low)));
            }
        }
    }

    fn look_at(&mut self, id: OrderId) {
        let Some(order) = self.orders.get_mut(&id) else { return };
        match self.last[order.request.instrument.index()] {
            Some(price) => order.look(price),
            None if order.request.kind == OrderType::Market && order.stage == Stage::Watching => {
                order.stage = Stage::Due { from: Ts::MIN };
            }
            None => {}
        }
    }

    /// Something became of an order; the desk knows.
    pub(crate) fn on_order(&mut self, event: &OrderEvent, desk: &Desk) {
        let id = event.order();
        if let OrderEvent::Filled(fill) = event {
            let wakes = |order: &Contingent| matches!(order.request.link, Link::OnFill { parent, .. } if parent == id);
            for order in self.orders.values_mut().filter(|order| wakes(order)) {
                order.since.get_or_insert(fill.ts);
            }
        }
        let Some(known) = desk.get(id).filter(|order| order.state.is_final()) else { return };
        self.withdrawn.remove(&id);
        let Some(order) = self.orders.remove(&id) else { return };
        if let (OrderState::Filled, Some(group)) = (known.state, order.request.link.group()) {
            self.finished.push(group);
        }
        let orders = &self.orders;
        self.finished.retain(|group| orders.values().any(|order| order.request.link.group() == Some(*group)));
    }

    /// It could not be sent: tried again in a moment.
    pub(crate) fn not_sent(&mut self, id: OrderId, now: Ts) {
        if let Some(order) = self.orders.get_mut(&id) {
            order.stage = Stage::Due { from: now + AGAIN };
        }
    }

    /// The venue knows nothing of an order that was sent from here. Gives whether it may still arrive there; otherwise
    /// it waits again.
    pub(crate) fn is_unknown(&mut self, id: OrderId, now: Ts, in_flight: Span) -> bool {
        let Some(order) = self.orders.get_mut(&id) else { return false };
        match order.stage {
            Stage::Sent { at, .. } if now - at < in_flight => true,
            _ => {
                order.stage = Stage::Watching;
                false
            }
        }
    }

    /// After a restart: whatever may have been sent before it is taken as sent, until the venue has said otherwise.
    pub(crate) fn doubt(&mut self, now: Ts, desk: &Desk, portfolio: &Portfolio) {
        self.wake(desk, portfolio);
        for order in self.orders.values_mut().filter(|order| order.stage != Stage::Asleep) {
            order.stage = Stage::Sent { qty: order.request.qty, at: now };
        }
    }

    /// The next thing to be done. To be asked again after each, until there is none.
    pub(crate) fn next_move(&mut self, now: Ts, desk: &Desk, portfolio: &Portfolio) -> Option<Move> {
        if self.orders.is_empty() {
            return None;
        }
        self.wake(desk, portfolio);
        let ids: Vec<OrderId> = self.orders.keys().copied().collect();
        ids.into_iter().find_map(|id| self.move_of(id, now, desk, portfolio))
    }

    /// Wakes those whose parent has a fill that they can act on.
    fn wake(&mut self, desk: &Desk, portfolio: &Portfolio) {
        let is_woken = |order: &Contingent| match (order.stage, order.request.link) {
            (Stage::Asleep, Link::OnFill { parent, .. }) => {
                // A parent that nobody remembers ended long ago.
                let filled = desk.get(parent).is_none_or(|parent| !parent.filled.is_zero());
                filled && order.has_work(portfolio)
            }
            _ => false,
        };
        let woken: Vec<OrderId> =
            self.orders.iter().filter(|(_, order)| is_woken(order)).map(|(id, _)| *id).collect();
        for id in woken {
            if let Some(order) = self.orders.get_mut(&id) {
                order.stage = Stage::Watching;
            }
            self.look_at(id);
        }
    }

    fn move_of(&mut self, id: OrderId, now: Ts, desk: &Desk, portfolio: &Portfolio) -> Option<Move> {
        let order = *self.orders.get(&id)?;
        let group = order.request.link.group();
        let is_over = group.is_some_and(|group| {
            self.finished.contains(&group) || (order.stage != Stage::Asleep && !order.has_work(portfolio))
        });
        match order.stage {
            Stage::Sent { .. } => self.move_of_sent(id, is_over, now, desk),
            _ if is_over => Some(Move::Tell(OrderEvent::Cancelled(id, CancelReason::Group))),
            Stage::Asleep => {
                let Link::OnFill { parent, .. } = order.request.link else { return None };
                let ended = desk.get(parent).is_none_or(|parent| parent.state.is_final());
                ended.then_some(Move::Tell(OrderEvent::Cancelled(id, CancelReason::Parent)))
            }
            Stage::Watching => None,
            Stage::Due { from } => (from <= now).then(|| self.send(id, now, desk, portfolio)).flatten(),
        }
    }

    fn move_of_sent(&mut self, id: OrderId, is_over: bool, now: Ts, desk: &Desk) -> Option<Move> {
        let order = self.orders.get(&id)?;
        let Stage::Sent { qty, .. } = order.stage else { return None };
        if qty < order.request.qty && desk.get(id).is_some_and(|known| known.filled >= qty) {
            // All that was sent is filled, and there was no more to reduce.
            return Some(Move::Tell(OrderEvent::Cancelled(id, CancelReason::Group)));
        }
        if is_over { self.withdraw(id, now) } else { None }
    }

    /// Sends an order that is due, or first withdraws what rests in its way.
    fn send(&mut self, id: OrderId, now: Ts, desk: &Desk, portfolio: &Portfolio) -> Option<Move> {
        let order = *self.orders.get(&id)?;
        let others: Vec<(OrderId, bool)> = self.in_the_way(id, &order.request, desk).collect();
        if !others.is_empty() {
            // One that only wants to rest itself lets the others rest.
            let rests = matches!(order.request.kind, OrderType::Limit { post_only: true, .. });
            let resting = others.into_iter().filter(|(_, other)| *other && !rests);
            return resting.map(|(other, _)| other).find_map(|other| self.withdraw(other, now));
        }
        let filled = desk.get(id).map_or(Qty::ZERO, |known| known.filled);
        let left = order.request.qty - filled;
        let qty = if order.request.reduce_only {
            portfolio.reducing(order.request.instrument, order.request.side, left)
        } else {
            left
        };
        if qty.is_zero() {
            return Some(Move::Tell(OrderEvent::Cancelled(id, CancelReason::Group)));
        }
        self.orders.get_mut(&id)?.stage = Stage::Sent { qty, at: now };
        Some(Move::Send(
            id,
            OrderRequest { qty, kind: order.kind_at_venue(), link: Link::None, ..order.request },
        ))
    }

    fn withdraw(&mut self, id: OrderId, now: Ts) -> Option<Move> {
        let asked = self.withdrawn.get(&id).is_some_and(|asked| now - *asked < AGAIN);
        (!asked).then(|| {
            self.withdrawn.insert(id, now);
            Move::Withdraw(id)
        })
    }
}

impl Contingent {
    /// Looks whether the market is where the order wants it.
    fn look(&mut self, price: Price) {
        if self.stage != Stage::Watching {
            return;
        }
        let OrderRequest { side, kind, .. } = self.request;
        // Prices of a sell count from the other end.
        let sign = side.sign();
        let is_there = match kind {
            OrderType::Market | OrderType::Limit { post_only: true, .. } => true,
            OrderType::Limit { price: limit, .. } => sign * price.0 <= sign * limit.0,
            OrderType::Stop { trigger } | OrderType::StopLimit { trigger, .. } => {
                sign * price.0 >= sign * trigger.0
            }
            OrderType::TrailingStop { offset } => {
                let best = self.saw(price);
                sign * (price.0 - best.0) >= offset.0
            }
        };
        if is_there {
            self.stage = Stage::Due { from: Ts::MIN };
        }
    }

    /// The best price, now that the market was at this one.
    fn saw(&mut self, price: Price) -> Price {
        let better = if self.request.side == Side::Sell { Price::max } else { Price::min };
        *self.best.insert(self.best.map_or(price, |best| better(best, price)))
    }

    /// What the venue gets: the trigger has been seen here.
    fn kind_at_venue(&self) -> OrderType {
        match self.request.kind {
            OrderType::Stop { .. } | OrderType::TrailingStop { .. } => OrderType::Market,
            OrderType::StopLimit { price, .. } => OrderType::Limit { price, post_only: false },
            kind @ (OrderType::Market | OrderType::Limit { .. }) => kind,
        }
    }

    /// Whether it could do anything with the position as it is.
    fn has_work(&self, portfolio: &Portfolio) -> bool {
        let OrderRequest { instrument, side, qty, reduce_only, .. } = self.request;
        !reduce_only || !portfolio.reducing(instrument, side, qty).is_zero()
    }
}

#[cfg(test)]
mod tests;
