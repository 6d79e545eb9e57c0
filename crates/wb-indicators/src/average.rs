//! Moving averages with a fixed window or weight.

use crate::indicator::{Definition, Indicator};
use crate::ratio::ratio;
use crate::smoothing::{Smoothing, steps_to_forget};
use crate::window::{Lag, Rolling, Sum, WeightedSum};

/// Simple moving average: the mean of the last `period` inputs. TA-Lib `SMA`.
#[derive(Clone, PartialEq, Debug)]
pub struct Sma {
    window: Rolling<Sum>,
    period: f64,
}

impl Sma {
    /// The mean of `period` inputs.
    ///
    /// # Panics
    /// If `period` is zero.
    pub fn new(period: u32) -> Sma {
        Sma { window: Rolling::new(period), period: f64::from(period) }
    }
}

impl Indicator for Sma {
    type Input = f64;
    type Output = f64;

    #[inline]
    fn update(&mut self, x: f64) -> f64 {
        self.window.push(Sum(x)).0 / self.period
    }

    fn warmup(&self) -> usize {
        self.window.period()
    }

    fn definition(&self) -> Definition {
        Definition::new("sma", [self.period]).on_price()
    }
}

/// Exponential moving average with weight 2/(period + 1), begun with the mean of the first `period` inputs.
/// TA-Lib `EMA`.
#[derive(Clone, PartialEq, Debug)]
pub struct Ema {
    average: Smoothing,
}

impl Ema {
    /// The average whose newest input weighs 2/(period + 1).
    ///
    /// # Panics
    /// If `period` is zero.
    pub fn new(period: u32) -> Ema {
        Ema { average: Smoothing::exponential(period) }
    }
}

impl Indicator for Ema {
    type Input = f64;
    type Output = f64;

    #[inline]
    fn update(&mut self, x: f64) -> f64 {
        self.average.update(x)
    }

    fn warmup(&self) -> usize {
        self.average.warmup()
    }

    fn memory(&self) -> usize {
        self.average.memory()
    }

    fn definition(&self) -> Definition {
        Definition::new("ema", [self.average.period()]).on_price()
    }
}

/// Weighted moving average: weights 1 to `period`, the newest input weighs most. TA-Lib `WMA`.
#[derive(Clone, PartialEq, Debug)]
pub struct Wma {
    window: Rolling<WeightedSum>,
    weights: f64,
}

impl Wma {
    /// The weighted mean of `period` inputs.
    ///
    /// # Panics
    /// If `period` is zero.
    pub fn new(period: u32) -> Wma {
        let n = f64::from(period);
        Wma { window: Rolling::new(period), weights: n * (n + 1.0) / 2.0 }
    }
}

impl Indicator for Wma {
    type Input = f64;
    type Output = f64;

    #[inline]
    fn update(&mut self, x: f64) -> f64 {
        self.window.push(WeightedSum::of(x)).weighted / self.weights
    }

    fn warmup(&self) -> usize {
        self.window.period()
    }

    fn definition(&self) -> Definition {
        Definition::new("wma", [self.window.period() as f64]).on_price()
    }
}

/// Hull moving average: WMA of 2·WMA(period/2) − WMA(period) over √period inputs, both rounded down (A. Hull,
/// 2005).
#[derive(Clone, PartialEq, Debug)]
pub struct Hull {
    half: Wma,
    whole: Wma,
    smoothed: Wma,
}

impl Hull {
    /// The average on weighted averages of `period` and half of it.
    ///
    /// # Panics
    /// If `period` is below 2: it has no half.
    pub fn new(period: u32) -> Hull {
        assert!(period >= 2, "half of the period must be at least one input");
        Hull { half: Wma::new(period / 2), whole: Wma::new(period), smoothed: Wma::new(period.isqrt()) }
    }
}

impl Indicator for Hull {
    type Input = f64;
    type Output = f64;

    fn update(&mut self, x: f64) -> f64 {
        let ahead = 2.0 * self.half.update(x) - self.whole.update(x);
        self.smoothed.update(ahead)
    }

    fn warmup(&self) -> usize {
        self.whole.warmup() + self.smoothed.warmup() - 1
    }

    fn definition(&self) -> Definition {
        Definition::new("hull", [self.whole.warmup() as f64]).on_price()
    }
}

/// Kaufman's adaptive moving average: an exponential average that is fast, 2/3, where the price goes straight
/// and slow, 2/31, where it goes to and fro (P. Kaufman, "Trading Systems and Methods"). TA-Lib `KAMA`.
///
/// Efficiency is the net move of `period` inputs over the sum of their moves; as in TA-Lib, 1 where nothing
/// moves.
#[derive(Clone, PartialEq, Debug)]
pub struct Kama {
    past: Lag,
    moves: Rolling<Sum>,
    seen: usize,
    last: f64,
    value: f64,
}

impl Kama {
    const SLOW: f64 = 2.0 / 31.0;
    const FAST: f64 = 2.0 / 3.0;

    /// The average that judges efficiency by `period` moves.
    ///
    /// # Panics
    /// If `period` is zero.
    pub fn new(period: u32) -> Kama {
        Kama { past: Lag::new(period), moves: Rolling::new(period), seen: 0, last: 0.0, value: 0.0 }
    }
}

impl Indicator for Kama {
    type Input = f64;
    type Output = f64;

    fn update(&mut self, x: f64) -> f64 {
        let Sum(way) = self.moves.push(Sum((x - self.last).abs()));
        let net = (x - self.past.push(x)).abs();
        self.last = x;
        if self.seen < self.past.period() {
            self.seen += 1;
            self.value = x;
        } else {
            let efficiency = ratio(net, way, 1.0).min(1.0);
            let root = efficiency * (Kama::FAST - Kama::SLOW) + Kama::SLOW;
            self.value += (x - self.value) * (root * root);
        }
        self.value
    }

    fn warmup(&self) -> usize {
        self.past.period() + 1
    }

    /// In a market that goes nowhere all the time, where the average is slowest.
    fn memory(&self) -> usize {
        self.warmup() + steps_to_forget(&[Kama::SLOW * Kama::SLOW])
    }

    fn definition(&self) -> Definition {
        Definition::new("kama", [self.past.period() as f64]).on_price()
    }
}
