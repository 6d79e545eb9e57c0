//! Bands within which a run's figures would lie if its returns had come in other stretches.

use crate::distribution::Distribution;
use crate::drawdown::Depth;
use crate::luck::range_sharpe::sharpe_of;
use crate::luck::stationary_bootstrap::{StationaryBootstrap, block_length};
use crate::moments::Moments;

/// Where the middle part of all draws lies.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Band {
    /// Its lower end.
    pub low: f64,
    /// Half of all draws are below it.
    pub median: f64,
    /// Its upper end.
    pub high: f64,
}

/// Percentile bands of figures by the stationary bootstrap, with blocks as long as suits the series.
///
/// B. Efron, "Bootstrap methods: another look at the jackknife", Annals of Statistics 7, 1979; stretches and their length
/// after Politis and Romano (1994) and Politis and White (2004).
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct BootstrapBands {
    /// Sharpe ratio per period; 0 for a draw of equal returns.
    pub sharpe: Band,
    /// Total return, compounded.
    pub total_return: Band,
    /// Deepest fall from a peak as a share of it, positive.
    pub max_drawdown: Band,
}

impl BootstrapBands {
    /// From returns by period, as many `draws`, at least one. The bands hold the share `confidence` of them, between 0
    /// and 1. Equity that is not above zero stays at zero. Absent below ten periods.
    pub fn of(returns: &[f64], confidence: f64, draws: usize, seed: u64) -> Option<BootstrapBands> {
        assert!(draws > 0 && confidence > 0.0 && confidence < 1.0, "{confidence} of {draws} draws");
        if returns.len() < 10 {
            return None;
        }
        let bootstrap = StationaryBootstrap::new(returns.len(), block_length(returns), seed);
        let (mut sharpes, mut totals, mut depths) = (Vec::new(), Vec::new(), Vec::new());
        for number in 0..draws as u64 {
            let drawn: Vec<f64> = bootstrap.draw(number).map(|period| returns[period]).collect();
            sharpes.push(sharpe_of(&Moments::of(&drawn)));
            let (equity, depth) = compounded(&drawn);
            totals.push(equity - 1.0);
            depths.push(depth);
        }
        let band = |values: &[f64]| {
            let sorted = Distribution::of(values);
            let tail = (1.0 - confidence) / 2.0;
            Band {
                low: sorted.quantile(tail),
                median: sorted.quantile(0.5),
                high: sorted.quantile(1.0 - tail),
            }
        };
        Some(BootstrapBands {
            sharpe: band(&sharpes),
            total_return: band(&totals),
            max_drawdown: band(&depths),
        })
    }
}

/// What equity of one becomes by these returns, and its deepest fall on the way.
pub(super) fn compounded(returns: &[f64]) -> (f64, f64) {
    let grow = |equity: &mut f64, r: &f64| {
        *equity *= (1.0 + r).max(0.0);
        Some(*equity)
    };
    let curve: Vec<f64> = returns.iter().scan(1.0, grow).collect();
    let mut depth = Depth::from(1.0);
    depth.on_equity(&curve);
    (curve.last().copied().unwrap_or(1.0), depth.deepest())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::luck::example::{drifting, noise};

    #[test]
    fn bands_are_those_of_a_calculation_in_numpy() {
        // The same draws in numpy: mean ÷ std(ddof=1), cumprod, maximum.accumulate, percentile.
        let returns: Vec<f64> = drifting(13, 6, 121)[5].windows(2).map(|pair| pair[0] + pair[1]).collect();
        let bands = BootstrapBands::of(&returns, 0.9, 400, 3).expect("enough periods");
        let check = |got: Band, expected: [f64; 3]| {
            for (got, expected) in [got.low, got.median, got.high].into_iter().zip(expected) {
                assert!((got - expected).abs() < 1e-12, "{got} for {expected}");
            }
        };
        check(bands.sharpe, [0.047_682_974_027_840_656, 0.229_673_724_436_006_53, 0.405_656_318_384_582_5]);
        check(
            bands.total_return,
            [0.044_663_124_977_269_31, 0.245_534_724_116_752_26, 0.443_929_279_359_333_35],
        );
        check(
            bands.max_drawdown,
            [0.031_658_531_311_944_606, 0.054_245_893_588_544_7, 0.101_288_662_342_882_85],
        );
    }

    #[test]
    fn bands_hold_the_true_ratio_as_often_as_they_say() {
        let series = 200;
        let held = (0..series)
            .filter(|seed| {
                let returns = noise(*seed, 1, 100).remove(0);
                let band = BootstrapBands::of(&returns, 0.8, 200, *seed).expect("enough periods").sharpe;
                band.low < 0.0 && band.high > 0.0
            })
            .count();
        assert!((140..180).contains(&held), "{held} of {series}");
    }

    #[test]
    fn equity_that_is_lost_stays_lost() {
        assert_eq!(compounded(&[0.5, -2.0, 3.0]), (0.0, 1.0));
        assert_eq!(compounded(&[]), (1.0, 0.0));
        let (equity, depth) = compounded(&[0.25, -0.5, 0.5]);
        assert!((equity - 0.9375).abs() < 1e-15 && (depth - 0.5).abs() < 1e-15);
    }

    #[test]
    fn without_ten_periods_there_are_no_bands() {
        assert_eq!(BootstrapBands::of(&[0.1; 9], 0.9, 10, 1), None);
        let flat = BootstrapBands::of(&[0.0; 10], 0.9, 10, 1).expect("ten periods");
        assert_eq!(flat.sharpe, Band { low: 0.0, median: 0.0, high: 0.0 });
        assert_eq!(flat.max_drawdown, flat.sharpe);
    }
}
