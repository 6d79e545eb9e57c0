//! Who may ask, how much, and who he is over the WebSocket API.

use data_encoding::BASE64;
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};
use wb_core::Span;
use wb_exchange::{ApiKey, ConnectionId, HttpRequest, Limits, Output, RequestId, Secret, Setup};

use crate::rig::{API, KEY, NOW, Rig, setup, sign};

const ACCOUNT: &str = "/api/v3/account";

fn account(query: &str, key: Option<&str>) -> HttpRequest {
    HttpRequest {
        method: "GET".to_string(),
        path: ACCOUNT.to_string(),
        query: query.to_string(),
        api_key: key.map(str::to_string),
        ..HttpRequest::default()
    }
}

#[test]
fn a_request_of_the_account_is_signed_in_time_by_a_known_key() {
    let mut rig = Rig::new(setup(1));
    let ms = NOW.0 / 1_000_000;
    let signed = |query: String| format!("{query}&signature={}", sign(&query));
    let mut check = |query: String, key: Option<&str>, status: u16, code: i64| {
        let (got, body) = rig.request(&account(&query, key));
        assert_eq!((got, body["code"].as_i64().unwrap_or(0)), (status, code), "{query}: {body}");
    };
    check(signed(format!("timestamp={ms}")), Some(KEY), 200, 0);
    check(signed(format!("timestamp={}", ms * 1_000)), Some(KEY), 200, 0);
    check(signed(format!("timestamp={}&recvWindow=100.5", ms - 100)), Some(KEY), 200, 0);
    check(signed(format!("timestamp={ms}")), None, 401, -2014);
    check(signed(format!("timestamp={ms}")), Some("another"), 401, -2015);
    check(signed(format!("timestamp={}", ms - 5_001)), Some(KEY), 400, -1021);
    check(signed(format!("timestamp={}", ms + 1_000)), Some(KEY), 400, -1021);
    check(signed(format!("timestamp={}", i64::MIN)), Some(KEY), 400, -1102);
    check(signed(format!("timestamp={ms}&recvWindow=60001")), Some(KEY), 400, -1131);
    check(signed("recvWindow=5000".to_string()), Some(KEY), 400, -1102);
    check(format!("timestamp={ms}"), Some(KEY), 400, -1102);
    check(format!("timestamp={ms}&signature=00ff"), Some(KEY), 400, -1022);
}

#[test]
fn a_signature_is_over_the_bytes_as_they_were_sent() {
    let mut rig = Rig::new(setup(1));
    let ms = NOW.0 / 1_000_000;
    // Query and body together, an escape left as it is, the query winning.
    let (query, body) =
        ("symbol=%4EEARUSDT&side=BUY", format!("side=SELL&type=MARKET&quantity=10&timestamp={ms}"));
    let request = HttpRequest {
        method: "POST".to_string(),
        path: "/api/v3/order".to_string(),
        query: query.to_string(),
        body: format!("{body}&signature={}", sign(&format!("{query}{body}"))),
        api_key: Some(KEY.to_string()),
        time_unit: None,
    };
    let (status, placed) = rig.request(&request);
    assert_eq!((status, &placed["side"]), (200, &json!("BUY")), "{placed}");
}

#[test]
fn what_asks_too_much_is_told_when_to_come_back() {
    let limits = Limits { weight_per_minute: 45, orders_per_10s: 1, orders_per_day: 100 };
    let mut rig = Rig::new(Setup { limits, ..setup(1) });
    assert_eq!(rig.get("/api/v3/exchangeInfo").0, 200);
    let order = "symbol=NEARUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=20&price=0.5";
    assert_eq!(rig.signed("POST", "/api/v3/order", order).0, 200);
    let (status, body) = rig.signed("POST", "/api/v3/order", order);
    assert_eq!((status, &body["code"]), (429, &json!(-1015)));
    rig.exchange.on_request(
        rig.now,
        RequestId(999),
        &HttpRequest {
            method: "GET".to_string(),
            path: "/api/v3/trades".to_string(),
            query: "symbol=NEARUSDT".to_string(),
            ..HttpRequest::default()
        },
    );
    let Some(Output::Answer(_, answer)) = rig.exchange.poll() else { panic!("no answer") };
    assert_eq!(answer.status, 429);
    let header =
        |name: &str| answer.headers.iter().find(|(own, _)| *own == name).map(|(_, value)| value.as_str());
    assert_eq!((header("X-MBX-USED-WEIGHT-1M"), header("Retry-After")), (Some("46"), Some("61")));
    rig.now = rig.now + Span::from_seconds(60);
    assert_eq!(rig.get("/api/v3/ping").0, 200);
}

#[test]
fn answers_over_the_websocket_api_tell_the_counts_unless_they_are_not_wanted() {
    let mut rig = Rig::new(setup(1));
    assert!(rig.exchange.on_connect(NOW, API, "/ws-api/v3", ""));
    let answer = rig.call("1", "time", json!({}));
    let weight = json!([{ "rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": 6000, "count": 1 }]);
    assert_eq!((&answer["status"], &answer["rateLimits"]), (&json!(200), &weight));
    let answer = rig.signed_call("order.place", json!({ "symbol": "NEARUSDT" }));
    assert_eq!(answer["rateLimits"].as_array().map(Vec::len), Some(3));
    assert_eq!((&answer["error"]["code"], &answer["status"]), (&json!(-1102), &json!(400)));
}

