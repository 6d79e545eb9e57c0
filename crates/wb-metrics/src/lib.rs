//! Figures of a run.

mod outcome;
mod tearsheet;

pub use outcome::{Benchmark, EquityCurve, ExitReason, OrderRecord, Outcome, RoundTrip};
pub use tearsheet::{Drawdown, Figure, Tearsheet, Unit};
