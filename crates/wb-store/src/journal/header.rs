//! What a journal is of: `header.toml`, with the hashes of the files beside it.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use wb_core::{Instrument, Ts};

use crate::error::{StoreError, damaged};
use crate::hash::ContentHash;
use crate::manifest::instant;

/// The format of journals that this crate writes. It reads this one and every earlier one.
pub const JOURNAL_FORMAT: u32 = 2;

/// What a journal is begun with.
#[derive(Clone, Copy, Debug)]
pub struct NewJournal<'a> {
    /// What is at work: `run 3f9a…` or `bundle a07b…`.
    pub subject: &'a str,
    /// Version of the workbench.
    pub workbench: &'a str,
    /// Hash of the sources that can change a decision.
    pub code_id: &'a str,
    /// When it is begun.
    pub started: Ts,
    /// The risk limits that are set, by their keys.
    pub risk: &'a [(&'a str, f64)],
    /// The resolved spec, as TOML.
    pub spec: &'a str,
    /// The instruments, in the order of their ids.
    pub instruments: &'a [Instrument],
}

/// `header.toml`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct JournalHeader {
    /// The format of the journal, at most [`JOURNAL_FORMAT`].
    pub format: u32,
    /// What was at work: `run 3f9a…` or `bundle a07b…`.
    pub subject: String,
    /// Version of the workbench that wrote it.
    pub workbench: String,
    /// Hash of the sources that can change a decision.
    pub code_id: String,
    /// When it was begun.
    #[serde(with = "instant")]
    pub started: Ts,
    /// The risk limits that were set, by their keys.
    pub risk: BTreeMap<String, f64>,
    /// The hash of each file beside it that is no segment.
    pub(super) files: BTreeMap<String, ContentHash>,
}

impl JournalHeader {
    pub(super) fn new(new: &NewJournal<'_>, files: &[(&str, &str)]) -> JournalHeader {
        let hash = |(name, text): &(&str, &str)| (name.to_string(), ContentHash::of(text.as_bytes()));
        JournalHeader {
            format: JOURNAL_FORMAT,
            subject: new.subject.to_string(),
            workbench: new.workbench.to_string(),
            code_id: new.code_id.to_string(),
            started: new.started,
            risk: new.risk.iter().map(|(key, value)| (key.to_string(), *value)).collect(),
            files: files.iter().map(hash).collect(),
        }
    }

    pub(super) fn to_toml(&self) -> String {
        let text = toml::to_string(self).expect("plain fields, tables last");
        format!(
            "# A journal: what a kernel was told and what it answered. `workbench replay` compares.\n{text}"
        )
    }

    /// Reads the text of `header.toml`, its format before anything else.
    pub(super) fn from_toml(path: &Path, text: &str) -> Result<JournalHeader, StoreError> {
        let table: toml::Table = text.parse().map_err(|e: toml::de::Error| damaged(path, e.to_string()))?;
        let format = table.get("format").ok_or_else(|| damaged(path, "it states no `format`"))?;
        let known = 1..=i64::from(JOURNAL_FORMAT);
        if !format.as_integer().is_some_and(|format| known.contains(&format)) {
            let (path, found) = (path.to_path_buf(), format.to_string());
            return Err(StoreError::Format { path, found, supported: JOURNAL_FORMAT });
        }
        table.try_into().map_err(|e| damaged(path, e.to_string()))
    }

    /// Whether a file beside the header is as it was written.
    pub(super) fn check(&self, path: &Path, name: &str, text: &str) -> Result<(), StoreError> {
        match self.files.get(name) {
            Some(hash) if *hash == ContentHash::of(text.as_bytes()) => Ok(()),
            Some(_) => Err(damaged(path, "its hash is not the one in header.toml: it was changed")),
            None => Err(damaged(path, "header.toml does not name it")),
        }
    }
}
