//! Writing a sweep: its folder appears with its spec, its tables grow with it, and its manifest says when it is done.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use crate::error::{IoContext, StoreError};
use crate::hash::RunId;
use crate::manifest::Provenance;
use crate::output::{HashedFile, OutputFile};
use crate::run_folder::{MANIFEST, REPORT, SPEC};
use crate::run_store::RunStore;
use crate::scratch::Scratch;
use crate::sweep_manifest::{SWEEP_FORMAT, SweepManifest, SweepSummary};
use crate::sweep_store::sweep_home;
use crate::tables::{GrowingTable, TrialTables, decode_returns, decode_trials};
use crate::trial::{TrialBatch, TrialColumns};

pub(crate) const TRIALS: &str = "trials.arrow";
pub(crate) const RETURNS: &str = "returns.arrow";
pub(crate) const SUMMARY: &str = "summary.json";
const BEST: &str = "best.toml";

/// A sweep that is to be run, or run on.
#[derive(Clone, Debug)]
pub struct NewSweep<'a> {
    /// The hash of all that determines its trials.
    pub id: RunId,
    /// The resolved spec, as TOML.
    pub spec: &'a str,
    /// The file that asks for it, as it is named.
    pub source: &'a str,
    /// How the parameters are searched.
    pub method: &'a str,
    /// How it came about. Not used where the sweep is continued.
    pub provenance: &'a Provenance,
    /// The columns of its trials.
    pub columns: TrialColumns,
    /// Returns that are kept for each trial whose returns are kept.
    pub periods: usize,
}

/// What is written when a sweep is interrupted or done.
#[derive(Clone, Copy, Debug)]
pub struct SweepEnd<'a> {
    /// Whether nothing is left to run.
    pub complete: bool,
    /// Seconds that were spent since the sweep was begun or continued.
    pub seconds: f64,
    /// What a reader should be told.
    pub warnings: &'a [String],
    /// What was found.
    pub summary: &'a SweepSummary,
    /// The run spec of the best trial, as TOML; absent where no trial has an objective.
    pub best: Option<&'a str>,
    /// The report, as HTML.
    pub report: &'a str,
}

/// A sweep being written. Only one process at a time can hold it.
///
/// First [`SweepWriter::next_stored`] until it gives nothing, then [`SweepWriter::append`], at last
/// [`SweepWriter::finish`]. A writer that is dropped before leaves what was appended, to be continued.
pub struct SweepWriter<'a> {
    store: &'a RunStore,
    manifest: SweepManifest,
    layout: TrialTables,
    trials: GrowingTable,
    returns: GrowingTable,
    /// Of all batches, the stored ones included.
    count: u64,
    /// Told of each step on the disk, so that a test can end the process there.
    note: &'a dyn Fn(&str),
    _lock: File,
}

impl RunStore {
    /// Begins a sweep, or continues the one of that id that was cut short.
    ///
    /// # Errors
    /// Where another process is at it, what is there is damaged, or the disk refuses.
    pub fn open_sweep(&self, sweep: &NewSweep<'_>) -> Result<SweepWriter<'_>, StoreError> {
        self.open_sweep_noting(sweep, &|_| ())
    }

    pub(crate) fn open_sweep_noting<'a>(
        &'a self,
        sweep: &NewSweep<'_>,
        note: &'a dyn Fn(&str),
    ) -> Result<SweepWriter<'a>, StoreError> {
        let folder = self.sweep_folder(&sweep.id);
        if !folder.exists() {
            begin(self, sweep)?;
        }
        note("the folder is in its place");
        let lock = lock(&folder, &sweep.id)?;
        let mut manifest = self.existing_sweep(&sweep.id)?;
        if manifest.trials.is_some() {
            manifest = SweepManifest { trials: None, complete: false, outputs: Vec::new(), ..manifest };
            write_manifest(&Scratch::enter(self.root())?, &manifest)?;
            note("the manifest no longer says what the tables hold");
        }
        let layout = TrialTables::new(&sweep.id, sweep.columns.clone(), sweep.periods);
        let trials = GrowingTable::open(&folder.join(TRIALS), layout.trials_schema())?;
        let returns = GrowingTable::open(&folder.join(RETURNS), layout.returns_schema())?;
        note("the tables are begun");
        Ok(SweepWriter { store: self, manifest, layout, trials, returns, count: 0, note, _lock: lock })
    }
}

