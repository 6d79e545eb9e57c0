//! The lines of the table.
//!
//! An argument has a default where tools agree on one, TradingView's or TA-Lib's.

use super::{Arg, IndicatorEntry, Make};
use crate::boxed::BoxedIndicator as Boxed;
use crate::{
    AdLine, Adx, Aroon, Atr, BandWidth, Bollinger, Cci, ChaikinMoneyFlow, Correlation, Dema, Donchian, Ema,
    GarmanKlass, Hull, Hurst, Kama, Keltner, Kurtosis, Lagged, Macd, Mfi, Momentum, Obv, Parkinson, PercentB,
    Roc, RollingMax, RollingMedian, RollingMin, RollingQuantile, Rsi, SessionVwap, Skew, Slope, Sma, StdDev,
    StochRsi, Stochastic, Tema, TrueRange, Volatility, VolumeRatio, Vwap, WilliamsR, Wma, ZScore,
};

use Make::{Bar, Number, Pair, StampedBar};

const N: Arg = Arg::window("n", 1.0);
const N2: Arg = Arg::window("n", 2.0);
const WIDTH: Arg = Arg::new("width", false, 0.0, 1e9).or(2.0);
const BANDS: &[&str] = &["upper", "middle", "lower"];

/// The window at a position, which has been checked.
fn n(args: &[f64], position: usize) -> u32 {
    args[position] as u32
}

const fn e(name: &'static str, about: &'static str, args: &'static [Arg], make: Make) -> IndicatorEntry {
    IndicatorEntry::new(name, about, args, make)
}

