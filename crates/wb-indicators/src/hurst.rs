//! Whether moves are followed by moves of the same sign.

use crate::indicator::{Definition, Indicator};
use crate::window::{Lag, Rolling, Sum};

/// Hurst exponent of the last `period` inputs: half the slope of log₂(mean squared difference) over
/// log₂(lag), for lags of 1, 2, 4, … up to a quarter of the window. Above 0.5 moves persist, below they
/// revert.
///
/// This is the generalised exponent with q = 2 of T. Di Matteo, T. Aste, M. Dacorogna, "Long-term memories of
/// developed and emerging markets" (2005), on the input as it is: feed prices or, over long windows, their
/// logarithms. Where a lag has no differences to measure, 0.5: nothing is known against a random walk. On
/// short windows the value scatters widely; a hundred inputs are few.
#[derive(Clone, PartialEq, Debug)]
pub struct Hurst {
    period: u32,
    scales: Vec<Scale>,
}

/// Differences over one lag.
#[derive(Clone, PartialEq, Debug)]
struct Scale {
    past: Lag,
    squares: Rolling<Sum>,
}

impl Scale {
    fn new(period: u32, lag: u32) -> Scale {
        Scale { past: Lag::new(lag), squares: Rolling::new(period - lag) }
    }

    fn mean_square(&mut self, x: f64) -> f64 {
        let difference = x - self.past.push(x);
        self.squares.push(Sum(difference * difference)).0 / self.squares.period() as f64
    }
}

impl Hurst {
    /// The exponent of `period` inputs.
    ///
    /// # Panics
    /// If `period` is below 8, where there is only one lag.
    pub fn new(period: u32) -> Hurst {
        assert!(period >= 8, "a slope over lags needs two of them");
        let lags = (0..u32::BITS).map(|k| 1 << k).take_while(|lag| *lag <= period / 4);
        Hurst { period, scales: lags.map(|lag| Scale::new(period, lag)).collect() }
    }
}

impl Indicator for Hurst {
    type Input = f64;
    type Output = f64;

    fn update(&mut self, x: f64) -> f64 {
        let middle = (self.scales.len() - 1) as f64 / 2.0;
        let (mut products, mut squares, mut measured) = (0.0, 0.0, true);
        for (k, scale) in self.scales.iter_mut().enumerate() {
            let mean_square = scale.mean_square(x);
            measured &= mean_square > 0.0;
            let from_middle = k as f64 - middle;
            products += from_middle * libm::log2(mean_square);
            squares += from_middle * from_middle;
        }
        if measured { 0.5 * products / squares } else { 0.5 }
    }

    fn warmup(&self) -> usize {
        self.period as usize
    }

    fn definition(&self) -> Definition {
        Definition::new("hurst", [f64::from(self.period)])
    }
}
