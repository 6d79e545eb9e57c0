//! The table of methods, and the searcher that each makes.

use wb_core::ParamSet;

use crate::bayesian::Bayesian;
use crate::cma_es::CmaEs;
use crate::genetic::Genetic;
use crate::grid::Grid;
use crate::nelder_mead::Simplexes;
use crate::nsga2::Nsga2;
use crate::particle_swarm::ParticleSwarm;
use crate::random::Random;
use crate::rounds::{Learner, Rounds};
use crate::sobol::{MAX_AXES, Sobol};
use crate::unguided::Unguided;
use crate::{SearchError, Searcher, Space};

/// A method of search.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Method {
    /// Every combination, or a coarser grid.
    Grid,
    /// Combinations drawn at random.
    Random,
    /// A sequence that fills the space evenly.
    Sobol,
    /// A genetic algorithm.
    Genetic,
    /// A genetic algorithm for several objectives.
    Nsga2,
    /// A Gaussian process with expected improvement.
    Bayesian,
    /// A covariance matrix that adapts.
    CmaEs,
    /// A simplex.
    NelderMead,
    /// A particle swarm.
    ParticleSwarm,
}

/// A line of the table of methods.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct MethodEntry {
    /// The method.
    pub method: Method,
    /// What the user writes.
    pub name: &'static str,
    /// What it does, in a line.
    pub doc: &'static str,
    /// Whether it takes several objectives.
    pub several_objectives: bool,
    /// The smallest population; 0 for a method that has no rounds.
    least_population: usize,
}

const fn entry(
    method: Method,
    name: &'static str,
    doc: &'static str,
    least_population: usize,
) -> MethodEntry {
    let several_objectives = matches!(method, Method::Grid | Method::Random | Method::Sobol | Method::Nsga2);
    MethodEntry { method, name, doc, several_objectives, least_population }
}

/// Every method, in the order in which they are listed to users.
pub const METHODS: &[MethodEntry] = &[
    entry(
        Method::Grid,
        "grid",
        "every combination; with a number of trials, a coarser grid of at most so many",
        0,
    ),
    entry(Method::Random, "random", "combinations drawn at random, none twice", 0),
    entry(Method::Sobol, "sobol", "a sequence that fills the space evenly", 0),
    entry(Method::Genetic, "genetic", "tournaments, crossover and mutation; for rugged and mixed spaces", 4),
    entry(Method::Nsga2, "nsga2", "the front of several objectives (NSGA-II)", 4),
    entry(Method::Bayesian, "bayesian", "a Gaussian process with expected improvement; for few trials", 1),
    entry(
        Method::CmaEs,
        "cma-es",
        "a normal distribution that learns directions; for numbers that act together",
        4,
    ),
    entry(Method::NelderMead, "nelder-mead", "a simplex that walks uphill from the start; local", 1),
    entry(
        Method::ParticleSwarm,
        "particle-swarm",
        "points that fly towards the best seen; local at the end",
        2,
    ),
];

impl Method {
    /// The method of this name.
    ///
    /// # Errors
    /// If there is none; the error lists those there are.
    pub fn named(name: &str) -> Result<Method, SearchError> {
        METHODS.iter().find(|entry| entry.name == name).map(|entry| entry.method).ok_or_else(|| {
            let known = METHODS.iter().map(|entry| entry.name).collect();
            SearchError::UnknownMethod { name: name.to_string(), known }
        })
    }

    /// Its line of the table.
    pub fn entry(self) -> &'static MethodEntry {
        METHODS.iter().find(|entry| entry.method == self).expect("every method has a line in the table")
    }
}

