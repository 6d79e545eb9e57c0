//! CMA-ES: a normal distribution that learns where and in which directions to search.
//!
//! The (mu/mu_w, lambda) strategy of N. Hansen, "The CMA Evolution Strategy: A Tutorial" (2016), restarted
//! with twice the population when it has converged (A. Auger and N. Hansen, "A restart CMA evolution strategy
//! with increasing population size", 2005). argmin has no CMA-ES, and the crate
//! `cmaes` draws from the crate `rand`: the trials of a seed would depend on a version that is not ours.
//!
//! Points outside of the cube or refused by the space's constraint are drawn again. Whole numbers and other
//! steps are searched as stretches of their axis, along which the distribution may not become so narrow that
//! it never leaves a step (after R. Hamano et al., "CMA-ES with Margin", 2022). Words are taken in the order
//! of their list, which has no meaning: a space of many words is better left to another method.

use libm::{log, sqrt};

use crate::linear_algebra::{Eigen, dot, eigen};
use crate::normal;
use crate::rounds::{Learner, Round};
use crate::{Point, Score, Space};

/// First standard deviation, as a share of each axis.
const FIRST_STEP: f64 = 0.25;

/// Narrowest standard deviation along an axis of steps, as a share of a step.
const MARGIN: f64 = 0.3;

/// Draws for a point inside the cube that the constraint allows.
const DRAWS: u32 = 100;

/// A distribution whose longest axis is so many times its shortest is degenerate.
const DEGENERATE: f64 = 1e7;

/// Rounds at rest, or of equal scores, after which a search is over.
const PATIENCE: u32 = 5;

/// The population is not doubled beyond this.
const LARGEST: usize = 512;

/// The strategy, restarted as often as the trials pay for.
pub(crate) struct CmaEs {
    size: usize,
    start: Option<Point>,
    search: Option<Distribution>,
}

impl CmaEs {
    /// Rounds of `size` points, the first around `start`.
    pub(crate) fn new(size: usize, start: Point) -> CmaEs {
        CmaEs { size, start: Some(start), search: None }
    }
}

impl Learner for CmaEs {
    fn propose(&mut self, round: &mut Round<'_>) -> Vec<Point> {
        if self.search.is_none() {
            let mean = self.start.take().or_else(|| round.claim_random());
            self.search = mean.map(|mean| Distribution::new(mean, self.size));
        }
        let Some(search) = &self.search else { return Vec::new() };
        (0..search.size).map(|_| search.draw(round)).collect()
    }

    fn learn(&mut self, space: &Space, mut scored: Vec<(Point, Score)>) {
        let Some(search) = &mut self.search else { return };
        scored.sort_by(|a, b| b.1.compare(&a.1));
        search.update(space, &scored);
        if search.is_over() {
            self.search = None;
            self.size = (2 * self.size).min(LARGEST);
        }
    }
}

/// The state of one search; names in brackets are the tutorial's.
struct Distribution {
    size: usize,
    mean: Point,
    /// Overall standard deviation (sigma).
    step: f64,
    /// Shape (C), and its parts.
    covariance: Vec<Vec<f64>>,
    parts: Eigen,
    /// Paths of the mean, for the shape (p_c) and for the step (p_sigma).
    shape_path: Vec<f64>,
    step_path: Vec<f64>,
    rates: Rates,
    rounds: i32,
    rounds_at_rest: u32,
}

/// What depends on dimension and population alone: the tutorial's table 1, without negative weights.
struct Rates {
    weights: Vec<f64>,
    /// Effective number of parents (mu_eff).
    parents: f64,
    step_path: f64,
    step_damping: f64,
    shape_path: f64,
    rank_one: f64,
    rank_mu: f64,
    /// Expected length of a normal draw (chi_n).
    length: f64,
}

impl Rates {
    fn new(axes: usize, size: usize) -> Rates {
        let n = axes as f64;
        let raw: Vec<f64> =
            (0..size / 2).map(|i| log((size as f64 + 1.0) / 2.0) - log(i as f64 + 1.0)).collect();
        let total: f64 = raw.iter().sum();
        let weights: Vec<f64> = raw.iter().map(|w| w / total).collect();
        let parents = 1.0 / weights.iter().map(|w| w * w).sum::<f64>();
        let step_path = (parents + 2.0) / (n + parents + 5.0);
        let rank_one = 2.0 / ((n + 1.3) * (n + 1.3) + parents);
        let rank_mu = 2.0 * (0.25 + parents + 1.0 / parents - 2.0) / ((n + 2.0) * (n + 2.0) + parents);
        Rates {
            weights,
            parents,
            step_path,
            step_damping: 1.0 + 2.0 * (sqrt((parents - 1.0) / (n + 1.0)) - 1.0).max(0.0) + step_path,
            shape_path: (4.0 + parents / n) / (n + 4.0 + 2.0 * parents / n),
            rank_one,
            rank_mu: rank_mu.min(1.0 - rank_one),
            length: sqrt(n) * (1.0 - 1.0 / (4.0 * n) + 1.0 / (21.0 * n * n)),
        }
    }
}

impl Distribution {
    fn new(mean: Point, size: usize) -> Distribution {
        let n = mean.len();
        let identity: Vec<Vec<f64>> =
            (0..n).map(|i| (0..n).map(|j| f64::from(u8::from(i == j))).collect()).collect();
        Distribution {
            size,
            rates: Rates::new(n, size),
            step: FIRST_STEP,
            parts: eigen(identity.clone()),
            covariance: identity,
            shape_path: vec![0.0; n],
            step_path: vec![0.0; n],
            mean,
            rounds: 0,
            rounds_at_rest: 0,
        }
    }

