//! What a runner is told about how carefully to trade.

use wb_core::{Interval, Span};

/// How carefully to trade.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct RunnerConfig {
    /// Length of the bars that the kernel is fed.
    pub interval: Interval,
    /// What may change while a session goes on.
    pub caution: Caution,
    /// How long several instruments' bars of one close are waited for.
    pub close_grace: Span,
    /// A request without an answer for so long is unknown: what became of an order is asked, anything else asked again.
    pub answer_within: Span,
    /// How often positions and orders are compared with the venue's books.
    pub settle_every: Span,
    /// Our clock may be off by so much, and not more.
    pub max_clock_offset: Span,
    /// Who says when it goes on.
    pub pace: Pace,
    /// Whether features are brought up to date with bars of the past before trading begins.
    pub preload: bool,
}

/// What of it may change while a session goes on.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Caution {
    /// Without market data for so long, no new exposure.
    pub stale_after: Span,
    /// The share of the equity at the beginning of a day (UTC) that may be lost in it.
    pub max_daily_loss: Option<f64>,
    /// Without a sign of life of the operator for so long, every order is cancelled and no new exposure taken.
    pub dead_man: Option<Span>,
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
            caution: Caution {
                stale_after: Span(2 * interval.span().0 + Span::from_seconds(30).0),
                max_daily_loss: None,
                dead_man: None,
            },
            close_grace: Span::from_seconds(2),
            answer_within: Span::from_seconds(5),
            settle_every: Span::from_seconds(60),
            max_clock_offset: Span::from_seconds(1),
            pace: Pace::Clock,
            preload: true,
        }
    }
}

impl Caution {
    /// What has changed since it was `before`, each with its name in settings.
    pub(crate) fn changes_since(&self, before: &Caution) -> Vec<String> {
        fn shown<T: std::fmt::Display>(value: Option<T>) -> String {
            value.map_or_else(|| "off".to_string(), |value| value.to_string())
        }
        let values = |caution: &Caution| {
            [
                ("stale_after", caution.stale_after.to_string()),
                ("max_daily_loss", shown(caution.max_daily_loss)),
                ("dead_man", shown(caution.dead_man)),
            ]
        };
        let pairs = values(self).into_iter().zip(values(before));
        let changed = pairs.filter(|(now, before)| now != before);
        changed.map(|((name, now), (_, before))| format!("{name} is {now}, was {before}")).collect()
    }
}
