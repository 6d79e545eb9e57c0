//! Tests that cross crates, in one binary.

mod checks;
mod cli;
mod deploy;
mod determinism;
mod exchange;
mod live;
mod models;
mod python;
mod readme;
mod replay;
mod support;
mod sweeps;
mod tidy;
mod walk_forward;
