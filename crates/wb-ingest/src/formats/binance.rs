//! Binance's public files of bars (data.binance.vision): twelve columns, open time first, with a header since
//! 2022 or without, in milliseconds or, spot since 2025, microseconds.

use crate::columns::Roles;
use crate::head::{Head, Physical};
use crate::timestamps::TimeFormat;

use super::Facts;

const COLUMNS: usize = 12;

/// The layout, if the file has it.
pub(crate) fn facts(head: &Head) -> Option<Facts> {
    let named = head.names.as_ref().is_some_and(|names| {
        names.first().is_some_and(|name| name == "open_time")
            && names.get(6).is_some_and(|name| name == "close_time")
    });
    let is_text = matches!(head.physical, Physical::Text(_));
    let nameless = head.names.is_none() && (0..head.rows.len()).all(|row| is_row(head, row));
    let fits = is_text && head.width() == COLUMNS && !head.rows.is_empty() && (named || nameless);
    fits.then(|| Facts {
        roles: Some(Roles::in_order(COLUMNS)),
        time: Some(TimeFormat::Epoch),
        stamps_open: true,
        zone: Some("UTC"),
        always_open: true,
        ..Facts::named("binance")
    })
}

/// Whether the seventh cell is the last instant before the next bar's open: a count in the unit of the first.
fn is_row(head: &Head, row: usize) -> bool {
    let count = |column| head.cell(row, column).parse::<i64>().ok();
    match (count(0), count(6)) {
        (Some(open), Some(close)) => open > 1_000_000_000_000 && close > open && close - open < open / 100,
        _ => false,
    }
}
