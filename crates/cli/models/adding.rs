//! A model on its way into the store: its file understood, its golden rows computed, its card written.

use wb_core::{Interval, Rng};
use wb_infer::{GOLDEN_TOLERANCE, InferError, Meaning, Signature, check_golden};
use wb_kernel::{FeatureText, TextError};
use wb_store::{CARD_FORMAT, Card, CardInput, CardOutput, ContentHash, GoldenRows, ModelStore};

use super::runtimes::{Running, RuntimeKind, Runtimes};
use crate::error::UserError;

/// A model as somebody describes it.
pub(crate) struct NewModel<'a> {
    /// The name by which specs ask for it.
    pub(crate) name: &'a str,
    /// Its version.
    pub(crate) version: &'a str,
    /// The ONNX file.
    pub(crate) onnx: &'a [u8],
    /// What it was trained on, in order.
    pub(crate) inputs: &'a [String],
    /// The length of the bars that it was trained on, if it matters.
    pub(crate) interval: Option<Interval>,
    /// The output that is meant; absent where the file leaves no choice.
    pub(crate) output: Option<&'a str>,
    /// What its numbers are; absent where the file says it.
    pub(crate) meaning: Option<Meaning>,
    /// The names of its numbers, in order; none where the file's will do.
    pub(crate) classes: &'a [String],
    /// The data that it was trained on, if somebody says it.
    pub(crate) trained_on: Option<&'a str>,
    /// What is to serve it; absent for the native runtime where that can.
    pub(crate) runtime: Option<RuntimeKind>,
    /// Rows that the library gave that trained it; absent to compute some.
    pub(crate) golden: Option<GoldenRows>,
}

/// A model that is in the store.
pub(crate) struct Added {
    /// Its card.
    pub(crate) card: Card,
    /// The runtime that serves it, with its version.
    pub(crate) runtime: String,
    /// The other runtime, and by how much outputs differ at most; or why it was not asked.
    pub(crate) compared: Result<(String, f32), InferError>,
}

