//! Return against risk, from the returns of a series.

use crate::luck::SharpeEstimate;
use crate::moments::Moments;
use crate::return_sums::{Detail, ReturnSums};

/// What the ratios of a series of returns are computed from.
///
/// The risk-free rate and the required return are zero throughout.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct ReturnStats {
    moments: Moments,
    /// Sum of the returns above zero.
    gains: f64,
    /// Sum of the returns below zero, without its sign.
    losses: f64,
    /// Sum of the squares of the returns below zero.
    downside: f64,
}

impl ReturnStats {
    /// The returns by bar of an equity curve that begins with `start`; both are above zero.
    pub(crate) fn of_curve(start: f64, equity: &[f64]) -> ReturnStats {
        ReturnStats::of_sums(&pulp::Arch::new().dispatch(SumsOfCurve { start, equity }))
    }

    /// Of these returns.
    pub(crate) fn of(returns: &[f64]) -> ReturnStats {
        let mut sums = ReturnSums::default();
        sums.extend(returns);
        ReturnStats::of_sums(&sums)
    }

    /// Of the returns that were summed.
    pub(crate) fn of_sums(sums: &ReturnSums) -> ReturnStats {
        ReturnStats {
            moments: sums.moments(),
            gains: sums.gains(),
            losses: sums.losses(),
            downside: sums.downside(),
        }
    }

    /// Standard deviation (n - 1) × √`per_year`. As `annual_volatility` of empyrical.
    pub(crate) fn volatility(&self, per_year: f64) -> Option<f64> {
        self.moments.deviation().map(|deviation| deviation * per_year.sqrt())
    }

    /// Mean ÷ standard deviation (n - 1) × √`per_year`; W. F. Sharpe (1994). As `sharpe_ratio` of empyrical. Absent
    /// without a spread.
    pub(crate) fn sharpe(&self, per_year: f64) -> Option<f64> {
        Some(self.moments.mean()? / self.moments.spread()? * per_year.sqrt())
    }

    /// Mean ÷ downside deviation × √`per_year`, where the downside deviation is the root of the mean over all returns
    /// of the squared returns below zero; F. Sortino and L. Price (1994). As `sortino_ratio` of empyrical. Absent
    /// without a loss.
    pub(crate) fn sortino(&self, per_year: f64) -> Option<f64> {
        let deviation = (self.downside / self.moments.count() as f64).sqrt();
        (self.moments.count() >= 2 && deviation > 0.0)
            .then(|| self.moments.mean().map(|mean| mean / deviation * per_year.sqrt()))
            .flatten()
    }

    /// Sum of the returns above zero ÷ sum of those below; C. Keating and W. Shadwick (2002), at a threshold of zero.
    /// As `omega_ratio` of empyrical. Absent without a loss.
    pub(crate) fn omega(&self) -> Option<f64> {
        (self.moments.count() >= 2 && self.losses > 0.0).then(|| self.gains / self.losses)
    }

    /// The probability that the true Sharpe ratio is above zero, given the count of returns and their skew and
    /// kurtosis as [`Moments`] has them; D. Bailey and M. López de Prado (2012). As `probabilistic_sharpe_ratio` of
    /// quantstats. Absent without a spread or below four returns.
    pub(crate) fn probabilistic_sharpe(&self) -> Option<f64> {
        self.estimate()?.probability_above(0.0)
    }

    /// The Sharpe ratio per return, with what its error depends on. Absent without a spread or below four returns.
    pub(crate) fn estimate(&self) -> Option<SharpeEstimate> {
        Some(SharpeEstimate {
            sharpe: self.sharpe(1.0)?,
            count: self.moments.count(),
            skew: self.moments.skew()?,
            kurtosis: self.moments.excess_kurtosis()? + 3.0,
        })
    }
}

/// [`ReturnStats::of_curve`], to be compiled for each width of registers.
struct SumsOfCurve<'a> {
    start: f64,
    equity: &'a [f64],
}

impl pulp::WithSimd for SumsOfCurve<'_> {
    type Output = ReturnSums;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> ReturnSums {
        let mut sums = ReturnSums::default();
        sums.on_equity(self.start, self.equity, Detail::FULL);
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_those_of_a_hand_calculation() {
        let stats = ReturnStats::of(&[0.02, -0.01, 0.03, 0.0]);
        let check = |got: Option<f64>, want: f64| {
            let got = got.expect("a value");
            assert!((got - want).abs() < 1e-12, "{got} for {want}");
        };
        // Mean 0.01; squared deviations 1, 4, 4, 1 e-4, so a variance of 10e-4 / 3.
        check(stats.sharpe(4.0), 0.02 / (1e-3_f64 / 3.0).sqrt());
        // Downside deviation √(1e-4 / 4) = 0.005.
        check(stats.sortino(4.0), 4.0);
        check(stats.omega(), 5.0);
        check(stats.volatility(9.0), 3.0 * (1e-3_f64 / 3.0).sqrt());
    }

    #[test]
    fn without_a_loss_or_a_spread_a_ratio_is_absent() {
        let rising = ReturnStats::of(&[0.01, 0.02, 0.01]);
        assert_eq!((rising.sortino(1.0), rising.omega()), (None, None));
        let flat = ReturnStats::of(&[0.0; 9]);
        assert_eq!((flat.sharpe(1.0), flat.sortino(1.0), flat.probabilistic_sharpe()), (None, None, None));
        assert_eq!(flat.volatility(1.0).map(f64::to_bits), Some(0));
    }
}
