//! Where a value stands in the range of the last ones.

use crate::average::Sma;
use crate::indicator::{Definition, Indicator};
use crate::momentum::Rsi;
use crate::ratio::ratio;
use crate::smoothing::AT_REST;
use crate::window::{Range, Rolling};
use wb_core::Bar;

/// Stochastic oscillator (G. Lane): %K is the place of the close in the range of the last `range` bars, 0 to
/// 100, averaged over `smooth` bars; %D its average over `signal`. TA-Lib `STOCH` with simple averages,
/// `STOCHF` where `smooth` is 1; as there, 0 in a flat range.
#[derive(Clone, PartialEq, Debug)]
pub struct Stochastic {
    range: Rolling<Range>,
    lines: Lines,
}

impl Stochastic {
    /// %K of `range` bars averaged over `smooth`, and %D over `signal` of those.
    ///
    /// # Panics
    /// If one of them is zero.
    pub fn new(range: u32, smooth: u32, signal: u32) -> Stochastic {
        Stochastic { range: Rolling::new(range), lines: Lines::new(smooth, signal) }
    }
}

impl Indicator for Stochastic {
    type Input = Bar;
    type Output = [f64; 2];

    fn update(&mut self, bar: Bar) -> [f64; 2] {
        let Range { high, low } = self.range.push(Range::of_bar(&bar));
        self.lines.update(100.0 * ratio(bar.close - low, high - low, 0.0))
    }

    fn warmup(&self) -> usize {
        self.range.period() + self.lines.delay()
    }

    fn definition(&self) -> Definition {
        let [smooth, signal] = self.lines.periods();
        Definition::new("stochastic", [self.range.period() as f64, smooth, signal]).outputs(&["k", "d"])
    }
}

/// Stochastic of the relative strength index (T. Chande, S. Kroll, "The New Technical Trader", 1994): the
/// place of the RSI in its range of the last `range` values, 0 to 100, averaged over `smooth`; %D is its
/// average over `signal`. TA-Lib `STOCHRSI` where `smooth` is 1; as there, 0 where the RSI does not move.
#[derive(Clone, PartialEq, Debug)]
pub struct StochRsi {
    rsi: Rsi,
    range: Rolling<Range>,
    lines: Lines,
}

impl StochRsi {
    /// %K of the last `range` values of `Rsi::new(period)` averaged over `smooth`, and %D over `signal` of
    /// those.
    ///
    /// # Panics
    /// If one of them is zero.
    pub fn new(period: u32, range: u32, smooth: u32, signal: u32) -> StochRsi {
        StochRsi { rsi: Rsi::new(period), range: Rolling::new(range), lines: Lines::new(smooth, signal) }
    }
}

impl Indicator for StochRsi {
    type Input = f64;
    type Output = [f64; 2];

    fn update(&mut self, x: f64) -> [f64; 2] {
        let rsi = self.rsi.update(x);
        let Range { high, low } = self.range.push(Range::of(rsi));
        // In a market at rest the RSI stays where it is but for rounding, whose range means nothing.
        let flat = high - low <= 100.0 * AT_REST;
        self.lines.update(if flat { 0.0 } else { 100.0 * (rsi - low) / (high - low) })
    }

    fn warmup(&self) -> usize {
        self.rsi.warmup() + self.range.period() - 1 + self.lines.delay()
    }

    fn memory(&self) -> usize {
        self.rsi.memory() + self.range.period() - 1 + self.lines.delay()
    }

    fn definition(&self) -> Definition {
        let [smooth, signal] = self.lines.periods();
        let args = [(self.rsi.warmup() - 1) as f64, self.range.period() as f64, smooth, signal];
        Definition::new("stoch_rsi", args).outputs(&["k", "d"])
    }
}

/// Williams' %R: −100·(highest − close) / (highest − lowest) over `period` bars, −100 to 0; 0 in a flat
/// range. TA-Lib `WILLR`.
#[derive(Clone, PartialEq, Debug)]
pub struct WilliamsR {
    range: Rolling<Range>,
}

impl WilliamsR {
    /// The place in the range of `period` bars.
    ///
    /// # Panics
    /// If `period` is zero.
    pub fn new(period: u32) -> WilliamsR {
        WilliamsR { range: Rolling::new(period) }
    }
}

impl Indicator for WilliamsR {
    type Input = Bar;
    type Output = f64;

    fn update(&mut self, bar: Bar) -> f64 {
        let Range { high, low } = self.range.push(Range::of_bar(&bar));
        -100.0 * ratio(high - bar.close, high - low, 0.0)
    }

    fn warmup(&self) -> usize {
        self.range.period()
    }

    fn definition(&self) -> Definition {
        Definition::new("williams_r", [self.range.period() as f64])
    }
}

/// %K and %D of a raw oscillator.
#[derive(Clone, PartialEq, Debug)]
struct Lines {
    k: Sma,
    d: Sma,
}

impl Lines {
    fn new(smooth: u32, signal: u32) -> Lines {
        Lines { k: Sma::new(smooth), d: Sma::new(signal) }
    }

    fn update(&mut self, raw: f64) -> [f64; 2] {
        let k = self.k.update(raw);
        [k, self.d.update(k)]
    }

    /// Inputs it needs beyond the first.
    fn delay(&self) -> usize {
        self.k.warmup() + self.d.warmup() - 2
    }

    fn periods(&self) -> [f64; 2] {
        [self.k.warmup() as f64, self.d.warmup() as f64]
    }
}
