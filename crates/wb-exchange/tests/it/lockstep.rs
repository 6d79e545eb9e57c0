//! In lockstep the exchange fills orders as a backtest does, and tells it in the same order.

use serde_json::{Value, json};
use wb_core::{
    Command, Event, Fill, Instrument, InstrumentId, Link, MarketEvent, Merge, OrderEvent, OrderId,
    OrderRequest, OrderType, Price, Qty, Rng, Side, TimeInForce, Ts,
};
use wb_exchange::Setup;
use wb_sim::{SimConfig, SimVenue};

use crate::rig::{API, FROM, Rig, STREAMS, bars, instruments, setup};

/// What a client does on a close.
#[derive(Clone, Copy, Debug)]
enum Act {
    Send(OrderId, OrderRequest),
    Cancel(OrderId, InstrumentId),
}

/// A client that sends orders on closes: small against its cash, and never of more than it holds.
struct Client {
    rng: Rng,
    /// The instruments of the orders sent.
    sent: Vec<InstrumentId>,
    /// Lots of each instrument that orders which rest may have promised.
    promised: Vec<i64>,
}

impl Client {
    fn new(seed: u64, instruments: &[Instrument]) -> Client {
        Client { rng: Rng::new(seed), sent: Vec::new(), promised: vec![0; instruments.len()] }
    }

    /// What it does on a close at `last`, holding `held` lots.
    fn acts(&mut self, spec: &Instrument, last: f64, held: i64) -> Vec<Act> {
        let mut acts = Vec::new();
        let rng = &mut self.rng;
        if !self.sent.is_empty() && rng.below(4) == 0 {
            let at = rng.below(self.sent.len() as u64);
            acts.push(Act::Cancel(OrderId(at + 1), self.sent[at as usize]));
        }
        if rng.below(2) == 0 {
            return acts;
        }
        let side = if rng.below(2) == 0 { Side::Buy } else { Side::Sell };
        let lots = 100 + rng.below(400) as i64;
        let tick = spec.tick.nearest(last);
        let off = 1 + rng.below(15) as i64;
        let (away, beyond) = match side {
            Side::Buy => (tick - off, tick + off),
            Side::Sell => (tick + off, tick - off),
        };
        let (kind, tif) = match rng.below(6) {
            0 => (OrderType::Limit { price: Price(away), post_only: false }, TimeInForce::Gtc),
            1 => (OrderType::Limit { price: Price(away), post_only: true }, TimeInForce::Gtc),
            2 => (OrderType::Limit { price: Price(beyond), post_only: false }, TimeInForce::Ioc),
            3 => (OrderType::Stop { trigger: Price(beyond) }, TimeInForce::Gtc),
            4 => (OrderType::StopLimit { trigger: Price(beyond), price: Price(beyond) }, TimeInForce::Gtc),
            _ => (OrderType::Market, TimeInForce::Gtc),
        };
        let promised = &mut self.promised[spec.id.index()];
        if side == Side::Sell {
            if *promised + lots > held {
                return acts;
            }
            if kind != OrderType::Market {
                *promised += lots;
            }
        }
        self.sent.push(spec.id);
        let qty = Qty::new(lots);
        let link = Link::None;
        let request = OrderRequest { instrument: spec.id, side, qty, kind, tif, reduce_only: false, link };
        acts.push(Act::Send(OrderId(self.sent.len() as u64), request));
        acts
    }
}

