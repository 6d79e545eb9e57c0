//! Sweeps as they are printed: what one found, and all that are stored.

use std::collections::BTreeMap;
use std::process::ExitCode;

use serde_json::{Map, Value, json};
use wb_core::ParamValue;
use wb_metrics::{Tearsheet, Unit};
use wb_store::{RunStore, SweepListing, SweepManifest, SweepSummary, TrialRow};

use crate::figures::{grouped, written};
use crate::output::{self, Align, Format, Table};
use crate::settings::Project;
use crate::sweep::{SHOWN, SweepPlan};

/// Prints the best trials and the verdict.
///
/// # Errors
/// If the stored sweep cannot be read.
pub(super) fn print(
    store: &RunStore,
    manifest: &SweepManifest,
    plan: &SweepPlan,
    format: Format,
) -> anyhow::Result<()> {
    let summary = store.sweep_summary(&manifest.id)?;
    let best = best_rows(store, manifest, &summary)?;
    if format == Format::Json {
        output::json(&as_json(store, manifest, plan, &summary, &best));
        return Ok(());
    }
    output::heading(&manifest.provenance.title);
    if !best.is_empty() {
        output::table(&best_table(plan, &summary, &best));
        output::line("");
    }
    summary.verdict.iter().for_each(output::line);
    output::line("");
    let mut about = Table::new([("", Align::Left), ("", Align::Left)]);
    about.row(["sweep", &manifest.id.short()]);
    about.row(["trials", &manifest.trials.unwrap_or_default().to_string()]);
    about.row(["report", &Project::shown(&store.sweep_report_path(&manifest.id))]);
    output::table(&about);
    manifest.provenance.warnings.iter().for_each(output::warning);
    Ok(())
}

/// Prints every stored sweep in a line, oldest first.
///
/// # Errors
/// If the sweeps cannot be listed.
pub(super) fn list(store: &RunStore, format: Format) -> anyhow::Result<ExitCode> {
    let SweepListing { sweeps, mut damaged } = store.list_sweeps()?;
    let mut table = Table::new([
        ("sweep", Align::Left),
        ("started", Align::Left),
        ("what", Align::Left),
        ("method", Align::Left),
        ("trials", Align::Right),
        ("state", Align::Left),
        ("best run", Align::Left),
    ]);
    let mut rows = Vec::new();
    for sweep in &sweeps {
        let trials = store.count_trials(sweep)?;
        let summary = match sweep.trials.map(|_| store.sweep_summary(&sweep.id)).transpose() {
            Ok(summary) => summary.unwrap_or_default(),
            // One damaged sweep hides no other.
            Err(error) => {
                damaged.push(error);
                continue;
            }
        };
        let best = summary.best.first().and_then(|best| best.run);
        let started = sweep.provenance.started.to_string();
        table.row([
            sweep.id.short(),
            started[..16].replace('T', " "),
            sweep.provenance.title.clone(),
            sweep.method.clone(),
            grouped(trials as f64, 0),
            if sweep.complete { "complete" } else { "unfinished" }.to_string(),
            best.map_or("-".to_string(), |id| id.short()),
        ]);
        rows.push(json!({
            "sweep_id": sweep.id.to_string(),
            "title": sweep.provenance.title,
            "started": sweep.provenance.started.to_string(),
            "source": sweep.source,
            "method": sweep.method,
            "trials": trials,
            "complete": sweep.complete,
            "best_run_id": best.map(|id| id.to_string()),
            "verdict": summary.verdict,
        }));
    }
    match format {
        Format::Json => output::json(&rows.into()),
        Format::Table if rows.is_empty() => output::note("no sweeps yet: `workbench optimize` makes one"),
        Format::Table => output::table(&table),
    }
    damaged.iter().for_each(output::warning);
    Ok(ExitCode::SUCCESS)
}

/// The rows of the best trials, best first.
fn best_rows(
    store: &RunStore,
    manifest: &SweepManifest,
    summary: &SweepSummary,
) -> anyhow::Result<Vec<TrialRow>> {
    let wanted: Vec<u64> = summary.best.iter().take(SHOWN).map(|best| best.number).collect();
    let mut found = BTreeMap::new();
    for batch in store.trials(&manifest.id)? {
        found.extend(
            batch?.into_iter().filter(|row| wanted.contains(&row.number)).map(|row| (row.number, row)),
        );
    }
    Ok(wanted.iter().filter_map(|number| found.remove(number)).collect())
}

