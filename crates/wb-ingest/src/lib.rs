//! Raw market data files to catalog series; the one crate that links polars.
//!
//! * [`import`] reads files of bars in many layouts, checks every row and writes them as one series.
//! * [`resample`] makes longer bars of a stored series, through the builder that live trading uses.
//! * [`synth`] writes seeded synthetic bars.
//! * [`read_targets`] reads what something else has computed to be held.
//! * [`utc_offsets`] turns the name of a time zone into the offsets that pure code works with.
//!
//! Nothing is mended silently: what is taken from the data (column order, time format, tick) is stated in the
//! [`ImportReport`], and rows that cannot be bars stop the import or are dropped and counted, as the
//! [`ImportRequest`] says. Files are read block by block; no `DataFrame` leaves this crate.

mod blocks;
mod calendar;
mod columnar;
mod columns;
mod csv;
mod decompress;
mod error;
mod factors;
mod formats;
mod head;
mod header;
mod import;
mod infer;
mod json;
mod layout;
mod meta;
mod moments;
mod normal;
mod order;
mod raw;
mod report;
mod request;
mod resample;
mod scan;
mod shape;
mod sift;
mod spacing;
mod synth;
mod targets;
mod timestamps;
mod zone;

pub use columns::ColumnMap;
pub use error::{BadPlace, BadRows, IngestError};
pub use import::import;
pub use report::{FileReport, ImportReport};
pub use request::{CalendarChoice, Format, ImportRequest, OnBad, Prices, Progress, Stamp};
pub use resample::{ResampleReport, ResampleRequest, resample};
pub use synth::{SynthBars, SynthRequest, synth};
pub use targets::read_targets;
pub use zone::utc_offsets;
