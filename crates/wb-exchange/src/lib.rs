//! A bundled exchange: replays market data, matches with the simulated venue, keeps an account, and speaks Binance Spot's
//! wire protocol, so that a live session can be rehearsed on this machine.
//!
//! [`Exchange`] is a plain state machine: HTTP requests, WebSocket frames and the time in, answers and messages out. It
//! reads no clock and opens no socket.
//!
//! What is as with the venue: paths, fields, numbers as text, signatures over the bytes as sent, the window of a request,
//! filters, rate limits, codes of errors, news of the account. What is not:
//! - Orders are matched by [`wb_sim::SimVenue`] against bars. In lockstep these are the bars of the data, and an order that
//!   is sent on the close of one is filled as in a backtest: at the open of the next, told with its close. Paced, they are
//!   the parts of the bar's path, and an order is filled at the beginning of the next part.
//! - So the answer to a market order says `NEW`, and its fill comes as news.
//! - Fees are taken in the quote currency, and are written with all digits that they have.
//! - The book is made up around the last price; trades are the points of the path.
//! - Requests are judged by the real time; market data and orders carry times of the data, or those moved to now.
//! - There are no order lists, icebergs, trailing stops, take-profit orders and no self-trade prevention.
//!
//! Lockstep: the replay goes on by one close at `POST /control/step`; at a `time` request over the WebSocket API whose `id`
//! is a text that begins with `step`; and at every `time` request over a connection to `/lockstep/ws-api/v3`, while
//! somebody listens to bars. What a close has to tell is sent in this order: trades inside the bars; news of
//! orders; the closed bars; the answer to the request that asked for it.
//!
//! No client has time inside a bar of lockstep, so there the exchange keeps what orders depend on, as the exchange
//! information says by `linkedOrdersAllowed`: `reduceOnly`, `ocoGroup` (a number of the client's), `parentClientOrderId`
//! (asleep until that order has a fill), and orders of type `TRAILING_STOP` with a `trailingOffset`.

mod candle;
mod clock;
mod connection;
mod desk;
mod exchange;
mod faults;
mod ladder;
mod listing;
mod market;
mod order;
mod path;
mod protocol;
mod replay;
mod server;
mod setup;

pub use clock::{Speed, Timestamps};
pub use connection::ConnectionId;
pub use exchange::{Answer, Exchange, Output, RequestId};
pub use faults::{FaultError, FaultScript};
pub use listing::OrderRules;
pub use path::Path;
pub use protocol::auth::{ApiKey, Secret};
pub use protocol::dispatch::HttpRequest;
pub use protocol::rate_limits::Limits;
pub use server::{Passing, now, random_text, serve, serve_watched};
pub use setup::{Setup, SetupError};
