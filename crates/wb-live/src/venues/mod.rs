//! The pure half of venues' adapters: bytes to messages, requests to bytes. No socket, no clock, no thread.
//!
//! [`VenueCodec`] is what a venue must be able to do; [`binance`] is the first. Whoever owns the connections gives it
//! what they bring and sends what it gives; time is an argument, always in the venue's clock ([`VenueClock`]).

mod account;
pub mod binance;
mod client_order_id;
mod codec;
mod decimal;
mod json;
mod limits;
mod listing;
mod local_book;
mod message;
mod order_rules;
mod refusal;
mod request;
mod venue_clock;

pub use account::{Account, Balance, KeyRights, OrderStatus, OwnTrade};
pub use client_order_id::{BadTag, OrderNames, Owner};
pub use codec::{CodecError, Feed, HttpAnswer, HttpRequest, VenueCodec, Verb};
pub use limits::{RateKind, RateLimit, RateUse};
pub use listing::{Listing, VenueRules};
pub use local_book::{BookStep, LocalBook};
pub use message::{
    Answer, Answered, Commission, Decoded, DepthChange, Level, Message, OrderReport, OtherOrder,
};
pub use order_rules::{NotionalRule, OrderRules, PriceBand, QtyRule, RuleBreach, Situation};
pub use refusal::{Meaning, VenueError};
pub use request::{OrderRef, Request, RequestKey};
pub use venue_clock::VenueClock;
pub use wb_store::Line;
