//! Where a sweep came from, how far it is, and what it found.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{StoreError, damaged};
use crate::hash::RunId;
use crate::manifest::{Provenance, check_format};
use crate::output::OutputFile;

/// The format of sweep folders that this crate writes and reads.
pub const SWEEP_FORMAT: u32 = 1;

/// `manifest.json` of a sweep. It is there from the beginning of the sweep, and written anew whenever the sweep is
/// interrupted or done.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct SweepManifest {
    /// The format of the folder, [`SWEEP_FORMAT`].
    pub format: u32,
    /// The sweep.
    pub id: RunId,
    /// The file that asked for it, as it was named.
    pub source: String,
    /// How the parameters are searched: `grid`.
    pub method: String,
    /// How many windows a walk-forward has; absent for a sweep over the whole time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub windows: Option<u64>,
    /// How it came about; the duration is of all its parts.
    #[serde(flatten)]
    pub provenance: Provenance,
    /// Trials that are stored; absent while they are being run, and where that was cut short.
    pub trials: Option<u64>,
    /// Whether nothing is left to run.
    pub complete: bool,
    /// Every other file, in the order in which they were written; none until the sweep is interrupted or done.
    pub outputs: Vec<OutputFile>,
}

impl SweepManifest {
    pub(crate) fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("plain fields and string keys");
        text.push('\n');
        text
    }

    pub(crate) fn from_json(path: &Path, text: &[u8]) -> Result<SweepManifest, StoreError> {
        let not_json = |e: serde_json::Error| damaged(path, e.to_string());
        let value: Value = serde_json::from_slice(text).map_err(not_json)?;
        check_format(path, &value, SWEEP_FORMAT)?;
        serde_json::from_value(value).map_err(not_json)
    }
}

/// `summary.json`: what a sweep found.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct SweepSummary {
    /// The best trials, best first; for several objectives the Pareto front.
    pub best: Vec<BestTrial>,
    /// How the search and its best trial are judged, by key; absent where a figure has no meaning.
    pub judgement: BTreeMap<String, Option<f64>>,
    /// The same in sentences.
    pub verdict: Vec<String>,
}

/// One of the best trials.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct BestTrial {
    /// Its number in `trials.arrow`.
    pub number: u64,
    /// The run that it is stored as, once it was run again event by event with the same digest.
    pub run: Option<RunId>,
}

impl SweepSummary {
    pub(crate) fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("plain fields and string keys");
        text.push('\n');
        text
    }

    pub(crate) fn from_json(path: &Path, text: &[u8]) -> Result<SweepSummary, StoreError> {
        serde_json::from_slice(text).map_err(|e| damaged(path, e.to_string()))
    }
}
