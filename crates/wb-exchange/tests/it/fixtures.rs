//! Every message has the fields of the venue's own, each of the same kind.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::rig::{API, Rig, STREAMS, setup};

/// The samples of Binance Spot: `SHARED_VENUE_FIXTURES`, else `../shared/fixtures/venues` beside the workspace. Says so
/// loudly where there are none.
#[expect(clippy::disallowed_methods, reason = "samples lie in a folder that the environment names")]
fn folder() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/fixtures/venues");
    let folder = std::env::var_os("SHARED_VENUE_FIXTURES").map_or(beside, PathBuf::from).join("binance_spot");
    #[expect(clippy::print_stderr, reason = "a test that proves nothing must say so")]
    if !folder.is_dir() {
        eprintln!("SKIPPED: no venue samples in {}", folder.display());
        return None;
    }
    Some(folder)
}

/// Fields that samples have and that messages here have not, with the reason.
const ABSENT: &[(&str, &str)] = &[
    ("/b", "ids of both orders of a trade: no longer documented"),
    ("/st", "of futures"),
    ("/T", "of the book ticker of futures"),
    ("/E", "of the book ticker of futures"),
    ("/stopPrice", "of orders with a trigger"),
    ("/trailingDelta", "of trailing orders"),
    ("/trailingTime", "of trailing orders"),
    ("/strategyId", "of orders that were sent with one"),
    ("/strategyType", "of orders that were sent with one"),
    ("/icebergQty", "of icebergs"),
    ("/preventedMatchId", "of self-trade prevention"),
    ("/preventedQuantity", "of self-trade prevention"),
];

