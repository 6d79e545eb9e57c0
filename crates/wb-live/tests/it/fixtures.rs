//! Every sample message of Binance Spot in the shared folder: what it says, or that nobody here asks for it.

#![expect(clippy::disallowed_methods, reason = "samples are files outside of the workspace")]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use wb_core::{MarketData, OrderEvent, Side, Ts};
use wb_live::venues::binance::{BinanceSpot, Credentials, read_rules};
use wb_live::venues::{
    Answered, BookStep, Decoded, HttpAnswer, LocalBook, Meaning, Message, OrderNames, RequestKey, VenueCodec,
};

use crate::listed::{API_KEY, SECRET};

mod expected;

/// After everything in the samples.
const NOW: Ts = Ts(1_800_000_000_000_000_000);

/// The samples of Binance Spot: `SHARED_VENUE_FIXTURES`, else `../shared/fixtures/venues` beside the workspace. Says so
/// loudly where they are absent.
fn folder(test: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/fixtures/venues");
    let folder = std::env::var_os("SHARED_VENUE_FIXTURES").map_or(beside, PathBuf::from).join("binance_spot");
    let found = folder.is_dir();
    #[expect(clippy::print_stderr, reason = "a test that proves nothing must say so")]
    if !found {
        eprintln!("SKIPPED: {test}: no samples in {}", folder.display());
    }
    found.then_some(folder)
}

/// Every file below the folder, by its path there.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("it has a name").to_string_lossy().into_owned();
        if path.is_dir() {
            found.extend(files(&path).into_iter().map(|(inner, bytes)| (format!("{name}/{inner}"), bytes)));
        } else {
            found.insert(name, std::fs::read(&path).expect("a file"));
        }
    }
    found
}

/// The bytes of every sample; none where the folder is absent.
pub(crate) fn all() -> Vec<Vec<u8>> {
    folder("hostile input from samples")
        .map(|folder| files(&folder).into_values().collect())
        .unwrap_or_default()
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).expect("samples are JSON")
}

const SYMBOLS: [&str; 6] = ["BTCUSDT", "ETHUSDT", "BNBUSDT", "BNBBTC", "ETHBTC", "LTCBTC"];

/// A codec for every instrument of the samples, on a grid fine enough for all of them.
fn codec() -> BinanceSpot {
    let listed = SYMBOLS.map(|symbol| {
        json!({"symbol": symbol, "status": "TRADING", "baseAsset": symbol[..3], "quoteAsset": symbol[3..],
            "orderTypes": ["LIMIT"], "filters": [
                {"filterType": "PRICE_FILTER", "minPrice": "0", "maxPrice": "0", "tickSize": "0.00000001"},
                {"filterType": "LOT_SIZE", "minQty": "0", "maxQty": "0", "stepSize": "0.00000001"}]})
    });
    let listing = json!({"rateLimits": [], "symbols": listed}).to_string();
    let rules =
        read_rules(listing.as_bytes(), &SYMBOLS.map(String::from)).expect("the listing is well formed");
    let names = OrderNames::new("wb", 1).expect("a tag");
    let credentials = Credentials::new(API_KEY, SECRET).expect("a key");
    BinanceSpot::new(rules.listings, vec![], names, Some(credentials)).expect("a codec")
}

/// What a frame says, one text a message.
fn said(frame: &[u8]) -> Vec<String> {
    let mut out = Decoded::default();
    match codec().decode(NOW, frame, &mut out) {
        Ok(()) => out.messages.iter().map(|message| describe(message, &out)).collect(),
        Err(error) => vec![format!("error: {error}")],
    }
}

