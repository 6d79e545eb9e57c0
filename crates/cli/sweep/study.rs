//! The trials of a sweep: asked for, run, stored and told, batch by batch.

use std::collections::BTreeMap;

use wb_core::Rng;
use wb_engine::{RunInput, SweepInput, TrialFigures, TrialResult, evaluate};
use wb_metrics::SweepLuck;
use wb_search::{Score, Scored};
use wb_store::{StoreError, SweepWriter, TrialBatch, TrialColumns, TrialReturns, TrialRow, TrialStatus};

use crate::sweep::leaders::Leaders;
use crate::sweep::plan::{SHARPE, SweepPlan};
use crate::sweep::space::completed;

/// Stretches of equal time whose returns are kept of some trials.
pub(crate) const PERIODS: usize = 240;
/// Trials whose returns are kept, about.
const KEPT: u64 = SweepLuck::SAMPLE as u64;
/// Bars that a batch of trials goes over: seconds of work, so that a batch that is lost costs little, and few enough
/// batches that the features, which are computed for each, cost little.
const BARS_OF_A_BATCH: u64 = 400_000_000;
/// The most trials in a batch.
const LARGEST_BATCH: u64 = 16_384;

/// Different messages of failed trials that are counted one by one.
const FAILURES_TOLD: usize = 20;

/// A sweep with its data.
pub(crate) struct Study<'a> {
    /// What is asked for.
    pub(crate) plan: &'a SweepPlan,
    /// The base run.
    pub(crate) base: RunInput<'a>,
    /// Stretches of equal time whose returns are wanted.
    pub(crate) periods: usize,
    /// Threads.
    pub(crate) jobs: usize,
}

/// Where the trials of a study are kept.
pub(crate) trait TrialLog {
    /// The next batch that is there already; `None` once there is no further one.
    ///
    /// # Errors
    /// If it cannot be read.
    fn next_stored(&mut self) -> Result<Option<TrialBatch>, StoreError>;

    /// Keeps a batch.
    ///
    /// # Errors
    /// If it cannot be kept.
    fn append(&mut self, batch: &TrialBatch) -> Result<(), StoreError>;
}

impl TrialLog for SweepWriter<'_> {
    fn next_stored(&mut self) -> Result<Option<TrialBatch>, StoreError> {
        SweepWriter::next_stored(self)
    }

    fn append(&mut self, batch: &TrialBatch) -> Result<(), StoreError> {
        SweepWriter::append(self, batch)
    }
}

/// Keeps no trial: for a study that takes less time than looking after it.
pub(crate) struct Unkept;

impl TrialLog for Unkept {
    fn next_stored(&mut self) -> Result<Option<TrialBatch>, StoreError> {
        Ok(None)
    }

    fn append(&mut self, _: &TrialBatch) -> Result<(), StoreError> {
        Ok(())
    }
}

/// What the trials gave, but for their rows.
pub(crate) struct Findings {
    /// All trials.
    pub(crate) trials: u64,
    /// Those that ran and satisfy every constraint.
    pub(crate) feasible: u64,
    /// The best of these.
    pub(crate) leaders: Leaders,
    /// How many trials violate each constraint, in the order of the plan.
    pub(crate) violations: Vec<u64>,
    /// How many trials have each objective but not its value, in the order of the plan.
    pub(crate) absent: Vec<u64>,
    /// How many trials failed, by what they said.
    pub(crate) failures: BTreeMap<String, u64>,
    /// The Sharpe ratio of every trial that has one.
    pub(crate) sharpes: Vec<f64>,
    /// The returns that are kept.
    pub(crate) returns: Vec<TrialReturns>,
    /// Whether it was stopped before its end.
    pub(crate) interrupted: bool,
}

/// How far a study is.
pub(crate) struct Standing<'a> {
    /// Trials done.
    pub(crate) trials: u64,
    /// The best so far.
    pub(crate) best: Option<&'a TrialRow>,
}

