//! What goes wrong on purpose: a script of faults, and the outbox in which they happen.

mod outbox;
mod script;

pub(crate) use outbox::{Class, Outbox};
pub(crate) use script::Mishap;
pub use script::{FaultError, FaultScript};
