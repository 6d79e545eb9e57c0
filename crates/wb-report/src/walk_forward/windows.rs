//! The windows, in sample and out of sample.

use crate::figures::WindowBars;
use crate::html::{Cell, Column, Table, escape, half};
use crate::number;
use crate::plot::{Size, figure};
use crate::sections;
use crate::sweep::{InAndOut, in_and_out};
use crate::walk_forward::drift;
use crate::walk_forward::input::{WalkForwardPage, Window};

/// Bars for each window, the pairs against each other, and the table.
pub(crate) fn windows(page: &WalkForwardPage<'_>) -> String {
    let objective = page.objective;
    let pairs: Vec<(f64, f64)> = page.windows.iter().map(|w| (w.in_sample, w.out_of_sample)).collect();
    let absent = pairs.iter().filter(|(_, out)| !out.is_finite()).count();
    let mut caption =
        format!("{} of {}.", objective.label, number::counted(pairs.len(), "window", "windows"));
    if absent > 0 {
        caption.push_str(&format!(
            " Without a bar out of sample: {}, in which the objective is absent.",
            number::count(absent)
        ));
    }
    let drawing = WindowBars {
        pairs: &pairs,
        begins: &page.windows.iter().map(|w| w.test.0).collect::<Vec<_>>(),
        unit: objective.unit,
    };
    let size = Size { height: 300.0, ..Size::FULL };
    let bars = figure(size, 250.0, &caption, |size| drawing.draw(size));
    let mut out = format!("{LEGEND}{bars}<div class=\"tall\">{}</div>\n", table(page));
    if pairs.iter().filter(|(a, b)| a.is_finite() && b.is_finite()).count() > 2 {
        let against = in_and_out(&InAndOut {
            label: objective.label.clone(),
            unit: objective.unit,
            points: pairs,
            method: "A point is a window.".to_string(),
        });
        out.push_str(&format!("<div class=\"halves\">\n{against}{}</div>\n", efficiency(page)));
    } else {
        out.push_str(&efficiency(page));
    }
    out
}

const LEGEND: &str = "<p class=\"readout\"><span class=\"key axis-key\">in sample</span> \
    <span class=\"key run\">out of sample</span></p>\n";

fn efficiency(page: &WalkForwardPage<'_>) -> String {
    let Some(efficiency) = page.efficiency else { return String::new() };
    let body = format!(
        "<p>{} of what was made in sample was made out of sample.</p>\n<p class=\"note\">{}</p>\n",
        number::percent(efficiency.value),
        escape(&efficiency.method)
    );
    half("Walk-forward efficiency", &body)
}

/// The table: fixed parameters are left out.
fn table(page: &WalkForwardPage<'_>) -> String {
    let moving: Vec<usize> = (0..page.parameters.len()).filter(|p| drift::changes(page, *p) > 0).collect();
    let names = |label: &str| [format!("{label} in"), format!("{label} out")];
    let first = names(&page.objective.label);
    let others: Vec<String> = page.figures.iter().flat_map(|f| names(&f.label)).collect();
    let mut columns = vec![Column::Number("No.")];
    columns.extend(first.iter().map(|name| Column::Number(name)));
    columns.extend(moving.iter().map(|p| match page.parameters[*p].words.is_empty() {
        true => Column::Number(&page.parameters[*p].name),
        false => Column::Text(&page.parameters[*p].name),
    }));
    columns.extend(others.iter().map(|name| Column::Number(name)));
    columns.extend([Column::Text("Out of sample"), Column::Text("In sample"), Column::Number("Trials")]);
    let mut table = Table::new(columns).sortable();
    for (i, window) in page.windows.iter().enumerate() {
        table.row(cells(page, &moving, i, window));
    }
    table.html("Windows")
}

fn cells(page: &WalkForwardPage<'_>, moving: &[usize], index: usize, window: &Window) -> Vec<Cell> {
    let written = |x: f64, unit| Cell::Number(number::in_unit(x, unit), x);
    let unit = page.objective.unit;
    let mut cells = vec![
        Cell::Number(number::count(index + 1), index as f64),
        written(window.in_sample, unit),
        written(window.out_of_sample, unit),
    ];
    for p in moving {
        let value = window.params.get(*p).copied();
        let text = value.map_or(number::ABSENT.to_string(), |x| page.parameters[*p].text(x));
        cells.push(match page.parameters[*p].words.is_empty() {
            true => Cell::Number(text, value.unwrap_or(f64::NAN)),
            false => Cell::Text(text),
        });
    }
    for (figure, (inside, outside)) in page.figures.iter().zip(&window.figures) {
        cells.extend([written(*inside, figure.unit), written(*outside, figure.unit)]);
    }
    cells.extend([window.test, window.train].map(|(from, to)| Cell::Text(sections::period(from, to))));
    cells.push(Cell::Number(number::count(window.trials), window.trials as f64));
    cells
}
