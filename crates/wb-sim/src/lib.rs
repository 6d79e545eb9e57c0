//! The simulated venue, and the session that steps it with a kernel.
//!
//! What is simulated on bars, worst case first where a bar leaves the order of events open:
//! - An order can trade in a bar only if it had arrived when the bar began. With latency, that is the first bar that
//!   begins at or after its arrival, however short the latency.
//! - At the open: market orders in the order of arrival, then stops and limits that the open lies beyond. All trade at
//!   the open: a gap through a price is filled at the open, not at the price.
//! - Inside the bar: stops before limits. A bar that touches stop and target fills the stop. A touched limit is
//!   filled at its price (we assume that we are first in the queue; a bar cannot tell).
//! - A limit that crosses the market when it arrives takes liquidity at its first open. Later, and everywhere else, it
//!   has rested and makes it.
//! - A stop-limit that is triggered where its limit would trade trades there. Otherwise it rests: from the open on if
//!   the open triggered it, from the next bar on if that happened inside the bar.
//! - A trailing stop is tested against the bar at its old trigger first; then it follows the bar's best price, and is
//!   filled at the new trigger if the bar closed beyond that.
//! - An order of one chance (immediate or cancel, fill or kill) has it at its first open, a stop when it is triggered.
//! - A day order ends before the first bar that begins on a later day than its arrival, in the instrument's zone.
//! - A cancel that arrives while a bar goes on is too late for what trades at its open, and in time for the rest.
//! - With a participation limit, all our fills of one bar share that part of its volume; the rest works on, or is
//!   cancelled by its time in force.
//!
//! Orders that depend on others:
//! - Exits sleep until their entry has a fill that gives them something to reduce, and end with an entry that never
//!   does. Those that an entry wakes at the open work in the same bar. Where the entry is filled inside the bar only
//!   its stops do, against the whole bar; its target waits for the next one.
//! - Of a group, the first order that is filled completely cancels the others. A position that is closed or turned, by
//!   whatever order, cancels the exits in groups that protected it.
//! - A reduce-only order is cut to the position when it trades; what is then left of it is cancelled. While it rests it
//!   outlives the position, unless it is in a group.
//!
//! The account:
//! - Margin is checked at each fill that enlarges exposure; what the account cannot carry is cancelled. A purchase may
//!   use what a sale at the same open frees although instruments fill one after another: market orders count that
//!   arrived no later and wait in instruments that last traded together with this one, valued at their last price.
//!   With a participation limit, and where orders fill at the close that caused them, nothing is counted.
//! - An account whose equity falls below the maintenance margin is closed out at the bar's close.
//! - Short positions pay for each midnight (UTC) that they are held over, at the last price before it.
//!
//! What is not simulated: queue position, our orders moving the market beyond the slippage charged, settlement lags,
//! halts of the venue.

mod account;
mod book;
mod config;
mod costs;
mod links;
mod lone_order;
mod mail;
mod match_bar;
mod session;
mod session_replay;
mod transcript;
mod venue;

pub use config::{FeeModel, FillModel, LatencyModel, SimConfig, SlippageModel};
pub use costs::TakerPrice;
pub use session::Session;
pub use session_replay::{SessionDifference, SessionReplay};
pub use transcript::Record;
pub use venue::SimVenue;
