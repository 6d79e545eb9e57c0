//! Operations: what requests are answered, first without sockets, then over one.

mod exposition;
mod metrics;
mod over_a_socket;
mod responses;

use wb_core::{Span, Ts};

use super::token::Token;
use crate::runner::{Reason, RunnerState};
use crate::session::{Counters, Holding, Stage, StageLatency, Status};

const SECRET: &str = "canary-0123456789";
const NOW: Ts = Ts::from_seconds(1_700_000_000);

fn token() -> Token {
    Token::new(SECRET).expect("it is long enough")
}

/// A session that trades.
fn status() -> Status {
    let latency = |stage, count: u64, ns: u64| StageLatency {
        stage,
        count,
        p50_ns: ns,
        p99_ns: 2 * ns,
        p999_ns: 3 * ns,
        sum_ns: count * ns,
    };
    let holding = |instrument: &str, units: f64, price: Option<f64>| Holding {
        instrument: instrument.to_string(),
        units,
        price,
    };
    Status {
        state: RunnerState::Trading,
        on_paper: false,
        reasons: Vec::new(),
        now: NOW,
        kernel_time: NOW - Span::from_seconds(1),
        equity: 990.5,
        first_equity: 1000.0,
        peak_equity: 1320.0,
        cash: 400.25,
        holdings: vec![holding("binance:NEARUSDT", -12.5, Some(3.25)), holding("odd:\"A\\B\"\n", 0.0, None)],
        open_orders: 3,
        digest: "0123456789abcdef".to_string(),
        clock_offset: Some(Span(-1_500_000)),
        counters: Counters {
            frames: 101,
            events: 102,
            orders: 103,
            refused: 104,
            rejected: 105,
            fills: 106,
            reconnects: 107,
            records: 108,
        },
        journal_lag: 4,
        latency: vec![
            latency(Stage::Queue, 10, 1_000),
            latency(Stage::Decide, 10, 2_000),
            latency(Stage::Write, 0, 0),
        ],
    }
}

/// One that does not, for two reasons.
fn halted() -> Status {
    Status {
        state: RunnerState::Halted,
        reasons: vec![Reason::MarketLine, Reason::Disagreement],
        clock_offset: None,
        ..status()
    }
}
