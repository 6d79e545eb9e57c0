//! Our working orders in one instrument, ordered by the price at which they come alive.

use std::collections::{BTreeSet, VecDeque};

use wb_core::{Instrument, OrderId, OrderRequest, OrderType, Price, Qty, Side, Ts};

/// An order at the venue.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Working {
    pub(crate) request: OrderRequest,
    pub(crate) filled: Qty,
    /// When it arrived.
    pub(crate) arrived: Ts,
    /// Bars that begin earlier cannot fill it.
    pub(crate) active_from: Ts,
    /// Where the order sleeps or works.
    pub(crate) place: Place,
    /// Whether it crossed the market when it arrived, and so takes liquidity.
    pub(crate) taker: bool,
    /// A price known to have traded after it became active inside the current bar; absent otherwise.
    pub(crate) woken_at: Option<f64>,
}

/// Where an order is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    /// Waiting for its parent.
    Asleep,
    /// To be filled at the next open: a market order, or a stop that has triggered.
    Queue,
    /// One chance at the next open: a limit that may not rest.
    Immediate,
    /// A stop at this trigger.
    Stop(Price),
    /// A limit at this price.
    Limit(Price),
    /// A trailing stop, at present at this trigger.
    Trailing(Price),
}

impl Working {
    pub(crate) fn remaining(&self) -> Qty {
        self.request.qty - self.filled
    }

    /// Where the order belongs once it is awake.
    pub(crate) fn home(&self, market: Price) -> Place {
        use wb_core::TimeInForce::{Fok, Ioc};
        match self.request.kind {
            OrderType::Market => Place::Queue,
            OrderType::Limit { price, .. } => match self.request.tif {
                Ioc | Fok => Place::Immediate,
                _ => Place::Limit(price),
            },
            OrderType::Stop { trigger } | OrderType::StopLimit { trigger, .. } => Place::Stop(trigger),
            OrderType::TrailingStop { offset } => Place::Trailing(trail(self.request.side, market, offset)),
        }
    }
}

/// The trigger of a trailing stop of this side when the best price is `best`.
pub(crate) fn trail(side: Side, best: Price, offset: Price) -> Price {
    match side {
        Side::Sell => best - offset,
        Side::Buy => best + offset,
    }
}

/// The prices of a stretch of the market: the ticks between its extremes.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Reach {
    /// The lowest tick that is not below the lowest price.
    pub(crate) low: Price,
    /// The highest tick that is not above the highest price.
    pub(crate) high: Price,
}

impl Reach {
    pub(crate) fn of(instrument: &Instrument, low: f64, high: f64) -> Reach {
        Reach { low: Price(instrument.tick.ceil(low)), high: Price(instrument.tick.floor(high)) }
    }
}

/// The orders awake in one instrument.
#[derive(Default, Debug)]
pub(crate) struct Book {
    /// Orders in all the lists below.
    awake: usize,
    /// In the order of arrival.
    pub(crate) queue: VecDeque<OrderId>,
    pub(crate) immediate: Vec<OrderId>,
    buy_stops: BTreeSet<(Price, OrderId)>,
    sell_stops: BTreeSet<(Price, OrderId)>,
    buy_limits: BTreeSet<(Price, OrderId)>,
    sell_limits: BTreeSet<(Price, OrderId)>,
    pub(crate) trailing: Vec<OrderId>,
}

impl Book {
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.awake == 0
    }

    /// Whether any order waits for a price.
    pub(crate) fn has_prices(&self) -> bool {
        self.awake > self.queue.len() + self.immediate.len()
    }

    pub(crate) fn insert(&mut self, id: OrderId, side: Side, place: Place) {
        self.awake += usize::from(place != Place::Asleep);
        match place {
            Place::Asleep => {}
            Place::Queue => self.queue.push_back(id),
            Place::Immediate => self.immediate.push(id),
            Place::Stop(price) => {
                self.stops(side).insert((price, id));
            }
            Place::Limit(price) => {
                self.limits(side).insert((price, id));
            }
            Place::Trailing(_) => self.trailing.push(id),
        }
    }

    pub(crate) fn remove(&mut self, id: OrderId, side: Side, place: Place) {
        self.awake -= usize::from(place != Place::Asleep);
        match place {
            Place::Asleep => {}
            // Nearly always.
            Place::Queue if self.queue.front() == Some(&id) => {
                self.queue.pop_front();
            }
            Place::Queue => self.queue.retain(|other| *other != id),
            Place::Immediate => self.immediate.retain(|other| *other != id),
            Place::Stop(price) => {
                self.stops(side).remove(&(price, id));
            }
            Place::Limit(price) => {
                self.limits(side).remove(&(price, id));
            }
            Place::Trailing(_) => self.trailing.retain(|other| *other != id),
        }
    }

    /// The first stop that prices in `reach` trigger and `may` lets work: sells from above, then buys from below, as
    /// a market moving away from its last price reaches them.
    pub(crate) fn touched_stop(&self, reach: Reach, may: impl Fn(OrderId) -> bool) -> Option<OrderId> {
        let sells = self.sell_stops.iter().rev().take_while(|(trigger, _)| *trigger >= reach.low);
        let buys = self.buy_stops.iter().take_while(|(trigger, _)| *trigger <= reach.high);
        sells.chain(buys).map(|(_, id)| *id).find(|id| may(*id))
    }

    /// The first limit that prices in `reach` fill and `may` lets work: buys from above, then sells from below.
    pub(crate) fn touched_limit(&self, reach: Reach, may: impl Fn(OrderId) -> bool) -> Option<OrderId> {
        let buys = self.buy_limits.iter().rev().take_while(|(price, _)| *price >= reach.low);
        let sells = self.sell_limits.iter().take_while(|(price, _)| *price <= reach.high);
        buys.chain(sells).map(|(_, id)| *id).find(|id| may(*id))
    }

    fn stops(&mut self, side: Side) -> &mut BTreeSet<(Price, OrderId)> {
        match side {
            Side::Buy => &mut self.buy_stops,
            Side::Sell => &mut self.sell_stops,
        }
    }

    fn limits(&mut self, side: Side) -> &mut BTreeSet<(Price, OrderId)> {
        match side {
            Side::Buy => &mut self.buy_limits,
            Side::Sell => &mut self.sell_limits,
        }
    }
}
