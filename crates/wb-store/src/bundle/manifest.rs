//! What a bundle is of, and what was proved of it: `bundle.toml`.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{StoreError, damaged_bundle};
use crate::hash::{ContentHash, NotAHash, RunId};

/// The format of bundles that this crate writes and reads.
pub const BUNDLE_FORMAT: u32 = 1;

/// What a bundle is called: the hash of its `bundle.toml`, which has the hashes of its other files.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BundleId(ContentHash);

impl BundleId {
    /// The id of the bundle with this `bundle.toml`.
    pub(super) fn of(text: &str) -> BundleId {
        BundleId(ContentHash::of(text.as_bytes()))
    }

    /// The first twelve digits, for people.
    pub fn short(&self) -> String {
        let mut text = self.to_string();
        text.truncate(12);
        text
    }
}

/// All 64 digits.
impl fmt::Display for BundleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl FromStr for BundleId {
    type Err = NotAHash;

    fn from_str(text: &str) -> Result<BundleId, NotAHash> {
        text.parse().map(BundleId)
    }
}

/// `bundle.toml`. It holds no time, so that deploying the same again gives the same bundle.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct BundleManifest {
    /// The format of the folder, [`BUNDLE_FORMAT`].
    pub format: u32,
    /// Name in the table of strategies.
    pub strategy: String,
    /// Version of the workbench that made it.
    pub workbench: String,
    /// Hash of the sources that can change a decision.
    pub code_id: String,
    /// Hash of the binary that made it and replayed its golden events.
    pub binary: ContentHash,
    /// The run.
    pub run: RunId,
    /// The digest of the whole run.
    pub run_digest: String,
    /// The first events of the run.
    pub golden: Golden,
    /// The hash of each other file.
    pub(super) files: BTreeMap<String, ContentHash>,
    /// Every gate that the run had to pass.
    pub gates: Vec<GateRecord>,
}

/// What a kernel must answer to the golden events.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Golden {
    /// How many they are.
    pub events: u64,
    /// How many commands they give.
    pub commands: u64,
    /// The kernel's digest after the last one.
    pub digest: String,
}

/// One gate, as it was found.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct GateRecord {
    /// Its key in the file of gates: `max_drawdown`.
    pub gate: String,
    /// What the value must be with respect to the threshold: `at least`, `at most`, `above`.
    pub bound: String,
    /// The threshold.
    pub threshold: f64,
    /// The value; absent where nothing that is stored or computed gives one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// What the value is taken from, in words.
    pub evidence: String,
    /// Whether it was passed.
    pub passed: bool,
    /// Why it was waived, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waived: Option<String>,
}

impl BundleManifest {
    /// The gates that were not passed and were waived, each with the reason. Every report on what the bundle did must
    /// show them.
    pub fn waivers(&self) -> impl Iterator<Item = (&GateRecord, &str)> {
        self.gates.iter().filter_map(|gate| Some((gate, gate.waived.as_deref()?)))
    }

    pub(super) fn to_toml(&self) -> String {
        let text = toml::to_string(self).expect("plain fields, tables last");
        format!("# A bundle: what `workbench live` trades from. Its name is the hash of this file.\n{text}")
    }

    /// Reads the text of `bundle.toml`, its format before anything else.
    pub(super) fn from_toml(path: &Path, text: &str) -> Result<BundleManifest, StoreError> {
        let wrong = |e: toml::de::Error| damaged_bundle(path, e.to_string());
        let table: toml::Table = text.parse().map_err(wrong)?;
        let format = table.get("format").ok_or_else(|| damaged_bundle(path, "it states no `format`"))?;
        if format.as_integer() != Some(i64::from(BUNDLE_FORMAT)) {
            let (path, found) = (path.to_path_buf(), format.to_string());
            return Err(StoreError::Format { path, found, supported: BUNDLE_FORMAT });
        }
        table.try_into().map_err(wrong)
    }
}
