//! What is on its way between kernel and venue, where messages take time.

use std::collections::BTreeMap;

use wb_core::{Command, Event, Ts};

/// Messages on their way, in time order.
#[derive(Debug, Default)]
pub(crate) struct Mail {
    queue: BTreeMap<(Ts, Rank, u64), Letter>,
    sent: u64,
}

/// Which of several letters of one instant comes first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Rank {
    Venue,
    KernelOrder,
    KernelMarket,
}

/// What is on its way.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Letter {
    ToVenue(Command),
    ToKernel(Event),
}

impl Mail {
    /// Puts a letter into the queue that arrives at `ts`.
    pub(crate) fn send(&mut self, ts: Ts, rank: Rank, letter: Letter) {
        self.queue.insert((ts, rank, self.sent), letter);
        self.sent += 1;
    }

    /// When the next letter arrives.
    pub(crate) fn next_due(&self) -> Option<Ts> {
        self.queue.first_key_value().map(|((ts, ..), _)| *ts)
    }

    /// Takes out the next letter, and when it arrives.
    pub(crate) fn next_letter(&mut self) -> Option<(Ts, Letter)> {
        self.queue.pop_first().map(|((ts, ..), letter)| (ts, letter))
    }
}
