//! A sweep's report: what wb-report is given.

use wb_core::{ParamKind, ParamSpec, ParamValue};
use wb_metrics::Tearsheet;
use wb_report::{
    Link, Objective, StoredRun, SweepPage, SweepParameter, TrialFigure, TrialStatus, Trials, sweep_page,
};
use wb_store::{BestTrial, Provenance, RunId, RunStore, TrialRow};

use crate::error::UserError;
use crate::figures::grouped;
use crate::sweep::luck::Judgement;
use crate::sweep::plan::SweepPlan;
use crate::sweep::study::Findings;

/// The most trials that a page shows: beyond that it would grow by tens of megabytes.
const MOST_SHOWN: u64 = 20_000;

/// All that a sweep's report shows.
pub(crate) struct PageParts<'a> {
    /// The sweep.
    pub(crate) id: &'a RunId,
    /// What was asked for.
    pub(crate) plan: &'a SweepPlan,
    /// What the trials gave.
    pub(crate) findings: &'a Findings,
    /// What they are worth.
    pub(crate) judgement: &'a Judgement,
    /// The best trials.
    pub(crate) best: &'a [BestTrial],
    /// The text of `spec.toml`.
    pub(crate) spec_text: &'a str,
    /// How it came about.
    pub(crate) provenance: &'a Provenance,
    /// What a reader should be told.
    pub(crate) warnings: &'a [String],
}

/// The page as HTML. The trials are read from the store.
///
/// # Errors
/// If the trials cannot be read.
pub(crate) fn render(parts: &PageParts<'_>, store: &RunStore) -> anyhow::Result<String> {
    let PageParts { id, plan, findings, judgement, best, spec_text, provenance, warnings } = parts;
    let objectives: Vec<Objective> = plan
        .objectives
        .iter()
        .map(|o| Objective { label: o.label(), unit: o.unit(), goal: o.goal })
        .collect();
    let specs: Vec<&ParamSpec> = plan.specs.iter().filter(|spec| spec.kind.is_searched()).collect();
    let parameters: Vec<SweepParameter> = specs.iter().map(|spec| parameter(plan, spec)).collect();
    let shown: Vec<usize> =
        (0..plan.figures.len()).filter(|at| !is_objective(plan, plan.figures[*at])).collect();
    let figures: Vec<TrialFigure> = shown.iter().map(|at| trial_figure(plan.figures[*at])).collect();
    let trials = trials(parts, store, &specs, &shown)?;
    let constraints: Vec<(String, usize)> = plan
        .constraints
        .iter()
        .zip(&findings.violations)
        .map(|(constraint, count)| (constraint.to_string(), *count as usize))
        .collect();
    let failures: Vec<(String, usize)> =
        findings.failures.iter().map(|(message, count)| (message.clone(), *count as usize)).collect();
    let runs: Vec<StoredRun> = best.iter().filter_map(stored_run).collect();
    let front: Vec<u64> = if plan.objectives.len() > 1 {
        findings.leaders.rows().map(|row| row.number).collect()
    } else {
        Vec::new()
    };
    let entry = plan.method.entry();
    let count = grouped(findings.trials as f64, 0);
    let method = [
        ("Method", format!("{}: {}", entry.name, entry.doc)),
        ("Trials", count.clone()),
        ("Seed", plan.options.seed.to_string()),
    ];
    let method: Vec<(String, String)> = method.map(|(name, value)| (name.to_string(), value)).into();
    let facts = [provenance.title.clone(), entry.name.to_string(), format!("seed {}", plan.options.seed)];
    Ok(sweep_page(&SweepPage {
        title: &format!("{}: {count} trials", provenance.title),
        verdict: &judgement.verdict,
        facts: &facts,
        links: &[],
        parameters: &parameters,
        objectives: &objectives,
        figures: &figures,
        trials: &trials,
        constraints: &constraints,
        failures: &failures,
        runs: &runs,
        luck: &judgement.luck,
        front: &front,
        method: &method,
        warnings,
        provenance: &identity("Sweep", id, provenance),
        spec_text,
    }))
}

