//! Bayesian search: a Gaussian process says where the most improvement is to be expected.
//!
//! A Gaussian process and not a tree of Parzen estimators: on smooth objectives of a few parameters it needs
//! several times fewer trials, and its cost, which grows with the cube of the trials, is bounded here by the
//! number of points it looks at. Batches are made by the constant liar (D. Ginsbourger, R. Le Riche and
//! L. Carraro, "Kriging is well-suited to parallelize optimization", 2010): each point picked is taken to have
//! scored as well as the best, and the next is picked with that in mind.

use crate::gaussian_process::{Belief, Kernel, Process};
use crate::normal;
use crate::rounds::{Learner, Round};
use crate::variation::founders;
use crate::{Point, Score, Space};

/// Points that the process looks at, of a longer search: half of them the best, half the latest.
const MAX_POINTS: usize = 300;

/// Candidates drawn from the whole space, and near the best points, for each batch.
const GLOBAL: usize = 256;
const LOCAL: usize = 256;

/// How many of the best points candidates are drawn near to.
const BEST: usize = 5;

/// Candidates drawn near the best candidate of each pick.
const POLISH: usize = 40;

/// Spreads of the candidates drawn near a point, as shares of an axis: the exponents of ten.
const WIDEST: f64 = -0.7;
const NARROWEST: f64 = -3.5;

/// How many times more points there are when the kernel is fitted again.
const REFIT: f64 = 1.15;

/// One objective; each round a batch of the same size.
pub(crate) struct Bayesian {
    batch: usize,
    start: Point,
    /// Everything tried, in order, at the points that stand for their values.
    history: Vec<(Point, Score)>,
    kernel: Option<(Kernel, usize)>,
}

/// A point with what the process believes of it.
struct Candidate {
    point: Point,
    belief: Belief,
}

impl Bayesian {
    pub(crate) fn new(batch: usize, start: Point) -> Bayesian {
        Bayesian { batch, start, history: Vec::new(), kernel: None }
    }

    /// The points that the process looks at, and their values.
    fn sample(&self) -> (Vec<Point>, Vec<f64>) {
        let mut chosen: Vec<usize> = (0..self.history.len()).collect();
        if chosen.len() > MAX_POINTS {
            chosen.sort_by(|a, b| self.history[*b].1.compare(&self.history[*a].1).then(b.cmp(a)));
            let latest = self.history.len() - MAX_POINTS / 2;
            let best = chosen.iter().filter(|at| **at < latest).take(MAX_POINTS / 2);
            chosen = best.copied().chain(latest..self.history.len()).collect();
            chosen.sort_unstable();
        }
        let scores: Vec<&Score> = chosen.iter().map(|at| &self.history[*at].1).collect();
        (chosen.iter().map(|at| self.history[*at].0.clone()).collect(), levels(&scores))
    }

    fn process(&mut self, space: &Space) -> (Process, f64) {
        let (points, values) = self.sample();
        let fitted = match self.kernel.take() {
            Some((kernel, seen)) if (self.history.len() as f64) < REFIT * seen as f64 => (kernel, seen),
            earlier => {
                let fresh = || Kernel::new(space.axes().iter().map(crate::Axis::is_ordered).collect());
                let kernel = earlier.map_or_else(fresh, |(kernel, _)| kernel);
                (kernel.fitted(&points, &values), self.history.len())
            }
        };
        let process = Process::new(fitted.0.clone(), &points, &values);
        self.kernel = Some(fitted);
        (process, values.iter().copied().fold(f64::NEG_INFINITY, f64::max))
    }

    /// The points of the best scores.
    fn best(&self) -> Vec<Point> {
        let mut order: Vec<&(Point, Score)> = self.history.iter().collect();
        order.sort_by(|a, b| b.1.compare(&a.1));
        order.into_iter().take(BEST).map(|(point, _)| point.clone()).collect()
    }

    /// Allowed points all over the space and near the best.
    fn candidates(&self, round: &mut Round<'_>, process: &Process) -> Vec<Candidate> {
        let best = self.best();
        let mut candidates = Vec::with_capacity(GLOBAL + LOCAL);
        for i in 0..GLOBAL + LOCAL {
            let point = if i < GLOBAL {
                round.space.random_point(&mut round.rng)
            } else {
                near(round, &best[i % best.len()])
            };
            candidates.extend(candidate(round, process, point));
        }
        candidates
    }

    /// The candidate with the most expected improvement, after a closer look around it.
    fn pick(round: &mut Round<'_>, process: &Process, candidates: &[Candidate], best: f64) -> Option<Point> {
        let gain = |candidate: &Candidate| expected_improvement(process.predict(&candidate.belief), best);
        let mut order: Vec<(f64, &Candidate)> = candidates.iter().map(|c| (gain(c), c)).collect();
        order.sort_by(|a, b| b.0.total_cmp(&a.0));
        let &(mut most, first) = order.first()?;
        let mut point = first.point.clone();
        for _ in 0..POLISH {
            let moved = near(round, &point);
            if let Some(candidate) = candidate(round, process, moved) {
                let gained = gain(&candidate);
                if gained > most {
                    (most, point) = (gained, candidate.point);
                }
            }
        }
        if round.claim(&point) {
            return Some(point);
        }
        order.into_iter().find(|(_, candidate)| round.claim(&candidate.point)).map(|(_, c)| c.point.clone())
    }
}

