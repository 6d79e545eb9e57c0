//! A series of returns against that of a benchmark.

use crate::moments::{BLOCK, Moments};
use crate::returns::ReturnBlocks;

/// What comparisons by bar are computed from; the risk-free rate is zero.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(crate) struct Comparison {
    /// Of the run's returns.
    own: Moments,
    /// Of the benchmark's returns.
    benchmark: Moments,
    /// Of the run's returns less the benchmark's.
    active: Moments,
    /// Sum of the products of both distances from their means.
    cross: f64,
}

impl Comparison {
    /// Compares the returns of two equity columns of equal length that both begin with `start`.
    pub(crate) fn of(start: f64, own: &[f64], benchmark: &[f64]) -> Comparison {
        let mut sum = Comparison::default();
        let (mut own_blocks, mut benchmark_blocks) = (ReturnBlocks::from(start), ReturnBlocks::from(start));
        let mut differences = [0.0; BLOCK];
        for (own, benchmark) in own.chunks(BLOCK).zip(benchmark.chunks(BLOCK)) {
            let (x, y) = (own_blocks.next(own), benchmark_blocks.next(benchmark));
            for (difference, (a, b)) in differences.iter_mut().zip(x.iter().zip(y)) {
                *difference = a - b;
            }
            sum = sum.merge(Comparison::of_block(x, y, &differences[..x.len()]));
        }
        sum
    }

    /// Covariance with the benchmark ÷ variance of the benchmark. As `beta` of empyrical. Absent where the benchmark
    /// has no spread.
    pub(crate) fn beta(&self) -> Option<f64> {
        let n = self.benchmark.count() as f64;
        let spread = self.benchmark.spread()?;
        Some(self.cross / (spread * spread * (n - 1.0)))
    }

    /// The mean return that beta does not explain, compounded over a year:
    /// (1 + mean - beta × benchmark's mean)^`per_year` - 1; M. Jensen (1968). As `alpha` of empyrical; quantstats
    /// multiplies instead of compounding.
    pub(crate) fn alpha(&self, per_year: f64) -> Option<f64> {
        let unexplained = self.own.mean()? - self.beta()? * self.benchmark.mean()?;
        (unexplained > -1.0).then(|| libm::expm1(per_year * libm::log1p(unexplained)))
    }

    /// Pearson's correlation of the returns. Absent where either has no spread.
    pub(crate) fn correlation(&self) -> Option<f64> {
        let n = self.own.count() as f64;
        let r = self.cross / (self.own.spread()? * self.benchmark.spread()? * (n - 1.0));
        Some(r.clamp(-1.0, 1.0))
    }

    /// Standard deviation (n - 1) of the run's returns less the benchmark's × √`per_year`.
    pub(crate) fn tracking_error(&self, per_year: f64) -> Option<f64> {
        self.active.deviation().map(|deviation| deviation * per_year.sqrt())
    }

    /// Mean ÷ standard deviation (n - 1) of the run's returns less the benchmark's × √`per_year`; R. Grinold and
    /// R. Kahn, "Active portfolio management" (2000). `excess_sharpe` of empyrical and `information_ratio` of quantstats
    /// are the same without the annualisation. Absent where the difference has no spread.
    pub(crate) fn information_ratio(&self, per_year: f64) -> Option<f64> {
        Some(self.active.mean()? / self.active.spread()? * per_year.sqrt())
    }

    fn of_block(x: &[f64], y: &[f64], differences: &[f64]) -> Comparison {
        let (own, benchmark) = (Moments::of(x), Moments::of(y));
        let (mean_x, mean_y) = (own.mean().unwrap_or(0.0), benchmark.mean().unwrap_or(0.0));
        let cross = x.iter().zip(y).map(|(a, b)| (a - mean_x) * (b - mean_y)).sum();
        Comparison { own, benchmark, active: Moments::of(differences), cross }
    }

