//! The table of round trips.

use std::collections::BTreeSet;

use wb_core::{Instrument, Side};
use wb_metrics::{Outcome, RoundTrip};

use crate::html::{Cell, Column, Table, escape};
use crate::number;

/// Rows in the table; the page stays readable and small.
const ROWS: usize = 400;
/// Of them, those that won most, and as many that lost most.
const EXTREMES: usize = 100;

/// The trips that are shown, by their place in the outcome: all of them, or those that won and lost most and the last.
fn shown(trips: &[RoundTrip]) -> Vec<usize> {
    if trips.len() <= ROWS {
        return (0..trips.len()).collect();
    }
    let mut ranked: Vec<usize> = (0..trips.len()).collect();
    ranked.sort_by(|a, b| trips[*b].pnl.total_cmp(&trips[*a].pnl).then(a.cmp(b)));
    let mut rows: BTreeSet<usize> = ranked[..EXTREMES].iter().copied().collect();
    rows.extend(&ranked[trips.len() - EXTREMES..]);
    let mut last = (0..trips.len()).rev();
    while rows.len() < ROWS {
        rows.extend(last.next());
    }
    rows.into_iter().collect()
}

/// The table, newest first, with what it leaves out said below it; nothing without a trade.
pub(crate) fn trades_table(outcome: &Outcome) -> String {
    let trips = &outcome.round_trips;
    if trips.is_empty() {
        return String::new();
    }
    let rows = shown(trips);
    let several = outcome.instruments.len() > 1;
    let mut columns = vec![Column::Number("No.")];
    columns.extend(several.then_some(Column::Text("Instrument")));
    columns.extend([
        Column::Text("Side"),
        Column::Number("Profit"),
        Column::Number("Return"),
        Column::Text("Entry"),
        Column::Number("Price"),
        Column::Text("Exit"),
        Column::Number("Price"),
        Column::Number("Quantity"),
        Column::Number("Bars"),
        Column::Number("MAE"),
        Column::Number("MFE"),
        Column::Number("Fees"),
        Column::Text("Reason"),
    ]);
    let mut table = Table::new(columns).sortable();
    for row in rows.iter().rev() {
        let trip = &trips[*row];
        table.row(cells(*row, trip, &outcome.instruments[trip.instrument.index()], several));
    }
    let said = if rows.len() == trips.len() {
        format!("{}. {LEGEND}", number::counted(trips.len(), "trade", "trades"))
    } else {
        format!(
            "{} of {} shown: the {} that won most, the {} that lost most, and the last ones. The others are in trades.arrow. {LEGEND}",
            number::count(rows.len()),
            number::counted(trips.len(), "trade", "trades"),
            EXTREMES,
            EXTREMES
        )
    };
    let paper = "<span class=\"paper\"> On paper the first 40 of the table.</span>";
    format!(
        "<div class=\"tall\">{}</div><p class=\"note\">{}{paper}</p>\n",
        table.html("Trades"),
        escape(&said)
    )
}

const LEGEND: &str = "MAE and MFE: how far the price went against the trade and for it. Times in UTC.";

fn cells(row: usize, trip: &RoundTrip, instrument: &Instrument, several: bool) -> Vec<Cell> {
    let price = |x: f64| Cell::Number(number::fixed(x, usize::from(instrument.tick.decimals())), x);
    let qty = instrument.qty_f64(trip.qty);
    let side = if trip.side == Side::Buy { "long" } else { "short" };
    let mut cells = vec![Cell::Trip(row)];
    cells.extend(several.then(|| Cell::Text(instrument.symbol.clone())));
    cells.extend([
        Cell::Text(side.to_string()),
        Cell::Change(number::profit(trip.pnl), trip.pnl),
        Cell::Change(number::change(trip.ret), trip.ret),
        Cell::Text(number::instant(trip.entry_ts)),
        price(trip.entry_price),
        Cell::Text(number::instant(trip.exit_ts)),
        price(trip.exit_price),
        Cell::Number(number::fixed(qty, usize::from(instrument.lot.decimals())), qty),
        Cell::Number(number::fixed(f64::from(trip.bars_held), 0), f64::from(trip.bars_held)),
        Cell::Number(number::percent(trip.mae), trip.mae),
        Cell::Number(number::change(trip.mfe), trip.mfe),
        Cell::Number(number::money(trip.fees), trip.fees),
        Cell::Text(trip.exit_reason.name().to_string()),
    ]);
    cells
}
