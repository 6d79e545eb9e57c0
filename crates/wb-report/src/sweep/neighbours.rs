//! The trials next to the best: whether it stands on a plateau or on a spike.

use crate::sweep::levels::Levels;
use crate::sweep::study::Study;

/// A trial that differs from the best in one parameter, by one step.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Step {
    /// The parameter.
    pub(crate) parameter: usize,
    /// The trial's row.
    pub(crate) row: usize,
}

/// What lies around the best trial.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Neighbours {
    /// For each parameter that varied, the rows that differ from the best in it alone, by its value; the best is
    /// one of them.
    pub(crate) slices: Vec<(usize, Vec<usize>)>,
    /// The trials one step away: the next smaller and larger value tried, every other word.
    pub(crate) steps: Vec<Step>,
    /// The nearest trials where none is one step away: row and distance, nearest first.
    pub(crate) nearest: Vec<(usize, f64)>,
}

impl Neighbours {
    /// The neighbours of the best; none where no trial can be judged.
    pub(crate) fn of(study: &Study<'_>) -> Option<Neighbours> {
        let best = study.best()?;
        let slices = slices(study, best);
        let mut steps = Vec::new();
        for (parameter, rows) in &slices {
            steps.extend(
                rows.iter()
                    .filter(|row| is_one_step(study, *parameter, best, **row))
                    .map(|row| Step { parameter: *parameter, row: *row }),
            );
        }
        let nearest = if steps.is_empty() { nearest(study, best) } else { Vec::new() };
        Some(Neighbours { slices, steps, nearest })
    }

    /// The rows of all neighbours, those one step away or else the nearest.
    pub(crate) fn rows(&self) -> impl Iterator<Item = usize> + '_ {
        self.steps.iter().map(|step| step.row).chain(self.nearest.iter().map(|(row, _)| *row))
    }
}

fn slices(study: &Study<'_>, best: usize) -> Vec<(usize, Vec<usize>)> {
    let params = &study.page.trials.params;
    let mut slices: Vec<(usize, Vec<usize>)> = study.varied.iter().map(|p| (*p, vec![best])).collect();
    for row in &study.ranked {
        let differs = |(_, (p, _)): &(usize, &(usize, Vec<usize>))| {
            params[*p][*row].total_cmp(&params[*p][best]).is_ne()
        };
        let mut different = slices.iter().enumerate().filter(differs).map(|(i, _)| i);
        let (one, more) = (different.next(), different.next());
        if let (Some(i), None) = (one, more) {
            slices[i].1.push(*row);
        }
    }
    for (p, rows) in &mut slices {
        rows.sort_by(|a, b| params[*p][*a].total_cmp(&params[*p][*b]));
        // A searcher may have tried a point more than once.
        rows.dedup_by(|b, a| params[*p][*a].total_cmp(&params[*p][*b]).is_eq());
    }
    slices
}

fn is_one_step(study: &Study<'_>, parameter: usize, best: usize, row: usize) -> bool {
    let Levels::Each(_) = study.levels[parameter] else { return false };
    if row == best {
        return false;
    }
    let is_word = !study.page.parameters[parameter].words.is_empty();
    is_word || study.code(parameter, row).abs_diff(study.code(parameter, best)) == 1
}

/// Two trials for each parameter that varied, by Euclidean distance: numbers as shares of the range tried, words zero
/// apart if equal and else one.
fn nearest(study: &Study<'_>, best: usize) -> Vec<(usize, f64)> {
    let distance = |row: usize| {
        let squares = study.varied.iter().map(|p| {
            let column = &study.page.trials.params[*p];
            let by = column[row] - column[best];
            match study.levels[*p].ends() {
                Some((low, high)) if study.page.parameters[*p].words.is_empty() => {
                    (by / (high - low)) * (by / (high - low))
                }
                _ => f64::from(u8::from(by.abs() > 0.0)),
            }
        });
        libm::sqrt(squares.sum())
    };
    let mut rows: Vec<(usize, f64)> =
        study.ranked.iter().skip(1).map(|row| (*row, distance(*row))).filter(|(_, d)| *d > 0.0).collect();
    rows.sort_by(|a, b| a.1.total_cmp(&b.1));
    rows.truncate(2 * study.varied.len());
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sweep::example::{grid, with_study};

    #[test]
    fn on_a_grid_the_neighbours_are_one_step_away_in_one_parameter() {
        let params = grid(5, 4, 1);
        let y = params[0].iter().zip(&params[1]).map(|(a, b)| -(a - 2.0).abs() - b).collect();
        // The best is (2, 0), which lies at row 8; (1, 0) at 4, (3, 0) at 12, (2, 1) at 9.
        with_study(&params, y, |study| {
            let found = Neighbours::of(study).expect("a best");
            let steps: Vec<(usize, usize)> = found.steps.iter().map(|s| (s.parameter, s.row)).collect();
            assert_eq!(steps, [(0, 4), (0, 12), (1, 9)]);
            assert_eq!(found.slices, [(0, vec![0, 4, 8, 12, 16]), (1, vec![8, 9, 10, 11])]);
            assert!(found.nearest.is_empty());
        });
    }

    #[test]
    fn without_a_grid_the_nearest_trials_are_taken() {
        let params = [vec![0.0, 0.5, 0.4, 1.0, 0.1], vec![0.0, 5.0, 6.0, 10.0, 9.0]];
        with_study(&params, vec![0.0, 9.0, 1.0, 2.0, 3.0], |study| {
            let found = Neighbours::of(study).expect("a best");
            assert!(found.steps.is_empty());
            let rows: Vec<usize> = found.nearest.iter().map(|(row, _)| *row).collect();
            // From (0.5, 5) as shares of the ranges 1 and 10: 0.14, 0.57, 0.71, 0.71.
            assert_eq!(rows, [2, 4, 3, 0]);
            assert!((found.nearest[0].1 - libm::sqrt(0.02)).abs() < 1e-12);
        });
    }
}
