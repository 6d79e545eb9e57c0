//! From the profit before costs to the profit, and what became of the orders.

use std::collections::BTreeMap;

use wb_core::OrderState;
use wb_metrics::{Outcome, Tearsheet};

use crate::html::{Cell, Column, Table, half, note};
use crate::number;

/// The table of costs and that of orders, side by side.
pub(crate) fn costs_and_orders(outcome: &Outcome, tearsheet: &Tearsheet) -> String {
    let parts = [
        half("From profit before costs to profit", &costs(outcome, tearsheet)),
        half("Orders by type and end", &orders(outcome)),
    ];
    format!("<div class=\"halves\">\n{}</div>\n", parts.concat())
}

/// The table of costs: amounts, share of the start equity, and basis points of what was traded.
fn costs(outcome: &Outcome, tearsheet: &Tearsheet) -> String {
    let figure = |key: &str| tearsheet.get(key).unwrap_or(0.0);
    let (fees, slippage, carry) = (figure("fees"), figure("slippage"), outcome.carry);
    let net = figure("net_profit");
    let traded = figure("traded");
    let before = net + fees + slippage - carry;
    let mut table = Table::new([
        Column::Text("Step"),
        Column::Number("Amount"),
        Column::Number("Of start equity"),
        Column::Number("bps of value traded"),
    ]);
    let steps = [
        ("Profit before costs", before, true),
        ("Fees", -fees, true),
        ("Slippage", -slippage, true),
        ("Borrow and funding", carry, false),
        ("Net profit", net, false),
    ];
    for (name, amount, per_traded) in steps {
        let points = if per_traded && traded > 0.0 {
            Cell::Number(number::fixed(amount / traded * 1e4, 2), amount / traded)
        } else {
            Cell::Number(String::new(), 0.0)
        };
        let share = amount / outcome.start_equity;
        table.row([
            Cell::Text(name.to_string()),
            Cell::Change(number::profit(amount), amount),
            Cell::Number(number::change(share), share),
            points,
        ]);
    }
    let makers = outcome.fills.iter().filter(|fill| fill.maker).count();
    let fills = outcome.fills.len();
    let said = format!(
        "{} {} traded in {} fills, {} of them as the resting side.",
        number::money(traded),
        outcome.currency,
        number::count(fills),
        number::count(makers)
    );
    table.html("Costs") + &note(&said)
}

/// How many orders of each type ended in each state.
fn orders(outcome: &Outcome) -> String {
    if outcome.orders.is_empty() {
        return note("No order was submitted.");
    }
    let mut counts: BTreeMap<&'static str, [usize; OrderState::ALL.len()]> = BTreeMap::new();
    for order in &outcome.orders {
        let place = OrderState::ALL.iter().position(|state| *state == order.state);
        let place = place.expect("every state is in the list of all states");
        counts.entry(order.request.kind.name()).or_default()[place] += 1;
    }
    let used: Vec<usize> =
        (0..OrderState::ALL.len()).filter(|i| counts.values().any(|c| c[*i] > 0)).collect();
    let mut columns = vec![Column::Text("Orders")];
    columns.extend(used.iter().map(|i| Column::Number(OrderState::ALL[*i].name())));
    columns.push(Column::Number("all"));
    let mut table = Table::new(columns);
    for (kind, by_state) in &counts {
        let cell = |n: usize| Cell::Number(number::count(n), n as f64);
        let mut row = vec![Cell::Text((*kind).to_string())];
        row.extend(used.iter().map(|i| cell(by_state[*i])));
        row.push(cell(by_state.iter().sum()));
        table.row(row);
    }
    table.html("Orders by type and state")
}
