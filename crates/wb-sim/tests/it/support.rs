//! A venue driven by hand: orders and bars in, what it says out as words.

use std::sync::Arc;

use wb_core::{
    Bar, Calendar, Command, Event, Fill, Grid, GroupId, Instrument, InstrumentId, InstrumentKind, Interval,
    Link, MarketData, MarketEvent, OrderEvent, OrderId, OrderRequest, OrderType, Price, Qty, Side, Span,
    TimeInForce, Ts,
};
use wb_sim::{FeeModel, FillModel, LatencyModel, SimConfig, SimVenue, SlippageModel};

/// The first instrument of every rig.
pub(crate) const A: InstrumentId = InstrumentId(0);
/// The second one.
pub(crate) const B: InstrumentId = InstrumentId(1);

/// Fills at the next open, no costs, no latency, no limits; 10,000 in cash and a leverage of 1.
pub(crate) fn config() -> SimConfig {
    SimConfig {
        fill: FillModel::NextOpen,
        fees: FeeModel::default(),
        slippage: SlippageModel::default(),
        latency: LatencyModel::default(),
        max_participation: None,
        borrow_bps: 0.0,
        cash: 10_000.0,
        leverage: 1.0,
        maintenance_margin: 0.0,
    }
}

/// Instruments with ticks of a tenth and whole lots.
pub(crate) fn instruments(n: u32) -> Arc<[Instrument]> {
    let one = |id| Instrument {
        id: InstrumentId(id),
        symbol: char::from(b'A' + id as u8).to_string(),
        venue: "test".to_string(),
        kind: InstrumentKind::Spot,
        currency: "USD".to_string(),
        tick: Grid::decimal(1),
        lot: Grid::decimal(0),
        multiplier: 1.0,
        calendar: Calendar::always_open(),
    };
    (0..n).map(one).collect()
}

/// A price in whole units, in ticks.
pub(crate) fn price(x: i64) -> Price {
    Price(10 * x)
}

/// A market order in instrument A.
pub(crate) fn market(side: Side, lots: i64) -> OrderRequest {
    OrderRequest::market(A, side, Qty::new(lots))
}

/// A limit order in instrument A.
pub(crate) fn limit(side: Side, lots: i64, at: i64) -> OrderRequest {
    OrderRequest::limit(A, side, Qty::new(lots), price(at))
}

/// A stop order in instrument A.
pub(crate) fn stop(side: Side, lots: i64, at: i64) -> OrderRequest {
    OrderRequest::stop(A, side, Qty::new(lots), price(at))
}

/// A stop-limit order in instrument A.
pub(crate) fn stop_limit(side: Side, lots: i64, trigger: i64, at: i64) -> OrderRequest {
    let kind = OrderType::StopLimit { trigger: price(trigger), price: price(at) };
    OrderRequest { kind, ..market(side, lots) }
}

/// A trailing stop in instrument A.
pub(crate) fn trailing(side: Side, lots: i64, offset: i64) -> OrderRequest {
    OrderRequest { kind: OrderType::TrailingStop { offset: price(offset) }, ..market(side, lots) }
}

/// The same order for another time.
pub(crate) fn with_tif(request: OrderRequest, tif: TimeInForce) -> OrderRequest {
    OrderRequest { tif, ..request }
}

/// The same order, which may only reduce.
pub(crate) fn reducing(request: OrderRequest) -> OrderRequest {
    OrderRequest { reduce_only: true, ..request }
}

/// The same order as an exit that its parent's first fill wakes, one of group 1.
pub(crate) fn exit_of(parent: u64, request: OrderRequest) -> OrderRequest {
    let link = Link::OnFill { parent: OrderId(parent), group: GroupId(1) };
    OrderRequest { link, ..reducing(request) }
}

/// The same order as a member of a group.
pub(crate) fn member(group: u64, request: OrderRequest) -> OrderRequest {
    OrderRequest { link: Link::Oco(GroupId(group)), ..request }
}

/// The same order in another instrument.
pub(crate) fn of(instrument: InstrumentId, request: OrderRequest) -> OrderRequest {
    OrderRequest { instrument, ..request }
}

/// A venue and a clock of whole minutes, which begins at midnight of 2024-01-01, a Monday.
pub(crate) struct Hand {
    pub(crate) venue: SimVenue,
    pub(crate) interval: Interval,
    /// Units that every bar trades.
    pub(crate) volume: f64,
    /// Every fill so far.
    pub(crate) fills: Vec<Fill>,
    now: Ts,
    orders: u64,
}

