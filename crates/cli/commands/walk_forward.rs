//! `workbench walk-forward`: parameters chosen in one stretch of time and used in the next, again and again.

use std::process::ExitCode;
use std::time::Instant;

use clap::Args;
use serde_json::{Map, Value, json};
use wb_core::Ts;
use wb_store::{ContentHash, NewWalkForward, SweepManifest, SweepSummary};

use super::Global;
use super::backtest::now;
use super::sweep_args::{ResolvedSweep, SweepArgs};
use super::sweep_result::{param_json, param_text};
use crate::error::{Exit, UserError};
use crate::figures::written;
use crate::interrupt::Interrupt;
use crate::output::{self, Align, Format, Progress, Table};
use crate::settings::Project;
use crate::sweep::{Course, Halt, SweepPlan, WalkForward, render_walk_forward};

/// Arguments of `workbench walk-forward`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  workbench walk-forward config/sweeps/sma-cross.toml
  workbench walk-forward sma-cross --method genetic --trials 500

The sweep spec says how long windows are:
  [walk_forward]
  mode = \"rolling\"        # or \"anchored\": training windows grow
  train = \"60d\"
  test = \"20d\"
  purge = \"1d\"            # left out between training and test
  embargo = \"1d\"          # left out after a test")]
pub(crate) struct WalkForwardArgs {
    #[command(flatten)]
    sweep: SweepArgs,
    /// How to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

/// Walks forward, stores what came of it and prints it.
///
/// # Errors
/// If settings, data, strategy, search and windows do not go together, or the result cannot be stored.
pub(crate) fn run(args: &WalkForwardArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let (started, clock) = (now(), Instant::now());
    let progress = Progress::step("looking up data");
    let resolved = args.sweep.resolve(global, started, &progress)?;
    let plan = &resolved.plan;
    let lengths = plan.windows.ok_or_else(|| {
        UserError::usage(format!("{}: the lengths of the windows are missing", resolved.file.path))
            .hint("add train = \"60d\" and test = \"20d\" under [walk_forward]")
    })?;
    if plan.objectives.len() > 1 {
        let message = "a walk-forward chooses by one objective, not by several";
        return Err(UserError::usage(message)
            .hint("write a weighted sum, such as \"sharpe - max_drawdown\"")
            .into());
    }
    progress.next("reading bars");
    let bars = resolved.market.read()?;
    let course = Course { plan, base: resolved.input(&bars), lengths, jobs: args.sweep.jobs() };
    let interrupt = Interrupt::watch();
    progress.length("windows", course.windows()?.len() as u64);
    let walked = course.walk(&|| interrupt.is_asked(), &|walked| {
        progress.at(walked.windows as u64);
        progress.say(&format!("windows of {}, {} trials", walked.of, walked.trials));
    });
    drop(interrupt);
    let walked = match walked {
        Ok(walked) => walked,
        Err(Halt::Failed(error)) => return Err(error),
        Err(Halt::Interrupted) => {
            drop(progress);
            output::note("interrupted: a walk-forward is stored when all its windows are done");
            return Ok(ExitCode::from(Exit::Interrupted.code()));
        }
    };
    progress.next("writing the report");
    let manifest = store(&resolved, &walked, started, clock)?;
    drop(progress);
    print(&resolved, &walked, &manifest, args.format);
    Ok(ExitCode::SUCCESS)
}

fn store(
    resolved: &ResolvedSweep,
    walked: &WalkForward,
    started: Ts,
    clock: Instant,
) -> anyhow::Result<SweepManifest> {
    let ResolvedSweep { plan, base, store, file, .. } = resolved;
    let text = plan.walk_forward_text(base);
    let id = SweepPlan::id(&text);
    let mut provenance = resolved.provenance(started);
    provenance.title = format!("walk-forward of {}", provenance.title);
    provenance.warnings = walked.warnings.clone();
    provenance.duration_s = clock.elapsed().as_secs_f64();
    let drift = walked.drift.iter().map(|(name, share)| (format!("drift.{name}"), Some(*share)));
    let judgement = [("efficiency".to_string(), walked.efficiency)].into_iter().chain(drift).collect();
    let summary = SweepSummary { best: Vec::new(), judgement, verdict: walked.verdict.clone() };
    let report = render_walk_forward(&id, plan, walked, &text, &provenance);
    Ok(store.write_walk_forward(&NewWalkForward {
        id,
        spec: &text,
        source: &file.path,
        method: plan.method.entry().name,
        provenance: &provenance,
        params: &plan.specs,
        figures: &plan.figures,
        windows: &walked.windows,
        digest: &ContentHash::of(walked.digests.join("\n").as_bytes()).to_string(),
        outcome: &walked.outcome,
        tearsheet: &walked.tearsheet,
        summary: &summary,
        report: &report,
    })?)
}

fn print(resolved: &ResolvedSweep, walked: &WalkForward, manifest: &SweepManifest, format: Format) {
    let report = resolved.store.sweep_report_path(&manifest.id);
    if format == Format::Json {
        output::json(&as_json(&resolved.plan, walked, manifest, &report.display().to_string()));
        return;
    }
    output::heading(&manifest.provenance.title);
    output::table(&window_table(&resolved.plan, walked));
    output::line("");
    walked.verdict.iter().for_each(output::line);
    output::line("");
    let mut about = Table::new([("", Align::Left), ("", Align::Left)]);
    about.row(["walk-forward", &manifest.id.short()]);
    about.row(["trials", &manifest.trials.unwrap_or_default().to_string()]);
    about.row(["report", &Project::shown(&report)]);
    output::table(&about);
    walked.warnings.iter().for_each(output::warning);
}

fn window_table(plan: &SweepPlan, walked: &WalkForward) -> Table {
    let objective = &plan.objectives[0];
    let varied: Vec<String> = plan.space.axes().iter().map(|axis| axis.name.to_string()).collect();
    let mut columns = vec![("test from".to_string(), Align::Left), ("to".to_string(), Align::Left)];
    columns.extend(varied.iter().map(|name| (name.clone(), Align::Right)));
    columns.push((format!("{} in", objective.text), Align::Right));
    columns.push((format!("{} out", objective.text), Align::Right));
    let mut table = Table::new(columns);
    for row in &walked.windows {
        let mut cells = vec![row.test.0.date().to_string(), row.test.1.date().to_string()];
        let chosen = row.objective.0.is_some();
        let value =
            |name: &String| row.params.get(name).filter(|_| chosen).map_or("-".to_string(), param_text);
        cells.extend(varied.iter().map(value));
        cells.push(written(row.objective.0, objective.unit()));
        cells.push(written(row.objective.1, objective.unit()));
        table.row(cells);
    }
    table
}

fn as_json(plan: &SweepPlan, walked: &WalkForward, manifest: &SweepManifest, report: &str) -> Value {
    let window = |row: &wb_store::WindowRow| {
        let axes = plan.space.axes().iter();
        let params: Map<String, Value> = axes
            .filter_map(|axis| Some((axis.name.to_string(), param_json(row.params.get(&axis.name)?))))
            .collect();
        let figures: Map<String, Value> = plan
            .figures
            .iter()
            .zip(&row.figures)
            .map(|(key, (inside, outside))| (key.to_string(), json!({ "in": inside, "out": outside })))
            .collect();
        json!({
            "train": [row.train.0.to_string(), row.train.1.to_string()],
            "test": [row.test.0.to_string(), row.test.1.to_string()],
            "trials": row.trials,
            "params": params,
            "objective": { "in": row.objective.0, "out": row.objective.1 },
            "figures": figures,
        })
    };
    let figures: Map<String, Value> =
        walked.tearsheet.figures.iter().map(|figure| (figure.key.to_string(), figure.value.into())).collect();
    json!({
        "sweep_id": manifest.id.to_string(),
        "title": manifest.provenance.title,
        "method": manifest.method,
        "objective": plan.objectives[0].text,
        "trials": manifest.trials,
        "windows": walked.windows.iter().map(window).collect::<Vec<_>>(),
        "efficiency": walked.efficiency,
        "drift": walked.drift.iter().map(|(name, share)| (name.clone(), (*share).into())).collect::<Map<String, Value>>(),
        "figures": figures,
        "verdict": walked.verdict,
        "warnings": walked.warnings,
        "report": report,
    })
}