/// Makes the folder unless another process is first.
fn begin(store: &RunStore, sweep: &NewSweep<'_>) -> Result<(), StoreError> {
    let manifest = SweepManifest {
        format: SWEEP_FORMAT,
        id: sweep.id,
        source: sweep.source.to_string(),
        method: sweep.method.to_string(),
        windows: None,
        provenance: sweep.provenance.clone(),
        trials: None,
        complete: false,
        outputs: Vec::new(),
    };
    let scratch = Scratch::enter(store.root())?;
    let staged = scratch.stage(&sweep_home(&sweep.id))?;
    let dir = staged.new_path();
    fs::create_dir(&dir).doing("create", &dir)?;
    HashedFile::write_whole(&dir.join(SPEC), sweep.spec.as_bytes())?;
    HashedFile::write_whole(&dir.join(MANIFEST), manifest.to_json().as_bytes())?;
    staged.publish_first().map(|_| ())
}

fn write_manifest(scratch: &Scratch, manifest: &SweepManifest) -> Result<(), StoreError> {
    scratch.write_file(&sweep_home(&manifest.id).join(MANIFEST), manifest.to_json().as_bytes())
}

/// The right to write to a sweep's folder. The spec is locked because it alone is never replaced.
pub(crate) fn lock(folder: &Path, id: &RunId) -> Result<File, StoreError> {
    let path = folder.join(SPEC);
    let file = File::open(&path).doing("open", &path)?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Err(StoreError::Busy(*id)),
        // A file system without locks: then nobody is kept out.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(file),
    }
}

impl SweepWriter<'_> {
    /// The next batch that an earlier writer stored; `None` once there is no further one.
    ///
    /// # Errors
    /// Where a batch does not say what it must, or the disk refuses.
    pub fn next_stored(&mut self) -> Result<Option<TrialBatch>, StoreError> {
        let (Some(trials), Some(returns)) = (self.trials.next_stored(), self.returns.next_stored()) else {
            (self.note)("all stored batches are copied");
            self.trials.settle()?;
            (self.note)("one of the two copies is in its place");
            self.returns.settle()?;
            return Ok(None);
        };
        let rows = decode_trials(&self.path(TRIALS), &trials)?;
        let kept = decode_returns(&self.path(RETURNS), &returns)?;
        self.trials.append(&trials)?;
        self.returns.append(&returns)?;
        self.count += rows.len() as u64;
        Ok(Some(TrialBatch { rows, returns: kept }))
    }

    /// Stores a batch; from then on it survives the end of this process.
    ///
    /// # Errors
    /// Where the disk refuses.
    ///
    /// # Panics
    /// If a row does not fit the columns of the sweep.
    pub fn append(&mut self, batch: &TrialBatch) -> Result<(), StoreError> {
        self.returns.append(&self.layout.encode_returns(&batch.returns))?;
        (self.note)("the returns of a batch are stored and its rows are not");
        self.trials.append(&self.layout.encode_trials(&batch.rows))?;
        (self.note)("a batch is stored");
        self.count += batch.rows.len() as u64;
        Ok(())
    }

    /// Makes the tables whole and writes what was found. An incomplete sweep can be continued all the same.
    ///
    /// # Errors
    /// Where the disk refuses; then the trials that were appended are still there.
    pub fn finish(self, end: &SweepEnd<'_>) -> Result<SweepManifest, StoreError> {
        let SweepWriter { store, mut manifest, trials, returns, count, note, .. } = self;
        let scratch = Scratch::enter(store.root())?;
        let home = sweep_home(&manifest.id);
        let spec = fs::read(store.root().join(&home).join(SPEC)).doing("read", &home.join(SPEC))?;
        let mut outputs = vec![OutputFile::of(SPEC, &spec)];
        for table in [trials, returns] {
            outputs.push(table.finish()?);
            note("a footer is written");
        }
        let summary = end.summary.to_json();
        let texts = [(SUMMARY, Some(summary.as_str())), (BEST, end.best), (REPORT, Some(end.report))];
        for (name, text) in texts {
            let Some(text) = text else { continue };
            scratch.write_file(&home.join(name), text.as_bytes())?;
            outputs.push(OutputFile::of(name, text.as_bytes()));
            note("a file is written");
        }
        manifest.provenance.duration_s += end.seconds;
        manifest.provenance.warnings = end.warnings.to_vec();
        manifest.trials = Some(count);
        manifest.complete = end.complete;
        manifest.outputs = outputs;
        write_manifest(&scratch, &manifest)?;
        note("the manifest says what there is");
        Ok(manifest)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.store.sweep_folder(&self.manifest.id).join(name)
    }
}

#[cfg(test)]
mod tests;
