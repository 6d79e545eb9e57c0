//! The simulated venue.

mod config;

pub use config::{FeeModel, FillModel, LatencyModel, SimConfig, SlippageModel};
