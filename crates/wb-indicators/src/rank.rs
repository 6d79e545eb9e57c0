//! Values of a window by their rank: extremes, median, quantiles.

use crate::indicator::{Definition, Indicator};
use crate::window::{Highest, Lag, Lowest, Rolling};

/// The highest of the last `period` inputs. TA-Lib `MAX`.
#[derive(Clone, PartialEq, Debug)]
pub struct RollingMax {
    window: Rolling<Highest>,
}

impl RollingMax {
    /// The highest of `period` inputs.
    ///
    /// # Panics
    /// If `period` is zero.
    pub fn new(period: u32) -> RollingMax {
        RollingMax { window: Rolling::new(period) }
    }
}

impl Indicator for RollingMax {
    type Input = f64;
    type Output = f64;

    #[inline]
    fn update(&mut self, x: f64) -> f64 {
        self.window.push(Highest(x)).0
    }

    fn warmup(&self) -> usize {
        self.window.period()
    }

    fn definition(&self) -> Definition {
        Definition::new("highest", [self.window.period() as f64]).on_price()
    }
}

/// The lowest of the last `period` inputs. TA-Lib `MIN`.
#[derive(Clone, PartialEq, Debug)]
pub struct RollingMin {
    window: Rolling<Lowest>,
}

impl RollingMin {
    /// The lowest of `period` inputs.
    ///
    /// # Panics
    /// If `period` is zero.
    pub fn new(period: u32) -> RollingMin {
        RollingMin { window: Rolling::new(period) }
    }
}

impl Indicator for RollingMin {
    type Input = f64;
    type Output = f64;

    #[inline]
    fn update(&mut self, x: f64) -> f64 {
        self.window.push(Lowest(x)).0
    }

    fn warmup(&self) -> usize {
        self.window.period()
    }

    fn definition(&self) -> Definition {
        Definition::new("lowest", [self.window.period() as f64]).on_price()
    }
}

/// The last inputs in ascending order.
#[derive(Clone, PartialEq, Debug)]
struct Sorted {
    arrived: Lag,
    sorted: Box<[f64]>,
    len: usize,
}

impl Sorted {
    fn new(period: u32) -> Sorted {
        Sorted { arrived: Lag::new(period), sorted: vec![0.0; period as usize].into(), len: 0 }
    }

    fn push(&mut self, x: f64) -> &[f64] {
        // Adding zero makes -0 and 0 one value, whose bits do not depend on which of the two leaves first.
        let x = x + 0.0;
        let oldest = self.arrived.push(x);
        let held = &self.sorted[..self.len];
        let to = held.partition_point(|v| *v < x);
        if self.len < self.sorted.len() {
            self.sorted.copy_within(to..self.len, to + 1);
            self.sorted[to] = x;
            self.len += 1;
        } else {
            let from = held.partition_point(|v| *v < oldest);
            if from < to {
                self.sorted.copy_within(from + 1..to, from);
                self.sorted[to - 1] = x;
            } else {
                self.sorted.copy_within(to..from, to + 1);
                self.sorted[to] = x;
            }
        }
        &self.sorted[..self.len]
    }
}

/// Between the two values nearest to the rank, linearly (R. Hyndman, Y. Fan, "Sample quantiles in statistical
/// packages", 1996, definition 7).
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let rank = (sorted.len() - 1) as f64 * share;
    let below = rank.floor();
    let low = sorted[below as usize];
    let high = sorted[(below as usize + 1).min(sorted.len() - 1)];
    low + (high - low) * (rank - below)
}

/// The value below which a share of the last `period` inputs lies, between two of them linearly: numpy's and
/// pandas' default quantile. An update costs a search and a shift in the sorted window.
#[derive(Clone, PartialEq, Debug)]
pub struct RollingQuantile {
    window: Sorted,
    share: f64,
}

impl RollingQuantile {
    /// The value above `share` (0 to 1) of `period` inputs.
    ///
    /// # Panics
    /// If `period` is zero or `share` outside 0 to 1.
    pub fn new(period: u32, share: f64) -> RollingQuantile {
        assert!((0.0..=1.0).contains(&share), "a quantile lies between 0 and 1");
        RollingQuantile { window: Sorted::new(period), share }
    }
}

impl Indicator for RollingQuantile {
    type Input = f64;
    type Output = f64;

    fn update(&mut self, x: f64) -> f64 {
        quantile(self.window.push(x), self.share)
    }

    fn warmup(&self) -> usize {
        self.window.arrived.period()
    }

    fn definition(&self) -> Definition {
        Definition::new("quantile", [self.window.arrived.period() as f64, self.share]).on_price()
    }
}

/// The median of the last `period` inputs: of an even number, the mean of the two in the middle.
#[derive(Clone, PartialEq, Debug)]
pub struct RollingMedian {
    window: Sorted,
}

impl RollingMedian {
    /// The median of `period` inputs.
    ///
    /// # Panics
    /// If `period` is zero.
    pub fn new(period: u32) -> RollingMedian {
        RollingMedian { window: Sorted::new(period) }
    }
}

impl Indicator for RollingMedian {
    type Input = f64;
    type Output = f64;

    fn update(&mut self, x: f64) -> f64 {
        quantile(self.window.push(x), 0.5)
    }

    fn warmup(&self) -> usize {
        self.window.arrived.period()
    }

    fn definition(&self) -> Definition {
        Definition::new("median", [self.window.arrived.period() as f64]).on_price()
    }
}
