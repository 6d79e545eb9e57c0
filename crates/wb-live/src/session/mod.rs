//! A session: the runner on a thread of its own, the journal on another, and the connections that tokio keeps.
//!
//! ```text
//! connections (tokio) ── Incoming ──▶ runner ── records and frames ──▶ journal ── frames ──▶ connections
//! ```
//!
//! What is to be sent passes through the journal's thread: it is written down first. No thread waits for a lock.

mod counters;
mod drive;
mod log;
mod scribe;
mod stages;
mod status;
mod stopwatch;
mod vigil;

pub use counters::Counters;
pub use drive::{Ended, Instruction, Session, SessionParts};
pub use stages::{Stage, StageLatency};
pub use status::{Holding, Status};
