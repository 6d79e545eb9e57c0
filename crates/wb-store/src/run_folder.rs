//! The folder of one stored run: its files' names, and reading them back.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use wb_metrics::Outcome;

use crate::error::{IoContext, StoreError, damaged};
use crate::hash::{ContentHash, RunId};
use crate::instruments_file;
use crate::manifest::Manifest;
use crate::metrics_file::Metrics;
use crate::tables::{Table, read_equity, read_fills, read_orders, read_trades};

pub(crate) const SPEC: &str = "spec.toml";
pub(crate) const METRICS: &str = "metrics.json";
pub(crate) const INSTRUMENTS: &str = "instruments.json";
pub(crate) const EQUITY: &str = "equity.arrow";
pub(crate) const TRADES: &str = "trades.arrow";
pub(crate) const FILLS: &str = "fills.arrow";
pub(crate) const ORDERS: &str = "orders.arrow";
pub(crate) const REPORT: &str = "report.html";
/// Written last of all, because it holds the hashes of the others.
pub(crate) const MANIFEST: &str = "manifest.json";

/// Everything that was kept of a run.
#[derive(Clone, PartialEq, Debug)]
pub struct StoredRun {
    /// Where it came from.
    pub manifest: Manifest,
    /// Text of its `spec.toml`.
    pub spec: String,
    /// Its figures.
    pub metrics: Metrics,
    /// Its facts, equal to those that were written.
    pub outcome: Outcome,
}

/// A run's folder with its manifest, which says what the other files must hold.
pub(crate) struct RunFolder {
    dir: PathBuf,
    manifest: Manifest,
}

impl RunFolder {
    /// Reads the manifest of the run `id` in `dir`; `None` where there is no such folder.
    pub(crate) fn open(dir: &Path, id: &RunId) -> Result<Option<RunFolder>, StoreError> {
        let path = dir.join(MANIFEST);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == ErrorKind::NotFound && !dir.exists() => return Ok(None),
            Err(e) if e.kind() == ErrorKind::NotFound => return Err(damaged(&path, "it does not exist")),
            Err(e) => return Err(e).doing("read", &path),
        };
        let manifest = Manifest::from_json(&path, &text)?;
        if manifest.id != *id {
            return Err(damaged(&path, format!("it is of run {}", manifest.id)));
        }
        Ok(Some(RunFolder { dir: dir.to_path_buf(), manifest }))
    }

    /// Where the run came from.
    pub(crate) fn into_manifest(self) -> Manifest {
        self.manifest
    }

    /// The text of `spec.toml`.
    pub(crate) fn spec(&self) -> Result<String, StoreError> {
        let (path, content) = self.checked(SPEC)?;
        String::from_utf8(content).map_err(|e| damaged(&path, e.to_string()))
    }

    /// The figures.
    pub(crate) fn metrics(&self) -> Result<Metrics, StoreError> {
        let (path, content) = self.checked(METRICS)?;
        Metrics::from_json(&path, &content)
    }

    /// All of it.
    pub(crate) fn load(self) -> Result<StoredRun, StoreError> {
        let (spec, metrics, outcome) = (self.spec()?, self.metrics()?, self.outcome()?);
        Ok(StoredRun { manifest: self.manifest, spec, metrics, outcome })
    }

    fn outcome(&self) -> Result<Outcome, StoreError> {
        let (path, content) = self.checked(INSTRUMENTS)?;
        let instruments = instruments_file::from_json(&path, &content)?;
        let orders = read_orders(&self.table(ORDERS)?.1, &instruments)?;
        let fills = read_fills(&self.table(FILLS)?.1, &instruments)?;
        let round_trips = read_trades(&self.table(TRADES)?.1, &instruments)?;
        let (path, equity) = self.table(EQUITY)?;
        Ok(Outcome { instruments, orders, fills, round_trips, ..read_equity(&path, &equity)? })
    }

    fn table(&self, name: &str) -> Result<(PathBuf, Table), StoreError> {
        let (path, content) = self.checked(name)?;
        let table = Table::parse(&path, content)?;
        Ok((path, table))
    }

    /// A file's path and content, which is what it was when the run was written.
    fn checked(&self, name: &str) -> Result<(PathBuf, Vec<u8>), StoreError> {
        let path = self.dir.join(name);
        let content = match fs::read(&path) {
            Ok(content) => content,
            Err(e) if e.kind() == ErrorKind::NotFound => return Err(damaged(&path, "it does not exist")),
            Err(e) => return Err(e).doing("read", &path),
        };
        match self.manifest.output(name) {
            Some(file) if file.blake3 == ContentHash::of(&content) => Ok((path, content)),
            Some(_) => Err(damaged(&path, "its content is not what the manifest says it was")),
            None => Err(damaged(&path, "the manifest does not name it")),
        }
    }
}
