//! No input makes the exchange panic, and every request has one answer.

use wb_core::{Rng, Span};
use wb_exchange::{HttpRequest, Output, RequestId};

use crate::rig::{API, KEY, Rig, STREAMS, setup, sign};

const PATHS: [&str; 12] = [
    "/api/v3/order",
    "/api/v3/openOrders",
    "/api/v3/order/cancelReplace",
    "/api/v3/klines",
    "/api/v3/aggTrades",
    "/api/v3/depth",
    "/api/v3/allOrders",
    "/api/v3/myTrades",
    "/api/v3/exchangeInfo",
    "/api/v3/ticker/24hr",
    "/api/v3/nothing",
    "/control/status",
];
const NAMES: [&str; 24] = [
    "symbol",
    "side",
    "type",
    "timeInForce",
    "quantity",
    "price",
    "stopPrice",
    "quoteOrderQty",
    "newClientOrderId",
    "orderId",
    "origClientOrderId",
    "cancelReplaceMode",
    "cancelOrderId",
    "limit",
    "startTime",
    "endTime",
    "fromId",
    "interval",
    "symbols",
    "recvWindow",
    "newOrderRespType",
    "cancelRestrictions",
    "strategyId",
    "subscriptionId",
];
const VALUES: [&str; 32] = [
    "NEARUSDT",
    "BUY",
    "SELL",
    "LIMIT",
    "MARKET",
    "STOP_LOSS",
    "STOP_LOSS_LIMIT",
    "LIMIT_MAKER",
    "GTC",
    "IOC",
    "FOK",
    "10",
    "0.9",
    "1.2",
    "1",
    "2",
    "0",
    "-1",
    "999999999999999999",
    "9223372036854775807",
    "-9223372036854775808",
    "0.000000000000000001",
    "STOP_ON_FAILURE",
    "ALLOW_FAILURE",
    "1m",
    "1d",
    "[\"NEARUSDT\"]",
    "[",
    "FULL",
    "%F0%9F",
    "\u{1F980}",
    "",
];

fn pick<'l>(rng: &mut Rng, list: &[&'l str]) -> &'l str {
    list[rng.below(list.len() as u64) as usize]
}

/// Mostly an order that could be, with some of it replaced.
fn query(rng: &mut Rng, ms: i64) -> String {
    let mut pairs = vec![
        ("symbol", "NEARUSDT"),
        ("side", pick(rng, &["BUY", "SELL"])),
        ("quantity", pick(rng, &["10", "25.5", "1000000"])),
    ];
    match rng.below(2) {
        0 => pairs.push(("type", "MARKET")),
        _ => pairs.extend([("type", "LIMIT"), ("timeInForce", "GTC"), ("price", "0.9")]),
    }
    for _ in 0..rng.below(4) {
        let (name, value) = (pick(rng, &NAMES), pick(rng, &VALUES));
        pairs.retain(|(own, _)| *own != name);
        pairs.push((name, value));
    }
    let text: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("{}&timestamp={ms}", text.join("&"))
}

#[test]
fn requests_made_of_anything_are_answered() {
    let seed = 20;
    let mut rng = Rng::new(seed);
    let mut rig = Rig::connected(setup(2), "");
    let mut accepted = 0;
    for number in 0..20_000 {
        rig.now = rig.now + Span::from_seconds(3);
        let query = query(&mut rng, rig.now.0 / 1_000_000);
        let request = HttpRequest {
            method: pick(&mut rng, &["GET", "POST", "DELETE", "PUT"]).to_string(),
            path: pick(&mut rng, &PATHS).to_string(),
            query: format!("{query}&signature={}", sign(&query)),
            api_key: Some(KEY.to_string()),
            ..HttpRequest::default()
        };
        let id = RequestId(1_000_000 + number);
        rig.exchange.on_request(rig.now, id, &request);
        let mut answers = 0;
        while let Some(output) = rig.exchange.poll() {
            if let Output::Answer(to, answer) = output {
                assert_eq!(to, id, "seed {seed}, request {number}");
                answers += 1;
                accepted += u32::from(answer.status == 200 && request.method == "POST");
            }
        }
        assert_eq!(answers, 1, "seed {seed}, request {number}: {request:?}");
        if number % 200 == 0 {
            rig.exchange.step();
        }
    }
    assert!(accepted > 100, "seed {seed}: {accepted} orders were taken");
}

#[test]
fn frames_made_of_anything_are_survived() {
    let seed = 21;
    let mut rng = Rng::new(seed);
    let mut rig = Rig::connected(setup(2), "nearusdt@trade");
    let whole = [
        r#"{"id":1,"method":"order.place","params":{"symbol":"NEARUSDT","side":"BUY","price":1.5e308}}"#,
        r#"{"id":{"a":[1]},"method":"klines","params":{"symbol":"NEARUSDT","interval":"1m","limit":-5}}"#,
        r#"{"method":"SUBSCRIBE","params":["nearusdt@kline_1m",5,null],"id":null}"#,
        r#"{"method":"SET_PROPERTY","params":["combined",true],"id":18446744073709551615}"#,
        r#"{"id":"x","method":"userDataStream.unsubscribe","params":{"subscriptionId":-1}}"#,
        r#"{"id":"step","method":"time","params":null}"#,
    ];
    for _ in 0..20_000 {
        let mut bytes = pick(&mut rng, &whole).as_bytes().to_vec();
        for _ in 0..rng.below(4) {
            let at = rng.below(bytes.len() as u64) as usize;
            match rng.below(3) {
                0 => bytes[at] = rng.below(128) as u8,
                1 => bytes.truncate(at.max(1)),
                _ => bytes.insert(at, b"{}[]\",:0-"[rng.below(9) as usize]),
            }
        }
        let text = String::from_utf8(bytes).expect("it was and is plain text");
        let connection = if rng.below(2) == 0 { API } else { STREAMS };
        rig.exchange.on_frame(rig.now, connection, &text);
        while rig.exchange.poll().is_some() {}
    }
}
