//! The probability of backtest overfitting, by combinatorially symmetric cross-validation.

use crate::line::Line;
use crate::luck::Folds;
use crate::luck::range_sharpe::{RangeSharpe, best};

/// How the trial that is best in one half of the time does in the other, over all ways to part it.
///
/// D. Bailey, J. Borwein, M. López de Prado and Q. J. Zhu, "The probability of backtest overfitting", Journal of
/// Computational Finance 20(4), 2016 (first 2015); performance is the Sharpe ratio.
#[derive(Clone, PartialEq, Debug)]
pub struct Overfitting {
    /// The share of splits in which the best trial of one half is not above the median in the other.
    pub probability: f64,
    /// The share of splits in which it has a Sharpe ratio below zero in the other.
    pub probability_of_loss: f64,
    /// By how much its Sharpe ratio in the other half changes where that in its own is greater by one: the slope of a
    /// least-squares line through the splits, below zero where performance degrades. Absent where its ratio is always
    /// the same.
    pub slope: Option<f64>,
    /// Every split.
    pub splits: Vec<HalfSplit>,
}

/// One half of the time to choose from, the other to see what the choice was worth.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct HalfSplit {
    /// Row of the trial with the highest Sharpe ratio in sample; of equals, the first.
    pub best: usize,
    /// That ratio, per period.
    pub in_sample: f64,
    /// Its ratio out of sample, per period.
    pub out_of_sample: f64,
    /// ln(ω ÷ (1 - ω)), where ω is its rank out of sample, 1 for the worst, ÷ (number of trials + 1); of equals, the
    /// middle of their ranks.
    pub logit: f64,
}

impl Overfitting {
    /// From returns by trial and period, the periods cut into as many folds. A trial that is idle in a half has a Sharpe
    /// ratio of 0 there. Absent below two trials, and where a fold has fewer than two periods.
    pub fn of(returns: &[Vec<f64>], folds: Folds) -> Option<Overfitting> {
        let sharpes = RangeSharpe::of(returns);
        if sharpes.trials() < 2 || sharpes.periods() < 2 * folds.count() {
            return None;
        }
        let mut splits = Vec::new();
        let (mut first, mut second) = (vec![0.0; returns.len()], vec![0.0; returns.len()]);
        for [first_half, second_half] in folds.halves(sharpes.periods()) {
            sharpes.over(&first_half, &mut first);
            sharpes.over(&second_half, &mut second);
            splits.push(HalfSplit::of(&first, &second));
            splits.push(HalfSplit::of(&second, &first));
        }
        let share = |of: fn(&HalfSplit) -> bool| {
            splits.iter().filter(|split| of(split)).count() as f64 / splits.len() as f64
        };
        let points: Vec<(f64, f64)> =
            splits.iter().map(|split| (split.in_sample, split.out_of_sample)).collect();
        Some(Overfitting {
            probability: share(|split| split.logit <= 0.0),
            probability_of_loss: share(|split| split.out_of_sample < 0.0),
            slope: Line::through(&points).map(|line| line.slope),
            splits,
        })
    }
}

