//! Search that learns: rounds of points, each proposed when the scores of the last are in.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use wb_core::Rng;

use crate::{Point, Score, Scored, Searcher, Space, Trial};

/// Rounds in a row that may hold nothing new before the search is over.
const MAX_IDLE_ROUNDS: u32 = 1_000;

/// Points drawn at random before the combinations are walked for a new one.
const DRAWS: u32 = 64;

/// Combinations walked in search of a new one.
const WALK: u128 = 10_000;

/// A method that learns: proposes a round, and is told all of it at once.
pub(crate) trait Learner: Send {
    /// The points of the next round; none when the method is at its end.
    fn propose(&mut self, round: &mut Round<'_>) -> Vec<Point>;

    /// The points of the last round with their scores.
    fn learn(&mut self, space: &Space, scored: Vec<(Point, Score)>);
}

/// The parameters that a point stands for, as a key.
type Key = Box<[u64]>;

fn key(space: &Space, point: &[f64]) -> Key {
    space.snap(point).iter().map(|place| place.to_bits()).collect()
}

/// What a method may use to propose a round.
pub(crate) struct Round<'a> {
    pub(crate) space: &'a Space,
    /// Randomness of this round alone.
    pub(crate) rng: Rng,
    tried: &'a BTreeMap<Key, Option<Score>>,
    claimed: BTreeSet<Key>,
}

impl Round<'_> {
    /// Whether the space's constraint allows the point.
    pub(crate) fn allows(&self, point: &[f64]) -> bool {
        self.space.allows(&self.space.decode(point))
    }

    /// Takes a point for this round if it is allowed and was neither tried nor taken before.
    pub(crate) fn claim(&mut self, point: &[f64]) -> bool {
        let key = key(self.space, point);
        !self.tried.contains_key(&key) && self.allows(point) && self.claimed.insert(key)
    }

    /// Takes a random point that is new; `None` where none is found.
    pub(crate) fn claim_random(&mut self) -> Option<Point> {
        for _ in 0..DRAWS {
            let point = self.space.random_point(&mut self.rng);
            if self.claim(&point) {
                return Some(point);
            }
        }
        let size = self.space.size()?;
        let from = (self.rng.uniform() * size as f64) as u128;
        for i in 0..WALK.min(size) {
            let index = (from % size + i) % size;
            let point = self.space.encode(&self.space.combination(index));
            if self.claim(&point) {
                return Some(point);
            }
        }
        None
    }
}

/// What becomes of a point.
enum Place {
    /// The space's constraint refuses it: it is told as infeasible and costs no trial.
    Refused,
    /// It was tried, or is being tried.
    Tried(Key),
}

/// Runs a learner in rounds. A point whose parameters were tried before costs no trial: its score is known.
pub(crate) struct Rounds<L> {
    space: Space,
    learner: L,
    seed: u64,
    objectives: usize,
    round: u64,
    /// The points of the round that is under way.
    places: Vec<(Point, Place)>,
    /// Every combination met, with its score once it is told.
    tried: BTreeMap<Key, Option<Score>>,
    /// Trials of this round still to be handed out.
    ready: VecDeque<(Key, Point)>,
    /// Trials handed out and not told, in order.
    waiting: VecDeque<Key>,
    asked: u64,
    told: u64,
    trials: u64,
}

impl<L: Learner> Rounds<L> {
    /// At most `trials` trials of scores with so many objectives.
    pub(crate) fn new(space: Space, learner: L, seed: u64, trials: u64, objectives: usize) -> Rounds<L> {
        let mut this = Rounds {
            space,
            learner,
            seed,
            objectives,
            round: 0,
            places: Vec::new(),
            tried: BTreeMap::new(),
            ready: VecDeque::new(),
            waiting: VecDeque::new(),
            asked: 0,
            told: 0,
            trials,
        };
        this.plan();
        this
    }

    /// Proposes rounds until one holds something new.
    fn plan(&mut self) {
        for _ in 0..MAX_IDLE_ROUNDS {
            let rng = Rng::for_part(self.seed, self.round);
            self.round += 1;
            let mut round = Round { space: &self.space, rng, tried: &self.tried, claimed: BTreeSet::new() };
            let points = self.learner.propose(&mut round);
            if points.is_empty() {
                return;
            }
            self.places = points
                .into_iter()
                .map(|point| {
                    let place = self.place(&point);
                    (point, place)
                })
                .collect();
            if !self.ready.is_empty() {
                return;
            }
            self.learn();
        }
    }

    fn place(&mut self, point: &Point) -> Place {
        let key = key(&self.space, point);
        if !self.tried.contains_key(&key) {
            if !self.space.allows(&self.space.decode(point)) {
                return Place::Refused;
            }
            self.tried.insert(key.clone(), None);
            self.ready.push_back((key.clone(), point.clone()));
        }
        Place::Tried(key)
    }

    fn learn(&mut self) {
        let score = |place: &Place| match place {
            Place::Refused => Score::Infeasible(f64::INFINITY),
            Place::Tried(key) => self.tried[key].clone().expect("every trial of the round was told"),
        };
        let scored = self.places.drain(..).map(|(point, place)| (point, score(&place))).collect();
        self.learner.learn(&self.space, scored);
    }
}

impl<L: Learner> Searcher for Rounds<L> {
    fn ask(&mut self, max: usize) -> Vec<Trial> {
        let mut trials = Vec::new();
        while trials.len() < max && self.asked < self.trials {
            let Some((key, point)) = self.ready.pop_front() else { break };
            trials.push(Trial { number: self.asked, params: self.space.decode(&point) });
            self.waiting.push_back(key);
            self.asked += 1;
        }
        trials
    }

    fn tell(&mut self, scored: &[Scored]) {
        for Scored { number, score } in scored {
            assert_eq!(*number, self.told, "scores come in the order of the trials");
            if self.asked == self.told {
                self.ask(1);
            }
            let key = self.waiting.pop_front().expect("a score belongs to a trial");
            self.tried.insert(key, Some(score.checked(self.objectives)));
            self.told += 1;
            if self.ready.is_empty() && self.waiting.is_empty() && self.told < self.trials {
                self.learn();
                self.plan();
            }
        }
    }

    fn is_done(&self) -> bool {
        self.asked == self.trials || (self.ready.is_empty() && self.waiting.is_empty())
    }
}
