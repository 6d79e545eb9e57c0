//! White's reality check and Hansen's test for superior predictive ability.

use crate::luck::stationary_bootstrap::{StationaryBootstrap, block_length};
use crate::moments::Moments;

/// Draws whose means are summed together: their counts of periods stay in the second-level cache.
const DRAWS_AT_A_TIME: usize = 128;

/// A lag of less weight changes nothing.
const FELT: f64 = 1e-12;

/// The probability that the best of many trials would have done as well as it did if none were better than the
/// benchmark.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct SuperiorAbility {
    /// H. White, "A reality check for data snooping", Econometrica 68(5), 2000, of mean returns: high where one of many
    /// trials is wild.
    pub reality_check: f64,
    /// P. R. Hansen, "A test for superior predictive ability", Journal of Business & Economic Statistics 23(4), 2005:
    /// means are divided by their errors, and trials that are clearly worse than the benchmark do not count.
    pub consistent: f64,
    /// The same, and no trial worse than the benchmark counts: a lower bound.
    pub lower: f64,
    /// The same, and all trials count: an upper bound.
    pub upper: f64,
}

impl SuperiorAbility {
    /// From returns by trial and period, less those of the benchmark; by `draws` of the stationary bootstrap, at least
    /// one, with blocks as long as suits the row `best`. Trials without a spread are left out. Absent below ten periods,
    /// and without a trial that has a spread.
    pub fn of(excess: &[Vec<f64>], best: usize, draws: usize, seed: u64) -> Option<SuperiorAbility> {
        let periods = excess.first().map_or(0, Vec::len);
        if periods < 10 {
            return None;
        }
        let block = block_length(&excess[best]);
        let bootstrap = StationaryBootstrap::new(periods, block, seed);
        let weights = lag_weights(periods, block);
        let trials: Vec<Trial> = excess.iter().filter_map(|series| Trial::of(series, &weights)).collect();
        let observed = trials.iter().map(Highest::observed).reduce(Highest::or)?;
        let numbers: Vec<u64> = (0..draws as u64).collect();
        let mut exceeded = [0_usize; 4];
        for numbers in numbers.chunks(DRAWS_AT_A_TIME) {
            let counts = counts(&bootstrap, periods, numbers);
            let mut highest = vec![Highest::default(); numbers.len()];
            let mut sums = vec![0.0; numbers.len()];
            for trial in &trials {
                sums.fill(0.0);
                for (deviation, counts) in trial.deviations.iter().zip(counts.chunks_exact(numbers.len())) {
                    sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += deviation * count);
                }
                for (highest, sum) in highest.iter_mut().zip(&sums) {
                    *highest = highest.or(Highest::drawn(trial, sum / periods as f64));
                }
            }
            highest.iter().for_each(|drawn| drawn.count_above(&observed, &mut exceeded));
        }
        let [reality_check, lower, consistent, upper] = exceeded.map(|count| count as f64 / draws as f64);
        Some(SuperiorAbility { reality_check, consistent, lower, upper })
    }
}

/// By period and then by draw, how often the draw has the period.
fn counts(bootstrap: &StationaryBootstrap, periods: usize, numbers: &[u64]) -> Vec<f64> {
    let mut counts = vec![0.0; periods * numbers.len()];
    for (column, number) in numbers.iter().enumerate() {
        bootstrap.draw(*number).for_each(|period| counts[period * numbers.len() + column] += 1.0);
    }
    counts
}

/// A trial with a spread.
struct Trial {
    mean: f64,
    /// The error of the mean times √n: ω of Hansen (2005).
    error: f64,
    /// Whether it is worse than the benchmark by so much that it cannot be the best: √n mean ÷ ω below -√(2 ln ln n).
    is_poor: bool,
    /// Returns less their mean.
    deviations: Vec<f64>,
}

impl Trial {
    fn of(returns: &[f64], weights: &[f64]) -> Option<Trial> {
        let moments = Moments::of(returns);
        let mean = moments.spread().and(moments.mean())?;
        let deviations: Vec<f64> = returns.iter().map(|r| r - mean).collect();
        let error = long_run_variance(&deviations, weights).max(0.0).sqrt();
        let count = returns.len() as f64;
        let bound = -(2.0 * libm::log(libm::log(count))).sqrt();
        let is_poor = count.sqrt() * mean < bound * error;
        (error > 0.0).then_some(Trial { mean, error, is_poor, deviations })
    }
}

/// Of each lag from one on, the share of pairs that far apart in a draw of the stationary bootstrap that are as far apart
/// in the series: Politis and Romano (1994), as in Hansen (2005).
fn lag_weights(periods: usize, block: f64) -> Vec<f64> {
    let keep = 1.0 - 1.0 / block;
    let weight = |lag: usize| {
        let share = lag as f64 / periods as f64;
        (1.0 - share) * libm::pow(keep, lag as f64) + share * libm::pow(keep, (periods - lag) as f64)
    };
    (1..periods).map(weight).collect()
}

