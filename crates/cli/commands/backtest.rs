//! `workbench backtest`: one run, from settings to a stored report.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use clap::Args;
use serde_json::{Map, Value, json};
use wb_core::Ts;
use wb_engine::{RunInput, RunResult, RunSpec, run as run_engine};
use wb_metrics::Tearsheet;
use wb_store::{Dataset, Manifest, Metrics, NewRun, Provenance, RunId, RunStore, Written};
use wb_strategies::STRATEGIES;

use super::Global;
use crate::figures::written;
use crate::market::{Market, open_catalog};
use crate::notes::notes;
use crate::output::{self, Align, Format, Progress, Table};
use crate::page::{Page, render, title};
use crate::sample;
use crate::settings::{Given, Project, read_flag, resolve_run, split_assignment};
use crate::spec_file::spec_text;

/// Arguments of `workbench backtest`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  workbench backtest
  workbench backtest config/runs/pairs.toml
  workbench backtest sma-cross --param fast=20 --param slow=100 --from 2005-01-01 --to 2009-12-31
  workbench backtest sma-cross --set simulation.fees.taker_bps=10 --format json

The same question has the same id: a run that is stored already is answered at once.")]
pub(crate) struct BacktestArgs {
    /// A run spec: a file, or the name of one in config/runs [default: sma-cross]
    spec: Option<String>,
    /// Set a parameter of the strategy
    #[arg(long, value_name = "NAME=VALUE")]
    param: Vec<String>,
    /// First day, or instant in UTC
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Last day (included), or instant in UTC (not included)
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
    /// Run again although the run is stored, and replace it
    #[arg(long)]
    force: bool,
    /// Tell how long each stage took
    #[arg(long)]
    timings: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

/// How long each stage took.
struct Stages {
    last: Instant,
    seconds: Vec<(&'static str, f64)>,
}

impl Stages {
    fn done(&mut self, name: &'static str) {
        let now = Instant::now();
        self.seconds.push((name, (now - self.last).as_secs_f64()));
        self.last = now;
    }
}

/// Runs a strategy, or finds that it has been run.
///
/// # Errors
/// If settings, data or the strategy do not go together, or the run cannot be stored.
pub(crate) fn run(args: &BacktestArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let mut stages = Stages { last: Instant::now(), seconds: Vec::new() };
    let started = now();
    let project = global.project()?;
    let spec_file = project.spec(args.spec.as_deref())?;
    let settings = project.settings(Some(&spec_file), &flags(args, global)?)?;
    let request = resolve_run(&settings, STRATEGIES, &spec_file.path)?;
    let progress = Progress::step("looking up data");
    let data = project.folder(&settings, "paths.data");
    let mut catalog = open_catalog(&data)?;
    let names = request.roles.iter().flat_map(|(_, names)| names).chain(&request.benchmark);
    if sample::is_wanted(&catalog, names) {
        progress.next("importing the sample series");
        sample::import(&catalog, started)?;
        catalog = open_catalog(&data)?;
    }
    let entry = request.strategy;
    let market = Market::find(catalog, &request)?;
    let spec = RunSpec {
        strategy: entry.name.to_string(),
        params: request.params,
        roles: request.roles,
        interval: request.interval,
        from: market.from,
        to: market.to,
        benchmark: request.benchmark,
        simulation: request.simulation,
        risk: request.risk,
        data: market.fingerprints.clone(),
        code_id: env!("WORKBENCH_CODE_ID").to_string(),
    };
    let id = RunId::of(&spec.canonical());
    let store = RunStore::open(project.folder(&settings, "paths.experiments"));
    if !args.force
        && let Some(manifest) = store.find(&id)?
    {
        drop(progress);
        output::note("this run is stored already; --force runs it again");
        print(&store, &manifest, &store.metrics(&id)?, args.format);
        return Ok(ExitCode::SUCCESS);
    }
    stages.done("settings");

    progress.next("reading bars");
    let mut bars = market.read()?;
    let benchmark = market.benchmark.as_ref().and_then(|_| bars.pop());
    stages.done("read");

    let input = RunInput {
        entry,
        spec: &spec,
        instruments: market.instruments.clone(),
        bars: &bars,
        benchmark: benchmark.as_ref(),
    };
    let total: u64 = bars.iter().map(|b| b.len() as u64).sum();
    progress.length("running", total);
    let result = run_engine(&input, &mut |done| progress.at(done))?;
    stages.done("run");

    progress.next("writing the report");
    let tearsheet = Tearsheet::of(&result.outcome);
    stages.done("figures");
    let notes = notes(&market, &input, &result)?;
    let provenance = provenance(&spec, &market, &result, &tearsheet, &notes, started, &stages);
    let page = Page {
        input: &input,
        outcome: &result.outcome,
        tearsheet: &tearsheet,
        notes: &notes,
        provenance: &shown(&id, &result, &provenance),
    };
    let report = render(&page)?;
    stages.done("report");
    let new = NewRun {
        id,
        spec: &spec_text(&spec),
        digest: &result.digest.to_string(),
        provenance: &provenance,
        outcome: &result.outcome,
        tearsheet: &tearsheet,
        report: &report,
    };
    if args.force {
        store.replace(&new)?;
    } else if store.write(&new)? == Written::AlreadyThere {
        output::note("another process stored this run first; its files stay");
    }
    stages.done("store");
    drop(progress);

    let manifest = store.find(&id)?.expect("it was just stored");
    print(&store, &manifest, &store.metrics(&id)?, args.format);
    if args.timings {
        let each: Vec<String> = stages.seconds.iter().map(|(name, s)| format!("{name} {s:.3} s")).collect();
        output::note(each.join(", "));
    }
    Ok(ExitCode::SUCCESS)
}

/// The layer of flags.
fn flags(args: &BacktestArgs, global: &Global) -> anyhow::Result<Vec<Given>> {
    let mut flags = global.flags()?;
    for text in &args.param {
        let (name, value) = split_assignment("--param", text)?;
        flags.push(read_flag("--param", &format!("params.{name}"), value)?);
    }
    for (flag, path, text) in [("--from", "data.from", &args.from), ("--to", "data.to", &args.to)] {
        if let Some(text) = text {
            flags.push(read_flag(flag, path, text)?);
        }
    }
    Ok(flags)
}

/// The present: the only place where a run meets a clock.
pub(crate) fn now() -> Ts {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970");
    Ts(i64::try_from(since.as_nanos()).expect("it is before 2262"))
}

fn provenance(
    spec: &RunSpec,
    market: &Market,
    result: &RunResult,
    tearsheet: &Tearsheet,
    notes: &[String],
    started: Ts,
    stages: &Stages,
) -> Provenance {
    let warnings = wb_report::warnings(&result.outcome, tearsheet);
    let version = env!("CARGO_PKG_VERSION").to_string();
    Provenance {
        title: title(spec),
        workbench: version,
        code_id: spec.code_id.clone(),
        started,
        duration_s: stages.seconds.iter().map(|(_, s)| s).sum(),
        host: hostname(),
        versions: BTreeMap::from([
            ("os".to_string(), std::env::consts::OS.to_string()),
            ("architecture".to_string(), std::env::consts::ARCH.to_string()),
        ]),
        warnings: notes.iter().cloned().chain(warnings.into_iter().map(|w| w.text)).collect(),
        data: market.datasets().map(|(name, fingerprint)| Dataset { name, fingerprint }).collect(),
    }
}

fn hostname() -> String {
    std::fs::read_to_string("/etc/hostname")
        .map_or_else(|_| "unknown".to_string(), |name| name.trim().to_string())
}

/// What the report says about where the run comes from.
fn shown(id: &RunId, result: &RunResult, provenance: &Provenance) -> Vec<(String, String)> {
    let mut rows = vec![
        ("Run".to_string(), id.to_string()),
        ("Digest".to_string(), result.digest.to_string()),
        ("Code".to_string(), provenance.code_id.clone()),
        ("Workbench".to_string(), provenance.workbench.clone()),
    ];
    rows.extend(provenance.data.iter().map(|d| (d.name.clone(), d.fingerprint.clone())));
    rows
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
        for (key, value) in &metrics.figures {
            object.insert(key.clone(), value.map_or(Value::Null, |x| json!(x)));
        }
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
