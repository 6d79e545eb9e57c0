//! How much of an objective's spread each parameter explains.

use crate::sweep::study::Study;

/// Bins of a parameter for its main effect.
const MAIN_BINS: usize = 16;
/// Bins of each of two parameters for what they do together.
const PAIR_BINS: usize = 8;

/// Shares of the variance of the first objective over the trials that can be judged.
///
/// The share of a parameter is the bias-corrected correlation ratio of its bins, T. Kelley (1935): with `n` trials in
/// `k` bins, `1 - (1 - B / T)(n - 1) / (n - k)`, where `T` is the sum of squares about the mean and `B` is that of
/// the bins' means, each counted as often as it has trials. On a full grid it is the main effect of the functional
/// analysis of variance (F. Hutter, H. Hoos, K. Leyton-Brown, 2014). What two parameters do together is the share of
/// their joint bins less those of each alone. Shares below zero are written as zero.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Importance {
    /// Parameter and share, the largest first.
    pub(crate) alone: Vec<(usize, f64)>,
    /// Two parameters and what they explain together beyond each alone, the largest first.
    pub(crate) together: Vec<(usize, usize, f64)>,
}

impl Importance {
    /// The shares of the parameters that varied; none where the objective has no spread or there are too few trials.
    pub(crate) fn of(study: &Study<'_>) -> Option<Importance> {
        let rows = &study.ranked;
        let values: Vec<f64> = rows.iter().map(|row| study.objective(*row)).collect();
        let total = Spread::of(&values)?;
        let mut alone: Vec<(usize, f64)> =
            study.varied.iter().map(|p| (*p, share(&total, &binned(study, *p, MAIN_BINS)))).collect();
        alone.sort_by(|a, b| b.1.total_cmp(&a.1));
        // With few trials, few bins: else every trial has a cell of its own.
        let most = (libm::sqrt(values.len() as f64 / 4.0) as usize).clamp(2, PAIR_BINS);
        let coarse: Vec<Groups> = study.varied.iter().map(|p| binned(study, *p, most)).collect();
        let mut together = Vec::new();
        for (i, a) in coarse.iter().enumerate() {
            for (j, b) in coarse.iter().enumerate().skip(i + 1) {
                let beyond = share(&total, &a.joined(b)) - share(&total, a) - share(&total, b);
                together.push((study.varied[i], study.varied[j], beyond.max(0.0)));
            }
        }
        together.sort_by(|a, b| b.2.total_cmp(&a.2));
        Some(Importance { alone, together })
    }

    /// What no parameter alone explains: their interplay, and what cannot be told from noise.
    pub(crate) fn rest(&self) -> f64 {
        (1.0 - self.alone.iter().map(|(_, share)| share).sum::<f64>()).max(0.0)
    }
}

/// The group of each trial.
struct Groups {
    count: usize,
    of: Vec<u32>,
}

impl Groups {
    fn joined(&self, other: &Groups) -> Groups {
        let of = self.of.iter().zip(&other.of).map(|(a, b)| a * other.count as u32 + b).collect();
        Groups { count: self.count * other.count, of }
    }
}

/// The ranked trials by bins of a parameter. Words are never joined: their order means nothing.
fn binned(study: &Study<'_>, parameter: usize, most: usize) -> Groups {
    let words = study.page.parameters[parameter].words.len();
    let bins = study.levels[parameter].bins(most.max(words));
    let of = study.ranked.iter().map(|row| bins.bin(study.code(parameter, *row)) as u32).collect();
    Groups { count: bins.count, of }
}

/// Values less their mean, and the sum of their squares.
struct Spread {
    centred: Vec<f64>,
    squares: f64,
}

impl Spread {
    fn of(values: &[f64]) -> Option<Spread> {
        let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
        let centred: Vec<f64> = values.iter().map(|x| x - mean).collect();
        let squares: f64 = centred.iter().map(|x| x * x).sum();
        // Equal values leave only what rounding leaves.
        let noise = values.len() as f64 * mean * mean * 1e-24;
        (squares > noise && squares.is_finite()).then_some(Spread { centred, squares })
    }
}

fn share(total: &Spread, groups: &Groups) -> f64 {
    let mut sums = vec![(0_usize, 0.0); groups.count];
    for (group, x) in groups.of.iter().zip(&total.centred) {
        let cell = &mut sums[*group as usize];
        *cell = (cell.0 + 1, cell.1 + x);
    }
    let filled = sums.iter().filter(|(n, _)| *n > 0);
    let (k, between) =
        filled.fold((0, 0.0), |(k, between), (n, sum)| (k + 1, between + sum * sum / *n as f64));
    let n = total.centred.len();
    if n <= k {
        return 0.0;
    }
    (1.0 - (1.0 - between / total.squares) * (n - 1) as f64 / (n - k) as f64).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sweep::example::{grid, with_study};

    fn shares(params: &[Vec<f64>], objective: Vec<f64>) -> Importance {
        with_study(params, objective, Importance::of).expect("an objective with spread")
    }

    #[test]
    fn shares_of_an_additive_objective_are_those_worked_by_hand() {
        // y = a + 2 b over a, b in 0..3, each pair twice: T = 12 + 48 = 60. For a: B = 12, 1 - (48/60)(17/15).
        // For b: B = 48, 1 - (12/60)(17/15).
        let params = grid(3, 3, 2);
        let y = params[0].iter().zip(&params[1]).map(|(a, b)| a + 2.0 * b).collect();
        let found = shares(&params, y).alone;
        let expected = [(1, 1.0 - 0.2 * 17.0 / 15.0), (0, 1.0 - 0.8 * 17.0 / 15.0)];
        for ((p, share), (parameter, by_hand)) in found.iter().zip(expected) {
            assert!(*p == parameter && (share - by_hand).abs() < 1e-12, "{found:?}");
        }
    }

    #[test]
    fn what_two_parameters_do_only_together_is_found() {
        let params = grid(2, 2, 100);
        let y = params[0].iter().zip(&params[1]).map(|(a, b)| (a - b).abs()).collect();
        let found = shares(&params, y);
        assert!(found.alone.iter().all(|(_, share)| *share < 1e-12), "{found:?}");
        assert!((found.together[0].2 - 1.0).abs() < 1e-12, "{found:?}");
        assert!((found.rest() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn noise_is_not_taken_for_an_effect() {
        let seed = 6;
        let mut rng = wb_core::Rng::new(seed);
        let params = grid(16, 16, 1);
        let y = (0..256).map(|_| rng.uniform()).collect();
        let found = shares(&params, y);
        assert!(found.alone.iter().all(|(_, share)| *share < 0.05), "seed {seed}: {found:?}");
    }

    #[test]
    fn equal_objectives_have_nothing_to_explain() {
        let params = grid(3, 3, 1);
        assert_eq!(with_study(&params, vec![0.1; 9], Importance::of), None);
        assert_eq!(with_study(&[vec![], vec![]], vec![], Importance::of), None);
    }
}
