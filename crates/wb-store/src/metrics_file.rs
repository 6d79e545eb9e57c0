//! `metrics.json`: every figure of a run by its key.

use std::path::Path;

use serde_json::{Map, Value};
use wb_metrics::{Tearsheet, Unit};

use crate::error::{StoreError, damaged};
use crate::hash::RunId;

const RUN_ID: &str = "run_id";
const DIGEST: &str = "digest";

/// The figures of a stored run.
#[derive(Clone, PartialEq, Debug)]
pub struct Metrics {
    /// The run.
    pub run_id: RunId,
    /// Running digest of its commands and fills.
    pub digest: String,
    /// Key and value of each figure, in the order in which they are shown; absent where it has no meaning.
    pub figures: Vec<(String, Option<f64>)>,
}

/// The text of `metrics.json`: `run_id`, `digest`, then each figure by its key, `null` where it is absent.
/// Counts and dates are whole numbers, everything else has a fraction, whatever its value.
pub fn metrics_json(run_id: RunId, digest: &str, tearsheet: &Tearsheet) -> String {
    let mut object = Map::new();
    object.insert(RUN_ID.into(), run_id.to_string().into());
    object.insert(DIGEST.into(), digest.into());
    for figure in &tearsheet.figures {
        let value = match (figure.value, figure.unit) {
            (None, _) => Value::Null,
            (Some(x), Unit::Count | Unit::Date) => (x as i64).into(),
            (Some(x), _) => x.into(),
        };
        let before = object.insert(figure.key.into(), value);
        assert!(before.is_none(), "the figure {} is named twice", figure.key);
    }
    let mut text = serde_json::to_string_pretty(&object).expect("string keys and plain values");
    text.push('\n');
    text
}

impl Metrics {
    /// The value of one figure; absent where it has no meaning or does not exist.
    pub fn get(&self, key: &str) -> Option<f64> {
        self.figures.iter().find(|(k, _)| k == key).and_then(|(_, value)| *value)
    }

    /// Reads what [`metrics_json`] wrote.
    pub(crate) fn from_json(path: &Path, text: &[u8]) -> Result<Metrics, StoreError> {
        let object: Map<String, Value> =
            serde_json::from_slice(text).map_err(|e| damaged(path, e.to_string()))?;
        let word = |key: &str| {
            object.get(key).and_then(Value::as_str).ok_or_else(|| damaged(path, format!("no text `{key}`")))
        };
        let run_id = word(RUN_ID)?.parse().map_err(|e| damaged(path, format!("`{RUN_ID}`: {e}")))?;
        let digest = word(DIGEST)?.to_string();
        let mut figures = Vec::with_capacity(object.len());
        for (key, value) in object.iter().filter(|(key, _)| !matches!(key.as_str(), RUN_ID | DIGEST)) {
            let value = match value {
                Value::Null => None,
                value => Some(
                    value
                        .as_f64()
                        .ok_or_else(|| damaged(path, format!("`{key}` is {value}, not a number")))?,
                ),
            };
            figures.push((key.clone(), value));
        }
        Ok(Metrics { run_id, digest, figures })
    }
}
