//! Everything that can be said of luck in the best trial of a sweep.

use crate::luck::{
    BootstrapBands, CrossValidation, DeflatedSharpe, EffectiveTrials, Folds, Overfitting, SharpeEstimate,
    SuperiorAbility,
};
use crate::moments::Moments;

/// The share of draws that bands hold, and how sure a track record is to make one.
pub(super) const CONFIDENCE: f64 = 0.95;

/// What a sweep knows of its trials when it is over.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct SweepResults<'a> {
    /// Returns by trial and period, of all trials or of a sample that has the best one. Rows that are not numbers or not
    /// as long as the others are left out.
    pub returns: &'a [Vec<f64>],
    /// Row of the best trial.
    pub best: usize,
    /// Its Sharpe ratio, a year; absent where it has none.
    pub best_sharpe: Option<f64>,
    /// The Sharpe ratio, a year, of every trial that has one.
    pub sharpes: &'a [f64],
    /// How many periods make a year.
    pub periods_per_year: f64,
    /// How many trials the sweep made.
    pub trials: u64,
    /// How many trials were ever made of this strategy on these data, those of the sweep among them.
    pub trials_ever: u64,
    /// How time is parted for cross-validation.
    pub folds: Folds,
    /// Periods on both sides of a test that are not trained on.
    pub purge: usize,
    /// Periods after a test, beyond those, that are not trained on.
    pub embargo: usize,
    /// Draws of each bootstrap, at least one.
    pub draws: usize,
    /// What the draws depend on.
    pub seed: u64,
}

/// How much of a sweep's best trial may be luck. What cannot be computed is absent.
#[derive(Clone, PartialEq, Debug)]
pub struct SweepLuck {
    /// How many trials the sweep made.
    pub trials: u64,
    /// How many trials were ever made, those of the sweep among them; no fewer.
    pub trials_ever: u64,
    /// How many periods there are.
    pub periods: usize,
    /// How many of them make a year.
    pub periods_per_year: f64,
    /// The best trial's Sharpe ratio per period, and what its error depends on.
    pub best: Option<SharpeEstimate>,
    /// The probability that its true ratio is above zero, had it been the only trial.
    pub probability: Option<f64>,
    /// How many periods it takes until that is 0.95.
    pub minimum_track_record: Option<f64>,
    /// As how many independent trials all that were ever made count.
    pub effective: Option<EffectiveTrials>,
    /// The best trial with the luck of the choice taken off.
    pub deflated: Option<DeflatedSharpe>,
    /// How the best of one half of the time does in the other.
    pub overfitting: Option<Overfitting>,
    /// What choosing the best is worth on many paths.
    pub cross_validation: Option<CrossValidation>,
    /// Whether the best is better than holding nothing.
    pub superior_ability: Option<SuperiorAbility>,
    /// Where 95 % of all draws of the best trial's figures lie.
    pub bands: Option<BootstrapBands>,
}

impl SweepLuck {
    /// From as many rows a sample says as much as all trials do.
    pub const SAMPLE: usize = 2000;

    /// Computes what applies.
    pub fn of(sweep: &SweepResults<'_>) -> SweepLuck {
        let periods = sweep.returns.get(sweep.best).map_or(0, Vec::len);
        let is_sound = |row: &[f64]| row.len() == periods && row.iter().all(|r| r.is_finite());
        let sound: Vec<usize> =
            (0..sweep.returns.len()).filter(|row| is_sound(&sweep.returns[*row])).collect();
        let best_row = sound.binary_search(&sweep.best).ok();
        let returns: Vec<Vec<f64>> = sound.into_iter().map(|row| sweep.returns[row].clone()).collect();
        let trials_ever = sweep.trials_ever.max(sweep.trials);
        let best = best_row.and_then(|row| estimate(&returns[row], sweep));
        let effective = EffectiveTrials::of(&returns, trials_ever, sweep.seed);
        let deflated = best.zip(effective).and_then(|(best, effective)| {
            DeflatedSharpe::of(&best, rounded(effective), variance(&best, sweep))
        });
        SweepLuck {
            trials: sweep.trials,
            trials_ever,
            periods,
            periods_per_year: sweep.periods_per_year,
            best,
            probability: best.and_then(|best| best.probability_above(0.0)),
            minimum_track_record: best.and_then(|best| best.minimum_track_record(0.0, CONFIDENCE)),
            effective,
            deflated,
            overfitting: Overfitting::of(&returns, sweep.folds),
            cross_validation: CrossValidation::of(&returns, sweep.folds, sweep.purge, sweep.embargo),
            superior_ability: best_row
                .and_then(|row| SuperiorAbility::of(&returns, row, sweep.draws, sweep.seed)),
            bands: best_row
                .and_then(|row| BootstrapBands::of(&returns[row], CONFIDENCE, sweep.draws, sweep.seed)),
        }
    }

    /// A Sharpe ratio per period as one a year.
    pub fn a_year(&self, sharpe: f64) -> f64 {
        sharpe * self.periods_per_year.sqrt()
    }
}

