//! What computes the output of a trained model: implemented at the edges, used by the kernel.

use std::fmt;

use crate::instrument::InstrumentId;

/// A trained model at work: one row of numbers in, one row out.
///
/// The same inputs give the same outputs, whatever was asked before. A predictor that can no longer answer, because the
/// library behind it failed on a model that it had accepted, panics: no number may stand for an answer.
pub trait Predictor: fmt::Debug + Send + Sync {
    /// Writes the outputs for a row of inputs.
    ///
    /// # Panics
    /// If a row has another length than the model's.
    fn predict(&mut self, inputs: &[f32], outputs: &mut [f32]);

    /// Another one of the same model.
    fn another(&self) -> Box<dyn Predictor>;
}

/// What a model gave after a bar.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Prediction {
    /// The instrument whose features it read.
    pub instrument: InstrumentId,
    /// Which output it is: its place among all values that the strategy declared.
    pub place: u32,
    /// The number.
    pub value: f64,
}
