//! Checks of a strategy before its results are believed, each a set of runs that are compared.

mod agreement;
mod future;
mod jitter;
mod lookahead;
mod noise;
mod robustness;
mod warmup;

pub use agreement::FeatureWarmup;
pub use lookahead::{Change, Future, Lookahead, LookaheadConfig, Rerun, lookahead};
pub use robustness::{Aspect, Headline, Robustness, RobustnessConfig, Variant, costs_doubled, robustness};
pub use warmup::{LateStart, Warmup, warmup};

use wb_core::BarColumns;

use crate::error::EngineError;
use crate::event_driven::{RunInput, RunResult};

/// The engine that a check asks: [`crate::run`], or another driver of the same input.
pub type Engine<'a> = dyn FnMut(&RunInput<'_>) -> Result<RunResult, EngineError> + 'a;

/// Told of the runs done so far and of all that there will be.
pub type Progress<'a> = dyn FnMut(usize, usize) + 'a;

/// The same run on other bars.
fn on_bars<'a>(input: &RunInput<'a>, bars: &'a [BarColumns]) -> RunInput<'a> {
    RunInput { bars, benchmark: None, ..input.clone() }
}