fn best_table(plan: &SweepPlan, summary: &SweepSummary, best: &[TrialRow]) -> Table {
    let varied: Vec<&str> = plan.space.axes().iter().map(|axis| axis.name.as_ref()).collect();
    let shown: Vec<usize> = (0..plan.figures.len())
        .filter(|at| !plan.objectives.iter().any(|objective| objective.text == plan.figures[*at]))
        .collect();
    let mut columns = vec![("trial".to_string(), Align::Right)];
    columns.extend(varied.iter().map(|name| (name.to_string(), Align::Right)));
    columns.extend(plan.objectives.iter().map(|objective| (objective.text.clone(), Align::Right)));
    columns.extend(shown.iter().map(|at| (plan.figures[*at].to_string(), Align::Right)));
    columns.push(("run".to_string(), Align::Left));
    let mut table = Table::new(columns);
    for row in best {
        let mut cells = vec![row.number.to_string()];
        cells.extend(varied.iter().map(|name| row.params.get(name).map_or("-".to_string(), param_text)));
        let objectives = plan.objectives.iter().zip(&row.objectives);
        cells.extend(objectives.map(|(objective, value)| written(*value, objective.unit())));
        cells.extend(shown.iter().map(|at| written(row.figures[*at], unit_of(plan.figures[*at]))));
        let run = summary.best.iter().find(|best| best.number == row.number).and_then(|best| best.run);
        cells.push(run.map_or("-".to_string(), |id| id.short()));
        table.row(cells);
    }
    table
}

/// A parameter's value for people. Numbers that a search made up have more digits than anybody reads; those of the table are exact.
pub(super) fn param_text(value: &ParamValue) -> String {
    match value {
        ParamValue::Float(x) => {
            let rounded = format!("{x:.4}");
            let exact = x.to_string();
            if exact.len() < rounded.len() { exact } else { rounded }
        }
        other => other.to_string(),
    }
}

fn unit_of(key: &str) -> Unit {
    Tearsheet::describe().find(|figure| figure.key == key).map_or(Unit::Ratio, |figure| figure.unit)
}

fn as_json(
    store: &RunStore,
    manifest: &SweepManifest,
    plan: &SweepPlan,
    summary: &SweepSummary,
    best: &[TrialRow],
) -> Value {
    let row = |row: &TrialRow| {
        let texts = |name: &str| plan.specs.iter().any(|s| s.name == name && !s.kind.is_searched());
        let params: Map<String, Value> = row
            .params
            .iter()
            .filter(|(name, _)| !texts(name))
            .map(|(name, value)| (name.to_string(), param_json(value)))
            .collect();
        let figures: Map<String, Value> = plan
            .figures
            .iter()
            .zip(&row.figures)
            .map(|(key, value)| (key.to_string(), (*value).into()))
            .collect();
        let run = summary.best.iter().find(|best| best.number == row.number).and_then(|best| best.run);
        json!({
            "number": row.number,
            "params": params,
            "objectives": row.objectives,
            "figures": figures,
            "run_id": run.map(|id| id.to_string()),
        })
    };
    json!({
        "sweep_id": manifest.id.to_string(),
        "title": manifest.provenance.title,
        "method": manifest.method,
        "objectives": plan.objectives.iter().map(|o| o.text.clone()).collect::<Vec<_>>(),
        "trials": manifest.trials,
        "complete": manifest.complete,
        "best": best.iter().map(row).collect::<Vec<_>>(),
        "judgement": summary.judgement,
        "verdict": summary.verdict,
        "warnings": manifest.provenance.warnings,
        "report": store.sweep_report_path(&manifest.id).display().to_string(),
    })
}

/// A parameter's value as JSON.
pub(super) fn param_json(value: &ParamValue) -> Value {
    match value {
        ParamValue::Int(x) => (*x).into(),
        ParamValue::Float(x) => (*x).into(),
        ParamValue::Bool(x) => (*x).into(),
        other => other.to_string().into(),
    }
}
