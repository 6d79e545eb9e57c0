//! The card of a model: what it takes and gives, in a text that people may read.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{StoreError, damaged};
use crate::hash::ContentHash;

/// The format of cards that this crate writes and reads.
pub const CARD_FORMAT: u32 = 1;

/// What one version of a model is. Nothing in it depends on when or where it was added.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// The format, [`CARD_FORMAT`].
    pub format: u32,
    /// The name by which specs ask for it.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The hash of the ONNX file.
    pub blob: ContentHash,
    /// The hash of the file of golden rows.
    pub golden: ContentHash,
    /// The runtime that serves it: `native` or `onnxruntime`.
    pub runtime: String,
    /// Fingerprint or description of the data that it was trained on, where it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trained_on: Option<String>,
    /// What it takes.
    pub input: CardInput,
    /// What it gives.
    pub output: CardOutput,
}

/// What a model takes: one row of numbers.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardInput {
    /// The name of the tensor in the file.
    pub tensor: String,
    /// The type of the numbers; `f32`.
    pub element: String,
    /// The features in the order of the row, in full: `rsi(close,14)`.
    pub features: Vec<String>,
    /// The length of the bars that it was trained on, where it was given: `1d`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<String>,
}

/// What a model gives: one row of numbers.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardOutput {
    /// The name of the output in the file.
    pub tensor: String,
    /// What the numbers are: `probabilities`, `logits` or `values`.
    pub meaning: String,
    /// The name of each number, in order: the classes.
    pub names: Vec<String>,
}

impl Card {
    /// The text of the card's file.
    pub(crate) fn to_toml(&self) -> String {
        toml::to_string(self).expect("plain fields and lists")
    }

    /// Reads the text of a card's file.
    pub(crate) fn from_toml(path: &Path, text: &str) -> Result<Card, StoreError> {
        let card: Card = toml::from_str(text).map_err(|error| damaged(path, error.message().to_string()))?;
        if card.format != CARD_FORMAT {
            let (path, found) = (path.to_path_buf(), card.format.to_string());
            return Err(StoreError::Format { path, found, supported: CARD_FORMAT });
        }
        Ok(card)
    }

    /// How specs name it: `alpha@1`.
    pub fn reference(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }

    /// The hash of everything that it says.
    pub fn hash(&self) -> ContentHash {
        ContentHash::of(self.to_toml().as_bytes())
    }
}
