//! What is to be brought in, and how.

use std::path::PathBuf;

use wb_catalog::Overlap;
use wb_core::{Grid, InstrumentKind, Interval, Ts};

use crate::columns::ColumnMap;

/// The layout of a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// Found out from the file's name and first rows, and stated in the report.
    Auto,
    /// Rows of text, JSON or a table whose columns are named in a header or given by a [`ColumnMap`].
    Csv,
    /// Binance's public files of bars: twelve columns, with or without header, milli- or microseconds.
    Binance,
    /// QuantConnect Lean's zips of trade bars.
    Lean,
    /// freqtrade's feather or JSON: date, open, high, low, close, volume.
    Freqtrade,
    /// Yahoo Finance daily CSV with `Adj Close`.
    Yahoo,
    /// Parquet or feather with named columns.
    Parquet,
}

impl Format {
    /// Every format, as users write it.
    pub const ALL: [(&'static str, Format); 7] = [
        ("auto", Format::Auto),
        ("csv", Format::Csv),
        ("binance", Format::Binance),
        ("lean", Format::Lean),
        ("freqtrade", Format::Freqtrade),
        ("yahoo", Format::Yahoo),
        ("parquet", Format::Parquet),
    ];
}

/// Which end of its interval a row's time is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stamp {
    /// The bar begins then. A date alone is the first day in the bar.
    Open,
    /// The bar ends then. A date alone is the last day in the bar.
    Close,
}

/// What becomes of rows that cannot be bars.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OnBad {
    /// Nothing is written; the error shows the first ten.
    Error,
    /// They are left out and counted in the audit.
    Drop,
}

/// Which prices of a file are taken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Prices {
    /// As they are written.
    Raw,
    /// Adjusted for dividends and splits: by the `Adj Close` column, or for Lean by the factor file that
    /// belongs to the data file (`../factor_files/<symbol>.csv`).
    Adjusted,
    /// Adjusted by this factor file in Lean's layout.
    AdjustedBy(PathBuf),
}

/// When the venue trades.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum CalendarChoice {
    /// Known venues and rows on Saturdays decide, and the report states it.
    Inferred,
    /// It never closes.
    AlwaysOpen,
    /// It has sessions.
    Sessions {
        /// Trading days a year; 252 where absent.
        days_per_year: Option<f64>,
        /// Trading seconds a day; taken from the data where absent.
        seconds_per_day: Option<f64>,
    },
}

/// What is to be imported, and how. Begin with [`ImportRequest::new`] and change what differs.
#[derive(Clone, Debug)]
pub struct ImportRequest {
    /// The files; `archive.zip#entry.csv` names one file in an archive of several.
    pub files: Vec<PathBuf>,
    /// The venue, lower case.
    pub venue: String,
    /// The venue's name of the instrument. Rows of other symbols are left out where a file has a column of
    /// symbols.
    pub symbol: String,
    /// The length of the bars; held against the data.
    pub interval: Interval,
    /// The layout of the files.
    pub format: Format,
    /// Which end of the bar the times are; absent: as the format says, else the open, which is stated.
    pub stamp: Option<Stamp>,
    /// Name of the time zone of times that carry none, and in which days are cut; absent: as the format says,
    /// else UTC.
    pub zone: Option<String>,
    /// What becomes of rows that cannot be bars.
    pub on_bad: OnBad,
    /// What becomes of bars that are stored already.
    pub overlap: Overlap,
    /// Which columns are which, for files that do not say.
    pub columns: Option<ColumnMap>,
    /// Prices are divided by this: 10000 for prices written in hundredths of a cent. Absent: as the format
    /// says, else 1.
    pub price_divisor: Option<f64>,
    /// Which prices are taken.
    pub prices: Prices,
    /// The price grid; absent: inferred.
    pub tick: Option<Grid>,
    /// The quantity grid; absent: inferred from the volumes.
    pub lot: Option<Grid>,
    /// Value of one unit at a price of one; absent: 1.
    pub multiplier: Option<f64>,
    /// What kind of contract it is; absent: as the format says, else spot.
    pub kind: Option<InstrumentKind>,
    /// Currency of settlement; absent: from the symbol's end, else `USD`.
    pub currency: Option<String>,
    /// When the venue trades.
    pub calendar: CalendarChoice,
    /// Bars that end after this instant have not happened: they are bad rows.
    pub now: Ts,
}

impl ImportRequest {
    /// An import with every choice left to the data; `now` is the present, which only the caller can know.
    pub fn new(files: Vec<PathBuf>, venue: &str, symbol: &str, interval: Interval, now: Ts) -> ImportRequest {
        ImportRequest {
            files,
            venue: venue.to_string(),
            symbol: symbol.to_string(),
            interval,
            format: Format::Auto,
            stamp: None,
            zone: None,
            on_bad: OnBad::Error,
            overlap: Overlap::Join,
            columns: None,
            price_divisor: None,
            prices: Prices::Raw,
            tick: None,
            lot: None,
            multiplier: None,
            kind: None,
            currency: None,
            calendar: CalendarChoice::Inferred,
            now,
        }
    }
}

/// How far an import has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Progress {
    /// Files of the import.
    pub files: usize,
    /// Files that are done.
    pub files_done: usize,
    /// Bytes of all files together, as stored.
    pub bytes: u64,
    /// Bytes that were read.
    pub bytes_done: u64,
    /// Rows that were read.
    pub rows: u64,
}
