//! How much a price moves.

use crate::indicator::{Definition, Indicator};
use crate::moments::Spread;
use crate::ratio::ratio;
use crate::smoothing::Smoothing;
use crate::window::{Rolling, Sum};
use std::f64::consts::LN_2;
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

/// Parkinson's volatility per bar: √(mean of ln(high/low)² / (4·ln 2)) over `period` bars (M. Parkinson, "The
/// extreme value method for estimating the variance of the rate of return", 1980).
#[derive(Clone, PartialEq, Debug)]
pub struct Parkinson {
    window: Rolling<Sum>,
}

impl Parkinson {
    /// The volatility of `period` bars.
    ///
    /// # Panics
    /// If `period` is zero.
    pub fn new(period: u32) -> Parkinson {
        Parkinson { window: Rolling::new(period) }
    }
}

impl Indicator for Parkinson {
    type Input = Bar;
    type Output = f64;

    fn update(&mut self, bar: Bar) -> f64 {
        let range = log_ratio(bar.high, bar.low);
        let Sum(squares) = self.window.push(Sum(range * range));
        (squares / (4.0 * LN_2 * self.window.period() as f64)).sqrt()
    }

    fn warmup(&self) -> usize {
        self.window.period()
    }

    fn definition(&self) -> Definition {
        Definition::new("parkinson", [self.window.period() as f64])
    }
}

/// Garman and Klass's volatility per bar: the root of the mean of ½·ln(high/low)² − (2·ln 2 −
/// 1)·ln(close/open)² over `period` bars (M. Garman, M. Klass, "On the estimation of security price
/// volatilities from historical data", 1980, in its practical form).
#[derive(Clone, PartialEq, Debug)]
pub struct GarmanKlass {
    window: Rolling<Sum>,
}

impl GarmanKlass {
    /// The volatility of `period` bars.
    ///
    /// # Panics
    /// If `period` is zero.
    pub fn new(period: u32) -> GarmanKlass {
        GarmanKlass { window: Rolling::new(period) }
    }
}

impl Indicator for GarmanKlass {
    type Input = Bar;
    type Output = f64;

    fn update(&mut self, bar: Bar) -> f64 {
        let (range, body) = (log_ratio(bar.high, bar.low), log_ratio(bar.close, bar.open));
        let variance = 0.5 * range * range - (2.0 * LN_2 - 1.0) * body * body;
        let Sum(sum) = self.window.push(Sum(variance));
        // No bar whose close lies within its range has a negative variance: 2·ln 2 − 1 is below one half.
        (sum / self.window.period() as f64).max(0.0).sqrt()
    }

    fn warmup(&self) -> usize {
        self.window.period()
    }

    fn definition(&self) -> Definition {
        Definition::new("garman_klass", [self.window.period() as f64])
    }
}

/// ln(a/b); 0 where the prices have no logarithm between them.
fn log_ratio(a: f64, b: f64) -> f64 {
    let quotient = ratio(a, b, 1.0);
    if quotient > 0.0 { libm::log(quotient) } else { 0.0 }
}

/// Historical volatility of one step: the sample standard deviation of the last `period` log returns (J. Hull,
/// "Options, Futures, and Other Derivatives", chapter on estimating volatility). Times the square root of the steps in a
/// year it is the volatility of a year.
///
/// Where a price or the one before is not above zero, the return counts as none.
#[derive(Clone, PartialEq, Debug)]
pub struct Volatility {
    last: Option<f64>,
    returns: Rolling<Spread>,
}

impl Volatility {
    /// The deviation of `period` returns.
    ///
    /// # Panics
    /// If `period` is below 2: one return does not deviate.
    pub fn new(period: u32) -> Volatility {
        assert!(period >= 2, "a deviation needs two returns");
        Volatility { last: None, returns: Rolling::new(period) }
    }
}

impl Indicator for Volatility {
    type Input = f64;
    type Output = f64;

    fn update(&mut self, x: f64) -> f64 {
        let Some(last) = self.last.replace(x) else { return 0.0 };
        let both = x > 0.0 && last > 0.0;
        let change = if both { libm::log(ratio(x, last, 1.0)) } else { 0.0 };
        self.returns.push(Spread::of(change)).sample_deviation()
    }

    fn warmup(&self) -> usize {
        self.returns.period() + 1
    }

    fn definition(&self) -> Definition {
        Definition::new("volatility", [self.returns.period() as f64])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicator::column;

    #[test]
    fn volatility_is_the_sample_deviation_of_log_returns() {
        // ln 1.1 = 0.0953101798, ln 0.9 = -0.1053605157: half their distance times the root of two.
        let values = column(Volatility::new(2), [100.0, 110.0, 99.0, 0.0, 50.0]);
        assert!((values[2] - 0.141_895_61).abs() < 1e-8, "{values:?}");
        assert!(values.iter().skip(2).all(|v| v.is_finite()), "{values:?}");
    }
}
