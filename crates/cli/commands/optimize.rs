//! `workbench optimize`: a strategy's parameters searched, and the best of them judged.

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;
use std::time::Instant;

use clap::Args;
use wb_core::Ts;
use wb_store::{BestTrial, NewSweep, RunId, SweepEnd, SweepManifest, SweepSummary, TrialRow};

use super::Global;
use super::backtest::now;
use super::sweep_args::{ResolvedSweep, SweepArgs};
use super::sweep_result;
use crate::error::{Exit, UserError};
use crate::figures::written;
use crate::interrupt::Interrupt;
use crate::output::{self, Format, Progress};
use crate::spec_file::spec_text;
use crate::sweep::{
    BASE_HEADING, Confirmation, Evidence, Findings, Judgement, PERIODS, PageParts, SHARPE, SHOWN, Study,
    SweepPlan, completed, figure_of, render,
};

/// Arguments of `workbench optimize`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  workbench optimize config/sweeps/sma-cross.toml
  workbench optimize sma-cross --method genetic --trials 500 --seed 7
  workbench optimize sma-cross --resume      go on where an interrupted sweep stopped

Methods: grid, random, sobol, genetic, nsga2, bayesian, cma-es, nelder-mead, particle-swarm.
The same sweep has the same id: one that is stored already is answered at once.")]
pub(crate) struct OptimizeArgs {
    #[command(flatten)]
    sweep: SweepArgs,
    /// Go on with the sweep that was cut short
    #[arg(long)]
    resume: bool,
    /// Begin anew although the sweep is stored
    #[arg(long, conflicts_with = "resume")]
    force: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

/// A sweep that may have been run.
struct Sweep {
    resolved: ResolvedSweep,
    /// The text of its `spec.toml`.
    text: String,
    id: RunId,
}

/// Runs a sweep, or finds that it has been run.
///
/// # Errors
/// If settings, data, strategy and search do not go together, or the sweep cannot be stored.
pub(crate) fn run(args: &OptimizeArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let started = now();
    let progress = Progress::step("looking up data");
    let resolved = args.sweep.resolve(global, started, &progress)?;
    let text = resolved.plan.text(&resolved.base);
    let sweep = Sweep { id: SweepPlan::id(&text), resolved, text };
    let store = &sweep.resolved.store;
    let stored = store.find_sweep(&sweep.id)?;
    let manifest = match stored.filter(|_| !args.force) {
        Some(manifest) if manifest.complete => {
            output::note("this sweep is stored already; --force runs it again");
            manifest
        }
        Some(manifest) if !args.resume => return Err(begun(&sweep, &manifest, args)?.into()),
        found => {
            if found.is_none() && args.resume {
                refuse_changed(&sweep)?;
                output::note("there is nothing to resume: the sweep begins");
            }
            if args.force && store.find_sweep(&sweep.id)?.is_some() {
                store.remove_sweep(&sweep.id)?;
            }
            sweep.execute(args, started, &progress)?
        }
    };
    drop(progress);
    sweep_result::print(store, &manifest, &sweep.resolved.plan, args.format)?;
    if !manifest.complete {
        output::note(format_args!("interrupted: `workbench optimize {} --resume` goes on", args.sweep.sweep));
        return Ok(ExitCode::from(Exit::Interrupted.code()));
    }
    let summary = store.sweep_summary(&manifest.id)?;
    if summary.best.is_empty() {
        let message = summary.verdict.first().cloned().unwrap_or_default();
        let error = UserError { message, hint: None, exit: Exit::No };
        return Err(error.hint("the trials are stored: their figures show how far off they are").into());
    }
    Ok(ExitCode::SUCCESS)
}

/// What to say of a sweep that was begun and is not to be resumed.
fn begun(sweep: &Sweep, manifest: &SweepManifest, args: &OptimizeArgs) -> anyhow::Result<UserError> {
    let done = sweep.resolved.store.count_trials(manifest)?;
    let of = sweep.resolved.plan.expected_trials().map_or(String::new(), |all| format!(" of at most {all}"));
    let message = format!("sweep {} was begun and has {done}{of} trials", manifest.id.short());
    let hint = format!("`workbench optimize {} --resume` goes on, --force begins anew", args.sweep.sweep);
    Ok(UserError::usage(message).hint(hint))
}

/// Refuses to resume where what was begun from the same file was another sweep, and says what differs.
fn refuse_changed(sweep: &Sweep) -> anyhow::Result<()> {
    let ResolvedSweep { store, file, .. } = &sweep.resolved;
    let listing = store.list_sweeps()?;
    let begun = listing.sweeps.iter().rev().find(|m| !m.complete && m.source == file.path);
    let Some(begun) = begun else { return Ok(()) };
    let before = store.sweep_spec(&begun.id)?;
    let message = format!(
        "sweep {} was begun from {} and cannot be resumed, because what it asks for has changed: {}",
        begun.id.short(),
        file.path,
        differences(&before, &sweep.text).join("; ")
    );
    let hint = "undo the change to go on with it, or leave out --resume to begin another; its trials stay";
    Err(UserError::usage(message).hint(hint).into())
}

/// What differs between two texts of specs, key by key.
fn differences(before: &str, after: &str) -> Vec<String> {
    let before = keys(before);
    let after = keys(after);
    let all: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let value =
        |of: &BTreeMap<String, String>, key: &String| of.get(key).cloned().unwrap_or("absent".to_string());
    all.into_iter()
        .filter(|key| before.get(*key) != after.get(*key))
        .map(|key| format!("{key} was {} and is {}", value(&before, key), value(&after, key)))
        .collect()
}

/// Values by key with its heading; a key that stands twice has both values.
fn keys(text: &str) -> BTreeMap<String, String> {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    let mut heading = String::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            heading = format!("{name}.");
        } else if line == BASE_HEADING {
            heading = "base ".to_string();
        } else if let Some((key, value)) = line.trim_start_matches("# ").split_once(" = ") {
            let values = found.entry(format!("{heading}{key}")).or_default();
            values.push_str(if values.is_empty() { "" } else { ", " });
            values.push_str(value);
        }
    }
    found
}

