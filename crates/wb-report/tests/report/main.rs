//! The report of a run as its callers see it.

mod page;
mod sample;
mod warnings;
