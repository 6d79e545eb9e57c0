//! What a runner is told about how carefully to trade.

use wb_core::{Interval, Span};

/// How carefully to trade.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct RunnerConfig {
    /// Length of the bars that the kernel is fed.
    pub interval: Interval,
    /// Without market data for so long, no new exposure.
    pub stale_after: Span,
    /// How long several instruments' bars of one close are waited for.
    pub close_grace: Span,
    /// A request without an answer for so long is unknown: what became of an order is asked, anything else asked again.
    pub answer_within: Span,
    /// How often positions and orders are compared with the venue's books.
    pub settle_every: Span,
    /// Our clock may be off by so much, and not more.
    pub max_clock_offset: Span,
    /// The share of the equity at the beginning of a day (UTC) that may be lost in it.
    pub max_daily_loss: Option<f64>,
    /// Who says when it goes on.
    pub pace: Pace,
    /// Whether features are brought up to date with bars of the past before trading begins.
    pub preload: bool,
}

/// Who says when it goes on. Requests bear the venue's time by our clock in any case.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pace {
    /// The clock: the kernel is told when news reached us.
    Clock,
    /// We do: a replay goes on when it is told that we are done with its last close, and the kernel is told the replay's
    /// time. So it is told what a backtest is told.
    Lockstep,
}

impl RunnerConfig {
    /// The defaults for bars of this length.
    pub fn new(interval: Interval) -> RunnerConfig {
        RunnerConfig {
            interval,
            stale_after: Span(2 * interval.span().0 + Span::from_seconds(30).0),
            close_grace: Span::from_seconds(2),
            answer_within: Span::from_seconds(5),
            settle_every: Span::from_seconds(60),
            max_clock_offset: Span::from_seconds(1),
            max_daily_loss: None,
            pace: Pace::Clock,
            preload: true,
        }
    }
}
