//! Market data as strategies see it.

use crate::instrument::InstrumentId;
use crate::order::Side;
use crate::time::{Interval, Ts};

/// Open, high, low, close and volume of one interval. Stamped and delivered at its close.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Bar {
    /// Its length.
    pub interval: Interval,
    /// First price.
    pub open: f64,
    /// Highest price.
    pub high: f64,
    /// Lowest price.
    pub low: f64,
    /// Last price.
    pub close: f64,
    /// Units traded.
    pub volume: f64,
}

/// A print of the market.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Trade {
    /// Price.
    pub price: f64,
    /// Units.
    pub qty: f64,
    /// The side that crossed the spread.
    pub aggressor: Side,
}

/// Best bid and offer.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Quote {
    /// Best bid price.
    pub bid: f64,
    /// Units bid for.
    pub bid_qty: f64,
    /// Best offered price.
    pub ask: f64,
    /// Units offered.
    pub ask_qty: f64,
}

/// What a market event says.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum MarketData {
    /// A bar has closed.
    Bar(Bar),
    /// A trade was printed.
    Trade(Trade),
    /// The best prices changed.
    Quote(Quote),
    /// The feed was interrupted: what was known of the book is stale.
    Gap,
}

/// One fact about one instrument's market.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct MarketEvent {
    /// When the venue says it happened; for a bar the end of its interval.
    pub ts_event: Ts,
    /// From when on we may know it; the kernel's clock.
    pub ts_recv: Ts,
    /// Whose market.
    pub instrument: InstrumentId,
    /// Whether this ends a batch that belongs together: the bars of one close.
    pub last: bool,
    /// What happened.
    pub data: MarketData,
}
