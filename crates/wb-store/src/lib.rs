//! Runs, sweeps, models, journals and bundles on disk: what is kept of them, where, and how it is found again.
//!
//! ```text
//! experiments/
//!   runs/3f/3f9a1c…/   spec.toml  manifest.json  metrics.json  instruments.json
//!                      equity.arrow  trades.arrow  fills.arrow  orders.arrow  report.html
//!   sweeps/a0/a07b…/   spec.toml  manifest.json  trials.arrow  returns.arrow  summary.json  best.toml  report.html
//!   bundles/a07b…/     bundle.toml  and the journal of the golden events
//!   refs/<name>        a line with a run's id
//!   .tmp/              what is being made, and the lock of those who make it
//! ```
//!
//! A run is a pure function of its spec, so its folder is named by the hash of everything that determines it:
//! the same question has the same id. `spec.toml` is the question, the tables and `metrics.json` are the answer,
//! and `manifest.json` is provenance, with the hash of each file. A run is made aside and renamed into its place:
//! a half-written one does not exist. There is no index that could contradict the folders.
//!
//! A sweep is named likewise, but its folder is there from its beginning: its trials are stored as they are made, so
//! that whoever continues it after it was killed makes the others only. Its manifest says whether it is complete. A
//! walk-forward lies beside the sweeps, with `windows.arrow` and the tables of a run instead of trials.
//!
//! Models have a folder of their own, which `models/mod.rs` describes.
//!
//! A journal is a folder of its own, wherever its writer is told: what a kernel was told and what it answered.
//!
//! A bundle is what may trade: a run's spec, instruments, limits and first events, and what was proved of it. A
//! deployment is a file in git that points to one.
//!
//! serde is allowed here: core types are not serialisable, each file owns the structs of its format.

mod bundle;
mod error;
mod hash;
mod instruments_file;
mod journal;
mod manifest;
mod metrics_file;
mod models;
mod output;
mod refs;
mod run_folder;
mod run_store;
mod run_writer;
#[cfg(test)]
mod sample;
mod scratch;
mod sweep_manifest;
mod sweep_store;
mod sweep_writer;
mod tables;
mod trial;
mod walk_forward;

pub use bundle::{
    BUNDLE_FORMAT, BUNDLE_PROJECT, Bundle, BundleId, BundleManifest, Deployment, GateRecord, Golden,
    NewBundle,
};
pub use error::StoreError;
pub use hash::{ContentHash, NotAHash, RunId};
pub use journal::{
    EVENTS_PER_DIGEST, JOURNAL_FORMAT, Journal, JournalEntry, JournalHeader, JournalReader, JournalRecord,
    JournalWriter, Line, NewJournal, Observation, Severity, StageTimes, SyncPolicy, TornTail, Verdict, Words,
};
pub use manifest::{Dataset, Manifest, Provenance, RUN_FORMAT};
pub use metrics_file::{Metrics, metrics_json};
pub use models::{
    CARD_FORMAT, Card, CardInput, CardOutput, GoldenRows, ModelListing, ModelStore, StoredModel,
};
pub use output::OutputFile;
pub use run_folder::StoredRun;
pub use run_store::{Listing, RunStore};
pub use run_writer::{NewRun, Written};
pub use sweep_manifest::{BestTrial, SWEEP_FORMAT, SweepManifest, SweepSummary};
pub use sweep_store::{StoredTrials, SweepListing};
pub use sweep_writer::{NewSweep, SweepEnd, SweepWriter};
pub use trial::{TrialBatch, TrialColumns, TrialNames, TrialReturns, TrialRow, TrialStatus};
pub use walk_forward::{NewWalkForward, WindowRow};
