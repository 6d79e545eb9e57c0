//! The reports as their callers see them.

mod markup;
mod page;
mod sample;
mod sweep;
mod sweep_sample;
mod warnings;
