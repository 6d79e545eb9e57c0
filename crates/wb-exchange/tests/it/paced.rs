//! Paced by the clock: when things happen, and that they add up to the bars of the data.

use serde_json::{Value, json};
use wb_core::{Span, Ts};
use wb_exchange::{Exchange, HttpRequest, Output, RequestId, Setup, Speed, Timestamps};

use crate::rig::{API, KEY, NOW, Rig, STREAMS, setup, sign};

fn paced(times: f64, timestamps: Timestamps) -> Setup {
    Setup { speed: Speed::Times(times), timestamps, ..setup(4) }
}

/// Lets the real time pass until everything has happened.
fn run_to_the_end(rig: &mut Rig) {
    while let Some(due) = rig.exchange.next_wakeup() {
        assert!(due >= rig.now, "the clock does not go back");
        rig.now = due;
        rig.exchange.on_time(due);
        rig.drain();
    }
}

#[test]
fn bars_told_as_trades_are_the_bars_of_the_data() {
    let data = setup(4).bars[0].clone();
    let mut rig = Rig::connected(paced(60.0, Timestamps::Original), "nearusdt@kline_1m/nearusdt@trade");
    run_to_the_end(&mut rig);
    assert_eq!((rig.now - NOW).0, Span::from_seconds(120).0, "two hours at sixty times");
    let frames = rig.take(STREAMS);
    let number = |value: &Value| value.as_str().expect("text").parse::<f64>().expect("a number");
    let trades = frames.iter().filter(|frame| frame["e"] == "trade");
    let trades: Vec<u64> = trades.map(|frame| number(&frame["p"]).to_bits()).collect();
    let closed: Vec<&Value> =
        frames.iter().map(|frame| &frame["k"]).filter(|kline| kline["x"] == true).collect();
    assert_eq!((trades.len(), closed.len()), (480, 120));
    for (at, kline) in closed.iter().enumerate() {
        let row = 60 + at;
        let told = ["o", "h", "l", "c"].map(|name| number(&kline[name]).to_bits());
        let [open, high, low, close] = [data.open[row], data.high[row], data.low[row], data.close[row]];
        assert_eq!(told, [open, high, low, close].map(f64::to_bits));
        assert_eq!(trades[4 * at..4 * at + 4], [open, low, high, close].map(f64::to_bits));
        assert!((number(&kline["v"]) - data.volume[row]).abs() < 1e-9);
    }
}

#[test]
fn a_market_order_is_filled_at_the_beginning_of_the_next_part() {
    let mut rig = Rig::connected(paced(1.0, Timestamps::Original), "");
    let order = json!({ "symbol": "NEARUSDT", "side": "BUY", "type": "MARKET", "quantity": "10" });
    rig.signed_call("order.place", order);
    rig.take(API);
    // The first part is the open; the order arrived when it began.
    rig.now = rig.now + Span::from_seconds(15);
    rig.exchange.on_time(rig.now);
    rig.drain();
    let fill = &rig.take(API)[0]["event"];
    assert_eq!((&fill["x"], &fill["X"]), (&json!("TRADE"), &json!("FILLED")));
}

#[test]
fn rebased_times_begin_now_and_keep_to_whole_minutes() {
    let mut rig = Rig::connected(paced(1.0, Timestamps::Rebased), "nearusdt@kline_1m/nearusdt@trade");
    run_to_the_end(&mut rig);
    for frame in rig.take(STREAMS) {
        if frame["e"] == "trade" {
            let told = frame["T"].as_i64().expect("a time");
            assert!(told >= NOW.0 / 1_000_000 - 60_000);
        } else {
            assert_eq!(frame["k"]["t"].as_i64().expect("a time") % 60_000, 0);
        }
    }
    let (_, klines) = rig.get("/api/v3/klines?symbol=NEARUSDT&interval=1m&limit=1");
    let last = klines[0][6].as_i64().expect("a time");
    assert!((rig.now.0 / 1_000_000 - last).abs() <= 1_000, "at the clock's own speed data and clock agree");
}

#[test]
fn a_cancel_within_a_bar_is_answered_when_the_bar_has_said_whether_it_came_in_time() {
    let mut rig = Rig::connected(paced(1.0, Timestamps::Original), "");
    let at = |rig: &mut Rig, seconds: i64| {
        rig.now = NOW + Span::from_seconds(seconds);
        rig.exchange.on_time(rig.now);
    };
    at(&mut rig, 20);
    rig.drain();
    let order =
        "symbol=NEARUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=20&price=0.3&newClientOrderId=x";
    assert_eq!(rig.signed("POST", "/api/v3/order", order).0, 200);
    at(&mut rig, 22);
    let query = format!("symbol=NEARUSDT&origClientOrderId=x&timestamp={}", rig.now.0 / 1_000_000);
    let cancel = HttpRequest {
        method: "DELETE".to_string(),
        path: "/api/v3/order".to_string(),
        query: format!("{query}&signature={}", sign(&query)),
        api_key: Some(KEY.to_string()),
        ..HttpRequest::default()
    };
    rig.exchange.on_request(rig.now, RequestId(77), &cancel);
    assert_eq!(answer(&mut rig.exchange), None, "nobody knows yet");
    at(&mut rig, 30);
    let told = answer(&mut rig.exchange).expect("the part is over");
    assert_eq!(told["status"], "CANCELED");
}

/// The answer among all that the exchange has to say.
fn answer(exchange: &mut Exchange) -> Option<Value> {
    let mut found = None;
    while let Some(output) = exchange.poll() {
        if let Output::Answer(RequestId(77), answer) = output {
            found = Some(serde_json::from_str(&answer.body).expect("JSON"));
        }
    }
    found
}

#[test]
fn a_paced_replay_takes_no_steps() {
    let mut rig = Rig::connected(paced(1.0, Timestamps::Rebased), "");
    let answer = rig.call("step", "time", json!({}));
    assert_eq!(answer["error"]["code"], -1020);
}

#[test]
fn an_exchange_that_was_asleep_catches_up_in_order() {
    let mut rig = Rig::connected(paced(1.0, Timestamps::Original), "nearusdt@trade");
    rig.exchange.on_time(NOW + Span::from_seconds(3_600));
    rig.drain();
    let times: Vec<i64> =
        rig.take(STREAMS).iter().map(|frame| frame["T"].as_i64().expect("a time")).collect();
    assert_eq!(times.len(), 240);
    assert!(times.is_sorted());
    assert_eq!(rig.exchange.next_wakeup(), Some(Ts(NOW.0 + 3_615_000_000_000)));
}
