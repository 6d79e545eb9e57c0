//! Slippage and fees of whole orders, by hand.

use wb_core::OrderRequest;
use wb_core::Side::{Buy, Sell};
use wb_sim::{FeeModel, SimConfig, SlippageModel};

use crate::support::{Hand, config, limit, market, stop};

/// Sends an order at a close of 100 and compares each fill of two bars as price, fee and slippage.
fn check(config: SimConfig, request: OrderRequest, bars: [[f64; 4]; 2], expected: &[(f64, f64, f64)]) {
    let mut hand = Hand::new(config);
    hand.send(request);
    for bar in bars {
        hand.bar(bar);
    }
    assert_eq!(hand.fills.len(), expected.len(), "{:?}", hand.fills);
    for (fill, (price, fee, slippage)) in hand.fills.iter().zip(expected) {
        let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
        let as_expected = near(fill.price.0 as f64 / 10.0, *price)
            && near(fill.fee, *fee)
            && near(fill.slippage, *slippage);
        assert!(as_expected, "{fill:?}, expected {price} {fee} {slippage}");
    }
}

fn slippage(bps: f64) -> SimConfig {
    SimConfig { slippage: SlippageModel { bps, ..SlippageModel::default() }, ..config() }
}

#[test]
fn slippage_worsens_what_takes_and_spares_what_makes() {
    let flat = [[100.0; 4]; 2];
    let falls = [[100.0, 100.0, 90.0, 95.0]; 2];
    check(slippage(20.0), market(Buy, 5), flat, &[(100.2, 0.0, 1.0)]);
    check(slippage(20.0), market(Sell, 5), flat, &[(99.8, 0.0, 1.0)]);
    check(slippage(20.0), stop(Sell, 5, 95), falls, &[(94.8, 0.0, 1.0)]);
    check(slippage(20.0), limit(Buy, 5, 95), falls, &[(95.0, 0.0, 0.0)]);
    // 95 * 0.0015 = 0.1425 is paid as two ticks.
    check(slippage(15.0), stop(Sell, 5, 95), falls, &[(94.8, 0.0, 1.0)]);
}

#[test]
fn slippage_stops_at_the_price_of_a_limit() {
    let flat = [[100.0; 4]; 2];
    check(slippage(50.0), limit(Buy, 5, 101), flat, &[(100.5, 0.0, 2.5)]);
    check(slippage(150.0), limit(Buy, 5, 101), flat, &[(101.0, 0.0, 5.0)]);
    check(slippage(150.0), limit(Sell, 5, 100), flat, &[(100.0, 0.0, 0.0)]);
}

#[test]
fn the_price_between_two_ticks_is_slippage() {
    check(config(), market(Buy, 5), [[100.02; 4]; 2], &[(100.1, 0.0, 0.4)]);
}

#[test]
fn impact_grows_with_the_square_root_of_the_share() {
    let model = SlippageModel { impact_bps: 200.0, ..SlippageModel::default() };
    let config = SimConfig { slippage: model, cash: 1e6, ..config() };
    let flat = [[100.0; 4]; 2];
    check(config, market(Buy, 1000), flat, &[(102.0, 0.0, 2000.0)]);
    check(config, market(Buy, 250), flat, &[(101.0, 0.0, 250.0)]);
    check(config, market(Buy, 10), flat, &[(100.2, 0.0, 2.0)]);
}

#[test]
fn fees_are_by_what_the_order_did_and_those_per_order_come_once() {
    let fees = FeeModel { taker_bps: 10.0, maker_bps: -2.0, per_unit: 0.01, per_order: 1.0, minimum: 0.0 };
    let config = SimConfig { fees, max_participation: Some(0.004), ..config() };
    let falls = [[100.0, 100.0, 90.0, 95.0]; 2];
    // 400 * 0.001 + 0.04, and 1 with the first.
    check(config, market(Buy, 8), [[100.0; 4]; 2], &[(100.0, 1.44, 0.0), (100.0, 0.44, 0.0)]);
    // 380 * -0.0002 + 0.04, and 1 with the first.
    check(config, limit(Buy, 8, 95), falls, &[(95.0, 0.964, 0.0), (95.0, -0.036, 0.0)]);
    let least = SimConfig { fees: FeeModel { minimum: 5.0, ..fees }, ..config };
    check(least, market(Buy, 8), [[100.0; 4]; 2], &[(100.0, 5.0, 0.0), (100.0, 0.44, 0.0)]);
}
