//! Writing a run: made aside, then renamed into its place, so that a half-written run does not exist.

use std::fs;
use std::path::Path;

use wb_metrics::{Outcome, Tearsheet};

use crate::error::{IoContext, StoreError};
use crate::hash::RunId;
use crate::instruments_file;
use crate::manifest::{Manifest, Provenance, RUN_FORMAT};
use crate::metrics_file::metrics_json;
use crate::output::{HashedFile, OutputFile};
use crate::run_folder::{EQUITY, FILLS, INSTRUMENTS, MANIFEST, METRICS, ORDERS, REPORT, SPEC, TRADES};
use crate::run_store::{RunStore, home};
use crate::scratch::{Scratch, Staged};
use crate::tables::{Heading, Names, write_equity, write_fills, write_orders, write_trades};

/// A run that is to be kept.
#[derive(Clone, Copy, Debug)]
pub struct NewRun<'a> {
    /// The hash of all that determines its result.
    pub id: RunId,
    /// The resolved spec, as TOML.
    pub spec: &'a str,
    /// Running digest of its commands and fills.
    pub digest: &'a str,
    /// How it came about.
    pub provenance: &'a Provenance,
    /// What it produced.
    pub outcome: &'a Outcome,
    /// Its figures.
    pub tearsheet: &'a Tearsheet,
    /// Its report, as HTML.
    pub report: &'a str,
}

/// What became of a run that was to be kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Written {
    /// It is stored.
    Stored,
    /// A run of that id was there first, and stays.
    AlreadyThere,
}

/// How far the writing of a run has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Step {
    /// There is a place to write to.
    Staged,
    /// This file is complete.
    Wrote(&'static str),
    /// The run that was there before is set aside and the new one is not yet in its place.
    SetAside,
}

impl RunStore {
    /// Keeps a run unless one of that id is there. Of several processes that write the same id at once, the
    /// first keeps its own.
    ///
    /// # Errors
    /// Where the disk refuses; then no run is there that was not there before.
    ///
    /// # Panics
    /// If the columns of the equity curve differ in length or an instrument is named that does not exist.
    pub fn write(&self, run: &NewRun<'_>) -> Result<Written, StoreError> {
        self.write_noting(run, &|_| ())
    }

    /// Keeps a run, instead of one of that id if there is one. That one stays until the new one is complete.
    ///
    /// # Errors
    /// Where the disk refuses; then the run that was there before still is.
    ///
    /// # Panics
    /// As [`RunStore::write`].
    pub fn replace(&self, run: &NewRun<'_>) -> Result<(), StoreError> {
        self.replace_noting(run, &|_| ())
    }

    /// Puts another rendering of the report into a stored run.
    ///
    /// # Errors
    /// Where there is no such run, or the disk refuses.
    pub fn replace_report(&self, id: &RunId, report: &str) -> Result<(), StoreError> {
        let mut manifest = self.find(id)?.ok_or_else(|| StoreError::NotFound(id.to_string()))?;
        let scratch = Scratch::enter(self.root())?;
        scratch.write_file(&home(id).join(REPORT), report.as_bytes())?;
        let written = OutputFile::of(REPORT, report.as_bytes());
        match manifest.outputs.iter_mut().find(|file| file.name == REPORT) {
            Some(file) => *file = written,
            None => manifest.outputs.push(written),
        }
        scratch.write_file(&home(id).join(MANIFEST), manifest.to_json().as_bytes())
    }

    fn write_noting(&self, run: &NewRun<'_>, note: &dyn Fn(Step)) -> Result<Written, StoreError> {
        if self.folder(&run.id).exists() {
            return Ok(Written::AlreadyThere);
        }
        let scratch = Scratch::enter(self.root())?;
        let first = make(&scratch, run, note)?.publish_first()?;
        Ok(if first { Written::Stored } else { Written::AlreadyThere })
    }

    fn replace_noting(&self, run: &NewRun<'_>, note: &dyn Fn(Step)) -> Result<(), StoreError> {
        let scratch = Scratch::enter(self.root())?;
        make(&scratch, run, note)?.publish_over(|| note(Step::SetAside))
    }
}

/// Writes all files of a run, the manifest last.
fn make<'a>(scratch: &'a Scratch, run: &NewRun<'_>, note: &dyn Fn(Step)) -> Result<Staged<'a>, StoreError> {
    let staged = scratch.stage(&home(&run.id))?;
    let dir = staged.new_path();
    fs::create_dir(&dir).doing("create", &dir)?;
    note(Step::Staged);
    let outputs = write_files(&dir, run, note)?;
    let manifest = Manifest {
        format: RUN_FORMAT,
        id: run.id,
        digest: run.digest.to_string(),
        provenance: run.provenance.clone(),
        outputs,
    };
    HashedFile::write_whole(&dir.join(MANIFEST), manifest.to_json().as_bytes())?;
    note(Step::Wrote(MANIFEST));
    Ok(staged)
}

fn write_files(dir: &Path, run: &NewRun<'_>, note: &dyn Fn(Step)) -> Result<Vec<OutputFile>, StoreError> {
    let outcome = run.outcome;
    let heading = Heading { run: run.id, currency: &outcome.currency };
    let names = Names::of(&outcome.instruments);
    let text = |name: &str, content: &str| HashedFile::write_whole(&dir.join(name), content.as_bytes());
    let mut outputs = Vec::new();
    let mut done = |name: &'static str, file: OutputFile| {
        outputs.push(file);
        note(Step::Wrote(name));
    };
    done(SPEC, text(SPEC, run.spec)?);
    done(INSTRUMENTS, text(INSTRUMENTS, &instruments_file::to_json(&outcome.instruments))?);
    done(METRICS, text(METRICS, &metrics_json(run.id, run.digest, run.tearsheet))?);
    done(EQUITY, write_equity(&dir.join(EQUITY), &heading, outcome)?);
    done(TRADES, write_trades(&dir.join(TRADES), &heading, &names, outcome)?);
    done(FILLS, write_fills(&dir.join(FILLS), &heading, &names, outcome)?);
    done(ORDERS, write_orders(&dir.join(ORDERS), &heading, &names, outcome)?);
    done(REPORT, text(REPORT, run.report)?);
    Ok(outputs)
}

#[cfg(test)]
mod tests;
