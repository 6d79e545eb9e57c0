//! The page of a sweep.

mod best;
mod data;
mod effects;
#[cfg(test)]
mod example;
mod explorer;
mod front;
mod importance;
mod input;
mod judgement;
mod levels;
mod neighbours;
mod page;
mod space;
mod study;
mod warnings;

pub use input::{
    Goal, InAndOut, Logits, Luck, Objective, StoredRun, SweepPage, SweepParameter, Threshold, TrialFigure,
    TrialStatus, Trials,
};
pub(crate) use judgement::in_and_out;
pub use page::sweep_page;
