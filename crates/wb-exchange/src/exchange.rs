//! The exchange as one state machine: requests, frames and time in, answers and messages out.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use wb_core::{InstrumentId, MarketData, MarketEvent, Span, Ts};
use wb_sim::SimConfig;

use crate::candle::Candle;
use crate::clock::{Clock, Speed, Stamp};
use crate::connection::{Connection, ConnectionId};
use crate::desk::Desk;
use crate::faults::{Class, Outbox};
use crate::ladder::LadderDiff;
use crate::listing::Listing;
use crate::market::{Market, Print};
use crate::protocol::auth::ApiKey;
use crate::protocol::cancels::CancelBatch;
use crate::protocol::error::ApiError;
use crate::protocol::market_messages;
use crate::protocol::rate_limits::RateLimits;
use crate::protocol::topic::{PARTIAL_DEPTHS, Topic};
use crate::replay::{Replay, Step};
use crate::setup::{Setup, SetupError};

/// A request, as the server numbers them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct RequestId(pub u64);

/// An HTTP answer.
#[derive(Clone, PartialEq, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Headers besides the type of the content, which is always JSON.
    pub headers: Vec<(&'static str, String)>,
    /// JSON.
    pub body: String,
}

/// What the server is to send.
#[derive(Clone, PartialEq, Debug)]
pub enum Output {
    /// The answer to a request.
    Answer(RequestId, Answer),
    /// A text frame.
    Message(ConnectionId, String),
    /// Nothing more: the connection is to be closed.
    Close(ConnectionId),
}

/// A replay of market data behind a venue's protocol, with one account.
///
/// It reads no clock: every call says what time it is. What it has to say is in [`Exchange::poll`].
#[derive(Debug)]
pub struct Exchange {
    pub(crate) clock: Clock,
    replay: Replay,
    pub(crate) markets: Vec<Market>,
    pub(crate) desk: Desk,
    pub(crate) keys: Vec<ApiKey>,
    pub(crate) limits: RateLimits,
    pub(crate) simulation: SimConfig,
    pub(crate) connections: BTreeMap<ConnectionId, Connection>,
    pub(crate) cancels: Vec<CancelBatch>,
    /// The last number given to an event of an order.
    pub(crate) last_event: u64,
    /// The last name made up for an order or a cancel.
    pub(crate) last_name: u64,
    is_lockstep: bool,
    /// The real time.
    now: Ts,
    pub(crate) outbox: Outbox,
}

impl Exchange {
    /// Opens an exchange at the real time `now`.
    ///
    /// # Errors
    /// If what it is opened with does not go together.
    pub fn open(setup: Setup, now: Ts) -> Result<Exchange, SetupError> {
        setup.check()?;
        let Setup { instruments, bars, from, path, speed, .. } = setup;
        let max_participation = setup.faults.max_participation().or(setup.simulation.max_participation);
        let simulation = SimConfig { leverage: 1.0, max_participation, ..setup.simulation };
        let interval = bars[0].interval.span();
        let is_lockstep = speed == Speed::Lockstep;
        let step = if is_lockstep { Step::Bar } else { Step::Part };
        let ahead = bars.iter().map(|bars| bars.between(from, Ts::MAX)).collect();
        let replay = Replay::new(ahead, &instruments, path, step);
        let listed = instruments.iter().zip(bars);
        let markets = listed
            .map(|(instrument, bars)| {
                Market::new(Listing::new(instrument, setup.rules, is_lockstep), bars, path, from)
            })
            .collect();
        Ok(Exchange {
            clock: Clock::new(from, now, interval, speed, setup.timestamps),
            replay,
            markets,
            desk: Desk::new(instruments, simulation),
            keys: setup.keys,
            limits: RateLimits::new(&setup.limits),
            simulation,
            connections: BTreeMap::new(),
            cancels: Vec::new(),
            last_event: 0,
            last_name: 0,
            is_lockstep,
            now,
            outbox: Outbox::new(setup.faults),
        })
    }

    /// The next thing to send.
    pub fn poll(&mut self) -> Option<Output> {
        self.outbox.poll(self.now)
    }

    /// When [`Exchange::on_time`] has to be called next; nothing in lockstep and at the end of the data, unless something
    /// is to be sent late.
    pub fn next_wakeup(&self) -> Option<Ts> {
        let replay = self.next_close();
        replay.into_iter().chain(self.outbox.next_due()).min()
    }

    /// The real time of the next close, if the clock brings it.
    fn next_close(&self) -> Option<Ts> {
        self.clock.due(self.replay.next_close()?)
    }

    /// Whether the replay has come to its end.
    pub(crate) fn is_over(&self) -> bool {
        self.replay.next_close().is_none()
    }

    /// Whether the replay waits for a client.
    pub(crate) fn is_lockstep(&self) -> bool {
        self.is_lockstep
    }

    /// Tells that it is `now`: everything in the data until then happens.
    pub fn on_time(&mut self, now: Ts) {
        self.now = now;
        while self.next_close().is_some_and(|due| due <= now) {
            self.step();
        }
        self.clock.replay = self.clock.replayed(now);
    }

