//! A Sharpe ratio as an estimate: how probable it is that the true one is above another, and how long a record it needs.

use crate::luck::normal;
use crate::ratios::ReturnStats;

/// A Sharpe ratio and what its error depends on.
///
/// D. Bailey and M. López de Prado, "The Sharpe ratio efficient frontier", Journal of Risk 15(2), 2012: the estimate is
/// nearly normal, and its variance is (1 - skew SR + (kurtosis - 1) ÷ 4 SR²) ÷ (n - 1).
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct SharpeEstimate {
    /// Mean ÷ standard deviation of the returns, not annualised.
    pub sharpe: f64,
    /// How many returns.
    pub count: usize,
    /// Their skew.
    pub skew: f64,
    /// Their kurtosis, 3 for a normal distribution.
    pub kurtosis: f64,
}

impl SharpeEstimate {
    /// The estimate from returns, their skew and kurtosis corrected for bias. Absent below four returns and without a
    /// spread.
    pub fn of(returns: &[f64]) -> Option<SharpeEstimate> {
        ReturnStats::of(returns).estimate()
    }

    /// Probabilistic Sharpe ratio: the probability that the true ratio is above `benchmark`, also per return. Absent
    /// below two returns, and where the skew leaves no variance to the estimate.
    pub fn probability_above(&self, benchmark: f64) -> Option<f64> {
        let variance = self.variance_of_one().filter(|_| self.count >= 2)?;
        Some(normal::cdf((self.sharpe - benchmark) * ((self.count - 1) as f64).sqrt() / variance.sqrt()))
    }

    /// Minimum track record length: how many returns of this kind it takes until the probability that the true ratio is
    /// above `benchmark` is `confidence`, above one half and below 1. The same paper. Absent where the ratio is not
    /// above `benchmark`, and where the skew leaves no variance to the estimate.
    pub fn minimum_track_record(&self, benchmark: f64, confidence: f64) -> Option<f64> {
        assert!(confidence > 0.5 && confidence < 1.0, "a confidence of {confidence} is none");
        let variance = self.variance_of_one().filter(|_| self.sharpe > benchmark)?;
        let deviations = normal::quantile(confidence) / (self.sharpe - benchmark);
        Some(1.0 + variance * deviations * deviations)
    }

    /// The variance of the estimate times n - 1.
    fn variance_of_one(&self) -> Option<f64> {
        let variance =
            1.0 - self.skew * self.sharpe + (self.kurtosis - 1.0) / 4.0 * self.sharpe * self.sharpe;
        (variance > 0.0).then_some(variance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(got: Option<f64>, printed: f64, precision: f64) {
        let got = got.expect("a value");
        assert!((got - printed).abs() <= precision, "{got} for {printed}");
    }

    #[test]
    fn the_probabilistic_sharpe_ratio_is_that_of_the_paper() {
        // Bailey and López de Prado (2012), the hedge fund with two years of monthly returns: mean 3.6 %, deviation
        // 7.9 %, skew -2.448, kurtosis 10.164; printed to three digits.
        let fund = SharpeEstimate { sharpe: 0.036 / 0.079, count: 24, skew: -2.448, kurtosis: 10.164 };
        check(fund.probability_above(0.0), 0.913, 5e-4);
    }

    #[test]
    fn an_estimate_is_as_likely_above_as_below_itself() {
        let estimate = SharpeEstimate { sharpe: 0.2, count: 50, skew: -1.0, kurtosis: 7.0 };
        check(estimate.probability_above(0.2), 0.5, 1e-15);
    }

    #[test]
    fn minimum_track_records_are_those_of_the_paper() {
        // The same paper, section 4: a ratio of 2 a year is above 1 with 95 % confidence after 2.73 years of daily,
        // 2.83 of weekly and 3.24 of monthly normal returns, and after 4.99 years of monthly ones like a hedge fund
        // index's.
        let years = |per_year: f64, skew: f64, kurtosis: f64| {
            let sharpe = 2.0 / per_year.sqrt();
            let estimate = SharpeEstimate { sharpe, count: 24, skew, kurtosis };
            estimate.minimum_track_record(1.0 / per_year.sqrt(), 0.95).map(|count| count / per_year)
        };
        check(years(252.0, 0.0, 3.0), 2.73, 5e-3);
        check(years(52.0, 0.0, 3.0), 2.83, 5e-3);
        check(years(12.0, 0.0, 3.0), 3.24, 5e-3);
        check(years(12.0, -0.72, 5.78), 4.99, 5e-3);
    }

    #[test]
    fn a_record_of_the_minimum_length_has_the_probability_asked_for() {
        let mut estimate = SharpeEstimate { sharpe: 0.1, count: 0, skew: -0.5, kurtosis: 5.0 };
        let length = estimate.minimum_track_record(0.02, 0.99).expect("it is above");
        estimate.count = length.ceil() as usize;
        check(estimate.probability_above(0.02), 0.99, 1e-3);
    }

    #[test]
    fn what_cannot_be_said_is_absent() {
        let skewed = SharpeEstimate { sharpe: 1.0, count: 24, skew: 3.0, kurtosis: 3.0 };
        assert_eq!((skewed.probability_above(0.0), skewed.minimum_track_record(0.0, 0.95)), (None, None));
        let single = SharpeEstimate { sharpe: 1.0, count: 1, skew: 0.0, kurtosis: 3.0 };
        assert_eq!(single.probability_above(0.0), None);
        assert_eq!(single.minimum_track_record(1.0, 0.95), None, "it is not above itself");
        assert_eq!(SharpeEstimate::of(&[0.01; 30]), None);
        assert_eq!(SharpeEstimate::of(&[0.01, 0.02, 0.0]), None);
    }
}