impl Hand {
    /// A venue that has seen nothing.
    pub(crate) fn empty(config: SimConfig, instruments: Arc<[Instrument]>) -> Hand {
        let venue = SimVenue::new(instruments, config);
        let now = Ts::parse("2024-01-01").expect("a date");
        Hand { venue, interval: Interval::Minutes(1), volume: 1000.0, fills: Vec::new(), now, orders: 0 }
    }

    /// A venue at which instrument A, the only one, has traded at 100.
    pub(crate) fn new(config: SimConfig) -> Hand {
        let mut hand = Hand::empty(config, instruments(1));
        hand.bar([100.0; 4]);
        hand
    }

    /// The close of the last bar.
    pub(crate) fn now(&self) -> Ts {
        self.now
    }

    /// Sends an order at the close of the last bar. Gives what the venue says besides that it took it.
    pub(crate) fn send(&mut self, request: OrderRequest) -> Vec<String> {
        self.send_at(Span::ZERO, request)
    }

    /// Sends orders one after another at the close of the last bar.
    pub(crate) fn send_all(&mut self, requests: &[OrderRequest]) {
        for request in requests {
            self.send(*request);
        }
    }

    /// Sends an order that arrives so long after the close of the last bar.
    pub(crate) fn send_at(&mut self, after: Span, request: OrderRequest) -> Vec<String> {
        self.orders += 1;
        let id = OrderId(self.orders);
        self.venue.on_command(self.now + after, &Command::Submit { id, request });
        self.said()
    }

    /// Asks for an order to be cancelled.
    pub(crate) fn cancel(&mut self, id: u64) -> Vec<String> {
        self.venue.on_command(self.now, &Command::Cancel { id: OrderId(id) });
        self.said()
    }

    /// The next bar of instrument A. Gives what the venue says.
    pub(crate) fn bar(&mut self, prices: [f64; 4]) -> Vec<String> {
        self.close(&[(A, prices)])
    }

    /// The next close, at which these instruments have bars: open, high, low, close.
    pub(crate) fn close(&mut self, bars: &[(InstrumentId, [f64; 4])]) -> Vec<String> {
        self.now = self.now + self.interval.span();
        for (n, (instrument, prices)) in bars.iter().enumerate() {
            let last = n + 1 == bars.len();
            let bar = bar(self.interval, *prices, self.volume);
            self.venue.on_market(&market_event(self.now, *instrument, last, bar));
        }
        self.said()
    }

    /// Lets time pass without a bar.
    pub(crate) fn wait(&mut self, span: Span) {
        self.now = self.now + span;
    }

    /// Lots held of instrument A.
    pub(crate) fn position(&self) -> i64 {
        self.venue.portfolio().position(A).qty.0
    }

    fn said(&mut self) -> Vec<String> {
        let mut said = Vec::new();
        while let Some(event) = self.venue.poll(Ts::MAX) {
            if let Event::Order { event: OrderEvent::Filled(fill), .. } = event {
                self.fills.push(fill);
            }
            said.extend(words(&event));
        }
        said
    }
}

/// A bar from open, high, low, close.
pub(crate) fn bar(interval: Interval, [open, high, low, close]: [f64; 4], volume: f64) -> Bar {
    Bar { interval, open, high, low, close, volume }
}

/// A bar as an event that is known when it has closed.
pub(crate) fn market_event(ts: Ts, instrument: InstrumentId, last: bool, bar: Bar) -> MarketEvent {
    MarketEvent { ts_event: ts, ts_recv: ts, instrument, last, data: MarketData::Bar(bar) }
}

/// What became of an order, in words: `1 buy 10 at 100.5`, `2 cancelled group`. Nothing where it was accepted.
pub(crate) fn words(event: &Event) -> Option<String> {
    let Event::Order { event, .. } = event else { return None };
    Some(match event {
        OrderEvent::Accepted(_) => return None,
        OrderEvent::Rejected(id, reason) => format!("{} rejected: {reason}", id.0),
        OrderEvent::Cancelled(id, reason) => format!("{} cancelled {}", id.0, reason.name()),
        OrderEvent::CancelRejected(id) => format!("{} too late", id.0),
        OrderEvent::Expired(id) => format!("{} expired", id.0),
        OrderEvent::Filled(fill) => {
            let price = fill.price.0 as f64 / 10.0;
            let maker = if fill.maker { " as maker" } else { "" };
            format!("{} {} {} at {price}{maker}", fill.order.0, fill.side, fill.qty.lots())
        }
    })
}