    /// Lets the next close happen: trades inside its bars, then what they mean for orders, then the closed bars.
    /// Gives its time; nothing at the end of the data.
    pub fn step(&mut self) -> Option<Ts> {
        let close = self.replay.next_close()?;
        let batch = self.replay.next_batch();
        self.clock.replay = self.clock.replay.max(close);
        let mut closed = Vec::new();
        for event in &batch {
            let candles = self.show(event);
            closed.extend(candles.into_iter().map(|(name, candle)| (event.instrument, name, candle)));
            self.desk.on_market(event);
        }
        self.desk.settle(close);
        self.tell_reports();
        for (instrument, name, candle) in closed {
            self.publish(instrument, Topic::Kline(name), |market, stamp| {
                market_messages::kline(market, name, &candle, true, stamp)
            });
        }
        let (script, rng) = self.outbox.faults();
        if script.restarts(rng) {
            self.restart();
        }
        Some(close)
    }

    /// Tells the trades inside a replayed bar. Gives the candles that it closes, by name.
    fn show(&mut self, event: &MarketEvent) -> Vec<(&'static str, Candle)> {
        let MarketData::Bar(bar) = event.data else { return Vec::new() };
        let (id, end) = (event.instrument, event.ts_event);
        let parts = self.replay.parts(&self.markets[id.index()].listing.instrument, end, &bar);
        for (ts, part) in &parts {
            let trade = self.desk.next_trade(id);
            let market = &mut self.markets[id.index()];
            let print = Print {
                id: trade,
                ts: *ts,
                price: part.close,
                qty: part.volume,
                buyer_is_maker: part.close < market.last,
            };
            let diff = market.on_print(print);
            self.publish_print(id, &print, &diff);
        }
        let market = &mut self.markets[id.index()];
        let closed = market.on_bar(end, &bar, &parts);
        for (name, candle) in market.open_candles().collect::<Vec<_>>() {
            self.publish(id, Topic::Kline(name), |market, stamp| {
                market_messages::kline(market, name, &candle, false, stamp)
            });
        }
        closed
    }

    fn publish_print(&mut self, id: InstrumentId, print: &Print, diff: &LadderDiff) {
        self.publish(id, Topic::Trade, |market, stamp| market_messages::trade(market, print, stamp));
        self.publish(id, Topic::AggTrade, |market, stamp| {
            market_messages::aggregate_trade(market, print, stamp)
        });
        self.publish(id, Topic::BookTicker, |market, _| market_messages::book_ticker(market));
        self.publish(id, Topic::Depth, |market, stamp| market_messages::depth_update(market, diff, stamp));
        for levels in PARTIAL_DEPTHS {
            self.publish(id, Topic::PartialDepth(levels), |market, _| market_messages::depth(market, levels));
        }
        let now = self.clock.replay;
        self.publish(id, Topic::MiniTicker, |market, stamp| market_messages::mini_ticker(market, now, stamp));
        self.publish(id, Topic::Ticker, |market, stamp| market_messages::ticker(market, now, stamp));
    }

    /// Sends a market message to all who want it, in their units of time.
    fn publish(&mut self, id: InstrumentId, topic: Topic, make: impl Fn(&Market, &Stamp) -> Value) {
        let market = &self.markets[id.index()];
        for (connection, session) in &self.connections {
            let Connection::Streams(session) = session else { continue };
            for stream in session.streams_of(id, topic) {
                let message = make(market, &self.clock.stamp(session.unit));
                let text = session.framed(stream, &message);
                self.outbox.publish(self.now, topic.class(), *connection, text);
            }
        }
    }

    /// Says that the server shuts down, and ends every connection.
    fn restart(&mut self) {
        for (id, connection) in &self.connections {
            let event = |stamp: Stamp| json!({ "e": "serverShutdown", "E": stamp.now() });
            let text = match connection {
                Connection::Streams(session) => {
                    session.framed("!serverShutdown", &event(self.clock.stamp(session.unit)))
                }
                Connection::Api(session) => event(self.clock.stamp(session.unit)).to_string(),
            };
            self.outbox.send(self.now, Span::ZERO, Output::Message(*id, text));
            self.outbox.send(self.now, Span::ZERO, Output::Close(*id));
        }
    }

    /// Sends news of the account.
    pub(crate) fn tell_account(&mut self, connection: ConnectionId, text: String) {
        self.outbox.publish(self.now, Class::Account, connection, text);
    }

    /// Puts something behind what is to be sent, `late` by so much.
    pub(crate) fn send(&mut self, late: Span, output: Output) {
        self.outbox.send(self.now, late, output);
    }

    /// Takes the real time. Gives that of the exchange, which may be wrong on purpose.
    pub(crate) fn at(&mut self, now: Ts) -> Ts {
        self.now = now;
        now + self.outbox.faults().0.skew()
    }

    /// A name for an order or a cancel whose client gave none.
    pub(crate) fn new_name(&mut self) -> String {
        self.last_name += 1;
        format!("wb-{:08}", self.last_name)
    }

    /// The market of that symbol.
    ///
    /// # Errors
    /// -1121 if there is none.
    pub(crate) fn market(&self, symbol: &str) -> Result<&Market, ApiError> {
        let known = self.markets.iter().find(|market| market.listing.instrument.symbol == symbol);
        known.ok_or_else(ApiError::symbol)
    }
}
