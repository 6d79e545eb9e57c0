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
    pub(crate) children: BTreeMap<OrderId, Vec<OrderId>>,
    /// Members of each group that have not ended.
    pub(crate) groups: BTreeMap<GroupId, Vec<OrderId>>,
    due: VecDeque<Event>,
    /// Cancels that arrived while a bar went on, with their time of arrival.
    pub(crate) cancels: Vec<(Ts, OrderId)>,
    /// The last order refused that may have been an entry; its exits come right behind it.
    refused: Option<OrderId>,
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
    /// When its last bar began, and when it closed.
    pub(crate) opened: Ts,
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
        let market =
            Market { opened: Ts::MIN, closed: Ts::MIN, last: f64::NAN, volume: 0.0, budget: Qty::ZERO };
        SimVenue {
            config,
            account: Account::new(instruments, &config),
            orders: OrderTable::default(),
            books: (0..n).map(|_| Book::default()).collect(),
            markets: vec![market; n],
            children: BTreeMap::new(),
            groups: BTreeMap::new(),
            due: VecDeque::new(),
            cancels: Vec::new(),
            refused: None,
            day_orders: 0,
            woken: Vec::new(),
            scratch: Vec::new(),
        }
    }

    /// Cash and positions as the venue has them.
    #[inline]
    pub fn portfolio(&self) -> &Portfolio {
        &self.account.portfolio
    }

    /// How many orders have been taken and have not ended.
    pub fn open_orders(&self) -> usize {
        self.orders.iter().count()
    }

    /// When the next bar closes, if none is missing: bars lie end to end. Nothing before the first bar.
    pub fn next_close(&self) -> Option<Ts> {
        let closed = self.markets.iter().filter(|market| market.closed != Ts::MIN);
        closed.map(|market| market.closed + (market.closed - market.opened)).max()
    }

    /// The next thing that the venue has to say and that has happened by `until`.
    #[inline]
    pub fn poll(&mut self, until: Ts) -> Option<Event> {
        if self.due.front().is_some_and(|event| event.ts() <= until) { self.due.pop_front() } else { None }
    }

    /// Whether market data can change nothing but marks: no order works and the account needs no watching.
    #[inline]
    pub fn is_idle(&self) -> bool {
        self.orders.is_empty()
            && self.due.is_empty()
            && self.cancels.is_empty()
            && !self.account.needs_watching()
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
            Command::Cancel { id } => self.on_cancel(now, *id),
            Command::Refused { .. } => {}
        }
    }

    fn on_cancel(&mut self, now: Ts, id: OrderId) {
        match self.orders.get(id) {
            None => self.say(now, OrderEvent::CancelRejected(id)),
            Some(order) if order.place != Place::Asleep && self.is_mid_bar(order.request.instrument, now) => {
                self.cancels.push((now, id));
            }
            Some(_) => self.cancel(now, id, CancelReason::Requested),
        }
    }

    /// Whether a bar that the venue has not seen yet may have begun before `now`: bars lie end to end.
    fn is_mid_bar(&self, instrument: InstrumentId, now: Ts) -> bool {
        let market = &self.markets[instrument.index()];
        let length = market.closed.0.saturating_sub(market.opened.0);
        length > 0 && (now.0 - market.closed.0) % length != 0
    }

    /// Carries out the cancels in one instrument that arrived by `until`.
    #[cold]
    pub(crate) fn carry_out_cancels(&mut self, instrument: InstrumentId, until: Ts, now: Ts) {
        for (arrived, id) in std::mem::take(&mut self.cancels) {
            match self.orders.get(id) {
                None => self.say(now, OrderEvent::CancelRejected(id)),
                Some(order) if order.request.instrument == instrument && arrived <= until => {
                    self.cancel(now, id, CancelReason::Requested);
                }
                Some(_) => self.cancels.push((arrived, id)),
            }
        }
    }

    /// Takes what the market did.
    #[inline]
    pub fn on_market(&mut self, event: &MarketEvent) {
        match &event.data {
            MarketData::Bar(bar) => {
                let now = event.ts_event;
                let at = event.instrument.index();
                let open_ts = now - bar.interval.span();
                if self.account.borrow_is_due(open_ts) {
                    self.charge_borrow(open_ts, now);
                }
                if self.day_orders > 0 {
                    self.expire_day_orders(event.instrument, open_ts, now);
                }
                self.markets[at].volume = bar.volume;
                if !self.books[at].is_empty() || !self.cancels.is_empty() {
                    self.markets[at].budget = self.share_of(event.instrument, bar.volume);
                    self.match_bar(event.instrument, bar, open_ts, now);
                } else if self.config.fill == FillModel::ThisClose {
                    self.markets[at].budget = self.share_of(event.instrument, bar.volume);
                }
                let market = &mut self.markets[at];
                market.opened = open_ts;
                market.closed = now;
                market.last = bar.close;
                self.account.portfolio.mark(event.instrument, bar.close);
                if event.last {
                    self.end_of_close(now);
                }
            }
            MarketData::Trade(_) | MarketData::Quote(_) | MarketData::Gap => {}
        }
    }

    /// What happens to the account once all bars of one close are in.
    #[inline]
    fn end_of_close(&mut self, now: Ts) {
        if self.account.borrow_is_due(now) {
            self.charge_borrow(now, now);
        }
        if self.account.needs_watching() && self.account.is_underwater() {
            self.liquidate(now);
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
            self.refused = Some(id);
            self.say(now, OrderEvent::Rejected(id, Reject::PostOnly));
            return;
        }
        if let Link::OnFill { parent, .. } = request.link
            && !self.orders.contains(parent)
        {
            // The parent has come and gone while this was on its way: the exit works at once if there is a position,
            // unless the parent was refused and has no part in it.
            if self.refused == Some(parent) || self.reducible(request).is_zero() {
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
            Link::OnFill { parent, .. } if self.must_sleep(request) => {
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
            // The end of one may have ended its exits.
            if self.orders.contains(id) {
                self.take(id);
                self.say(now, OrderEvent::Expired(id));
                self.orphan(now, id);
            }
        }
    }
}