impl NewModel<'_> {
    /// Checks the model in every runtime at hand, and stores it.
    ///
    /// # Errors
    /// If the file and what is said of it do not go together, no runtime can run it, or the runtimes differ.
    pub(crate) fn add_to(self, store: &ModelStore, runtimes: &Runtimes) -> anyhow::Result<Added> {
        let signature = Signature::read(self.onnx, self.output)?;
        let features = self.features(&signature)?;
        let meaning = self.meaning.or(signature.meaning).ok_or_else(|| {
            let names = Meaning::ALL.map(|(_, name)| name).join(", ");
            UserError::usage("the file does not say what its numbers are")
                .hint(format!("--meaning, one of {names}"))
        })?;
        let (kind, mut running) = self.run(runtimes, &signature)?;
        let names = self.names(&signature, meaning, running.outputs)?;
        let golden = match &self.golden {
            Some(rows) => self.fitting(rows, running.outputs)?,
            None => drawn(&mut running, features.len()),
        };
        let rows = |model: &mut Running| {
            check_golden(&mut *model.predictor, &golden.inputs, &golden.outputs, GOLDEN_TOLERANCE)
        };
        rows(&mut running)?;
        let compared = match runtimes.load(kind.other(), self.onnx, &signature) {
            Ok(mut other) => Ok((other.runtime.clone(), rows(&mut other)?)),
            Err(error) => Err(error),
        };
        let table = golden.to_arrow(&features, &names)?;
        let card = Card {
            format: CARD_FORMAT,
            name: self.name.to_string(),
            version: self.version.to_string(),
            blob: ContentHash::of(self.onnx),
            golden: ContentHash::of(&table),
            runtime: kind.name().to_string(),
            trained_on: self.trained_on.map(str::to_string),
            input: CardInput {
                tensor: signature.input,
                element: "f32".to_string(),
                features,
                interval: self.interval.map(|interval| interval.to_string()),
            },
            output: CardOutput { tensor: signature.output, meaning: meaning.name().to_string(), names },
        };
        store.add(&card, self.onnx, &table)?;
        Ok(Added { card, runtime: running.runtime, compared })
    }

    /// The features in full.
    fn features(&self, signature: &Signature) -> Result<Vec<String>, UserError> {
        let read = |text: &String| {
            let feature: FeatureText = text
                .parse()
                .map_err(|error: TextError| UserError::usage(format!("--inputs: {}", error.shown(text))))?;
            if feature.is_at_hand() {
                return Ok(feature.to_string());
            }
            let error = UserError::usage(format!("--inputs: {text} is of an instrument with a role"));
            Err(error.hint("a model reads the instrument that it is used on: leave out the role"))
        };
        let features = self.inputs.iter().map(read).collect::<Result<Vec<String>, UserError>>()?;
        if features.len() != signature.inputs {
            let (takes, names) = (signature.inputs, features.len());
            let error =
                UserError::usage(format!("the model takes {takes} numbers, --inputs names {names} features"));
            return Err(error.hint("name every one, in the order in which the model was trained on them"));
        }
        Ok(features)
    }

    /// The model in the runtime that is to serve it.
    fn run(&self, runtimes: &Runtimes, signature: &Signature) -> anyhow::Result<(RuntimeKind, Running)> {
        if let Some(kind) = self.runtime {
            return Ok((kind, runtimes.load(kind, self.onnx, signature)?));
        }
        match runtimes.load(RuntimeKind::Native, self.onnx, signature) {
            Ok(running) => Ok((RuntimeKind::Native, running)),
            Err(why @ InferError::Unsupported { .. }) => {
                let running = runtimes.load(RuntimeKind::OnnxRuntime, self.onnx, signature);
                let running = running.map_err(|error| anyhow::Error::from(error).context(why.to_string()))?;
                Ok((RuntimeKind::OnnxRuntime, running))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The rows that were given, if they are of a model that gives so many numbers.
    fn fitting(&self, rows: &GoldenRows, outputs: usize) -> Result<GoldenRows, UserError> {
        if rows.outputs.is_empty() {
            return Err(UserError::usage("--golden: there are no rows"));
        }
        if let Some(row) = rows.outputs.iter().find(|row| row.len() != outputs) {
            let message = format!("--golden: rows have {} outputs, the model gives {outputs}", row.len());
            return Err(UserError::usage(message).hint("give the columns of one output: --output chooses it"));
        }
        Ok(rows.clone())
    }

    /// The names of the numbers that it gives.
    fn names(
        &self,
        signature: &Signature,
        meaning: Meaning,
        outputs: usize,
    ) -> Result<Vec<String>, UserError> {
        let given = if self.classes.is_empty() { &signature.classes } else { self.classes };
        if given.len() == outputs {
            return Ok(given.to_vec());
        }
        if given.is_empty() && meaning == Meaning::Values {
            return Ok((0..outputs).map(|n| format!("y{n}")).collect());
        }
        let by = if self.classes.is_empty() { "the file" } else { "--classes" };
        let error =
            UserError::usage(format!("the model gives {outputs} numbers, {by} names {}", given.len()));
        Err(error.hint("name every one in order: --classes fall,hold,rise"))
    }
}

/// How many rows are drawn where none are given.
const ROWS: u64 = 16;

/// Rows of numbers up to one, ten and a hundred, the same each time.
fn drawn_inputs(inputs: usize) -> Vec<Vec<f32>> {
    let mut rng = Rng::new(0);
    let mut row = |row: u64| {
        let size = [1.0, 10.0, 100.0][(row % 3) as usize];
        (0..inputs).map(|_| (size * (2.0 * rng.uniform() - 1.0)) as f32).collect()
    };
    (0..ROWS).map(&mut row).collect()
}

/// Whether golden rows were drawn because none were given: then they say nothing of what the model was trained on.
pub(super) fn are_drawn(rows: &GoldenRows) -> bool {
    let inputs = rows.inputs.first().map_or(0, Vec::len);
    rows.inputs == drawn_inputs(inputs)
}

/// Drawn rows, and what the model makes of them.
fn drawn(model: &mut Running, inputs: usize) -> GoldenRows {
    let mut rows = GoldenRows::default();
    for x in drawn_inputs(inputs) {
        let mut y = vec![0.0; model.outputs];
        model.predictor.predict(&x, &mut y);
        rows.inputs.push(x);
        rows.outputs.push(y);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_were_drawn_are_known_as_such() {
        let rows = |inputs| GoldenRows { inputs, outputs: Vec::new() };
        let mut inputs = drawn_inputs(4);
        assert!(are_drawn(&rows(inputs.clone())));
        inputs[3][2] += 1.0;
        assert!(!are_drawn(&rows(inputs)) && !are_drawn(&rows(vec![vec![1.0; 4]; 16])));
    }
}
