//! How many requests and orders a venue allows in a stretch of time.

use wb_core::Span;

/// What a limit counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum RateKind {
    /// The weight of requests.
    Weight,
    /// Requests, whatever their weight.
    Requests,
    /// Orders placed and not filled.
    Orders,
    /// New connections.
    Connections,
}

/// At most so many in each window of time. Windows are counted from the epoch: a minute's ends with the minute.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RateLimit {
    /// What is counted.
    pub kind: RateKind,
    /// How long a window is.
    pub window: Span,
    /// At most so many in it.
    pub limit: u64,
}

/// How much of a limit is used up in the current window.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RateUse {
    /// What is counted.
    pub kind: RateKind,
    /// How long the window is.
    pub window: Span,
    /// What is used in it.
    pub used: u64,
}
