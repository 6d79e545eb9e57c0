//! What each request is answered.

use serde_json::{Value, json};
use wb_core::{Span, Ts};

use super::{NOW, SECRET, halted, status, token};
use crate::operations::operation::Operation;
use crate::operations::respond::{Act, Request, Response, respond};
use crate::operations::token::{Token, WeakToken};
use crate::runner::Verb;
use crate::session::Status;

fn ask(method: &str, path: &str, authorization: Option<&str>, status: &Status) -> Response {
    respond(&Request { method, path, authorization }, status, NOW, &token())
}

fn get(path: &str, status: &Status) -> (u16, Value) {
    let response = ask("GET", path, None, status);
    assert_eq!((response.content_type, response.act), ("application/json", None));
    (response.status, serde_json::from_str(&response.body).expect("JSON"))
}

#[test]
fn it_is_well_whatever_the_session_does_while_the_runner_turns_over() {
    for status in [status(), halted()] {
        assert_eq!(get("/health", &status), (200, json!({ "health": "ok" })));
        let old = Status { now: NOW - Span::from_seconds(6), ..status };
        let (code, body) = get("/health", &old);
        assert_eq!((code, &body["error"]), (503, &json!("the runner has said nothing for 6 s")));
    }
}

#[test]
fn it_is_ready_only_while_it_trades_and_says_why_not() {
    assert_eq!(get("/ready", &status()), (200, json!({ "state": "trading" })));
    let reasons = ["no connection for market data", "the venue's books and ours disagree"];
    let expected = json!({ "error": "not trading", "state": "halted", "reasons": reasons });
    assert_eq!(get("/ready", &halted()), (503, expected));
}

#[test]
fn a_runner_that_has_fallen_silent_is_not_ready_though_it_traded_last() {
    for (age, expected) in [(5, 200), (6, 503)] {
        let old = Status { now: NOW - Span::from_seconds(age), ..status() };
        let (code, body) = get("/ready", &old);
        assert_eq!(code, expected, "{body}");
        if code == 503 {
            assert_eq!(body["reasons"], json!(["the runner has said nothing for 6 s"]));
        }
    }
}

#[test]
fn the_whole_status_is_told_as_json() {
    let (code, body) = get("/live", &status());
    let expected = json!({
        "state": "trading",
        "orders_go_to": "venue",
        "reasons": [],
        "now": "2023-11-14T22:13:20Z",
        "kernel_time": "2023-11-14T22:13:19Z",
        "equity": 990.5,
        "profit": -9.5,
        "peak_equity": 1320.0,
        "drawdown": 1.0 - 990.5 / 1320.0,
        "cash": 400.25,
        "holdings": [
            { "instrument": "binance:NEARUSDT", "units": -12.5, "price": 3.25 },
            { "instrument": "odd:\"A\\B\"\n", "units": 0.0, "price": null },
        ],
        "open_orders": 3,
        "digest": "0123456789abcdef",
        "clock_offset_ns": -1_500_000,
        "counters": {
            "frames": 101, "events": 102, "orders": 103, "refused": 104, "rejected": 105, "fills": 106,
            "reconnects": 107, "records": 108,
        },
        "journal_lag": 4,
        "latency_ns": {
            "queue": { "count": 10, "p50": 1_000, "p99": 2_000, "p999": 3_000, "sum": 10_000 },
            "decide": { "count": 10, "p50": 2_000, "p99": 4_000, "p999": 6_000, "sum": 20_000 },
            "write": { "count": 0, "p50": 0, "p99": 0, "p999": 0, "sum": 0 },
        },
    });
    assert_eq!((code, body), (200, expected));
}

#[test]
fn what_is_not_known_is_null() {
    let fresh = Status { kernel_time: Ts::MIN, equity: f64::NAN, ..halted() };
    let (_, body) = get("/live", &fresh);
    for name in ["kernel_time", "equity", "clock_offset_ns"] {
        assert!(body[name].is_null(), "{name} of {body}");
    }
}

