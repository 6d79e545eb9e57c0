//! `trades.arrow`: the round trips, entry to exit.

use std::path::Path;

use wb_core::Instrument;
use wb_metrics::{ExitReason, Outcome, RoundTrip};

use crate::error::StoreError;
use crate::output::OutputFile;
use crate::tables::file::{Heading, Table, f64s, i64s, instants, u32s, write_table};
use crate::tables::names::Names;
use crate::tables::words::{Held, words};

/// Writes the round trips in the order of exit.
pub(crate) fn write_trades(
    path: &Path,
    heading: &Heading<'_>,
    names: &Names,
    outcome: &Outcome,
) -> Result<OutputFile, StoreError> {
    let instruments = &outcome.instruments;
    let units = |t: &RoundTrip| instruments[t.instrument.index()].qty_f64(t.qty);
    write_table(path, heading, &[], outcome.round_trips.len(), |rows| {
        let trades = &outcome.round_trips[rows];
        let number = |name: &str, value: fn(&RoundTrip) -> f64| f64s(name, trades.iter().map(value));
        vec![
            names.symbols(trades.iter().map(|t| t.instrument)),
            words("side", trades.iter().map(|t| Held(t.side))),
            f64s("qty", trades.iter().map(units)),
            instants("entry_ts", trades.iter().map(|t| t.entry_ts)),
            instants("exit_ts", trades.iter().map(|t| t.exit_ts)),
            number("entry_price", |t| t.entry_price),
            number("exit_price", |t| t.exit_price),
            number("pnl", |t| t.pnl),
            number("return", |t| t.ret),
            number("fees", |t| t.fees),
            number("slippage", |t| t.slippage),
            number("mae", |t| t.mae),
            number("mfe", |t| t.mfe),
            u32s("bars_held", trades.iter().map(|t| t.bars_held)),
            words("exit_reason", trades.iter().map(|t| t.exit_reason)),
            names.venues(trades.iter().map(|t| t.instrument)),
            Names::indices(trades.iter().map(|t| t.instrument)),
            i64s("qty_lots", trades.iter().map(|t| t.qty.lots())),
        ]
    })
}

/// Reads what [`write_trades`] wrote.
pub(crate) fn read_trades(table: &Table, instruments: &[Instrument]) -> Result<Vec<RoundTrip>, StoreError> {
    let mut trades = Vec::with_capacity(table.len());
    for rows in table.parts() {
        let sides = rows.words::<Held>("side")?;
        let reasons = rows.words::<ExitReason>("exit_reason")?;
        let quantities = rows.quantities("qty_lots")?;
        let (entry_prices, exit_prices) = (rows.f64s("entry_price")?, rows.f64s("exit_price")?);
        let (pnl, ret) = (rows.f64s("pnl")?, rows.f64s("return")?);
        let (fees, slippage) = (rows.f64s("fees")?, rows.f64s("slippage")?);
        let (mae, mfe) = (rows.f64s("mae")?, rows.f64s("mfe")?);
        let bars_held = rows.u32s("bars_held")?;
        let times = rows.instants("entry_ts")?.zip(rows.instants("exit_ts")?);
        let keys = rows.instruments("instrument", instruments)?.zip(times).enumerate();
        trades.extend(keys.map(|(i, (instrument, (entry_ts, exit_ts)))| RoundTrip {
            instrument,
            side: sides[i].0,
            qty: quantities[i],
            entry_ts,
            exit_ts,
            entry_price: entry_prices[i],
            exit_price: exit_prices[i],
            pnl: pnl[i],
            ret: ret[i],
            fees: fees[i],
            slippage: slippage[i],
            mae: mae[i],
            mfe: mfe[i],
            bars_held: bars_held[i],
            exit_reason: reasons[i],
        }));
    }
    Ok(trades)
}
