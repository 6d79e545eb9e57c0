//! Whether a model sees and says live what it saw and said when it was made.

use crate::html::{Cell, Column, Table, note};
use crate::number;

use super::input::Drift;

/// The table of a model's inputs and outputs.
pub(super) fn drift(drifts: &[Drift]) -> String {
    let mut table = Table::new([
        Column::Text("Feature"),
        Column::Text("Instrument"),
        Column::Number("Golden rows"),
        Column::Number("Bars"),
        Column::Number("Distance"),
        Column::Number("Usual up to"),
    ])
    .sortable();
    for drift in drifts {
        let (rows, bars) = (drift.rows, drift.bars);
        table.row([
            Cell::Text(drift.feature.clone()),
            Cell::Text(drift.instrument.clone()),
            Cell::Number(number::count(rows), rows as f64),
            Cell::Number(number::count(bars), bars as f64),
            Cell::Number(number::fixed(drift.distance, 2), drift.distance),
            Cell::Number(number::fixed(drift.limit, 2), drift.limit),
        ]);
    }
    let beyond = drifts.iter().filter(|drift| drift.distance > drift.limit).count();
    let said = format!(
        "{} of {} beyond what is usual. The distance of Kolmogorov and Smirnov between the model's golden rows and the \
         bars traded on: zero where they are distributed alike, one where they have nothing in common. Of values that do \
         not depend on each other one pair in twenty exceeds what is usual; neighbouring bars do depend, and exceed it \
         more often.",
        number::count(beyond),
        number::counted(drifts.len(), "column", "columns"),
    );
    table.html("Inputs and outputs of models") + &note(&said)
}
