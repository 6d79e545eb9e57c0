//! Bars of one instrument at one interval, as a strategy subscribes to them.

use wb_core::{Bar, BarBuilder, InstrumentId, Interval, Ts};

/// Bars of one instrument at one interval.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Series(pub(crate) u32);

impl Series {
    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }
}

/// One subscribed series.
pub(crate) struct SeriesState {
    pub(crate) instrument: InstrumentId,
    pub(crate) interval: Interval,
    /// Builds this series from the source's bars; absent where the source has this very interval.
    pub(crate) builder: Option<BarBuilder>,
    /// Bars so far.
    pub(crate) seen: usize,
    /// Bars until every feature on it that must be warm is.
    pub(crate) warmup: usize,
    /// The last bar.
    pub(crate) last: Option<(Ts, Bar)>,
}
