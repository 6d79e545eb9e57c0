//! A kernel that trades through the live codec against the exchange in lockstep comes to the digest of its backtest. No
//! socket: the bytes are carried by hand.

use std::sync::Arc;

use wb_core::{
    Command, Event, Instrument, InstrumentId, Interval, MarketData, MarketEvent, ParamSet, ParamValue, Ts,
};
use wb_exchange::{Exchange, HttpRequest, Output, RequestId, Setup};
use wb_kernel::{Kernel, KernelConfig, RiskLimits, StrategyEntry};
use wb_live::venues::binance::{BinanceSpot, Credentials, read_rules};
use wb_live::venues::{Decoded, Feed, Line, Message, OrderNames, OrderRef, Request, VenueCodec};
use wb_sim::{LatencyModel, Session, SimConfig, SimVenue};
use wb_strategies::STRATEGIES;

use crate::rig::{API, FROM, KEY, NOW, SECRET, STREAMS, setup};

/// Two averages of few bars: it trades often. Exits that sleep are orders which the venue's wire has no word for.
fn kernel(weight: f64, setup: &Setup) -> Kernel {
    let name = "sma-cross";
    let entry: &StrategyEntry = STRATEGIES.iter().find(|entry| entry.name == name).expect("in the table");
    let mut given = ParamSet::new();
    given.set("fast", ParamValue::Int(3));
    given.set("slow", ParamValue::Int(10));
    given.set("weight", ParamValue::Float(weight));
    let params =
        given.resolve(&(entry.specs)(&given).expect("no set declares them")).expect("within their ranges");
    let config = KernelConfig {
        interval: Interval::Minutes(1),
        roles: vec![("base".to_string(), vec![InstrumentId(0)])],
        cash: setup.simulation.cash,
        risk: RiskLimits::default(),
        models: Vec::new(),
    };
    Kernel::new(entry, &params, setup.instruments.clone(), &config).expect("it can be built")
}

/// The digest of a backtest, and how much it traded.
fn backtest(weight: f64, setup: &Setup) -> (String, f64) {
    let simulation = SimConfig { leverage: 1.0, ..setup.simulation };
    let venue = SimVenue::new(setup.instruments.clone(), simulation);
    let mut session = Session::new(kernel(weight, setup), venue, LatencyModel::default());
    let bars = setup.bars[0].between(FROM, Ts::MAX);
    for row in 0..bars.len() {
        session.on_market(&bars.event(row, InstrumentId(0), true));
    }
    (session.kernel().digest().to_string(), session.kernel().portfolio().cash())
}

/// Kernel, codec and exchange, and what one says to the other.
struct Rehearsal {
    kernel: Kernel,
    codec: BinanceSpot,
    exchange: Exchange,
    /// News of orders and bars that the kernel has not been told.
    news: Vec<wb_core::OrderEvent>,
    bars: Vec<MarketEvent>,
}

impl Rehearsal {
    fn open(weight: f64, setup: Setup) -> Rehearsal {
        let kernel = kernel(weight, &setup);
        let symbols: Vec<String> = setup.instruments.iter().map(|spec| spec.symbol.clone()).collect();
        let mut exchange = Exchange::open(setup.clone(), NOW).expect("a good setup");
        let rules =
            read_rules(exchange_info(&mut exchange).as_bytes(), &symbols).expect("rules of the exchange");
        check_grids(&setup.instruments, rules.listings.iter().map(|listing| &listing.instrument));
        let feeds = vec![Feed::Bars(InstrumentId(0), Interval::Minutes(1))];
        let names = OrderNames::new("rehearsal", 1).expect("a good tag");
        let credentials = Credentials::new(KEY, SECRET).expect("a key");
        let codec = BinanceSpot::new(rules.listings, feeds, names, Some(credentials)).expect("a codec");
        let mut rehearsal = Rehearsal { kernel, codec, exchange, news: Vec::new(), bars: Vec::new() };
        for (line, id) in [(Line::Market, STREAMS), (Line::Trading, API)] {
            let target = format!("/lockstep{}", rehearsal.codec.path(line));
            let (path, query) = target.split_once('?').unwrap_or((&target, ""));
            assert!(rehearsal.exchange.on_connect(NOW, id, path, query), "{target}");
            let mut frames = Vec::new();
            rehearsal.codec.on_connected(line, NOW, &mut frames).expect("there is a key");
            for frame in frames {
                rehearsal.exchange.on_frame(NOW, id, &frame);
            }
        }
        rehearsal.receive();
        rehearsal
    }