fn describe(message: &Message, out: &Decoded) -> String {
    match message {
        Message::Market(event) => {
            let symbol = SYMBOLS[event.instrument.index()];
            let time = if event.ts_event == NOW { "now".to_string() } else { event.ts_event.to_string() };
            let data = match event.data {
                MarketData::Quote(q) => {
                    format!("quote {} x {} / {} x {}", q.bid, q.bid_qty, q.ask, q.ask_qty)
                }
                MarketData::Trade(t) => format!("{} of {} at {}", t.aggressor, t.qty, t.price),
                MarketData::Bar(b) => {
                    format!("bar {} {} {} {} {} {}", b.interval, b.open, b.high, b.low, b.close, b.volume)
                }
                MarketData::Gap => "gap".to_string(),
            };
            format!("{symbol} {data} {time}")
        }
        Message::Depth(change) => {
            let symbol = SYMBOLS[change.instrument.index()];
            let levels = levels(&out.levels[change.levels.clone()]);
            format!("{symbol} depth {}-{} {levels} {}", change.first, change.last, change.ts_event)
        }
        Message::OtherOrder(order) => {
            format!("{:?} order {} of {} {}", order.owner, order.venue_order, order.symbol, order.what)
        }
        Message::Balance(balance) => {
            format!("{} {} free {} locked", balance.asset, balance.free, balance.locked)
        }
        Message::Transfer(asset, amount) => format!("{amount} {asset} came"),
        Message::RateUse(rate) => {
            format!("{:?} {} in {}", rate.kind, rate.used, rate.window)
        }
        Message::Answer(answer) => match &answer.result {
            Ok(answered) => format!("{:?}: {}", answer.request, describe_answer(answered, out)),
            Err(error) => format!("{:?}: {error} ({:?})", answer.request, error.meaning),
        },
        other => format!("{other:?}"),
    }
}

/// Bids and offers in steps of 1e-8.
fn levels(levels: &[wb_live::venues::Level]) -> String {
    let mut text = String::new();
    for level in levels {
        let sign = if level.side == Side::Buy { '+' } else { '-' };
        write!(text, "{sign}{}x{}", level.price.0, level.qty.lots()).expect("a string takes any text");
    }
    text
}

fn describe_answer(answered: &Answered, out: &Decoded) -> String {
    match answered {
        Answered::Depth(last, range) => {
            let (count, first) = (range.len(), levels(&out.levels[range.start..range.start + 1]));
            format!("book to {last}, {count} levels, first {first}")
        }
        Answered::Bars(bars) => {
            let first = bars.first().map(|bar| describe(&Message::Market(*bar), out)).unwrap_or_default();
            format!("{} bars, first {first}", bars.len())
        }
        Answered::Orders(orders) => {
            let mut text = format!("{} orders", orders.len());
            for order in orders {
                let (filled, qty) = (order.filled.lots(), order.qty.lots());
                let about = format!("{:?} {} {} {filled}/{qty}", order.owner, order.venue_order, order.side);
                write!(text, ", {about} {}", order.state.name()).expect("a string takes any text");
            }
            text
        }
        Answered::Trades(trades) => {
            let mut text = format!("{} trades", trades.len());
            for trade in trades {
                let paid = format!("{} {}", trade.commission.amount, trade.commission.asset);
                let about = format!("{} {} {}x{}", trade.trade, trade.side, trade.price.0, trade.qty.lots());
                write!(text, ", {about} for {paid} {}", trade.ts_event).expect("a string takes any text");
            }
            text
        }
        Answered::Account(account) => {
            let mut text = format!("may trade: {}", account.can_trade);
            for balance in &account.balances {
                write!(text, ", {} {}+{}", balance.asset, balance.free, balance.locked)
                    .expect("a string takes any text");
            }
            text
        }
        other => format!("{other:?}"),
    }
}

