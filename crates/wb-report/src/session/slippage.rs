//! Slippage: what was paid against the prices at which orders were decided on.

use wb_core::{Instrument, Side};
use wb_metrics::{Shortfall, ShortfallSum};

use crate::html::{Cell, Column, Table, note};
use crate::number;

/// Orders in the table: those that cost or paid most.
const ROWS: usize = 200;

/// Sums by instrument and side, and the orders.
pub(super) fn slippage(instruments: &[Instrument], shortfalls: &[Shortfall]) -> String {
    if shortfalls.is_empty() {
        return note("No order was filled.");
    }
    let said = "Implementation shortfall (Perold 1988) of what was filled, without fees: the average fill price less \
                the last price when the order was decided on, times the quantity; positive where it cost money. Of a \
                stop, and of an exit at a limit, that price is its own; a trailing stop is left out. Basis points are \
                of the value at that price, so large orders weigh more.";
    sums(instruments, shortfalls) + &note(said) + &orders(instruments, shortfalls)
}

fn sums(instruments: &[Instrument], shortfalls: &[Shortfall]) -> String {
    let mut table = Table::new([
        Column::Text("Orders"),
        Column::Number("Number"),
        Column::Number("Value"),
        Column::Number("Slippage"),
        Column::Number("bps"),
    ]);
    let mut row = |name: String, of: &dyn Fn(&Shortfall) -> bool| {
        let sum: ShortfallSum = shortfalls.iter().filter(|shortfall| of(shortfall)).collect();
        let Some(bps) = sum.bps() else { return };
        table.row([
            Cell::Text(name),
            Cell::Number(number::count(sum.orders), sum.orders as f64),
            Cell::Number(number::money(sum.notional), sum.notional),
            Cell::Number(number::money(sum.cost), sum.cost),
            Cell::Number(number::fixed(bps, 2), bps),
        ]);
    };
    for instrument in instruments {
        for side in [Side::Buy, Side::Sell] {
            let name = format!("{} {side}", instrument.symbol);
            row(name, &|shortfall| (shortfall.instrument, shortfall.side) == (instrument.id, side));
        }
    }
    row("all".to_string(), &|_| true);
    table.html("Slippage by instrument and side")
}

fn orders(instruments: &[Instrument], shortfalls: &[Shortfall]) -> String {
    let mut shown: Vec<&Shortfall> = shortfalls.iter().collect();
    shown.sort_by(|a, b| b.cost.abs().total_cmp(&a.cost.abs()).then(a.order.0.cmp(&b.order.0)));
    shown.truncate(ROWS);
    let mut table = Table::new([
        Column::Number("Order"),
        Column::Text("Instrument"),
        Column::Text("Side"),
        Column::Text("Decided"),
        Column::Number("At"),
        Column::Number("Filled at"),
        Column::Number("Quantity"),
        Column::Number("Slippage"),
        Column::Number("bps"),
    ])
    .sortable();
    for shortfall in &shown {
        let instrument = &instruments[shortfall.instrument.index()];
        let decimals = usize::from(instrument.tick.decimals());
        let (order, qty) = (shortfall.order.0, instrument.qty_f64(shortfall.filled));
        table.row([
            Cell::Number(order.to_string(), order as f64),
            Cell::Text(instrument.symbol.clone()),
            Cell::Text(shortfall.side.to_string()),
            Cell::Text(number::instant(shortfall.decided)),
            Cell::Number(number::fixed(shortfall.decision_price, decimals), shortfall.decision_price),
            Cell::Number(number::fixed(shortfall.fill_price, decimals + 1), shortfall.fill_price),
            Cell::Number(number::fixed(qty, usize::from(instrument.lot.decimals())), qty),
            Cell::Number(number::money(shortfall.cost), shortfall.cost),
            Cell::Number(number::fixed(shortfall.bps(), 2), shortfall.bps()),
        ]);
    }
    let said = format!(
        "{} of {}, those whose slippage was largest first.",
        number::count(shown.len()),
        number::counted(shortfalls.len(), "filled order", "filled orders")
    );
    format!("<div class=\"tall\">{}</div>{}", table.html("Slippage by order"), note(&said))
}
