//! Measures how long something of ours takes.

#![expect(clippy::disallowed_types, reason = "it measures and decides nothing")]

use std::time::Instant;

/// When something began.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stopwatch(Instant);

impl Stopwatch {
    pub(super) fn start() -> Stopwatch {
        Stopwatch(Instant::now())
    }

    /// Nanoseconds since then.
    pub(super) fn ns(self) -> u64 {
        u64::try_from(self.0.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}
