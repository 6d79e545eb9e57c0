//! The vectorized engine: many runs over one market, tile by tile.
//!
//! The features that the runs declare are computed once for all of them, as columns. Then each run, a *lane*, goes over
//! the rows of a tile that stays in the cache. A lane is a kernel and a simulated venue like any other run's, and there
//! are two kinds:
//!
//! - A [`lane::Lane`] takes every bar through its session. It runs every strategy.
//! - A [`signal_lane::SignalLane`] computes the targets of a signal as a column and calls kernel and venue only on the
//!   rows where the target changes and where the order is filled. Between them nothing can happen, and equity is
//!   arithmetic over closes. Where something could happen after all (a margin call, a drawdown limit), the lane gives up
//!   and the run is done again by the first kind.

mod columns;
mod evaluate;
mod lane;
mod scorer;
mod signal_lane;
mod tape;

pub use evaluate::{SweepInput, TrialFigures, TrialResult, evaluate, run_vectorized};
