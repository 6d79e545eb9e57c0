//! Particle swarm: points that fly towards the best that they and their swarm have seen.
//!
//! The update and its constants are those of M. Clerc's standard PSO 2006, which argmin's solver has too. That
//! solver is not used: it takes its first random numbers from the operating system, and its generator is a
//! trait of the crate `rand`, so that the trials of a seed would depend on a version that is not ours.

use wb_core::Rng;

use crate::rounds::{Learner, Round};
use crate::variation::founders;
use crate::{Point, Score, Space};

/// How much of its velocity a particle keeps: `1 / (2 ln 2)`.
const INERTIA: f64 = 0.721_347_520_444_481_7;

/// The most that a particle is drawn to a best point, as a multiple of the distance: `1/2 + ln 2`.
const PULL: f64 = 1.193_147_180_559_945_3;

struct Particle {
    place: Point,
    velocity: Vec<f64>,
    best: Point,
    best_score: Score,
}

/// A swarm of constant size, begun anew at random places when it has come to rest.
pub(crate) struct ParticleSwarm {
    size: usize,
    start: Point,
    swarm: Vec<Particle>,
}

impl ParticleSwarm {
    pub(crate) fn new(size: usize, start: Point) -> ParticleSwarm {
        ParticleSwarm { size, start, swarm: Vec::new() }
    }
}

impl Learner for ParticleSwarm {
    fn propose(&mut self, round: &mut Round<'_>) -> Vec<Point> {
        match self.swarm.iter().max_by(|a, b| a.best_score.compare(&b.best_score)) {
            None => {
                let places = founders(round, &self.start, self.size);
                self.swarm = places.into_iter().map(|place| Particle::new(place, &mut round.rng)).collect();
            }
            Some(leader) => {
                let goal = leader.best.clone();
                for particle in &mut self.swarm {
                    particle.fly(&goal, &mut round.rng);
                }
            }
        }
        self.swarm.iter().map(|particle| particle.place.clone()).collect()
    }

    fn learn(&mut self, space: &Space, scored: Vec<(Point, Score)>) {
        for (particle, (place, score)) in self.swarm.iter_mut().zip(scored) {
            if score.compare(&particle.best_score).is_gt() {
                particle.best = place;
                particle.best_score = score;
            }
        }
        if self.swarm.iter().all(|particle| particle.is_at_rest(space)) {
            self.swarm.clear();
        }
    }
}

impl Particle {
    fn new(place: Point, rng: &mut Rng) -> Particle {
        let velocity = place.iter().map(|x| (rng.uniform() - x) / 2.0).collect();
        Particle { best: place.clone(), place, velocity, best_score: Score::Failed }
    }

    fn is_at_rest(&self, space: &Space) -> bool {
        let moves = self.place.iter().zip(&self.best).zip(&self.velocity);
        moves.zip(space.axes()).all(|(((x, best), velocity), axis)| {
            (x - best).abs() < axis.grain() && velocity.abs() < axis.grain()
        })
    }

    fn fly(&mut self, goal: &[f64], rng: &mut Rng) {
        for (i, place) in self.place.iter_mut().enumerate() {
            let own = PULL * rng.uniform() * (self.best[i] - *place);
            let common = PULL * rng.uniform() * (goal[i] - *place);
            self.velocity[i] = INERTIA * self.velocity[i] + own + common;
            let flown = *place + self.velocity[i];
            *place = flown.clamp(0.0, 1.0);
            if !(0.0..=1.0).contains(&flown) {
                self.velocity[i] = 0.0;
            }
        }
    }
}