/// The variance of the mean of a draw of the stationary bootstrap, times n.
fn long_run_variance(deviations: &[f64], weights: &[f64]) -> f64 {
    let product = |lag: usize| deviations[lag..].iter().zip(deviations).map(|(a, b)| a * b).sum::<f64>();
    let felt = weights.iter().enumerate().filter(|(_, weight)| **weight > FELT);
    let sum = felt.fold(product(0), |sum, (before, weight)| sum + 2.0 * weight * product(before + 1));
    sum / deviations.len() as f64
}

/// The highest mean over trials, and the highest means in units of their errors. A test takes none below zero.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
struct Highest {
    mean: Option<f64>,
    lower: f64,
    consistent: f64,
    upper: f64,
}

impl Highest {
    fn observed(trial: &Trial) -> Highest {
        let ratio = trial.mean / trial.error;
        Highest { mean: Some(trial.mean), lower: ratio, consistent: ratio, upper: ratio }
    }

    /// Of a draw whose mean is by `deviation` above the trial's.
    fn drawn(trial: &Trial, deviation: f64) -> Highest {
        let Trial { mean, error, is_poor, .. } = *trial;
        Highest {
            mean: Some(deviation),
            lower: (deviation + mean.min(0.0)) / error,
            consistent: (deviation + if is_poor { mean } else { 0.0 }) / error,
            upper: deviation / error,
        }
    }

    fn or(self, other: Highest) -> Highest {
        Highest {
            mean: match (self.mean, other.mean) {
                (Some(a), Some(b)) => Some(a.max(b)),
                (a, b) => a.or(b),
            },
            lower: self.lower.max(other.lower),
            consistent: self.consistent.max(other.consistent),
            upper: self.upper.max(other.upper),
        }
    }

    fn count_above(&self, observed: &Highest, exceeded: &mut [usize; 4]) {
        let above = [
            self.mean > observed.mean,
            self.lower > observed.lower.max(0.0),
            self.consistent > observed.consistent.max(0.0),
            self.upper > observed.upper.max(0.0),
        ];
        exceeded.iter_mut().zip(above).for_each(|(count, above)| *count += usize::from(above));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::luck::example::noise;

    /// Six trials that are clearly worse than the benchmark, one of them wild, and six that are a little better.
    fn trials() -> Vec<Vec<f64>> {
        let mut returns = noise(31, 12, 150);
        for (trial, series) in returns.iter_mut().enumerate() {
            let (drift, scale) = (5e-5 * trial as f64, if trial == 0 { 4.0 } else { 1.0 });
            let less = if trial < 6 { 0.002 } else { 0.0 };
            series.iter_mut().for_each(|r| *r = (*r + drift - less) * scale);
        }
        returns
    }

    #[test]
    fn probabilities_are_those_of_a_calculation_in_numpy() {
        // The formulas of Hansen (2005) in numpy, on the same draws.
        let got = SuperiorAbility::of(&trials(), 8, 2000, 5).expect("enough periods");
        for (got, expected) in
            [(got.reality_check, 0.483), (got.lower, 0.1135), (got.consistent, 0.115), (got.upper, 0.2275)]
        {
            assert!((got - expected).abs() < 1e-9, "{got} for {expected}");
        }
    }

    #[test]
    fn the_reality_check_is_that_of_arch() {
        // arch 8.0.0: SPA(0, -returns, block_size=1.5429, reps=100000), whose upper p-value is White's. Of ours, 20,000
        // draws have an error of 0.0035.
        let got = SuperiorAbility::of(&trials(), 8, 20_000, 1).expect("enough periods");
        assert!((got.reality_check - 0.493).abs() < 0.012, "{got:?}");
        // Hansen's by 100,000 draws of arch's StationaryBootstrap.
        for (got, expected) in [(got.lower, 0.1149), (got.consistent, 0.1159), (got.upper, 0.2169)] {
            assert!((got - expected).abs() < 0.012, "{got} for {expected}");
        }
    }

    #[test]
    fn one_trial_truly_better_is_found_among_many() {
        let mut returns = noise(8, 200, 120);
        returns[50].iter_mut().for_each(|r| *r += 0.004);
        let got = SuperiorAbility::of(&returns, 50, 500, 2).expect("enough periods");
        assert!(got.upper < 0.01 && got.reality_check < 0.01, "{got:?}");
    }

    #[test]
    fn among_trials_without_skill_a_test_at_ten_percent_errs_one_time_in_ten() {
        let draws = 200;
        let errors = (0..draws)
            .filter(|seed| {
                let got = SuperiorAbility::of(&noise(*seed, 10, 100), 0, 200, *seed).expect("enough periods");
                got.consistent < 0.1
            })
            .count();
        assert!((8..36).contains(&errors), "{errors} of {draws}");
    }

    #[test]
    fn without_enough_periods_or_a_spread_there_is_no_probability() {
        assert_eq!(SuperiorAbility::of(&[], 0, 10, 1), None);
        assert_eq!(SuperiorAbility::of(&noise(1, 3, 9), 0, 10, 1), None);
        assert_eq!(SuperiorAbility::of(&vec![vec![0.01; 50]; 3], 0, 10, 1), None);
        let mut one = noise(1, 1, 50);
        let alone = SuperiorAbility::of(&one, 0, 100, 1);
        one.push(vec![0.0; 50]);
        assert_eq!(SuperiorAbility::of(&one, 0, 100, 1), alone, "who never moved does not count");
    }
}
