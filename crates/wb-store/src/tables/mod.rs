//! The tables of runs and sweeps as Arrow IPC files.
//!
//! Uncompressed, so that a reader can map the file and use the columns where they lie. Instants are
//! nanoseconds in UTC, words are dictionaries, prices and sizes are f64 for people, and beside them stand the
//! exact ticks and lots from which the run is read back.

mod equity;
mod file;
mod fills;
mod growing;
mod names;
mod orders;
mod rows;
mod trades;
mod trials;
mod windows;
mod words;

pub(crate) use equity::{read_equity, write_equity};
pub(crate) use file::{Heading, Table};
pub(crate) use fills::{read_fills, write_fills};
pub(crate) use growing::{GrowingTable, StoredBatches};
pub(crate) use names::Names;
pub(crate) use orders::{read_orders, write_orders};
pub(crate) use trades::{read_trades, write_trades};
pub(crate) use trials::{TrialTables, decode_returns, decode_trials};
pub(crate) use windows::write_windows;
#[cfg(test)]
pub(crate) use words::Word;
