//! A stored model whose card, file and golden rows go together.

use wb_core::Interval;
use wb_infer::{GOLDEN_TOLERANCE, InferError, Meaning, Signature, check_golden};
use wb_kernel::{FeatureText, ModelOutputs, TextError};
use wb_store::StoredModel;

use super::runtimes::{Running, RuntimeKind, Runtimes};
use crate::error::UserError;

/// A model as it is stored, its card understood.
pub(crate) struct SoundModel {
    /// What is stored.
    pub(crate) stored: StoredModel,
    /// What the file takes and gives.
    pub(crate) signature: Signature,
    /// What it was trained on, in order.
    pub(crate) inputs: Vec<FeatureText>,
    /// The length of the bars that it was trained on, where the card says it.
    pub(crate) interval: Option<Interval>,
    /// What its numbers are.
    pub(crate) meaning: Meaning,
    /// What serves it unless something else is asked for.
    pub(crate) kind: RuntimeKind,
}

impl SoundModel {
    /// Understands a stored model.
    ///
    /// # Errors
    /// If its card says something that cannot be, or of another file.
    pub(crate) fn of(stored: StoredModel) -> anyhow::Result<SoundModel> {
        let card = &stored.card;
        let wrong = |why: String| {
            let error = UserError::data(format!("the card of {} {why}", card.reference()));
            error.hint("add the model again under another version, and leave cards as they were written")
        };
        let signature = Signature::read(&stored.onnx, Some(&card.output.tensor))?;
        let inputs = card
            .input
            .features
            .iter()
            .map(|text| {
                text.parse().map_err(|error: TextError| wrong(format!("names {}", error.shown(text))))
            })
            .collect::<Result<Vec<FeatureText>, UserError>>()?;
        if inputs.len() != signature.inputs {
            let message = format!("names {} features, and its file takes {}", inputs.len(), signature.inputs);
            return Err(wrong(message).into());
        }
        let interval = match &card.input.interval {
            None => None,
            Some(text) => {
                Some(Interval::parse(text).ok_or_else(|| wrong(format!("names the interval `{text}`")))?)
            }
        };
        let unknown = |what: &str, word: &str| wrong(format!("names the {what} `{word}`"));
        let (meaning, runtime) = (&card.output.meaning, &card.runtime);
        let meaning = Meaning::named(meaning).ok_or_else(|| unknown("meaning", meaning))?;
        let kind = RuntimeKind::named(runtime).ok_or_else(|| unknown("runtime", runtime))?;
        let widths = |rows: &[Vec<f32>], width: usize| rows.iter().all(|row| row.len() == width);
        let (golden, outputs) = (&stored.golden, card.output.names.len());
        if !widths(&golden.inputs, inputs.len()) || !widths(&golden.outputs, outputs) {
            return Err(wrong("does not go with its golden rows".to_string()).into());
        }
        Ok(SoundModel { signature, inputs, interval, meaning, kind, stored })
    }

    /// Loads it and holds it against its golden rows; gives by how much it differs from them at most.
    ///
    /// # Errors
    /// If the runtime cannot run it, or a golden row comes out otherwise.
    pub(crate) fn load(&self, runtimes: &Runtimes, kind: RuntimeKind) -> Result<(Running, f32), InferError> {
        let StoredModel { card, onnx, golden } = &self.stored;
        let mut running = runtimes.load(kind, onnx, &self.signature)?;
        let (gives, names) = (running.outputs, card.output.names.len());
        if gives != names {
            let message = format!("the model gives {gives} numbers, its card names {names}");
            return Err(InferError::Signature(message));
        }
        let difference =
            check_golden(&mut *running.predictor, &golden.inputs, &golden.outputs, GOLDEN_TOLERANCE)?;
        Ok((running, difference))
    }

    /// What a strategy gets from it.
    pub(crate) fn outputs(&self) -> ModelOutputs {
        let names = self.stored.card.output.names.clone();
        match self.meaning {
            Meaning::Probabilities | Meaning::Logits => ModelOutputs::Probabilities(names),
            Meaning::Values => ModelOutputs::Values(names),
        }
    }
}
