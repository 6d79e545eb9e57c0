//! Stored sweeps: finding, listing, reading and removing them, and how many trials were ever made.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::error::{IoContext, StoreError, damaged};
use crate::hash::{ContentHash, RunId};
use crate::manifest::Provenance;
use crate::metrics_file::Metrics;
use crate::run_folder::{MANIFEST, METRICS, REPORT, SPEC};
use crate::run_store::{RunStore, folder_names, id_that_begins};
use crate::scratch::Scratch;
use crate::sweep_manifest::{SweepManifest, SweepSummary};
use crate::sweep_writer::{RETURNS, SUMMARY, TRIALS, lock};
use crate::tables::{StoredBatches, decode_returns, decode_trials};
use crate::trial::{TrialNames, TrialReturns, TrialRow};

const SWEEPS: &str = "sweeps";

/// Every sweep that is there.
#[derive(Debug, Default)]
pub struct SweepListing {
    /// Those that can be read, oldest first.
    pub sweeps: Vec<SweepManifest>,
    /// Those that cannot, each with the reason, in the order of their ids.
    pub damaged: Vec<StoreError>,
}

/// The trials of a stored sweep, batch by batch: a sweep can be larger than the memory.
pub struct StoredTrials {
    /// The table's columns.
    pub names: TrialNames,
    path: PathBuf,
    batches: StoredBatches,
}

impl Iterator for StoredTrials {
    type Item = Result<Vec<TrialRow>, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.batches.next().map(|batch| decode_trials(&self.path, &batch))
    }
}

impl RunStore {
    /// Where the sweep's folder is or would be.
    pub fn sweep_folder(&self, id: &RunId) -> PathBuf {
        self.root().join(sweep_home(id))
    }

    /// Where the sweep's report is or would be.
    pub fn sweep_report_path(&self, id: &RunId) -> PathBuf {
        self.sweep_folder(id).join(REPORT)
    }

