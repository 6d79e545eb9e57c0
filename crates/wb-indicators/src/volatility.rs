//! How much a price moves.

use crate::indicator::{Definition, Indicator};
use crate::smoothing::Smoothing;
use wb_core::Bar;

/// True range: the bar's range, extended to the close before it (J. W. Wilder, 1978). TA-Lib `TRANGE`.
#[derive(Clone, PartialEq, Debug)]
pub struct TrueRange {
    last_close: Option<f64>,
}

impl TrueRange {
    /// It has no parameters.
    #[expect(clippy::new_without_default, reason = "indicators are made by `new` with their parameters")]
    pub fn new() -> TrueRange {
        TrueRange { last_close: None }
    }
}

impl Indicator for TrueRange {
    type Input = Bar;
    type Output = f64;

    #[inline]
    fn update(&mut self, bar: Bar) -> f64 {
        match self.last_close.replace(bar.close) {
            Some(close) => bar.high.max(close) - bar.low.min(close),
            None => bar.high - bar.low,
        }
    }

    fn warmup(&self) -> usize {
        2
    }

    fn definition(&self) -> Definition {
        Definition::new("true_range", [])
    }
}

/// Average true range: Wilder's average of the true range, begun with the second bar. TA-Lib `ATR`.
#[derive(Clone, PartialEq, Debug)]
pub struct Atr {
    range: TrueRange,
    average: Smoothing,
}

impl Atr {
    /// The average of `period` true ranges.
    ///
    /// # Panics
    /// If `period` is zero.
    pub fn new(period: u32) -> Atr {
        Atr { range: TrueRange::new(), average: Smoothing::wilder(period) }
    }
}

impl Indicator for Atr {
    type Input = Bar;
    type Output = f64;

    #[inline]
    fn update(&mut self, bar: Bar) -> f64 {
        // The first bar has no close before it, and so no true range.
        let first = self.range.last_close.is_none();
        let range = self.range.update(bar);
        if first { range } else { self.average.update(range) }
    }

    fn warmup(&self) -> usize {
        self.average.warmup() + 1
    }

    fn memory(&self) -> usize {
        self.average.memory() + 1
    }

    fn definition(&self) -> Definition {
        Definition::new("atr", [self.average.period()])
    }
}
