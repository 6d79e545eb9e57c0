//! The page of a live session.

use wb_core::{InstrumentId, OrderId, Qty, Side, Ts};
use wb_metrics::Shortfall;
use wb_report::{Comparisons, Drift, RunPage, SessionNotice, SessionPage, StageSamples, session_page};

use crate::markup::{check_balanced, check_loads_nothing};
use crate::sample::{Plan, Sample};

const EVIL: &str = "<script>alert(1)</script>";

fn sample() -> Sample {
    Plan { seed: 5, bars: 400, interval: wb_core::Interval::Minutes(15), trips: 10, symbol: "WALK" }.sample()
}

fn shortfall(order: u64, side: Side, cost: f64) -> Shortfall {
    Shortfall {
        order: OrderId(order),
        instrument: InstrumentId(0),
        side,
        decided: Ts::from_seconds(1_700_000_000),
        decision_price: 100.0,
        fill_price: 100.0 + side.sign() as f64 * cost / 10.0,
        filled: Qty::new(10_000),
        notional: 1_000.0,
        cost,
    }
}

fn notices(count: usize) -> Vec<SessionNotice> {
    let notice = |place: usize| SessionNotice {
        at: Ts::from_seconds(1_800_000_000 + place as i64),
        kernel_time: (place > 0).then(|| Ts::from_seconds(1_700_000_001)),
        severity: if place == 0 { "halt" } else { "info" },
        text: format!("{EVIL} {place}."),
    };
    (0..count).map(notice).collect()
}

/// The page of a session with so many notices, with and without what can be absent.
fn page(notices: &[SessionNotice], is_empty: bool) -> String {
    let sample = sample();
    let shortfalls =
        [shortfall(1, Side::Buy, 2.0), shortfall(2, Side::Buy, -1.0), shortfall(3, Side::Sell, 3.0)];
    let stages = [StageSamples { name: "queue", about: "from here to there", ns: (1..=2_000).collect() }];
    let comparisons = [Comparisons { verdict: "books agreed", count: 12 }];
    let waivers = [format!("the gate history_days was waived: {EVIL}")];
    let drift = |feature: &str, distance| Drift {
        feature: feature.to_string(),
        instrument: "test:WALK".to_string(),
        rows: 64,
        bars: 400,
        distance,
        limit: 0.18,
    };
    let drifts = [drift("rsi(close,14)", 0.123), drift("alpha.rise", 0.5)];
    let run = RunPage {
        title: "near, live",
        spec_text: "",
        outcome: &sample.outcome,
        tearsheet: &sample.tearsheet,
        params: &[],
        prices: &[],
        data_notes: &[],
        provenance: &[],
    };
    let full = SessionPage {
        run,
        waivers: &waivers,
        shortfalls: &shortfalls,
        stages: &stages,
        sessions: 2,
        lost_connections: [3, 4],
        comparisons: &comparisons,
        found_fills: 5,
        drifts: &drifts,
        notices,
    };
    let empty =
        SessionPage { waivers: &[], shortfalls: &[], stages: &[], comparisons: &[], drifts: &[], ..full };
    session_page(if is_empty { &empty } else { &full })
}

#[test]
fn waivers_come_first_and_every_part_is_there() {
    let page = page(&notices(3), false);
    check_balanced(&page);
    check_loads_nothing(&page);
    assert!(!page.contains("<script>alert"));
    let place = |text: &str| page.find(text).unwrap_or_else(|| panic!("`{text}` is missing"));
    assert!(place("Deployed with waived gates") < place("class=\"headline\""));
    assert!(place("the gate history_days was waived") < place("Equity and drawdown"));
    assert!(place("<h2>Costs and orders") < place("<h2>Slippage"));
    assert!(place("<h2>Slippage") < place("<h2>Latency"));
    assert!(place("<h2>Latency") < place("<h2>Reconciliation"));
    for id in ["slippage", "latency", "reconciliation"] {
        assert!(page.contains(&format!("href=\"#{id}\"")), "{id}");
    }
}

#[test]
fn slippage_is_weighted_by_value_and_shown_by_side_and_order() {
    let page = page(&[], false);
    let row = |cells: &str| assert!(page.contains(cells), "{cells}");
    row(
        "<td>WALK buy</td><td class=\"n\">2</td><td class=\"n\">2,000</td><td class=\"n\">1.00</td><td class=\"n\">5.00</td>",
    );
    row(
        "<td>WALK sell</td><td class=\"n\">1</td><td class=\"n\">1,000</td><td class=\"n\">3.00</td><td class=\"n\">30.00</td>",
    );
    row(
        "<td>all</td><td class=\"n\">3</td><td class=\"n\">3,000</td><td class=\"n\">4.00</td><td class=\"n\">13.33</td>",
    );
    let (most, least) = (page.find("data-k=\"3\">3</td>"), page.find("data-k=\"2\">2</td>"));
    assert!(most.is_some() && most < least, "the largest comes first");
}

#[test]
fn latency_and_reconciliation_say_what_was_measured() {
    let page = page(&notices(3), false);
    for text in [
        "<td class=\"n\">2,000</td><td class=\"n\">1.0 µs</td><td class=\"n\">2.0 µs</td>",
        "<td>books agreed</td><td class=\"n\">12</td>",
        "<td>fills that were missed, and found</td><td class=\"n\">5</td>",
        "<td>connections for orders lost</td><td class=\"n\">4</td>",
        "<td>2027-01-15 08:00:02</td><td>2023-11-14 22:13:21</td><td>info</td>",
        "<td>2027-01-15 08:00</td><td>–</td><td>halt</td>",
        "3 of 3 notices, 1 of them halts",
        "<td>alpha.rise</td><td>test:WALK</td><td class=\"n\" data-k=\"64\">64</td>",
        "1 of 2 columns beyond what is usual",
    ] {
        assert!(page.contains(text), "{text}");
    }
}

#[test]
fn a_session_without_orders_or_notices_says_so() {
    let page = page(&[], true);
    check_balanced(&page);
    for text in ["No order was filled.", "No order was timed.", "Nothing was said to whoever watched."] {
        assert!(page.contains(text), "{text}");
    }
    assert!(!page.contains("Deployed with waived gates") && !page.contains("Drift of models"));
}

#[test]
fn of_many_notices_every_halt_and_the_last_are_shown() {
    let page = page(&notices(1_000), false);
    assert_eq!(page.matches("&lt;script&gt;alert(1)&lt;/script&gt; ").count(), 400);
    assert!(
        page.contains("script&gt; 0.<") && page.contains("script&gt; 999.<") && !page.contains("gt; 1.<")
    );
    assert!(page.contains("400 of 1,000 notices"));
}
