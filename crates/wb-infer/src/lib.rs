//! ONNX models as predictors: our own runtime for dense networks and tree ensembles, ONNX Runtime for the rest.

mod check;
mod error;
mod native;
mod onnx;
mod onnx_runtime;
mod signature;
mod wire;

pub use check::{GOLDEN_TOLERANCE, Softmaxed, check_golden};
pub use error::InferError;
pub use native::{NATIVE_VERSION, NativeModel};
pub use onnx_runtime::{LIBRARY_VARIABLE, LibraryPlaces, OnnxRuntime, OnnxRuntimeModel};
pub use signature::{Meaning, Signature};
