//! The simulated venue, and the session that steps it with a kernel.
//!
//! What is simulated on bars, worst case first where a bar leaves the order of events open:
//! - An order can trade in a bar only if it had arrived when the bar began. With latency, that is the first bar that
//!   begins at or after its arrival, however short the latency.
//! - At the open: market orders in the order of arrival, then stops and limits that the open lies beyond. All trade at
//!   the open: a gap through a price is filled at the open, not at the price.
//! - Inside the bar: stops before limits. A bar that touches stop and target fills the stop. A touched limit is
//!   filled at its price (we assume that we are first in the queue; a bar cannot tell).
//! - Exits that an entry wakes at the open work in the same bar. Where the entry is filled inside the bar only its
//!   stops do, against the whole bar; its target waits for the next one.
//! - A trailing stop is tested against the bar at its old trigger first; then it follows the bar's best price, and is
//!   filled at the new trigger if the bar closed beyond that.
//! - With a participation limit, all our fills of one bar share that part of its volume; the rest works on, or is
//!   cancelled by its time in force.
//! - Margin is checked at each fill that enlarges exposure; what the account cannot carry is cancelled. An account
//!   whose equity falls below the maintenance margin is closed out at the bar's close.
//!
//! What is not simulated: queue position, our orders moving the market beyond the slippage charged, settlement lags,
//! halts of the venue.

mod account;
mod book;
mod config;
mod costs;
mod match_bar;
mod session;
mod venue;

pub use config::{FeeModel, FillModel, LatencyModel, SimConfig, SlippageModel};
pub use session::{Record, Session};
pub use venue::SimVenue;
