//! The deflated Sharpe ratio: the best of many trials against what the best of as many without skill would show.

use crate::luck::{SharpeEstimate, normal};

const EULER_MASCHERONI: f64 = 0.577_215_664_901_532_9;

/// A Sharpe ratio that was chosen from many, with the luck of the choice taken off.
///
/// D. Bailey and M. López de Prado, "The deflated Sharpe ratio: correcting for selection bias, backtest overfitting and
/// non-normality", Journal of Portfolio Management 40(5), 2014.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct DeflatedSharpe {
    /// From how many independent trials it was chosen.
    pub trials: u64,
    /// The Sharpe ratio that the best of them is expected to show when the true one of each is zero, per return.
    pub threshold: f64,
    /// The probability that the true ratio is above zero: the probabilistic Sharpe ratio against the threshold.
    pub probability: f64,
}

impl DeflatedSharpe {
    /// `best` was chosen from `trials` independent ones, whose Sharpe ratios per return have this variance.
    ///
    /// Absent without a trial, and where [`SharpeEstimate::probability_above`] is.
    pub fn of(best: &SharpeEstimate, trials: u64, variance: f64) -> Option<DeflatedSharpe> {
        let threshold = variance.max(0.0).sqrt() * expected_maximum(trials)?;
        Some(DeflatedSharpe { trials, threshold, probability: best.probability_above(threshold)? })
    }
}

/// The expected maximum of so many independent standard normal numbers, by the approximation of the paper of
/// [`DeflatedSharpe`]: (1 - γ) Φ⁻¹(1 - 1 ÷ n) + γ Φ⁻¹(1 - 1 ÷ (n e)), which is 8 % low at two and 0.4 % high from a
/// hundred on. Exactly zero for one; absent for none.
fn expected_maximum(trials: u64) -> Option<f64> {
    // By the lower tail: 1 - 1 ÷ n loses digits where n is large.
    let upper = |probability: f64| -normal::quantile(probability);
    let n = trials as f64;
    match trials {
        0 => None,
        1 => Some(0.0),
        _ => Some(
            (1.0 - EULER_MASCHERONI) * upper(1.0 / n)
                + EULER_MASCHERONI * upper(1.0 / (n * std::f64::consts::E)),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The paper's strategy: a Sharpe ratio of 2.5 a year from five years of 250 daily returns, chosen from trials whose
    /// ratios a year have a variance of one half.
    fn check(trials: u64, skew: f64, kurtosis: f64, threshold: Option<f64>, probability: f64) {
        let best = SharpeEstimate { sharpe: 2.5 / 250_f64.sqrt(), count: 1250, skew, kurtosis };
        let deflated = DeflatedSharpe::of(&best, trials, 0.5 / 250.0).expect("a variance");
        assert!((deflated.probability - probability).abs() < 5e-5, "{deflated:?}");
        assert!(threshold.is_none_or(|t| (deflated.threshold - t).abs() < 5e-5), "{deflated:?}");
    }

    #[test]
    fn the_deflated_sharpe_ratio_is_that_of_the_paper() {
        check(100, -3.0, 10.0, Some(0.1132), 0.9004);
        check(46, -3.0, 10.0, None, 0.9505);
        check(88, 0.0, 3.0, None, 0.9505);
    }

    #[test]
    fn a_single_trial_is_not_deflated() {
        let only = SharpeEstimate { sharpe: 0.1, count: 100, skew: 0.0, kurtosis: 3.0 };
        let deflated = DeflatedSharpe::of(&only, 1, 0.3).expect("a variance");
        assert_eq!(Some(deflated.probability), only.probability_above(0.0));
        assert_eq!(DeflatedSharpe::of(&only, 0, 0.3), None);
    }

    #[test]
    fn the_expected_maximum_is_near_the_exact_one() {
        // Exact: 1 / √π for two; R. Teichroew, "Tables of expected values of order statistics", 1956, for ten and
        // twenty; H. L. Harter (1961) for a hundred.
        for (trials, exact, error) in
            [(2, 0.564_19, 0.08), (10, 1.538_75, 0.03), (20, 1.867_48, 0.02), (100, 2.507_59, 0.01)]
        {
            let got = expected_maximum(trials).expect("there are trials");
            assert!((got / exact - 1.0).abs() < error, "{trials}: {got}");
        }
    }

    #[test]
    fn more_trials_are_expected_to_show_more_luck() {
        let maxima: Vec<f64> = (0..60).map(|power| expected_maximum(1 << power).expect("trials")).collect();
        assert!(maxima.is_sorted());
        assert!(maxima[59] > 8.0 && maxima[59] < 9.5, "{}", maxima[59]);
    }
}
