//! Mean, variance, skew and kurtosis in one pass.

/// Below this a deviation of returns, or a depth of a fall, is rounding: a return is a quotient less one, so its error
/// is a few units in the last place of one (2.2e-16).
pub(crate) const ROUNDING: f64 = 1e-14;

/// Values that [`Moments::of`] takes at a time: they stay in the first-level cache for its two readings.
pub(crate) const BLOCK: usize = 1024;

/// Count, mean and central power sums of a series: its first four moments, without keeping it.
///
/// Stable where the mean is large against the spread. Updates and merging: P. Pébay, "Formulas for robust, one-pass
/// parallel computation of covariances and arbitrary-order statistical moments", Sandia report SAND2008-6212 (2008).
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(crate) struct Moments {
    count: f64,
    mean: f64,
    m2: f64,
    m3: f64,
    m4: f64,
}

impl Moments {
    /// The moments of `values`, by blocks of two readings each: faster than as many [`Moments::push`], and as stable.
    pub(crate) fn of(values: &[f64]) -> Moments {
        let blocks = values.chunks(BLOCK).map(Moments::of_block);
        blocks.fold(Moments::default(), Moments::merge)
    }

    /// The moments of `count` values whose first four powers have these sums. Good where the mean is no more than some
    /// thousands of deviations: a spread below 3e-7 of the mean is taken for none.
    pub(crate) fn of_powers(count: usize, [first, second, third, fourth]: [f64; 4]) -> Moments {
        if count == 0 {
            return Moments::default();
        }
        let n = count as f64;
        let mean = first / n;
        let m2 = second - mean * first;
        if m2 <= second * 1e-13 {
            return Moments { count: n, mean, ..Moments::default() };
        }
        let square = mean * mean;
        let m3 = third - 3.0 * mean * second + 2.0 * square * first;
        let m4 = fourth - 4.0 * mean * third + 6.0 * square * second - 3.0 * square * mean * first;
        Moments { count: n, mean, m2, m3, m4 }
    }

    /// Takes one more value.
    pub(crate) fn push(&mut self, value: f64) {
        *self = self.merge(Moments { count: 1.0, mean: value, ..Moments::default() });
    }

    /// The moments of both series together.
    #[must_use]
    #[inline]
    pub(crate) fn merge(self, other: Moments) -> Moments {
        if self.count < 1.0 {
            return other;
        }
        if other.count < 1.0 {
            return self;
        }
        let (a, b) = (self.count, other.count);
        let n = a + b;
        let delta = other.mean - self.mean;
        let d = delta / n;
        let d2 = d * d;
        let product = delta * d * a * b;
        let m3 = product * d * (a - b) + 3.0 * d * (a * other.m2 - b * self.m2);
        let m4 = product * d2 * (a * a - a * b + b * b)
            + 6.0 * d2 * (a * a * other.m2 + b * b * self.m2)
            + 4.0 * d * (a * other.m3 - b * self.m3);
        Moments {
            count: n,
            mean: self.mean + d * b,
            m2: self.m2 + other.m2 + product,
            m3: self.m3 + other.m3 + m3,
            m4: self.m4 + other.m4 + m4,
        }
    }

    /// How many values.
    pub(crate) fn count(&self) -> usize {
        self.count as usize
    }

    /// Their mean; absent without a value.
    pub(crate) fn mean(&self) -> Option<f64> {
        (self.count >= 1.0).then_some(self.mean)
    }

    /// Standard deviation of the sample, n - 1 below the line; absent below two values.
    pub(crate) fn deviation(&self) -> Option<f64> {
        (self.count >= 2.0).then(|| (self.m2 / (self.count - 1.0)).sqrt())
    }

    /// The deviation where it is more than the rounding of returns: what may stand below a line.
    pub(crate) fn spread(&self) -> Option<f64> {
        self.deviation().filter(|deviation| *deviation > ROUNDING)
    }

    /// Skew, corrected for bias: G1 of D. N. Joanes and C. A. Gill (1998), as pandas and quantstats have it. Absent
    /// below three values or without a spread.
    pub(crate) fn skew(&self) -> Option<f64> {
        let n = self.count;
        self.spread().filter(|_| n >= 3.0)?;
        let g1 = n.sqrt() * self.m3 / (self.m2 * self.m2.sqrt());
        Some(g1 * (n * (n - 1.0)).sqrt() / (n - 2.0))
    }

