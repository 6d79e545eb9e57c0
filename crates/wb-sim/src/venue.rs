//! The simulated venue: commands and market data in, order events out.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use wb_core::{
    CancelReason, Command, Event, GroupId, Instrument, InstrumentId, Link, MarketData, MarketEvent,
    OrderEvent, OrderId, OrderRequest, OrderType, Price, Qty, Reject, Side, TimeInForce, Ts,
};
use wb_kernel::{OrderTable, Portfolio};

use crate::account::Account;
use crate::book::{Book, Place, Working};
use crate::config::{FillModel, SimConfig};

/// A venue that fills our orders against market data. It keeps its own account, as a real one does.
///
/// Times are the venue's: whoever delays messages does so outside.
#[derive(Debug)]
pub struct SimVenue {
    pub(crate) config: SimConfig,
    pub(crate) account: Account,
    pub(crate) orders: OrderTable<Working>,
    pub(crate) books: Vec<Book>,
    pub(crate) markets: Vec<Market>,
    /// Orders that sleep until this one has a fill.
    children: BTreeMap<OrderId, Vec<OrderId>>,
    /// Members of each group that have not ended.
    groups: BTreeMap<GroupId, Vec<OrderId>>,
    due: VecDeque<Event>,
    /// Orders that end with the venue's day.
    day_orders: usize,
    /// Orders woken inside the bar that is being matched.
    pub(crate) woken: Vec<OrderId>,
    /// An empty list whose room is used again.
    pub(crate) scratch: Vec<OrderId>,
}

/// What the venue knows of one instrument's market.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Market {
    /// When its last bar closed.
    pub(crate) closed: Ts,
    /// The last price; NaN before the first.
    pub(crate) last: f64,
    /// Units that the last bar traded.
    pub(crate) volume: f64,
    /// Lots of the last bar that we may still trade.
    pub(crate) budget: Qty,
}

/// More lots than anything trades.
const UNLIMITED: Qty = Qty::new(i64::MAX);

impl SimVenue {
    /// A venue with an account that holds the configured cash.
    pub fn new(instruments: Arc<[Instrument]>, config: SimConfig) -> SimVenue {
        let n = instruments.len();
        let market = Market { closed: Ts::MIN, last: f64::NAN, volume: 0.0, budget: Qty::ZERO };
        SimVenue {
            config,
            account: Account::new(instruments, &config),
            orders: OrderTable::default(),
            books: (0..n).map(|_| Book::default()).collect(),
            markets: vec![market; n],
            children: BTreeMap::new(),
            groups: BTreeMap::new(),
            due: VecDeque::new(),
            day_orders: 0,
            woken: Vec::new(),
            scratch: Vec::new(),
        }
    }

    /// Cash and positions as the venue has them.
    pub fn portfolio(&self) -> &Portfolio {
        &self.account.portfolio
    }

    /// The next thing that the venue has to say and that has happened by `until`.
    #[inline]
    pub fn poll(&mut self, until: Ts) -> Option<Event> {
        if self.due.front().is_some_and(|event| event.ts() <= until) { self.due.pop_front() } else { None }
    }

    /// Whether market data can change nothing but marks: no order works and the account needs no watching.
    #[inline]
    pub fn is_idle(&self) -> bool {
        self.orders.is_empty() && self.due.is_empty() && !self.account.needs_watching()
    }

    /// Whether there is something to [`SimVenue::poll`].
    #[inline]
    pub fn has_due(&self) -> bool {
        !self.due.is_empty()
    }

    /// Takes a command that arrives at `now`.
    pub fn on_command(&mut self, now: Ts, command: &Command) {
        match command {
            Command::Submit { id, request } => self.on_submit(now, *id, request),
            Command::Cancel { id } if self.orders.contains(*id) => {
                self.cancel(now, *id, CancelReason::Requested)
            }
            Command::Cancel { id } => self.say(now, OrderEvent::CancelRejected(*id)),
            Command::Refused { .. } => {}
        }
    }

