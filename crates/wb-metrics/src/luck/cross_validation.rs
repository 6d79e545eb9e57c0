//! Combinatorial purged cross-validation: what choosing the best trial is worth, on many paths through the same time.

use crate::distribution::Distribution;
use crate::luck::Folds;
use crate::luck::range_sharpe::{RangeSharpe, best, sharpe_of};
use crate::moments::Moments;

/// The Sharpe ratio, out of sample, of choosing the trial that was best in sample; on every path.
///
/// M. López de Prado, "Advances in financial machine learning" (2018), chapter 12. In every possible way some folds are
/// held out and a trial is chosen by the others; every fold is held out in as many ways as there are paths, and a path
/// takes each fold from a way of its own.
#[derive(Clone, PartialEq, Debug)]
pub struct CrossValidation {
    /// Per period, by path; 0 where the trials chosen were idle.
    pub paths: Vec<f64>,
    /// Row of the trial chosen in each split; of equals, the first.
    pub chosen: Vec<usize>,
}

impl CrossValidation {
    /// From returns by trial and period. The `purge` periods on both sides of what is held out are not chosen by, nor are
    /// `embargo` more after it. Absent without a trial, below two periods, and where fewer than two are left to choose by.
    pub fn of(returns: &[Vec<f64>], folds: Folds, purge: usize, embargo: usize) -> Option<CrossValidation> {
        let sharpes = RangeSharpe::of(returns);
        let periods = sharpes.periods();
        if sharpes.trials() == 0 || periods < 2 {
            return None;
        }
        let mut ratios = vec![0.0; sharpes.trials()];
        let mut chosen = Vec::new();
        // By fold, the trials that were chosen where it was held out, in order of the splits.
        let mut held_out = vec![Vec::new(); folds.count()];
        for split in folds.splits(periods, purge, embargo) {
            if split.train.iter().map(ExactSizeIterator::len).sum::<usize>() < 2 {
                return None;
            }
            sharpes.over(&split.train, &mut ratios);
            let best = best(&ratios);
            chosen.push(best);
            split.test.iter().for_each(|fold| held_out[*fold].push(best));
        }
        let paths = (0..held_out[0].len())
            .map(|path| {
                let mut moments = Moments::default();
                for (fold, chosen) in held_out.iter().enumerate() {
                    let held = &returns[chosen[path]][folds.periods(fold, periods)];
                    moments = moments.merge(Moments::of(held));
                }
                sharpe_of(&moments)
            })
            .collect();
        Some(CrossValidation { paths, chosen })
    }

    /// Half of all paths have a lower ratio.
    pub fn median(&self) -> f64 {
        Distribution::of(&self.paths).quantile(0.5)
    }

    /// The share of paths whose ratio is not above zero.
    pub fn probability_of_loss(&self) -> f64 {
        self.paths.iter().filter(|sharpe| **sharpe <= 0.0).count() as f64 / self.paths.len() as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::luck::SharpeEstimate;
    use crate::luck::example::noise;

    fn folds(folds: usize, test_folds: usize) -> Folds {
        Folds::new(folds, test_folds).expect("folds as they should be")
    }

    fn check(got: f64, expected: f64) {
        assert!((got - expected).abs() < 1e-12, "{got} for {expected}");
    }

    #[test]
    fn ten_folds_with_two_for_testing_have_nine_paths() {
        // López de Prado (2018), section 12.4: C(n, k) k ÷ n paths; five of six folds with two for testing.
        let returns = noise(1, 3, 60);
        let count = |folds| CrossValidation::of(&returns, folds, 0, 0).expect("enough").paths.len();
        assert_eq!([count(folds(6, 2)), count(folds(10, 2)), count(folds(10, 1))], [5, 9, 1]);
    }

    #[test]
    fn the_choice_among_one_has_that_ones_ratio_on_every_path() {
        let returns = noise(2, 1, 83);
        let whole = SharpeEstimate::of(&returns[0]).expect("it moves").sharpe;
        let validation = CrossValidation::of(&returns, folds(8, 3), 2, 1).expect("enough");
        validation.paths.iter().for_each(|sharpe| check(*sharpe, whole));
    }

    #[test]
    fn each_fold_is_traded_by_who_was_best_in_the_others() {
        // The first trial gains in the first half of the time only, the second in the second.
        let early = vec![0.01, 0.02, 0.03, 0.02, -0.01, -0.02, -0.03, -0.02];
        let late: Vec<f64> = early.iter().map(|r| -r).collect();
        let validation = CrossValidation::of(&[early.clone(), late], folds(2, 1), 0, 0).expect("enough");
        assert_eq!(validation.chosen, [1, 0]);
        let path: Vec<f64> = early.iter().map(|r| -r.abs()).collect();
        check(validation.paths[0], SharpeEstimate::of(&path).expect("it moves").sharpe);
        check(validation.probability_of_loss(), 1.0);
    }

    #[test]
    fn without_enough_to_choose_by_there_is_no_path() {
        assert_eq!(CrossValidation::of(&[], folds(4, 1), 0, 0), None);
        assert_eq!(CrossValidation::of(&noise(1, 2, 1), folds(4, 1), 0, 0), None);
        assert_eq!(CrossValidation::of(&noise(1, 2, 8), folds(4, 1), 6, 0), None);
        assert_eq!(
            CrossValidation::of(&vec![vec![0.0; 9]; 2], folds(4, 1), 0, 0).map(|v| v.paths),
            Some(vec![0.0])
        );
    }
}
