//! Search that learns nothing: a sequence of combinations, handed out in order.

use wb_core::ParamSet;

use crate::{Scored, Searcher, Space, Trial};

/// Hands out the combinations of a sequence that the space allows.
pub(crate) struct Unguided<I> {
    space: Space,
    combinations: I,
    /// The combination of the next trial; `None` when the search is done.
    next: Option<ParamSet>,
    asked: u64,
    told: u64,
    /// Trials still to hand out.
    left: u64,
}

impl<I: Iterator<Item = ParamSet> + Send> Unguided<I> {
    /// At most `trials` of these combinations.
    pub(crate) fn new(space: Space, combinations: I, trials: u64) -> Unguided<I> {
        let mut this = Unguided { space, combinations, next: None, asked: 0, told: 0, left: trials };
        this.advance();
        this
    }

    fn advance(&mut self) {
        let space = &self.space;
        self.next = if self.left == 0 { None } else { self.combinations.find(|params| space.allows(params)) };
    }
}

impl<I: Iterator<Item = ParamSet> + Send> Searcher for Unguided<I> {
    fn ask(&mut self, max: usize) -> Vec<Trial> {
        let mut trials = Vec::new();
        while trials.len() < max {
            let Some(params) = self.next.take() else { break };
            trials.push(Trial { number: self.asked, params });
            self.asked += 1;
            self.left -= 1;
            self.advance();
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