/// Compares a message with a sample: fields, and the kind of each.
fn compare(name: &str, at: &str, got: &Value, sample: &Value) {
    match (got, sample) {
        (Value::Object(got), Value::Object(sample)) => {
            for (field, wanted) in sample {
                let path = format!("{at}/{field}");
                match got.get(field) {
                    Some(value) => compare(name, &path, value, wanted),
                    None => assert!(
                        ABSENT.iter().any(|(absent, _)| path.ends_with(absent)),
                        "{name}: {path} is missing in {got:?}"
                    ),
                }
            }
        }
        (Value::Array(got), Value::Array(sample)) => {
            // Rows of bars and levels are of fixed fields, lists of messages of one kind.
            let rows = sample.iter().all(|value| !value.is_object() && !value.is_array());
            if rows && !sample.is_empty() {
                assert_eq!(got.len(), sample.len(), "{name}: {at}");
            }
            for (at_row, (got, sample)) in got.iter().zip(sample).enumerate() {
                compare(name, &format!("{at}/{at_row}"), got, sample);
            }
        }
        (Value::Null, _) | (_, Value::Null) => {}
        (got, sample) => {
            let same = matches!(
                (got, sample),
                (Value::String(_), Value::String(_))
                    | (Value::Number(_), Value::Number(_))
                    | (Value::Bool(_), Value::Bool(_))
            );
            assert!(same, "{name}: {at} is {got}, the sample has {sample}");
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "samples are files")]
fn sample(folder: &Path, name: &str) -> Value {
    let text = std::fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

const LIMIT: &str = "symbol=NEARUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=20&price=0.5";
const MARKET: &str = "symbol=NEARUSDT&side=BUY&type=MARKET&quantity=20";

/// An answer of REST for each sample.
fn rest_answers(rig: &mut Rig) -> BTreeMap<&'static str, Value> {
    let mut got = BTreeMap::new();
    let market = "symbol=NEARUSDT";
    for (name, target) in [
        ("rest/time.json", "time".to_string()),
        ("rest/klines.json", format!("klines?{market}&interval=1m")),
        ("rest/depth.json", format!("depth?{market}")),
        ("rest/trades.json", format!("trades?{market}")),
        ("rest/agg_trades.json", format!("aggTrades?{market}")),
        ("rest/book_ticker_one.json", format!("ticker/bookTicker?{market}")),
        ("rest/ticker_price_one.json", format!("ticker/price?{market}")),
        ("rest/ticker_24hr_full.json", format!("ticker/24hr?{market}")),
        ("rest/error_invalid_symbol.json", "klines?symbol=X&interval=1m".to_string()),
        ("recorded/http_spot_market_exchange_info.json", "exchangeInfo".to_string()),
    ] {
        got.insert(name, rig.get(&format!("/api/v3/{target}")).1);
    }
    let mut signed = |name: &'static str, method: &str, path: &str, query: &str| {
        let answer = rig.signed(method, &format!("/api/v3/{path}"), query).1;
        got.insert(name, answer.clone());
        answer
    };
    signed("rest/order_ack.json", "POST", "order", &format!("{LIMIT}&newOrderRespType=ACK"));
    signed("rest/order_result.json", "POST", "order", &format!("{LIMIT}&newOrderRespType=RESULT"));
    signed("rest/order_full.json", "POST", "order", &format!("{LIMIT}&newOrderRespType=FULL"));
    signed("rest/order_test_empty.json", "POST", "order/test", LIMIT);
    signed("rest/query_order.json", "GET", "order", &format!("{market}&orderId=3"));
    signed("rest/open_orders.json", "GET", "openOrders", market);
    let replace = format!("{LIMIT}&cancelReplaceMode=STOP_ON_FAILURE");
    signed(
        "rest/cancel_replace_success.json",
        "POST",
        "order/cancelReplace",
        &format!("{replace}&cancelOrderId=3"),
    );
    signed(
        "rest/cancel_replace_cancel_failed_stop_on_failure.json",
        "POST",
        "order/cancelReplace",
        &format!("{replace}&cancelOrderId=3"),
    );
    signed("rest/cancel_order.json", "DELETE", "order", &format!("{market}&orderId=4"));
    signed(
        "rest/cancel_restriction_invalid.json",
        "DELETE",
        "order",
        &format!("{market}&orderId=2&cancelRestrictions=X"),
    );
    signed(
        "rest/cancel_restriction_failed.json",
        "DELETE",
        "order",
        &format!("{market}&orderId=2&cancelRestrictions=ONLY_PARTIALLY_FILLED"),
    );
    signed("rest/cancel_open_orders.json", "DELETE", "openOrders", market);
    signed("rest/my_trades.json", "GET", "myTrades", market);
    signed("rest/account.json", "GET", "account", "");
    signed("rest/rate_limit_order.json", "GET", "rateLimit/order", "");
    got
}

#[test]
fn answers_have_the_fields_of_the_venues_own() {
    let Some(folder) = folder() else { return };
    let mut rig = Rig::new(setup(1));
    assert_eq!(rig.signed("POST", "/api/v3/order", MARKET).0, 200);
    rig.step();
    for (name, got) in rest_answers(&mut rig) {
        let mut sample = sample(&folder, name);
        if name == "rest/cancel_open_orders.json" {
            // The sample's last order is a list of orders.
            sample.as_array_mut().expect("a list").pop();
        }
        if name.ends_with("exchange_info.json") {
            // Filters differ from symbol to symbol; more limits than are kept here are told.
            sample["symbols"][0]["filters"] = json!([]);
            sample["symbols"][0]["orderTypes"] = json!([]);
            sample["symbols"][0]["permissions"] = json!([]);
        }
        compare(name, "", &got, &sample);
    }
}

