//! A venue's no, and what it means for whoever asked.

use wb_core::{Reject, Ts};

/// A venue's no.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the venue says {code}: {text}")]
pub struct VenueError {
    /// The venue's number for it.
    pub code: i64,
    /// What the venue says.
    pub text: String,
    /// What it means for the request.
    pub meaning: Meaning,
}

/// What a venue's error means for whoever asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Meaning {
    /// Not done: the venue will not carry out this order.
    Refused(Reject),
    /// Nobody knows whether it was done: ask what became of it.
    Unknown,
    /// There is no such order, or no longer.
    NoSuchOrder,
    /// Not done: too many requests or orders. Not before then, where the venue says so.
    TooMany(Option<Ts>),
    /// Not done: shut out for too many requests. Not before then, where the venue says so.
    Banned(Option<Ts>),
    /// Not done: the request's time is too far from the venue's.
    Clock,
    /// Not done: the key is unknown, revoked, or may not do this.
    Key,
    /// Not done: the request is wrong, which is our fault.
    Request,
    /// Not done: the venue is busy or closing; later perhaps.
    Later,
}

impl Meaning {
    /// Whether it is certain that the request was not carried out.
    pub const fn is_certain(self) -> bool {
        !matches!(self, Meaning::Unknown)
    }
}
