//! What goes wrong on purpose, as a client meets it.

use serde_json::{Value, json};
use wb_core::Span;
use wb_exchange::{FaultScript, HttpRequest, Output, RequestId, Setup};

use crate::rig::{API, KEY, NOW, Rig, STREAMS, setup, sign};

fn faulty(script: &str) -> Setup {
    Setup { faults: FaultScript::parse(script).expect("a good script"), ..setup(1) }
}

/// An exchange with a client that is told of its account: the subscription itself is never hit.
fn connected(script: &str) -> Rig {
    let mut rig = Rig::new(faulty(script));
    assert!(rig.exchange.on_connect(NOW, API, "/ws-api/v3", "returnRateLimits=false"));
    assert!(rig.exchange.on_connect(NOW, STREAMS, "/ws/nearusdt@kline_1m", ""));
    rig
}

fn order() -> HttpRequest {
    let query = "symbol=NEARUSDT&side=BUY&type=MARKET&quantity=20";
    let query = format!("{query}&timestamp={}", NOW.0 / 1_000_000);
    HttpRequest {
        method: "POST".to_string(),
        path: "/api/v3/order".to_string(),
        query: format!("{query}&signature={}", sign(&query)),
        api_key: Some(KEY.to_string()),
        ..HttpRequest::default()
    }
}

/// Lots that the account holds, by a request that no fault may have hit.
fn held(rig: &mut Rig) -> Value {
    rig.signed("GET", "/api/v3/account", "").1["balances"][1]["free"].clone()
}

#[test]
fn a_refused_request_has_not_been_carried_out() {
    for (fault, status, code) in [("too_many", 429, -1003), ("unavailable", 503, -1008)] {
        let mut rig = connected(&format!("[requests]\n{fault} = 1"));
        let (got, body) = rig.request(&order());
        assert_eq!((got, &body["code"]), (status, &json!(code)));
        rig.step();
        let status = HttpRequest {
            method: "GET".to_string(),
            path: "/control/status".to_string(),
            ..HttpRequest::default()
        };
        assert_eq!(rig.request(&status).0, 200, "what steers the replay is spared");
    }
}

#[test]
fn an_order_of_unknown_fate_has_been_carried_out() {
    // Every second request or so: the seed decides.
    let mut rig = connected("seed = 2\n[requests]\nunknown = 0.5");
    let mut placed = 0;
    let mut unknown = 0;
    for _ in 0..20 {
        let (status, body) = rig.request(&order());
        match status {
            200 => placed += 1,
            503 => {
                assert_eq!(body["code"], -1007);
                unknown += 1;
            }
            other => panic!("{other}: {body}"),
        }
    }
    assert!(placed > 0 && unknown > 0);
    rig.step();
    let all = loop {
        let (status, body) = rig.signed("GET", "/api/v3/allOrders", "symbol=NEARUSDT");
        if status == 200 {
            break body;
        }
    };
    assert_eq!(all.as_array().map(Vec::len), Some(placed + unknown));
}

#[test]
fn an_answer_may_be_lost_or_late() {
    let mut rig = connected("[requests]\nlost = 1");
    rig.exchange.on_request(NOW, RequestId(1), &order());
    assert_eq!(rig.exchange.poll(), None);

    let mut rig = connected("[requests]\ndelay = 1\ndelay_by = \"3s\"");
    rig.exchange.on_request(NOW, RequestId(1), &order());
    assert_eq!(rig.exchange.poll(), None);
    let due = NOW + Span::from_seconds(3);
    assert_eq!(rig.exchange.next_wakeup(), Some(due));
    rig.exchange.on_time(due);
    assert!(
        matches!(rig.exchange.poll(), Some(Output::Answer(RequestId(1), answer)) if answer.status == 200)
    );
}

#[test]
fn news_of_the_account_may_be_missing_and_the_account_is_right_all_the_same() {
    let mut rig = Rig::connected(faulty("[account]\ndrop = 1"), "");
    assert_eq!(rig.request(&order()).0, 200);
    rig.step();
    assert_eq!(rig.take(API), Vec::<Value>::new());
    assert_eq!(held(&mut rig), "20.00000000");
}

#[test]
fn a_gap_in_the_book_shows_in_its_numbers() {
    let setup = faulty("seed = 5\n[book]\ndrop = 0.2");
    let mut rig = Rig::connected(setup, "nearusdt@depth/nearusdt@trade");
    for _ in 0..50 {
        rig.step();
    }
    let frames = rig.take(STREAMS);
    let (changes, trades): (Vec<&Value>, Vec<&Value>) =
        frames.iter().partition(|frame| frame["e"] == "depthUpdate");
    assert_eq!(trades.len(), 200, "trades are not hit");
    let number = |value: &Value| value.as_u64().expect("a number");
    let gaps = changes.windows(2).filter(|pair| number(&pair[1]["U"]) != number(&pair[0]["u"]) + 1);
    assert!(gaps.count() > 10);
}

#[test]
fn orders_are_filled_in_parts_where_the_script_says_how_much_may_trade() {
    let mut rig = Rig::connected(faulty("[orders]\nmax_participation = 0.01"), "");
    assert_eq!(rig.request(&order()).0, 200);
    rig.take(API);
    let mut states = Vec::new();
    for _ in 0..60 {
        rig.step();
        let reports = rig.take(API).into_iter().filter(|news| news["event"]["x"] == "TRADE");
        states.extend(reports.map(|news| news["event"]["X"].as_str().expect("a word").to_string()));
    }
    let (last, parts) = states.split_last().expect("it was filled");
    assert_eq!(last, "FILLED");
    assert!(parts.len() > 1 && parts.iter().all(|state| state == "PARTIALLY_FILLED"), "{states:?}");
    assert_eq!(held(&mut rig), "20.00000000");
}

#[test]
fn a_clock_that_is_wrong_is_wrong_everywhere() {
    let mut rig = Rig::new(faulty("[clock]\nskew = \"6s\""));
    let told = rig.get("/api/v3/time").1["serverTime"].as_i64().expect("a time");
    assert_eq!(told, NOW.0 / 1_000_000 + 6_000);
    assert_eq!(rig.request(&order()).1["code"], -1021);
    rig.now = NOW + Span::from_seconds(6);
    assert_eq!(rig.signed("GET", "/api/v3/account", "").0, 400, "the client's clock is six seconds behind");
}

#[test]
fn a_server_that_restarts_says_so_and_ends_every_connection() {
    let mut rig = Rig::connected(faulty("[server]\nrestart = 1"), "nearusdt@kline_1m");
    rig.exchange.step();
    let mut seen = Vec::new();
    while let Some(output) = rig.exchange.poll() {
        seen.push(match output {
            Output::Message(to, text) => (to, text.contains("serverShutdown")),
            Output::Close(to) => {
                rig.exchange.on_disconnect(to);
                (to, true)
            }
            Output::Answer(..) => panic!("nobody asked"),
        });
    }
    assert_eq!(seen, [(STREAMS, false), (API, true), (API, true), (STREAMS, true), (STREAMS, true)]);
    rig.step();
    assert!(rig.frames.is_empty());
}

#[test]
fn the_same_script_goes_wrong_in_the_same_way() {
    let script = "seed = 11\n[market]\ndrop = 0.2\nduplicate = 0.2\nreorder = 0.2";
    let run = || {
        let mut rig = Rig::connected(faulty(script), "nearusdt@trade/nearusdt@kline_1m");
        for _ in 0..40 {
            rig.step();
        }
        rig.take(STREAMS)
    };
    let once = run();
    assert_eq!(once, run());
    assert!(once.len() > 100);
}
