//! A folder of Parquet files, and what is in it.

use std::fs;
use std::path::{Path, PathBuf};

use wb_core::{BarColumns, Ts};

use crate::audit::{Audit, Verdict};
use crate::auditor::Auditor;
use crate::fingerprint::Fingerprint;
use crate::import_text::{join_imports, parse_imports};
use crate::manifest::{Entry, Manifest, Partitions, partition_path};
use crate::meta::{IMPORTS_KEY, Import, SeriesMeta};
use crate::overlap::Overlap;
use crate::rows_file::RowsFile;
use crate::writer::{self, SeriesWriter};
use crate::{CatalogError, SeriesKey, transaction};

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
pub struct Catalog {
    root: PathBuf,
    manifest: Manifest,
}

impl Catalog {
    /// Opens the catalog in this folder. A folder that does not exist yet is an empty catalog; the first write
    /// makes it. Finishes a commit that was killed half way.
    ///
    /// # Errors
    /// Where `catalog.toml` cannot be read, is damaged or has another schema version.
    pub fn open(root: &Path) -> Result<Catalog, CatalogError> {
        transaction::recover(root)?;
        Ok(Catalog { root: root.to_path_buf(), manifest: Manifest::read(root)? })
    }

    /// All series, ordered by key. Reads no further file.
    pub fn series(&self) -> Vec<SeriesInfo> {
        self.manifest.series.iter().map(|(key, partitions)| info(key, partitions)).collect()
    }

    /// One series.
    ///
    /// # Errors
    /// [`CatalogError::UnknownSeries`] where there is none; its hint names what there is.
    pub fn info(&self, key: &SeriesKey) -> Result<SeriesInfo, CatalogError> {
        Ok(info(key, self.partitions(key)?))
    }

    /// What the numbers of a series mean.
    ///
    /// # Errors
    /// Where there is no such series or its last partition cannot be read.
    pub fn meta(&self, key: &SeriesKey) -> Result<SeriesMeta, CatalogError> {
        let (name, entry) = self.partitions(key)?.last_key_value().expect("a series has a partition");
        SeriesMeta::from_file(&self.open_partition(key, name, entry)?)
    }

    /// The imports whose rows are in the series, oldest partition first, each once.
    ///
    /// # Errors
    /// Where there is no such series or a partition cannot be read.
    pub fn imports(&self, key: &SeriesKey) -> Result<Vec<Import>, CatalogError> {
        let mut all = String::new();
        for (name, entry) in self.partitions(key)? {
            let file = self.open_partition(key, name, entry)?;
            let text = file.value(IMPORTS_KEY)?;
            if parse_imports(text).is_none() {
                return Err(CatalogError::damaged(file.path(), format!("{IMPORTS_KEY} is not understood")));
            }
            all = join_imports([all.as_str(), text].into_iter());
        }
        Ok(parse_imports(&all).expect("each partition's imports were understood"))
    }

    /// The bars that end in `from < ts <= to`: those that lie wholly in this half-open range of time, as in
    /// [`BarColumns::between`]. Only partitions and row groups that hold such bars are read. None in the range
    /// is no error.
    ///
    /// # Errors
    /// Where there is no such series, or a partition is missing, damaged or not the one that the catalog lists.
    pub fn read_bars(&self, key: &SeriesKey, from: Ts, to: Ts) -> Result<BarColumns, CatalogError> {
        let to = to.max(from);
        let rows = self.overlapping(key, from, to)?.map(|(_, entry)| entry.rows as usize).sum();
        let mut bars = BarColumns::with_capacity(key.interval(), rows);
        for (name, entry) in self.overlapping(key, from, to)? {
            self.open_partition(key, name, entry)?.read_into(from, to, &mut bars)?;
        }
        Ok(bars)
    }

    /// The identity of the instrument and of all partitions that hold bars of this range, without reading them.
    /// Rows added to such a partition outside the range change it too.
    ///
    /// # Errors
    /// As for [`Catalog::meta`].
    pub fn fingerprint(&self, key: &SeriesKey, from: Ts, to: Ts) -> Result<Fingerprint, CatalogError> {
        let meta = self.meta(key)?;
        Ok(Fingerprint::of(key, &meta, self.overlapping(key, from, to)?.map(|(_, entry)| &entry.content)))
    }