#[test]
fn each_verb_reaches_the_runner_with_the_token() {
    let tell = Act::Tell;
    let acts = [
        ("/alive", tell(Verb::Alive)),
        ("/pause", tell(Verb::Pause)),
        ("/resume", tell(Verb::Resume)),
        ("/flatten", tell(Verb::Flatten)),
        ("/kill", tell(Verb::Kill)),
        ("/stop", tell(Verb::Stop)),
        ("/reload", Act::Reload),
    ];
    for (path, act) in acts {
        for scheme in ["Bearer ", "bearer ", "BEARER  "] {
            let response = ask("POST", path, Some(&format!("{scheme}{SECRET}")), &halted());
            assert_eq!((response.status, response.act), (202, Some(act)), "{scheme}");
            let body: Value = serde_json::from_str(&response.body).expect("JSON");
            assert_eq!(body, json!({ "accepted": &path[1..] }));
        }
    }
}

#[test]
fn nothing_is_changed_without_the_very_token() {
    let wrong = [
        None,
        Some(String::new()),
        Some("Bearer".to_string()),
        Some("Bearer ".to_string()),
        Some(SECRET.to_string()),
        Some(format!("Basic {SECRET}")),
        Some(format!("Bearer {SECRET}0")),
        Some(format!("Bearer {}", &SECRET[1..])),
        Some(format!("Bearer {}", SECRET.to_uppercase())),
        Some(format!("Bearer {SECRET} {SECRET}")),
    ];
    for operation in Operation::ALL.into_iter().filter(|operation| operation.changes()) {
        for header in &wrong {
            let response = ask("POST", operation.path(), header.as_deref(), &status());
            assert_eq!((response.status, response.act), (401, None), "{header:?}");
            assert_eq!(response.header, Some(("www-authenticate", "Bearer")));
            let body: Value = serde_json::from_str(&response.body).expect("JSON");
            let error = if header.is_some() { "the token is wrong" } else { "this needs the token" };
            assert_eq!(body["error"], error);
            assert_eq!(body["hint"], "send the header `Authorization: Bearer TOKEN`");
        }
    }
}

#[test]
fn a_path_that_is_none_is_told_those_that_are() {
    for path in ["/", "/pauses", "/pause/", "/LIVE", ""] {
        let (code, body) = get(path, &status());
        assert_eq!((code, &body["error"]), (404, &json!("nothing is at this path")), "{path}");
        let hint = body["hint"].as_str().expect("a hint");
        assert!(Operation::ALL.iter().all(|operation| hint.contains(operation.path())), "{hint}");
    }
}

#[test]
fn a_wrong_method_is_told_the_right_ones_and_changes_nothing() {
    let bearer = format!("Bearer {SECRET}");
    for (method, path, allowed) in
        [("GET", "/kill", "POST"), ("PUT", "/kill", "POST"), ("POST", "/live", "GET, HEAD")]
    {
        let response = ask(method, path, Some(&bearer), &status());
        assert_eq!((response.status, response.act), (405, None), "{method} {path}");
        assert_eq!(response.header, Some(("allow", allowed)));
        let body: Value = serde_json::from_str(&response.body).expect("JSON");
        assert_eq!(body["error"], format!("{path} is not asked for by this method"));
        assert_eq!(body["hint"], format!("use {allowed}"));
    }
    assert_eq!(ask("HEAD", "/health", None, &status()).status, 200);
}

#[test]
fn every_operation_is_at_its_own_path() {
    for operation in Operation::ALL {
        assert_eq!(Operation::at(operation.path()), Some(operation));
    }
}

#[test]
fn a_token_that_is_weak_or_fits_no_header_is_refused_and_none_is_printed() {
    for text in ["", "0123456789abcde", "0123456789 abcdef", "0123456789abcdef\n", "0123456789abcdefé"] {
        let error = Token::new(text).expect_err(text);
        assert_eq!(error, WeakToken);
        assert!(error.to_string().contains("at least 16 characters"), "{error}");
    }
    assert_eq!(format!("{:?}", token()), "Token(..)");
}
