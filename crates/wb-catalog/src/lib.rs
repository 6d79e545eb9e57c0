//! The Parquet catalog of market data: write, read, audit, fingerprint.
//!
//! A [`Catalog`] is a folder of Parquet files under hive keys, which polars, pandas and DuckDB read unaided:
//!
//! ```text
//! catalog.toml                                                        the state: hashes and row counts
//! kind=bar/venue=binance/symbol=NEARUSDT/interval=1m/2023-08.parquet
//! ```
//!
//! Columns are `ts`, `open`, `high`, `low`, `close`, `volume`. `ts` is the **end** of the bar, in nanoseconds
//! UTC. A series holds its bars strictly ascending by `ts`. Bars below an hour are kept in a file per month of
//! UTC, longer ones per year, those of a day and more in one file, `all.parquet`. A bar belongs where its
//! interval lies: the last bar of August, stamped `2023-09-01T00:00:00Z`, is in `2023-08.parquet`.
//!
//! Other readers begin at `kind=bar`, because what lies beside it is ours:
//!
//! ```text
//! polars.scan_parquet("catalog/kind=bar/**/*.parquet", hive_partitioning=True)
//! pandas.read_parquet("catalog/kind=bar", filters=[("symbol", "==", "NEARUSDT")])
//! duckdb: SELECT * FROM read_parquet('catalog/kind=bar/**/*.parquet', hive_partitioning = true)
//! ```
//!
//! Symbols are percent-encoded in paths (`symbol=BTC%2FUSDT`), which all three decode.
//!
//! * [`SeriesKey`] names a series, [`SeriesMeta`] says what its numbers mean.
//! * [`Catalog::read_bars`] reads rows, [`Catalog::fingerprint`] identifies them.
//! * [`SeriesWriter`] stages rows month by month and commits them in one step: whoever kills it leaves the old
//!   state or the new one.
//! * [`Auditor`] looks for what is wrong with bars, block by block; [`Audit`] is what it found.

mod audit;
mod auditor;
mod catalog;
mod error;
mod fingerprint;
mod import_text;
mod key;
mod manifest;
mod meta;
mod overlap;
mod partition;
mod rows_file;
mod sessions;
#[cfg(test)]
mod test_bars;
mod transaction;
mod writer;

pub use audit::{Audit, Issue, IssueKind, Place, Severity, Verdict};
pub use auditor::Auditor;
pub use catalog::{Catalog, SeriesInfo};
pub use error::CatalogError;
pub use fingerprint::Fingerprint;
pub use key::SeriesKey;
pub use meta::{Import, SeriesMeta, TickSource};
pub use overlap::Overlap;
pub use writer::{Committed, SeriesWriter};
