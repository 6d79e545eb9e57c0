//! What a walk-forward's report is made of.

use wb_core::Ts;
use wb_metrics::{Outcome, Tearsheet};

use crate::document::Link;
use crate::sweep::{Objective, SweepParameter, TrialFigure};

/// All that a walk-forward's report shows.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct WalkForwardPage<'a> {
    /// Its heading: `sma-cross on binance:NEARUSDT, 1m: walk-forward`.
    pub title: &'a str,
    /// What is to be believed, in sentences; the first is the headline.
    pub verdict: &'a [String],
    /// Data, period, method, seed: shown in one line under the heading.
    pub facts: &'a [String],
    /// Pages that belong to this one, such as the sweep's.
    pub links: &'a [Link],
    /// The parameters of the strategy, fixed ones included.
    pub parameters: &'a [SweepParameter],
    /// What was searched for in each window.
    pub objective: &'a Objective,
    /// Other figures that are shown of each window.
    pub figures: &'a [TrialFigure],
    /// The windows, in the order of time.
    pub windows: &'a [Window],
    /// How much of what was found in sample was kept out of sample.
    pub efficiency: Option<&'a Efficiency>,
    /// The windows out of sample, stitched into one run.
    pub outcome: &'a Outcome,
    /// Its figures.
    pub tearsheet: &'a Tearsheet,
    /// Names and values of how was searched: mode, lengths, purge, embargo, method, seed, trials, time.
    pub method: &'a [(String, String)],
    /// One sentence each.
    pub warnings: &'a [String],
    /// Names and values of what identifies the walk-forward: ids, fingerprints, versions.
    pub provenance: &'a [(String, String)],
    /// The spec as it was written.
    pub spec_text: &'a str,
}

/// A stretch in which parameters were chosen, and the one after it in which they were used.
#[derive(Clone, PartialEq, Debug)]
pub struct Window {
    /// Begin and end of the stretch in sample.
    pub train: (Ts, Ts),
    /// Begin and end of the stretch out of sample.
    pub test: (Ts, Ts),
    /// Trials made in sample.
    pub trials: usize,
    /// The chosen value of each parameter, in the page's order, as an index into its words if it has some; empty where
    /// no trial could be chosen.
    pub params: Vec<f64>,
    /// The objective in sample; NaN where it is absent.
    pub in_sample: f64,
    /// The objective out of sample; NaN where it is absent.
    pub out_of_sample: f64,
    /// The other figures, in sample and out of sample; NaN where one is absent.
    pub figures: Vec<(f64, f64)>,
}

/// The walk-forward efficiency, R. Pardo, *The Evaluation and Optimization of Trading Strategies* (2008).
#[derive(Clone, PartialEq, Debug)]
pub struct Efficiency {
    /// What was made out of sample as a share of what was made in sample.
    pub value: f64,
    /// How it was computed, a sentence.
    pub method: String,
}
