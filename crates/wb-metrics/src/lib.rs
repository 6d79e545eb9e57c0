//! A run's outcome, and the figures, round trips and series that are read from it.
//!
//! Pure: columns and fills in, numbers out. Every sum is taken in a defined order. A figure that has no meaning is
//! absent, never NaN or infinite.

mod activity;
mod benchmark;
mod curve;
mod distance;
mod distribution;
mod drawdown;
#[cfg(test)]
mod example;
mod figures;
mod line;
mod luck;
mod moments;
mod number;
mod outcome;
mod ratios;
mod return_sums;
mod returns;
mod round_trips;
mod shortfall;
mod tally;
mod tearsheet;
mod trades;
mod trip_counter;

pub use distance::SampleDistance;
pub use drawdown::Drawdown;
pub use line::Line;
pub use luck::{
    Band, BootstrapBands, CrossValidation, DeflatedSharpe, EffectiveTrials, Folds, FoldsError, HalfSplit,
    Overfitting, SharpeEstimate, SuperiorAbility, SweepLuck, SweepResults, TradeOrder,
};
pub use number::grouped;
pub use outcome::{Benchmark, EquityCurve, ExitReason, OrderRecord, Outcome, RoundTrip};
pub use returns::{DailyReturns, Rolling, YearReturns};
pub use round_trips::{OpenLot, RoundTripBuilder};
pub use shortfall::{Shortfall, ShortfallSum};
pub use tally::{FigureSet, Frame, Tally};
pub use tearsheet::{Figure, Tearsheet, Unit, formula};
pub use trip_counter::TripCounter;
