//! Averages of averages that lag less than one.

use crate::indicator::{Definition, Indicator};
use crate::smoothing::{Smoothing, steps_to_forget};

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
