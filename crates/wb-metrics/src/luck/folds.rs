//! Folds of time, and the ways to split them into training and test.

use std::fmt;
use std::ops::Range;

/// The most folds: with half of them for testing there are 12,870 splits.
const MOST: usize = 16;

/// Equal stretches of time, of which some are held out in every possible way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Folds {
    folds: usize,
    test_folds: usize,
}

/// Why folds were not accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FoldsError {
    /// Not an even number from 2 to 16.
    Folds(usize),
    /// Not at least one fold for testing and one for training.
    TestFolds {
        /// What was asked for.
        test_folds: usize,
        /// Of so many folds.
        folds: usize,
    },
}

impl fmt::Display for FoldsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FoldsError::Folds(folds) => write!(
                f,
                "{folds} folds cannot be compared half against half: take an even number from 2 to {MOST}"
            ),
            FoldsError::TestFolds { test_folds, folds } => write!(
                f,
                "{test_folds} of {folds} folds cannot be for testing: take 1 to {}, so that some are left to train on",
                folds - 1
            ),
        }
    }
}

impl std::error::Error for FoldsError {}

/// One way to split the folds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct PurgedSplit {
    /// The folds held out, in order of time.
    pub(super) test: Vec<usize>,
    /// The periods to choose from, in order of time; none where purge and embargo leave none.
    pub(super) train: Vec<Range<usize>>,
}

impl Folds {
    /// So many folds, of which `test_folds` are for testing.
    ///
    /// # Errors
    /// If the number of folds is not even or not from 2 to 16, or if no fold is left on either side.
    pub fn new(folds: usize, test_folds: usize) -> Result<Folds, FoldsError> {
        if !(2..=MOST).contains(&folds) || !folds.is_multiple_of(2) {
            return Err(FoldsError::Folds(folds));
        }
        if test_folds == 0 || test_folds >= folds {
            return Err(FoldsError::TestFolds { test_folds, folds });
        }
        Ok(Folds { folds, test_folds })
    }

    /// How many folds.
    pub fn count(&self) -> usize {
        self.folds
    }

    /// The periods of a fold where there are `periods` in all; folds differ by one period at most.
    pub fn periods(&self, fold: usize, periods: usize) -> Range<usize> {
        periods * fold / self.folds..periods * (fold + 1) / self.folds
    }

    /// Every way to hold out the test folds, in lexicographic order.
    ///
    /// As in M. López de Prado, "Advances in financial machine learning" (2018), chapters 7 and 12: the `purge` periods
    /// on both sides of each held-out stretch are not trained on, since what is known in them may reach into it, and
    /// neither are `embargo` more after it.
    pub(super) fn splits(&self, periods: usize, purge: usize, embargo: usize) -> Vec<PurgedSplit> {
        choose(self.folds, self.test_folds)
            .into_iter()
            .map(|held_out| {
                let test: Vec<usize> = (0..self.folds).filter(|fold| held_out >> fold & 1 == 1).collect();
                let mut trained = vec![true; periods];
                for fold in &test {
                    let held = self.periods(*fold, periods);
                    let end = (held.end + purge + embargo).min(periods);
                    trained[held.start.saturating_sub(purge)..end].fill(false);
                }
                PurgedSplit { test, train: stretches(&trained) }
            })
            .collect()
    }

    /// Every way to part the folds into two halves, as the stretches of each; the first half has the first fold.
    pub(super) fn halves(&self, periods: usize) -> impl Iterator<Item = [Vec<Range<usize>>; 2]> {
        let folds = *self;
        let half = move |of: u32| {
            let mut inside = vec![false; periods];
            (0..folds.folds)
                .filter(|fold| of >> fold & 1 == 1)
                .for_each(|fold| inside[folds.periods(fold, periods)].fill(true));
            stretches(&inside)
        };
        choose(self.folds, self.folds / 2)
            .into_iter()
            .filter(|first| first & 1 == 1)
            .map(move |first| [half(first), half(!first)])
    }
}

/// Every choice of `k` of `n` as a set of bits, ordered by the lowest chosen, then by the next.
fn choose(n: usize, k: usize) -> Vec<u32> {
    if k == 0 {
        return vec![0];
    }
    (0..=n - k)
        .flat_map(|first| choose(n - first - 1, k - 1).into_iter().map(move |rest| (rest << 1 | 1) << first))
        .collect()
}

/// The stretches in which `inside` is true.
fn stretches(inside: &[bool]) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (period, _) in inside.iter().enumerate().filter(|(_, inside)| **inside) {
        match found.last_mut() {
            Some(last) if last.end == period => last.end = period + 1,
            _ => found.push(period..period + 1),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folds(folds: usize, test_folds: usize) -> Folds {
        Folds::new(folds, test_folds).expect("folds as they should be")
    }

    #[test]
    fn six_folds_with_two_for_testing_are_split_as_in_the_book() {
        // López de Prado (2018), figure 12.1: fifteen splits, the first holds out the first two folds.
        let splits = folds(6, 2).splits(60, 0, 0);
        assert_eq!(splits.len(), 15);
        assert_eq!(splits[0], PurgedSplit { test: vec![0, 1], train: std::iter::once(20..60).collect() });
        assert_eq!(splits[1], PurgedSplit { test: vec![0, 2], train: vec![10..20, 30..60] });
        assert_eq!(splits[14], PurgedSplit { test: vec![4, 5], train: std::iter::once(0..40).collect() });
    }

    #[test]
    fn purge_is_on_both_sides_of_a_test_and_embargo_after_it() {
        let splits = folds(6, 2).splits(60, 2, 3);
        assert_eq!(splits[1].train, [15..18, 35..60]);
        assert_eq!(folds(2, 1).splits(10, 5, 0)[0].train, []);
    }

    #[test]
    fn no_period_is_lost_or_counted_twice() {
        for periods in [16, 17, 100, 255, 256] {
            let folds = folds(16, 8);
            let cover: Vec<usize> = (0..16).flat_map(|fold| folds.periods(fold, periods)).collect();
            assert_eq!(cover, (0..periods).collect::<Vec<_>>());
            let halves: Vec<_> = folds.halves(periods).collect();
            assert_eq!(halves.len(), 6435);
            for [first, second] in halves {
                let mut all: Vec<usize> = first.into_iter().chain(second).flatten().collect();
                all.sort_unstable();
                assert_eq!(all, cover);
            }
        }
    }

    #[test]
    fn folds_that_cannot_be_split_say_why() {
        let check = |count: usize, test_folds: usize, expected: &str| {
            let error = Folds::new(count, test_folds).expect_err("they cannot be split");
            assert_eq!(error.to_string(), expected);
        };
        let even = "folds cannot be compared half against half: take an even number from 2 to 16";
        check(9, 2, &format!("9 {even}"));
        check(0, 2, &format!("0 {even}"));
        check(18, 2, &format!("18 {even}"));
        let left = "cannot be for testing: take 1 to 9, so that some are left to train on";
        check(10, 0, &format!("0 of 10 folds {left}"));
        check(10, 10, &format!("10 of 10 folds {left}"));
    }
}
