//! One instrument's part of the embedded data.

use wb_core::{Interval, Ts};
use wb_metrics::{Outcome, RoundTrip};

use crate::json::Json;
use crate::packed;
use crate::price::history::History;
use crate::price::section::{FeatureColumn, PriceSeries};

/// Features in a chart; more make it unreadable.
const FEATURES: usize = 6;

/// The bars, features and trades of one instrument. `trips` are places in the outcome's list.
pub(crate) fn series(
    price: &PriceSeries<'_>,
    history: &History,
    full: &[usize],
    outcome: &Outcome,
    trips: &[usize],
) -> Json {
    let bars = price.bars;
    let decimals = price_decimals(price);
    let features = price.features.iter().take(FEATURES).map(|f| feature(f, history, full, decimals));
    let in_full: Vec<(Ts, wb_core::Bar)> = full.iter().map(|row| (bars.ts[*row], bars.bar(*row))).collect();
    let most = history.bars.iter().map(|(_, bar)| bar.volume).fold(0.0, f64::max);
    let codec = BarCodec { decimals, volume_unit: unit_for(most, 1e5) };
    Json::Object(vec![
        ("name", Json::text(price.instrument.name())),
        ("decimals", Json::Whole(i64::from(decimals))),
        ("shown", Json::Whole(i64::from(price.instrument.tick.decimals()))),
        ("volumeUnit", Json::Number(codec.volume_unit)),
        ("whole", codec.bars(&history.bars, history.interval)),
        ("full", codec.bars(&in_full, bars.interval)),
        ("features", Json::List(features.collect())),
        ("trips", self::trips(outcome, trips, decimals)),
    ])
}

/// Decimals that write a price of the series: those of its tick, more where adjusted prices are small.
fn price_decimals(price: &PriceSeries<'_>) -> u8 {
    let low = price.bars.low.iter().copied().filter(|x| *x > 0.0).fold(f64::INFINITY, f64::min);
    let mut decimals = price.instrument.tick.decimals();
    while decimals < 12 && low.is_finite() && low * power(decimals) < 1_000.0 {
        decimals += 1;
    }
    decimals
}

fn power(decimals: u8) -> f64 {
    libm::pow(10.0, f64::from(decimals))
}

/// A power of ten by which `most` becomes a number of about the size `aim`.
fn unit_for(most: f64, aim: f64) -> f64 {
    if most > 0.0 && most.is_finite() { libm::pow(10.0, libm::floor(libm::log10(aim / most))) } else { 1.0 }
}

struct BarCodec {
    decimals: u8,
    volume_unit: f64,
}

impl BarCodec {
    /// Each bar as close, open against the close before, and how far the extremes reach beyond the body.
    fn bars(&self, bars: &[(Ts, wb_core::Bar)], interval: Interval) -> Json {
        let ticks = |x: f64| packed::scaled(x, power(self.decimals)).unwrap_or(0);
        let close = |i: usize| ticks(bars[i].1.close);
        let gap = |i: usize| ticks(bars[i].1.open) - if i == 0 { 0 } else { close(i - 1) };
        let up = |i: usize| {
            let bar = &bars[i].1;
            ticks(bar.high) - ticks(bar.open).max(ticks(bar.close))
        };
        let down = |i: usize| {
            let bar = &bars[i].1;
            ticks(bar.open).min(ticks(bar.close)) - ticks(bar.low)
        };
        let all = 0..bars.len();
        let (step, ends) = ends(bars.iter().map(|(ts, _)| *ts));
        let volume = all.clone().map(|i| packed::scaled(bars[i].1.volume, self.volume_unit));
        Json::Object(vec![
            ("interval", Json::text(interval.to_string())),
            ("seconds", Json::Number(interval.span().as_seconds_f64())),
            ("step", Json::Whole(step)),
            ("t", Json::Text(ends)),
            ("c", Json::Text(packed::steps(all.clone().map(|i| Some(close(i)))))),
            ("o", Json::Text(packed::plain(all.clone().map(gap)))),
            ("h", Json::Text(packed::plain(all.clone().map(up)))),
            ("l", Json::Text(packed::plain(all.map(down)))),
            ("v", Json::Text(packed::steps(volume))),
        ])
    }
}

