//! A folder of Parquet files, and what is in it.

use std::path::Path;

use wb_core::{BarColumns, Ts};

use crate::audit::{Audit, Verdict};
use crate::fingerprint::Fingerprint;
use crate::meta::{Import, SeriesMeta};
use crate::writer::{self, Overlap, SeriesWriter};
use crate::{CatalogError, SeriesKey};

/// A series in the catalog.
#[derive(Clone, PartialEq, Debug)]
pub struct SeriesInfo {
    /// Its name.
    pub key: SeriesKey,
    /// The number of bars.
    pub rows: u64,
    /// The end of the first bar.
    pub first: Ts,
    /// The end of the last bar.
    pub last: Ts,
    /// Size of its files together.
    pub bytes: u64,
    /// The worst judgement on any of its partitions when it was imported.
    pub verdict: Verdict,
}

/// A catalog as it was when it was opened.
#[derive(Clone, Debug)]
pub struct Catalog {}

impl Catalog {
    /// Opens the catalog in this folder. A folder that does not exist yet is an empty catalog; the first write
    /// makes it. Finishes a commit that was killed half way.
    ///
    /// # Errors
    /// Where `catalog.toml` cannot be read, is damaged or has another schema version.
    pub fn open(_root: &Path) -> Result<Catalog, CatalogError> {
        todo!()
    }

    /// All series, ordered by key. Reads no further file.
    pub fn series(&self) -> Vec<SeriesInfo> {
        todo!()
    }

    /// One series.
    ///
    /// # Errors
    /// [`CatalogError::UnknownSeries`] where there is none; its hint names what there is.
    pub fn info(&self, _key: &SeriesKey) -> Result<SeriesInfo, CatalogError> {
        todo!()
    }

    /// What the numbers of a series mean.
    ///
    /// # Errors
    /// Where there is no such series or its last partition cannot be read.
    pub fn meta(&self, _key: &SeriesKey) -> Result<SeriesMeta, CatalogError> {
        todo!()
    }

    /// The imports whose rows are in the series, oldest partition first, each once.
    ///
    /// # Errors
    /// Where there is no such series or a partition cannot be read.
    pub fn imports(&self, _key: &SeriesKey) -> Result<Vec<Import>, CatalogError> {
        todo!()
    }

    /// The bars that end in `from < ts <= to`: those that lie wholly in this half-open range of time, as in
    /// [`BarColumns::between`]. Only partitions and row groups that hold such bars are read. None in the range
    /// is no error.
    ///
    /// # Errors
    /// Where there is no such series, or a partition is missing, damaged or not the one that the catalog lists.
    pub fn read_bars(&self, _key: &SeriesKey, _from: Ts, _to: Ts) -> Result<BarColumns, CatalogError> {
        todo!()
    }

    /// The identity of the instrument and of all partitions that hold bars of this range, without reading them.
    /// Rows added to such a partition outside the range change it too.
    ///
    /// # Errors
    /// As for [`Catalog::meta`].
    pub fn fingerprint(&self, _key: &SeriesKey, _from: Ts, _to: Ts) -> Result<Fingerprint, CatalogError> {
        todo!()
    }

    /// Looks at all stored rows of the series again; rows are numbered from 1.
    ///
    /// # Errors
    /// As for [`Catalog::read_bars`].
    pub fn audit(&self, _key: &SeriesKey) -> Result<Audit, CatalogError> {
        todo!()
    }

    /// Hashes every file of the series and compares with the hashes in `catalog.toml`.
    ///
    /// # Errors
    /// The first partition that is missing or damaged.
    pub fn verify(&self, _key: &SeriesKey) -> Result<(), CatalogError> {
        todo!()
    }

    /// Begins to write to a series, which may be new. Locks the catalog against other writers until the writer
    /// is dropped, and clears away what a killed writer left.
    ///
    /// # Errors
    /// [`CatalogError::Busy`] where another process is writing.
    pub fn writer(&self, key: &SeriesKey, overlap: Overlap) -> Result<SeriesWriter, CatalogError> {
        writer::begin(key, overlap)
    }

    /// Takes a series out of the catalog, in one step like a write.
    ///
    /// # Errors
    /// Where there is no such series, and [`CatalogError::Busy`].
    pub fn remove(&self, _key: &SeriesKey) -> Result<(), CatalogError> {
        todo!()
    }
}
