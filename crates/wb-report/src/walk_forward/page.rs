//! The report of a walk-forward: one HTML file that needs nothing else.

use crate::document::{self, Header, warning_list};
use crate::html::{Cell, Column, Table, escape, note, section};
use crate::json::Json;
use crate::number;
use crate::sections;
use crate::session_dates::Dated;
use crate::walk_forward::drift::drift;
use crate::walk_forward::input::WalkForwardPage;
use crate::walk_forward::windows::windows;
use crate::warnings::warnings;

/// The page. The same walk-forward gives the same bytes.
///
/// # Panics
/// If columns that belong together are not equally long, or if a window has parameters or figures other than those of
/// the page.
pub fn walk_forward_page(page: &WalkForwardPage<'_>) -> String {
    for window in page.windows {
        let given = window.params.len();
        assert!(given == 0 || given == page.parameters.len(), "a window has a value of each parameter");
        assert_eq!(window.figures.len(), page.figures.len(), "a window has each figure");
    }
    let dated = Dated::of(page.outcome, page.tearsheet, Vec::new());
    draw(&WalkForwardPage { outcome: &dated.outcome, tearsheet: &dated.tearsheet, ..*page })
}

fn draw(page: &WalkForwardPage<'_>) -> String {
    let (outcome, tearsheet) = (page.outcome, page.tearsheet);
    let (equity, equity_json) = sections::equity(outcome, tearsheet);
    let end = outcome.equity.ts.last().copied().unwrap_or_default();
    let parts = if page.windows.is_empty() {
        vec![("windows", "Windows", note("There is no window."))]
    } else {
        vec![
            ("equity", "Equity out of sample", equity),
            ("windows", "Windows", windows(page)),
            ("drift", "Parameters over time", drift(page)),
            ("returns", "Returns out of sample", sections::returns(outcome, tearsheet)),
            ("drawdowns", "Deepest drawdowns", sections::drawdowns(&tearsheet.drawdowns, end)),
            ("trades", "Trades", sections::trades(outcome)),
            ("costs", "Costs and orders", sections::costs_and_orders(outcome, tearsheet)),
            ("figures", "All figures", sections::all_figures(tearsheet)),
        ]
    };
    let last = [
        ("space", "Space", space(page)),
        ("method", "Method", method(page)),
        ("provenance", "Provenance", sections::provenance(page.provenance, page.spec_text)),
    ];
    let parts: Vec<(&str, &str, String)> = parts.into_iter().chain(last).collect();
    let names: Vec<(&str, &str)> = parts.iter().map(|(id, title, _)| (*id, *title)).collect();
    let mut body = String::with_capacity(1 << 20);
    body.push_str(&document::header(&Header {
        title: page.title,
        facts: page.facts,
        verdict: page.verdict,
        links: page.links,
        parts: &names,
    }));
    body.push_str("<main>\n");
    body.push_str(&out_of_sample(page));
    body.push_str(&sections::headline(tearsheet));
    let own = warnings(outcome, tearsheet);
    body.push_str(&warning_list(own.iter().map(|w| &w.text).chain(page.warnings)));
    parts.iter().for_each(|(id, title, html)| body.push_str(&section(id, title, html)));
    body.push_str("</main>\n");
    let data = Json::Object(vec![("equity", equity_json)]);
    document::html(page.title, &body, &data, &[include_str!("../script/equity_readout.js")])
}

/// How the windows did out of sample, in a sentence.
fn out_of_sample(page: &WalkForwardPage<'_>) -> String {
    let outs: Vec<f64> = page.windows.iter().map(|w| w.out_of_sample).filter(|x| x.is_finite()).collect();
    if outs.is_empty() {
        return String::new();
    }
    let above = outs.iter().filter(|x| **x > 0.0).count();
    let mut text = format!(
        "{} was above zero out of sample in {} of {}",
        page.objective.label,
        number::count(above),
        number::counted(outs.len(), "window", "windows")
    );
    if let Some(efficiency) = page.efficiency {
        text.push_str(&format!("; walk-forward efficiency {}", number::percent(efficiency.value)));
    }
    format!(
        "<p class=\"more\">{}. The figures below are of the stitched out-of-sample run.</p>\n",
        escape(&text)
    )
}

fn space(page: &WalkForwardPage<'_>) -> String {
    let mut table =
        Table::new([Column::Text("Parameter"), Column::Text("Searched"), Column::Text("Meaning")]);
    for parameter in page.parameters {
        table.row([&parameter.name, &parameter.space, &parameter.doc].map(|text| Cell::Text(text.clone())));
    }
    table.html("Parameters and where they were searched")
}

fn method(page: &WalkForwardPage<'_>) -> String {
    let mut table = Table::new([Column::Text("What"), Column::Text("Value")]);
    let mut row = |what: &str, value: String| table.row([what.to_string(), value].map(Cell::Text));
    page.method.iter().for_each(|(name, value)| row(name, value.clone()));
    row("Windows", number::count(page.windows.len()));
    row("Trials", number::count(page.windows.iter().map(|w| w.trials).sum()));
    table.html("Method")
}
