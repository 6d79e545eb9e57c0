//! Stored runs: finding, listing and removing them.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::error::{IoContext, StoreError, damaged};
use crate::hash::RunId;
use crate::manifest::Manifest;
use crate::metrics_file::Metrics;
use crate::run_folder::{REPORT, RunFolder, StoredRun};
use crate::scratch::Scratch;

const RUNS: &str = "runs";
/// What means the run that was begun last, unless it is a ref.
const LATEST: &str = "latest";
/// Beginnings shorter than this are more likely a slip than a name.
const SHORTEST_PREFIX: usize = 4;

/// The runs under one root, usually `experiments/`. Folders `runs/3f/3f9a…/`, one for each run, named by its id.
///
/// There is no index: what is on the disk is what there is, and any number of processes may use it at once.
#[derive(Clone, Debug)]
pub struct RunStore {
    root: PathBuf,
}

/// Every run that is there.
#[derive(Debug, Default)]
pub struct Listing {
    /// Those that can be read, oldest first.
    pub runs: Vec<Manifest>,
    /// Those that cannot, each with the reason, in the order of their ids.
    pub damaged: Vec<StoreError>,
}

impl RunStore {
    /// The runs under `root`, which need not exist yet. Clears what killed processes left half-done.
    pub fn open(root: impl Into<PathBuf>) -> RunStore {
        let root = root.into();
        Scratch::sweep(&root);
        RunStore { root }
    }

    /// The folder that holds the runs and refs.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where the run's folder is or would be.
    pub fn folder(&self, id: &RunId) -> PathBuf {
        self.root.join(home(id))
    }

    /// Where the run's report is or would be.
    pub fn report_path(&self, id: &RunId) -> PathBuf {
        self.folder(id).join(REPORT)
    }

    /// The manifest of that run, if it is there.
    ///
    /// # Errors
    /// Where the run is there but its manifest cannot be read.
    pub fn find(&self, id: &RunId) -> Result<Option<Manifest>, StoreError> {
        Ok(RunFolder::open(&self.folder(id), id)?.map(RunFolder::into_manifest))
    }

    /// The run that a person means: a ref, `latest`, an id, or a beginning of one, of at least four digits.
    ///
    /// # Errors
    /// Where no run is meant, or more than one.
    pub fn resolve(&self, text: &str) -> Result<RunId, StoreError> {
        if let Some(id) = self.read_ref(text)? {
            let dangling = || StoreError::DanglingRef { name: text.to_string(), id };
            return self.folder(&id).exists().then_some(id).ok_or_else(dangling);
        }
        if text == LATEST {
            let latest = self.list()?.runs.pop().map(|run| run.id);
            return latest.ok_or_else(|| StoreError::NotFound(text.to_string()));
        }
        id_that_begins(&self.root.join(RUNS), text)
    }

    /// Every run that is there. A damaged one is reported, and hides no other.
    ///
    /// # Errors
    /// Where the folders themselves cannot be listed.
    pub fn list(&self) -> Result<Listing, StoreError> {
        let runs = self.root.join(RUNS);
        let mut listing = Listing::default();
        for shard in folder_names(&runs)? {
            let shard = runs.join(shard);
            for name in folder_names(&shard)? {
                let dir = shard.join(&name);
                let id: Result<RunId, _> = name.parse();
                match id
                    .map_err(|_| damaged(&dir, "its name is not a run's id"))
                    .and_then(|id| self.find(&id))
                {
                    Ok(found) => listing.runs.extend(found),
                    Err(e) => listing.damaged.push(e),
                }
            }
        }
        listing.runs.sort_by_key(|manifest| (manifest.provenance.started, manifest.id));
        Ok(listing)
    }

    /// The text of a run's `spec.toml`.
    ///
    /// # Errors
    /// Where there is no such run, or the file is not what was written.
    pub fn spec(&self, id: &RunId) -> Result<String, StoreError> {
        self.existing(id)?.spec()
    }

    /// The figures of a run.
    ///
    /// # Errors
    /// Where there is no such run, or the file is not what was written.
    pub fn metrics(&self, id: &RunId) -> Result<Metrics, StoreError> {
        self.existing(id)?.metrics()
    }

    /// Everything that was kept of a run but the text of its report.
    ///
    /// # Errors
    /// Where there is no such run, or a file is not what was written.
    pub fn load(&self, id: &RunId) -> Result<StoredRun, StoreError> {
        self.existing(id)?.load()
    }

    /// Removes a run, damaged or not; for everybody else it is gone at once.
    ///
    /// # Errors
    /// Where there is no such run, or a ref means it.
    pub fn remove(&self, id: &RunId) -> Result<(), StoreError> {
        if let Some((name, _)) = self.refs()?.into_iter().find(|(_, kept)| kept == id) {
            return Err(StoreError::Referenced { id: *id, name });
        }
        if !self.folder(id).exists() {
            return Err(StoreError::NotFound(id.to_string()));
        }
        Scratch::enter(&self.root)?.take_away(&home(id))
    }

    fn existing(&self, id: &RunId) -> Result<RunFolder, StoreError> {
        RunFolder::open(&self.folder(id), id)?.ok_or_else(|| StoreError::NotFound(id.to_string()))
    }
}

/// A run's folder, relative to the root.
pub(crate) fn home(id: &RunId) -> PathBuf {
    let id = id.to_string();
    Path::new(RUNS).join(&id[..2]).join(id)
}

/// The id of the only folder below `dir` whose name begins with `text`, of at least four digits.
pub(crate) fn id_that_begins(dir: &Path, text: &str) -> Result<RunId, StoreError> {
    let prefix = text.to_ascii_lowercase();
    if prefix.is_empty() || !prefix.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(StoreError::NotFound(text.to_string()));
    }
    if prefix.len() < SHORTEST_PREFIX {
        return Err(StoreError::ShortPrefix(text.to_string()));
    }
    let names = folder_names(&dir.join(&prefix[..2]))?;
    let mut candidates: Vec<RunId> =
        names.iter().filter(|name| name.starts_with(&prefix)).filter_map(|name| name.parse().ok()).collect();
    candidates.sort();
    match candidates[..] {
        [] => Err(StoreError::NotFound(text.to_string())),
        [id] => Ok(id),
        _ => Err(StoreError::Ambiguous { prefix: text.to_string(), candidates }),
    }
}

/// Names of the folders in `dir`, in order; none where it does not exist.
pub(crate) fn folder_names(dir: &Path) -> Result<Vec<String>, StoreError> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(e).doing("list", dir),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.doing("list", dir)?;
        if entry.file_type().doing("list", dir)?.is_dir() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests;