    /// Takes what the market did.
    #[inline]
    pub fn on_market(&mut self, event: &MarketEvent) {
        match &event.data {
            MarketData::Bar(bar) => {
                let now = event.ts_event;
                let at = event.instrument.index();
                if self.account.borrow_is_due(now) {
                    self.charge_borrow(now);
                }
                let open_ts = now - bar.interval.span();
                if self.day_orders > 0 {
                    self.expire_day_orders(event.instrument, open_ts, now);
                }
                let market = &mut self.markets[at];
                market.volume = bar.volume;
                market.closed = now;
                if !self.books[at].is_empty() {
                    self.markets[at].budget = self.share_of(event.instrument, bar.volume);
                    self.match_bar(event.instrument, bar, open_ts, now);
                } else if self.config.fill == FillModel::ThisClose {
                    self.markets[at].budget = self.share_of(event.instrument, bar.volume);
                }
                self.markets[at].last = bar.close;
                self.account.portfolio.mark(event.instrument, bar.close);
                if event.last && self.account.needs_watching() && self.account.is_underwater() {
                    self.liquidate(now);
                }
            }
            MarketData::Trade(_) | MarketData::Quote(_) | MarketData::Gap => {}
        }
    }

    /// The lots of a bar that we may trade.
    fn share_of(&self, instrument: InstrumentId, volume: f64) -> Qty {
        match self.config.max_participation {
            Some(share) => self.instrument(instrument).qty(volume * share),
            None => UNLIMITED,
        }
    }

    pub(crate) fn instrument(&self, id: InstrumentId) -> &Instrument {
        &self.account.portfolio.instruments()[id.index()]
    }

    fn on_submit(&mut self, now: Ts, id: OrderId, request: &OrderRequest) {
        let last = self.markets[request.instrument.index()].last;
        let taker = self.crosses(request, last);
        if taker && matches!(request.kind, OrderType::Limit { post_only: true, .. }) {
            self.say(now, OrderEvent::Rejected(id, Reject::PostOnly));
            return;
        }
        if let Link::OnFill { parent, .. } = request.link
            && !self.orders.contains(parent)
        {
            // The parent has come and gone while this was on its way: the exit works at once if there is a position.
            if self.reducible(request).is_zero() {
                self.say(now, OrderEvent::Rejected(id, Reject::ReduceOnly));
                return;
            }
        }
        self.say(now, OrderEvent::Accepted(id));
        let mut order = Working {
            request: *request,
            filled: Qty::ZERO,
            arrived: now,
            active_from: now,
            place: Place::Asleep,
            taker,
            woken_at: None,
        };
        if let Some(group) = request.link.group() {
            self.groups.entry(group).or_default().push(id);
        }
        if request.tif == TimeInForce::Day {
            self.day_orders += 1;
        }
        match request.link {
            Link::OnFill { parent, .. } if self.orders.contains(parent) => {
                self.children.entry(parent).or_default().push(id);
            }
            _ => order.place = order.home(self.last_tick(request.instrument)),
        }
        self.orders.push(id, order);
        self.books[request.instrument.index()].insert(id, request.side, order.place);
        if self.config.fill == FillModel::ThisClose && self.markets[request.instrument.index()].closed == now
        {
            self.match_close(request.instrument, id, now);
        }
    }

    /// Whether a limit would trade at the price `last`; a market order always does.
    pub(crate) fn crosses(&self, request: &OrderRequest, last: f64) -> bool {
        match request.kind {
            OrderType::Market => true,
            OrderType::Limit { price, .. } => {
                let price = self.instrument(request.instrument).price_f64(price);
                match request.side {
                    Side::Buy => price >= last,
                    Side::Sell => price <= last,
                }
            }
            _ => false,
        }
    }

    pub(crate) fn last_tick(&self, instrument: InstrumentId) -> Price {
        Price(self.instrument(instrument).tick.nearest(self.markets[instrument.index()].last))
    }

    /// An order that works.
    pub(crate) fn order(&self, id: OrderId) -> &Working {
        self.orders.get(id).expect("only orders that work are asked for")
    }

    pub(crate) fn say(&mut self, ts: Ts, event: OrderEvent) {
        self.due.push_back(Event::Order { ts, event });
    }

    pub(crate) fn say_cash(&mut self, ts: Ts, instrument: InstrumentId, amount: f64) {
        self.due.push_back(Event::Cash { ts, instrument, amount });
    }