#[test]
fn every_sample_says_what_is_expected_of_it() {
    let Some(folder) = folder("every_sample_says_what_is_expected_of_it") else { return };
    let mut rest = files(&folder);
    for (name, id, texts) in expected::FRAMES {
        let mut frame = json(&rest.remove(*name).unwrap_or_else(|| panic!("no sample {name}")));
        if !id.is_empty() {
            frame["id"] = json!(id);
        }
        assert_eq!(said(frame.to_string().as_bytes()), *texts, "{name}");
    }
    for (name, status, request, text) in expected::BODIES {
        let body = rest.remove(*name).unwrap_or_else(|| panic!("no sample {name}"));
        let (mut out, answer) =
            (Decoded::default(), HttpAnswer { status: *status, headers: &[], body: &body });
        codec()
            .decode_http(NOW, request, &answer, &mut out)
            .unwrap_or_else(|error| panic!("{error} in {name}"));
        assert_eq!(describe(&out.messages[0], &out), *text, "{name}");
    }
    for name in expected::NEVER_ASKED_FOR.iter().chain(expected::IN_OTHER_TESTS) {
        assert!(rest.remove(*name).is_some(), "no sample {name}");
    }
    rest.retain(|name, _| !name.ends_with("_request.json") && !name.ends_with("_request_fmt.json"));
    assert!(rest.is_empty(), "nothing is said about {:?}", rest.keys());
}

#[test]
fn every_scenario_of_a_book_ends_as_it_must() {
    let Some(folder) = folder("every_scenario_of_a_book_ends_as_it_must") else { return };
    let scenarios = files(&folder.join("books"));
    assert!(!scenarios.is_empty());
    for (name, bytes) in scenarios {
        let scenario = json(&bytes);
        let (mut codec, mut out, mut book) = (codec(), Decoded::default(), LocalBook::default());
        let decode = |codec: &mut BinanceSpot, frame: &Value, out: &mut Decoded| {
            out.clear();
            codec
                .decode(NOW, frame.to_string().as_bytes(), out)
                .unwrap_or_else(|error| panic!("{name}: {error}"));
            out.messages.remove(0)
        };
        for event in scenario["buffered_events"].as_array().expect("events") {
            let Message::Depth(change) = decode(&mut codec, event, &mut out) else {
                panic!("{name}: {event}")
            };
            assert_eq!(book.on_change(&change, &out.levels), BookStep::HeldBack, "{name}");
        }
        let answer = json!({"id": "d0", "status": 200, "result": scenario["snapshot"]});
        let Message::Answer(answer) = decode(&mut codec, &answer, &mut out) else { panic!("{name}") };
        assert_eq!(answer.request, Some(RequestKey::Depth(wb_core::InstrumentId(0))));
        let Ok(Answered::Depth(last, range)) = answer.result else { panic!("{name}") };
        let step = book.on_snapshot(last, &out.levels[range]);
        let expect = &scenario["expect"];
        match expect["result"].as_str().expect("a word") {
            "refetch_snapshot" => assert_eq!(step, BookStep::TooOld, "{name}"),
            "resync_gap" => assert_eq!((step, book.last_update()), (BookStep::Gap, None), "{name}"),
            "ok" => {
                assert_eq!(
                    (step, book.last_update()),
                    (BookStep::Applied, expect["last_update_id"].as_u64()),
                    "{name}"
                );
                for (side, key) in [(Side::Buy, "bids"), (Side::Sell, "asks")] {
                    let levels = book
                        .levels(side)
                        .map(|(price, qty)| (price.0 as f64 * 1e-8, qty.lots() as f64 * 1e-8));
                    let ours: Vec<_> = levels.map(|(price, qty)| format!("{price:.2} {qty:.2}")).collect();
                    let number =
                        |value: &Value| value.as_str().expect("a text").parse::<f64>().expect("a number");
                    let theirs = expect[key].as_array().expect("levels").iter();
                    let theirs: Vec<_> =
                        theirs.map(|l| format!("{:.2} {:.2}", number(&l[0]), number(&l[1]))).collect();
                    assert_eq!(ours, theirs, "{name} {key}");
                }
            }
            other => panic!("{name}: {other}"),
        }
    }
}

