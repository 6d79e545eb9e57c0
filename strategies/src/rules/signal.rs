//! Rules over one instrument that read nothing else: a signal, whose targets a sweep computes as a column.

use wb_kernel::Signal;

use super::evaluate::{BLOCK, Inputs, Lane};
use super::program::Program;

/// Rules at work on one instrument.
pub(super) struct RuleSignal {
    program: Program,
    lane: Lane,
}

impl RuleSignal {
    pub(super) fn new(program: Program) -> RuleSignal {
        RuleSignal { lane: Lane::new(&program), program }
    }

    /// The next rows; NaN where nothing is decided.
    fn advance(&mut self, inputs: Inputs<'_>, out: &mut [f64]) {
        for node in 0..self.program.nodes.len() {
            self.lane.compute(&self.program, node, inputs, out.len());
        }
        self.lane.decide(&self.program, out);
    }
}

impl Signal for RuleSignal {
    fn target(&mut self, x: &[f64], _: f64) -> f64 {
        let mut out = [f64::NAN];
        self.advance(Inputs::Row(x), &mut out);
        out[0]
    }

    fn targets(&mut self, columns: &[&[f64]], held: f64, out: &mut [f64]) {
        let mut held = held;
        for (block, out) in out.chunks_mut(BLOCK).enumerate() {
            self.advance(Inputs::Columns(columns, block * BLOCK), out);
            for target in out {
                held = if target.is_nan() { held } else { *target };
                *target = held;
            }
        }
    }
}
