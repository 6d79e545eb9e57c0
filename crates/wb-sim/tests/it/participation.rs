//! A share of each bar's volume, and no more.

use wb_core::OrderRequest;
use wb_core::Side::{Buy, Sell};
use wb_sim::SimConfig;

use crate::support::{Hand, config, limit, market, stop};

/// Sends orders at a close of 100 to a venue that lets us trade a tenth of each bar, and compares what bars of these
/// volumes and prices say.
fn check(requests: &[OrderRequest], bars: &[(f64, [f64; 4])], expected: &[&[&str]]) {
    let mut hand = Hand::new(SimConfig { max_participation: Some(0.1), ..config() });
    for request in requests {
        assert!(hand.send(*request).is_empty());
    }
    let mut said = Vec::new();
    for (volume, prices) in bars {
        hand.volume = *volume;
        said.push(hand.bar(*prices));
    }
    assert_eq!(said, expected, "{requests:?}");
}

#[test]
fn a_market_order_takes_its_share_of_each_bar_at_its_open() {
    check(
        &[market(Buy, 10)],
        &[(40.0, [100.0; 4]), (5.0, [101.0; 4]), (39.9, [102.0; 4]), (1000.0, [103.0; 4])],
        &[&["1 buy 4 at 100"], &[], &["1 buy 3 at 102"], &["1 buy 3 at 103"]],
    );
}

#[test]
fn a_limit_takes_its_share_of_each_bar_that_reaches_it() {
    check(
        &[limit(Sell, 7, 105)],
        &[(40.0, [100.0, 105.0, 99.0, 100.0]), (40.0, [100.0; 4]), (40.0, [106.0; 4])],
        &[&["1 sell 4 at 105 as maker"], &[], &["1 sell 3 at 106 as maker"]],
    );
}

#[test]
fn the_rest_of_a_triggered_stop_goes_at_the_next_open_whatever_the_price() {
    check(
        &[stop(Sell, 7, 95)],
        &[(40.0, [100.0, 100.0, 94.0, 99.0]), (40.0, [99.0, 99.0, 99.0, 99.0])],
        &[&["1 sell 4 at 95"], &["1 sell 3 at 99"]],
    );
    // Also where nothing was left of the bar when it was triggered.
    check(
        &[market(Buy, 4), stop(Sell, 2, 95)],
        &[(40.0, [100.0, 100.0, 94.0, 99.0]), (40.0, [99.0; 4])],
        &[&["1 buy 4 at 100"], &["2 sell 2 at 99"]],
    );
}

#[test]
fn all_orders_of_a_bar_share_it_in_the_order_in_which_they_fill() {
    check(
        &[limit(Buy, 5, 99), market(Buy, 3), market(Sell, 2)],
        &[(40.0, [100.0, 100.0, 98.0, 99.0]), (40.0, [100.0, 100.0, 98.0, 99.0])],
        &[&["2 buy 3 at 100", "3 sell 1 at 100"], &["3 sell 1 at 100", "1 buy 3 at 99 as maker"]],
    );
}

#[test]
fn a_bar_without_volume_fills_nothing() {
    check(&[market(Buy, 1), limit(Buy, 1, 99)], &[(0.0, [98.0; 4])], &[&[]]);
}
