//! What the exchange tells of the market, over REST and over streams.

use serde_json::{Value, json};
use wb_exchange::HttpRequest;

use crate::rig::{FROM, NOW, Rig, STREAMS, setup};

const MS: i64 = FROM.0 / 1_000_000;

#[test]
fn past_bars_can_be_asked_for_and_none_that_is_still_to_come() {
    let mut rig = Rig::new(setup(1));
    let begins = |answer: (u16, Value)| -> Vec<i64> {
        let rows = answer.1.as_array().expect("a list").clone();
        rows.iter().map(|row| (row[0].as_i64().expect("a time") - MS) / 60_000).collect()
    };
    let all = begins(rig.get("/api/v3/klines?symbol=NEARUSDT&interval=1m"));
    assert_eq!((all.len(), all[0], all[59]), (60, -60, -1));
    let last = begins(rig.get("/api/v3/klines?symbol=NEARUSDT&interval=1m&limit=3"));
    assert_eq!(last, [-3, -2, -1]);
    let from = MS - 10 * 60_000;
    let first =
        begins(rig.get(&format!("/api/v3/klines?symbol=NEARUSDT&interval=1m&limit=3&startTime={from}")));
    assert_eq!(first, [-10, -9, -8]);
    let until = MS - 20 * 60_000 + 1;
    let older =
        begins(rig.get(&format!("/api/v3/klines?symbol=NEARUSDT&interval=1m&limit=2&endTime={until}")));
    assert_eq!(older, [-21, -20]);
    rig.step();
    rig.step();
    let open = begins(rig.get("/api/v3/klines?symbol=NEARUSDT&interval=5m&limit=2"));
    assert_eq!(open, [-5, 0], "the bar that is open is among them");
}

#[test]
fn a_stream_and_a_request_tell_the_same_bar() {
    let mut rig = Rig::connected(setup(3), "nearusdt@kline_1m/nearusdt@kline_5m");
    for _ in 0..5 {
        rig.step();
    }
    let frames = rig.take(STREAMS);
    let closed: Vec<&Value> = frames.iter().filter(|frame| frame["k"]["x"] == true).collect();
    assert_eq!(closed.len(), 6);
    let (_, minutes) = rig.get("/api/v3/klines?symbol=NEARUSDT&interval=1m&limit=1");
    let (_, five) = rig.get("/api/v3/klines?symbol=NEARUSDT&interval=5m&limit=1");
    for (frame, row) in [(closed[4], &minutes[0]), (closed[5], &five[0])] {
        let kline = &frame["k"];
        let fields = ["t", "o", "h", "l", "c", "v", "T", "q", "n", "V", "Q", "B"];
        for (at, field) in fields.iter().enumerate() {
            assert_eq!(kline[field], row[at], "{field}");
        }
        assert_eq!(frame["E"], MS + 300_000);
    }
}

#[test]
fn a_book_kept_from_a_snapshot_and_changes_is_the_book() {
    let mut rig = Rig::connected(setup(5), "nearusdt@depth@100ms");
    rig.step();
    rig.take(STREAMS);
    let (_, snapshot) = rig.get("/api/v3/depth?symbol=NEARUSDT&limit=5000");
    let mut last = snapshot["lastUpdateId"].as_u64().expect("a number");
    let mut sides = ["bids", "asks"].map(|side| snapshot[side].as_array().expect("levels").clone());
    for _ in 0..30 {
        rig.step();
    }
    for event in rig.take(STREAMS) {
        assert_eq!(event["U"], last + 1, "changes leave no gap");
        last = event["u"].as_u64().expect("a number");
        for (side, name) in sides.iter_mut().zip(["b", "a"]) {
            for level in event[name].as_array().expect("levels") {
                side.retain(|old| old[0] != level[0]);
                if level[1] != "0.00000000" {
                    side.push(level.clone());
                }
            }
        }
    }
    let (_, book) = rig.get("/api/v3/depth?symbol=NEARUSDT&limit=5000");
    assert_eq!(book["lastUpdateId"], last);
    let sorted = |levels: &[Value]| {
        let mut levels: Vec<String> = levels.iter().map(Value::to_string).collect();
        levels.sort();
        levels
    };
    for (side, name) in sides.iter().zip(["bids", "asks"]) {
        assert_eq!(sorted(side), sorted(book[name].as_array().expect("levels")));
    }
}

