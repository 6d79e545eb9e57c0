//! Orders from request to news, and what is refused.

use serde_json::{Value, json};

use crate::rig::{API, Rig, setup};

const BUY: &str = "symbol=NEARUSDT&side=BUY&type=MARKET&quantity=10";

#[test]
fn a_market_order_is_answered_filled_at_the_next_open_and_told() {
    let mut rig = Rig::connected(setup(1), "");
    let (status, placed) = rig.signed("POST", "/api/v3/order", &format!("{BUY}&newClientOrderId=mine"));
    assert_eq!(status, 200, "{placed}");
    assert_eq!(
        (&placed["status"], &placed["fills"], &placed["clientOrderId"]),
        (&json!("NEW"), &json!([]), &json!("mine"))
    );
    let news = rig.take(API);
    assert_eq!(news[0]["event"]["x"], "NEW");
    assert_eq!(news[0]["event"]["N"], Value::Null);
    assert_eq!(news[1]["event"]["e"], "outboundAccountPosition");

    rig.step();
    let news = rig.take(API);
    let trade = &news[0]["event"];
    assert_eq!((&trade["x"], &trade["X"], &trade["N"]), (&json!("TRADE"), &json!("FILLED"), &json!("USDT")));
    let number = |value: &Value| value.as_str().expect("text").parse::<f64>().expect("a number");
    let paid = number(&trade["Z"]) + number(&trade["n"]);
    let assets = &news[1]["event"]["B"];
    assert_eq!((&assets[0]["a"], &assets[0]["f"]), (&json!("NEAR"), &json!("10.00000000")));
    assert!((number(&assets[1]["f"]) - (10_000.0 - paid)).abs() < 1e-9, "{assets}");

    let (_, order) = rig.signed("GET", "/api/v3/order", "symbol=NEARUSDT&origClientOrderId=mine");
    assert_eq!((&order["status"], &order["executedQty"]), (&json!("FILLED"), &json!("10.00000000")));
    let (_, trades) = rig.signed("GET", "/api/v3/myTrades", "symbol=NEARUSDT");
    assert_eq!((&trades[0]["commission"], &trades[0]["isMaker"]), (&trade["n"], &json!(false)));
    let (_, account) = rig.signed("GET", "/api/v3/account", "");
    assert_eq!(account["balances"][1]["free"], "10.00000000");
}

#[test]
fn a_limit_order_locks_what_it_may_spend_until_it_is_cancelled() {
    let mut rig = Rig::connected(setup(1), "");
    let limit =
        "symbol=NEARUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=100&price=0.5&newClientOrderId=low";
    assert_eq!(rig.signed("POST", "/api/v3/order", limit).1["status"], "NEW");
    let cash = |rig: &mut Rig| rig.signed("GET", "/api/v3/account", "").1["balances"][0].clone();
    let locked = json!({ "asset": "USDT", "free": "9950.00000000", "locked": "50.00000000" });
    assert_eq!(cash(&mut rig), locked);
    let (_, open) = rig.signed("GET", "/api/v3/openOrders", "");
    assert_eq!(open.as_array().map(Vec::len), Some(1));
    rig.take(API);
    let cancel = "symbol=NEARUSDT&origClientOrderId=low&newClientOrderId=no-more";
    let (_, cancelled) = rig.signed("DELETE", "/api/v3/order", cancel);
    assert_eq!(
        (&cancelled["status"], &cancelled["clientOrderId"], &cancelled["origClientOrderId"]),
        (&json!("CANCELED"), &json!("no-more"), &json!("low"))
    );
    let news = rig.take(API);
    assert_eq!((&news[0]["event"]["c"], &news[0]["event"]["C"]), (&json!("no-more"), &json!("low")));
    let free = json!({ "asset": "USDT", "free": "10000.00000000", "locked": "0.00000000" });
    assert_eq!(cash(&mut rig), free);
    assert_eq!(rig.signed("DELETE", "/api/v3/order", cancel).1["code"], -2011);
}

#[test]
fn every_refusal_has_the_venues_number() {
    let mut rig = Rig::new(setup(1));
    let limit = "symbol=NEARUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=10";
    let mut check = |query: &str, code: i32, msg: &str| {
        let (status, body) = rig.signed("POST", "/api/v3/order", query);
        assert_eq!((status, &body["code"], &body["msg"]), (400, &json!(code), &json!(msg)), "{query}");
    };
    let missing = |name| format!("Mandatory parameter '{name}' was not sent, was empty/null, or malformed.");
    check("side=BUY&type=MARKET&quantity=1", -1102, &missing("symbol"));
    check("symbol=NOTLISTED&side=BUY&type=MARKET&quantity=1", -1121, "Invalid symbol.");
    check("symbol=NEARUSDT&side=UP&type=MARKET&quantity=1", -1117, "Invalid side.");
    check("symbol=NEARUSDT&side=BUY&type=MAYBE&quantity=1", -1116, "Invalid orderType.");
    check("symbol=NEARUSDT&side=BUY&type=MARKET", -1102, &missing("quantity"));
    check(limit, -1102, &missing("price"));
    check(&format!("{BUY}&price=1"), -1106, "Parameter 'price' sent when not required.");
    check(&format!("{limit}&price=1.0005"), -1013, "Filter failure: PRICE_FILTER");
    check(&format!("{limit}&price=1.000000001"), -1111, "Parameter 'price' has too much precision.");
    check("symbol=NEARUSDT&side=BUY&type=MARKET&quantity=1.05", -1013, "Filter failure: LOT_SIZE");
    check("symbol=NEARUSDT&side=BUY&type=MARKET&quantity=0.1", -1013, "Filter failure: NOTIONAL");
    let no_money = "Account has insufficient balance for requested action.";
    check("symbol=NEARUSDT&side=BUY&type=MARKET&quantity=1000000", -2010, no_money);
    check("symbol=NEARUSDT&side=SELL&type=MARKET&quantity=10", -2010, no_money);
    check(
        "symbol=NEARUSDT&side=SELL&type=STOP_LOSS&quantity=10&stopPrice=900",
        -2010,
        "Order would trigger immediately.",
    );
    check(
        "symbol=NEARUSDT&side=BUY&type=TAKE_PROFIT&quantity=10&stopPrice=0.1",
        -2010,
        "Take profit orders are not supported for this symbol.",
    );
    check(
        &format!("{BUY}&newClientOrderId=a%20b"),
        -1100,
        "Illegal characters found in parameter 'newClientOrderId'; legal range is '^[\\.A-Z\\:/a-z0-9_-]{1,36}$'.",
    );
}

#[test]
fn a_name_is_taken_while_its_order_works() {
    let mut rig = Rig::new(setup(1));
    let limit =
        "symbol=NEARUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=20&price=0.5&newClientOrderId=x";
    assert_eq!(rig.signed("POST", "/api/v3/order", limit).0, 200);
    assert_eq!(rig.signed("POST", "/api/v3/order", limit).1["msg"], "Duplicate order sent.");
    assert_eq!(rig.signed("DELETE", "/api/v3/openOrders", "symbol=NEARUSDT").0, 200);
    assert_eq!(rig.signed("POST", "/api/v3/order", limit).0, 200);
}
