//! Strategies without compiling: when to be long, short or out, and how large, as rules in the spec.
//!
//! `manual.rs` describes the language. A rule is read and compiled when the strategy is built; names, types and windows
//! are checked there, and an error shows its place in the text.
//!
//! **What is shared.** A field, and an indicator of one field, is a declared feature: the trials of a sweep share its
//! column. An indicator of anything else is computed by the rules.
//!
//! **When a rule counts.** Not before every indicator in every rule has seen enough bars; and where bars are longer than
//! the run's, their values are those of the last one that has closed.

mod compile;
mod entry;
mod evaluate;
mod functions;
mod manual;
mod members;
mod program;
mod signal;
mod syntax;
#[cfg(test)]
mod tests;
mod token;

pub(crate) use entry::RULES;
