//! What was searched, how, and what came of the trials.

use crate::html::{Cell, Column, Table};
use crate::number;
use crate::sweep::input::TrialStatus;
use crate::sweep::study::Study;

/// The parameters with where they were searched, what was tried and the best.
pub(crate) fn space(study: &Study<'_>) -> String {
    let mut table = Table::new([
        Column::Text("Parameter"),
        Column::Text("Searched"),
        Column::Text("Tried"),
        Column::Text("Best"),
        Column::Text("Meaning"),
    ]);
    for (p, parameter) in study.page.parameters.iter().enumerate() {
        // To the last digit: the best can be run again from it.
        let exact = |x: f64| if parameter.words.is_empty() { x.to_string() } else { study.value_text(p, x) };
        let best = study.best().map(|row| exact(study.page.trials.params[p][row]));
        table.row([
            Cell::Text(parameter.name.clone()),
            Cell::Text(parameter.space.clone()),
            Cell::Text(tried(study, p)),
            Cell::Text(best.unwrap_or(number::ABSENT.to_string())),
            Cell::Text(parameter.doc.clone()),
        ]);
    }
    table.html("Parameters and where they were searched")
}

fn tried(study: &Study<'_>, parameter: usize) -> String {
    let levels = &study.levels[parameter];
    let Some((low, high)) = levels.ends() else { return number::ABSENT.to_string() };
    let text = |x: f64| study.value_text(parameter, x);
    match (levels.count(), study.page.parameters[parameter].words.is_empty()) {
        (1, _) => text(low),
        (n, false) => number::counted(n, "word", "words"),
        (n, true) if n <= 300 => format!("{} values, {} to {}", number::count(n), text(low), text(high)),
        _ => format!("{} to {}", text(low), text(high)),
    }
}

/// How many trials ran, kept the constraints, failed, and why; and how was searched.
pub(crate) fn method(study: &Study<'_>) -> String {
    let page = study.page;
    let mut table = Table::new([Column::Text("What"), Column::Text("Value")]);
    let mut row = |what: &str, value: String| table.row([what.to_string(), value].map(Cell::Text));
    page.method.iter().for_each(|(name, value)| row(name, value.clone()));
    row("Trials", outcome_of_trials(study));
    for (text, broken) in page.constraints {
        row(
            &format!("Constraint {text}"),
            format!("broken by {}", number::counted(*broken, "trial", "trials")),
        );
    }
    for (message, failed) in page.failures {
        row(&format!("Failed: {}", number::counted(*failed, "trial", "trials")), message.clone());
    }
    table.html("Method")
}

/// `1,960: 1,900 complete, 48 infeasible, 12 failed`.
pub(crate) fn outcome_of_trials(study: &Study<'_>) -> String {
    let complete = study.count(TrialStatus::Complete);
    let mut text =
        format!("{}: {} complete", number::count(study.page.trials.number.len()), number::count(complete));
    let unjudged = complete - study.ranked.len();
    let others = [
        (study.count(TrialStatus::Infeasible), "infeasible"),
        (study.count(TrialStatus::Failed), "failed"),
        (unjudged, "complete without the objective"),
    ];
    for (n, what) in others.into_iter().filter(|(n, _)| *n > 0) {
        text.push_str(&format!(", {} {what}", number::count(n)));
    }
    text
}
