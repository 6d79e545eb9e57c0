//! Binance Spot: market streams, the WebSocket API with user data, and what is needed of REST.
//!
//! The protocol of late 2026: reports of orders come by `userDataStream.subscribe`, and an Ed25519 key signs once a
//! connection (`session.logon`). Sources: binance-spot-api-docs, web-socket-api.md, web-socket-streams.md,
//! user-data-stream.md, rest-api.md, filters.md, errors.md of 2026-07-21.

mod answer;
mod error_code;
mod exchange_info;
mod http_answer;
mod listed;
mod method;
mod parameters;
mod report;
mod request_id;
mod signing;
mod spot;
mod stream;

pub use exchange_info::{read_rules, rules_path};
pub use http_answer::{read_refusal, read_usage};
pub use signing::{Credentials, NotAKey};
pub use spot::BinanceSpot;
