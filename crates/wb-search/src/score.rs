//! What a trial is worth, and which of two is worth more.

use std::cmp::Ordering;

/// What became of a trial.
#[derive(Clone, PartialEq, Debug)]
pub enum Score {
    /// It satisfies every constraint: a figure for each objective, where higher is better. One that is not
    /// a finite number counts as [`Score::Failed`].
    Feasible(Vec<f64>),
    /// It violates constraints, by this much in total: above zero, and smaller is better.
    Infeasible(f64),
    /// It has no figures.
    Failed,
}

/// The score of a trial.
#[derive(Clone, PartialEq, Debug)]
pub struct Scored {
    /// The number of the trial.
    pub number: u64,
    /// What became of it.
    pub score: Score,
}

impl Score {
    /// The score with figures that are no finite numbers taken as a failure.
    ///
    /// # Panics
    /// If a feasible score has not one figure for each objective.
    pub(crate) fn checked(&self, objectives: usize) -> Score {
        match self {
            Score::Feasible(values) => {
                assert_eq!(values.len(), objectives, "a feasible score has one figure for each objective");
                if values.iter().all(|x| x.is_finite()) { self.clone() } else { Score::Failed }
            }
            Score::Infeasible(violation) if violation.is_nan() => Score::Failed,
            Score::Infeasible(_) | Score::Failed => self.clone(),
        }
    }

    /// The figure of the only objective, of a feasible score.
    pub(crate) fn value(&self) -> Option<f64> {
        match self {
            Score::Feasible(values) => values.first().copied(),
            Score::Infeasible(_) | Score::Failed => None,
        }
    }

    /// Which is worth more by one objective, the greater being the better: feasible before infeasible before
    /// failed, then by value, or by the smaller violation (K. Deb, "An efficient constraint handling method
    /// for genetic algorithms", 2000).
    pub(crate) fn compare(&self, other: &Score) -> Ordering {
        match (self, other) {
            (Score::Feasible(a), Score::Feasible(b)) => {
                a.iter().zip(b).map(|(a, b)| a.total_cmp(b)).find(|o| o.is_ne()).unwrap_or(Ordering::Equal)
            }
            (Score::Infeasible(a), Score::Infeasible(b)) => b.total_cmp(a),
            _ => self.class().cmp(&other.class()),
        }
    }

    /// Whether this score is at least as good in every objective and better in one, a feasible one before an
    /// infeasible one (constrained domination; K. Deb et al., "A fast and elitist multiobjective genetic
    /// algorithm: NSGA-II", 2002).
    pub(crate) fn dominates(&self, other: &Score) -> bool {
        match (self, other) {
            (Score::Feasible(a), Score::Feasible(b)) => {
                a.iter().zip(b).all(|(a, b)| a >= b) && a.iter().zip(b).any(|(a, b)| a > b)
            }
            _ => self.compare(other).is_gt(),
        }
    }

    fn class(&self) -> u8 {
        match self {
            Score::Feasible(_) => 2,
            Score::Infeasible(_) => 1,
            Score::Failed => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feasible_trial_beats_an_infeasible_one_and_that_a_failed_one() {
        let rising = [
            Score::Failed,
            Score::Infeasible(f64::INFINITY),
            Score::Infeasible(2.0),
            Score::Infeasible(0.5),
            Score::Feasible(vec![-1e9]),
            Score::Feasible(vec![3.0]),
        ];
        for (i, a) in rising.iter().enumerate() {
            for (j, b) in rising.iter().enumerate() {
                assert_eq!(a.compare(b), i.cmp(&j), "{a:?} {b:?}");
                assert_eq!(a.dominates(b), i > j, "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn of_several_objectives_none_may_be_worse() {
        let score = |a, b| Score::Feasible(vec![a, b]);
        assert!(score(1.0, 2.0).dominates(&score(1.0, 1.0)));
        assert!(!score(1.0, 2.0).dominates(&score(2.0, 1.0)));
        assert!(!score(1.0, 2.0).dominates(&score(1.0, 2.0)));
    }

    #[test]
    fn figures_that_are_no_numbers_are_failures() {
        assert_eq!(Score::Feasible(vec![f64::NAN]).checked(1), Score::Failed);
        assert_eq!(Score::Feasible(vec![f64::INFINITY]).checked(1), Score::Failed);
        assert_eq!(Score::Infeasible(f64::NAN).checked(1), Score::Failed);
    }
}
