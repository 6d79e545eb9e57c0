//! The values of a parameter that were tried, as whole numbers.

/// Distinct values up to which each is kept.
const MOST_EACH: usize = 300;
/// Steps into which the range of more values is cut.
const STEPS: usize = 4096;

/// The values of a parameter that were tried. A value's code is its place among them, from zero.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Levels {
    /// Every value, ascending.
    Each(Vec<f64>),
    /// Equal steps of a range in which there were too many values.
    Range {
        /// The smallest value.
        low: f64,
        /// The largest.
        high: f64,
    },
}

impl Levels {
    /// The levels of these values; those that are not finite have none.
    pub(crate) fn of(values: &[f64]) -> Levels {
        let mut each: Vec<f64> = Vec::new();
        for x in values.iter().filter(|x| x.is_finite()) {
            // Minus zero is zero.
            let x = x + 0.0;
            if let Err(at) = each.binary_search_by(|y| y.total_cmp(&x)) {
                each.insert(at, x);
            }
            if each.len() > MOST_EACH {
                let finite = || values.iter().copied().filter(|x| x.is_finite());
                let low = finite().fold(f64::INFINITY, f64::min);
                return Levels::Range { low, high: finite().fold(f64::NEG_INFINITY, f64::max) };
            }
        }
        Levels::Each(each)
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        match self {
            Levels::Each(values) => values.len(),
            Levels::Range { .. } => STEPS,
        }
    }

    /// The code of a value that was tried.
    pub(crate) fn code(&self, x: f64) -> usize {
        match self {
            Levels::Each(values) => values.partition_point(|y| *y < x).min(values.len().max(1) - 1),
            Levels::Range { low, high } => {
                let share = (x - low) / (high - low);
                ((share * STEPS as f64) as usize).min(STEPS - 1)
            }
        }
    }

    /// The value of a code; the middle of its step where there are too many values.
    pub(crate) fn value(&self, code: usize) -> f64 {
        match self {
            Levels::Each(values) => values[code],
            Levels::Range { low, high } => low + (high - low) * (code as f64 + 0.5) / STEPS as f64,
        }
    }

    /// The smallest and the largest value; none where there is no value.
    pub(crate) fn ends(&self) -> Option<(f64, f64)> {
        match self {
            Levels::Each(values) => Some((*values.first()?, *values.last()?)),
            Levels::Range { low, high } => Some((*low, *high)),
        }
    }

    /// Neighbouring levels together, so that there are at most `most` bins.
    pub(crate) fn bins(&self, most: usize) -> Bins {
        let width = self.count().div_ceil(most.max(1)).max(1);
        Bins { width, count: self.count().div_ceil(width) }
    }
}

/// Groups of equally many neighbouring levels; the last may have fewer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Bins {
    width: usize,
    /// How many there are.
    pub(crate) count: usize,
}

impl Bins {
    /// The bin of a code.
    pub(crate) fn bin(self, code: usize) -> usize {
        code / self.width
    }

    /// The middle of a bin: the mean of its first and last value.
    pub(crate) fn middle(self, levels: &Levels, bin: usize) -> f64 {
        let last = ((bin + 1) * self.width).min(levels.count()) - 1;
        (levels.value(bin * self.width) + levels.value(last)) / 2.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_values_are_kept_one_by_one() {
        let levels = Levels::of(&[3.0, 1.0, f64::NAN, 2.0, 3.0, -0.0, 0.0]);
        assert_eq!(levels, Levels::Each(vec![0.0, 1.0, 2.0, 3.0]));
        assert_eq!([0.0, 2.0, 3.0].map(|x| levels.code(x)), [0, 2, 3]);
        assert_eq!(levels.ends(), Some((0.0, 3.0)));
        assert_eq!(Levels::of(&[]).ends(), None);
    }

    #[test]
    fn many_values_become_steps_of_their_range() {
        let seed = 4;
        let mut rng = wb_core::Rng::new(seed);
        let values: Vec<f64> = (0..2_000).map(|_| 5.0 + rng.uniform()).collect();
        let levels = Levels::of(&values);
        let step = 1.0 / STEPS as f64;
        for x in values {
            let code = levels.code(x);
            assert!(code < levels.count() && (levels.value(code) - x).abs() < step, "seed {seed}: {x}");
        }
    }

    #[test]
    fn bins_join_neighbouring_levels() {
        let levels = Levels::of(&[0.0, 1.0, 2.0, 3.0, 4.0]);
        let bins = levels.bins(3);
        assert_eq!((0..5).map(|code| bins.bin(code)).collect::<Vec<_>>(), [0, 0, 1, 1, 2]);
        assert_eq!(bins.count, 3);
        let middles = (0..3).map(|bin| bins.middle(&levels, bin)).collect::<Vec<_>>();
        assert_eq!(middles, [0.5, 2.5, 4.0]);
        assert_eq!(levels.bins(100).count, 5);
    }
}
