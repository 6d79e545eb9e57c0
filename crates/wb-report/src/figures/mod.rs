//! The static figures of a run.

mod distribution;
mod dots;
mod equity;
mod histogram;
mod profit_by_time;
mod rolling;
mod trade_scatter;

pub(crate) use distribution::distribution;
pub(crate) use equity::{EquityFigure, thin};
pub(crate) use profit_by_time::ProfitByTime;
pub(crate) use rolling::{rolling, rolling_window};
pub(crate) use trade_scatter::TradeScatter;