/// What a search is told beside its method and its space.
#[derive(Clone, PartialEq, Debug)]
pub struct SearchOptions {
    /// Trials to make; absent, a grid makes all and every other method refuses.
    pub trials: Option<u64>,
    /// What all randomness comes from.
    pub seed: u64,
    /// How many figures a feasible score has.
    pub objectives: usize,
    /// Trials of a round, of a method that learns: a population, a swarm, a batch; of Nelder–Mead, simplexes
    /// side by side. Absent: what the method takes for a space of that many parameters. It is never taken from
    /// the machine, since the trials depend on it.
    pub population: Option<usize>,
    /// Parameters at which a method that learns begins; those absent begin at the strategy's defaults.
    pub start: ParamSet,
}

impl Default for SearchOptions {
    fn default() -> SearchOptions {
        SearchOptions { trials: None, seed: 0, objectives: 1, population: None, start: ParamSet::new() }
    }
}

/// The searcher of a method.
///
/// # Errors
/// If nothing varies, the space's constraint allows nothing, or the method cannot do what the options say.
pub fn searcher(
    method: Method,
    space: &Space,
    options: &SearchOptions,
) -> Result<Box<dyn Searcher>, SearchError> {
    check(method.entry(), space, options)?;
    let name = method.entry().name;
    let trials = options.trials.ok_or(SearchError::TrialsNeeded { method: name });
    let (seed, start) = (options.seed, space.encode(&options.start));
    let size = population(method, space, options)?;
    let space = space.clone();
    Ok(match method {
        Method::Grid => Box::new(Unguided::new(Grid::new(space, options.trials)?, u64::MAX)),
        Method::Random => Box::new(Unguided::new(Random::new(space, seed), trials?)),
        Method::Sobol => Box::new(Unguided::new(Sobol::new(space, seed), trials?)),
        Method::Genetic => rounds(space, Genetic::new(size, start), options, trials?),
        Method::Nsga2 => rounds(space, Nsga2::new(size, start), options, trials?),
        Method::Bayesian => rounds(space, Bayesian::new(size, start), options, trials?),
        Method::CmaEs => rounds(space, CmaEs::new(size, start), options, trials?),
        Method::NelderMead => rounds(space, Simplexes::new(size, start), options, trials?),
        Method::ParticleSwarm => rounds(space, ParticleSwarm::new(size, start), options, trials?),
    })
}

fn rounds(
    space: Space,
    learner: impl Learner + 'static,
    options: &SearchOptions,
    trials: u64,
) -> Box<dyn Searcher> {
    Box::new(Rounds::new(space, learner, options.seed, trials, options.objectives))
}

fn check(entry: &MethodEntry, space: &Space, options: &SearchOptions) -> Result<(), SearchError> {
    let method = entry.name;
    if options.objectives > 1 && !entry.several_objectives {
        return Err(SearchError::OneObjective { method, objectives: options.objectives });
    }
    if options.trials == Some(0) {
        return Err(SearchError::NoTrials);
    }
    let count = space.axes().len();
    if entry.method == Method::Sobol && count > MAX_AXES {
        return Err(SearchError::TooManyParameters { method, count, limit: MAX_AXES });
    }
    space.check()
}

/// Trials of a round: as the options say, or what the literature takes for so many axes.
fn population(method: Method, space: &Space, options: &SearchOptions) -> Result<usize, SearchError> {
    let MethodEntry { name, least_population: least, .. } = *method.entry();
    if let Some(population) = options.population {
        return if population < least {
            Err(SearchError::PopulationTooSmall { method: name, population, least })
        } else {
            Ok(population)
        };
    }
    let axes = space.axes().len();
    Ok(match method {
        Method::Genetic | Method::Nsga2 => (10 * axes).clamp(20, 100),
        Method::Bayesian => 8,
        // N. Hansen's tutorial, equation 48.
        Method::CmaEs => 4 + (3.0 * libm::log(axes as f64)) as usize,
        // M. Clerc's standard PSO 2006.
        Method::ParticleSwarm => 10 + (2.0 * libm::sqrt(axes as f64)) as usize,
        Method::NelderMead | Method::Grid | Method::Random | Method::Sobol => 1,
    })
}

#[cfg(test)]
mod tests;
