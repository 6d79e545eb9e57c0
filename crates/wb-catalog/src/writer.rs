//! Writes one series: stages it partition by partition, commits it in one step.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use wb_core::{BarColumns, Ts};

use crate::audit::Verdict;
use crate::catalog::open_partition;
use crate::fingerprint::hash_rows;
use crate::import_text::{join_imports, parse_imports};
use crate::manifest::{Entry, Manifest, Partitions};
use crate::meta::{IMPORTS_KEY, Import, SeriesMeta};
use crate::overlap::{self, Overlap};
use crate::partition::Partition;
use crate::rows_file;
use crate::transaction::Transaction;
use crate::{CatalogError, SeriesKey};

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
    /// Names of the partitions that hold pushed rows: `2023-08`.
    pub partitions: Vec<String>,
}

/// Writes the bars of one series. Memory holds one partition: a month of minutes.
///
/// Nothing is visible before [`SeriesWriter::commit`]; dropping the writer, or killing the process, leaves the
/// catalog as it was. While it lives no one else can write to the catalog.
#[derive(Debug)]
pub struct SeriesWriter {
    root: PathBuf,
    key: SeriesKey,
    overlap: Overlap,
    transaction: Transaction,
    /// The state of the catalog, which cannot change while we hold its lock.
    manifest: Manifest,
    /// The partitions of the series in that state.
    stored: Partitions,
    /// Pushed rows of the partition that is not yet full, and which that is.
    pending: BarColumns,
    partition: Option<Partition>,
    staged: BTreeMap<String, Staged>,
    new_rows: u64,
    /// Ends of the first and last pushed bar.
    pushed: Option<(Ts, Ts)>,
}

/// A partition whose rows lie in the staging folder.
#[derive(Debug)]
struct Staged {
    rows: u64,
    first: Ts,
    last: Ts,
    content: blake3::Hash,
    /// Whether rows that were in the catalog before are among them.
    keeps_stored: bool,
}

impl SeriesWriter {
    pub(crate) fn begin(
        root: &Path,
        key: &SeriesKey,
        overlap: Overlap,
    ) -> Result<SeriesWriter, CatalogError> {
        let transaction = Transaction::begin(root)?;
        let manifest = Manifest::read(root)?;
        let stored = manifest.series.get(key).cloned().unwrap_or_default();
        Ok(SeriesWriter {
            root: root.to_path_buf(),
            key: key.clone(),
            overlap,
            transaction,
            manifest,
            stored,
            pending: BarColumns::new(key.interval()),
            partition: None,
            staged: BTreeMap::new(),
            new_rows: 0,
            pushed: None,
        })
    }

    /// Takes the next bars, which come after all before.
    ///
    /// # Errors
    /// [`CatalogError::BadOrder`] for bars out of order or of another interval, [`CatalogError::Conflict`] where
    /// a stored bar differs under [`Overlap::Join`], and what the operating system refuses.
    pub fn push(&mut self, block: &BarColumns) -> Result<(), CatalogError> {
        self.check(block)?;
        let mut start = 0;
        while start < block.len() {
            let ts = block.ts[start];
            if self.partition.as_ref().is_none_or(|partition| partition.last < ts) {
                self.stage(None)?;
                self.partition = Some(Partition::of(self.key.interval(), ts));
            }
            let last = self.partition.as_ref().expect("it was just set").last;
            let end = start + block.ts[start..].partition_point(|ts| *ts <= last);
            overlap::append_rows(&mut self.pending, block, start..end);
            let first = self.pushed.map_or(ts, |(first, _)| first);
            self.pushed = Some((first, block.ts[end - 1]));
            start = end;
        }
        self.new_rows += block.len() as u64;
        Ok(())
    }

    /// Makes the new state of the series the state of the catalog. The meta given here holds for the whole
    /// series from now on, also for the partitions that are not touched.
    ///
    /// # Errors
    /// [`CatalogError::NoRows`] where nothing was pushed, else as for [`SeriesWriter::push`]; the catalog is
    /// then as it was.
    pub fn commit(mut self, meta: &SeriesMeta, import: &Import) -> Result<Committed, CatalogError> {
        let Some((first_new, last_new)) = self.pushed else {
            return Err(CatalogError::NoRows { series: self.key.to_string() });
        };
        self.stage(Some(last_new))?;
        let mut next = Partitions::new();
        for (name, staged) in &self.staged {
            next.insert(name.clone(), self.seal(name, staged, meta, import)?);
        }
        for (name, entry) in &self.stored {
            let replaced =
                self.overlap == Overlap::Replace && first_new <= entry.first && entry.last <= last_new;
            if !replaced && !self.staged.contains_key(name) {
                next.insert(name.clone(), self.carry_over(name, entry, meta)?);
            }
        }
        let committed = Committed {
            new_rows: self.new_rows,
            rows: next.values().map(|entry| entry.rows).sum(),
            first: next.values().next().expect("rows were pushed").first,
            last: next.values().next_back().expect("rows were pushed").last,
            partitions: self.staged.into_keys().collect(),
        };
        self.manifest.series.insert(self.key.clone(), next);
        self.transaction.commit(&self.key, &self.manifest)?;
        Ok(committed)
    }

