//! A run's outcome, and the figures, round trips and series that are read from it.
//!
//! Pure: columns and fills in, numbers out. A figure that has no meaning is absent, never NaN or infinite.

mod outcome;
mod round_trips;
mod tearsheet;

pub use outcome::{Benchmark, EquityCurve, ExitReason, OrderRecord, Outcome, RoundTrip};
pub use round_trips::{OpenLot, RoundTripBuilder};
pub use tearsheet::{Drawdown, Figure, Tearsheet, Unit};
