//! What an import did.

use wb_catalog::{Audit, Committed, SeriesKey, SeriesMeta};
use wb_core::Ts;

/// What was read from one file.
#[derive(Clone, PartialEq, Debug)]
pub struct FileReport {
    /// The file, and the entry in it where it is an archive.
    pub name: String,
    /// The layout it was read as: `csv`, `json`, `parquet`, `feather`, `binance`, `lean`, `freqtrade`, `yahoo`.
    pub format: String,
    /// Which column is what: `ts=date open=open …`.
    pub columns: String,
    /// How times are written.
    pub times: String,
    /// Rows that were read.
    pub rows: u64,
    /// Rows of other symbols that were left out.
    pub other_symbols: u64,
    /// The ends of its first and last bar that could be read.
    pub span: Option<(Ts, Ts)>,
    /// What was taken from the data rather than said by anyone.
    pub notes: Vec<String>,
}

/// What an import did.
#[derive(Clone, PartialEq, Debug)]
pub struct ImportReport {
    /// The series that was written.
    pub series: SeriesKey,
    /// The files, in the order in which they were read.
    pub files: Vec<FileReport>,
    /// What the numbers of the series mean, inferred or stated.
    pub meta: SeriesMeta,
    /// What was found in the rows; stored with the series.
    pub audit: Audit,
    /// What was written.
    pub committed: Committed,
    /// What was assumed for the series as a whole: tick, lot, calendar, currency.
    pub notes: Vec<String>,
}