#[test]
fn recorded_reports_of_an_order_of_ours_are_its_events() {
    let Some(folder) = folder("recorded_reports_of_an_order_of_ours_are_its_events") else { return };
    for (name, expected) in [
        ("new", "Accepted(OrderId(9))"),
        ("trade", "Filled 50000000 at 249950000000 for 1.24975"),
        ("canceled", "Cancelled(OrderId(9), Requested)"),
        ("expired", "Expired(OrderId(9))"),
    ] {
        let path = folder.join(format!("recorded/ws_spot_execution_report_{name}.json"));
        let mut frame = json(&std::fs::read(path).expect("a file"));
        frame["data"]["c"] = json!("wb-1-9");
        let mut out = Decoded::default();
        codec().decode(NOW, frame.to_string().as_bytes(), &mut out).expect(name);
        let [Message::Order(report)] = out.messages.as_slice() else { panic!("{out:?}") };
        let said = match report.event {
            // 0.0005 ETH at 2499.5.
            OrderEvent::Filled(fill) => {
                format!("Filled {} at {} for {}", fill.qty.lots(), fill.price.0, fill.fee)
            }
            other => format!("{other:?}"),
        };
        assert_eq!(said, expected);
    }
}

#[test]
fn every_error_of_the_documentation_has_a_meaning_and_only_some_leave_it_open() {
    let Some(folder) = folder("every_error_of_the_documentation_has_a_meaning") else { return };
    let meaning = |status: u16, code: &Value, text: &Value| {
        let frame = json!({"id": "p1", "status": status, "error": {"code": code, "msg": text}}).to_string();
        let mut out = Decoded::default();
        codec().decode(NOW, frame.as_bytes(), &mut out).expect("an answer");
        let Some(Message::Answer(answer)) = out.messages.pop() else { panic!("{frame}") };
        answer.result.expect_err("it says no").meaning
    };
    let codes = json(&std::fs::read(folder.join("errors/error_codes.json")).expect("a file"));
    let open: Vec<i64> = codes
        .as_array()
        .expect("codes")
        .iter()
        .filter(|entry| !meaning(400, &entry["code"], &entry["messages"][0]).is_certain())
        .filter_map(|entry| entry["code"].as_i64())
        .collect();
    assert_eq!(open, [-1000, -1001, -1006, -1007, -2021]);
    let rejects = json(&std::fs::read(folder.join("errors/engine_reject_messages.json")).expect("a file"));
    for text in rejects["messages"].as_array().expect("messages") {
        let refused = meaning(400, &json!(-2010), text);
        assert!(matches!(refused, Meaning::Refused(_)), "{text}: {refused:?}");
    }
    for text in rejects["filter_failures"].as_array().expect("messages") {
        assert!(matches!(meaning(400, &json!(-1013), text), Meaning::Refused(_)), "{text}");
    }
}

#[test]
fn recorded_listings_can_be_read() {
    let Some(folder) = folder("recorded_listings_can_be_read") else { return };
    let body = std::fs::read(folder.join("recorded/http_spot_market_exchange_info.json")).expect("a file");
    let rules = read_rules(&body, &["BTCUSDT".to_string()]).expect("a listing");
    let listing = &rules.listings[0];
    assert_eq!(
        (listing.instrument.tick.to_string(), listing.instrument.lot.to_string()),
        ("0.01".into(), "0.00001".into())
    );
    assert_eq!((rules.limits.len(), listing.rules.max_orders), (4, Some(200)));
    let answer = json(&std::fs::read(folder.join("wsapi/exchange_info_response.json")).expect("a file"));
    let rules =
        read_rules(answer["result"].to_string().as_bytes(), &["BNBBTC".to_string()]).expect("a listing");
    assert_eq!(rules.listings[0].instrument.tick.to_string(), "0.000001");
    let filters = json(&std::fs::read(folder.join("rest/symbol_filters.json")).expect("a file"));
    let mut all = answer["result"].clone();
    all["symbols"][0]["filters"] = filters;
    let rules = read_rules(all.to_string().as_bytes(), &["BNBBTC".to_string()]).expect("a listing");
    assert_eq!(rules.listings[0].rules.max_position, Some(10.0));
}
