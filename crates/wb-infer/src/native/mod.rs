//! Our own runtime: dense networks and tree ensembles, in 32-bit numbers as ONNX says.
//!
//! A model is compiled to a list of steps over one row of numbers. A step's sums have one order, its functions are
//! those of `libm`, and nothing is fused, so the same inputs give the same bits on every machine, for one row as for a
//! column. Nothing is allocated once the model is there.

mod compile;
mod dense;
mod transform;
mod trees;

use std::fmt;
use std::sync::Arc;

use wb_core::Predictor;

use crate::error::InferError;
use crate::native::compile::compile;
use crate::native::dense::Step;
use crate::onnx::OnnxFile;
use crate::signature::Signature;

pub(crate) use transform::softmax;

/// The version of the arithmetic: it changes when the same inputs may give other bits.
pub const NATIVE_VERSION: &str = "1";

/// A model that runs here.
#[derive(Clone)]
pub struct NativeModel {
    program: Arc<Program>,
    /// Every number of a prediction: the inputs, then what each step gives.
    row: Vec<f32>,
}

/// What is computed, step by step.
pub(crate) struct Program {
    pub(crate) inputs: usize,
    pub(crate) steps: Vec<Step>,
    /// Where the output stands in the row.
    pub(crate) output: std::ops::Range<usize>,
    /// Length of the row.
    pub(crate) length: usize,
}

impl NativeModel {
    /// Compiles a model for the output of its signature.
    ///
    /// # Errors
    /// If the file is not sound, or uses an operator that this runtime does not know.
    pub fn load(bytes: &[u8], signature: &Signature) -> Result<NativeModel, InferError> {
        let program = compile(&OnnxFile::graph_of(bytes)?, signature)?;
        let row = vec![0.0; program.length];
        Ok(NativeModel { program: Arc::new(program), row })
    }

    /// How many numbers it gives.
    pub fn outputs(&self) -> usize {
        self.program.output.len()
    }
}

impl Predictor for NativeModel {
    fn predict(&mut self, inputs: &[f32], outputs: &mut [f32]) {
        let NativeModel { program, row } = self;
        row[..program.inputs].copy_from_slice(inputs);
        for step in &program.steps {
            step.run(row);
        }
        outputs.copy_from_slice(&row[program.output.clone()]);
    }

    fn another(&self) -> Box<dyn Predictor> {
        Box::new(self.clone())
    }
}

impl fmt::Debug for NativeModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "native model of {} steps", self.program.steps.len())
    }
}
