//! Trained models as a run is given them: what each takes and gives, and what computes it.

use std::sync::Arc;

use wb_core::{Interval, Predictor};

use crate::feature_text::FeatureText;

/// A trained model that a strategy may use as a feature. Two are equal that are of one identity.
#[derive(Clone, Debug)]
pub struct Model {
    /// The name by which a strategy asks for it.
    pub name: String,
    /// Everything that its outputs depend on besides its inputs: version, content, and what runs it.
    pub identity: String,
    /// What it was trained on, in the order of its inputs; each of the instrument at hand.
    pub inputs: Vec<FeatureText>,
    /// The length of the bars that it was trained on; absent where any will do.
    pub interval: Option<Interval>,
    /// What it gives.
    pub outputs: ModelOutputs,
    /// What computes it.
    pub predictor: Arc<dyn Predictor>,
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
        let Model { name, identity, inputs, interval, outputs, predictor: _ } = self;
        (name, identity, inputs) == (&other.name, &other.identity, &other.inputs)
            && (interval, outputs) == (&other.interval, &other.outputs)
    }
}
