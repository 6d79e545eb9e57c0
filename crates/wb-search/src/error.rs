//! Why a search was refused.

use std::fmt;

use wb_core::ParamError;

/// Why a search was refused: each names what is wrong and what would be right.
#[derive(Clone, PartialEq, Debug)]
pub enum SearchError {
    /// The strategy has no parameter of that name.
    UnknownParameter {
        /// The name given.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// A parameter is given twice.
    NarrowedTwice {
        /// The parameter.
        name: String,
    },
    /// A value of the wrong kind, or outside of what the strategy declares.
    Value(ParamError),
    /// A range whose smallest value is above its largest.
    EmptyRange {
        /// The parameter.
        name: String,
        /// Smallest, as given.
        min: String,
        /// Largest, as given.
        max: String,
    },
    /// An empty list of values.
    NoValues {
        /// The parameter.
        name: String,
    },
    /// A range for a parameter that is no number.
    NoRange {
        /// The parameter.
        name: String,
        /// What it takes.
        kind: String,
    },
    /// A step that is not above zero, not whole where it must be, or finer than 18 digits.
    BadStep {
        /// The parameter.
        name: String,
        /// The step given.
        step: String,
    },
    /// Every parameter is fixed.
    NothingVaries,
    /// The constraint between the parameters allows no combination.
    NothingAllowed {
        /// Combinations looked at.
        tried: u128,
        /// Combinations there are; `None` where they cannot be counted.
        of: Option<u128>,
    },
    /// No method of that name.
    UnknownMethod {
        /// The name given.
        name: String,
        /// The names there are.
        known: Vec<&'static str>,
    },
    /// A grid over every number of an interval, without a number of trials.
    EndlessGrid {
        /// The first parameter without a step.
        name: String,
    },
    /// A grid of more combinations than are run without being told so.
    GridTooLarge {
        /// Combinations, `None` where they pass 2^128.
        size: Option<u128>,
        /// How many are run without being told so.
        limit: u64,
    },
    /// Fewer trials than the lists of a grid have combinations.
    GridTooCoarse {
        /// Trials asked for.
        trials: u64,
        /// Combinations of the values that cannot be left out.
        needed: u128,
    },
    /// A method that needs to be told how many trials to make.
    TrialsNeeded {
        /// The method.
        method: &'static str,
    },
    /// No trials were asked for.
    NoTrials,
    /// Several objectives for a method that takes one.
    OneObjective {
        /// The method.
        method: &'static str,
        /// How many objectives were given.
        objectives: usize,
    },
    /// More varying parameters than the method can take.
    TooManyParameters {
        /// The method.
        method: &'static str,
        /// How many vary.
        count: usize,
        /// How many it takes.
        limit: usize,
    },
    /// A population too small for the method.
    PopulationTooSmall {
        /// The method.
        method: &'static str,
        /// The population given.
        population: usize,
        /// The smallest it takes.
        least: usize,
    },
}

impl From<ParamError> for SearchError {
    fn from(error: ParamError) -> SearchError {
        SearchError::Value(error)
    }
}

impl fmt::Display for SearchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SearchError::UnknownParameter { name, known } => {
                write!(f, "no parameter `{name}`; there are {}", known.join(", "))
            }
            SearchError::NarrowedTwice { name } => write!(f, "parameter `{name}` is given twice"),
            SearchError::Value(error) => error.fmt(f),
            SearchError::EmptyRange { name, min, max } => {
                write!(f, "the range of `{name}` is empty: {min} is above {max}")
            }
            SearchError::NoValues { name } => write!(f, "the list of values of `{name}` is empty"),
            SearchError::NoRange { name, kind } => {
                write!(f, "parameter `{name}` has no range, it is {kind}: give a list of values")
            }
            SearchError::BadStep { name, step } => write!(
                f,
                "the step {step} of `{name}` is not above zero, not whole where it must be, or has more than \
                 18 digits"
            ),
            SearchError::NothingVaries => f.write_str("every parameter is fixed: there is nothing to search"),
            SearchError::NothingAllowed { tried, of } => {
                write!(f, "none of {tried} combinations")?;
                if let Some(size) = of.filter(|size| size > tried) {
                    write!(f, " (of {size})")?;
                }
                f.write_str(" satisfies the conditions between the parameters")
            }
            SearchError::UnknownMethod { name, known } => {
                write!(f, "no search method `{name}`; there are {}", known.join(", "))
            }
            SearchError::EndlessGrid { name } => {
                write!(f, "a grid over `{name}` needs a step, or a number of trials")
            }
            SearchError::GridTooLarge { size, limit } => {
                match size {
                    Some(size) => write!(f, "the grid has {size} combinations")?,
                    None => f.write_str("the grid has more than 2^128 combinations")?,
                }
                write!(f, "; above {limit} a number of trials must be given")
            }
            SearchError::GridTooCoarse { trials, needed } => write!(
                f,
                "{trials} trials do not cover the {needed} combinations of the values that are listed one by one"
            ),
            SearchError::TrialsNeeded { method } => {
                write!(f, "the method {method} needs a number of trials")
            }
            SearchError::NoTrials => f.write_str("a search of 0 trials finds nothing"),
            SearchError::OneObjective { method, objectives } => {
                write!(f, "the method {method} takes one objective, not {objectives}")
            }
            SearchError::TooManyParameters { method, count, limit } => {
                write!(f, "the method {method} varies at most {limit} parameters, not {count}")
            }
            SearchError::PopulationTooSmall { method, population, least } => {
                write!(f, "the method {method} needs a population of at least {least}, not {population}")
            }
        }
    }
}

impl std::error::Error for SearchError {}
