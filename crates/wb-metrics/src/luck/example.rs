//! Returns for tests: noise, with and without a drift.

use wb_core::Rng;

/// Uniform returns from -1 % to 1 %, by trial and period.
pub(super) fn noise(seed: u64, trials: usize, periods: usize) -> Vec<Vec<f64>> {
    let mut rng = Rng::new(seed);
    (0..trials).map(|_| (0..periods).map(|_| (rng.uniform() - 0.5) * 0.02).collect()).collect()
}

/// The same, the k-th trial 0.01 k % higher.
pub(super) fn drifting(seed: u64, trials: usize, periods: usize) -> Vec<Vec<f64>> {
    let mut returns = noise(seed, trials, periods);
    for (trial, series) in returns.iter_mut().enumerate() {
        series.iter_mut().for_each(|r| *r += 1e-4 * trial as f64);
    }
    returns
}

/// Trials that take turns among `groups` ideas: noise, of whose variance the trials of an idea share `share`.
pub(super) fn families(seed: u64, groups: usize, each: usize, periods: usize, share: f64) -> Vec<Vec<f64>> {
    let ideas = noise(seed, groups, periods);
    let mut returns = noise(seed + 1, groups * each, periods);
    for (trial, series) in returns.iter_mut().enumerate() {
        for (own, idea) in series.iter_mut().zip(&ideas[trial % groups]) {
            *own = share.sqrt() * idea + (1.0 - share).sqrt() * *own;
        }
    }
    returns
}