/// Instants in units of the largest step that divides all distances from the first; with that step in seconds.
pub(crate) fn ends(ts: impl Iterator<Item = Ts> + Clone) -> (i64, String) {
    let seconds = |ts: Ts| ts.0.div_euclid(1_000_000_000);
    let step = ts.clone().map(seconds).fold(0, greatest_common_divisor).max(1);
    (step, packed::steps(ts.map(|ts| Some(seconds(ts) / step))))
}

fn greatest_common_divisor(a: i64, b: i64) -> i64 {
    let (mut a, mut b) = (a.abs(), b.abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

fn feature(feature: &FeatureColumn<'_>, history: &History, full: &[usize], decimals: u8) -> Json {
    let at = |rows: &[usize]| {
        let values: Vec<f64> = rows.iter().map(|row| feature.values[*row]).collect();
        values
    };
    let whole = at(&history.last_row);
    let unit = if feature.on_price {
        power(decimals)
    } else {
        let most =
            whole.iter().copied().filter(|x| x.is_finite()).fold(0.0, |most: f64, x| most.max(x.abs()));
        unit_for(most, 1e5)
    };
    let pack =
        |values: Vec<f64>| Json::Text(packed::steps(values.into_iter().map(|x| packed::scaled(x, unit))));
    Json::Object(vec![
        ("name", Json::text(feature.name.clone())),
        ("onPrice", Json::Flag(feature.on_price)),
        ("unit", Json::Number(unit)),
        ("whole", pack(whole)),
        ("full", pack(at(full))),
    ])
}

fn trips(outcome: &Outcome, places: &[usize], decimals: u8) -> Json {
    let trip = |i: &usize| &outcome.round_trips[*i];
    let all = || places.iter().map(trip);
    let seconds = |ts: Ts| ts.0.div_euclid(1_000_000_000);
    let price = |x: f64| packed::scaled(x, power(decimals)).unwrap_or(0);
    let most = all().map(|t| t.pnl.abs()).fold(0.0, f64::max);
    let money = unit_for(most, 1e6);
    let plain = |value: &dyn Fn(&RoundTrip) -> i64| Json::Text(packed::plain(all().map(value)));
    Json::Object(vec![
        ("place", Json::Text(packed::steps(places.iter().map(|i| i64::try_from(*i).ok())))),
        ("entry", Json::Text(packed::steps(all().map(|t| Some(seconds(t.entry_ts)))))),
        ("held", plain(&|t| seconds(t.exit_ts) - seconds(t.entry_ts))),
        ("price", Json::Text(packed::steps(all().map(|t| Some(price(t.entry_price)))))),
        ("move", plain(&|t| price(t.exit_price) - price(t.entry_price))),
        ("side", plain(&|t| t.side.sign())),
        ("pnl", plain(&|t| packed::scaled(t.pnl, money).unwrap_or(0))),
        ("ret", plain(&|t| packed::scaled(t.ret, 1e6).unwrap_or(0))),
        ("pnlUnit", Json::Number(money)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_counted_in_their_common_step() {
        let (step, text) = ends([60, 120, 240].into_iter().map(Ts::from_seconds));
        assert_eq!((step, text), (60, packed::steps([1, 2, 4].into_iter().map(Some))));
        assert_eq!(ends([].into_iter()).0, 1);
    }

    #[test]
    fn units_bring_numbers_to_the_size_that_is_aimed_at() {
        for most in [0.003, 1.0, 99.0, 1e9] {
            let scaled = most * unit_for(most, 1e5);
            assert!((1e4..=1e5).contains(&scaled), "{most}: {scaled}");
        }
        assert!((unit_for(0.0, 1e5) - 1.0).abs() < 1e-12);
    }
}
