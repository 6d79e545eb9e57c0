//! Targets from a file: the strategy that holds what something else has computed.

mod entry;
mod follow;
mod known;
#[cfg(test)]
mod tests;

pub(crate) use entry::SIGNALS;
