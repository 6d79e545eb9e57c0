//! Where a runner is in its life, and why it does not trade.

use std::fmt;

/// Where a runner is in its life.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RunnerState {
    /// Connecting, or comparing books with the venue.
    Starting,
    /// Fetching bars of the past.
    Warming,
    /// Trading.
    Trading,
    /// No new exposure: the operator has said so, or data are stale. It goes on when that is over.
    Paused,
    /// No new exposure until the operator has looked and says resume.
    Halted,
    /// Ending: no new exposure, and no way back.
    Stopping,
}

impl RunnerState {
    /// The word used in logs and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            RunnerState::Starting => "starting",
            RunnerState::Warming => "warming",
            RunnerState::Trading => "trading",
            RunnerState::Paused => "paused",
            RunnerState::Halted => "halted",
            RunnerState::Stopping => "stopping",
        }
    }
}

impl fmt::Display for RunnerState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why no new exposure is taken. Their numbers are in journals: a new one goes to the end.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Reason {
    /// There is no connection for orders.
    TradingLine,
    /// There is no connection for market data.
    MarketLine,
    /// Books have not been compared with the venue since the last connection.
    Unsettled,
    /// Bars of the past are missing.
    Cold,
    /// The operator has said so.
    Operator,
    /// Market data have not come for too long.
    Stale,
    /// Our clock is too far from the venue's.
    Clock,
    /// Too much has been lost today.
    DailyLoss,
    /// The venue's books and ours disagree.
    Disagreement,
    /// The journal cannot be written.
    Journal,
    /// The venue does not know the key, or has shut us out.
    ShutOut,
    /// Nothing was heard of the operator for too long.
    DeadMan,
    /// The process ends.
    Stopping,
}

impl Reason {
    /// Whether it holds until the operator says that trading may go on, whatever restarts come between. A key is tried
    /// again by whoever begins a session.
    pub(crate) const fn outlives_restarts(self) -> bool {
        matches!(self, Reason::Operator | Reason::DailyLoss | Reason::Disagreement | Reason::DeadMan)
    }

    const fn state(self) -> RunnerState {
        match self {
            Reason::TradingLine | Reason::MarketLine | Reason::Unsettled => RunnerState::Starting,
            Reason::Cold => RunnerState::Warming,
            Reason::Operator | Reason::Stale | Reason::Clock => RunnerState::Paused,
            Reason::DailyLoss
            | Reason::Disagreement
            | Reason::Journal
            | Reason::ShutOut
            | Reason::DeadMan => RunnerState::Halted,
            Reason::Stopping => RunnerState::Stopping,
        }
    }

    /// In words, for logs.
    pub const fn words(self) -> &'static str {
        match self {
            Reason::TradingLine => "no connection for orders",
            Reason::MarketLine => "no connection for market data",
            Reason::Unsettled => "books not yet compared with the venue",
            Reason::Cold => "bars of the past are missing",
            Reason::Operator => "paused by the operator",
            Reason::Stale => "market data are stale",
            Reason::Clock => "our clock is off",
            Reason::DailyLoss => "too much was lost today",
            Reason::Disagreement => "the venue's books and ours disagree",
            Reason::Journal => "the journal cannot be written",
            Reason::ShutOut => "the venue refuses the key",
            Reason::DeadMan => "the operator has fallen silent",
            Reason::Stopping => "stopping",
        }
    }
}

/// Every reason that holds now.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Reasons(u16);

impl Reasons {
    pub(crate) const ALL: [Reason; 13] = [
        Reason::TradingLine,
        Reason::MarketLine,
        Reason::Unsettled,
        Reason::Cold,
        Reason::Operator,
        Reason::Stale,
        Reason::Clock,
        Reason::DailyLoss,
        Reason::Disagreement,
        Reason::Journal,
        Reason::ShutOut,
        Reason::DeadMan,
        Reason::Stopping,
    ];

    pub(crate) fn add(&mut self, reason: Reason) -> bool {
        let before = self.0;
        self.0 |= 1 << reason as u16;
        self.0 != before
    }

    pub(crate) fn remove(&mut self, reason: Reason) -> bool {
        let before = self.0;
        self.0 &= !(1 << reason as u16);
        self.0 != before
    }

    pub(crate) fn has(self, reason: Reason) -> bool {
        self.0 & (1 << reason as u16) != 0
    }

    /// Those that outlive restarts, one bit each.
    pub(crate) fn lasting(self) -> u16 {
        self.iter()
            .filter(|reason| reason.outlives_restarts())
            .fold(0, |bits, reason| bits | 1 << reason as u16)
    }

    /// Those of [`Reasons::lasting`].
    pub(crate) fn of_lasting(bits: u16) -> impl Iterator<Item = Reason> {
        Reasons(bits).iter().filter(|reason| reason.outlives_restarts())
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = Reason> {
        Reasons::ALL.into_iter().filter(move |reason| self.has(*reason))
    }

    /// The gravest counts.
    pub(crate) fn state(self) -> RunnerState {
        let gravity = |state: RunnerState| match state {
            RunnerState::Trading => 0,
            RunnerState::Paused => 1,
            RunnerState::Warming => 2,
            RunnerState::Starting => 3,
            RunnerState::Halted => 4,
            RunnerState::Stopping => 5,
        };
        self.iter().map(Reason::state).max_by_key(|state| gravity(*state)).unwrap_or(RunnerState::Trading)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gravest_reason_says_the_state_and_each_is_kept_by_itself() {
        let mut reasons = Reasons::default();
        assert_eq!(reasons.state(), RunnerState::Trading);
        for (reason, state) in [
            (Reason::Operator, RunnerState::Paused),
            (Reason::Cold, RunnerState::Warming),
            (Reason::TradingLine, RunnerState::Starting),
            (Reason::Disagreement, RunnerState::Halted),
            (Reason::Stopping, RunnerState::Stopping),
        ] {
            assert!(reasons.add(reason) && !reasons.add(reason));
            assert_eq!(reasons.state(), state, "{reason:?}");
        }
        assert!(reasons.remove(Reason::Stopping) && !reasons.remove(Reason::Stopping));
        assert!(reasons.remove(Reason::Disagreement));
        assert_eq!(reasons.state(), RunnerState::Starting);
        assert_eq!(reasons.iter().count(), 3);
        assert!(Reasons::ALL.iter().enumerate().all(|(place, reason)| *reason as usize == place));
    }
}
