//! Declared models: computed after the features that they read, in their kernel or outside of it.

use std::fmt;
use std::ops::Range;

use wb_core::{InstrumentId, Interval, Predictor};

use crate::detached::FeatureColumn;
use crate::model::Model;

/// A declared model with the places of its inputs and outputs in its kernel's row of values.
///
/// Taken out by [`crate::Kernel::detach_models`], it is given the columns of its inputs, and each kernel its values with
/// [`crate::Kernel::set_feature`]. Two of equal [`DeclaredModel::key`] have equal columns.
pub struct DeclaredModel {
    /// The instrument whose features it reads. It is computed after each of its bars.
    pub instrument: InstrumentId,
    /// Where its inputs stand, in order.
    pub inputs: Vec<usize>,
    /// Where its outputs stand.
    pub positions: Range<usize>,
    name: String,
    identity: String,
    /// The names of its outputs.
    outputs: Vec<String>,
    timing: ModelTiming,
    row: ModelRow,
}

/// When a model is computed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ModelTiming {
    /// The length of the bars after which it is.
    pub(crate) interval: Interval,
    /// How many of them until its outputs may be used.
    pub(crate) warmup: usize,
}

/// A predictor with room for its numbers, which are of 32 bits.
struct ModelRow {
    predictor: Box<dyn Predictor>,
    x: Vec<f32>,
    y: Vec<f32>,
}

impl DeclaredModel {
    /// A model whose inputs stand at `inputs` and whose outputs begin at `first`.
    pub(crate) fn new(
        model: &Model,
        instrument: InstrumentId,
        inputs: Vec<usize>,
        timing: ModelTiming,
        first: usize,
    ) -> DeclaredModel {
        let outputs = model.outputs.names().to_vec();
        let row = ModelRow {
            predictor: model.predictor.another(),
            x: vec![0.0; inputs.len()],
            y: vec![0.0; outputs.len()],
        };
        DeclaredModel {
            instrument,
            inputs,
            positions: first..first + outputs.len(),
            name: model.name.clone(),
            identity: model.identity(),
            outputs,
            timing,
            row,
        }
    }

    /// Whether it is that model of those inputs.
    pub(crate) fn is(&self, model: &Model, inputs: &[usize]) -> bool {
        self.name == model.name && self.inputs == inputs
    }

    /// Computes its outputs from the row of values. As with features, what it gives while an input is cold means
    /// nothing, and nobody sees it.
    #[inline]
    pub(crate) fn update(&mut self, values: &mut [f64]) {
        let outputs = self.row.predict(self.inputs.iter().map(|at| values[*at]));
        for (position, y) in self.positions.clone().zip(outputs) {
            values[position] = f64::from(*y);
        }
    }

    /// Instrument, name and identity, which says what its inputs are.
    pub fn key(&self) -> String {
        format!("{} {} {}", self.instrument.0, self.name, self.identity)
    }

    /// Instrument, length of bars and name of the output at a position.
    pub(crate) fn output_at(&self, position: usize) -> Option<(InstrumentId, Interval, String)> {
        let output = self.outputs.get(position.checked_sub(self.positions.start)?)?;
        Some((self.instrument, self.timing.interval, self.output_name(output)))
    }

    fn output_name(&self, output: &str) -> String {
        format!("{}.{output}", self.name)
    }

    /// Appends its outputs for the next rows of its instrument's bars: NaN where an input is, because it is cold.
    /// `inputs` holds the columns of its inputs over these rows.
    ///
    /// # Panics
    /// If there is not a column for each input, or they differ in length.
    pub fn fold(&mut self, inputs: &[&[f64]], out: &mut [Vec<f64>]) {
        assert_eq!(inputs.len(), self.inputs.len(), "a column for each input");
        for row in 0..inputs[0].len() {
            let outputs = self.row.predict(inputs.iter().map(|column| column[row]));
            for (column, y) in out.iter_mut().zip(outputs) {
                column.push(f64::from(*y));
            }
        }
    }

    /// Its outputs over all of its instrument's bars, of which `inputs` holds the columns of its inputs.
    pub fn columns(mut self, inputs: &[&[f64]]) -> Vec<FeatureColumn> {
        let mut values = vec![Vec::with_capacity(inputs[0].len()); self.positions.len()];
        self.fold(inputs, &mut values);
        let column = |(output, values): (&String, Vec<f64>)| FeatureColumn {
            name: self.output_name(output),
            instrument: self.instrument,
            interval: self.timing.interval,
            warmup: self.timing.warmup,
            memory: None,
            on_price: false,
            values,
        };
        self.outputs.iter().zip(values).map(column).collect()
    }
}

impl ModelRow {
    /// What the predictor gives; all NaN where an input is, for trees would make a number even of that.
    fn predict(&mut self, inputs: impl Iterator<Item = f64>) -> &[f32] {
        for (x, value) in self.x.iter_mut().zip(inputs) {
            *x = value as f32;
        }
        if self.x.iter().any(|x| x.is_nan()) {
            self.y.fill(f32::NAN);
        } else {
            self.predictor.predict(&self.x, &mut self.y);
        }
        &self.y
    }
}

impl fmt::Debug for DeclaredModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.key())
    }
}
