//! The report of a live session: that of a run, and what only a session has.

mod drift;
mod input;
mod latency;
mod page;
mod reconciliation;
mod slippage;

pub use input::{Comparisons, Drift, SessionNotice, SessionPage, StageSamples};
pub use page::session_page;