impl Learner for Bayesian {
    fn propose(&mut self, round: &mut Round<'_>) -> Vec<Point> {
        let first = self.batch.max(2 * (round.space.axes().len() + 1));
        if self.history.is_empty() {
            return founders(round, &self.start, first);
        }
        let (mut process, best) = self.process(round.space);
        let mut candidates = self.candidates(round, &process);
        let mut proposed = Vec::with_capacity(self.batch);
        while proposed.len() < self.batch {
            let picked = Bayesian::pick(round, &process, &candidates, best);
            let Some(point) = picked.or_else(|| round.claim_random()) else { break };
            let point = round.space.snap(&point);
            process.see(&point, best);
            for candidate in &mut candidates {
                process.update(&mut candidate.belief, &candidate.point);
            }
            proposed.push(point);
        }
        proposed
    }

    fn learn(&mut self, space: &Space, scored: Vec<(Point, Score)>) {
        self.history.extend(scored.into_iter().map(|(point, score)| (space.snap(&point), score)));
    }
}

/// The candidate at a point, if the constraint allows it.
fn candidate(round: &Round<'_>, process: &Process, point: Point) -> Option<Candidate> {
    let point = round.space.snap(&point);
    round.allows(&point).then(|| Candidate { belief: process.belief(&point), point })
}

/// A point near another: about two axes changed, each by a random share, or by at least a step.
fn near(round: &mut Round<'_>, from: &[f64]) -> Point {
    let rng = &mut round.rng;
    let mut point = from.to_vec();
    let always = rng.below(point.len() as u64) as usize;
    let chance = 2.0 / point.len() as f64;
    let spread = libm::pow(10.0, NARROWEST + (WIDEST - NARROWEST) * rng.uniform());
    for (i, axis) in round.space.axes().iter().enumerate() {
        if i != always && rng.uniform() >= chance {
            continue;
        }
        if axis.is_ordered() {
            let least = axis.count().map_or(0.0, |count| 1.0 / count as f64);
            point[i] = (point[i] + spread.max(least) * normal::draw(rng)).clamp(0.0, 1.0);
        } else {
            point[i] = rng.uniform();
        }
    }
    point
}

/// The improvement over the best that is to be expected of a normal belief (J. Mockus, 1975; D. Jones,
/// M. Schonlau and W. Welch, "Efficient Global Optimization", 1998).
fn expected_improvement((mean, deviation): (f64, f64), best: f64) -> f64 {
    if deviation <= 0.0 {
        return 0.0;
    }
    let z = (mean - best) / deviation;
    deviation * (z * normal::cumulative(z) + normal::density(z))
}

/// Scores as values for the process: mean 0, spread 1.
///
/// What lies further below the median than the best lies above it is drawn in, so that a few terrible trials
/// do not hide what distinguishes the good ones. An infeasible trial stands below the worst feasible one, the
/// lower the larger its violation, and a failed one below these.
fn levels(scores: &[&Score]) -> Vec<f64> {
    let mut feasible: Vec<f64> = scores.iter().filter_map(|score| score.value()).collect();
    feasible.sort_by(f64::total_cmp);
    let best = feasible.last().copied().unwrap_or(0.0);
    let median = feasible.get(feasible.len() / 2).copied().unwrap_or(0.0);
    let reach = if best > median { best - median } else { 1.0 };
    let floor = median - reach;
    let drawn_in = |x: f64| {
        let below = ((floor - x) / reach).max(0.0);
        if x < floor { floor - reach * libm::log1p(below) } else { x }
    };
    let worst = feasible.first().map_or(0.0, |x| drawn_in(*x));
    let values: Vec<f64> = scores
        .iter()
        .map(|score| match score {
            Score::Feasible(_) => drawn_in(score.value().unwrap_or(worst)),
            Score::Infeasible(violation) => worst - 0.5 * reach * (2.0 - 1.0 / (1.0 + violation.max(0.0))),
            Score::Failed => worst - 1.5 * reach,
        })
        .collect();
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let spread = libm::sqrt(values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n).max(1e-300);
    values.iter().map(|x| (x - mean) / spread).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expected_improvement_is_as_by_hand() {
        // At the best, one deviation wide: density(0) = 1 / sqrt(2 pi).
        assert!((expected_improvement((0.0, 1.0), 0.0) - 0.398_942_280_401_432_7).abs() < 1e-12);
        // z = 1: cumulative(1) + density(1), times the deviation.
        let expected = 2.0 * (0.841_344_746_068_542_9 + 0.241_970_724_519_143_37);
        assert!((expected_improvement((3.0, 2.0), 1.0) - expected).abs() < 1e-12);
        assert!(expected_improvement((5.0, 0.0), 1.0).abs() < 1e-12);
    }

    #[test]
    fn levels_keep_the_order_of_the_scores() {
        let falling = [
            Score::Feasible(vec![3.0]),
            Score::Feasible(vec![2.0]),
            Score::Feasible(vec![-1e6]),
            Score::Feasible(vec![-1e9]),
            Score::Infeasible(0.1),
            Score::Infeasible(f64::INFINITY),
            Score::Failed,
        ];
        let levels = levels(&falling.iter().collect::<Vec<_>>());
        assert!(levels.windows(2).all(|pair| pair[0] > pair[1]), "{levels:?}");
        assert!(levels[0] - levels[1] > 0.01, "the best are told apart: {levels:?}");
    }
}
