//! `fills.arrow`: every execution.

use std::path::Path;

use wb_core::{Fill, Instrument, OrderId, Side};
use wb_metrics::Outcome;

use crate::error::StoreError;
use crate::output::OutputFile;
use crate::tables::file::{Heading, Table, bools, f64s, i64s, instants, u64s, write_table};
use crate::tables::names::Names;
use crate::tables::words::words;

/// Writes the fills in the order in which they happened. Order 0 is a liquidation by the venue.
pub(crate) fn write_fills(
    path: &Path,
    heading: &Heading<'_>,
    names: &Names,
    outcome: &Outcome,
) -> Result<OutputFile, StoreError> {
    let instrument = |f: &Fill| &outcome.instruments[f.instrument.index()];
    write_table(path, heading, &[], outcome.fills.len(), |rows| {
        let fills = &outcome.fills[rows];
        vec![
            instants("ts", fills.iter().map(|f| f.ts)),
            u64s("order_id", fills.iter().map(|f| f.order.0)),
            names.symbols(fills.iter().map(|f| f.instrument)),
            words("side", fills.iter().map(|f| f.side)),
            f64s("qty", fills.iter().map(|f| instrument(f).qty_f64(f.qty))),
            f64s("price", fills.iter().map(|f| instrument(f).price_f64(f.price))),
            f64s("fee", fills.iter().map(|f| f.fee)),
            f64s("slippage", fills.iter().map(|f| f.slippage)),
            bools("maker", fills.iter().map(|f| f.maker)),
            names.venues(fills.iter().map(|f| f.instrument)),
            Names::indices(fills.iter().map(|f| f.instrument)),
            i64s("qty_lots", fills.iter().map(|f| f.qty.lots())),
            i64s("price_ticks", fills.iter().map(|f| f.price.0)),
        ]
    })
}

/// Reads what [`write_fills`] wrote.
pub(crate) fn read_fills(table: &Table, instruments: &[Instrument]) -> Result<Vec<Fill>, StoreError> {
    let mut fills = Vec::with_capacity(table.len());
    for rows in table.parts() {
        let orders = rows.u64s("order_id")?;
        let sides = rows.words::<Side>("side")?;
        let quantities = rows.quantities("qty_lots")?;
        let (fees, slippage, maker) = (rows.f64s("fee")?, rows.f64s("slippage")?, rows.bools("maker")?);
        let marks = rows.instants("ts")?.zip(rows.prices("price_ticks")?);
        let keys = rows.instruments("instrument", instruments)?.zip(marks).enumerate();
        fills.extend(keys.map(|(i, (instrument, (ts, price)))| Fill {
            order: OrderId(orders[i]),
            instrument,
            side: sides[i],
            price,
            qty: quantities[i],
            fee: fees[i],
            slippage: slippage[i],
            maker: maker.value(i),
            ts,
        }));
    }
    Ok(fills)
}
