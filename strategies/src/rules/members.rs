//! Rules over several instruments: every member is decided on when all bars of a close are in.

use wb_kernel::prelude::*;

use super::evaluate::{Inputs, Lane};
use super::program::{Node, NodeId, Program};

/// Rules at work on several traded instruments, or on one that looks at others.
pub(super) struct Members(Vec<Member>);

/// One traded instrument.
pub(super) struct Member {
    instrument: InstrumentId,
    bars: Series,
    /// The features of its program, in their order.
    features: Vec<LateFeature>,
    program: Program,
    lane: Lane,
    /// The features' values, reused.
    x: Vec<f64>,
    /// Its last bar that was decided on.
    seen: Ts,
    /// Whether it has a new bar and all of its features have a value.
    takes_part: bool,
    /// The share of equity that it was last meant to be.
    held: f64,
    /// What is decided now; NaN for nothing.
    target: f64,
}

impl Member {
    pub(super) fn new(
        instrument: InstrumentId,
        bars: Series,
        features: Vec<LateFeature>,
        program: Program,
    ) -> Member {
        Member {
            instrument,
            bars,
            x: vec![f64::NAN; features.len()],
            features,
            lane: Lane::new(&program),
            program,
            seen: Ts::MIN,
            takes_part: false,
            held: 0.0,
            target: f64::NAN,
        }
    }

    /// Reads its features, and whether it takes part in this close.
    fn look(&mut self, ctx: &Context<'_>) {
        self.takes_part = false;
        let Some((closed, _)) = ctx.last_bar(self.bars).filter(|(closed, _)| *closed > self.seen) else {
            return;
        };
        self.seen = closed;
        self.takes_part = true;
        for (x, feature) in self.x.iter_mut().zip(&self.features) {
            match ctx.late(*feature) {
                Some(value) => *x = value,
                None => self.takes_part = false,
            }
        }
    }

    fn changes(&self) -> bool {
        !self.target.is_nan() && self.target.to_bits() != self.held.to_bits()
    }
}

impl Members {
    /// # Panics
    /// If there is none.
    pub(super) fn new(members: Vec<Member>) -> Members {
        assert!(!members.is_empty(), "a role has an instrument");
        Members(members)
    }

    /// Ranks what a node gives for those that take part: the share of the others that is lower, equal ones by half.
    fn rank(&mut self, node: NodeId, of: NodeId) {
        let mut known: Vec<f64> = self
            .0
            .iter()
            .filter(|member| member.takes_part)
            .map(|member| member.lane.value(of))
            .filter(|value| !value.is_nan())
            .collect();
        known.sort_by(f64::total_cmp);
        for member in self.0.iter_mut().filter(|member| member.takes_part) {
            let value = member.lane.value(of);
            let below = known.partition_point(|other| *other < value);
            let others = known.len().saturating_sub(1);
            let equal = known.partition_point(|other| *other <= value).saturating_sub(below + 1);
            let rank = (below as f64 + 0.5 * equal as f64) / others as f64;
            // Alone, it is neither first nor last.
            let rank = if others == 0 { 0.5 } else { rank };
            member.lane.set(node, if value.is_nan() { f64::NAN } else { rank });
        }
    }

    fn decide(&mut self) {
        // Members differ in what a year of bars is, and in nothing else.
        for node in 0..self.0[0].program.nodes.len() {
            if let Node::Rank(of) = self.0[0].program.nodes[node] {
                self.rank(node, of);
                continue;
            }
            for Member { program, lane, x, .. } in self.0.iter_mut().filter(|member| member.takes_part) {
                lane.compute(program, node, Inputs::Row(x), 1);
            }
        }
        for member in &mut self.0 {
            member.target = f64::NAN;
            if member.takes_part {
                member.lane.decide(&member.program, std::slice::from_mut(&mut member.target));
            }
        }
    }
}

impl Strategy for Members {
    fn on_bars_closed(&mut self, ctx: &mut Context<'_>) {
        self.0.iter_mut().for_each(|member| member.look(ctx));
        self.decide();
        let mut changed: Vec<&mut Member> = self.0.iter_mut().filter(|member| member.changes()).collect();
        // What frees cash comes first, so that it pays for the rest.
        changed.sort_by_key(|member| member.target.abs() >= member.held.abs());
        for member in changed {
            member.held = member.target;
            ctx.target_percent(member.instrument, member.target);
        }
    }
}
