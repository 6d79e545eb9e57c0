//! Values of a window by their rank: extremes, median, quantiles.

use crate::indicator::{Definition, Indicator};
use crate::window::{Highest, Lowest, Rolling};

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
        Definition::new("max", [self.window.period() as f64]).on_price()
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
        Definition::new("min", [self.window.period() as f64]).on_price()
    }
}
