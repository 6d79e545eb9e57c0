//! The runner: one kernel, one venue's codec, and what trading needs between them. Without sockets, threads or a clock.
//!
//! Whoever owns the connections tells the [`Runner`] what happened and when, and does what the [`Outbox`] says, in this
//! order: records into the journal, then frames onto the wire. So nothing is ever sent that a restart would not know of.
//!
//! Everything that the kernel is told and answers is a record, also that trading was paused because a connection was
//! lost; a replay of the journal brings a fresh kernel into the same state, and that is how a restart begins.

mod closes;
mod config;
mod contingents;
mod dead_man;
mod desk;
mod ledger;
mod lockstep;
mod loss;
mod machine;
mod market;
mod operator;
mod orders;
mod outbox;
mod recovery;
mod requests;
mod settling;
mod state;
mod trader;
mod trading_line;

pub use config::{Caution, Pace, RunnerConfig};
pub use ledger::{Baseline, Mismatch};
pub use machine::Runner;
pub use operator::Verb;
pub use outbox::{Notice, Outbox};
pub use recovery::{Recovery, RecoveryError};
pub(crate) use state::Reasons;
pub use state::{Reason, RunnerState};
pub use trader::Trader;
pub use wb_store::Severity;
