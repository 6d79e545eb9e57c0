//! Sweeps: what a sweep spec asks for, the trials, the best of them, and what they are worth.

mod confirm;
mod constraint;
mod leaders;
mod luck;
mod objective;
mod page;
mod plan;
mod space;
mod study;
mod walk_forward;
mod walk_forward_page;

pub(crate) use confirm::Confirmation;
pub(crate) use leaders::SHOWN;
pub(crate) use luck::{Evidence, Judgement};
pub(crate) use page::{PageParts, render};
pub(crate) use plan::{BASE_HEADING, SHARPE, SweepPlan};
pub(crate) use space::completed;
pub(crate) use study::{Findings, PERIODS, Study, figure_of};
pub(crate) use walk_forward::{Course, Halt, WalkForward};
pub(crate) use walk_forward_page::render_walk_forward;
