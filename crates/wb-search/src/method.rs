//! The table of methods, and the searcher that each makes.

use crate::grid::Grid;
use crate::random::Random;
use crate::unguided::Unguided;
use crate::{SearchError, Searcher, Space};

/// A method of search.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Method {
    /// Every combination, or a coarser grid.
    Grid,
    /// Combinations drawn at random.
    Random,
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
}

/// Every method, in the order in which they are listed to users.
pub const METHODS: &[MethodEntry] = &[
    MethodEntry {
        method: Method::Grid,
        name: "grid",
        doc: "every combination; with a number of trials, a coarser grid of at most so many",
        several_objectives: true,
    },
    MethodEntry {
        method: Method::Random,
        name: "random",
        doc: "combinations drawn at random, none twice",
        several_objectives: true,
    },
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
}

impl Default for SearchOptions {
    fn default() -> SearchOptions {
        SearchOptions { trials: None, seed: 0, objectives: 1 }
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
    let entry = method.entry();
    if options.objectives > 1 && !entry.several_objectives {
        return Err(SearchError::OneObjective { method: entry.name, objectives: options.objectives });
    }
    if options.trials == Some(0) {
        return Err(SearchError::NoTrials);
    }
    space.check()?;
    let trials = options.trials.ok_or(SearchError::TrialsNeeded { method: entry.name });
    Ok(match method {
        Method::Grid => {
            Box::new(Unguided::new(space.clone(), Grid::new(space.clone(), options.trials)?, u64::MAX))
        }
        Method::Random => {
            Box::new(Unguided::new(space.clone(), Random::new(space.clone(), options.seed), trials?))
        }
    })
}

#[cfg(test)]
mod tests;
