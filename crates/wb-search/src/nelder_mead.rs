//! Nelder–Mead: a simplex that walks downhill, by argmin.
//!
//! argmin's solver calls the cost function itself. Here the function knows only the scores told so far: an
//! iteration that needs another is undone, the point is asked for, and the iteration is run again with the
//! answer. The solver is deterministic, so nothing is lost.
//!
//! The cube is continued by its mirror images, so that a simplex may step over a bound. Words are taken in the
//! order of their list, which has no meaning: a space of many words is better left to another method.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;

use argmin::core::{CostFunction, Error, IterState, Problem, Solver};
use argmin::solver::neldermead::NelderMead;
use argmin_math::{ArgminAdd, ArgminMul, ArgminSub};

use crate::rounds::{Learner, Round};
use crate::{Axis, Point, Score, Space};

/// First edge of a simplex, as a share of each axis.
const FIRST_EDGE: f64 = 0.1;

/// First edge along an axis of steps, in steps, where that is longer.
const FIRST_STEPS: f64 = 1.5;

/// Iterations for each vertex that may pass without a new best.
const PATIENCE: usize = 5;

/// Cost of a violated constraint, and of a failure: above that of any feasible trial.
const INFEASIBLE: f64 = 1e200;
const FAILED: f64 = 1e250;

/// Simplexes that walk side by side, each begun anew from a random point when it has come to rest.
pub(crate) struct Simplexes {
    start: Option<Point>,
    simplexes: Vec<Option<Simplex>>,
}

impl Simplexes {
    /// So many at once, the first from `start`.
    pub(crate) fn new(size: usize, start: Point) -> Simplexes {
        Simplexes { start: Some(start), simplexes: (0..size).map(|_| None).collect() }
    }
}

impl Learner for Simplexes {
    fn propose(&mut self, round: &mut Round<'_>) -> Vec<Point> {
        for place in &mut self.simplexes {
            if place.is_none() {
                *place =
                    self.start.take().or_else(|| round.claim_random()).map(|s| Simplex::new(round.space, s));
            }
        }
        self.simplexes
            .iter()
            .flatten()
            .flat_map(|simplex| simplex.wanted.iter().map(Vertex::folded))
            .collect()
    }

    fn learn(&mut self, space: &Space, scored: Vec<(Point, Score)>) {
        let mut scored = scored.into_iter();
        for place in &mut self.simplexes {
            if let Some(simplex) = place {
                let wanted = simplex.wanted.len();
                let costs = scored.by_ref().take(wanted).map(|(_, score)| cost(&score)).collect();
                if simplex.walk(space, costs).is_resting() {
                    *place = None;
                }
            }
        }
    }
}

/// What argmin minimises: in the order of [`Score::compare`], the better the lower.
fn cost(score: &Score) -> f64 {
    match score {
        Score::Feasible(_) => -score.value().unwrap_or(0.0).clamp(-INFEASIBLE / 2.0, INFEASIBLE / 2.0),
        // From one to two times the constant, the whole for a violation without bound.
        Score::Infeasible(violation) => INFEASIBLE * (2.0 - 1.0 / (1.0 + violation.max(0.0))),
        Score::Failed => FAILED,
    }
}

type State = IterState<Vertex, (), (), (), (), f64>;

/// One simplex on its way.
struct Simplex {
    solver: NelderMead<Vertex, f64>,
    /// `None` before the costs of the first vertices are known.
    state: Option<State>,
    vertices: usize,
    /// Costs told since the last whole iteration.
    known: BTreeMap<Vec<u64>, f64>,
    /// Points whose costs the next iteration needs.
    wanted: Vec<Vertex>,
    iterations_without_gain: usize,
}

#[derive(PartialEq)]
enum Walk {
    OnItsWay,
    Resting,
}

impl Walk {
    fn is_resting(&self) -> bool {
        *self == Walk::Resting
    }
}

impl Simplex {
    fn new(space: &Space, start: Point) -> Simplex {
        let mut vertices = vec![Vertex(start.clone())];
        for (i, axis) in space.axes().iter().enumerate() {
            let edge = axis.count().map_or(FIRST_EDGE, |count| FIRST_EDGE.max(FIRST_STEPS / count as f64));
            let mut vertex = start.clone();
            vertex[i] += if start[i] < 0.5 { edge } else { -edge };
            vertices.push(Vertex(vertex));
        }
        Simplex {
            solver: NelderMead::new(vertices.clone()),
            state: None,
            vertices: vertices.len(),
            known: BTreeMap::new(),
            wanted: vertices,
            iterations_without_gain: 0,
        }
    }

