//! What a sweep's report is made of.

use wb_metrics::Unit;

use crate::document::Link;
use crate::number;

/// All that a sweep's report shows.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct SweepPage<'a> {
    /// Its heading: `sma-cross on binance:NEARUSDT, 1m: 1,960 trials`.
    pub title: &'a str,
    /// What is to be believed, in sentences; the first is the headline.
    pub verdict: &'a [String],
    /// Data, period, method, seed: shown in one line under the heading.
    pub facts: &'a [String],
    /// Pages that belong to this one, such as its walk-forward.
    pub links: &'a [Link],
    /// The parameters of the strategy, fixed ones included.
    pub parameters: &'a [SweepParameter],
    /// What was searched for: one or several. Trials are ranked by the first.
    pub objectives: &'a [Objective],
    /// Other figures that are shown of the best trials.
    pub figures: &'a [TrialFigure],
    /// The trials.
    pub trials: &'a Trials,
    /// Each constraint as it was written, and the number of trials that broke it.
    pub constraints: &'a [(String, usize)],
    /// Each message of failed trials, and the number of trials that failed with it.
    pub failures: &'a [(String, usize)],
    /// Trials that are stored as runs.
    pub runs: &'a [StoredRun],
    /// How much of the best may be luck.
    pub luck: &'a Luck,
    /// The numbers of the trials that no other beats in every objective; empty with one objective.
    pub front: &'a [u64],
    /// Names and values of how was searched: method and its settings, seed, trials, time.
    pub method: &'a [(String, String)],
    /// One sentence each.
    pub warnings: &'a [String],
    /// Names and values of what identifies the sweep: ids, fingerprints, versions.
    pub provenance: &'a [(String, String)],
    /// The spec as it was written.
    pub spec_text: &'a str,
}

/// A parameter, as the sweep searched it.
#[derive(Clone, PartialEq, Debug)]
pub struct SweepParameter {
    /// Its name.
    pub name: String,
    /// What it means.
    pub doc: String,
    /// Where it was searched, in words: `2 to 50, step 1`, `0.95, fixed`.
    pub space: String,
    /// For a parameter that is one of a list, the words; its values are indices into them. Empty for a number.
    pub words: Vec<String>,
}

impl SweepParameter {
    /// A value, written: the word it stands for, or the number.
    pub(crate) fn text(&self, value: f64) -> String {
        self.words.get(value as usize).map_or_else(|| number::significant(value), String::clone)
    }
}

/// What was searched for.
#[derive(Clone, PartialEq, Debug)]
pub struct Objective {
    /// Its name for people: `Sharpe`.
    pub label: String,
    /// How its values are written.
    pub unit: Unit,
    /// Which values are better.
    pub goal: Goal,
}

/// Which values of an objective are better.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Goal {
    /// High ones.
    High,
    /// Low ones.
    Low,
}

/// A figure shown of a trial besides its objectives.
#[derive(Clone, PartialEq, Debug)]
pub struct TrialFigure {
    /// Its name for people: `Trades`.
    pub label: String,
    /// How its values are written.
    pub unit: Unit,
}

/// What became of a trial.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TrialStatus {
    /// It ran and kept every constraint.
    Complete,
    /// It ran and broke a constraint.
    Infeasible,
    /// It did not run to its end.
    Failed,
}

/// The trials, in columns of equal length.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Trials {
    /// Their numbers, ascending.
    pub number: Vec<u64>,
    /// What became of them.
    pub status: Vec<TrialStatus>,
    /// A column of values for each parameter, in the page's order.
    pub params: Vec<Vec<f64>>,
    /// A column for each objective, in its own unit and with its own sign; NaN where it is absent.
    pub objectives: Vec<Vec<f64>>,
    /// A column for each other figure; NaN where it is absent.
    pub figures: Vec<Vec<f64>>,
}

/// A trial that is stored as a run.
#[derive(Clone, PartialEq, Debug)]
pub struct StoredRun {
    /// The trial's number.
    pub number: u64,
    /// The run's id, and its page.
    pub link: Link,
}

/// What is known of luck in the result.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Luck {
    /// Name, value as written and meaning of each figure: `Deflated Sharpe ratio`, `0.41`, `the probability that …`.
    pub figures: Vec<(String, String, String)>,
    /// What the best of as many trials without skill is expected to reach.
    pub threshold: Option<Threshold>,
    /// Choices made on some of the data and judged on the rest.
    pub in_and_out: Option<InAndOut>,
    /// Where the choices ended among all trials.
    pub logits: Option<Logits>,
}

/// A value of the first objective above which a trial says something.
#[derive(Clone, PartialEq, Debug)]
pub struct Threshold {
    /// The value.
    pub value: f64,
    /// Its name: `Expected best of 1,960 without skill`.
    pub label: String,
    /// How it was computed, a sentence.
    pub method: String,
}

/// Pairs of a figure in sample and out of sample.
#[derive(Clone, PartialEq, Debug)]
pub struct InAndOut {
    /// The figure's name: `Sharpe`.
    pub label: String,
    /// How its values are written.
    pub unit: Unit,
    /// In sample and out of sample.
    pub points: Vec<(f64, f64)>,
    /// What a point is and how it was computed, a sentence.
    pub method: String,
}

/// Where the choices of a combinatorially symmetric cross-validation ended: `wb_metrics::Overfitting`.
#[derive(Clone, PartialEq, Debug)]
pub struct Logits {
    /// For each split the logit of the relative rank out of sample of the trial that was best in sample.
    pub values: Vec<f64>,
    /// The probability of backtest overfitting: the share of logits that are not above zero.
    pub probability: f64,
    /// How the data were split, a sentence.
    pub method: String,
}
