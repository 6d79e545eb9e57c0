//! The stationary bootstrap: series made of random stretches of one, and how long these should be.

use wb_core::Rng;

/// Draws periods in stretches of random length, from the end on to the start again.
///
/// D. Politis and J. Romano, "The stationary bootstrap", Journal of the American Statistical Association 89, 1994: each
/// period follows the one before it, or with probability 1 ÷ `mean_block` begins anew anywhere.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct StationaryBootstrap {
    periods: u64,
    restart: f64,
    seed: u64,
}

impl StationaryBootstrap {
    /// Of at least one period; the mean length of a stretch is at least 1.
    pub(super) fn new(periods: usize, mean_block: f64, seed: u64) -> StationaryBootstrap {
        assert!(periods > 0 && mean_block >= 1.0, "stretches of {mean_block} of {periods} periods");
        StationaryBootstrap { periods: periods as u64, restart: 1.0 / mean_block, seed }
    }

    /// The periods of the `number`-th series, as many as there are; the same whatever was drawn before.
    pub(super) fn draw(&self, number: u64) -> impl Iterator<Item = usize> {
        let StationaryBootstrap { periods, restart, seed } = *self;
        let mut rng = Rng::for_part(seed, number);
        let mut period = rng.below(periods);
        (0..periods).map(move |place| {
            if place > 0 {
                let anew = rng.uniform() < restart;
                period = if anew { rng.below(periods) } else { (period + 1) % periods };
            }
            period as usize
        })
    }
}

/// The mean length of stretches with which the stationary bootstrap estimates the error of a mean best, at least 1.
///
/// D. Politis and H. White, "Automatic block-length selection for the dependent bootstrap", Econometric Reviews 23(1),
/// 2004, with the correction of A. Patton, D. Politis and H. White, Econometric Reviews 28(4), 2009. As
/// `optimal_block_length` of the Python package arch. 1 where there is nothing to measure: below ten returns, or without
/// a spread.
pub(super) fn block_length(returns: &[f64]) -> f64 {
    let n = returns.len();
    let count = n as f64;
    let mean = returns.iter().sum::<f64>() / count;
    let deviations: Vec<f64> = returns.iter().map(|r| r - mean).collect();
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let covariance = |lag: usize| product(&deviations[lag..], &deviations[..n - lag]) / count;
    if n < 10 || covariance(0).sqrt() <= crate::moments::ROUNDING {
        return 1.0;
    }
    let run = 5.max(libm::log10(count) as usize);
    let most = count.sqrt().ceil() as usize + run;
    let band = 2.0 * (libm::log10(count) / count).sqrt();
    let is_quiet = |lag: usize| {
        let (later, earlier) = (&deviations[lag + 1..], &deviations[..n - lag - 1]);
        let scale = (product(later, later) * product(earlier, earlier)).sqrt();
        (covariance(lag) * count).abs() < band * scale
    };
    // The first lag from which on so many correlations in a row are within the band.
    let last = (n - 2).min(most);
    let quiet: Vec<bool> = (0..last).map(is_quiet).collect();
    let first = (0..=last.saturating_sub(run)).find(|lag| quiet[*lag..].iter().take(run).all(|quiet| *quiet));
    let bandwidth = first.map_or(most, |lag| (2 * lag.max(1)).min(most)).min(n - 1);
    let (mut slope, mut variance) = (0.0, covariance(0));
    for lag in 1..=bandwidth {
        let share = lag as f64 / bandwidth as f64;
        let weighted = 2.0 * (2.0 * (1.0 - share)).min(1.0) * covariance(lag);
        slope += weighted * lag as f64;
        variance += weighted;
    }
    let longest = (3.0 * count.sqrt()).min(count / 3.0).ceil();
    let best = libm::cbrt(slope * slope / (variance * variance) * count);
    if best.is_finite() { best.clamp(1.0, longest) } else { longest }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::luck::example::noise;

    #[test]
    fn block_lengths_are_those_of_arch() {
        // arch 8.0.0: optimal_block_length of noise that keeps a share of the value before it.
        let check = |periods: usize, kept: f64, expected: f64| {
            let keep = |before: &mut f64, now: f64| {
                *before = kept * *before + now;
                Some(*before)
            };
            let series: Vec<f64> = noise(21, 1, periods).remove(0).into_iter().scan(0.0, keep).collect();
            let got = block_length(&series);
            assert!((got - expected).abs() < 1e-9 * expected, "{periods}, {kept}: {got}");
        };
        check(256, 0.0, 1.227_345_070_673_885);
        check(256, 0.5, 4.187_891_284_902_819);
        check(256, 0.9, 14.603_841_419_795_192);
        check(40, 0.3, 3.189_716_493_346_572_3);
        check(1000, -0.4, 11.175_813_335_625_977);
        check(12, 0.2, 1.829_466_671_763_758_4);
    }

    #[test]
    fn where_there_is_nothing_to_measure_stretches_are_single_periods() {
        for series in [vec![], vec![0.1], vec![0.1, -0.2, 0.3, 0.1, 0.4, -0.3, 0.2, 0.1, 0.2], vec![0.0; 50]]
        {
            assert_eq!(block_length(&series).to_bits(), 1_f64.to_bits());
        }
    }

    #[test]
    fn a_stretch_is_as_long_as_asked_for_on_average() {
        let seed = 4;
        let bootstrap = StationaryBootstrap::new(50, 8.0, seed);
        let (mut starts, mut counts) = (0, [0; 50]);
        for number in 0..2000 {
            let drawn: Vec<usize> = bootstrap.draw(number).collect();
            assert_eq!(drawn.len(), 50);
            drawn.iter().for_each(|period| counts[*period] += 1);
            starts += drawn.windows(2).filter(|pair| pair[1] != (pair[0] + 1) % 50).count();
        }
        // One of eight begins anew, one of fifty of these where it would have been anyway.
        let expected = 2000.0 * 49.0 / 8.0 * 49.0 / 50.0;
        assert!((starts as f64 / expected - 1.0).abs() < 0.03, "seed {seed}: {starts} for {expected}");
        assert!(counts.iter().all(|count| (1700..2300).contains(count)), "seed {seed}: {counts:?}");
    }

    #[test]
    fn a_draw_does_not_depend_on_those_before_it() {
        let bootstrap = StationaryBootstrap::new(30, 4.0, 1);
        let seventh: Vec<usize> = bootstrap.draw(7).collect();
        bootstrap.draw(3).for_each(drop);
        assert_eq!(bootstrap.draw(7).collect::<Vec<_>>(), seventh);
        assert_ne!(bootstrap.draw(8).collect::<Vec<_>>(), seventh);
    }
}