    fn check(&self, block: &BarColumns) -> Result<(), CatalogError> {
        let refuse = |ts, why| Err(CatalogError::BadOrder { series: self.key.to_string(), ts, why });
        let Some(first) = block.ts.first().copied() else { return Ok(()) };
        if block.interval != self.key.interval() {
            return refuse(first, format!("is of the interval {}", block.interval));
        }
        if let Some((_, last)) = self.pushed.filter(|(_, last)| *last >= first) {
            return refuse(first, format!("does not come after {last}"));
        }
        match block.ts.windows(2).find(|pair| pair[0] >= pair[1]) {
            Some(pair) => refuse(pair[1], format!("does not come after {}", pair[0])),
            None => Ok(()),
        }
    }

    /// Writes the pending rows, joined with the stored ones, to the staging folder. `last_new` is given where
    /// no more rows will be pushed.
    fn stage(&mut self, last_new: Option<Ts>) -> Result<(), CatalogError> {
        let (Some(partition), Some((first_new, _))) = (self.partition.take(), self.pushed) else {
            return Ok(());
        };
        let new = std::mem::replace(&mut self.pending, BarColumns::new(self.key.interval()));
        let (new_rows, mut bars) = (new.len(), new);
        if let Some(entry) = self.stored.get(&partition.name) {
            let mut stored = BarColumns::with_capacity(self.key.interval(), entry.rows as usize);
            let file = open_partition(&self.root, &self.key, &partition.name, entry)?;
            file.read_into(Ts::MIN, Ts::MAX, &mut stored)?;
            bars = match self.overlap {
                Overlap::Join => overlap::join(&self.key, &stored, &bars)?,
                Overlap::Replace => overlap::replace(&stored, &bars, first_new, last_new),
            };
        }
        let path = self.staged_path(&partition.name)?;
        rows_file::write_rows(&path, &bars)?;
        let staged = Staged {
            rows: bars.len() as u64,
            first: bars.ts[0],
            last: bars.ts[bars.len() - 1],
            content: hash_rows(&bars),
            keeps_stored: self.overlap == Overlap::Join || bars.len() > new_rows,
        };
        self.staged.insert(partition.name, staged);
        Ok(())
    }

    /// Gives a staged partition its metadata; after this the file does not change any more.
    fn seal(
        &self,
        name: &str,
        staged: &Staged,
        meta: &SeriesMeta,
        import: &Import,
    ) -> Result<Entry, CatalogError> {
        let mut imports = import.text();
        let mut verdict = import.audit.verdict();
        if let Some(entry) = self.stored.get(name).filter(|_| staged.keeps_stored) {
            let file = open_partition(&self.root, &self.key, name, entry)?;
            imports = join_imports([file.value(IMPORTS_KEY)?, &imports].into_iter());
            verdict = verdict.max(entry.verdict);
        }
        let path = self.staged_path(name)?;
        self.finish_file(&path, meta, imports)?;
        entry_of(&path, staged.rows, (staged.first, staged.last), staged.content, verdict)
    }

    /// Takes a stored partition into the new folder: the same file, unless the meaning of its numbers changed.
    fn carry_over(&self, name: &str, entry: &Entry, meta: &SeriesMeta) -> Result<Entry, CatalogError> {
        let file = open_partition(&self.root, &self.key, name, entry)?;
        let path = self.staged_path(name)?;
        if SeriesMeta::from_file(&file)? == *meta {
            // Not every file system has links.
            fs::hard_link(file.path(), &path)
                .or_else(|_| fs::copy(file.path(), &path).map(|_| ()))
                .map_err(CatalogError::io("link", &path))?;
            return Ok(entry.clone());
        }
        let imports = file.value(IMPORTS_KEY)?.to_string();
        fs::copy(file.path(), &path).map_err(CatalogError::io("copy", &path))?;
        self.finish_file(&path, meta, imports)?;
        entry_of(&path, entry.rows, (entry.first, entry.last), entry.content, entry.verdict)
    }

    fn finish_file(&self, path: &Path, meta: &SeriesMeta, imports: String) -> Result<(), CatalogError> {
        debug_assert!(parse_imports(&imports).is_some(), "imports are written as they are read");
        let mut pairs = meta.to_pairs(&self.key);
        pairs.push((IMPORTS_KEY.to_string(), imports));
        rows_file::write_metadata(path, pairs)
    }

    fn staged_path(&self, name: &str) -> Result<PathBuf, CatalogError> {
        Ok(self.transaction.new_folder()?.join(format!("{name}.parquet")))
    }
}

fn entry_of(
    path: &Path,
    rows: u64,
    (first, last): (Ts, Ts),
    content: blake3::Hash,
    verdict: Verdict,
) -> Result<Entry, CatalogError> {
    let file = fs::read(path).map_err(CatalogError::io("read", path))?;
    let (bytes, blake3) = (file.len() as u64, blake3::hash(&file));
    Ok(Entry { rows, first, last, bytes, blake3, content, verdict })
}

/// Takes a series out of the catalog.
pub(crate) fn remove(root: &Path, key: &SeriesKey) -> Result<(), CatalogError> {
    let transaction = Transaction::begin(root)?;
    let mut manifest = Manifest::read(root)?;
    if manifest.series.remove(key).is_none() {
        return Err(manifest.unknown(root, key));
    }
    transaction.commit(key, &manifest)
}