/// Label and value of what a result is made of; `kind` is what its id is of.
pub(crate) fn identity(kind: &str, id: &RunId, provenance: &Provenance) -> Vec<(String, String)> {
    let mut rows = vec![
        (kind.to_string(), id.to_string()),
        ("Code".to_string(), provenance.code_id.clone()),
        ("Workbench".to_string(), provenance.workbench.clone()),
    ];
    rows.extend(provenance.data.iter().map(|d| (d.name.clone(), d.fingerprint.clone())));
    rows
}

fn is_objective(plan: &SweepPlan, key: &str) -> bool {
    plan.objectives.iter().any(|objective| objective.text == key)
}

/// A parameter as pages show it.
pub(crate) fn parameter(plan: &SweepPlan, spec: &ParamSpec) -> SweepParameter {
    let words: Vec<String> = match &spec.kind {
        ParamKind::Bool => vec!["false".to_string(), "true".to_string()],
        ParamKind::Choice(words) => words.iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
    };
    SweepParameter {
        name: spec.name.to_string(),
        doc: spec.doc.to_string(),
        space: plan.searched(spec),
        words,
    }
}

/// The figure of that key as pages show it.
pub(crate) fn trial_figure(key: &str) -> TrialFigure {
    let figure = Tearsheet::describe().find(|figure| figure.key == key).expect("the plan names figures");
    TrialFigure { label: figure.label.to_string(), unit: figure.unit }
}

fn stored_run(best: &BestTrial) -> Option<StoredRun> {
    let id = best.run?;
    let (text, id) = (id.short(), id.to_string());
    // From sweeps/a0/a07b…/report.html.
    let href = format!("../../../runs/{}/{id}/report.html", &id[..2]);
    Some(StoredRun { number: best.number, link: Link { text, href } })
}

/// The trials in columns; of very many every so-many-th, and the best.
fn trials(
    parts: &PageParts<'_>,
    store: &RunStore,
    specs: &[&ParamSpec],
    shown: &[usize],
) -> anyhow::Result<Trials> {
    let objectives = parts.plan.objectives.len();
    let mut trials = Trials {
        params: vec![Vec::new(); specs.len()],
        objectives: vec![Vec::new(); objectives],
        figures: vec![Vec::new(); shown.len()],
        ..Trials::default()
    };
    let every = parts.findings.trials.div_ceil(MOST_SHOWN).max(1);
    let best: Vec<u64> = parts.best.iter().map(|best| best.number).collect();
    for batch in store.trials(parts.id)? {
        for row in batch?.iter().filter(|row| row.number % every == 0 || best.contains(&row.number)) {
            push(&mut trials, row, specs, shown)?;
        }
    }
    Ok(trials)
}

fn push(trials: &mut Trials, row: &TrialRow, specs: &[&ParamSpec], shown: &[usize]) -> Result<(), UserError> {
    trials.number.push(row.number);
    trials.status.push(match row.status {
        wb_store::TrialStatus::Ok => TrialStatus::Complete,
        wb_store::TrialStatus::Infeasible => TrialStatus::Infeasible,
        wb_store::TrialStatus::Failed => TrialStatus::Failed,
    });
    for (column, spec) in trials.params.iter_mut().zip(specs) {
        let value = row.params.get(&spec.name).and_then(|value| place(spec, value));
        let lacks = || UserError::data(format!("trial {} has no parameter `{}`", row.number, spec.name));
        column.push(value.ok_or_else(lacks)?);
    }
    for (column, value) in trials.objectives.iter_mut().zip(&row.objectives) {
        column.push(value.unwrap_or(f64::NAN));
    }
    for (column, at) in trials.figures.iter_mut().zip(shown) {
        column.push(row.figures[*at].unwrap_or(f64::NAN));
    }
    Ok(())
}

/// A value as a number: that of a word is its place in the list.
pub(crate) fn place(spec: &ParamSpec, value: &ParamValue) -> Option<f64> {
    match (value, &spec.kind) {
        (ParamValue::Int(x), _) => Some(*x as f64),
        (ParamValue::Float(x), _) => Some(*x),
        (ParamValue::Bool(x), _) => Some(f64::from(u8::from(*x))),
        (ParamValue::Choice(word), ParamKind::Choice(words)) => {
            words.iter().position(|w| w == word).map(|at| at as f64)
        }
        _ => None,
    }
}
