//! Search over a strategy's parameters: ask for trials, tell their scores.
//!
//! A [`Space`] is what a strategy declares of its parameters, narrowed. A [`Searcher`] proposes [`Trial`]s of
//! it and learns from their [`Score`]s; it never runs one. [`METHODS`] is the table of methods, [`searcher`]
//! makes one. Scores are compared as K. Deb proposed (2000): a feasible trial beats an infeasible one,
//! the smaller violation the larger, and whatever has figures a trial that failed.
//!
//! The simplex is argmin's, stepped by hand since its solvers call the cost function themselves; the module of
//! every other method says why it is written here.
//!
//! Pure: randomness comes from a seed, and the trials of a seed are the same on any machine, whatever the
//! number of threads that run them.

mod axis;
mod bayesian;
mod cma_es;
mod error;
mod gaussian_process;
mod genetic;
mod grid;
mod linear_algebra;
mod method;
mod narrow;
mod nelder_mead;
mod normal;
mod nsga2;
mod particle_swarm;
mod random;
mod rounds;
mod score;
mod searcher;
mod sobol;
mod space;
mod unguided;
mod variation;

pub use axis::Axis;
pub use error::SearchError;
pub use grid::GRID_LIMIT;
pub use method::{METHODS, Method, MethodEntry, SearchOptions, searcher};
pub use narrow::Narrow;
pub use score::{Score, Scored};
pub use searcher::{Point, Searcher, Trial};
pub use space::Space;

#[cfg(test)]
mod sample;

#[cfg(test)]
mod standard;
