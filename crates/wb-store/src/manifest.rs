//! Where a run came from: everything about it that is not its question and not its answer.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use wb_core::Ts;

use crate::error::{StoreError, damaged};
use crate::hash::RunId;
use crate::output::OutputFile;

/// The format of run folders that this crate writes and reads.
pub const RUN_FORMAT: u32 = 1;

/// `manifest.json`: provenance, and the hash of every other file of the run.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// The format of the folder, [`RUN_FORMAT`].
    pub format: u32,
    /// The run.
    pub id: RunId,
    /// Running digest of the run's commands and fills: two runs that agree on it traded alike.
    pub digest: String,
    /// How it came about.
    #[serde(flatten)]
    pub provenance: Provenance,
    /// Every other file of the run, in the order in which they were written.
    pub outputs: Vec<OutputFile>,
}

/// How a run came about. None of it determines the result.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Provenance {
    /// One line for lists: `sma-cross binance:NEARUSDT 1m`.
    pub title: String,
    /// Name in the table of strategies. Absent from runs that were stored before it was kept.
    #[serde(default)]
    pub strategy: String,
    /// The sweep of which this is one of the best trials, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sweep: Option<RunId>,
    /// Version of the workbench.
    pub workbench: String,
    /// Hash of the sources that can change a result.
    pub code_id: String,
    /// When the run began.
    #[serde(with = "instant")]
    pub started: Ts,
    /// How long it took, in seconds, without the writing of its files.
    pub duration_s: f64,
    /// The machine's name.
    pub host: String,
    /// Versions of what it was built with and ran on, by name.
    pub versions: BTreeMap<String, String>,
    /// Everything a reader of the figures should be told.
    pub warnings: Vec<String>,
    /// The data that it read, in the order of its spec.
    pub data: Vec<Dataset>,
}

/// A data set that a run read.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Dataset {
    /// What it is: `binance:NEARUSDT 1m`.
    pub name: String,
    /// Hash of its content.
    pub fingerprint: String,
}

impl Manifest {
    /// The text of `manifest.json`.
    pub(crate) fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("plain fields and string keys");
        text.push('\n');
        text
    }

    /// Reads the text of `manifest.json`, its format before anything else.
    pub(crate) fn from_json(path: &Path, text: &[u8]) -> Result<Manifest, StoreError> {
        let not_json = |e: serde_json::Error| damaged(path, e.to_string());
        let value: serde_json::Value = serde_json::from_slice(text).map_err(not_json)?;
        check_format(path, &value, RUN_FORMAT)?;
        serde_json::from_value(value).map_err(not_json)
    }

    /// What the manifest says about one file.
    pub(crate) fn output(&self, name: &str) -> Option<&OutputFile> {
        self.outputs.iter().find(|file| file.name == name)
    }
}

/// Refuses a manifest of another format than `supported`, before anything else is read from it.
pub(crate) fn check_format(
    path: &Path,
    manifest: &serde_json::Value,
    supported: u32,
) -> Result<(), StoreError> {
    match manifest.get("format") {
        Some(format) if format.as_u64() == Some(u64::from(supported)) => Ok(()),
        Some(format) => {
            let (path, found) = (path.to_path_buf(), format.to_string());
            Err(StoreError::Format { path, found, supported })
        }
        None => Err(damaged(path, "it states no `format`")),
    }
}

/// An instant as the RFC 3339 text that people read.
pub(crate) mod instant {
    use serde::{Deserialize, Deserializer, Serializer};
    use wb_core::Ts;

    pub(crate) fn serialize<S: Serializer>(ts: &Ts, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(ts)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Ts, D::Error> {
        let text = String::deserialize(from)?;
        Ts::parse(&text).ok_or_else(|| serde::de::Error::custom(format!("`{text}` is not a time in UTC")))
    }
}
