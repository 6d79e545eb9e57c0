//! Equity against the benchmark, and what the read-out under the reader's pointer needs to know.

use wb_metrics::{Outcome, Tearsheet};

use crate::figures::{self, EquityFigure};
use crate::html::{escape, note, put};
use crate::json::Json;
use crate::number;
use crate::packed;
use crate::plot::{Size, figure};
use crate::price::ends;

/// Points of the figure on a wide page.
const WIDE_POINTS: usize = 2_000;
/// Points of the figure on a phone.
const PHONE_POINTS: usize = 700;

/// The figure with its read-out, and the data that this needs.
pub(crate) fn equity(outcome: &Outcome, tearsheet: &Tearsheet) -> (String, Json) {
    if outcome.equity.ts.len() < 2 {
        return (note("A curve needs at least two bars."), Json::Object(Vec::new()));
    }
    let drawdowns = &tearsheet.drawdowns;
    let drawn = |points: usize| {
        // A few more points are better than a curve that is nearly whole.
        let keep = if outcome.equity.ts.len() <= 2 * points { 2 * points } else { points };
        let rows = figures::thin(outcome, drawdowns, keep);
        EquityFigure::new(outcome, &rows)
    };
    let (wide, phone) = (drawn(WIDE_POINTS), drawn(PHONE_POINTS));
    let bars = outcome.equity.ts.len();
    let mut caption = if wide.ts.len() < bars {
        format!(
            "{} points drawn as {} ({} on a phone): by largest triangles, with every turning point of the deepest \
             drawdowns.",
            number::count(bars),
            number::count(wide.ts.len()),
            number::count(phone.ts.len())
        )
    } else {
        format!("{} points.", number::count(bars))
    };
    if wide.is_log() {
        caption.push_str(" The scale of equity is logarithmic.");
    }
    let draw = |size: Size| if size.is_narrow() { phone.draw(size) } else { wide.draw(size) };
    let html = format!(
        "<div id=\"equity-figure\"><p class=\"readout\">{}</p>\n{}</div>\n",
        legend(outcome),
        figure(Size::FULL, 330.0, &caption, draw)
    );
    (html, readout_data(outcome, &wide))
}

/// What the lines are; the script writes the values beside the names.
fn legend(outcome: &Outcome) -> String {
    let mut out = String::from("<span class=\"key run\">Run</span>");
    if let Some(benchmark) = &outcome.benchmark {
        put(
            &mut out,
            format_args!(" <span class=\"key benchmark\">Buy and hold {}</span>", escape(&benchmark.name)),
        );
    }
    out
}

/// Instants, equity, benchmark and drawdown; and where the time axis lies, as shares of each drawing's width.
fn readout_data(outcome: &Outcome, figure: &EquityFigure) -> Json {
    let most = figure.equity.iter().chain(&figure.benchmark).fold(0.0_f64, |most, x| most.max(x.abs()));
    // Small accounts are kept to hundredths, large ones to whole units.
    let unit = if most < 1e7 { 100.0 } else { 1.0 };
    let money = |column: &[f64]| Json::Text(packed::steps(column.iter().map(|x| packed::scaled(*x, unit))));
    let sides = |size: Size| {
        let (left, right) = EquityFigure::sides(size);
        Json::List(vec![Json::Number(left / size.width), Json::Number(right / size.width)])
    };
    let (step, t) = ends(figure.ts.iter().copied());
    let name = outcome.benchmark.as_ref().map_or(String::new(), |b| b.name.clone());
    Json::Object(vec![
        ("currency", Json::text(outcome.currency.clone())),
        ("benchmarkName", Json::Text(name)),
        ("unit", Json::Number(unit)),
        ("step", Json::Whole(step)),
        ("t", Json::Text(t)),
        ("equity", money(&figure.equity)),
        ("benchmark", money(&figure.benchmark)),
        ("drawdown", Json::Text(packed::steps(figure.drawdown.iter().map(|x| packed::scaled(*x, 1e5))))),
        ("wide", sides(Size::FULL)),
        ("phone", sides(Size::PHONE)),
    ])
}
