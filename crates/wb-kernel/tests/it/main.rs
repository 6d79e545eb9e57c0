//! The kernel's promises, by a kernel driven by hand.

mod controls;
mod execution;
mod features;
mod limits;
mod longer_bars;
mod models;
mod orders;
mod past;
mod support;
mod time;