    /// Ends an order that is not filled.
    pub(crate) fn cancel(&mut self, now: Ts, id: OrderId, reason: CancelReason) {
        let order = self.take(id);
        self.say(now, OrderEvent::Cancelled(id, reason));
        if order.filled.is_zero() {
            self.orphan(now, id);
        }
    }

    /// Takes an order off every list.
    pub(crate) fn take(&mut self, id: OrderId) -> Working {
        let order = self.orders.remove(id).expect("only orders that work are ended");
        self.books[order.request.instrument.index()].remove(id, order.request.side, order.place);
        if order.request.tif == TimeInForce::Day {
            self.day_orders -= 1;
        }
        if let Some(group) = order.request.link.group()
            && let Some(members) = self.groups.get_mut(&group)
        {
            members.retain(|member| *member != id);
            if members.is_empty() {
                self.groups.remove(&group);
            }
        }
        order
    }

    /// Moves an order to another place of its book.
    pub(crate) fn relocate(&mut self, id: OrderId, place: Place) {
        let order = self.orders.get_mut(id).expect("only orders that work are moved");
        let (side, from) = (order.request.side, order.place);
        order.place = place;
        let book = &mut self.books[order.request.instrument.index()];
        book.remove(id, side, from);
        book.insert(id, side, place);
    }

    /// The children of an order that ended without a fill end too.
    fn orphan(&mut self, now: Ts, parent: OrderId) {
        for child in self.children.remove(&parent).unwrap_or_default() {
            if self.orders.contains(child) {
                self.cancel(now, child, CancelReason::Parent);
            }
        }
    }

    /// Wakes the children of an order that has its first fill, at `price`. `active_from` is from when on limits
    /// among them work; stops work against the current bar.
    pub(crate) fn wake(&mut self, parent: OrderId, price: f64, bar_open: Ts, limits_from: Ts, inside: bool) {
        for child in self.children.remove(&parent).unwrap_or_default() {
            let Some(order) = self.orders.get(child).copied() else { continue };
            let best = Price(self.instrument(order.request.instrument).tick.nearest(price));
            let place = order.home(best);
            let order = self.orders.get_mut(child).expect("just seen");
            order.active_from = if matches!(place, Place::Limit(_)) { limits_from } else { bar_open };
            order.woken_at = inside.then_some(price);
            if inside {
                self.woken.push(child);
            }
            self.relocate(child, place);
        }
    }

    /// Ends the other members of an order's group.
    pub(crate) fn end_group(&mut self, now: Ts, link: Link) {
        let Some(group) = link.group() else { return };
        for member in self.groups.get(&group).cloned().unwrap_or_default() {
            self.cancel(now, member, CancelReason::Group);
        }
    }

    /// Ends the exits of a position that is closed or has turned.
    pub(crate) fn end_exits(&mut self, now: Ts, instrument: InstrumentId) {
        let stale: Vec<OrderId> = self
            .groups
            .values()
            .flatten()
            .copied()
            .filter(|id| {
                let order = self.order(*id);
                order.request.instrument == instrument
                    && order.request.reduce_only
                    && order.place != Place::Asleep
                    && self.reducible(&order.request).is_zero()
            })
            .collect();
        for id in stale {
            // Ending one may have ended its group.
            if self.orders.contains(id) {
                self.cancel(now, id, CancelReason::Group);
            }
        }
    }

    pub(crate) fn reducible(&self, request: &OrderRequest) -> Qty {
        self.account.portfolio.reducing(request.instrument, request.side, request.qty)
    }

    #[cold]
    fn expire_day_orders(&mut self, instrument: InstrumentId, open_ts: Ts, now: Ts) {
        let zone = self.instrument(instrument).calendar.zone.clone();
        let today = zone.date(open_ts);
        let old = |(id, order): (OrderId, &Working)| {
            let ends = order.request.tif == TimeInForce::Day && order.request.instrument == instrument;
            (ends && zone.date(order.arrived) < today).then_some(id)
        };
        let ended: Vec<OrderId> = self.orders.iter().filter_map(old).collect();
        for id in ended {
            let order = self.take(id);
            self.say(now, OrderEvent::Expired(id));
            if order.filled.is_zero() {
                self.orphan(now, id);
            }
        }
    }
}
