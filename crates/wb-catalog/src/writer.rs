//! Writes one series: stages it month by month, commits it in one step.

use wb_core::{BarColumns, Ts};

use crate::meta::{Import, SeriesMeta};
use crate::{CatalogError, SeriesKey};

/// What becomes of stored bars where an import has bars too.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Overlap {
    /// Old and new bars are joined by time. A bar that both have must be the same in both, else nothing is
    /// written.
    Join,
    /// Stored bars from the first to the last new bar are thrown away, those outside stay.
    Replace,
}

/// What a commit did.
#[derive(Clone, PartialEq, Debug)]
pub struct Committed {
    /// Rows that were pushed.
    pub new_rows: u64,
    /// Rows of the whole series now.
    pub rows: u64,
    /// The end of the series' first bar.
    pub first: Ts,
    /// The end of its last bar.
    pub last: Ts,
    /// Names of the partitions that were written: `2023-08`.
    pub partitions: Vec<String>,
}

/// Writes the bars of one series. Memory holds one partition: a month of minutes.
///
/// Nothing is visible before [`SeriesWriter::commit`]; dropping the writer, or killing the process, leaves the
/// catalog as it was. While it lives no one else can write to the catalog.
#[derive(Debug)]
pub struct SeriesWriter {}

impl SeriesWriter {
    /// Takes the next bars, which come after all before.
    ///
    /// # Errors
    /// [`CatalogError::BadOrder`] for bars out of order or of another interval, [`CatalogError::Conflict`] where
    /// a stored bar differs under [`Overlap::Join`], and what the operating system refuses.
    pub fn push(&mut self, _block: &BarColumns) -> Result<(), CatalogError> {
        todo!()
    }

    /// Makes the new state of the series the state of the catalog. The meta given here holds for the whole
    /// series from now on, also for the partitions that are not touched. Without any bar pushed, nothing is
    /// written.
    ///
    /// # Errors
    /// As for [`SeriesWriter::push`]; the catalog is then as it was.
    pub fn commit(self, _meta: &SeriesMeta, _import: &Import) -> Result<Committed, CatalogError> {
        todo!()
    }
}

/// The writer's place in the API of the catalog, until it is built.
pub(crate) fn begin(_key: &SeriesKey, _overlap: Overlap) -> Result<SeriesWriter, CatalogError> {
    todo!()
}
