//! The engines: a run, fully resolved, from columns of bars to an outcome.

mod benchmark;
pub mod checks;
mod error;
mod event_driven;
mod recorder;
mod retelling;
mod spec;
mod vectorized;
pub mod walk_forward;

pub use error::EngineError;
pub use event_driven::{RunInput, RunResult, run, run_transcribed};
pub use retelling::{Retelling, Retold};
pub use spec::RunSpec;
pub use vectorized::{SweepInput, TrialFigures, TrialResult, evaluate, run_vectorized};