impl Study<'_> {
    /// The columns of the table of trials.
    pub(crate) fn columns(&self) -> TrialColumns {
        TrialColumns {
            params: self.plan.specs.clone(),
            figures: self.plan.figures.iter().map(ToString::to_string).collect(),
            objectives: self.plan.objectives.iter().map(|objective| objective.text.clone()).collect(),
        }
    }

    /// Runs the trials that `log` does not have, until there are no more or `stop` says so. `tell` hears of each
    /// batch.
    ///
    /// # Errors
    /// If the engine cannot run the base, or the disk refuses; then what was stored stays.
    pub(crate) fn run(
        &self,
        log: &mut dyn TrialLog,
        stop: &dyn Fn() -> bool,
        tell: &dyn Fn(&Standing<'_>),
    ) -> anyhow::Result<Findings> {
        let plan = self.plan;
        let mut searcher = plan.searcher()?;
        let mut findings = Findings::new(plan);
        while let Some(batch) = log.next_stored()? {
            searcher.tell(&findings.take_in(plan, batch));
        }
        let batch = self.batch();
        while !searcher.is_done() {
            if stop() {
                findings.interrupted = true;
                break;
            }
            let asked = searcher.ask(batch);
            if asked.is_empty() {
                break;
            }
            let trials: Vec<_> =
                asked.into_iter().map(|trial| (trial.number, completed(&plan.base, &trial.params))).collect();
            let results = self.evaluate(&trials)?;
            let batch = self.rows(results);
            log.append(&batch)?;
            searcher.tell(&findings.take_in(plan, batch));
            tell(&Standing { trials: findings.trials, best: findings.leaders.rows().next() });
        }
        Ok(findings)
    }

    /// The results of these trials, in their order.
    ///
    /// # Errors
    /// If the engine cannot run the base.
    pub(crate) fn evaluate(&self, trials: &[(u64, wb_core::ParamSet)]) -> anyhow::Result<Vec<TrialResult>> {
        let base = self.base.clone();
        let input = SweepInput { base, figures: &self.plan.figures, periods: self.periods, jobs: self.jobs };
        Ok(evaluate(&input, trials)?)
    }

    /// Trials of a batch. From the length of the data alone, because the batches decide the bytes of the table.
    fn batch(&self) -> usize {
        let bars: u64 = self.base.bars.iter().map(|bars| bars.len() as u64).sum();
        (BARS_OF_A_BATCH / bars.max(1)).clamp(16, LARGEST_BATCH) as usize
    }

    fn rows(&self, results: Vec<TrialResult>) -> TrialBatch {
        let one_in = self.plan.expected_trials().unwrap_or(u64::MAX).div_ceil(KEPT).max(1);
        let seed = self.plan.options.seed;
        let mut batch = TrialBatch::default();
        for TrialResult { number, params, outcome } in results {
            let row = TrialRow {
                number,
                params,
                status: TrialStatus::Failed,
                message: None,
                figures: vec![None; self.plan.figures.len()],
                objectives: vec![None; self.plan.objectives.len()],
            };
            batch.rows.push(match outcome {
                Err(why) => TrialRow { message: Some(why), ..row },
                Ok(TrialFigures { values, periods }) => {
                    // By lot: every so-many-th trial of a grid could have one value of a parameter only.
                    if Rng::for_part(seed, number).below(one_in) == 0 {
                        batch.returns.push(TrialReturns { number, returns: periods });
                    }
                    judged(self.plan, TrialRow { figures: values, ..row })
                }
            });
        }
        batch
    }
}

/// The row with its objectives and what is wrong with it.
fn judged(plan: &SweepPlan, row: TrialRow) -> TrialRow {
    let figure = |key: &str| figure_of(plan, &row, key);
    let objectives: Vec<Option<f64>> = plan.objectives.iter().map(|o| o.value(figure)).collect();
    let absent = plan.objectives.iter().zip(&objectives).find(|(_, value)| value.is_none());
    let broken = plan.constraints.iter().find(|c| c.violation(figure(c.key)) > 0.0);
    let message = match (broken, absent) {
        (Some(constraint), _) => Some(constraint.to_string()),
        (None, Some((objective, _))) => Some(format!("{} is absent", objective.text)),
        (None, None) => None,
    };
    let status = if message.is_none() { TrialStatus::Ok } else { TrialStatus::Infeasible };
    TrialRow { status, message, objectives, ..row }
}

/// A figure of a trial, by its key.
pub(crate) fn figure_of(plan: &SweepPlan, row: &TrialRow, key: &str) -> Option<f64> {
    plan.figures.iter().position(|figure| *figure == key).and_then(|at| row.figures[at])
}

impl Findings {
    fn new(plan: &SweepPlan) -> Findings {
        Findings {
            trials: 0,
            feasible: 0,
            leaders: Leaders::new(plan.objectives.len()),
            violations: vec![0; plan.constraints.len()],
            absent: vec![0; plan.objectives.len()],
            failures: BTreeMap::new(),
            sharpes: Vec::new(),
            returns: Vec::new(),
            interrupted: false,
        }
    }

    /// Takes in a batch; gives what its trials are worth to the search.
    fn take_in(&mut self, plan: &SweepPlan, batch: TrialBatch) -> Vec<Scored> {
        self.returns.extend(batch.returns);
        batch.rows.iter().map(|row| Scored { number: row.number, score: self.score(plan, row) }).collect()
    }

    fn score(&mut self, plan: &SweepPlan, row: &TrialRow) -> Score {
        self.trials += 1;
        if row.status == TrialStatus::Failed {
            let said = row.message.as_deref().unwrap_or_default();
            let known = self.failures.len() < FAILURES_TOLD || self.failures.contains_key(said);
            let said = if known { said } else { "something else" };
            *self.failures.entry(said.to_string()).or_default() += 1;
            return Score::Failed;
        }
        self.sharpes.extend(figure_of(plan, row, SHARPE));
        let mut total = 0.0;
        for (constraint, violated) in plan.constraints.iter().zip(&mut self.violations) {
            let violation = constraint.violation(figure_of(plan, row, constraint.key));
            *violated += u64::from(violation > 0.0);
            total += violation;
        }
        for (value, absent) in row.objectives.iter().zip(&mut self.absent) {
            *absent += u64::from(value.is_none());
        }
        if total > 0.0 {
            return Score::Infeasible(total);
        }
        let scores = plan.objectives.iter().zip(&row.objectives).map(|(o, value)| value.map(|v| o.score(v)));
        let Some(scores) = scores.collect::<Option<Vec<f64>>>() else { return Score::Failed };
        self.feasible += 1;
        self.leaders.offer(scores.clone(), row);
        Score::Feasible(scores)
    }
}
