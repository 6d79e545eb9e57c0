//! A walk-forward's report: what wb-report is given.

use wb_core::ParamSpec;
use wb_report::{
    Efficiency, Objective, SweepParameter, TrialFigure, WalkForwardPage, Window, walk_forward_page,
};
use wb_store::{Provenance, RunId, WindowRow};

use crate::sweep::page::{identity, parameter, place, trial_figure};
use crate::sweep::plan::SweepPlan;
use crate::sweep::walk_forward::WalkForward;

/// The page as HTML.
pub(crate) fn render_walk_forward(
    id: &RunId,
    plan: &SweepPlan,
    walked: &WalkForward,
    spec_text: &str,
    provenance: &Provenance,
) -> String {
    let objective = &plan.objectives[0];
    let specs: Vec<&ParamSpec> = plan.specs.iter().filter(|spec| spec.kind.is_searched()).collect();
    let parameters: Vec<SweepParameter> = specs.iter().map(|spec| parameter(plan, spec)).collect();
    let shown: Vec<usize> =
        (0..plan.figures.len()).filter(|at| plan.figures[*at] != objective.text).collect();
    let figures: Vec<TrialFigure> = shown.iter().map(|at| trial_figure(plan.figures[*at])).collect();
    let windows: Vec<Window> = walked.windows.iter().map(|row| window(row, &specs, &shown)).collect();
    let efficiency = walked.efficiency.map(|value| Efficiency {
        value,
        method: "Yearly return out of sample as a share of that in sample, both the mean of all windows."
            .to_string(),
    });
    let entry = plan.method.entry();
    let trials: u64 = walked.windows.iter().map(|window| window.trials).sum();
    let mut method = vec![
        ("Method".to_string(), format!("{}: {}", entry.name, entry.doc)),
        ("Seed".to_string(), plan.options.seed.to_string()),
        ("Trials".to_string(), trials.to_string()),
    ];
    if let Some(lengths) = plan.windows {
        let mode = if lengths.anchored { "anchored: training windows grow" } else { "rolling" };
        method.push(("Mode".to_string(), mode.to_string()));
        let spans = [
            ("Train", lengths.train),
            ("Test", lengths.test),
            ("Purge", lengths.purge),
            ("Embargo", lengths.embargo),
        ];
        method.extend(spans.map(|(name, span)| (name.to_string(), span.to_string())));
    }
    let facts = [entry.name.to_string(), format!("{} windows", windows.len())];
    walk_forward_page(&WalkForwardPage {
        title: &provenance.title,
        verdict: &walked.verdict,
        facts: &facts,
        links: &[],
        parameters: &parameters,
        objective: &Objective { label: objective.label(), unit: objective.unit(), goal: objective.goal },
        figures: &figures,
        windows: &windows,
        efficiency: efficiency.as_ref(),
        outcome: &walked.outcome,
        tearsheet: &walked.tearsheet,
        method: &method,
        warnings: &walked.warnings,
        provenance: &identity("Walk-forward", id, provenance),
        spec_text,
    })
}

fn window(row: &WindowRow, specs: &[&ParamSpec], shown: &[usize]) -> Window {
    let number = |value: Option<f64>| value.unwrap_or(f64::NAN);
    let value = |spec: &&ParamSpec| row.params.get(&spec.name).and_then(|value| place(spec, value));
    let chosen = row.objective.0.is_some();
    Window {
        train: row.train,
        test: row.test,
        trials: row.trials as usize,
        params: if chosen { specs.iter().map(|spec| number(value(spec))).collect() } else { Vec::new() },
        in_sample: number(row.objective.0),
        out_of_sample: number(row.objective.1),
        figures: shown.iter().map(|at| (number(row.figures[*at].0), number(row.figures[*at].1))).collect(),
    }
}
