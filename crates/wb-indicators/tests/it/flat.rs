//! What indicators say where nothing moves or nothing is traded.

use crate::market::{sample, wandering};
use crate::table::{FromSample, Sample, Values, Visit, every};
use std::collections::BTreeMap;
use wb_core::Rng;
use wb_indicators::{Indicator, WHOLE_HISTORY, column};

/// Prices whose multiples are rounded, so that a careless mean of equal prices is not their price.
const PRICE: f64 = 0.1;

/// After a lively time the market comes to rest until that is forgotten.
struct AtRest {
    volume: f64,
    /// By definition, all outputs.
    expected: BTreeMap<&'static str, Vec<f64>>,
}

impl Visit for AtRest {
    fn visit<I: Indicator<Input: FromSample, Output: Values>>(&mut self, fresh: I) {
        let definition = fresh.definition().to_string();
        let Some(expected) = self.expected.remove(definition.as_str()) else { return };
        assert_ne!(fresh.memory(), WHOLE_HISTORY, "{definition}");
        let mut samples: Vec<Sample> = wandering(&mut Rng::new(5), PRICE, 0, 333);
        // Once more, so that the last bar of the lively time is no longer the one before.
        samples.extend(at_rest(PRICE, self.volume, 333, fresh.memory() + 1));
        let values = column(fresh, samples.iter().map(FromSample::from_sample));
        let last = values[values.len() - 1].values();
        let close = last.iter().zip(&expected).all(|(a, b)| (a - b).abs() <= 1e-9 * b.abs().max(0.1));
        assert!(close && last.len() == expected.len(), "{definition}: {last:?}, not {expected:?}");
    }
}

/// `count` bars at one price, from the `from`-th on.
fn at_rest(price: f64, volume: f64, from: usize, count: usize) -> Vec<Sample> {
    (from..from + count).map(|number| sample(number, [price, price, price, price, volume])).collect()
}

fn check<const N: usize>(volume: f64, expected: [(&'static str, &[f64]); N]) {
    let expected = expected.into_iter().map(|(name, values)| (name, values.to_vec())).collect();
    let mut market = AtRest { volume, expected };
    every(&mut market);
    assert!(market.expected.is_empty(), "not in the table: {:?}", market.expected);
}

#[test]
fn a_market_at_rest_gives_the_documented_values() {
    check(
        7.0,
        [
            ("rsi(14)", &[0.0]),
            ("stochastic(5,3,3)", &[0.0, 0.0]),
            ("stoch_rsi(14,14,3,3)", &[0.0, 0.0]),
            ("williams_r(14)", &[0.0]),
            ("cci(14)", &[0.0]),
            ("adx(14)", &[0.0, 0.0, 0.0]),
            ("aroon(14)", &[100.0, 100.0]),
            ("roc(10)", &[0.0]),
            ("momentum(10)", &[0.0]),
            ("mfi(14)", &[0.0]),
            ("chaikin_money_flow(20)", &[0.0]),
            ("volume_ratio(20)", &[1.0]),
            ("bollinger(20,2)", &[PRICE, PRICE, PRICE]),
            ("percent_b(20,2)", &[0.5]),
            ("band_width(20,2)", &[0.0]),
            ("stddev(20)", &[0.0]),
            ("zscore(20)", &[0.0]),
            ("skew(20)", &[0.0]),
            ("kurtosis(20)", &[0.0]),
            ("correlation(20)", &[0.0]),
            ("slope(14)", &[0.0]),
            ("hurst(64)", &[0.5]),
            ("parkinson(20)", &[0.0]),
            ("garman_klass(20)", &[0.0]),
            ("kama(10)", &[PRICE]),
        ],
    );
}

#[test]
fn a_market_without_trades_gives_the_documented_values() {
    check(
        0.0,
        [
            ("vwap(20)", &[PRICE]),
            ("session_vwap(900,0)", &[PRICE]),
            ("mfi(14)", &[0.0]),
            ("chaikin_money_flow(20)", &[0.0]),
            ("volume_ratio(20)", &[1.0]),
        ],
    );
}
