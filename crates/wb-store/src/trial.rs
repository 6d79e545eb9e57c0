//! A trial of a sweep as it is kept, and what its table's columns are.

use wb_core::{ParamSet, ParamSpec};

/// The columns of a sweep's table of trials, besides those that every table has.
#[derive(Clone, PartialEq, Debug)]
pub struct TrialColumns {
    /// The strategy's parameters, fixed ones included; column `params.<name>`. Texts have none: no search varies
    /// them, and the spec holds them.
    pub params: Vec<ParamSpec>,
    /// Keys of the figures that are kept; a column each.
    pub figures: Vec<String>,
    /// What the search makes large or small, as the user wrote it: column `objective`, or `objective_1`,
    /// `objective_2`, … where there are several.
    pub objectives: Vec<String>,
}

/// The names of a stored table's columns.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TrialNames {
    /// Of the parameters, without the `params.` of their columns.
    pub params: Vec<String>,
    /// Keys of the figures.
    pub figures: Vec<String>,
    /// Columns of the objectives.
    pub objectives: Vec<String>,
}

/// How a trial ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TrialStatus {
    /// It ran and satisfies every constraint.
    Ok,
    /// It ran and violates a constraint, or has no objective.
    Infeasible,
    /// It did not run to its end.
    Failed,
}

impl TrialStatus {
    /// Every status.
    pub const ALL: [TrialStatus; 3] = [TrialStatus::Ok, TrialStatus::Infeasible, TrialStatus::Failed];

    /// Its word in the table.
    pub fn name(self) -> &'static str {
        match self {
            TrialStatus::Ok => "ok",
            TrialStatus::Infeasible => "infeasible",
            TrialStatus::Failed => "failed",
        }
    }
}

/// One trial: a row of `trials.arrow`.
#[derive(Clone, PartialEq, Debug)]
pub struct TrialRow {
    /// Its place in the sweep, from 0.
    pub number: u64,
    /// Every parameter of the strategy; as stored, those with a column.
    pub params: ParamSet,
    /// How it ended.
    pub status: TrialStatus,
    /// Why it is not [`TrialStatus::Ok`].
    pub message: Option<String>,
    /// The figures of [`TrialColumns::figures`]; absent where one has no meaning, all absent where it failed.
    pub figures: Vec<Option<f64>>,
    /// The objectives of [`TrialColumns::objectives`], in the user's own sense: a drawdown is positive.
    pub objectives: Vec<Option<f64>>,
}

/// The returns of one trial over equal stretches of time: a row of `returns.arrow`.
#[derive(Clone, PartialEq, Debug)]
pub struct TrialReturns {
    /// The trial.
    pub number: u64,
    /// The return of each stretch; as many for every trial of a sweep.
    pub returns: Vec<f64>,
}

/// Trials that were run together and are stored or lost together.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TrialBatch {
    /// All of them, in the order of their numbers.
    pub rows: Vec<TrialRow>,
    /// Of those whose returns are kept.
    pub returns: Vec<TrialReturns>,
}