impl Sweep {
    /// Runs what is missing of the sweep, judges it and stores everything.
    fn execute(
        &self,
        args: &OptimizeArgs,
        started: Ts,
        progress: &Progress,
    ) -> anyhow::Result<SweepManifest> {
        let clock = Instant::now();
        let ResolvedSweep { plan, market, store, file, .. } = &self.resolved;
        progress.next("reading bars");
        let bars = market.read()?;
        let base = self.resolved.input(&bars);
        let study = Study { plan, base: base.clone(), periods: PERIODS, jobs: args.sweep.jobs() };
        let provenance = self.resolved.provenance(started);
        let mut writer = store.open_sweep(&NewSweep {
            id: self.id,
            spec: &self.text,
            source: &file.path,
            method: plan.method.entry().name,
            provenance: &provenance,
            columns: study.columns(),
            periods: PERIODS,
        })?;
        let interrupt = Interrupt::watch();
        progress.length("trials", plan.expected_trials().unwrap_or_default());
        let objective = &plan.objectives[0];
        let findings = study.run(&mut writer, &|| interrupt.is_asked(), &|standing| {
            progress.at(standing.trials);
            let best = standing.best.and_then(|row| row.objectives[0]);
            progress.say(&format!("trials, best {} {}", objective.text, written(best, objective.unit())));
        })?;
        drop(interrupt);
        progress.next("judging");
        let rows: Vec<TrialRow> = findings.leaders.rows().cloned().collect();
        let judgement = self.judge(&study, &findings, &rows)?;
        let confirmation = Confirmation { sweep: self.id, plan, base: &base, market, store, started };
        let best = self.confirm(&confirmation, &findings, &rows, progress)?;
        progress.next("writing the report");
        let report = render(
            &PageParts {
                id: &self.id,
                plan,
                findings: &findings,
                judgement: &judgement,
                best: &best,
                spec_text: &self.text,
                provenance: &provenance,
                warnings: &judgement.warnings,
            },
            store,
        )?;
        let summary = SweepSummary { best, judgement: judgement.figures, verdict: judgement.verdict };
        let best_spec = rows.first().map(|row| spec_text(&confirmation.spec(row)));
        Ok(writer.finish(&SweepEnd {
            complete: !findings.interrupted,
            seconds: clock.elapsed().as_secs_f64(),
            warnings: &judgement.warnings,
            summary: &summary,
            best: best_spec.as_deref(),
            report: &report,
        })?)
    }

    fn judge(&self, study: &Study<'_>, findings: &Findings, rows: &[TrialRow]) -> anyhow::Result<Judgement> {
        let ResolvedSweep { plan, market, store, .. } = &self.resolved;
        let Some(row) = rows.first() else { return Ok(Judgement::of_none(plan, findings)) };
        let params = completed(&plan.base, &row.params);
        let again = study.evaluate(&[(row.number, params)])?;
        let best = again.into_iter().next().and_then(|result| result.outcome.ok());
        let best = best.map(|figures| figures.periods).unwrap_or_default();
        let trials_ever = store.trials_made(plan.strategy.name, &market.fingerprints)?;
        Ok(Judgement::of(&Evidence {
            plan,
            findings,
            best: (row.number, best),
            best_sharpe: figure_of(plan, row, SHARPE),
            trials_ever,
            bars: study.base.bars,
        }))
    }

    /// The best trials, stored as runs; after an interrupt they are named only, because the user waits.
    fn confirm(
        &self,
        confirmation: &Confirmation<'_>,
        findings: &Findings,
        rows: &[TrialRow],
        progress: &Progress,
    ) -> anyhow::Result<Vec<BestTrial>> {
        if findings.interrupted {
            return Ok(rows.iter().map(|row| BestTrial { number: row.number, run: None }).collect());
        }
        let mut best = Vec::with_capacity(rows.len());
        for (place, row) in rows.iter().enumerate() {
            progress.next(&format!("running trial {} event by event", row.number));
            best.push(match place < SHOWN {
                true => confirmation.store_run(row, progress)?,
                false => BestTrial { number: row.number, run: None },
            });
        }
        Ok(best)
    }
}
