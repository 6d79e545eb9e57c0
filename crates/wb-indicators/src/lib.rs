//! Technical indicators, each one `update` function that streams and folds alike.

mod average;
mod bands;
mod cascade;
mod hurst;
mod indicator;
mod moments;
mod momentum;
mod rank;
mod ratio;
mod smoothing;
mod statistics;
mod stochastic;
mod trend;
mod volatility;
mod volume;
mod vwap;
mod window;

pub use average::{Ema, Hull, Kama, Sma, Wma};
pub use bands::{BandWidth, Bollinger, Donchian, Keltner, PercentB};
pub use cascade::{Dema, Tema};
pub use hurst::Hurst;
pub use indicator::{Definition, Indicator, WHOLE_HISTORY, column};
pub use momentum::{Macd, Momentum, Roc, Rsi};
pub use rank::{RollingMax, RollingMedian, RollingMin, RollingQuantile};
pub use statistics::{Correlation, Kurtosis, Skew, Slope, StdDev, ZScore};
pub use stochastic::{StochRsi, Stochastic, WilliamsR};
pub use trend::{Adx, Aroon, Cci};
pub use volatility::{Atr, GarmanKlass, Parkinson, TrueRange};
pub use volume::{AdLine, ChaikinMoneyFlow, Mfi, Obv, VolumeRatio};
pub use vwap::{SessionVwap, Vwap};
