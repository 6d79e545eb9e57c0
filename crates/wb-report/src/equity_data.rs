//! The equity figure's points for the read-out under the reader's pointer.

use wb_metrics::Outcome;

use crate::figures::EquityFigure;
use crate::json::Json;
use crate::packed;
use crate::plot::Size;
use crate::price::ends;

/// Instants, equity, benchmark and drawdown; and where the time axis lies, as shares of each drawing's width.
pub(crate) fn equity_data(outcome: &Outcome, figure: &EquityFigure) -> Json {
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
