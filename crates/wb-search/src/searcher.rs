//! The one interface of all methods: ask for trials, tell their scores.

use wb_core::ParamSet;

use crate::Scored;

/// A place in the unit cube, one coordinate for each axis of a space.
pub type Point = Vec<f64>;

/// A combination of parameters to be tried.
#[derive(Clone, PartialEq, Debug)]
pub struct Trial {
    /// Its number, from 0 without a gap.
    pub number: u64,
    /// Every parameter of the strategy.
    pub params: ParamSet,
}

/// A method of search. It never runs a trial itself.
///
/// The trials of a seed are the same whatever `max` each call of [`Searcher::ask`] has: a method that learns
/// proposes rounds of a size that its options fix, hands them out in pieces, and proposes the next when it has
/// been told of all of the last.
///
/// A search is resumed by telling a new searcher of the same seed what an earlier one was told, in the same
/// order and with no need to ask first: it then continues as the earlier one would have.
pub trait Searcher: Send {
    /// The next trials, at most `max`. None come while the method waits for scores, or when it is done.
    fn ask(&mut self, max: usize) -> Vec<Trial>;

    /// Takes in scores, in the order of the trials' numbers, each once.
    ///
    /// # Panics
    /// If a number is not the next.
    fn tell(&mut self, scored: &[Scored]);

    /// Whether no further trial will come.
    fn is_done(&self) -> bool;
}
