//! The genetic algorithm: tournaments, crossover, mutation, and the best are kept.
//!
//! The crate `genetic_algorithm` calls the fitness function itself and draws from the crate `rand`, so that
//! neither a sweep could run the trials nor a seed keep them.

use crate::rounds::{Learner, Round};
use crate::variation::{children, founders};
use crate::{Point, Score, Space};

/// One objective, one population.
///
/// Each round breeds as many children as the population has members, none of them tried before. Of parents and
/// children the better half lives on, so the best found is never lost.
pub(crate) struct Genetic {
    size: usize,
    start: Point,
    /// Best first.
    population: Vec<(Point, Score)>,
}

impl Genetic {
    pub(crate) fn new(size: usize, start: Point) -> Genetic {
        Genetic { size, start, population: Vec::new() }
    }
}

impl Learner for Genetic {
    fn propose(&mut self, round: &mut Round<'_>) -> Vec<Point> {
        let population = &self.population;
        if population.is_empty() {
            return founders(round, &self.start, self.size);
        }
        let members = population.len() as u64;
        // The population is in order: of two drawn, the one that stands first is the better.
        children(round, self.size, |rng| {
            let at = rng.below(members).min(rng.below(members));
            &population[at as usize].0
        })
    }

    fn learn(&mut self, _: &Space, scored: Vec<(Point, Score)>) {
        self.population.extend(scored);
        self.population.sort_by(|a, b| b.1.compare(&a.1));
        self.population.truncate(self.size);
    }
}