/// What a backtest's client learns, in order.
#[derive(Clone, PartialEq, Debug)]
enum Learned {
    Fill { order: u64, price: u64, qty: u64, fee: u64, maker: bool, ts: i64 },
    Ended { order: u64, word: &'static str },
    Closed { instrument: u32, ts: i64, ohlcv: [u64; 5] },
}

fn of_fill(spec: &Instrument, fill: &Fill) -> Learned {
    Learned::Fill {
        order: fill.order.0,
        price: spec.price_f64(fill.price).to_bits(),
        qty: spec.qty_f64(fill.qty).to_bits(),
        fee: fill.fee.to_bits(),
        maker: fill.maker,
        ts: fill.ts.0 / 1_000_000,
    }
}

/// The simulated venue alone, stepped as a session steps it.
fn backtest(setup: &Setup, seed: u64) -> Vec<Learned> {
    let simulation = SimConfig { leverage: 1.0, ..setup.simulation };
    let mut venue = SimVenue::new(setup.instruments.clone(), simulation);
    let ahead: Vec<_> = setup.bars.iter().map(|bars| bars.between(FROM, Ts::MAX)).collect();
    let mut merge = Merge::new(&ahead);
    let (mut client, mut learned) = (Client::new(seed, &setup.instruments), Vec::new());
    loop {
        let mut batch: Vec<MarketEvent> = Vec::new();
        let Some(now) = merge.next_batch(|event| batch.push(*event)) else { return learned };
        batch.iter().for_each(|event| venue.on_market(event));
        settle(&mut venue, now, &setup.instruments, &mut learned);
        for event in &batch {
            let wb_core::MarketData::Bar(bar) = event.data else { unreachable!() };
            let ohlcv = [bar.open, bar.high, bar.low, bar.close, bar.volume].map(f64::to_bits);
            learned.push(Learned::Closed { instrument: event.instrument.0, ts: now.0 / 1_000_000, ohlcv });
        }
        for event in &batch {
            let spec = &setup.instruments[event.instrument.index()];
            let wb_core::MarketData::Bar(bar) = event.data else { unreachable!() };
            let held = venue.portfolio().position(spec.id).qty.0;
            for act in client.acts(spec, bar.close, held) {
                match act {
                    Act::Send(id, request) => venue.on_command(now, &Command::Submit { id, request }),
                    Act::Cancel(id, _) => venue.on_command(now, &Command::Cancel { id }),
                }
                settle(&mut venue, now, &setup.instruments, &mut learned);
            }
        }
    }
}

fn settle(venue: &mut SimVenue, now: Ts, instruments: &[Instrument], learned: &mut Vec<Learned>) {
    while let Some(event) = venue.poll(now) {
        let Event::Order { event, .. } = event else { continue };
        match event {
            OrderEvent::Filled(fill) => learned.push(of_fill(&instruments[fill.instrument.index()], &fill)),
            OrderEvent::Cancelled(id, reason) => {
                let word = if reason == wb_core::CancelReason::Requested { "CANCELED" } else { "EXPIRED" };
                learned.push(Learned::Ended { order: id.0, word });
            }
            _ => {}
        }
    }
}

/// The same client over the wire.
fn rehearsal(setup: Setup, seed: u64) -> Vec<Learned> {
    let instruments = setup.instruments.clone();
    let streams: Vec<String> =
        instruments.iter().map(|spec| format!("{}@kline_1m", spec.symbol.to_lowercase())).collect();
    let mut rig = Rig::connected(setup, &streams.join("/"));
    let (mut client, mut learned) = (Client::new(seed, &instruments), Vec::new());
    let mut held = vec![0_i64; instruments.len()];
    loop {
        let answer = rig.call("step-1", "time", json!({}));
        if answer["status"] != 200 {
            assert_eq!(answer["error"]["msg"], "The replay has come to its end.");
            return learned;
        }
        let mut closes = Vec::new();
        for (_, frame) in std::mem::take(&mut rig.frames) {
            match frame["e"].as_str() {
                Some("kline") if frame["k"]["x"] == true => closes.push(closed(&frame, &instruments)),
                Some(_) => {}
                None => learn(&frame["event"], &instruments, &mut held, &mut learned),
            }
        }
        learned.extend(closes.iter().map(|(learned, _, _)| learned.clone()));
        for (_, id, close) in closes {
            let spec = &instruments[id.index()];
            for act in client.acts(spec, close, held[id.index()]) {
                let answer = match act {
                    Act::Send(id, request) => {
                        rig.signed_call("order.place", order_params(spec, id, &request))
                    }
                    Act::Cancel(OrderId(n), of) => {
                        let symbol = &instruments[of.index()].symbol;
                        rig.signed_call("order.cancel", json!({ "symbol": symbol, "orderId": n }))
                    }
                };
                assert!([200, 400].contains(&answer["status"].as_i64().expect("a status")), "{answer}");
                for event in rig.take(API) {
                    learn(&event["event"], &instruments, &mut held, &mut learned);
                }
            }
        }
    }
}

fn order_params(spec: &Instrument, id: OrderId, request: &OrderRequest) -> Value {
    let text = |price: Price| format!("{:.3}", spec.price_f64(price));
    let mut params = json!({
        "symbol": spec.symbol,
        "side": if request.side == Side::Buy { "BUY" } else { "SELL" },
        "quantity": format!("{:.1}", spec.qty_f64(request.qty)),
        "newClientOrderId": format!("c{}", id.0),
    });
    let mut set = |name: &str, value: &str| params[name] = value.into();
    match request.kind {
        OrderType::Market => set("type", "MARKET"),
        OrderType::Limit { price, post_only } => {
            set("type", if post_only { "LIMIT_MAKER" } else { "LIMIT" });
            set("price", &text(price));
            if !post_only {
                set("timeInForce", if request.tif == TimeInForce::Ioc { "IOC" } else { "GTC" });
            }
        }
        OrderType::Stop { trigger } => {
            set("type", "STOP_LOSS");
            set("stopPrice", &text(trigger));
        }
        OrderType::StopLimit { trigger, price } => {
            set("type", "STOP_LOSS_LIMIT");
            set("stopPrice", &text(trigger));
            set("price", &text(price));
            set("timeInForce", "GTC");
        }
        OrderType::TrailingStop { .. } => unreachable!("the script has none"),
    }
    params
}

fn bits(value: &Value) -> u64 {
    let number: f64 = value.as_str().expect("amounts are text").parse().expect("of a number");
    number.to_bits()
}

fn closed(frame: &Value, instruments: &[Instrument]) -> (Learned, InstrumentId, f64) {
    let kline = &frame["k"];
    let spec = instruments.iter().find(|spec| kline["s"] == spec.symbol.as_str()).expect("listed");
    let ts = kline["T"].as_i64().expect("a time") + 1;
    let ohlcv = ["o", "h", "l", "c", "v"].map(|name| bits(&kline[name]));
    (Learned::Closed { instrument: spec.id.0, ts, ohlcv }, spec.id, f64::from_bits(ohlcv[3]))
}

fn learn(event: &Value, instruments: &[Instrument], held: &mut [i64], learned: &mut Vec<Learned>) {
    if event["e"] != "executionReport" {
        return;
    }
    let order = event["i"].as_u64().expect("a number");
    match event["x"].as_str() {
        Some("TRADE") => {
            let spec = instruments.iter().find(|spec| event["s"] == spec.symbol.as_str()).expect("listed");
            let lots = spec.lot.nearest(f64::from_bits(bits(&event["l"])));
            held[spec.id.index()] += if event["S"] == "BUY" { lots } else { -lots };
            learned.push(Learned::Fill {
                order,
                price: bits(&event["L"]),
                qty: bits(&event["l"]),
                fee: bits(&event["n"]),
                maker: event["m"] == true,
                ts: event["T"].as_i64().expect("a time"),
            });
        }
        Some("CANCELED") => learned.push(Learned::Ended { order, word: "CANCELED" }),
        Some("EXPIRED") => learned.push(Learned::Ended { order, word: "EXPIRED" }),
        _ => {}
    }
}

#[test]
fn orders_sent_on_closes_are_filled_as_in_a_backtest_to_the_bit() {
    for seed in 1..=8 {
        let one =
            Setup { rules: wb_exchange::OrderRules { min_notional: 0.0, max_orders: 500 }, ..setup(seed) };
        let two = Setup {
            instruments: instruments(2),
            bars: vec![one.bars[0].clone(), bars(seed + 100, 60, 90)],
            ..one.clone()
        };
        for setup in [one, two] {
            let expected = backtest(&setup, seed);
            let fills = expected.iter().filter(|learned| matches!(learned, Learned::Fill { .. })).count();
            assert!(fills > 10, "seed {seed}: {fills} fills");
            let got = rehearsal(setup, seed);
            for (at, (got, expected)) in got.iter().zip(&expected).enumerate() {
                assert_eq!(got, expected, "seed {seed}, event {at}");
            }
            assert_eq!(got.len(), expected.len(), "seed {seed}");
        }
    }
}

#[test]
fn the_answer_to_a_step_comes_behind_all_that_the_close_tells() {
    let mut rig = Rig::connected(setup(1), "nearusdt@kline_1m/nearusdt@trade");
    let placed = json!({ "symbol": "NEARUSDT", "side": "BUY", "type": "MARKET", "quantity": "10" });
    assert_eq!(rig.signed_call("order.place", placed)["result"]["status"], "NEW");
    rig.frames.clear();
    rig.frame(API, &json!({ "id": "step", "method": "time" }));
    let told: Vec<String> = rig.frames.iter().map(|(to, frame)| word(*to == STREAMS, frame)).collect();
    let expected = [
        "trade",
        "trade",
        "trade",
        "trade",
        "executionReport TRADE",
        "outboundAccountPosition",
        "kline true",
        "answer",
    ];
    assert_eq!(told, expected);
}

fn word(is_stream: bool, frame: &Value) -> String {
    match (is_stream, frame["e"].as_str(), frame["event"]["e"].as_str()) {
        (true, Some("kline"), _) => format!("kline {}", frame["k"]["x"]),
        (true, Some(name), _) => name.to_string(),
        (false, _, Some("executionReport")) => {
            format!("executionReport {}", frame["event"]["x"].as_str().unwrap_or("?"))
        }
        (false, _, Some(name)) => name.to_string(),
        _ => "answer".to_string(),
    }
}

#[test]
fn a_step_over_http_says_which_close_it_was_and_when_there_is_none_left() {
    let mut rig = Rig::new(setup(1));
    let step = wb_exchange::HttpRequest {
        method: "POST".to_string(),
        path: "/control/step".to_string(),
        ..Default::default()
    };
    for minute in 1..=120 {
        let (status, body) = rig.request(&step);
        assert_eq!((status, &body["close"]), (200, &json!(FROM.0 / 1_000_000 + 60_000 * minute)));
    }
    assert_eq!(rig.request(&step).1["msg"], "The replay has come to its end.");
}

#[test]
fn a_client_at_the_lockstep_address_steps_with_its_usual_time_request_once_it_listens() {
    let mut rig = Rig::new(setup(1));
    assert!(rig.exchange.on_connect(rig.now, API, "/lockstep/ws-api/v3", ""));
    assert!(rig.exchange.on_connect(rig.now, STREAMS, "/lockstep/stream", "streams=nearusdt@trade"));
    assert_eq!(rig.call("t", "time", json!({}))["status"], 200);
    assert_eq!(rig.get("/lockstep/api/v3/time").0, 200);
    assert!(rig.take(STREAMS).is_empty(), "nobody listens to bars yet");
    let subscribe = json!({ "method": "SUBSCRIBE", "params": ["nearusdt@kline_1m"], "id": 1 });
    rig.frame(STREAMS, &subscribe);
    rig.take(STREAMS);
    assert_eq!(rig.call("t", "time", json!({}))["status"], 200);
    assert_eq!(rig.take(STREAMS).last().expect("a bar")["data"]["k"]["x"], true);
}
