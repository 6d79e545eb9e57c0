//! The engine that a run goes through.

use wb_engine::{EngineError, RunInput, RunResult, run, run_vectorized};

/// The engine that a run goes through. Both give the same result to the bit, so it is no part of a run's id.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, clap::ValueEnum)]
pub(crate) enum Engine {
    /// Bar by bar, as live trading goes
    #[default]
    Event,
    /// Features computed as columns beforehand, as sweeps go
    Vectorized,
}

impl Engine {
    /// Runs a strategy over bars; `progress` hears of the bars done.
    ///
    /// # Errors
    /// If data, strategy and spec do not go together, or this engine cannot run the spec exactly.
    pub(crate) fn run(
        self,
        input: &RunInput<'_>,
        progress: &mut dyn FnMut(u64),
    ) -> Result<RunResult, EngineError> {
        match self {
            Engine::Event => run(input, progress),
            Engine::Vectorized => run_vectorized(input, progress),
        }
    }

    /// Its name on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Engine::Event => "event",
            Engine::Vectorized => "vectorized",
        }
    }
}
