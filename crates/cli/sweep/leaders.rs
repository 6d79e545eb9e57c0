//! The best trials so far.

use wb_store::TrialRow;

/// How many trials are named, run again and stored.
pub(crate) const SHOWN: usize = 10;

/// The best of the trials seen: the first ten by one objective, or all that no other beats in every one.
pub(crate) struct Leaders {
    objectives: usize,
    /// With their scores, of which higher is better; best by the first objective first, then by number.
    rows: Vec<(Vec<f64>, TrialRow)>,
}

impl Leaders {
    /// None yet, by so many objectives.
    pub(crate) fn new(objectives: usize) -> Leaders {
        Leaders { objectives, rows: Vec::new() }
    }

    /// Takes in a trial that satisfies every constraint.
    pub(crate) fn offer(&mut self, scores: Vec<f64>, row: &TrialRow) {
        if self.objectives > 1 {
            if self.rows.iter().any(|(other, _)| beats(other, &scores)) {
                return;
            }
            self.rows.retain(|(other, _)| !beats(&scores, other));
        }
        let at = self.rows.partition_point(|(other, before)| {
            other[0].total_cmp(&scores[0]).reverse().then(before.number.cmp(&row.number)).is_le()
        });
        if self.objectives > 1 || at < SHOWN {
            self.rows.insert(at, (scores, row.clone()));
        }
        if self.objectives == 1 {
            self.rows.truncate(SHOWN);
        }
    }

    /// Best first.
    pub(crate) fn rows(&self) -> impl ExactSizeIterator<Item = &TrialRow> {
        self.rows.iter().map(|(_, row)| row)
    }
}

/// Whether `a` is nowhere worse than `b` and somewhere better. Of equals neither beats the other.
fn beats(a: &[f64], b: &[f64]) -> bool {
    let pairs = || a.iter().zip(b);
    pairs().all(|(a, b)| a >= b) && pairs().any(|(a, b)| a > b)
}

#[cfg(test)]
mod tests {
    use wb_core::ParamSet;
    use wb_store::TrialStatus;

    use super::*;

    fn numbers(objectives: usize, scores: &[&[f64]]) -> Vec<u64> {
        let mut leaders = Leaders::new(objectives);
        for (number, scores) in scores.iter().enumerate() {
            let row = TrialRow {
                number: number as u64,
                params: ParamSet::new(),
                status: TrialStatus::Ok,
                message: None,
                figures: Vec::new(),
                objectives: Vec::new(),
            };
            leaders.offer(scores.to_vec(), &row);
        }
        leaders.rows().map(|row| row.number).collect()
    }

    #[test]
    fn the_ten_best_are_kept_and_of_equals_the_first() {
        assert_eq!(numbers(1, &[&[1.0], &[3.0], &[2.0], &[3.0]]), [1, 3, 2, 0]);
        let falling: Vec<Vec<f64>> = (0..30).map(|i| vec![f64::from(30 - i)]).collect();
        let falling: Vec<&[f64]> = falling.iter().map(Vec::as_slice).collect();
        assert_eq!(numbers(1, &falling), (0..10).collect::<Vec<_>>());
    }

    #[test]
    fn of_several_objectives_all_that_nothing_beats_are_kept() {
        assert_eq!(numbers(2, &[&[1.0, 1.0], &[2.0, 0.0], &[0.0, 2.0], &[2.0, 1.0], &[0.5, 1.5]]), [3, 4, 2]);
    }
}
