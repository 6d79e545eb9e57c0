//! The tails of a set of returns.

use crate::moments::Moments;

/// Returns in order of size, with their moments.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Distribution {
    sorted: Vec<f64>,
    moments: Moments,
}

impl Distribution {
    pub(crate) fn of(returns: &[f64]) -> Distribution {
        let mut sorted = returns.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        Distribution { sorted, moments: Moments::of(returns) }
    }

    pub(crate) fn moments(&self) -> &Moments {
        &self.moments
    }

    pub(crate) fn best(&self) -> Option<f64> {
        self.sorted.last().copied()
    }

    pub(crate) fn worst(&self) -> Option<f64> {
        self.sorted.first().copied()
    }

    /// Historical value at risk: the return that a share `tail` of returns does not exceed, interpolated linearly. As
    /// `value_at_risk` of empyrical, so a loss is negative; quantstats takes a normal distribution instead. Absent
    /// where fewer than one return lies in the tail on average, so below 20 returns at 5 % and 100 at 1 %.
    pub(crate) fn value_at_risk(&self, tail: f64) -> Option<f64> {
        self.reaches(tail).then(|| self.quantile(tail))
    }

    /// Mean of the ⌊(n - 1) `tail`⌋ + 1 lowest returns. As `conditional_value_at_risk` of empyrical. Absent like
    /// [`Distribution::value_at_risk`].
    pub(crate) fn conditional_value_at_risk(&self, tail: f64) -> Option<f64> {
        self.reaches(tail).then(|| {
            let count = ((self.sorted.len() - 1) as f64 * tail) as usize + 1;
            self.sorted[..count].iter().sum::<f64>() / count as f64
        })
    }

    /// Size of the quantile at 95 % ÷ size of that at 5 %. As `tail_ratio` of empyrical. Absent below 20 returns, or
    /// where the lower quantile is zero.
    pub(crate) fn tail_ratio(&self) -> Option<f64> {
        let lower = self.value_at_risk(0.05)?.abs();
        (lower > 0.0).then(|| self.quantile(0.95).abs() / lower)
    }

    /// Whether the tail holds at least one return on average.
    fn reaches(&self, tail: f64) -> bool {
        self.sorted.len() as f64 * tail >= 1.0
    }

    /// Linear between ranks: type 7 of R. Hyndman and Y. Fan (1996), the default of numpy. There must be a return.
    pub(crate) fn quantile(&self, share: f64) -> f64 {
        let rank = (self.sorted.len() - 1) as f64 * share;
        let below = rank.floor();
        let (low, high) = (self.sorted[below as usize], self.sorted[rank.ceil() as usize]);
        low + (high - low) * (rank - below)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_of_the_first_hundred_and_one_numbers_are_seen_at_a_glance() {
        let d = Distribution::of(&(0..=100).rev().map(|k| f64::from(k) - 50.0).collect::<Vec<_>>());
        let check = |got: Option<f64>, want: f64| {
            let got = got.expect("a value");
            assert!((got - want).abs() < 1e-12, "{got} for {want}");
        };
        check(d.value_at_risk(0.05), -45.0);
        check(d.value_at_risk(0.01), -49.0);
        check(d.conditional_value_at_risk(0.05), -47.5);
        check(d.conditional_value_at_risk(0.01), -49.5);
        check(d.tail_ratio(), 1.0);
        check(d.best(), 50.0);
        check(d.worst(), -50.0);
    }

    #[test]
    fn a_tail_without_a_return_in_it_has_no_figure() {
        let check = |count: usize, five: bool, one: bool| {
            let d = Distribution::of(&vec![-0.01; count]);
            assert_eq!(d.value_at_risk(0.05).is_some(), five, "{count}");
            assert_eq!(d.conditional_value_at_risk(0.01).is_some(), one, "{count}");
        };
        check(0, false, false);
        check(19, false, false);
        check(20, true, false);
        check(99, true, false);
        check(100, true, true);
    }
}
