//! Models really exported from the libraries that users train with.

mod allocation;
mod native;
mod onnx_runtime;
mod samples;
