//! The exponential average under all others, and how long it remembers.

/// An influence as small as this is none: 1e-9 even of inputs, or moves, a million times the present ones, as
/// a crash or a bad print is to a quiet hour.
const FORGOTTEN: f64 = 1e-15;

/// A market is at rest when its average move is no larger part of its price than this. Two averages that fade
/// at the same pace have a quotient that does not fade with them; this is where it ends.
pub(crate) const AT_REST: f64 = 1e-12;

/// An exponential average that begins with the plain mean of its first `period` inputs, as TA-Lib's do.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Smoothing {
    period: u32,
    alpha: f64,
    seen: u32,
    value: f64,
}

impl Smoothing {
    /// Weight 2/(period + 1) for the newest input: the exponential moving average.
    ///
    /// # Panics
    /// If `period` is zero.
    pub(crate) fn exponential(period: u32) -> Smoothing {
        Smoothing::new(period, 2.0 / (f64::from(period) + 1.0))
    }

    /// Weight 1/period for the newest input (J. W. Wilder, "New Concepts in Technical Trading Systems",
    /// 1978).
    ///
    /// # Panics
    /// If `period` is zero.
    pub(crate) fn wilder(period: u32) -> Smoothing {
        Smoothing::new(period, 1.0 / f64::from(period))
    }

    fn new(period: u32, alpha: f64) -> Smoothing {
        assert!(period > 0, "an average needs at least one input");
        Smoothing { period, alpha, seen: 0, value: 0.0 }
    }

    /// Takes the next input. Until warm the value is the plain mean so far.
    #[inline]
    pub(crate) fn update(&mut self, x: f64) -> f64 {
        if self.seen >= self.period {
            self.value += (x - self.value) * self.alpha;
        } else {
            self.seed(x);
        }
        self.value
    }

    fn seed(&mut self, x: f64) {
        let before = f64::from(self.seen);
        self.seen += 1;
        self.value = (self.value * before + x) / f64::from(self.seen);
    }

    pub(crate) fn is_warm(&self) -> bool {
        self.seen >= self.period
    }

    pub(crate) fn warmup(&self) -> usize {
        self.period as usize
    }

    pub(crate) fn memory(&self) -> usize {
        self.warmup() + steps_to_forget(&[self.alpha])
    }

    pub(crate) fn period(&self) -> f64 {
        f64::from(self.period)
    }

    pub(crate) fn alpha(&self) -> f64 {
        self.alpha
    }
}

/// The number of inputs after which averages of these weights, each fed by the one before it, have forgotten
/// where all of them started.
pub(crate) fn steps_to_forget(alphas: &[f64]) -> usize {
    let mut errors = vec![1.0; alphas.len()];
    let mut steps = 0;
    while errors.iter().sum::<f64>() > FORGOTTEN {
        let mut fed = 0.0;
        for (error, alpha) in errors.iter_mut().zip(alphas) {
            *error += (fed - *error) * alpha;
            fed = *error;
        }
        steps += 1;
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_average_forgets_as_its_weight_says() {
        // (1 - 2/51)^n <= 1e-15 from n = ln(1e-15)/ln(49/51) = 863.4 on.
        assert_eq!(steps_to_forget(&[2.0 / 51.0]), 864);
        assert_eq!(steps_to_forget(&[1.0]), 1);
        assert!(steps_to_forget(&[0.1, 0.1]) > steps_to_forget(&[0.1]));
    }

    #[test]
    fn an_average_begins_with_the_mean_of_its_first_inputs() {
        let mut average = Smoothing::exponential(3);
        let values = [3.0, 6.0, 9.0, 10.0].map(|x| average.update(x));
        assert_eq!(values[2..], [6.0, 8.0]);
    }
}
