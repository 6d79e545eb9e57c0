//! How far and how steadily a price has moved.

use crate::indicator::{Definition, Indicator};
use crate::ratio::ratio;
use crate::smoothing::{AT_REST, Smoothing, steps_to_forget};
use crate::window::Lag;

/// Rate of change in percent: 100·(x / x[period ago] − 1); 0 where the older input is zero. TA-Lib `ROC`.
#[derive(Clone, PartialEq, Debug)]
pub struct Roc {
    past: Lag,
}

impl Roc {
    /// The change over `period` inputs.
    ///
    /// # Panics
    /// If `period` is zero.
    pub fn new(period: u32) -> Roc {
        Roc { past: Lag::new(period) }
    }
}

impl Indicator for Roc {
    type Input = f64;
    type Output = f64;

    #[inline]
    fn update(&mut self, x: f64) -> f64 {
        100.0 * (ratio(x, self.past.push(x), 1.0) - 1.0)
    }

    fn warmup(&self) -> usize {
        self.past.period() + 1
    }

    fn definition(&self) -> Definition {
        Definition::new("roc", [self.past.period() as f64])
    }
}

/// Momentum: x − x[period ago]. TA-Lib `MOM`.
#[derive(Clone, PartialEq, Debug)]
pub struct Momentum {
    past: Lag,
}

impl Momentum {
    /// The difference over `period` inputs.
    ///
    /// # Panics
    /// If `period` is zero.
    pub fn new(period: u32) -> Momentum {
        Momentum { past: Lag::new(period) }
    }
}

impl Indicator for Momentum {
    type Input = f64;
    type Output = f64;

    #[inline]
    fn update(&mut self, x: f64) -> f64 {
        x - self.past.push(x)
    }

    fn warmup(&self) -> usize {
        self.past.period() + 1
    }

    fn definition(&self) -> Definition {
        Definition::new("momentum", [self.past.period() as f64])
    }
}

/// The input of `period` inputs ago.
#[derive(Clone, PartialEq, Debug)]
pub struct Lagged {
    past: Lag,
}

impl Lagged {
    /// Looks back by `period` inputs.
    ///
    /// # Panics
    /// If `period` is zero.
    pub fn new(period: u32) -> Lagged {
        Lagged { past: Lag::new(period) }
    }
}

impl Indicator for Lagged {
    type Input = f64;
    type Output = f64;

    #[inline]
    fn update(&mut self, x: f64) -> f64 {
        self.past.push(x)
    }

    fn warmup(&self) -> usize {
        self.past.period() + 1
    }

    fn definition(&self) -> Definition {
        Definition::new("lag", [self.past.period() as f64]).on_price()
    }
}

/// Relative strength index: 100·gain / (gain + loss), both Wilder averages of the rises and falls from input
/// to input (J. W. Wilder, 1978). TA-Lib `RSI`; as there, 0 in a flat market.
///
/// Flat means that the average move is below 1e-12 of the input: the quotient of two averages that both fade
/// would else keep the last trend for ever.
#[derive(Clone, PartialEq, Debug)]
pub struct Rsi {
    last: Option<f64>,
    gain: Smoothing,
    loss: Smoothing,
}

impl Rsi {
    /// The index of `period` changes.
    ///
    /// # Panics
    /// If `period` is zero.
    pub fn new(period: u32) -> Rsi {
        Rsi { last: None, gain: Smoothing::wilder(period), loss: Smoothing::wilder(period) }
    }
}

impl Indicator for Rsi {
    type Input = f64;
    type Output = f64;

    #[inline]
    fn update(&mut self, x: f64) -> f64 {
        let Some(last) = self.last.replace(x) else { return 0.0 };
        let change = x - last;
        let gain = self.gain.update(change.max(0.0));
        let loss = self.loss.update((-change).max(0.0));
        if gain + loss <= AT_REST * x.abs() { 0.0 } else { 100.0 * ratio(gain, gain + loss, 0.0) }
    }

    fn warmup(&self) -> usize {
        self.gain.warmup() + 1
    }

    fn memory(&self) -> usize {
        self.gain.memory() + 1
    }

    fn definition(&self) -> Definition {
        Definition::new("rsi", [self.gain.period()])
    }
}

/// Moving average convergence divergence (G. Appel, 1979): EMA(fast) − EMA(slow), its own exponential average
/// as signal, and the difference of the two as histogram. TA-Lib `MACD`.
///
/// As in TA-Lib, the fast average is begun with the mean of the `fast` inputs before the slow one is warm, so
/// that both start together.
#[derive(Clone, PartialEq, Debug)]
pub struct Macd {
    skipped: u32,
    until_fast: u32,
    fast: Smoothing,
    slow: Smoothing,
    signal: Smoothing,
}

impl Macd {
    /// Averages of `fast` and `slow` inputs, and of `signal` of their differences.
    ///
    /// # Panics
    /// If `fast` is not below `slow`, or one is zero.
    pub fn new(fast: u32, slow: u32, signal: u32) -> Macd {
        assert!(fast < slow, "the fast average must be the shorter one");
        Macd {
            skipped: 0,
            until_fast: slow - fast,
            fast: Smoothing::exponential(fast),
            slow: Smoothing::exponential(slow),
            signal: Smoothing::exponential(signal),
        }
    }
}

impl Indicator for Macd {
    type Input = f64;
    type Output = [f64; 3];

    fn update(&mut self, x: f64) -> [f64; 3] {
        let slow = self.slow.update(x);
        if self.skipped < self.until_fast {
            self.skipped += 1;
            return [0.0; 3];
        }
        let macd = self.fast.update(x) - slow;
        if !self.slow.is_warm() {
            return [0.0; 3];
        }
        let signal = self.signal.update(macd);
        [macd, signal, macd - signal]
    }

    fn warmup(&self) -> usize {
        self.slow.warmup() + self.signal.warmup() - 1
    }

    fn memory(&self) -> usize {
        self.warmup() + steps_to_forget(&[self.slow.alpha(), self.signal.alpha()])
    }

    fn definition(&self) -> Definition {
        let periods = [self.fast.period(), self.slow.period(), self.signal.period()];
        Definition::new("macd", periods).outputs(&["macd", "signal", "histogram"])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicator::column;

    #[test]
    fn a_lagged_value_is_the_input_of_so_many_inputs_ago() {
        let lagged = Lagged::new(2);
        assert_eq!(lagged.warmup(), 3);
        assert_eq!(column(lagged, [5.0, 6.0, 7.0, 8.0])[2..], [5.0, 6.0]);
    }
}
