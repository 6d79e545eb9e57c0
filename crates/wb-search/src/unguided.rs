//! Search that learns nothing: a sequence of combinations, handed out in order.

use wb_core::ParamSet;

use crate::{Scored, Searcher, Trial};

/// Hands out the combinations of a sequence, all of them allowed.
pub(crate) struct Unguided<I> {
    combinations: I,
    /// The combination of the next trial; `None` when the search is done.
    next: Option<ParamSet>,
    asked: u64,
    told: u64,
    trials: u64,
}

impl<I: Iterator<Item = ParamSet> + Send> Unguided<I> {
    /// At most `trials` of these combinations.
    pub(crate) fn new(mut combinations: I, trials: u64) -> Unguided<I> {
        Unguided { next: combinations.next(), combinations, asked: 0, told: 0, trials }
    }
}

impl<I: Iterator<Item = ParamSet> + Send> Searcher for Unguided<I> {
    fn ask(&mut self, max: usize) -> Vec<Trial> {
        let mut trials = Vec::new();
        while trials.len() < max {
            let Some(params) = self.next.take() else { break };
            trials.push(Trial { number: self.asked, params });
            self.asked += 1;
            if self.asked < self.trials {
                self.next = self.combinations.next();
            }
        }
        trials
    }

    fn tell(&mut self, scored: &[Scored]) {
        for score in scored {
            assert_eq!(score.number, self.told, "scores come in the order of the trials");
            self.told += 1;
            if self.asked < self.told {
                self.ask(1);
            }
        }
    }

    fn is_done(&self) -> bool {
        self.next.is_none()
    }
}
