//! Technical indicators, each one `update` function that streams and folds alike.

mod average;
mod bands;
mod indicator;
mod moments;
mod momentum;
mod rank;
mod ratio;
mod smoothing;
mod statistics;
mod volatility;
mod window;

pub use average::{Dema, Ema, Sma, Tema, Wma};
pub use bands::Donchian;
pub use indicator::{Definition, Indicator, WHOLE_HISTORY, column};
pub use momentum::{Macd, Momentum, Roc, Rsi};
pub use rank::{RollingMax, RollingMin};
pub use statistics::{Correlation, Kurtosis, Skew, Slope, StdDev, ZScore};
pub use volatility::{Atr, TrueRange};