    /// A point of the distribution, inside the cube and allowed where that takes not too many draws.
    fn draw(&self, round: &mut Round<'_>) -> Point {
        let mut point = Point::new();
        for _ in 0..DRAWS {
            let normal: Vec<f64> =
                self.parts.values.iter().map(|v| sqrt(v.max(0.0)) * normal::draw(&mut round.rng)).collect();
            let offset = |row: &Vec<f64>| dot(row, &normal) * self.step;
            point = self.mean.iter().zip(&self.parts.vectors).map(|(m, row)| m + offset(row)).collect();
            if point.iter().all(|x| (0.0..=1.0).contains(x)) && round.allows(&point) {
                return point;
            }
        }
        point.iter().map(|x| x.clamp(0.0, 1.0)).collect()
    }

    /// Moves and shapes the distribution after a round, best first.
    fn update(&mut self, space: &Space, scored: &[(Point, Score)]) {
        let rates = &self.rates;
        self.rounds += 1;
        let steps: Vec<Vec<f64>> = scored[..rates.weights.len()]
            .iter()
            .map(|(point, _)| point.iter().zip(&self.mean).map(|(x, m)| (x - m) / self.step).collect())
            .collect();
        let mean_step: Vec<f64> = (0..self.mean.len())
            .map(|i| steps.iter().zip(&rates.weights).map(|(step, w)| w * step[i]).sum())
            .collect();
        for (m, step) in self.mean.iter_mut().zip(&mean_step) {
            *m = (*m + self.step * step).clamp(0.0, 1.0);
        }
        let whitened = whitened(&self.parts, &mean_step);
        let keep = 1.0 - rates.step_path;
        let gain = sqrt(rates.step_path * (2.0 - rates.step_path) * rates.parents);
        for (path, x) in self.step_path.iter_mut().zip(&whitened) {
            *path = keep * *path + gain * x;
        }
        let length = sqrt(dot(&self.step_path, &self.step_path));
        let n = self.mean.len() as f64;
        let settled = sqrt(1.0 - libm::pow(keep, 2.0 * f64::from(self.rounds)));
        let is_short = length / settled < (1.4 + 2.0 / (n + 1.0)) * rates.length;
        let gain = sqrt(rates.shape_path * (2.0 - rates.shape_path) * rates.parents);
        for (path, x) in self.shape_path.iter_mut().zip(&mean_step) {
            *path = (1.0 - rates.shape_path) * *path + if is_short { gain * x } else { 0.0 };
        }
        self.reshape(&steps, is_short);
        let change = (self.rates.step_path / self.rates.step_damping) * (length / self.rates.length - 1.0);
        self.step *= libm::exp(change.min(1.0));
        self.widen(space);
        self.parts = eigen(self.covariance.clone());
        let is_flat = scored.first().map(|s| &s.1) == scored.last().map(|s| &s.1);
        self.rounds_at_rest = if is_flat || self.is_narrow(space) { self.rounds_at_rest + 1 } else { 0 };
    }

    fn reshape(&mut self, steps: &[Vec<f64>], is_short: bool) {
        let Rates { rank_one, rank_mu, shape_path, weights, .. } = &self.rates;
        let missing = if is_short { 0.0 } else { shape_path * (2.0 - shape_path) };
        let keep = 1.0 - rank_one - rank_mu + rank_one * missing;
        for (i, row) in self.covariance.iter_mut().enumerate() {
            for (j, c) in row.iter_mut().enumerate() {
                let spread: f64 = steps.iter().zip(weights).map(|(step, w)| w * (step[i] * step[j])).sum();
                let path = self.shape_path[i] * self.shape_path[j];
                *c = keep * *c + rank_one * path + rank_mu * spread;
            }
        }
    }

    /// Keeps the distribution wide enough along axes of steps.
    fn widen(&mut self, space: &Space) {
        for (i, axis) in space.axes().iter().enumerate() {
            if let Some(count) = axis.count() {
                let least = MARGIN / count as f64 / self.step;
                self.covariance[i][i] = self.covariance[i][i].max(least * least);
            }
        }
    }

    /// Whether no axis is searched wider than it is worth.
    fn is_narrow(&self, space: &Space) -> bool {
        space.axes().iter().enumerate().all(|(i, axis)| {
            let least = axis.count().map_or(axis.grain(), |count| 2.0 * MARGIN / count as f64);
            self.step * sqrt(self.covariance[i][i]) < least
        })
    }

    fn is_over(&self) -> bool {
        let longest = self.parts.values.iter().copied().fold(0.0, f64::max);
        let shortest = self.parts.values.iter().copied().fold(f64::INFINITY, f64::min).max(0.0);
        self.rounds_at_rest >= PATIENCE || sqrt(longest) > DEGENERATE * sqrt(shortest)
    }
}

/// `C^(-1/2)` times the vector.
fn whitened(parts: &Eigen, vector: &[f64]) -> Vec<f64> {
    let n = vector.len();
    let turned: Vec<f64> = (0..n)
        .map(|k| {
            let along: f64 = (0..n).map(|i| parts.vectors[i][k] * vector[i]).sum();
            along / sqrt(parts.values[k].max(1e-300))
        })
        .collect();
    parts.vectors.iter().map(|row| dot(row, &turned)).collect()
}
