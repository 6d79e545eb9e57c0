//! The engines.

mod spec;

pub use spec::RunSpec;
