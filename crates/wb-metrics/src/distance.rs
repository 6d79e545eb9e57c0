//! How far two samples are from being of one distribution: the statistic of Kolmogorov and Smirnov.
//!
//! N. V. Smirnov, "Table for estimating the goodness of fit of empirical distributions", The Annals of Mathematical
//! Statistics 19(2), 1948.

/// How far two samples are apart.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct SampleDistance {
    /// The largest difference between their empirical distribution functions, in 0..=1. As the statistic of
    /// `scipy.stats.ks_2samp`.
    pub distance: f64,
    /// What one pair in twenty of large samples of one distribution exceeds: `1.358 * sqrt((n + m) / (n * m))`. It holds
    /// for values that do not depend on each other; those of neighbouring bars do, and exceed it more often.
    pub limit: f64,
}

impl SampleDistance {
    /// Of two samples, in any order; absent where one is empty or has a value that is not a number.
    pub fn of(one: &[f64], other: &[f64]) -> Option<SampleDistance> {
        if one.is_empty() || other.is_empty() || one.iter().chain(other).any(|x| x.is_nan()) {
            return None;
        }
        let sorted = |sample: &[f64]| {
            let mut sorted = sample.to_vec();
            sorted.sort_unstable_by(f64::total_cmp);
            sorted
        };
        let (a, b) = (sorted(one), sorted(other));
        let (n, m) = (a.len() as f64, b.len() as f64);
        let (mut i, mut j, mut distance) = (0, 0, 0.0_f64);
        while i < a.len() && j < b.len() {
            // All that is equal is passed in both before they are compared.
            let x = a[i].min(b[j]);
            i += a[i..].iter().take_while(|y| **y <= x).count();
            j += b[j..].iter().take_while(|y| **y <= x).count();
            distance = distance.max((i as f64 / n - j as f64 / m).abs());
        }
        Some(SampleDistance { distance, limit: 1.358 * ((n + m) / (n * m)).sqrt() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distance(one: &[f64], other: &[f64]) -> f64 {
        SampleDistance::of(one, other).expect("two samples").distance
    }

    /// The answers of `scipy.stats.ks_2samp` 1.17.1.
    #[test]
    fn the_distance_is_that_of_scipy() {
        #[rustfmt::skip]
        let one = [
            0.61, 0.29, 0.06, 0.59, -1.73, -0.74, 0.51, -0.56, 0.39, 1.64, 0.05, -0.06, 0.64, -0.82, 0.37, 1.77, 1.09,
            -1.28, 2.36, 1.31, 1.05, -0.32, -0.40, 1.06, -2.47,
        ];
        #[rustfmt::skip]
        let other = [
            2.2, 1.66, 1.38, 0.2, 0.36, 0.0, 0.96, 1.56, 0.44, 1.5, -0.3, 0.66, 2.31, 3.29, -0.27, -0.37, 0.38, 0.7,
            0.52, -0.71, 0.05,
        ];
        let cases: [(&[f64], &[f64], f64); 3] = [
            (&one, &other, 0.232_380_952_380_952_38),
            (&[1.0, 2.0, 2.0, 3.0], &[2.0, 3.0, 3.0, 4.0, 5.0], 0.55),
            (&[1.0, 2.0], &[3.0, 4.0], 1.0),
        ];
        for (one, other, expected) in cases {
            assert!((distance(one, other) - expected).abs() < 1e-12, "{expected}");
            assert_eq!(distance(one, other).to_bits(), distance(other, one).to_bits());
        }
        assert!(distance(&one, &one) < 1e-12);
    }

    #[test]
    fn what_is_no_sample_has_no_distance() {
        assert_eq!(SampleDistance::of(&[], &[1.0]), None);
        assert_eq!(SampleDistance::of(&[1.0], &[f64::NAN]), None);
        let limit = SampleDistance::of(&[0.0; 100], &[1.0; 100]).expect("two samples").limit;
        assert!((limit - 0.192_050).abs() < 1e-5, "{limit}");
    }
}
