//! The ten deepest drawdowns.

use wb_core::Ts;
use wb_metrics::Drawdown;

use crate::html::{Cell, Column, Table, note};
use crate::number;

/// The table, deepest first; `end` is the end of the run.
pub(crate) fn drawdowns(drawdowns: &[Drawdown], end: Ts) -> String {
    if drawdowns.is_empty() {
        return note("Equity never fell below an earlier peak.");
    }
    let mut table = Table::new([
        Column::Number("Depth"),
        Column::Text("Peak"),
        Column::Text("Trough"),
        Column::Text("Recovered"),
        Column::Number("Fall"),
        Column::Number("Recovery"),
        Column::Number("Length"),
    ]);
    for d in drawdowns {
        let seconds = |from: Ts, to: Ts| (to - from).as_seconds_f64();
        let length = |from: Ts, to: Ts| Cell::Number(number::duration(seconds(from, to)), seconds(from, to));
        let recovered = d.recovery.map_or("not yet".to_string(), |ts| date(ts, d));
        let recovery = match d.recovery {
            Some(ts) => length(d.trough, ts),
            None => Cell::Number(number::ABSENT.to_string(), f64::INFINITY),
        };
        table.row([
            Cell::Change(number::percent(-d.depth), -d.depth),
            Cell::Text(date(d.peak, d)),
            Cell::Text(date(d.trough, d)),
            Cell::Text(recovered),
            length(d.peak, d.trough),
            recovery,
            length(d.peak, d.recovery.unwrap_or(end)),
        ]);
    }
    table.html("Deepest drawdowns")
}

/// The day, and the minute where the fall to the trough is shorter than a few days.
fn date(ts: Ts, d: &Drawdown) -> String {
    let length = (d.trough - d.peak).as_seconds_f64();
    if length < 3.0 * 86_400.0 { number::instant(ts) } else { ts.date().to_string() }
}