    fn merge(self, other: Comparison) -> Comparison {
        let (a, b) = (self.own.count() as f64, other.own.count() as f64);
        let distance = |one: &Moments, two: &Moments| two.mean().unwrap_or(0.0) - one.mean().unwrap_or(0.0);
        let product = distance(&self.own, &other.own) * distance(&self.benchmark, &other.benchmark);
        Comparison {
            own: self.own.merge(other.own),
            benchmark: self.benchmark.merge(other.benchmark),
            active: self.active.merge(other.active),
            cross: self.cross + other.cross + if a > 0.0 { product * a * b / (a + b) } else { 0.0 },
        }
    }
}

/// The run's mean return over the periods in which `counts` holds for the benchmark's return ÷ the benchmark's, both
/// geometric. As `up_capture` and `down_capture` of empyrical with yearly periods, that is, not annualised: over the
/// minutes of a year that would be a power of half a million. Absent where no period counts, or where the benchmark's
/// mean is zero or either lost everything.
fn capture(own: &[f64], benchmark: &[f64], counts: impl Fn(f64) -> bool) -> Option<f64> {
    let (mut periods, mut log_own, mut log_benchmark) = (0.0, 0.0, 0.0);
    for (&x, &y) in own.iter().zip(benchmark).filter(|(_, y)| counts(**y)) {
        if x <= -1.0 || y <= -1.0 {
            return None;
        }
        periods += 1.0;
        log_own += libm::log1p(x);
        log_benchmark += libm::log1p(y);
    }
    (periods > 0.0 && log_benchmark != 0.0)
        .then(|| libm::expm1(log_own / periods) / libm::expm1(log_benchmark / periods))
}

/// How much of the benchmark's rising days the run took part in; see `capture`.
pub(crate) fn up_capture(own: &[f64], benchmark: &[f64]) -> Option<f64> {
    capture(own, benchmark, |r| r > 0.0)
}

/// How much of the benchmark's falling days the run took part in; see `capture`.
pub(crate) fn down_capture(own: &[f64], benchmark: &[f64]) -> Option<f64> {
    capture(own, benchmark, |r| r < 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::compound;

    fn check(got: Option<f64>, want: f64) {
        let got = got.expect("a value");
        assert!((got - want).abs() < 1e-9, "{got} for {want}");
    }

    #[test]
    fn twice_the_benchmark_and_a_constant_has_beta_two_and_that_alpha() {
        // More than one block, so that merging is proved too.
        let y: Vec<f64> = (0..3000).map(|k| f64::from(k % 7 - 3) * 1e-4).collect();
        let own: Vec<f64> = y.iter().map(|r| 2.0 * r + 1e-5).collect();
        let c = Comparison::of(1.0, &compound(1.0, &own), &compound(1.0, &y));
        check(c.beta(), 2.0);
        check(c.correlation(), 1.0);
        check(c.alpha(252.0), libm::pow(1.00001, 252.0) - 1.0);
    }

    #[test]
    fn against_itself_there_is_neither_active_risk_nor_ratio() {
        let own = compound(1.0, &[0.01, -0.02, 0.005]);
        let c = Comparison::of(1.0, &own, &own);
        assert_eq!(c.information_ratio(252.0), None);
        assert_eq!(c.tracking_error(252.0).map(f64::to_bits), Some(0));
        check(c.beta(), 1.0);
        check(c.alpha(252.0), 0.0);
    }

    #[test]
    fn against_a_benchmark_that_stands_still_nothing_is_known() {
        let c = Comparison::of(1.0, &[1.1, 1.2, 1.1], &[1.0; 3]);
        assert_eq!((c.beta(), c.alpha(252.0), c.correlation()), (None, None, None));
        assert_eq!(up_capture(&[0.1, 0.2], &[0.0, 0.0]), None);
    }

    #[test]
    fn captures_count_their_days_only() {
        let (own, benchmark) = ([0.01, -0.01, 0.05], [0.02, -0.04, 0.02]);
        let geometric = (1.01_f64 * 1.05).sqrt() - 1.0;
        check(up_capture(&own, &benchmark), geometric / 0.02);
        check(down_capture(&own, &benchmark), 0.25);
    }
}