#[test]
fn messages_have_the_fields_of_the_venues_own() {
    let Some(folder) = folder() else { return };
    let topics = ["trade", "aggTrade", "bookTicker", "kline_1m", "depth", "depth5", "miniTicker", "ticker"];
    let streams: Vec<String> = topics.iter().map(|topic| format!("nearusdt@{topic}")).collect();
    let mut rig = Rig::connected(setup(1), &streams.join("/"));
    assert_eq!(rig.signed("POST", "/api/v3/order", MARKET).0, 200);
    let placed = rig.take(API);
    rig.step();
    rig.step();
    let news = rig.take(API);
    let frames = rig.take(STREAMS);
    let of = |name: &str| {
        frames.iter().rev().find(|frame| frame["e"] == name).unwrap_or_else(|| panic!("no {name}"))
    };
    let without_name = |field: &str| {
        let has = |frame: &&&Value| frame.get("e").is_none() && frame.get(field).is_some();
        *frames.iter().collect::<Vec<_>>().iter().rev().find(has).expect(field)
    };
    for (name, got) in [
        ("stream/trade.json", of("trade")),
        ("stream/agg_trade.json", of("aggTrade")),
        ("stream/kline.json", of("kline")),
        ("stream/diff_depth.json", of("depthUpdate")),
        ("stream/mini_ticker.json", of("24hrMiniTicker")),
        ("stream/ticker_24h.json", of("24hrTicker")),
        ("stream/book_ticker.json", without_name("B")),
        ("stream/partial_depth.json", without_name("lastUpdateId")),
        ("user/execution_report_new.json", &placed[0]),
        ("user/outbound_account_position.json", &placed[1]),
    ] {
        compare(name, "", got, &sample(&folder, name));
    }
    let trade = json!({ "data": news[0]["event"] });
    let mut recorded = sample(&folder, "recorded/ws_spot_execution_report_trade.json");
    recorded.as_object_mut().expect("an object").remove("stream");
    compare("recorded/ws_spot_execution_report_trade.json", "", &trade, &recorded);
}

#[test]
fn answers_over_the_websocket_api_have_the_fields_of_the_venues_own() {
    let Some(folder) = folder() else { return };
    let mut rig = Rig::new(setup(1));
    assert!(rig.exchange.on_connect(rig.now, API, "/ws-api/v3", ""));
    let order = json!({
        "symbol": "NEARUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "20", "price": "0.5",
    });
    let symbol = json!({ "symbol": "NEARUSDT" });
    let with = |base: &Value, name: &str, value: Value| {
        let mut params = base.clone();
        params[name] = value;
        params
    };
    for (name, method, params) in [
        ("wsapi/uds_subscribe_signature_response.json", "userDataStream.subscribe.signature", json!({})),
        ("wsapi/order_place_ack.json", "order.place", with(&order, "newOrderRespType", json!("ACK"))),
        ("wsapi/order_place_result.json", "order.place", with(&order, "newOrderRespType", json!("RESULT"))),
        ("wsapi/order_place_ok_with_rate_limits.json", "order.place", order.clone()),
        (
            "wsapi/order_place_insufficient_balance.json",
            "order.place",
            with(&order, "quantity", json!(1_000_000)),
        ),
        ("wsapi/order_status_response.json", "order.status", with(&symbol, "orderId", json!(1))),
        ("wsapi/order_cancel_response.json", "order.cancel", with(&symbol, "orderId", json!(1))),
        ("wsapi/account_status_response.json", "account.status", json!({})),
        ("wsapi/session_status_response.json", "session.status", json!({})),
        ("wsapi/session_subscriptions_response.json", "session.subscriptions", json!({})),
        ("wsapi/exchange_info_response.json", "exchangeInfo", json!({})),
        ("wsapi/depth_response.json", "depth", symbol.clone()),
        ("wsapi/time_ok.json", "time", json!({})),
    ] {
        let got = rig.signed_call(method, params);
        let mut sample = sample(&folder, name);
        // A client's own number or text.
        sample["id"] = Value::Null;
        if name == "wsapi/exchange_info_response.json" {
            sample["result"]["symbols"][0]["filters"] = json!([]);
            sample["result"]["symbols"][0]["orderTypes"] = json!([]);
            sample["result"]["symbols"][0]["permissionSets"] = json!([]);
        }
        if ["subscribe", "subscriptions", "session"].iter().any(|part| name.contains(part)) {
            sample.as_object_mut().expect("an object").remove("rateLimits");
        }
        compare(name, "", &got, &sample);
    }
}
