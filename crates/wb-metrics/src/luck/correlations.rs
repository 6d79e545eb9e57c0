//! How every trial's returns go with every other's.

use crate::moments::Moments;

/// A correlation that is less than this below one is one, but for rounding.
const COPY: f64 = 1e-12;

/// Pearson's correlations of trials whose returns have a spread; the others are left out.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Correlations {
    trials: usize,
    /// By row and then by column, from -1 to 1.
    values: Vec<f64>,
}

impl Correlations {
    /// From returns by trial and period. Every trial must have as many.
    pub(super) fn of(returns: &[Vec<f64>]) -> Correlations {
        let moving: Vec<Moved<'_>> = returns.iter().filter_map(|series| Moved::of(series)).collect();
        let (trials, periods) = (moving.len(), returns.first().map_or(0, Vec::len));
        // By period, so that the sums of many pairs grow side by side, each in the order of time.
        let mut scores = Vec::with_capacity(trials * periods);
        for period in 0..periods {
            scores.extend(moving.iter().map(|trial| trial.score(period)));
        }
        let mut values = vec![0.0; trials * trials];
        for row in 0..trials {
            let sums = &mut values[row * trials + row..(row + 1) * trials];
            for scores in scores.chunks_exact(trials) {
                let own = scores[row];
                sums.iter_mut().zip(&scores[row..]).for_each(|(sum, other)| *sum += own * other);
            }
            sums.iter_mut().for_each(|sum| *sum = sum.clamp(-1.0, 1.0));
            for column in row + 1..trials {
                values[column * trials + row] = values[row * trials + column];
            }
        }
        Correlations { trials, values }
    }

    pub(super) fn trials(&self) -> usize {
        self.trials
    }

    /// Of a trial with every trial.
    pub(super) fn row(&self, trial: usize) -> &[f64] {
        &self.values[trial * self.trials..][..self.trials]
    }

    /// √((1 - correlation) ÷ 2) of every pair, a metric from 0 to 1: M. López de Prado, "Building diversified portfolios
    /// that outperform out of sample", Journal of Portfolio Management 42(4), 2016. Laid out like the correlations.
    pub(super) fn distances(&self) -> Vec<f64> {
        let distance = |c: &f64| if 1.0 - c > COPY { ((1.0 - c) / 2.0).sqrt() } else { 0.0 };
        self.values.iter().map(distance).collect()
    }
}

/// A series with a spread.
struct Moved<'a> {
    returns: &'a [f64],
    mean: f64,
    /// Root of the sum of squared deviations.
    length: f64,
}

impl Moved<'_> {
    fn of(returns: &[f64]) -> Option<Moved<'_>> {
        let moments = Moments::of(returns);
        let length = moments.spread()? * ((returns.len() - 1) as f64).sqrt();
        Some(Moved { returns, mean: moments.mean()?, length })
    }

    fn score(&self, period: usize) -> f64 {
        (self.returns[period] - self.mean) / self.length
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::luck::example::noise;

    #[test]
    fn correlations_are_those_of_a_hand_calculation() {
        // Deviations (-1, 0, 1), (-2, 1, 1) and their opposite; the second trial never moved.
        let returns = [vec![0.01, 0.02, 0.03], vec![0.5; 3], vec![0.0, 0.03, 0.03], vec![0.02, -0.01, -0.01]];
        let got = Correlations::of(&returns);
        assert_eq!(got.trials(), 3);
        let half = 3.0 / 12_f64.sqrt();
        for (row, expected) in [[1.0, half, -half], [half, 1.0, -1.0], [-half, -1.0, 1.0]].iter().enumerate()
        {
            for (got, expected) in got.row(row).iter().zip(expected) {
                assert!((got - expected).abs() < 1e-14, "{got} for {expected}");
            }
        }
        let distances = got.distances();
        assert_eq!((distances[0].to_bits(), distances[4].to_bits()), (0, 0));
        assert!((distances[5] - 1.0).abs() < 1e-14);
    }

    #[test]
    fn trials_alike_are_at_no_distance() {
        let one = noise(2, 1, 50).remove(0);
        let twice = one.iter().map(|r| 2.0 * r).collect();
        let distances = Correlations::of(&[one, twice]).distances();
        assert_eq!(distances, [0.0; 4]);
    }
}
