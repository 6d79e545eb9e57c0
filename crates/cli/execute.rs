//! A run from its spec to its stored folder: bars, engine, figures, report, files.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use wb_core::Ts;
use wb_engine::{RunInput, RunResult, RunSpec, run_transcribed};
use wb_kernel::StrategyEntry;
use wb_metrics::Tearsheet;
use wb_store::{Dataset, NewRun, Provenance, RunId, RunStore, Written};

use crate::engine::Engine;
use crate::error::{Exit, UserError};
use crate::market::{Market, RunBars};
use crate::models::model_versions;
use crate::notes::notes;
use crate::output::{self, Progress};
use crate::page::{Page, provenance_rows, render, title};
use crate::run_journal::RunJournal;
use crate::spec_file::spec_text;

/// How long each stage took.
pub(crate) struct Stages {
    last: Instant,
    seconds: Vec<(&'static str, f64)>,
}

impl Stages {
    /// Begins to measure.
    pub(crate) fn begin() -> Stages {
        Stages { last: Instant::now(), seconds: Vec::new() }
    }

    /// Ends a stage and begins the next.
    pub(crate) fn done(&mut self, name: &'static str) {
        let now = Instant::now();
        self.seconds.push((name, (now - self.last).as_secs_f64()));
        self.last = now;
    }

    fn total(&self) -> f64 {
        self.seconds.iter().map(|(_, seconds)| seconds).sum()
    }
}

/// `settings 0.001 s, read 0.052 s`
impl std::fmt::Display for Stages {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let each = self.seconds.iter().map(|(name, seconds)| format!("{name} {seconds:.3} s"));
        f.write_str(&each.collect::<Vec<_>>().join(", "))
    }
}

/// A run that is about to be done.
pub(crate) struct Execution<'a> {
    /// The strategy's line in the table.
    pub(crate) entry: &'a StrategyEntry,
    /// The run.
    pub(crate) spec: &'a RunSpec,
    /// Its id.
    pub(crate) id: RunId,
    /// The engine that it goes through.
    pub(crate) engine: Engine,
    /// Its data.
    pub(crate) market: &'a Market,
    /// The sweep of which it is one of the best trials, if it is.
    pub(crate) sweep: Option<RunId>,
    /// When it was asked for.
    pub(crate) started: Ts,
    /// The folder for its journal, if one is wanted.
    pub(crate) journal: Option<&'a Path>,
}

impl Execution<'_> {
    /// Does it and stores it; with `replace` over what is stored.
    ///
    /// # Errors
    /// If data, strategy and settings do not go together, or the run cannot be stored.
    pub(crate) fn store_in(
        &self,
        store: &RunStore,
        replace: bool,
        progress: &Progress,
        stages: &mut Stages,
    ) -> anyhow::Result<()> {
        let bars = self.read(progress, stages)?;
        let input = self.input(&bars);
        let result = self.run(&input, progress)?;
        if replace {
            self.compare(store, &result)?;
        }
        stages.done("run");

        progress.next("writing the report");
        let tearsheet = Tearsheet::of(&result.outcome);
        stages.done("figures");
        let notes = notes(self.market, &input, &result)?;
        let provenance = self.provenance(&result, &tearsheet, &notes, stages.total());
        let report = render(&Page {
            input: &input,
            outcome: &result.outcome,
            tearsheet: &tearsheet,
            notes: &notes,
            provenance: &provenance_rows(&self.id, &result.digest.to_string(), &provenance),
        })?;
        stages.done("report");
        let new = NewRun {
            id: self.id,
            spec: &spec_text(self.spec),
            digest: &result.digest.to_string(),
            provenance: &provenance,
            outcome: &result.outcome,
            tearsheet: &tearsheet,
            report: &report,
        };
        if replace {
            store.replace(&new)?;
        } else if store.write(&new)? == Written::AlreadyThere {
            output::note("another process stored this run first; its files stay");
        }
        stages.done("store");
        Ok(())
    }

    /// Whether the run gave what it gave before: its id stands for data, settings and code.
    fn compare(&self, store: &RunStore, result: &RunResult) -> anyhow::Result<()> {
        let (Some(stored), digest) = (store.find(&self.id)?, result.digest.to_string()) else {
            return Ok(());
        };
        if stored.digest == digest {
            return Ok(());
        }
        let (id, engine) = (self.id.short(), self.engine.name());
        let message =
            format!("run {id} is stored with digest {}, and now gave {digest} ({engine})", stored.digest);
        let error = UserError { message, hint: None, exit: Exit::Bug };
        Err(error.hint("please report this with the run's spec.toml; the stored run is as it was").into())
    }

    /// Does a run that is stored again, for its journal.
    ///
    /// # Errors
    /// If it does not give what is stored, or the journal cannot be written.
    pub(crate) fn journal_again(
        &self,
        store: &RunStore,
        progress: &Progress,
        stages: &mut Stages,
    ) -> anyhow::Result<()> {
        let bars = self.read(progress, stages)?;
        let result = self.run(&self.input(&bars), progress)?;
        stages.done("run");
        self.compare(store, &result)
    }

    fn read(&self, progress: &Progress, stages: &mut Stages) -> anyhow::Result<RunBars> {
        progress.next("reading bars");
        let bars = self.market.read()?;
        stages.done("read");
        Ok(bars)
    }

    fn input<'b>(&'b self, bars: &'b RunBars) -> RunInput<'b> {
        RunInput {
            entry: self.entry,
            spec: self.spec,
            instruments: self.market.instruments.clone(),
            bars: bars.traded(),
            benchmark: bars.benchmark(),
        }
    }

    fn run(&self, input: &RunInput<'_>, progress: &Progress) -> anyhow::Result<RunResult> {
        progress.length("running", input.bars.iter().map(|bars| bars.len() as u64).sum());
        let mut tell = |done| progress.at(done);
        let Some(dir) = self.journal else { return Ok(self.engine.run(input, &mut tell)?) };
        let mut journal = RunJournal::create(dir, self.spec, &self.id, &input.instruments, self.started)?;
        let result = run_transcribed(input, &mut tell, &mut |records, digest| journal.take(records, digest))?;
        journal.finish()?;
        Ok(result)
    }

    fn provenance(
        &self,
        result: &RunResult,
        tearsheet: &Tearsheet,
        notes: &[String],
        seconds: f64,
    ) -> Provenance {
        let warnings = wb_report::warnings(&result.outcome, tearsheet);
        let mut versions = BTreeMap::from([
            ("engine".to_string(), self.engine.name().to_string()),
            ("os".to_string(), std::env::consts::OS.to_string()),
            ("architecture".to_string(), std::env::consts::ARCH.to_string()),
        ]);
        versions.extend(model_versions(&self.spec.models));
        Provenance {
            title: title(self.spec),
            strategy: self.spec.strategy.clone(),
            sweep: self.sweep,
            workbench: env!("CARGO_PKG_VERSION").to_string(),
            code_id: self.spec.code_id.clone(),
            started: self.started,
            duration_s: seconds,
            host: hostname(),
            versions,
            warnings: notes.iter().cloned().chain(warnings.into_iter().map(|w| w.text)).collect(),
            data: self.market.datasets().map(|(name, fingerprint)| Dataset { name, fingerprint }).collect(),
        }
    }
}

/// The name of this machine.
pub(crate) fn hostname() -> String {
    std::fs::read_to_string("/etc/hostname")
        .map_or_else(|_| "unknown".to_string(), |name| name.trim().to_string())
}