impl HalfSplit {
    fn of(in_sample: &[f64], out_of_sample: &[f64]) -> HalfSplit {
        let best = best(in_sample);
        let value = out_of_sample[best];
        let below = out_of_sample.iter().filter(|other| **other < value).count();
        let not_above = out_of_sample.iter().filter(|other| **other <= value).count();
        // Equals have the ranks below + 1 to not_above.
        let rank = (below + not_above + 1) as f64 / 2.0;
        let logit = libm::log(rank / ((out_of_sample.len() + 1) as f64 - rank));
        HalfSplit { best, in_sample: in_sample[best], out_of_sample: value, logit }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::luck::example::{drifting, noise};

    fn folds(count: usize) -> Folds {
        Folds::new(count, 1).expect("an even number")
    }

    #[test]
    fn the_probability_of_overfitting_is_that_of_another_implementation() {
        // purgedcv 0.1.11: probability_of_backtest_overfitting(returns, n_splits=8).
        let result = Overfitting::of(&drifting(7, 20, 120), folds(8)).expect("enough of everything");
        let count = result.splits.len() as f64;
        assert_eq!(result.splits.len(), 70);
        let mean = |of: fn(&HalfSplit) -> f64| result.splits.iter().map(of).sum::<f64>() / count;
        for (got, expected) in [
            (result.probability, 0.128_571_428_571_428_56),
            (result.slope.expect("a spread"), -0.049_861_835_638_117_205),
            (mean(|split| split.logit), 1.457_734_893_194_899_5),
            (mean(|split| split.in_sample), 0.478_782_292_100_095_04),
            (mean(|split| split.out_of_sample), 0.292_794_003_932_003_94),
        ] {
            assert!((got - expected).abs() < 1e-12, "{got} for {expected}");
        }
        assert!((result.probability_of_loss - 4.0 / 70.0).abs() < 1e-12);
    }

    #[test]
    fn splits_are_those_of_a_hand_calculation() {
        // Two folds of two periods; the deviation of two returns is their distance ÷ √2. The first trial has a mean of
        // 1.5 % and a distance of 1 %, then -0.5 % and 3 %; the second 0.5 % and 1 %, then 1 % and 1 %.
        let returns = [vec![0.01, 0.02, -0.02, 0.01], vec![0.0, 0.01, 0.005, 0.015]];
        let result = Overfitting::of(&returns, folds(2)).expect("two trials");
        let check = |split: HalfSplit, best: usize, in_sample: f64, out_of_sample: f64, odds: f64| {
            assert_eq!(split.best, best);
            assert!((split.in_sample - in_sample).abs() < 1e-12, "{split:?}");
            assert!((split.out_of_sample - out_of_sample).abs() < 1e-12, "{split:?}");
            assert!((split.logit - libm::log(odds)).abs() < 1e-12, "{split:?}");
        };
        let root = std::f64::consts::SQRT_2;
        check(result.splits[0], 0, 1.5 * root, -root / 6.0, 0.5);
        check(result.splits[1], 1, root, 0.5 * root, 0.5);
        assert!((result.probability - 1.0).abs() < 1e-12);
        assert!((result.probability_of_loss - 0.5).abs() < 1e-12);
        // From (1.5, -1 ÷ 6) to (1, 0.5), times √2.
        assert!((result.slope.expect("they differ") + 4.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn a_trial_that_is_truly_better_is_not_overfitted() {
        let mut returns = noise(5, 30, 160);
        returns[17].iter_mut().for_each(|r| *r += 0.02);
        let result = Overfitting::of(&returns, folds(8)).expect("enough of everything");
        assert_eq!((result.probability.to_bits(), result.probability_of_loss.to_bits()), (0, 0));
        assert!(result.splits.iter().all(|split| split.best == 17));
    }

    #[test]
    fn choosing_from_noise_is_overfitting_half_the_time() {
        // Over many draws: the trials are exchangeable, so the best of one half has any rank in the other.
        let draws = 40;
        let sum: f64 = (0..draws)
            .map(|seed| Overfitting::of(&noise(seed, 20, 64), folds(8)).expect("enough").probability)
            .sum();
        let mean = sum / draws as f64;
        assert!((0.4..0.6).contains(&mean), "{mean}");
    }

    #[test]
    fn trials_that_are_all_alike_have_the_middle_rank() {
        let one = noise(1, 1, 40).remove(0);
        let result = Overfitting::of(&[one.clone(), one.clone(), one], folds(4)).expect("three trials");
        assert!(result.splits.iter().all(|split| split.logit.to_bits() == 0 && split.best == 0));
        let idle = Overfitting::of(&[vec![0.0; 40], vec![0.0; 40]], folds(4)).expect("two trials");
        assert_eq!((idle.slope, idle.probability.to_bits()), (None, 1_f64.to_bits()));
    }

    #[test]
    fn too_few_trials_or_periods_have_no_probability() {
        assert_eq!(Overfitting::of(&[], folds(4)), None);
        assert_eq!(Overfitting::of(&noise(1, 1, 40), folds(4)), None);
        assert_eq!(Overfitting::of(&noise(1, 2, 7), folds(4)), None);
        assert!(Overfitting::of(&noise(1, 2, 8), folds(4)).is_some());
    }
}
