//! Technical indicators, each one `update` function that streams and folds alike.
//!
//! Definitions and seeding follow TA-Lib where it has the indicator: the first value, Wilder's smoothing, the
//! population's standard deviation. Where a formula would divide by nothing, the value is TA-Lib's or a
//! neutral one, as each type says, and never infinite. The bits of a value are the same on every machine:
//! nothing but the four operations, square roots and `libm`, in the order written.
//!
//! ```
//! use wb_indicators::{Indicator, Sma, column};
//!
//! let mut average = Sma::new(3);
//! assert_eq!(average.warmup(), 3);
//! assert_eq!([1.0, 2.0, 6.0].map(|x| average.update(x))[2], 3.0);
//! assert_eq!(column(Sma::new(3), [1.0, 2.0, 6.0, 4.0])[3], 4.0);
//! assert_eq!(average.definition().to_string(), "sma(3)");
//! ```
//!
//! Inputs: `x` is a number, usually the close; `bar` a [`wb_core::Bar`]; n the period. The typical price is
//! (high + low + close)/3, TR the true range.
//!
//! | indicator | fed | value |
//! |---|---|---|
//! | [`Sma`] | x | mean of n |
//! | [`Ema`] | x | exponential average, weight 2/(n+1), begun with the mean of n |
//! | [`Wma`] | x | mean weighted 1 to n |
//! | [`Dema`] | x | 2·EMA − EMA(EMA) |
//! | [`Tema`] | x | 3·EMA − 3·EMA(EMA) + EMA(EMA(EMA)) |
//! | [`Kama`] | x | exponential average, weight by the straightness of n moves |
//! | [`Hull`] | x | WMA over √n of 2·WMA(n/2) − WMA(n) |
//! | [`Vwap`] | bar | Σ typical price·volume / Σ volume of n |
//! | [`SessionVwap`] | close time, bar | the same since local midnight |
//! | [`Rsi`] | x | 100·gain/(gain + loss), Wilder averages of n moves |
//! | [`Macd`] | x | EMA(fast) − EMA(slow); its EMA; their difference |
//! | [`Roc`] | x | 100·(x/x\[n ago\] − 1) |
//! | [`Momentum`] | x | x − x\[n ago\] |
//! | [`Lagged`] | x | x\[n ago\] |
//! | [`Stochastic`] | bar | place of the close in the range of n, smoothed; its mean |
//! | [`StochRsi`] | x | the same of the RSI |
//! | [`WilliamsR`] | bar | −100·(highest − close)/(highest − lowest) of n |
//! | [`Cci`] | bar | (typical price − its mean)/(0.015·mean absolute deviation) of n |
//! | [`Adx`] | bar | Wilder average of 100·\|+DI − −DI\|/(+DI + −DI); +DI; −DI |
//! | [`Aroon`] | bar | 100·(n − age of the highest high)/n; of the lowest low |
//! | [`TrueRange`] | bar | max(high, last close) − min(low, last close) |
//! | [`Atr`] | bar | Wilder average of TR |
//! | [`Bollinger`] | x | mean of n ± width·standard deviation |
//! | [`PercentB`] | x | (x − lower band)/(upper − lower) |
//! | [`BandWidth`] | x | (upper − lower band)/middle |
//! | [`Keltner`] | bar | EMA of closes ± width·ATR |
//! | [`Donchian`] | bar | highest high and lowest low of the n bars before, and their middle |
//! | [`Parkinson`] | bar | √(mean of ln(high/low)² of n / (4·ln 2)) |
//! | [`GarmanKlass`] | bar | √(mean of ½·ln(high/low)² − (2·ln 2 − 1)·ln(close/open)² of n) |
//! | [`Volatility`] | x | sample standard deviation of n log returns |
//! | [`Obv`] | bar | running total of volume, signed by the close's move |
//! | [`AdLine`] | bar | running total of volume·((close − low) − (high − close))/(high − low) |
//! | [`ChaikinMoneyFlow`] | bar | what the line adds in n bars / Σ volume |
//! | [`Mfi`] | bar | 100·inflow/(inflow + outflow) of n moves of the typical price |
//! | [`VolumeRatio`] | bar | volume / mean volume of the n bars before |
//! | [`StdDev`] | x | population standard deviation of n |
//! | [`ZScore`] | x | (x − mean)/standard deviation of n |
//! | [`Skew`], [`Kurtosis`] | x | adjusted sample skewness, excess kurtosis of n |
//! | [`Correlation`] | \[x, y\] | Pearson's correlation of n pairs |
//! | [`Slope`] | x | slope of the least-squares line through n |
//! | [`RollingMax`], [`RollingMin`] | x | highest, lowest of n |
//! | [`RollingMedian`], [`RollingQuantile`] | x | median, quantile of n |
//! | [`Hurst`] | x | growth of squared differences with their lag, half the exponent |

mod average;
mod bands;
mod boxed;
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
mod table;
mod trend;
mod volatility;
mod volume;
mod vwap;
mod window;

pub use average::{Ema, Hull, Kama, Sma, Wma};
pub use bands::{BandWidth, Bollinger, Donchian, Keltner, PercentB};
pub use boxed::{BoxedIndicator, Outputs};
pub use cascade::{Dema, Tema};
pub use hurst::Hurst;
pub use indicator::{Definition, Indicator, WHOLE_HISTORY, column};
pub use momentum::{Lagged, Macd, Momentum, Roc, Rsi};
pub use rank::{RollingMax, RollingMedian, RollingMin, RollingQuantile};
pub use statistics::{Correlation, Kurtosis, Skew, Slope, StdDev, ZScore};
pub use stochastic::{StochRsi, Stochastic, WilliamsR};
pub use table::{Arg, INDICATORS, IndicatorEntry, Make};
pub use trend::{Adx, Aroon, Cci};
pub use volatility::{Atr, GarmanKlass, Parkinson, TrueRange, Volatility};
pub use volume::{AdLine, ChaikinMoneyFlow, Mfi, Obv, VolumeRatio};
pub use vwap::{SessionVwap, Vwap};
