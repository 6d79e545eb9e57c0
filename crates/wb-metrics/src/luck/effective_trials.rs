//! How many independent trials a sweep amounts to.

use wb_core::Rng;

use crate::luck::average_linkage::{average_linkage, members};
use crate::luck::correlations::Correlations;
use crate::luck::silhouette::best_cut;

/// A number of trials that are alike to some degree, as a number of independent ones.
///
/// Trials are clustered by the correlation of their returns. A cluster of n trials whose mean correlation is ρ counts as
/// ρ + (1 - ρ) n, the implied number of independent trials of D. Bailey and M. López de Prado, "The deflated Sharpe
/// ratio", 2014, appendix 3; one of negative ρ as n. Over all trials at once, as in the paper, a sweep of several ideas
/// has a small ρ, and near copies of one idea would count almost in full.
///
/// The number of clusters alone would be far too low beside the variance of the trials' ratios: a spread within a
/// cluster is a choice as well, and what a cluster has in common is not in that variance.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct EffectiveTrials {
    /// How many trials were clustered: those with a spread in their returns, at most [`EffectiveTrials::SAMPLE`].
    pub clustered: usize,
    /// In how many clusters.
    pub clusters: usize,
    /// As how many independent trials all of them count; from 1 to all.
    pub independent: f64,
}

impl EffectiveTrials {
    /// The most trials that are clustered. Of more, so many are drawn.
    pub const SAMPLE: usize = 1000;

    /// From returns by trial and period, which stand for `all` trials, so many or more. Which are drawn where there are
    /// too many depends on `seed`. Absent where no trial has a spread.
    pub fn of(returns: &[Vec<f64>], all: u64, seed: u64) -> Option<EffectiveTrials> {
        let drawn = sample(returns.len(), &mut Rng::new(seed));
        let sampled: Vec<Vec<f64>> = drawn.into_iter().map(|trial| returns[trial].clone()).collect();
        let correlations = Correlations::of(&sampled);
        let trials = correlations.trials();
        if trials == 0 {
            return None;
        }
        let merges = average_linkage(trials, correlations.distances());
        let cut = best_cut(trials, &merges, correlations.distances());
        let clusters = by_cluster(&members(trials, &merges, cut));
        let each = (all as f64 / sampled.len() as f64).max(1.0);
        let independent: f64 = clusters.iter().map(|cluster| implied(cluster, &correlations, each)).sum();
        Some(EffectiveTrials { clustered: trials, clusters: clusters.len(), independent })
    }
}

/// A random choice of at most [`EffectiveTrials::SAMPLE`] of so many, in order, each as likely: algorithm S of D. Knuth,
/// "The art of computer programming", volume 2, section 3.4.2.
fn sample(count: usize, rng: &mut Rng) -> Vec<usize> {
    let mut wanted = EffectiveTrials::SAMPLE.min(count) as u64;
    (0..count)
        .filter(|trial| {
            let taken = rng.below((count - trial) as u64) < wanted;
            wanted -= u64::from(taken);
            taken
        })
        .collect()
}

fn by_cluster(names: &[usize]) -> Vec<Vec<usize>> {
    let mut clusters = vec![Vec::new(); names.len()];
    names.iter().enumerate().for_each(|(item, name)| clusters[*name].push(item));
    clusters.retain(|cluster| !cluster.is_empty());
    clusters
}