    fn ask(&mut self, request: &Request) {
        let mut frame = String::new();
        self.codec.encode(NOW, request, &mut frame).expect("the venue knows it");
        self.exchange.on_frame(NOW, API, &frame);
        self.receive();
    }

    /// Reads all that the exchange has sent.
    fn receive(&mut self) {
        while let Some(output) = self.exchange.poll() {
            let Output::Message(_, text) = output else { panic!("{output:?}") };
            let mut decoded = Decoded::default();
            self.codec
                .decode(NOW, text.as_bytes(), &mut decoded)
                .unwrap_or_else(|error| panic!("{error}: {text}"));
            for message in decoded.messages {
                match message {
                    Message::Order(report) => self.news.push(report.event),
                    Message::Market(event) if matches!(event.data, MarketData::Bar(_)) => {
                        self.bars.push(event)
                    }
                    Message::Answer(answer) => assert!(answer.result.is_ok(), "{answer:?}"),
                    Message::Unexplained(..)
                    | Message::OtherOrder(_)
                    | Message::Closing
                    | Message::ReportsEnded => {
                        panic!("{message:?}: {text}")
                    }
                    _ => {}
                }
            }
        }
    }

    /// Tells the kernel what is new, and carries out what it wants, until both are at rest.
    fn settle(&mut self, now: Ts) {
        while !self.news.is_empty() {
            let event = self.news.remove(0);
            self.tell(&Event::Order { ts: now, event });
        }
    }

    fn tell(&mut self, event: &Event) {
        let mut commands = Vec::new();
        self.kernel.on_event(event, &mut commands);
        for command in commands {
            match command {
                Command::Submit { id, request } => self.ask(&Request::Place(id, request)),
                Command::Cancel { id } => self.ask(&Request::Cancel(InstrumentId(0), OrderRef::Ours(id))),
                Command::Refused { .. } => {}
            }
        }
    }

    /// Goes through all bars. Gives the digest, and the cash as the kernel knows it.
    fn run(mut self, bars: usize) -> (String, f64) {
        for _ in 0..bars {
            self.ask(&Request::Time);
            let bar = self.bars.pop().expect("each step brings a bar");
            let bar = MarketEvent { ts_recv: bar.ts_event, ..bar };
            self.settle(bar.ts_event);
            self.tell(&Event::Market(bar));
            self.settle(bar.ts_event);
        }
        (self.kernel.digest().to_string(), self.kernel.portfolio().cash())
    }
}

fn exchange_info(exchange: &mut Exchange) -> String {
    let request = HttpRequest {
        method: "GET".to_string(),
        path: "/api/v3/exchangeInfo".to_string(),
        ..HttpRequest::default()
    };
    exchange.on_request(NOW, RequestId(1), &request);
    match exchange.poll() {
        Some(Output::Answer(_, answer)) => answer.body,
        other => panic!("{other:?}"),
    }
}

/// The codec learns from the exchange the grids of the data.
fn check_grids<'i>(data: &Arc<[Instrument]>, told: impl Iterator<Item = &'i Instrument>) {
    for (data, told) in data.iter().zip(told) {
        assert_eq!((data.tick, data.lot), (told.tick, told.lot), "{}", data.symbol);
    }
}

#[test]
fn a_kernel_behind_the_live_codec_comes_to_the_digest_of_its_backtest() {
    for seed in 1..=6 {
        for weight in [0.5, 1.0] {
            let setup = setup(seed);
            let (expected, cash) = backtest(weight, &setup);
            assert!((cash - setup.simulation.cash).abs() > 1.0, "seed {seed}: it has traded");
            let (digest, own) = Rehearsal::open(weight, setup).run(120);
            assert_eq!((&digest, own.to_bits()), (&expected, cash.to_bits()), "weight {weight}, seed {seed}");
        }
    }
}
