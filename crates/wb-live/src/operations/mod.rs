//! The operator's door to a session: HTTP, meant for this machine alone.
//!
//! | request | answer |
//! |---|---|
//! | `GET /health` | 200 while the runner turns over, otherwise 503 |
//! | `GET /ready` | 200 while it trades, otherwise 503 with the reasons |
//! | `GET /live` | the session's [`Status`](crate::session::Status) as JSON |
//! | `GET /metrics` | the same for Prometheus |
//! | `POST /alive`, `/pause`, `/resume`, `/flatten`, `/kill`, `/stop` | 202: the runner does it within a tenth of a second |
//! | `POST /reload` | the same with settings that were read again, or 422 with what is wrong with them |
//!
//! Whoever reads needs nothing; what changes something needs `Authorization: Bearer TOKEN`. What a request means is
//! decided by a function of the request, the status and the time; [`serve`] moves the bytes, and [`ask`] is the client.

mod client;
mod metrics;
mod operation;
mod respond;
mod server;
mod status_json;
mod token;

pub use client::{OperationsError, ask};
pub use operation::Operation;
pub use server::{Reload, ReloadRefusal, serve};
pub use status_json::status_json;
pub use token::{Token, WeakToken};

#[cfg(test)]
mod tests;