#[test]
fn streams_are_chosen_while_the_connection_lasts() {
    let mut rig = Rig::connected(setup(1), "");
    let mut ask = |frame: Value| {
        rig.frame(STREAMS, &frame);
        rig.take(STREAMS).pop().expect("an answer")
    };
    let names = json!(["nearusdt@trade", "nearusdt@kline_1m", "nobody@trade"]);
    assert_eq!(
        ask(json!({ "method": "SUBSCRIBE", "params": names, "id": 1 })),
        json!({ "result": null, "id": 1 })
    );
    assert_eq!(
        ask(json!({ "method": "LIST_SUBSCRIPTIONS", "id": "x" })),
        json!({ "result": ["nearusdt@kline_1m", "nearusdt@trade"], "id": "x" })
    );
    let unsubscribe = json!({ "method": "UNSUBSCRIBE", "params": ["nearusdt@kline_1m"], "id": 2 });
    assert_eq!(ask(unsubscribe), json!({ "result": null, "id": 2 }));
    let combine = json!({ "method": "SET_PROPERTY", "params": ["combined", true], "id": 3 });
    assert_eq!(ask(combine), json!({ "result": null, "id": 3 }));
    assert_eq!(ask(json!({ "method": "GET_PROPERTY", "params": ["combined"], "id": 4 }))["result"], true);
    assert_eq!(ask(json!({ "method": "DANCE", "id": 5 }))["error"]["code"], 2);
    rig.step();
    let frames = rig.take(STREAMS);
    assert_eq!(frames.len(), 4);
    assert_eq!((&frames[0]["stream"], &frames[0]["data"]["e"]), (&json!("nearusdt@trade"), &json!("trade")));
}

#[test]
fn times_come_in_the_unit_that_was_asked_for() {
    let mut rig = Rig::new(setup(1));
    assert_eq!(rig.get("/api/v3/time").1["serverTime"], NOW.0 / 1_000_000);
    let mut micro = |unit: &str| {
        rig.request(&HttpRequest {
            method: "GET".to_string(),
            path: "/api/v3/time".to_string(),
            time_unit: Some(unit.to_string()),
            ..HttpRequest::default()
        })
    };
    assert_eq!(micro("MICROSECOND").1["serverTime"], NOW.0 / 1_000);
    assert_eq!(micro("CENTURY").1["code"], -1194);
    assert!(rig.exchange.on_connect(NOW, STREAMS, "/ws/nearusdt@trade", "timeUnit=MICROSECOND"));
    rig.step();
    assert_eq!(rig.take(STREAMS)[3]["T"], FROM.0 / 1_000 + 60_000_000);
}

#[test]
fn unknown_and_retired_paths_are_refused_in_json() {
    let mut rig = Rig::new(setup(1));
    assert_eq!(rig.get("/api/v3/nothing").0, 404);
    let (status, body) = rig.get("/api/v3/userDataStream");
    assert_eq!((status, &body["code"]), (410, &json!(-1016)));
    assert_eq!(rig.get("/api/v3/klines?symbol=NEARUSDT&interval=7m").1["code"], -1120);
    assert_eq!(rig.get("/api/v3/klines?symbol=NEARUSDT&interval=1m&limit=0").1["code"], -1130);
    assert!(!rig.exchange.on_connect(NOW, STREAMS, "/elsewhere", ""));
}

#[test]
fn bars_of_sessions_are_refused() {
    let mut setup = setup(1);
    for ts in &mut setup.bars[0].ts {
        *ts = *ts + wb_core::Span::from_seconds(7);
    }
    let error = wb_exchange::Exchange::open(setup, crate::rig::NOW).expect_err("refused").to_string();
    assert!(error.contains("NEARUSDT do not close at whole multiples of 1m in UTC"), "{error}");
}
