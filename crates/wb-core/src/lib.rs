//! The words every other crate speaks: time, grid numbers, instruments, market data, orders, events,
//! commands, parameters.
//!
//! Pure: nothing here reads a clock, a file, a socket or an environment variable, and nothing depends on
//! another crate. Types are plain and not serialisable; each file format owns its own structs.
//!
//! *Observe in f64, owe in integers.* Market data as strategies see it is `f64`; what is owed (prices and
//! quantities of orders and fills) counts ticks and lots, and [`Instrument`] is the only converter.

mod bar_builder;
mod columns;
mod event;
mod fixed;
mod instrument;
mod market;
mod merge;
mod order;
mod order_state;
mod param_error;
mod param_set;
mod params;
mod predictor;
mod rng;
mod targets;
mod time;

pub use bar_builder::BarBuilder;
pub use columns::BarColumns;
pub use event::{Command, Control, Event};
pub use fixed::{Grid, Price, Qty, SignedQty};
pub use instrument::{Calendar, Instrument, InstrumentId, InstrumentKind, OffGrid, Round};
pub use market::{Bar, MarketData, MarketEvent, Quote, Trade};
pub use merge::Merge;
pub use order::{
    CancelReason, Fill, GroupId, Link, OrderEvent, OrderId, OrderRequest, OrderType, Reject, RiskLimit, Side,
    TimeInForce, TimerId,
};
pub use order_state::{OrderState, Transition};
pub use param_error::ParamError;
pub use param_set::ParamSet;
pub use params::{Choice, ParamKind, ParamSpec, ParamValue, Params};
pub use predictor::{Prediction, Predictor};
pub use rng::Rng;
pub use targets::{Stamp, SymbolTargets, TargetRow, TargetTable};
pub use time::{CivilDate, Interval, Span, Ts, UtcOffsets};
