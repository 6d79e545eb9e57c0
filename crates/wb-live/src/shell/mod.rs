//! What moves bytes: connections to a venue, kept up by tokio, and requests over HTTP.
//!
//! Nothing here knows what a message says. Whoever decides (on a thread of its own) reads [`Incoming`] and sends
//! [`Outgoing`], both plain data. Each connection has a number, and a frame is meant for one connection: what was
//! written for a connection that has since been lost is dropped, never sent on the next one.

mod backoff;
mod connection;
mod connections;
mod event_loop;
mod http;
mod tls;
mod wall_clock;

pub use backoff::Backoff;
pub use connections::{Connections, Incoming, Outgoing, Patience, Route};
pub use event_loop::{block_on, on_hangup, spawn};
pub use http::{HttpClient, HttpFailure, HttpReply};
pub use wall_clock::wall_clock;
