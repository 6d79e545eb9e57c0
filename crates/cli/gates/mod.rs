//! Gates: what a run must have shown before it may trade.
//!
//! Each gate compares one number with a threshold. The numbers are those that runs, sweeps, walk-forwards and checks
//! give anyway; no rule is written here a second time. Where there is no number the gate is not passed.

mod evidence;
mod judge;
mod studies;
mod table;
mod thresholds;

pub(crate) use evidence::Evidence;
pub(crate) use judge::{Judged, Waivers, judge};
pub(crate) use studies::Studies;
pub(crate) use thresholds::Thresholds;
