//! The reports as their callers see them.

mod markup;
mod page;
mod sample;
mod session;
mod sweep;
mod sweep_sample;
mod walk_forward;
mod walk_forward_sample;
mod warnings;
