//! The best trials, one by one.

use wb_metrics::Unit;

use crate::html::{Cell, Column, Table, escape, note};
use crate::number;
use crate::sweep::study::Study;

/// Rows in the table.
const ROWS: usize = 100;

/// The table, best first, with what it leaves out said below it.
pub(crate) fn best_trials(study: &Study<'_>) -> String {
    if study.ranked.is_empty() {
        return note(
            "No trial can be ranked: none ran to its end, kept the constraints and has the objective.",
        );
    }
    let shown = &study.ranked[..study.ranked.len().min(ROWS)];
    let said = match study.ranked.len() {
        n if n > shown.len() => format!("The best {} of {} trials.", shown.len(), number::count(n)),
        n => format!("{}.", number::counted(n, "trial", "trials")),
    };
    let paper = "<span class=\"paper\"> On paper the first 40 of the table.</span>";
    format!(
        "<div class=\"tall\">{}</div><p class=\"note\">{}{paper}</p>\n",
        trials_table(study, shown, "Best trials"),
        escape(&said)
    )
}

/// A table of the trials of these rows: number, objectives, parameters that varied, other figures, stored runs.
pub(crate) fn trials_table(study: &Study<'_>, rows: &[usize], label: &str) -> String {
    let page = study.page;
    let mut columns = vec![Column::Number("Trial")];
    columns.extend(page.objectives.iter().map(|o| Column::Number(&o.label)));
    columns.extend(study.varied.iter().map(|p| match page.parameters[*p].words.is_empty() {
        true => Column::Number(&page.parameters[*p].name),
        false => Column::Text(&page.parameters[*p].name),
    }));
    columns.extend(page.figures.iter().map(|f| Column::Number(&f.label)));
    let stored = rows.iter().any(|row| run_of(study, *row).is_some());
    columns.extend(stored.then_some(Column::Text("Run")));
    let mut table = Table::new(columns).sortable();
    for row in rows {
        let figure =
            |unit: Unit, column: &[f64]| Cell::Number(number::in_unit(column[*row], unit), column[*row]);
        let mut cells = vec![Cell::Number(study.number(*row), page.trials.number[*row] as f64)];
        cells.extend(
            page.objectives.iter().zip(&page.trials.objectives).map(|(o, column)| figure(o.unit, column)),
        );
        cells.extend(study.varied.iter().map(|p| {
            let value = page.trials.params[*p][*row];
            let text = study.value_text(*p, value);
            if page.parameters[*p].words.is_empty() { Cell::Number(text, value) } else { Cell::Text(text) }
        }));
        cells.extend(page.figures.iter().zip(&page.trials.figures).map(|(f, column)| figure(f.unit, column)));
        cells.extend(stored.then(|| run_of(study, *row).unwrap_or_else(|| Cell::Text(String::new()))));
        table.row(cells);
    }
    table.html(label)
}

/// The link to the run of a row, where it is stored as one.
fn run_of(study: &Study<'_>, row: usize) -> Option<Cell> {
    let number = study.page.trials.number[row];
    let run = study.page.runs.iter().find(|run| run.number == number)?;
    Some(Cell::Link(run.link.text.clone(), run.link.href.clone()))
}
