//! What a venue lists: its instruments with their rules, and how often it may be asked.

use std::sync::Arc;

use wb_core::Instrument;

use super::limits::RateLimit;
use super::order_rules::OrderRules;

/// What a venue lists.
#[derive(Clone, PartialEq, Debug)]
pub struct VenueRules {
    /// The instruments that were asked for, numbered in that order.
    pub listings: Vec<Listing>,
    /// How often it may be asked.
    pub limits: Vec<RateLimit>,
}

/// An instrument as a venue lists it.
#[derive(Clone, PartialEq, Debug)]
pub struct Listing {
    /// Its symbol, tick and lot.
    pub instrument: Instrument,
    /// The asset that is bought.
    pub base: Arc<str>,
    /// The asset that is paid.
    pub quote: Arc<str>,
    /// Whether it is traded now.
    pub trading: bool,
    /// What an order must keep to.
    pub rules: OrderRules,
}
