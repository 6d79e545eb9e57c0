//! ONNX models as predictors: our own runtime for dense networks and tree ensembles.

mod error;
mod native;
mod onnx;
mod signature;
mod wire;

pub use error::InferError;
pub use native::{NATIVE_VERSION, NativeModel};
pub use signature::{Meaning, Signature};
