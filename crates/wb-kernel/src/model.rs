//! Trained models as a run is given them: what each takes and gives, and what computes it.

use std::sync::Arc;

use wb_core::{Interval, Predictor};

use crate::feature_text::FeatureText;

/// A trained model that a strategy may use as a feature. Two are equal that say the same of themselves.
#[derive(Clone, Debug)]
pub struct Model {
    /// The name by which a strategy asks for it.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The hash of everything that is known of that version: its file, inputs, outputs and golden rows.
    pub content: String,
    /// What runs it, with its version: `native 1`.
    pub runtime: String,
    /// What it was trained on, in the order of its inputs; each of the instrument at hand.
    pub inputs: Vec<FeatureText>,
    /// The length of the bars that it was trained on; absent where any will do.
    pub interval: Option<Interval>,
    /// What it gives.
    pub outputs: ModelOutputs,
    /// What computes it.
    pub predictor: Arc<dyn Predictor>,
}

impl Model {
    /// Everything that its outputs depend on besides its inputs.
    pub fn identity(&self) -> String {
        format!("{}, content {}, {}", self.version, self.content, self.runtime)
    }
}

/// What a model gives, each number with its name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ModelOutputs {
    /// A probability for each class.
    Probabilities(Vec<String>),
    /// Numbers of any meaning.
    Values(Vec<String>),
}

impl ModelOutputs {
    /// The names of the numbers, in order.
    pub fn names(&self) -> &[String] {
        match self {
            ModelOutputs::Probabilities(names) | ModelOutputs::Values(names) => names,
        }
    }
}

impl PartialEq for Model {
    fn eq(&self, other: &Model) -> bool {
        let Model { name, version, content, runtime, inputs, interval, outputs, predictor: _ } = self;
        (name, version, content, runtime) == (&other.name, &other.version, &other.content, &other.runtime)
            && (inputs, interval, outputs) == (&other.inputs, &other.interval, &other.outputs)
    }
}
