//! The best trials run again event by event, compared and stored as runs.

use wb_core::Ts;
use wb_engine::{RunInput, RunSpec, run_vectorized};
use wb_store::{BestTrial, RunId, RunStore, TrialRow};

use crate::engine::Engine;
use crate::error::{Exit, UserError};
use crate::execute::{Execution, Stages};
use crate::market::Market;
use crate::output::Progress;
use crate::sweep::plan::SweepPlan;
use crate::sweep::space::completed;

/// What it takes to run a trial of a sweep by itself.
pub(crate) struct Confirmation<'a> {
    /// The sweep.
    pub(crate) sweep: RunId,
    /// What was asked for.
    pub(crate) plan: &'a SweepPlan,
    /// The base run and its bars.
    pub(crate) base: &'a RunInput<'a>,
    /// The data.
    pub(crate) market: &'a Market,
    /// Where runs are stored.
    pub(crate) store: &'a RunStore,
    /// When the sweep was asked for.
    pub(crate) started: Ts,
}

impl Confirmation<'_> {
    /// The run that a trial is.
    pub(crate) fn spec(&self, row: &TrialRow) -> RunSpec {
        let params = completed(&self.plan.base, &row.params);
        RunSpec { params, ..self.base.spec.clone() }
    }

    /// Runs a trial event by event, stores it as a run, and compares it with what the sweep said.
    ///
    /// # Errors
    /// If the run cannot be stored, or is not what the sweep computed: then one of the engines is wrong.
    pub(crate) fn store_run(&self, row: &TrialRow, progress: &Progress) -> anyhow::Result<BestTrial> {
        let spec = self.spec(row);
        let id = RunId::of(&spec.canonical());
        if self.store.find(&id)?.is_none() {
            let (entry, market, started) = (self.plan.strategy, self.market, self.started);
            let execution = Execution {
                entry,
                spec: &spec,
                id,
                engine: Engine::Event,
                market,
                sweep: Some(self.sweep),
                started,
                journal: None,
            };
            execution.store_in(self.store, false, progress, &mut Stages::begin())?;
        }
        let stored = self.store.find(&id)?.expect("it was just stored");
        let input = RunInput { spec: &spec, ..self.base.clone() };
        let digest = run_vectorized(&input, &mut |_| {})?.digest.to_string();
        let metrics = self.store.metrics(&id)?;
        let same = |(key, value): (&&str, &Option<f64>)| {
            metrics.get(key).map(f64::to_bits) == value.map(f64::to_bits)
        };
        let differs = self.plan.figures.iter().zip(&row.figures).find(|pair| !same((pair.0, pair.1)));
        if digest == stored.digest && differs.is_none() {
            return Ok(BestTrial { number: row.number, run: Some(id) });
        }
        let what = differs.map_or("its digest".to_string(), |(key, _)| format!("its {key}"));
        let message = format!(
            "trial {} is not the same event by event: {what} differs from that of run {}",
            row.number,
            id.short()
        );
        let error = UserError { message, hint: None, exit: Exit::No };
        Err(error.hint("please report this with the sweep's spec.toml; its trials are stored").into())
    }
}