    /// Takes in the costs of the points wanted, and walks until other points are.
    fn walk(&mut self, space: &Space, costs: Vec<f64>) -> Walk {
        for (vertex, cost) in self.wanted.drain(..).zip(costs) {
            self.known.insert(vertex.key(), cost);
        }
        loop {
            let mut problem = Problem::new(Told { costs: &self.known, missing: RefCell::new(None) });
            let mut solver = self.solver.clone();
            let step = match &self.state {
                None => solver.init(&mut problem, State::default()),
                Some(state) => solver.next_iter(&mut problem, state.clone()),
            };
            let Ok((state, _)) = step else {
                self.wanted.extend(problem.take_problem().and_then(|told| told.missing.into_inner()));
                return if self.wanted.is_empty() { Walk::Resting } else { Walk::OnItsWay };
            };
            let gained = self.state.as_ref().is_none_or(|before| state.cost < before.cost);
            self.iterations_without_gain = if gained { 0 } else { self.iterations_without_gain + 1 };
            let is_flat = Solver::<Told<'_>, State>::terminate(&mut solver, &state).terminated();
            let is_hopeless = state.cost >= 2.0 * INFEASIBLE;
            let is_over = is_flat
                || is_hopeless
                || self.is_small(space, &state)
                || self.iterations_without_gain > PATIENCE * self.vertices;
            if is_over {
                return Walk::Resting;
            }
            self.solver = solver;
            self.state = Some(state);
            self.known.clear();
        }
    }

    /// Whether all that the last iteration looked at lies next to the best vertex.
    fn is_small(&self, space: &Space, state: &State) -> bool {
        let Some(best) = &state.param else { return false };
        self.known.keys().all(|key| {
            let near =
                |((bits, x), axis): ((&u64, &f64), &Axis)| (f64::from_bits(*bits) - x).abs() < axis.grain();
            key.iter().zip(&best.0).zip(space.axes()).all(near)
        })
    }
}

/// The cost function, as far as it was told.
struct Told<'a> {
    costs: &'a BTreeMap<Vec<u64>, f64>,
    /// The point whose cost was asked for and is not known.
    missing: RefCell<Option<Vertex>>,
}

impl CostFunction for Told<'_> {
    type Param = Vertex;
    type Output = f64;

    fn cost(&self, vertex: &Vertex) -> Result<f64, Error> {
        self.costs.get(&vertex.key()).copied().ok_or_else(|| {
            self.missing.replace(Some(vertex.clone()));
            NotTold.into()
        })
    }
}

/// The cost of a point is not known yet.
#[derive(Debug)]
struct NotTold;

impl fmt::Display for NotTold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the cost of a point is not known yet")
    }
}

impl std::error::Error for NotTold {}

/// A corner of a simplex, anywhere in the cube or its mirror images.
#[derive(Clone, Debug, PartialEq, Default)]
struct Vertex(Vec<f64>);

impl Vertex {
    fn key(&self) -> Vec<u64> {
        self.0.iter().map(|x| x.to_bits()).collect()
    }

    /// The point of the cube that is its image.
    fn folded(&self) -> Point {
        self.0
            .iter()
            .map(|x| {
                let x = x.rem_euclid(2.0);
                if x > 1.0 { 2.0 - x } else { x }
            })
            .collect()
    }
}

impl ArgminAdd<Vertex, Vertex> for Vertex {
    fn add(&self, other: &Vertex) -> Vertex {
        Vertex(self.0.iter().zip(&other.0).map(|(a, b)| a + b).collect())
    }
}

impl ArgminSub<Vertex, Vertex> for Vertex {
    fn sub(&self, other: &Vertex) -> Vertex {
        Vertex(self.0.iter().zip(&other.0).map(|(a, b)| a - b).collect())
    }
}

impl ArgminMul<f64, Vertex> for Vertex {
    fn mul(&self, factor: &f64) -> Vertex {
        Vertex(self.0.iter().map(|a| a * factor).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costs_are_in_the_order_of_the_scores() {
        let falling = [
            Score::Feasible(vec![5.0]),
            Score::Feasible(vec![-1e90]),
            Score::Infeasible(0.1),
            Score::Infeasible(1e9),
            Score::Failed,
        ];
        for pair in falling.windows(2) {
            assert!(pair[0].compare(&pair[1]).is_gt() && cost(&pair[0]) < cost(&pair[1]), "{pair:?}");
        }
    }

    #[test]
    fn a_vertex_beyond_a_bound_is_the_point_mirrored_at_it() {
        let folded = Vertex(vec![-0.25, 1.25, 2.5, 0.5]).folded();
        assert_eq!(folded, [0.25, 0.75, 0.5, 0.5]);
    }
}
