//! How the chosen parameters moved from window to window.

use crate::figures::{Positions, Steps};
use crate::html::{half, note};
use crate::number;
use crate::plot::{Size, figure};
use crate::walk_forward::input::{WalkForwardPage, Window};

/// How often a parameter changed, over the windows that chose one.
pub(crate) fn changes(page: &WalkForwardPage<'_>, parameter: usize) -> usize {
    let values: Vec<f64> = page.windows.iter().filter_map(|w| w.params.get(parameter).copied()).collect();
    values.windows(2).filter(|pair| (pair[0] - pair[1]).abs() > 0.0).count()
}

/// A figure for each parameter of which more than one value was chosen; the others are named.
pub(crate) fn drift(page: &WalkForwardPage<'_>) -> String {
    let chosen: Vec<&Window> = page.windows.iter().filter(|w| !w.params.is_empty()).collect();
    let Some(first) = chosen.first() else { return note("No window has chosen parameters.") };
    let mut figures = String::new();
    let mut still = Vec::new();
    for (p, parameter) in page.parameters.iter().enumerate() {
        let changes = changes(page, p);
        if changes == 0 {
            still.push(format!("{} = {}", parameter.name, parameter.text(first.params[p])));
            continue;
        }
        let spans: Vec<_> = chosen.iter().map(|w| (w.test, w.params[p])).collect();
        let drawing = Steps {
            name: &parameter.name,
            spans: &spans,
            positions: match parameter.words.as_slice() {
                [] => Positions::Numbers,
                words => Positions::Words(words),
            },
        };
        let caption = format!(
            "Changed {} in {}.",
            number::counted(changes, "time", "times"),
            number::counted(chosen.len(), "window", "windows")
        );
        let size = Size { height: 190.0, ..Size::HALF };
        figures.push_str(&half(&parameter.name, &figure(size, 190.0, &caption, |size| drawing.draw(size))));
    }
    let mut out = String::new();
    if !figures.is_empty() {
        out = format!("<div class=\"halves\">\n{figures}</div>\n");
    }
    if !still.is_empty() {
        out.push_str(&note(&format!("The same in every window: {}.", still.join(", "))));
    }
    out
}