/// The ratio that the sweep reports, with the count, skew and kurtosis of the periods.
fn estimate(returns: &[f64], sweep: &SweepResults<'_>) -> Option<SharpeEstimate> {
    let sharpe = sweep.best_sharpe.filter(|sharpe| sharpe.is_finite())? / sweep.periods_per_year.sqrt();
    Some(SharpeEstimate { sharpe, ..SharpeEstimate::of(returns)? })
}

/// The variance of the trials' ratios per period; where there are not two, that of an estimate without skill.
fn variance(best: &SharpeEstimate, sweep: &SweepResults<'_>) -> f64 {
    let deviation = Moments::of(sweep.sharpes).deviation().filter(|deviation| deviation.is_finite());
    deviation
        .map_or(1.0 / (best.count - 1) as f64, |deviation| deviation * deviation / sweep.periods_per_year)
}

fn rounded(effective: EffectiveTrials) -> u64 {
    (effective.independent.round() as u64).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::luck::example::{drifting, noise};

    /// Daily returns of which the last trial is the best.
    fn sweep<'a>(returns: &'a [Vec<f64>], sharpes: &'a [f64]) -> SweepResults<'a> {
        SweepResults {
            returns,
            best: returns.len().saturating_sub(1),
            best_sharpe: sharpes.last().copied(),
            sharpes,
            periods_per_year: 252.0,
            trials: returns.len() as u64,
            trials_ever: returns.len() as u64,
            folds: Folds::new(8, 2).expect("an even number"),
            purge: 1,
            embargo: 0,
            draws: 100,
            seed: 1,
        }
    }

    fn sharpes(returns: &[Vec<f64>]) -> Vec<f64> {
        let estimates = returns.iter().filter_map(|series| SharpeEstimate::of(series));
        estimates.map(|estimate| estimate.sharpe * 252_f64.sqrt()).collect()
    }

    #[test]
    fn everything_that_applies_is_computed() {
        let returns = drifting(3, 40, 160);
        let sharpes = sharpes(&returns);
        let luck = SweepLuck::of(&sweep(&returns, &sharpes));
        let best = luck.best.expect("it moves");
        assert!((luck.a_year(best.sharpe) - sharpes[39]).abs() < 1e-12);
        assert!(luck.probability > luck.deflated.map(|deflated| deflated.probability));
        assert_eq!(luck.overfitting.as_ref().map(|overfitting| overfitting.splits.len()), Some(70));
        assert_eq!(luck.cross_validation.as_ref().map(|validation| validation.paths.len()), Some(7));
        assert!(
            luck.superior_ability.is_some() && luck.bands.is_some() && luck.minimum_track_record.is_some()
        );
        assert_eq!(luck.verdict().len(), 7);
        assert_eq!(luck, SweepLuck::of(&sweep(&returns, &sharpes)), "the same seed gives the same");
    }

    #[test]
    fn trials_made_before_deflate_more() {
        let returns = drifting(3, 40, 160);
        let sharpes = sharpes(&returns);
        let deflated = |trials_ever: u64| {
            let luck = SweepLuck::of(&SweepResults { trials_ever, ..sweep(&returns, &sharpes) });
            luck.deflated.expect("it moves")
        };
        let (none, many) = (deflated(0), deflated(4000));
        assert!(many.probability < none.probability && many.threshold > none.threshold);
        assert!(many.trials > 50 * none.trials, "{many:?}");
    }

    #[test]
    fn a_single_trial_is_judged_by_itself() {
        let returns = noise(2, 1, 60);
        let sharpes = sharpes(&returns);
        let luck = SweepLuck::of(&sweep(&returns, &sharpes));
        assert_eq!(luck.deflated.map(|deflated| Some(deflated.probability)), Some(luck.probability));
        assert_eq!(luck.overfitting, None);
        let again = SweepLuck::of(&SweepResults { trials_ever: 100, ..sweep(&returns, &sharpes) });
        assert!(again.deflated.map(|d| d.probability) < luck.probability, "it was the hundredth");
    }

    #[test]
    fn rows_that_are_no_numbers_are_left_out() {
        let mut returns = drifting(3, 10, 160);
        let sharpes = sharpes(&returns);
        let clean = SweepLuck::of(&sweep(&returns, &sharpes));
        returns.insert(0, vec![f64::NAN; 160]);
        returns.insert(5, vec![0.01; 9]);
        let luck = SweepLuck::of(&SweepResults { trials: 10, trials_ever: 10, ..sweep(&returns, &sharpes) });
        assert_eq!(luck, clean);
    }

    #[test]
    fn without_returns_or_ratios_nothing_is_said() {
        let check = |returns: &[Vec<f64>], sharpes: &[f64]| {
            let luck = SweepLuck::of(&sweep(returns, sharpes));
            assert_eq!((luck.best, luck.deflated, luck.probability), (None, None, None));
            assert_eq!(luck.minimum_track_record, None);
        };
        check(&[], &[]);
        check(&[vec![]], &[]);
        check(&vec![vec![0.01; 3]; 5], &[1.0; 5]);
        check(&vec![vec![0.0; 90]; 5], &[]);
        check(&vec![vec![f64::NAN; 90]; 5], &[f64::NAN]);
    }
}