/// Every indicator, in the order in which they are shown.
#[rustfmt::skip]
pub static INDICATORS: &[IndicatorEntry] = &[
    e("sma", "mean of n", &[N], Number(|a| Boxed::new(Sma::new(n(a, 0))))).also(&["ma", "mean", "average"]),
    e("ema", "exponential average, weight 2/(n + 1)", &[N], Number(|a| Boxed::new(Ema::new(n(a, 0))))).also(&["ewm"]),
    e("wma", "mean weighted 1 to n", &[N], Number(|a| Boxed::new(Wma::new(n(a, 0))))),
    e("dema", "double exponential average", &[N], Number(|a| Boxed::new(Dema::new(n(a, 0))))),
    e("tema", "triple exponential average", &[N], Number(|a| Boxed::new(Tema::new(n(a, 0))))),
    e("kama", "Kaufman's adaptive average", &[N], Number(|a| Boxed::new(Kama::new(n(a, 0))))),
    e("hull", "Hull's moving average", &[N2], Number(|a| Boxed::new(Hull::new(n(a, 0))))).also(&["hma"]),
    e("vwap", "average price of n bars, by volume", &[N], Bar(|a| Boxed::new(Vwap::new(n(a, 0))))),
    e("session_vwap", "the same since local midnight", &[], StampedBar(|zone, interval| Boxed::new(SessionVwap::new(zone, interval)))),
    e("lag", "value of n bars ago", &[N], Number(|a| Boxed::new(Lagged::new(n(a, 0))))).also(&["shift", "ref"]),
    e("highest", "highest of n", &[N], Number(|a| Boxed::new(RollingMax::new(n(a, 0))))),
    e("lowest", "lowest of n", &[N], Number(|a| Boxed::new(RollingMin::new(n(a, 0))))),
    e("median", "median of n", &[N], Number(|a| Boxed::new(RollingMedian::new(n(a, 0))))),
    e("quantile", "quantile of n", &[N, Arg::new("share", false, 0.0, 1.0)], Number(|a| Boxed::new(RollingQuantile::new(n(a, 0), a[1])))).also(&["percentile"]),
    e("rsi", "relative strength index, 0 to 100", &[N.or(14.0)], Number(|a| Boxed::new(Rsi::new(n(a, 0))))),
    e("macd", "difference of two averages", &[Arg::window("fast", 1.0).or(12.0), Arg::window("slow", 1.0).or(26.0), Arg::window("signal", 1.0).or(9.0)], Number(|a| Boxed::new(Macd::new(n(a, 0), n(a, 1), n(a, 2))))).outputs(&["macd", "signal", "histogram"]).must("fast below slow", |a| a[0] < a[1]),
    e("roc", "change over n in percent", &[N], Number(|a| Boxed::new(Roc::new(n(a, 0))))).also(&["pct_change"]),
    e("momentum", "change over n", &[N], Number(|a| Boxed::new(Momentum::new(n(a, 0))))).also(&["mom", "diff"]),
    e("stochastic", "place of the close in the range of n bars, 0 to 100", &[N.or(14.0), Arg::window("smooth", 1.0).or(1.0), Arg::window("signal", 1.0).or(3.0)], Bar(|a| Boxed::new(Stochastic::new(n(a, 0), n(a, 1), n(a, 2))))).outputs(&["k", "d"]).also(&["stoch"]),
    e("stoch_rsi", "place of the RSI in its range of n, 0 to 100", &[Arg::window("rsi", 1.0).or(14.0), N.or(14.0), Arg::window("smooth", 1.0).or(3.0), Arg::window("signal", 1.0).or(3.0)], Number(|a| Boxed::new(StochRsi::new(n(a, 0), n(a, 1), n(a, 2), n(a, 3))))).outputs(&["k", "d"]).also(&["stochrsi"]),
    e("williams_r", "place of the close in the range of n bars, −100 to 0", &[N.or(14.0)], Bar(|a| Boxed::new(WilliamsR::new(n(a, 0))))).also(&["willr", "wpr"]),
    e("cci", "commodity channel index", &[N.or(20.0)], Bar(|a| Boxed::new(Cci::new(n(a, 0))))),
    e("adx", "average directional index", &[N.or(14.0)], Bar(|a| Boxed::new(Adx::new(n(a, 0))))).outputs(&["adx", "plus_di", "minus_di"]).also(&["dmi"]),
    e("aroon", "how new high and low of n bars are, 0 to 100", &[N.or(14.0)], Bar(|a| Boxed::new(Aroon::new(n(a, 0))))).outputs(&["up", "down"]),
    e("true_range", "range of the bar and the close before it", &[], Bar(|_| Boxed::new(TrueRange::new()))).also(&["tr", "trange"]),
    e("atr", "average true range", &[N.or(14.0)], Bar(|a| Boxed::new(Atr::new(n(a, 0))))),
    e("bollinger", "mean of n, width deviations around it", &[N.or(20.0), WIDTH], Number(|a| Boxed::new(Bollinger::new(n(a, 0), a[1])))).outputs(BANDS).also(&["bbands", "bb"]),
    e("percent_b", "place between the Bollinger bands, 0 to 1", &[N.or(20.0), WIDTH], Number(|a| Boxed::new(PercentB::new(n(a, 0), a[1])))),
    e("band_width", "distance of the Bollinger bands over their middle", &[N.or(20.0), WIDTH], Number(|a| Boxed::new(BandWidth::new(n(a, 0), a[1])))).also(&["bbw"]),
    e("keltner", "average of closes, width ATRs around it", &[N.or(20.0), Arg::window("atr", 1.0).or(10.0), WIDTH], Bar(|a| Boxed::new(Keltner::new(n(a, 0), n(a, 1), a[2])))).outputs(BANDS).also(&["kc"]),
    e("donchian", "range of the n bars before", &[N.or(20.0)], Bar(|a| Boxed::new(Donchian::new(n(a, 0))))).outputs(BANDS),
    e("volatility", "deviation of n log returns", &[N2], Number(|a| Boxed::new(Volatility::new(n(a, 0))))),
    e("parkinson", "volatility of a bar from the ranges of n", &[N], Bar(|a| Boxed::new(Parkinson::new(n(a, 0))))),
    e("garman_klass", "the same from ranges, opens and closes", &[N], Bar(|a| Boxed::new(GarmanKlass::new(n(a, 0))))),
    e("obv", "on-balance volume", &[], Bar(|_| Boxed::new(Obv::new()))),
    e("ad_line", "accumulation and distribution", &[], Bar(|_| Boxed::new(AdLine::new()))).also(&["ad"]),
    e("chaikin_money_flow", "money flow of n bars over their volume", &[N.or(20.0)], Bar(|a| Boxed::new(ChaikinMoneyFlow::new(n(a, 0))))).also(&["cmf"]),
    e("mfi", "money flow index, 0 to 100", &[N.or(14.0)], Bar(|a| Boxed::new(Mfi::new(n(a, 0))))),
    e("volume_ratio", "volume over the mean of the n bars before", &[N], Bar(|a| Boxed::new(VolumeRatio::new(n(a, 0))))).also(&["rvol"]),
    e("stddev", "standard deviation of n (population)", &[N], Number(|a| Boxed::new(StdDev::new(n(a, 0))))).also(&["stdev", "std"]),
    e("zscore", "deviations from the mean of n", &[N], Number(|a| Boxed::new(ZScore::new(n(a, 0))))),
    e("skew", "skewness of n", &[Arg::window("n", 3.0)], Number(|a| Boxed::new(Skew::new(n(a, 0))))),
    e("kurtosis", "excess kurtosis of n", &[Arg::window("n", 4.0)], Number(|a| Boxed::new(Kurtosis::new(n(a, 0))))).also(&["kurt"]),
    e("correlation", "correlation of n pairs", &[N], Pair(|a| Boxed::new(Correlation::new(n(a, 0))))).also(&["correl", "corr"]),
    e("slope", "slope of the line through n", &[N2], Number(|a| Boxed::new(Slope::new(n(a, 0))))).also(&["linearreg_slope"]),
    e("hurst", "Hurst exponent of n", &[Arg::window("n", 8.0)], Number(|a| Boxed::new(Hurst::new(n(a, 0))))),
];