    /// Looks at all stored rows of the series again; rows are numbered from 1.
    ///
    /// # Errors
    /// As for [`Catalog::read_bars`].
    pub fn audit(&self, key: &SeriesKey) -> Result<Audit, CatalogError> {
        let meta = self.meta(key)?;
        let mut auditor = Auditor::new(key.interval(), meta.calendar, Some(meta.tick));
        let mut row = 1;
        for (name, entry) in self.partitions(key)? {
            let mut bars = BarColumns::with_capacity(key.interval(), entry.rows as usize);
            self.open_partition(key, name, entry)?.read_into(Ts::MIN, Ts::MAX, &mut bars)?;
            auditor.push(&bars, |i| row + i as u64);
            row += bars.len() as u64;
        }
        Ok(auditor.finish())
    }

    /// Hashes every file of the series and compares with the hashes in `catalog.toml`.
    ///
    /// # Errors
    /// The first partition that is missing or damaged.
    pub fn verify(&self, key: &SeriesKey) -> Result<(), CatalogError> {
        for (name, entry) in self.partitions(key)? {
            let file = self.open_partition(key, name, entry)?;
            let bytes = fs::read(file.path()).map_err(CatalogError::io("read", file.path()))?;
            if blake3::hash(&bytes) != entry.blake3 {
                let damaged = CatalogError::damaged(file.path(), "its BLAKE3 is not that in catalog.toml");
                return Err(self.or_changed(damaged));
            }
        }
        Ok(())
    }

    /// Begins to write to a series, which may be new. Locks the catalog against other writers until the writer
    /// is dropped, and clears away what a killed writer left.
    ///
    /// # Errors
    /// [`CatalogError::Busy`] where another process is writing.
    pub fn writer(&self, key: &SeriesKey, overlap: Overlap) -> Result<SeriesWriter, CatalogError> {
        SeriesWriter::begin(&self.root, key, overlap)
    }

    /// Takes a series out of the catalog, in one step like a write.
    ///
    /// # Errors
    /// Where there is no such series, and [`CatalogError::Busy`].
    pub fn remove(&self, key: &SeriesKey) -> Result<(), CatalogError> {
        writer::remove(&self.root, key)
    }

    fn partitions(&self, key: &SeriesKey) -> Result<&Partitions, CatalogError> {
        self.manifest.series.get(key).ok_or_else(|| self.manifest.unknown(&self.root, key))
    }

    fn overlapping(
        &self,
        key: &SeriesKey,
        from: Ts,
        to: Ts,
    ) -> Result<impl Iterator<Item = (&String, &Entry)>, CatalogError> {
        let partitions = self.partitions(key)?;
        Ok(partitions.iter().filter(move |(_, entry)| entry.last > from && entry.first <= to))
    }

    fn open_partition(&self, key: &SeriesKey, name: &str, entry: &Entry) -> Result<RowsFile, CatalogError> {
        open_partition(&self.root, key, name, entry).map_err(|error| self.or_changed(error))
    }

    /// A file that is not as expected may be newer than what we know.
    fn or_changed(&self, error: CatalogError) -> CatalogError {
        let same = Manifest::read(&self.root).is_ok_and(|now| now == self.manifest);
        if same { error } else { CatalogError::Changed { root: self.root.clone() } }
    }
}

fn info(key: &SeriesKey, partitions: &Partitions) -> SeriesInfo {
    let why = "a series has a partition";
    SeriesInfo {
        key: key.clone(),
        rows: partitions.values().map(|entry| entry.rows).sum(),
        first: partitions.values().next().expect(why).first,
        last: partitions.values().next_back().expect(why).last,
        bytes: partitions.values().map(|entry| entry.bytes).sum(),
        verdict: partitions.values().map(|entry| entry.verdict).max().expect(why),
    }
}

/// Opens a partition and holds what is cheap to know against its entry.
pub(crate) fn open_partition(
    root: &Path,
    key: &SeriesKey,
    name: &str,
    entry: &Entry,
) -> Result<RowsFile, CatalogError> {
    let path = partition_path(root, key, name);
    let file = RowsFile::open(&path)?;
    file.check_version()?;
    let bytes = fs::metadata(&path).map_err(CatalogError::io("read", &path))?.len();
    if (bytes, file.rows()) != (entry.bytes, entry.rows) {
        let what = format!(
            "it has {bytes} bytes and {} rows, catalog.toml lists {} and {}",
            file.rows(),
            entry.bytes,
            entry.rows
        );
        return Err(CatalogError::damaged(&path, what));
    }
    Ok(file)
}

#[cfg(test)]
mod tests;
