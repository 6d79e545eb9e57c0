//! The static figures.

mod along_parameter;
mod distribution;
mod dots;
mod equity;
mod histogram;
mod histogram_figure;
mod profit_by_time;
mod rolling;
mod scatter;
mod steps;
mod trade_scatter;
mod window_bars;

pub(crate) use along_parameter::{AlongParameter, Positions};
pub(crate) use distribution::distribution;
pub(crate) use equity::{EquityFigure, thin};
pub(crate) use histogram_figure::{HistogramFigure, Mark};
pub(crate) use profit_by_time::ProfitByTime;
pub(crate) use rolling::{rolling, rolling_window};
pub(crate) use scatter::Scatter;
pub(crate) use steps::Steps;
pub(crate) use trade_scatter::TradeScatter;
pub(crate) use window_bars::WindowBars;