/// As how many independent trials a cluster counts whose members each stand for `each`.
fn implied(cluster: &[usize], correlations: &Correlations, each: f64) -> f64 {
    let size = cluster.len() as f64;
    let pairs = size * (size - 1.0);
    let sum: f64 = cluster
        .iter()
        .map(|a| {
            let row = correlations.row(*a);
            cluster.iter().filter(|b| *b != a).map(|b| row[*b]).sum::<f64>()
        })
        .sum();
    let mean = if pairs > 0.0 { (sum / pairs).clamp(0.0, 1.0) } else { 0.0 };
    mean + (1.0 - mean) * size * each
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::luck::example::{families, noise};
    use crate::luck::{DeflatedSharpe, SharpeEstimate};
    use crate::moments::Moments;

    fn effective(returns: &[Vec<f64>], all: u64) -> EffectiveTrials {
        EffectiveTrials::of(returns, all, 1).expect("they move")
    }

    #[test]
    fn effective_trials_are_those_of_scipy_and_scikit_learn() {
        // The same clustering in Python: numpy.corrcoef, scipy's linkage, scikit-learn's silhouette_samples.
        let check = |returns: &[Vec<f64>], all: u64, clusters: usize, independent: f64| {
            let got = effective(returns, all);
            assert_eq!((got.clustered, got.clusters), (returns.len(), clusters));
            assert!((got.independent - independent).abs() < 1e-10, "{got:?}");
        };
        let ideas = families(11, 5, 8, 100, 0.7);
        check(&ideas, 40, 5, 15.270_465_771_298_518);
        check(&ideas, 400, 5, 120.909_542_276_083_3);
        check(&families(11, 1, 40, 100, 0.7), 40, 21, 25.451_602_022_924_043);
        check(&noise(3, 40, 100), 40, 21, 36.253_678_800_940_044);
    }

    #[test]
    fn copies_of_one_trial_are_one() {
        let one = noise(1, 1, 60).remove(0);
        let copies = effective(&vec![one; 50], 5000);
        assert_eq!((copies.clustered, copies.clusters), (50, 1));
        assert!((copies.independent - 1.0).abs() < 1e-9, "{copies:?}");
    }

    #[test]
    fn trials_that_never_moved_count_for_nothing() {
        let mut returns = noise(1, 3, 60);
        returns.extend(vec![vec![0.0; 60]; 7]);
        let effective = effective(&returns, 10);
        assert_eq!(effective.clustered, 3);
        assert!(effective.independent <= 3.0, "{effective:?}");
        assert_eq!(EffectiveTrials::of(&[vec![0.0; 60]], 1, 1), None);
        assert_eq!(EffectiveTrials::of(&[], 1, 1), None);
    }

    #[test]
    fn of_thousands_a_sample_stands_for_all() {
        let returns = families(5, 10, 250, 64, 0.9);
        let drawn = effective(&returns, 2500);
        assert_eq!((drawn.clustered, drawn.clusters), (EffectiveTrials::SAMPLE, 10));
        assert_eq!(drawn, effective(&returns, 2500), "the same seed draws the same");
        // A tenth of the variance is each trial's own.
        assert!((200.0..300.0).contains(&drawn.independent), "{drawn:?}");
        let mut rng = Rng::new(9);
        assert_eq!(sample(20, &mut rng), (0..20).collect::<Vec<_>>());
        assert!(sample(3000, &mut rng).is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn the_threshold_is_what_trials_without_skill_show_at_best() {
        let check = |groups: usize, each: usize, share: f64| {
            let (mut best, mut threshold) = (0.0, 0.0);
            for seed in 0..30 {
                let returns = families(2 * seed, groups, each, 100, share);
                let ratios: Vec<SharpeEstimate> =
                    returns.iter().filter_map(|series| SharpeEstimate::of(series)).collect();
                let highest = ratios.iter().copied().reduce(|a, b| if b.sharpe > a.sharpe { b } else { a });
                let highest = highest.expect("there are trials");
                let sharpes: Vec<f64> = ratios.iter().map(|ratio| ratio.sharpe).collect();
                let deviation = Moments::of(&sharpes).deviation().expect("there are trials");
                let trials = effective(&returns, returns.len() as u64).independent.ceil() as u64;
                let deflated = DeflatedSharpe::of(&highest, trials, deviation * deviation);
                best += highest.sharpe;
                threshold += deflated.expect("a variance").threshold;
            }
            let ratio = threshold / best;
            assert!((0.75..1.25).contains(&ratio), "{groups} × {each}, {share}: {ratio}");
        };
        check(60, 1, 0.0);
        check(8, 10, 0.7);
        check(8, 10, 0.95);
        check(20, 4, 0.3);
    }
}
