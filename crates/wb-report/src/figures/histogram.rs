//! How often values of which size occurred.

/// Counts of values in classes of equal width.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Histogram {
    /// Where the first class begins.
    pub(crate) low: f64,
    /// Width of a class.
    pub(crate) width: f64,
    /// Values in each class.
    pub(crate) counts: Vec<usize>,
}

impl Histogram {
    /// Classes whose width follows D. Freedman and P. Diaconis (1981), `2 IQR n^(-1/3)`, and of which one begins at
    /// zero. Values beyond six interquartile ranges from the median are counted in the outermost classes. There is at least one value.
    pub(crate) fn of(values: &[f64]) -> Histogram {
        let mut sorted = values.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        let at = |share: f64| sorted[((sorted.len() - 1) as f64 * share).round() as usize];
        let (median, spread) = (at(0.5), (at(0.75) - at(0.25)).max(1e-9));
        let low = at(0.0).max(median - 6.0 * spread);
        let high = at(1.0).min(median + 6.0 * spread);
        let advised = 2.0 * spread / libm::cbrt(sorted.len() as f64);
        let width = advised.clamp((high - low).max(1e-9) / 80.0, (high - low).max(1e-9) / 8.0);
        let first = (low / width).floor();
        let classes = ((high / width).floor() - first) as usize + 1;
        let mut counts = vec![0; classes];
        for x in values {
            let class = (x / width).floor() - first;
            counts[class.clamp(0.0, (classes - 1) as f64) as usize] += 1;
        }
        Histogram { low: first * width, width, counts }
    }

    /// Where the last class ends.
    pub(crate) fn high(&self) -> f64 {
        self.low + self.width * self.counts.len() as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_counted_once_and_a_class_begins_at_zero() {
        let mut rng = wb_core::Rng::new(3);
        for n in [1, 2, 3, 10, 1000] {
            let values: Vec<f64> = (0..n).map(|_| rng.uniform() * 0.02 - 0.01).collect();
            let histogram = Histogram::of(&values);
            assert_eq!(histogram.counts.iter().sum::<usize>(), n, "seed 3");
            let classes = histogram.low / histogram.width;
            assert!((classes - classes.round()).abs() < 1e-6, "seed 3: zero parts two classes");
        }
    }

    #[test]
    fn equal_values_make_one_tall_class() {
        let histogram = Histogram::of(&[0.01; 50]);
        assert_eq!(histogram.counts.iter().max(), Some(&50));
    }
}
