//! The venue's wire protocol, Binance Spot: what clients send and what they are told.

pub(crate) mod account;
pub(crate) mod auth;
pub(crate) mod cancels;
pub(crate) mod decimal;
pub(crate) mod dispatch;
pub(crate) mod error;
pub(crate) mod market_data;
pub(crate) mod market_messages;
pub(crate) mod operation;
pub(crate) mod order_entry;
pub(crate) mod order_messages;
pub(crate) mod orders;
pub(crate) mod params;
pub(crate) mod rate_limits;
pub(crate) mod session;
pub(crate) mod subscriptions;
pub(crate) mod topic;
pub(crate) mod user_data;