#[test]
fn a_frame_that_is_no_request_is_answered_and_not_more() {
    let mut rig = Rig::connected(setup(1), "");
    for (frame, code) in [
        ("{", -1135),
        ("[]", -1135),
        ("{\"id\":1}", -1135),
        ("{\"id\":1,\"method\":5}", -1135),
        ("{\"id\":1,\"method\":\"dance\"}", -1020),
        ("{\"id\":1,\"method\":\"time\",\"params\":[]}", -1135),
    ] {
        rig.exchange.on_frame(NOW, API, frame);
        rig.drain();
        assert_eq!(rig.take(API)[0]["error"]["code"], code, "{frame}");
    }
}

/// A client with an Ed25519 key.
fn ed25519() -> (Ed25519KeyPair, Setup) {
    let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).expect("a seed of 32 bytes");
    let public = pair.public_key().as_ref().try_into().expect("32 bytes");
    let key = ApiKey { name: "ed".to_string(), secret: Secret::Ed25519(public) };
    let mut setup = setup(1);
    setup.keys.push(key);
    (pair, setup)
}

fn logon(rig: &mut Rig, pair: &Ed25519KeyPair) -> Value {
    let ms = NOW.0 / 1_000_000;
    let signature = BASE64.encode(pair.sign(format!("apiKey=ed&timestamp={ms}").as_bytes()).as_ref());
    rig.call("on", "session.logon", json!({ "apiKey": "ed", "timestamp": ms, "signature": signature }))
}

#[test]
fn a_session_that_has_logged_on_needs_no_signature_until_it_logs_out() {
    let (pair, setup) = ed25519();
    let mut rig = Rig::new(setup);
    assert!(rig.exchange.on_connect(NOW, API, "/ws-api/v3", ""));
    let ms = NOW.0 / 1_000_000;
    let subscribe = |rig: &mut Rig| rig.call("s", "userDataStream.subscribe", json!({}));
    assert_eq!(subscribe(&mut rig)["error"]["code"], -2015);
    let status = logon(&mut rig, &pair);
    assert_eq!(
        (&status["result"]["apiKey"], &status["result"]["userDataStream"]),
        (&json!("ed"), &json!(false))
    );
    assert_eq!(subscribe(&mut rig)["result"]["subscriptionId"], 0);
    assert_eq!(subscribe(&mut rig)["error"]["code"], -2035);
    let order = json!({
        "symbol": "NEARUSDT", "side": "BUY", "type": "MARKET", "quantity": "10", "timestamp": ms,
    });
    assert_eq!(rig.call("o", "order.place", order.clone())["result"]["status"], "NEW");
    assert_eq!(rig.take(API)[0]["event"]["x"], "NEW");
    let late = json!({ "symbol": "NEARUSDT", "timestamp": ms - 6_000 });
    assert_eq!(rig.call("l", "openOrders.status", late)["error"]["code"], -1021);
    assert_eq!(rig.call("out", "session.logout", json!({}))["result"]["apiKey"], Value::Null);
    assert_eq!(rig.call("o", "order.place", order)["error"]["code"], -2014);
    rig.step();
    assert!(rig.take(API).is_empty(), "the subscription ended with the logon");
}

#[test]
fn an_hmac_key_cannot_log_on() {
    let mut rig = Rig::new(setup(1));
    assert!(rig.exchange.on_connect(NOW, API, "/ws-api/v3", ""));
    assert_eq!(rig.signed_call("session.logon", json!({}))["error"]["code"], -4056);
}

#[test]
fn subscriptions_have_numbers_and_end_one_by_one() {
    let mut rig = Rig::connected(setup(1), "");
    assert_eq!(
        rig.signed_call("userDataStream.subscribe.signature", json!({}))["result"]["subscriptionId"],
        1
    );
    let numbers = json!([{ "subscriptionId": 0 }, { "subscriptionId": 1 }]);
    assert_eq!(rig.call("n", "session.subscriptions", json!({}))["result"], numbers);
    let end = |rig: &mut Rig| rig.call("e", "userDataStream.unsubscribe", json!({ "subscriptionId": 0 }));
    assert_eq!(end(&mut rig)["result"], json!({}));
    assert_eq!(end(&mut rig)["error"]["code"], -2036);
    let order = json!({ "symbol": "NEARUSDT", "side": "BUY", "type": "MARKET", "quantity": "10" });
    rig.signed_call("order.place", order);
    let news = rig.take(API);
    assert!(news.iter().all(|event| event["subscriptionId"] == 1) && news.len() == 2, "{news:?}");
}

#[test]
fn a_connection_that_has_ended_is_told_nothing() {
    let mut rig = Rig::connected(setup(1), "nearusdt@trade");
    rig.exchange.on_disconnect(API);
    rig.exchange.on_disconnect(ConnectionId(2));
    rig.step();
    assert!(rig.frames.is_empty());
}
