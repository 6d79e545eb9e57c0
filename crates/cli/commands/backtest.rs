//! `workbench backtest`: one run, from settings to a stored report.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use serde_json::{Map, json};
use wb_core::Ts;
use wb_metrics::Tearsheet;
use wb_store::{Manifest, Metrics, RunId, RunStore};

use super::Global;
use super::run_args::{ResolvedRun, RunArgs};
use crate::engine::Engine;
use crate::error::UserError;
use crate::execute::{Execution, Stages};
use crate::figures::{figures_json, written};
use crate::output::{self, Align, Format, Progress, Table};
use crate::settings::Project;

/// Arguments of `workbench backtest`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  workbench backtest
  workbench backtest config/runs/pairs.toml
  workbench backtest sma-cross --param fast=20 --param slow=100 --from 2005-01-01 --to 2009-12-31
  workbench backtest sma-cross --set simulation.fees.taker_bps=10 --format json
  workbench backtest sma-cross --journal journals/sma

The same question has the same id: a run that is stored already is answered at once.")]
pub(crate) struct BacktestArgs {
    #[command(flatten)]
    run: RunArgs,
    /// The engine to run through; both give the same result
    #[arg(long, value_enum, default_value_t, value_name = "ENGINE")]
    engine: Engine,
    /// Run again although the run is stored, and replace it
    #[arg(long)]
    force: bool,
    /// Write down what the kernel is told and what it answers, for `workbench replay`
    #[arg(long, value_name = "DIR")]
    journal: Option<PathBuf>,
    /// Tell how long each stage took
    #[arg(long)]
    timings: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

/// Runs a strategy, or finds that it has been run.
///
/// # Errors
/// If settings, data or the strategy do not go together, or the run cannot be stored.
pub(crate) fn run(args: &BacktestArgs, global: &Global) -> anyhow::Result<ExitCode> {
    if args.journal.is_some() && args.engine == Engine::Vectorized {
        let error = UserError::usage("--journal: the vectorized engine has no events to write down");
        return Err(error.hint("leave --engine away: the event-driven one gives the same result").into());
    }
    let mut stages = Stages::begin();
    let started = now();
    let progress = Progress::step("looking up data");
    let ResolvedRun { entry, spec, market, experiments } = args.run.resolve(global, started, &progress)?;
    let id = RunId::of(&spec.canonical());
    let store = RunStore::open(experiments);
    stages.done("settings");

    let stored = if args.force { None } else { store.find(&id)? };
    let journal = args.journal.as_deref();
    let execution = Execution {
        entry,
        spec: &spec,
        id,
        engine: args.engine,
        market: &market,
        sweep: None,
        started,
        journal,
    };
    let manifest = match stored {
        Some(manifest) => {
            if journal.is_some() {
                execution.journal_again(&store, &progress, &mut stages)?;
            }
            drop(progress);
            output::note("this run is stored already; --force runs it again");
            manifest
        }
        None => {
            execution.store_in(&store, args.force, &progress, &mut stages)?;
            drop(progress);
            store.find(&id)?.expect("it was just stored")
        }
    };
    print(&store, &manifest, &store.metrics(&id)?, args.format);
    if args.timings {
        output::note(stages);
    }
    Ok(ExitCode::SUCCESS)
}

/// The present: the only place where a run meets a clock.
pub(crate) fn now() -> Ts {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970");
    Ts(i64::try_from(since.as_nanos()).expect("it is before 2262"))
}

/// The headline figures, in the order in which they are shown.
const HEADLINES: &[&str] = &[
    "total_return",
    "benchmark_return",
    "cagr",
    "volatility",
    "sharpe",
    "sortino",
    "max_drawdown",
    "calmar",
    "exposure",
    "trades",
    "win_rate",
    "profit_factor",
    "fees",
    "slippage",
    "final_equity",
];

fn print(store: &RunStore, manifest: &Manifest, metrics: &Metrics, format: Format) {
    let report = store.report_path(&manifest.id);
    if format == Format::Json {
        let mut object = Map::new();
        object.insert("run_id".into(), manifest.id.to_string().into());
        object.insert("digest".into(), manifest.digest.clone().into());
        object.insert("report".into(), report.display().to_string().into());
        object.insert("warnings".into(), json!(manifest.provenance.warnings));
        object.extend(figures_json(metrics));
        return output::json(&object.into());
    }
    output::heading(&manifest.provenance.title);
    let mut table = Table::new([("", Align::Left), ("", Align::Right)]);
    for figure in Tearsheet::describe().filter(|figure| HEADLINES.contains(&figure.key)) {
        table.row([figure.label.to_string(), written(metrics.get(figure.key), figure.unit)]);
    }
    output::table(&table);
    output::line("");
    let mut about = Table::new([("", Align::Left), ("", Align::Left)]);
    about.row(["run", &manifest.id.short()]);
    about.row(["digest", &manifest.digest]);
    about.row(["report", &Project::shown(&report)]);
    output::table(&about);
    for warning in &manifest.provenance.warnings {
        output::warning(warning);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_headline_is_a_figure() {
        for key in HEADLINES {
            assert!(Tearsheet::describe().any(|figure| figure.key == *key), "{key}");
        }
    }
}
