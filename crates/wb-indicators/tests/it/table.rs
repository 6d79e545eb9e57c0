//! Every indicator, in one table.

use wb_core::{Bar, Interval, Ts, UtcOffsets};
use wb_indicators::*;

/// What an indicator may be fed with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    /// When the bar closed.
    pub(crate) close: Ts,
    /// The bar.
    pub(crate) bar: Bar,
}

/// How a sample is fed.
pub(crate) trait FromSample {
    /// What an indicator takes of it.
    fn from_sample(sample: &Sample) -> Self;
}

impl FromSample for f64 {
    fn from_sample(sample: &Sample) -> f64 {
        sample.bar.close
    }
}

impl FromSample for [f64; 2] {
    fn from_sample(sample: &Sample) -> [f64; 2] {
        [sample.bar.close, sample.bar.volume]
    }
}

impl FromSample for Bar {
    fn from_sample(sample: &Sample) -> Bar {
        sample.bar
    }
}

impl FromSample for (Ts, Bar) {
    fn from_sample(sample: &Sample) -> (Ts, Bar) {
        (sample.close, sample.bar)
    }
}

/// What an indicator gives, as numbers.
pub(crate) trait Values {
    /// All outputs in order.
    fn values(&self) -> &[f64];
}

impl Values for f64 {
    fn values(&self) -> &[f64] {
        std::slice::from_ref(self)
    }
}

impl<const N: usize> Values for [f64; N] {
    fn values(&self) -> &[f64] {
        self
    }
}

/// What is done with each indicator.
pub(crate) trait Visit {
    /// Takes a fresh one.
    fn visit<I: Indicator<Input: FromSample, Output: Values>>(&mut self, fresh: I);
}

/// Shows each indicator of the crate to `v`, some with several parameters.
pub(crate) fn every(v: &mut impl Visit) {
    averages(v);
    oscillators(v);
    channels(v);
    volumes(v);
    statistics(v);
}

fn averages(v: &mut impl Visit) {
    v.visit(Sma::new(1));
    v.visit(Sma::new(10));
    v.visit(Ema::new(10));
    v.visit(Wma::new(10));
    v.visit(Dema::new(10));
    v.visit(Tema::new(10));
    v.visit(Kama::new(10));
    v.visit(Kama::new(30));
    v.visit(Hull::new(9));
    v.visit(Hull::new(16));
    v.visit(Vwap::new(20));
    v.visit(SessionVwap::new(UtcOffsets::default(), Interval::Minutes(15)));
}

fn oscillators(v: &mut impl Visit) {
    v.visit(Rsi::new(2));
    v.visit(Rsi::new(14));
    v.visit(Macd::new(12, 26, 9));
    v.visit(Macd::new(5, 35, 5));
    v.visit(Roc::new(10));
    v.visit(Momentum::new(10));
    v.visit(Lagged::new(10));
    v.visit(Stochastic::new(5, 3, 3));
    v.visit(Stochastic::new(14, 1, 3));
    v.visit(StochRsi::new(14, 14, 1, 3));
    v.visit(StochRsi::new(14, 5, 1, 3));
    v.visit(StochRsi::new(14, 14, 3, 3));
    v.visit(WilliamsR::new(14));
    v.visit(Cci::new(14));
    v.visit(Adx::new(14));
    v.visit(Aroon::new(14));
}

fn channels(v: &mut impl Visit) {
    v.visit(TrueRange::new());
    v.visit(Atr::new(14));
    v.visit(Bollinger::new(20, 2.0));
    v.visit(PercentB::new(20, 2.0));
    v.visit(BandWidth::new(20, 2.0));
    v.visit(Keltner::new(20, 10, 2.0));
    v.visit(Donchian::new(20));
    v.visit(Parkinson::new(20));
    v.visit(GarmanKlass::new(20));
    v.visit(Volatility::new(20));
}

fn volumes(v: &mut impl Visit) {
    v.visit(Obv::new());
    v.visit(AdLine::new());
    v.visit(Mfi::new(14));
    v.visit(ChaikinMoneyFlow::new(20));
    v.visit(VolumeRatio::new(20));
}

fn statistics(v: &mut impl Visit) {
    v.visit(StdDev::new(20));
    v.visit(ZScore::new(20));
    v.visit(Skew::new(20));
    v.visit(Kurtosis::new(20));
    v.visit(Correlation::new(20));
    v.visit(Slope::new(14));
    v.visit(RollingMax::new(20));
    v.visit(RollingMin::new(20));
    v.visit(RollingMedian::new(20));
    v.visit(RollingMedian::new(7));
    v.visit(RollingQuantile::new(20, 0.9));
    v.visit(RollingQuantile::new(7, 0.25));
    v.visit(Hurst::new(64));
}
