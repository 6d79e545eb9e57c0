//! What a session looks like from outside.

use wb_core::{Span, Ts};

use super::counters::Counters;
use super::stages::StageLatency;
use crate::runner::{Reason, Runner, RunnerState};

/// What a session looks like, taken several times a second.
#[derive(Clone, PartialEq, Debug)]
pub struct Status {
    /// Where the runner is in its life.
    pub state: RunnerState,
    /// Whether no order is sent: a simulated venue fills them.
    pub on_paper: bool,
    /// Why it takes no new exposure; empty while it trades.
    pub reasons: Vec<Reason>,
    /// When this was taken, by our clock.
    pub now: Ts,
    /// The time of the kernel's last event.
    pub kernel_time: Ts,
    /// Cash and positions at the last prices, settlement currency.
    pub equity: f64,
    /// The equity when this session began.
    pub first_equity: f64,
    /// The highest equity of this session.
    pub peak_equity: f64,
    /// Cash, settlement currency.
    pub cash: f64,
    /// Every instrument, also those of which nothing is held.
    pub holdings: Vec<Holding>,
    /// Orders that have not ended.
    pub open_orders: usize,
    /// The hash of every command and fill since the deployment began.
    pub digest: String,
    /// Venue's time minus ours, if it has been measured.
    pub clock_offset: Option<Span>,
    /// What has happened since the session began.
    pub counters: Counters,
    /// Records that were handed to the journal and are not written yet.
    pub journal_lag: u64,
    /// How long each stage takes.
    pub latency: Vec<StageLatency>,
}

/// What is held of an instrument.
#[derive(Clone, PartialEq, Debug)]
pub struct Holding {
    /// `venue:SYMBOL`.
    pub instrument: String,
    /// Units; negative for a short.
    pub units: f64,
    /// The last price, if there was one.
    pub price: Option<f64>,
}

impl Status {
    /// How a runner stands now, as if the session began now.
    pub(super) fn of(runner: &Runner, now: Ts, peak_equity: f64, counters: Counters) -> Status {
        let portfolio = runner.kernel().portfolio();
        let holding = |instrument: &wb_core::Instrument| {
            let position = portfolio.position(instrument.id);
            let lots = position.qty.0;
            let units = instrument.qty_f64(wb_core::Qty::new(lots.abs()));
            let units = if lots < 0 { -units } else { units };
            Holding { instrument: instrument.name(), units, price: position.mark() }
        };
        let equity = portfolio.equity();
        Status {
            state: runner.state(),
            on_paper: runner.is_on_paper(),
            reasons: runner.reasons().collect(),
            now,
            kernel_time: runner.kernel().now(),
            equity,
            first_equity: equity,
            peak_equity: peak_equity.max(equity),
            cash: portfolio.cash(),
            holdings: portfolio.instruments().iter().map(holding).collect(),
            open_orders: runner.open_orders(),
            digest: runner.digest().to_string(),
            clock_offset: runner.clock().offset(),
            counters,
            journal_lag: 0,
            latency: Vec::new(),
        }
    }

    /// What this session has won, settlement currency; negative for a loss.
    pub fn profit(&self) -> f64 {
        self.equity - self.first_equity
    }

    /// The share of the highest equity that is lost.
    pub fn drawdown(&self) -> f64 {
        if self.peak_equity > 0.0 { 1.0 - self.equity / self.peak_equity } else { 0.0 }
    }
}