    /// Kurtosis above that of a normal distribution, corrected for bias: G2 of Joanes and Gill (1998), as pandas and
    /// quantstats have it. Absent below four values or without a spread.
    pub(crate) fn excess_kurtosis(&self) -> Option<f64> {
        let n = self.count;
        self.spread().filter(|_| n >= 4.0)?;
        let g2 = n * self.m4 / (self.m2 * self.m2) - 3.0;
        Some((n - 1.0) / ((n - 2.0) * (n - 3.0)) * ((n + 1.0) * g2 + 6.0))
    }

    fn of_block(block: &[f64]) -> Moments {
        let count = block.len() as f64;
        let mean = block.iter().sum::<f64>() / count;
        let mut moments = Moments { count, mean, ..Moments::default() };
        for value in block {
            let d = value - mean;
            let d2 = d * d;
            moments.m2 += d2;
            moments.m3 += d2 * d;
            moments.m4 += d2 * d2;
        }
        moments
    }
}

#[cfg(test)]
mod tests {
    use wb_core::Rng;

    use super::*;

    fn check(values: &[f64], expected: [f64; 4]) {
        let close = |got: Option<f64>, want: f64| {
            let got = got.expect("there are enough values");
            assert!((got - want).abs() < 1e-10 * want.abs().max(1.0), "{got} for {want}");
        };
        let mut pushed = Moments::default();
        values.iter().for_each(|v| pushed.push(*v));
        let powers = [1, 2, 3, 4].map(|k| values.iter().map(|x| (0..k).map(|_| x).product::<f64>()).sum());
        for moments in [Moments::of(values), pushed, Moments::of_powers(values.len(), powers)] {
            close(moments.mean(), expected[0]);
            close(moments.deviation(), expected[1]);
            close(moments.skew(), expected[2]);
            close(moments.excess_kurtosis(), expected[3]);
            assert_eq!(moments.count(), values.len());
        }
    }

    #[test]
    fn moments_are_those_of_pandas() {
        // pandas 3.1.1: Series([...]).agg(["mean", "std", "skew", "kurt"])
        check(
            &[0.01, -0.02, 0.03, 0.005, -0.015, 0.04, -0.03, 0.0],
            [0.0025, 0.024_201_534_780_139_17, 0.307_378_207_945_253_56, -0.883_953_004_164_187_4],
        );
    }

    #[test]
    fn a_large_mean_does_not_drown_the_spread() {
        let seed = 11;
        let mut rng = Rng::new(seed);
        let small: Vec<f64> = (0..5000).map(|_| rng.uniform()).collect();
        let shifted: Vec<f64> = small.iter().map(|v| v + 1e6).collect();
        let (near, far) = (Moments::of(&small), Moments::of(&shifted));
        for (a, b) in [
            (near.deviation(), far.deviation()),
            (near.skew(), far.skew()),
            (near.excess_kurtosis(), far.excess_kurtosis()),
        ] {
            let (a, b) = (a.expect("a value"), b.expect("a value"));
            assert!((a - b).abs() < 1e-6, "seed {seed}: {a} and {b}");
        }
    }

    #[test]
    fn equal_values_have_no_spread_whatever_their_sums_round_to() {
        for value in [0.1, 1e-4, -3e-9] {
            let n = 1_000_000;
            let powers = [1, 2, 3, 4].map(|k| (0..n).map(|_| (0..k).map(|_| value).product::<f64>()).sum());
            assert_eq!(Moments::of_powers(n, powers).spread(), None, "{value}");
        }
    }

    #[test]
    fn too_few_or_equal_values_have_no_moments() {
        assert_eq!(Moments::of(&[]).mean(), None);
        assert_eq!(Moments::of(&[1.0]).deviation(), None);
        assert_eq!(Moments::of(&[1.0, 2.0]).skew(), None);
        assert_eq!(Moments::of(&[1.0, 2.0, 4.0]).excess_kurtosis(), None);
        assert_eq!(Moments::of(&[0.1; 50]).skew(), None);
        assert_eq!(Moments::of(&[0.1; 50]).excess_kurtosis(), None);
    }
}
