//! What can be wrong with a model, or with what is to run it.

use std::path::PathBuf;

/// Why a model cannot be used.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
pub enum InferError {
    /// The bytes are no ONNX model, or contradict themselves.
    #[error("the file is no sound ONNX model: {0}")]
    Malformed(String),
    /// It takes or gives something else than a row of numbers.
    #[error("{0}")]
    Signature(String),
    /// An operator that the native runtime does not know, or not in that form.
    #[error("the native runtime cannot run the operator `{operator}` of node `{node}`: {why}")]
    Unsupported {
        /// The operator's name in ONNX.
        operator: String,
        /// The node's name, or that of its first output where it has none.
        node: String,
        /// What about it.
        why: String,
    },
    /// ONNX Runtime was not found.
    #[error("the library of ONNX Runtime was not found; looked for it {}", looked.join("; "))]
    NoLibrary {
        /// The places, in the order in which they were looked at.
        looked: Vec<String>,
    },
    /// A library that is no ONNX Runtime of a version that can be used.
    #[error("{} cannot be loaded as ONNX Runtime: {why}", path.display())]
    Library {
        /// The library.
        path: PathBuf,
        /// What the loader said.
        why: String,
    },
    /// ONNX Runtime refused the model.
    #[error("ONNX Runtime refuses the model: {0}")]
    Refused(String),
    /// A golden row that comes out otherwise.
    #[error(
        "golden row {row} differs in output {output}: expected {expected}, got {got}, and they may differ by {tolerance:e}"
    )]
    Golden {
        /// The row, counted from zero.
        row: usize,
        /// The output, counted from zero.
        output: usize,
        /// What it must be.
        expected: f32,
        /// What it is.
        got: f32,
        /// By how much they may differ.
        tolerance: f32,
    },
}

impl InferError {
    /// What would help, where that is known.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            InferError::Unsupported { .. } => {
                Some("let ONNX Runtime run it: --runtime onnxruntime, or inference.runtime = \"onnxruntime\"")
            }
            InferError::NoLibrary { .. } => Some(
                "install it with `pip install onnxruntime` and activate that environment, or say where it is: \
                 inference.library, or ORT_DYLIB_PATH; dense networks and tree ensembles need none, with \
                 inference.runtime = \"native\"",
            ),
            InferError::Library { .. } => Some("versions from 1.20 can be used"),
            InferError::Golden { .. } => {
                Some("the model, its runtime or this machine computes something else than when it was added")
            }
            InferError::Malformed(_) | InferError::Signature(_) | InferError::Refused(_) => None,
        }
    }
}

/// Something in a file that contradicts itself: the one spelling of it.
pub(crate) fn malformed(why: impl Into<String>) -> InferError {
    InferError::Malformed(why.into())
}
