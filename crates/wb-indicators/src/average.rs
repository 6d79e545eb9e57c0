//! Moving averages with a fixed window or weight.

use crate::indicator::{Definition, Indicator};
use crate::smoothing::{Smoothing, steps_to_forget};
use crate::window::{Rolling, Sum, WeightedSum};

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

/// Exponential averages of exponential averages, each begun when the one before it is warm.
#[derive(Clone, PartialEq, Debug)]
struct Cascade<const N: usize> {
    stages: [Smoothing; N],
}

impl<const N: usize> Cascade<N> {
    fn new(period: u32) -> Cascade<N> {
        Cascade { stages: std::array::from_fn(|_| Smoothing::exponential(period)) }
    }

    fn update(&mut self, x: f64) -> [f64; N] {
        let mut values = [0.0; N];
        let mut fed = x;
        for (stage, value) in self.stages.iter_mut().zip(&mut values) {
            fed = stage.update(fed);
            *value = fed;
            if !stage.is_warm() {
                break;
            }
        }
        values
    }

    fn warmup(&self) -> usize {
        N * (self.stages[0].warmup() - 1) + 1
    }

    fn memory(&self) -> usize {
        self.warmup() + steps_to_forget(&[self.stages[0].alpha(); N])
    }
}

/// Double exponential moving average: 2·EMA − EMA(EMA) (P. Mulloy, 1994). TA-Lib `DEMA`.
#[derive(Clone, PartialEq, Debug)]
pub struct Dema {
    averages: Cascade<2>,
}

impl Dema {
    /// The average on exponential averages of `period`.
    ///
    /// # Panics
    /// If `period` is zero.
    pub fn new(period: u32) -> Dema {
        Dema { averages: Cascade::new(period) }
    }
}

impl Indicator for Dema {
    type Input = f64;
    type Output = f64;

    fn update(&mut self, x: f64) -> f64 {
        let [once, twice] = self.averages.update(x);
        2.0 * once - twice
    }

    fn warmup(&self) -> usize {
        self.averages.warmup()
    }

    fn memory(&self) -> usize {
        self.averages.memory()
    }

    fn definition(&self) -> Definition {
        Definition::new("dema", [self.averages.stages[0].period()]).on_price()
    }
}

/// Triple exponential moving average: 3·EMA − 3·EMA(EMA) + EMA(EMA(EMA)) (P. Mulloy, 1994). TA-Lib `TEMA`.
#[derive(Clone, PartialEq, Debug)]
pub struct Tema {
    averages: Cascade<3>,
}

impl Tema {
    /// The average on exponential averages of `period`.
    ///
    /// # Panics
    /// If `period` is zero.
    pub fn new(period: u32) -> Tema {
        Tema { averages: Cascade::new(period) }
    }
}

impl Indicator for Tema {
    type Input = f64;
    type Output = f64;

    fn update(&mut self, x: f64) -> f64 {
        let [once, twice, thrice] = self.averages.update(x);
        3.0 * once - 3.0 * twice + thrice
    }

    fn warmup(&self) -> usize {
        self.averages.warmup()
    }

    fn memory(&self) -> usize {
        self.averages.memory()
    }

    fn definition(&self) -> Definition {
        Definition::new("tema", [self.averages.stages[0].period()]).on_price()
    }
}
