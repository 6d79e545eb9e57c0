//! The Sharpe ratios of all trials over any stretches of time, from sums up to each period.

use std::ops::Range;

use crate::moments::Moments;

/// A deviation over some stretches that is less than this share of the trial's own is rounding: the trial was idle.
const IDLE: f64 = 1e-6;

/// Sums of the returns of many trials, from which a Sharpe ratio over some stretches of time costs the same however
/// long they are.
///
/// Returns are taken less their mean over the whole time, so that a small spread is not lost beside a large mean.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct RangeSharpe {
    trials: usize,
    periods: usize,
    /// Mean return of each trial.
    mean: Vec<f64>,
    /// The variance below which a trial was idle.
    idle: Vec<f64>,
    /// By period and then by trial, the sum of all returns before it; one row more than there are periods.
    sums: Vec<f64>,
    /// The same of their squares.
    squares: Vec<f64>,
}

impl RangeSharpe {
    /// From returns by trial and period. Every trial must have as many.
    pub(super) fn of(returns: &[Vec<f64>]) -> RangeSharpe {
        let trials = returns.len();
        let periods = returns.first().map_or(0, Vec::len);
        assert!(returns.iter().all(|r| r.len() == periods), "trials differ in their number of returns");
        let mean: Vec<f64> = returns.iter().map(|r| r.iter().sum::<f64>() / periods as f64).collect();
        let mut sums = vec![0.0; trials * (periods + 1)];
        let mut squares = sums.clone();
        for (trial, (series, mean)) in returns.iter().zip(&mean).enumerate() {
            let (mut sum, mut square) = (0.0, 0.0);
            for (period, r) in series.iter().enumerate() {
                let deviation = r - mean;
                sum += deviation;
                square += deviation * deviation;
                sums[(period + 1) * trials + trial] = sum;
                squares[(period + 1) * trials + trial] = square;
            }
        }
        let idle = squares[periods * trials..].iter().map(|q| q / periods as f64 * IDLE * IDLE).collect();
        RangeSharpe { trials, periods, mean, idle, sums, squares }
    }

    pub(super) fn trials(&self) -> usize {
        self.trials
    }

    pub(super) fn periods(&self) -> usize {
        self.periods
    }

    /// The Sharpe ratio per period of every trial over these stretches together, of at least two periods. A trial that
    /// was idle in them has 0: it has shown nothing.
    pub(super) fn over(&self, stretches: &[Range<usize>], sharpes: &mut [f64]) {
        let count = stretches.iter().map(Range::len).sum::<usize>() as f64;
        assert!(count >= 2.0, "a spread needs two periods");
        let mut squares = vec![0.0; self.trials];
        sharpes.fill(0.0);
        for stretch in stretches {
            self.add(&self.sums, stretch, sharpes);
            self.add(&self.squares, stretch, &mut squares);
        }
        for ((sharpe, square), (mean, idle)) in
            sharpes.iter_mut().zip(&squares).zip(self.mean.iter().zip(&self.idle))
        {
            let deviation = *sharpe / count;
            let variance = (square - *sharpe * deviation) / (count - 1.0);
            let ratio = (mean + deviation) / variance.sqrt();
            *sharpe = if variance > *idle { ratio } else { 0.0 };
        }
    }

    fn add(&self, of: &[f64], stretch: &Range<usize>, totals: &mut [f64]) {
        let before = &of[stretch.start * self.trials..][..self.trials];
        let after = &of[stretch.end * self.trials..][..self.trials];
        for (total, (before, after)) in totals.iter_mut().zip(before.iter().zip(after)) {
            *total += after - before;
        }
    }
}

/// The place of the highest; of equals, the first. There must be one.
pub(super) fn best(sharpes: &[f64]) -> usize {
    let mut best = 0;
    for (trial, sharpe) in sharpes.iter().enumerate() {
        if *sharpe > sharpes[best] {
            best = trial;
        }
    }
    best
}

/// The Sharpe ratio per period of returns with these moments; 0 where they have no spread.
pub(super) fn sharpe_of(moments: &Moments) -> f64 {
    moments.mean().zip(moments.spread()).map_or(0.0, |(mean, spread)| mean / spread)
}

#[cfg(test)]
mod tests {
    use wb_core::Rng;

    use super::*;
    use crate::luck::SharpeEstimate;

    #[test]
    fn ratios_over_stretches_are_those_of_the_returns_in_them() {
        let seed = 3;
        let mut rng = Rng::new(seed);
        let returns: Vec<Vec<f64>> =
            (0..5).map(|k| (0..60).map(|_| rng.uniform() - 0.1 * f64::from(k)).collect()).collect();
        let stretches = [3..17, 20..21, 40..60];
        let mut got = vec![0.0; 5];
        RangeSharpe::of(&returns).over(&stretches, &mut got);
        for (series, got) in returns.iter().zip(got) {
            let inside: Vec<f64> = stretches.iter().flat_map(|s| &series[s.clone()]).copied().collect();
            let expected = SharpeEstimate::of(&inside).expect("they differ").sharpe;
            assert!((got - expected).abs() < 1e-12, "seed {seed}: {got} for {expected}");
        }
    }

    #[test]
    fn an_idle_trial_has_shown_nothing() {
        let mut late = vec![0.0; 20];
        late.extend([0.3, -0.1, 0.7, 0.2]);
        let sharpes = RangeSharpe::of(&[late, vec![0.0; 24], vec![0.01; 24]]);
        let mut got = vec![9.0; 3];
        sharpes.over(&[0..5, 9..20], &mut got);
        assert_eq!(got, [0.0; 3]);
        sharpes.over(&[18..20, 20..24], &mut got);
        assert!(got[0] > 0.0 && got[1..] == [0.0; 2], "{got:?}");
    }
}