    /// The manifest of that sweep, if it is there, complete or not.
    ///
    /// # Errors
    /// Where the sweep is there but its manifest cannot be read.
    pub fn find_sweep(&self, id: &RunId) -> Result<Option<SweepManifest>, StoreError> {
        let folder = self.sweep_folder(id);
        let path = folder.join(MANIFEST);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == ErrorKind::NotFound && !folder.exists() => return Ok(None),
            Err(e) if e.kind() == ErrorKind::NotFound => return Err(damaged(&path, "it does not exist")),
            Err(e) => return Err(e).doing("read", &path),
        };
        let manifest = SweepManifest::from_json(&path, &text)?;
        if manifest.id != *id {
            return Err(damaged(&path, format!("it is of sweep {}", manifest.id)));
        }
        Ok(Some(manifest))
    }

    /// The sweep that a person means by an id or a beginning of one, of at least four digits.
    ///
    /// # Errors
    /// Where no sweep is meant, or more than one.
    pub fn resolve_sweep(&self, text: &str) -> Result<RunId, StoreError> {
        id_that_begins(&self.root().join(SWEEPS), text)
    }

    /// Every sweep that is there. A damaged one is reported, and hides no other.
    ///
    /// # Errors
    /// Where the folders themselves cannot be listed.
    pub fn list_sweeps(&self) -> Result<SweepListing, StoreError> {
        let sweeps = self.root().join(SWEEPS);
        let mut listing = SweepListing::default();
        for shard in folder_names(&sweeps)? {
            let shard = sweeps.join(shard);
            for name in folder_names(&shard)? {
                let dir = shard.join(&name);
                let id: Result<RunId, _> = name.parse();
                let id = id.map_err(|_| damaged(&dir, "its name is not a sweep's id"));
                match id.and_then(|id| self.find_sweep(&id)) {
                    Ok(found) => listing.sweeps.extend(found),
                    Err(e) => listing.damaged.push(e),
                }
            }
        }
        listing.sweeps.sort_by_key(|manifest| (manifest.provenance.started, manifest.id));
        Ok(listing)
    }

    /// The text of a sweep's `spec.toml`.
    ///
    /// # Errors
    /// Where there is no such sweep, or its spec cannot be read.
    pub fn sweep_spec(&self, id: &RunId) -> Result<String, StoreError> {
        let path = self.sweep_folder(id).join(SPEC);
        fs::read_to_string(&path).doing("read", &path)
    }

    /// What a sweep found, interrupted or complete.
    ///
    /// # Errors
    /// Where there is no such sweep, it was cut short, or the file is not what was written.
    pub fn sweep_summary(&self, id: &RunId) -> Result<SweepSummary, StoreError> {
        let path = self.checked_sweep_file(id, SUMMARY)?;
        SweepSummary::from_json(&path, &fs::read(&path).doing("read", &path)?)
    }

    /// The figures of a walk-forward's stretches out of sample as one run.
    ///
    /// # Errors
    /// Where there is no such walk-forward, or the file is not what was written.
    pub fn walk_forward_metrics(&self, id: &RunId) -> Result<Metrics, StoreError> {
        let path = self.checked_sweep_file(id, METRICS)?;
        Metrics::from_json(&path, &fs::read(&path).doing("read", &path)?)
    }

    /// The trials of a sweep, as many as are stored.
    ///
    /// # Errors
    /// Where there is no such sweep, or the table is not what was written.
    pub fn trials(&self, id: &RunId) -> Result<StoredTrials, StoreError> {
        let path = self.checked_sweep_file(id, TRIALS)?;
        let batches = StoredBatches::open(&path)?;
        let names = batches.schema().map(|schema| TrialNames::of(&schema)).unwrap_or_default();
        Ok(StoredTrials { names, path, batches })
    }

    /// The returns of those trials of a sweep whose returns are kept.
    ///
    /// # Errors
    /// Where there is no such sweep, or the table is not what was written.
    pub fn trial_returns(&self, id: &RunId) -> Result<Vec<TrialReturns>, StoreError> {
        let path = self.checked_sweep_file(id, RETURNS)?;
        let mut returns = Vec::new();
        for batch in StoredBatches::open(&path)? {
            returns.extend(decode_returns(&path, &batch)?);
        }
        Ok(returns)
    }

    /// How many trials are stored of a sweep, whether or not it came to its end.
    ///
    /// # Errors
    /// Where the table cannot be opened.
    pub fn count_trials(&self, sweep: &SweepManifest) -> Result<u64, StoreError> {
        match sweep.trials {
            Some(trials) => Ok(trials),
            None => {
                let batches = StoredBatches::open(&self.sweep_folder(&sweep.id).join(TRIALS))?;
                Ok(batches.map(|batch| batch.num_rows() as u64).sum())
            }
        }
    }

    /// How many trials were made of a strategy on data with these fingerprints: those of all sweeps, and runs that no
    /// sweep made. It is what a best result must be judged against, and it is counted anew each time.
    ///
    /// # Errors
    /// Where the folders themselves cannot be listed.
    pub fn trials_made(&self, strategy: &str, fingerprints: &[String]) -> Result<u64, StoreError> {
        let same = |made: &Provenance| {
            made.strategy == strategy && made.data.iter().map(|d| &d.fingerprint).eq(fingerprints)
        };
        let mut made = 0;
        for sweep in self.list_sweeps()?.sweeps {
            if same(&sweep.provenance) {
                made += self.count_trials(&sweep)?;
            }
        }
        for run in self.list()?.runs {
            made += u64::from(run.provenance.sweep.is_none() && same(&run.provenance));
        }
        Ok(made)
    }

    /// Removes a sweep; the runs of its best trials stay.
    ///
    /// # Errors
    /// Where there is no such sweep, or another process is at it.
    pub fn remove_sweep(&self, id: &RunId) -> Result<(), StoreError> {
        let folder = self.sweep_folder(id);
        if !folder.exists() {
            return Err(StoreError::NotFound(id.to_string()));
        }
        let _lock = lock(&folder, id)?;
        Scratch::enter(self.root())?.take_away(&sweep_home(id))
    }

    pub(crate) fn existing_sweep(&self, id: &RunId) -> Result<SweepManifest, StoreError> {
        self.find_sweep(id)?.ok_or_else(|| StoreError::NotFound(id.to_string()))
    }

    /// A file's path. Where the sweep came to an end, the file is what was written then.
    fn checked_sweep_file(&self, id: &RunId, name: &str) -> Result<PathBuf, StoreError> {
        let manifest = self.existing_sweep(id)?;
        let path = self.sweep_folder(id).join(name);
        if let Some(written) = manifest.outputs.iter().find(|file| file.name == name)
            && manifest.complete
            && ContentHash::of_file(&path)? != written.blake3
        {
            return Err(damaged(&path, "its content is not what the manifest says it was"));
        }
        Ok(path)
    }
}

/// A sweep's folder, relative to the root.
pub(crate) fn sweep_home(id: &RunId) -> PathBuf {
    let id = id.to_string();
    Path::new(SWEEPS).join(&id[..2]).join(id)
}
